"""A warm script that speaks the protocol by hand and does to each job what its parameter `do` asks for.

Its answers carry the process id, the number of the batch and the batch's size, so that a test sees who answered.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any


def say(*words: object) -> None:
    print(*words, flush=True)


def answer(job: dict[str, Any], signature: dict[str, int], label: str = "a") -> None:
    say("OUTPUT:", json.dumps({"label": label, "sum": sum(job["signal"]["samples"][0]), **signature}))


say("READY")
for number, line in enumerate(sys.stdin, start=1):
    jobs = json.loads(Path(line.removeprefix("RUN ").rstrip("\n")).read_text(encoding="utf-8"))["jobs"]
    signature = {"pid": os.getpid(), "batch": number, "size": len(jobs)}
    closing = []
    for job in jobs:
        do = job["params"].get("do", "")
        if do == "answer namelessly":
            answer(job, signature)
            continue
        say("JOB:", "another-job" if do == "name another" else job["job"])
        if do.startswith("SIG"):
            os.kill(os.getpid(), getattr(signal, do))
        elif do == "exit":
            os._exit(3)
        elif do == "hang":
            say("LOG: hanging")
            time.sleep(60)
        elif do == "be slow":
            time.sleep(0.2)
        elif do == "fail":
            say("ERROR: this one fails")
            continue
        elif do == "say nothing":
            continue
        elif do == "say too much":
            say("LOG: " + "x" * 70_000_000)
        elif do == "talk":
            say("LOG: WARNING about", job["job"])
            say("PROGRESS: 0.5")
            sys.stderr.write("careful\n")
            sys.stderr.flush()
        elif do == "be cut" or (do == "be cut once" and not Path(job["params"]["mark"]).exists()):
            Path(job["params"]["mark"]).touch()
            sys.stdout.write('OUTPUT: {"label": "a", "su')
            sys.stdout.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        answer(job, signature)
        if do == "answer twice":
            answer(job, signature, "b")
        elif do == "die after the answer":
            os.kill(os.getpid(), signal.SIGSEGV)
        elif do == "never be done":
            time.sleep(60)
        elif do.startswith("then, idle, "):
            closing.append((do.removeprefix("then, idle, "), Path(job["params"]["mark"])))
    say("DONE:", len(jobs))
    for last, mark in closing:
        time.sleep(0.3)  # by now it rests
        if last == "answer":
            say('OUTPUT: {"label": "b"}')
        elif last == "talk":
            say("LOG: nobody asked")
        mark.touch()  # now it is said
        if last == "die":
            os._exit(3)
