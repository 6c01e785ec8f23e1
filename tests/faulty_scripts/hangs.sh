# Says its process id, then nothing for a minute.
echo "LOG: $$"
exec sleep 60
