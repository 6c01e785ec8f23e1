"""Starts a process every 10 ms, without end; as "session" each in a session of its own, orphaned at once."""

import os
import sys
import time

HOW = sys.argv[1]
while True:
    if os.fork() == 0:
        if HOW == "session":
            os.setsid()
            if os.fork():
                os._exit(0)
        time.sleep(60)
        os._exit(0)
    if HOW == "session":
        os.wait()
    time.sleep(0.01)
