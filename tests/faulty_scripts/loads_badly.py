"""A warm script that never gets ready, in the way that its argument names."""

import os
import signal
import sys
import time

HOW = sys.argv[1]
if HOW == "error":
    print("ERROR: model.skops is not there")
elif HOW == "hang":
    time.sleep(60)
elif HOW.startswith("SIG"):
    os.kill(os.getpid(), getattr(signal, HOW))
sys.exit(3)
