"""Dies at the moment and in the way that its arguments name: dies.py WHEN HOW JOB_FILE."""

import json
import os
import signal
import sys
from pathlib import Path

WHEN, HOW, PATH = sys.argv[1:]


def die_if(moment: str) -> None:
    if moment == WHEN:
        if HOW.startswith("SIG"):
            os.kill(os.getpid(), getattr(signal, HOW))
        os._exit(int(HOW))


die_if("at start")
with Path(PATH).open(encoding="utf-8") as file:
    start = file.read(20)
    die_if("while reading")
    json.loads(start + file.read())
print("LOG: computing", flush=True)
die_if("while computing")
sys.stdout.write('OUTPUT: {"label": "a", ')
sys.stdout.flush()
die_if("while writing")
print('"confidence": 1}')
