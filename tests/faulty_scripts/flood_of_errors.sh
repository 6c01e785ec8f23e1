# 20 MB on standard error (or as many bytes as the argument says), then the answer.
bytes=20000000
[ $# -gt 1 ] && bytes=$1
yes 'this is a line of standard error, like those that a library writes for every sample' | head -c "$bytes" >&2
printf '\nthe last words\n' >&2
echo 'OUTPUT: {"label": "a"}'
