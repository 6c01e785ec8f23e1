"""A program that runs jobs while its wall clock jumps, in a process of its own because the clock is the process's own.

Called with the way in which the clock is made to jump, a folder for itself and the folder of scripts. "python" replaces
`time.time`; "system" writes the offset into the file that `jumping_clock.c` reads, so that everything in the process,
Qt and SQLite as well, sees the other time. Prints a JSON list of (jump in seconds, state, run_s, what the clock did).
"""

from __future__ import annotations

import json
import os
import struct
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import Manifest, Run, RunMode, SamplesForm
from sigdesk.pool.jobs import JobRequest, JobState
from sigdesk.pool.pool import Pool
from sigdesk.signals.recording import ArraySource, Channel, Recording, TimeBase
from tests.factories import Watch

HOUR_S = 3600


def jumper(how: str) -> Callable[[int], None]:
    """Sets the wall clock so many seconds off."""
    if how == "python":
        real = time.time

        def by_python(offset_s: int) -> None:
            time.time = lambda: real() + offset_s

        return by_python
    file = Path(os.environ["CLOCK_OFFSET_FILE"])

    def by_system(offset_s: int) -> None:
        with file.open("r+b") as stream:
            stream.write(struct.pack("q", offset_s))

    return by_system


def jobs_of(scripts: Path) -> list[JobRequest]:
    """One-shot and warm, quick enough and too slow."""
    source = ArraySource(np.array([[1.0, 2.0]]))
    signal = Recording("x", Path("x"), (Channel("x"),), 2, TimeBase(), source, "memory")
    answers = 'sleep 0.3; echo \'OUTPUT: {"label": "a"}\''
    good, late = Run(command=("sh", "-c", answers), timeout_s=10), Run(command=("sh", "hangs.sh"), timeout_s=1)
    one_shot = [Classifier(scripts, Manifest(f"one-shot-{run.timeout_s}", "1", ("a",), run)) for run in (good, late)]
    run = Run(script="warm.py", mode=RunMode.WARM, samples=SamplesForm.JSON, timeout_s=1)
    warm = Classifier(scripts, Manifest("warm", "1", ("a",), run, params={"do": ""}))
    return [
        JobRequest(one_shot[0], signal),
        JobRequest(warm, signal, params={"do": "be slow"}),
        JobRequest(one_shot[1], signal),
        JobRequest(warm, signal, params={"do": "hang"}),
    ]


def main(how: str, home: Path, scripts: Path) -> None:
    jump = jumper(how)
    told = []
    with Pool(home / "tmp", workers=1, journal=home / "journal.sqlite") as pool:
        watch = Watch(pool)
        for request in jobs_of(scripts):
            for offset_s in (HOUR_S, -HOUR_S):
                job_id = pool.submit(request)
                watch.until(partial(runs, watch, job_id))
                before, real = time.time(), time.monotonic()
                jump(offset_s)
                jumped_s = (time.time() - before) - (time.monotonic() - real)
                (job,) = watch.ended([job_id])
                told.append((round(jumped_s), job.state.value, job.run_s))
    print(json.dumps(told))


def runs(watch: Watch, job_id: str) -> bool:
    return job_id in watch.jobs and watch.jobs[job_id].state is JobState.RUNNING


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
