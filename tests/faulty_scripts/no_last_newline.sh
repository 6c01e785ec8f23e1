# The last line has no newline; it is whatever the argument says.
printf '%s' "$1"
