"""Starts processes as fast as it can, without end; as "session" each in a session of its own, orphaned at once."""

import os
import sys
import time

HOW = sys.argv[1]
print("LOG:", os.getpid(), flush=True)
while True:
    if os.fork() == 0:
        if HOW == "session":
            os.setsid()
            if os.fork():
                os._exit(0)
        time.sleep(60)
    elif HOW == "session":
        os.wait()
