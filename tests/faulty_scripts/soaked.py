"""A warm script for the soak: does to each job what its parameter `do` asks for, and notes in $SOAK_EVENTS which jobs
it has begun. Its answers depend on the samples alone, so that those of two runs can be compared."""

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

EVENTS = os.open(os.environ["SOAK_EVENTS"], os.O_WRONLY | os.O_APPEND)
HELD: list[bytes] = []


def say(*words: object) -> None:
    print(*words, flush=True)


def answer(job: dict[str, Any], label: str = "a") -> None:
    say("OUTPUT:", json.dumps({"label": label, "seen": job["signal"]["samples"]}))


def misbehave(do: str) -> bool:
    """Before the answer; whether there is to be one."""
    if do.startswith("SIG"):
        os.kill(os.getpid(), getattr(signal, do))
    elif do == "exit":
        os._exit(3)
    elif do == "hang":
        time.sleep(60)
    elif do == "swell":
        HELD.append(b"x" * 60_000_000)
        time.sleep(0.06)
    elif do == "fail":
        say("ERROR: this one fails")
    elif do == "answer NaN":
        say('OUTPUT: {"label": "a", "probabilities": {"a": NaN}}')
    return do not in ("fail", "say nothing", "answer NaN")


def misbehave_afterwards(job: dict[str, Any], do: str) -> None:
    if do == "answer twice":
        answer(job, "b")
    elif do == "answer, then fail":
        say("ERROR: on second thoughts, no")
    elif do == "die after the answer":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif do == "never be done":
        time.sleep(60)


def be_idle(wishes: list[str]) -> None:
    if "idle, talk" in wishes:
        say("LOG: nobody asked")
    if "idle, answer" in wishes:
        say('OUTPUT: {"label": "b"}')
    if "idle, die" in wishes:
        os._exit(3)


say("READY")
for line in sys.stdin:
    jobs = json.loads(Path(line.removeprefix("RUN ").rstrip("\n")).read_text(encoding="utf-8"))["jobs"]
    for job in jobs:
        do = job["params"]["do"]
        say("JOB:", "another-job" if do == "name another" else job["job"])
        os.write(EVENTS, f"start {job['job']} {os.getpid()}\n".encode())
        if misbehave(do):
            answer(job)
            misbehave_afterwards(job, do)
    say("DONE:", len(jobs))
    be_idle([job["params"]["do"] for job in jobs])
