# One line of 100 MB (or as many bytes as the second argument says) without a newline, which begins as the first says.
printf '%s' "$1"
bytes=100000000
[ $# -gt 2 ] && bytes=$2
head -c "$bytes" /dev/zero | tr '\0' x
sleep 60
