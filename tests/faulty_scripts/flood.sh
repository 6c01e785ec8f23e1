# As many log lines as the argument says, with the second argument's text in them, then the answer.
text=
[ $# -gt 2 ] && text=" $2"
seq -f "LOG: line %.0f$text" "$1"
echo 'OUTPUT: {"label": "a"}'
