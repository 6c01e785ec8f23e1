# Fails in an orderly way.
echo 'careful' >&2
echo 'ERROR: the signal is too quiet to judge'
exit 1
