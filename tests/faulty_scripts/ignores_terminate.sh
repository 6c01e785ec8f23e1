# Cannot be asked to end.
trap '' TERM
echo "LOG: $$"
while :; do sleep 1; done
