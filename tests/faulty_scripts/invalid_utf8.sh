# Bytes that are no UTF-8: in a log line, and in the answer when asked.
printf 'LOG: caf\351 \377 here\n'
[ "$1" = answer ] && printf 'OUTPUT: {"label": "a\377"}\n'
printf 'OUTPUT: {"label": "a"}\n'
