# Prints the line that it is given.
printf '%s\n' "$1"
