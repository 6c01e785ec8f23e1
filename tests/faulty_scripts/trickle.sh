# One byte every 50 ms, for ever.
while :; do
    printf x
    sleep 0.05
done
