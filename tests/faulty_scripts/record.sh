# Notes in $SOAK_EVENTS which job it was started for and as which process, then becomes the command that it is given.
for last; do :; done
IFS= read -r job < "$last" || :
job=${job#*\"job\":\"}
echo "start ${job%%\"*} $$" >> "$SOAK_EVENTS"
exec "$@"
