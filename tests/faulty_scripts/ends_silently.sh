# Ends without a word, with the exit code that it is given.
exit "$1"
