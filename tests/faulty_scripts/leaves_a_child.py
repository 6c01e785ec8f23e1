"""Answers and ends, but leaves a process behind: "pipe" holds the output open, "quiet" does not, and "session" holds it
in a session of its own."""

import subprocess
import sys

how = sys.argv[1]
output = subprocess.DEVNULL if how == "quiet" else None
child = subprocess.Popen(["sleep", "60"], stdout=output, stderr=output, start_new_session=how == "session")
print("LOG:", child.pid)
print('OUTPUT: {"label": "a"}')
