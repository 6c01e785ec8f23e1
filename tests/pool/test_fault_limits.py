"""Faults 21, 22, 24, 26 and 30: scripts that take more than they may, and what ends it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode, SamplesForm
from sigdesk.pool.census import user_tasks
from sigdesk.pool.jobs import JobRequest, JobState, Origin
from sigdesk.pool.limits import Limits
from sigdesk.pool.tree_posix import limit_process
from sigdesk.protocol import FailureCode
from tests.factories import MakeModel, MakePool, MakeRecording, Watch
from tests.pool.conftest import Faulty, Trial, Try, both_levels
from tests.pool.test_fault_process import SOON_S
from tests.pool.test_warm import process_of

if sys.platform != "win32":
    import resource

linux = pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
TOO_MUCH_MEMORY = (
    re.compile(r"failed: its script took \d+ MB of memory, and the model allows 400 MB"),
    "No label was written. Choose a shorter stretch, or raise memory_mb in the model's manifest.",
)


@linux
@both_levels
@pytest.mark.parametrize("how", ["group", "session"])
def test_fault_21_fork_bomb(attempt: Try, how: str) -> None:
    trial = attempt("multiplies.py", how, timeout_s=20.0)
    trial.is_failed(
        FailureCode.PROCESSES,
        re.compile(r"failed: its script ran \d+ processes at once, and the model allows 64"),
        "No label was written. Show the script to the model's author, or raise processes in the model's manifest.",
    )
    assert trial.run_s < 2 * SOON_S
    assert not trial.left, "all that it started is gone"


@linux
@both_levels
def test_fault_21_a_script_with_fewer_processes_than_it_may_have_goes_on(
    watch: Watch, model_folder: MakeModel, recording: MakeRecording
) -> None:
    script = '#!/bin/sh\nfor _ in 1 2 3 4 5 6; do sleep 0.8 & done\nwait\necho \'OUTPUT: {"label": "a"}\'\n'
    (job,) = watch.run(JobRequest(model_folder(script, processes=7), recording()))
    assert job.state is JobState.SUCCEEDED


@linux
def test_fault_21_the_system_keeps_a_fork_bomb_from_filling_the_machine() -> None:
    """For root it would not, so the two halves are tried apart: the count of a user's tasks, and the limit set."""
    counted = user_tasks()
    assert psutil.Process().num_threads() <= counted < 50_000
    with subprocess.Popen(["sleep", "60"]) as process:
        limit_process(process.pid, Limits(64, 2**31, 5_000_000, counted + 4096))
        child = psutil.Process(process.pid)
        assert child.rlimit(psutil.RLIMIT_NPROC) == (counted + 4096, counted + 4096)
        assert child.rlimit(psutil.RLIMIT_FSIZE) == (5_000_000, 5_000_000)
        process.kill()


@linux
@both_levels
@pytest.mark.parametrize("how", ["alone", "together"])
def test_fault_22_memory_over_the_limit(attempt: Try, how: str) -> None:
    trial = attempt("takes_memory.py", how, memory_mb=400, timeout_s=20.0)
    trial.is_failed(FailureCode.MEMORY, *TOO_MUCH_MEMORY)
    assert not trial.left


@linux
@both_levels
def test_fault_22_memory_that_processes_share_counts_once(
    watch: Watch, model_folder: MakeModel, recording: MakeRecording
) -> None:
    script = (
        "import os, time\n"
        "held = b'x' * 150_000_000\n"
        "children = [pid for pid in (os.fork() for _ in range(1))]\n"
        "if children == [0]:\n    time.sleep(0.8)\n    os._exit(0)\n"
        "os.wait()\n"
        'print(\'OUTPUT: {"label": "a"}\')\n'
    )
    (job,) = watch.run(JobRequest(model_folder(script, memory_mb=250), recording()))
    assert job.state is JobState.SUCCEEDED


@linux
@both_levels
def test_fault_22_in_a_batch_the_neighbours_succeed(
    watch: Watch, model_folder: MakeModel, recording: MakeRecording
) -> None:
    classifier = model_folder(
        "import time, sigdesk.script\n"
        "def classify(model, windows, params):\n"
        "    if (windows == 13).any():\n        held = b'x' * 600_000_000\n        time.sleep(60)\n"
        "    return ['a' for _ in windows]\n"
        "sigdesk.script.main(lambda folder: None, classify)\n",
        mode=RunMode.WARM,
        memory_mb=400,
    )
    jobs = watch.run(*[JobRequest(classifier, recording([value, 1.0])) for value in (1.0, 13.0, 3.0, 4.0)])
    greedy = Trial(jobs.pop(1), watch)
    greedy.is_failed(FailureCode.MEMORY, *TOO_MUCH_MEMORY)
    assert [job.state for job in jobs] == [JobState.SUCCEEDED] * 3


@linux
def test_a_file_over_the_limit_is_not_written(watch: Watch, model_folder: MakeModel, recording: MakeRecording) -> None:
    script = (
        "import errno, time\n"
        "time.sleep(0.1)\n"
        "try:\n    with open('large', 'wb') as file:\n        file.write(bytes(3_000_000))\n"
        "except OSError as error:\n    print('ERROR:', errno.errorcode[error.errno])\n"
    )
    classifier = model_folder(script, file_mb=2)
    (job,) = watch.run(JobRequest(classifier, recording()))
    assert job.outcome is not None
    assert "EFBIG" in job.outcome.what
    assert (classifier.folder / "large").stat().st_size == 2 * 1024 * 1024


@contextmanager
def few_files(spare: int) -> Iterator[None]:
    """This program may open no more than `spare` files more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(name) for name in os.listdir("/proc/self/fd"))  # noqa: PTH208
    holes = [os.open(os.devnull, os.O_RDONLY)]
    while holes[-1] < highest:
        holes.append(os.open(os.devnull, os.O_RDONLY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(holes[-1], highest) + 1 + spare, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for hole in holes:
            os.close(hole)


def settle(watch: Watch, good: Classifier, recording: MakeRecording) -> None:
    """Have Qt open what it opens once, which would end the program if it could not."""
    watch.run(JobRequest(good, recording()))
    watch.rest()


@linux
@both_levels
@pytest.mark.parametrize("spare", [0, 2])
@pytest.mark.parametrize("mode", RunMode)
def test_fault_24_no_descriptors_at_the_start(
    watch: Watch, faulty: Faulty, good: Classifier, recording: MakeRecording, mode: RunMode, spare: int
) -> None:
    classifier = good if mode is RunMode.ONE_SHOT else faulty("warm.py", mode=mode, samples=SamplesForm.JSON)
    settle(watch, good, recording)
    with few_files(spare):
        (job,) = watch.run(JobRequest(classifier, recording()))
    trial = Trial(job, watch)
    trial.is_failed(
        FailureCode.START,
        re.compile(
            r"failed: (it could not be handed over \(Too many open files\)|\S+ could not be started: "
            r"Too many open files\.)"
        ),
        "Close other programs or lower the number of workers, then retry.",
    )
    assert [text for text in trial.log(Origin.JOB) if "tried again" in text]
    (after,) = watch.run(JobRequest(classifier, recording()))
    assert after.state is JobState.SUCCEEDED


@linux
@pytest.mark.parametrize("spare", [0, 2])
def test_fault_24_the_second_try_succeeds_when_there_are_descriptors_again(
    watch: Watch, good: Classifier, recording: MakeRecording, spare: int
) -> None:
    settle(watch, good, recording)
    with few_files(spare):
        (job_id,) = watch.pool.submit_many([JobRequest(good, recording())])
        watch.until(lambda: any("tried again" in line.text for line in watch.lines))
    (job,) = watch.ended([job_id])
    assert job.state is JobState.SUCCEEDED


def counts_tries(model_folder: MakeModel, how: str) -> tuple[Classifier, Path]:
    """A warm model that dies of a 13, and where it leaves a mark for each process that has seen one."""
    classifier = model_folder(
        "import os, signal, sigdesk.script\n"
        "def classify(model, windows, params):\n"
        "    if (windows == 13).any():\n"
        "        open(f'tried-{os.getpid()}', 'w').close()\n"
        f"        {how}\n"
        "    return ['a' for _ in windows]\n"
        "sigdesk.script.main(lambda folder: None, classify)\n",
        mode=RunMode.WARM,
    )
    return classifier, classifier.folder


@pytest.mark.parametrize("how", ["os.kill(os.getpid(), signal.SIGSEGV)", "os._exit(3)"])
def test_fault_26_a_job_that_ends_two_processes_is_poison(
    watch: Watch, model_folder: MakeModel, recording: MakeRecording, how: str
) -> None:
    classifier, folder = counts_tries(model_folder, how)
    jobs = watch.run(*[JobRequest(classifier, recording([value, 1.0])) for value in (1.0, 13.0, 3.0, 4.0)])
    poison = Trial(jobs.pop(1), watch)
    ended = "SIGSEGV" if "SIGSEGV" in how else "exit code 3"
    poison.is_failed(
        FailureCode.POISON,
        f"two processes of the model have died of it ({ended}), so it is not tried again",
        "No label was written. Look at the signal, or show the script output to the model's author.",
    )
    assert len(list(folder.glob("tried-*"))) == 2, "never a third try"
    assert [job.state for job in jobs] == [JobState.SUCCEEDED] * 3
    assert len(watch.endings) == 4


def test_fault_26_a_process_that_had_rested_gets_the_doubt_once(
    watch: Watch, model_folder: MakeModel, recording: MakeRecording
) -> None:
    classifier, folder = counts_tries(model_folder, "os.kill(os.getpid(), signal.SIGSEGV)")
    watch.run(JobRequest(classifier, recording([1.0, 1.0])))
    (job,) = watch.run(JobRequest(classifier, recording([13.0, 1.0])))
    Trial(job, watch).is_failed(
        FailureCode.POISON,
        "two processes of the model have died of it (SIGSEGV), so it is not tried again",
        "No label was written. Look at the signal, or show the script output to the model's author.",
    )
    assert len(list(folder.glob("tried-*"))) == 2
    (after,) = watch.run(JobRequest(classifier, recording([1.0, 1.0])))
    assert after.state is JobState.SUCCEEDED


def test_the_first_process_that_a_job_ends_is_a_crash(
    pool: MakePool, model_folder: MakeModel, recording: MakeRecording
) -> None:
    watch = Watch(pool())
    classifier, folder = counts_tries(model_folder, "os.kill(os.getpid(), signal.SIGSEGV)")
    (job,) = watch.run(JobRequest(classifier, recording([13.0, 1.0])))
    assert job.state is JobState.CRASHED
    assert len(list(folder.glob("tried-*"))) == 1


@linux
@both_levels
@pytest.mark.parametrize("batches", [1, 4])
def test_fault_30_a_process_that_doubles_its_memory_is_replaced_between_batches(
    watch: Watch, model_folder: MakeModel, recording: MakeRecording, batches: int, sandboxed: bool
) -> None:
    classifier = model_folder(
        "import time, sigdesk.script\n"
        "born, kept = time.monotonic_ns(), []  # in a sandbox many have one process id\n"
        "def classify(model, windows, params):\n"
        "    if (windows == 13).any():\n"
        f"        kept.append(b'x' * {260_000_000 // batches})\n"
        "        time.sleep(0.06)\n"
        "    return [{'label': 'a', 'pid': born} for _ in windows]\n"
        "sigdesk.script.main(lambda folder: None, classify)\n",
        mode=RunMode.WARM,
    )
    small, large = JobRequest(classifier, recording([1.0, 1.0])), JobRequest(classifier, recording([13.0, 1.0]))
    jobs = [watch.run(request)[0] for request in (small, small, *[large] * batches, small)]
    assert [job.state for job in jobs] == [JobState.SUCCEEDED] * len(jobs)
    assert len({process_of(job) for job in jobs[:-1]}) == 1
    assert process_of(jobs[-1]) != process_of(jobs[0])
    assert [text for text in watch.texts() if "and is replaced" in text]
    watch.rest()
    assert len(Trial(jobs[0], watch).left) == (3 if sandboxed else 1), "the new one, in the sandbox with its keepers"


@linux
def test_a_process_that_is_large_from_its_first_batch_on_is_kept(
    watch: Watch, model_folder: MakeModel, recording: MakeRecording
) -> None:
    classifier = model_folder(
        "import os, time, sigdesk.script\n"
        "def classify(model, windows, params):\n"
        "    time.sleep(0.06)\n"
        "    return [{'label': 'a', 'pid': os.getpid()} for _ in windows]\n"
        "sigdesk.script.main(lambda folder: b'x' * 300_000_000, classify)\n",
        mode=RunMode.WARM,
    )
    jobs = [watch.run(JobRequest(classifier, recording()))[0] for _ in range(4)]
    assert len({process_of(job) for job in jobs}) == 1
