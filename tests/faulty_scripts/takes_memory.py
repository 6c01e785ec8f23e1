"""Takes memory, 20 MB at a time: "alone", or "together" with processes that it starts. Stays there afterwards."""

import os
import sys
import time

HOW = sys.argv[1]
children = 0 if HOW == "alone" else 3
print("LOG:", os.getpid(), flush=True)
for _ in range(children):
    if os.fork() == 0:
        break
held = []
for _ in range(15 if children else 60):
    held.append(b"x" * 20_000_000)
    time.sleep(0.02)
time.sleep(60)
