# Is stopped, as by a debugger, and hears no request.
echo "LOG: $$"
kill -s STOP $$
