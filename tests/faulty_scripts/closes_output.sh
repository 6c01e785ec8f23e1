# Closes standard output and runs on; with "answered", after its answer.
echo "LOG: $$"
[ "$1" = answered ] && echo 'OUTPUT: {"label": "a"}'
exec >&-
exec sleep 60
