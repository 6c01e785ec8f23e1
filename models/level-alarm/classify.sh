#!/bin/sh
# Reads a SigDesk job file and answers calm, active or overload from the RMS. POSIX sh and awk, nothing else.
LC_ALL=C
export LC_ALL

if [ $# -lt 1 ] || [ ! -f "$1" ] || [ ! -r "$1" ]; then
    echo "ERROR: the job file ${1:-(none was named)} cannot be read"
    exit 1
fi
if ! command -v awk >/dev/null; then
    echo "ERROR: awk is not installed; level-alarm needs it"
    exit 1
fi

# The file comes on standard input: awk takes a path with "=" in it for an assignment.
exec awk -f level.awk <"$1"
