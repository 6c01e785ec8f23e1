# As many log lines as the argument says, then the answer.
seq -f 'LOG: line %.0f' "$1"
echo 'OUTPUT: {"label": "a"}'
