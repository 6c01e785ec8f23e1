# Answers, then ends badly: with an exit code, or by a signal when the argument names one.
echo 'OUTPUT: {"label": "a"}'
case $1 in
    [0-9]*) exit "$1" ;;
    *) kill -s "$1" $$ ;;
esac
