# One line of 100 MB without a newline, which begins as the argument says.
printf '%s' "$1"
head -c 100000000 /dev/zero | tr '\0' x
sleep 60
