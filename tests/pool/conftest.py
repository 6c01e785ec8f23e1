"""Trials: a script that misbehaves, and after it, on the same worker, one that does not."""

from __future__ import annotations

import contextlib
import functools
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psutil
import pytest

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode, SamplesForm
from sigdesk.errors import QueueFull
from sigdesk.pool.jobs import JobRequest, JobSnapshot, JobState, Origin, Outcome
from sigdesk.pool.process_tree import RUN_VARIABLE
from sigdesk.pool.sandbox import Sandbox
from tests.factories import MakeModel, MakePool, MakeRecording, Watch


@functools.cache
def no_sandbox_here() -> str:
    """Why this machine has no sandbox; "" when it has one."""
    with tempfile.TemporaryDirectory() as folder:
        problem = Sandbox(Path(folder, "home", "tmp")).problem
    return "" if problem is None else problem.what


needs_sandbox = pytest.mark.skipif(no_sandbox_here() != "", reason=f"no sandbox here: {no_sandbox_here()}")
both_levels = pytest.mark.parametrize(
    "sandboxed",
    [pytest.param(False, id="limited"), pytest.param(True, id="sandboxed", marks=needs_sandbox)],
    indirect=True,
)
"""The test runs once without the sandbox and, where there is one, once in it."""
SHOW_AUTHOR = "No label was written. Show the script output to the model's author."
FAULTY_SCRIPTS = Path(__file__).parent.parent / "faulty_scripts"


def left_by(run_name: str) -> list[psutil.Process]:
    """Living processes that a run of the pool has started, however far removed."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(RUN_VARIABLE) == run_name and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


@dataclass(frozen=True, slots=True)
class Trial:
    """How the job of a misbehaving script ended, and what the operator saw of it."""

    job: JobSnapshot
    watch: Watch

    @property
    def outcome(self) -> Outcome:
        assert self.job.outcome is not None
        return self.job.outcome

    @property
    def label(self) -> str:
        assert self.outcome.output is not None
        return self.outcome.output.results[0].label

    @property
    def run_s(self) -> float:
        assert self.job.run_s is not None
        return self.job.run_s

    @property
    def left(self) -> list[psutil.Process]:
        """What still lives of all that the pool's scripts have started."""
        return left_by(self.watch.pool.temp_folder.name)

    def log(self, *origins: Origin) -> list[str]:
        return self.watch.texts(self.job, *origins)

    def is_failed(self, code: str, why: str | re.Pattern[str], way_out: str = SHOW_AUTHOR) -> None:
        """It FAILED with this code, and the operator reads just this: why, and what can be done."""
        assert (self.job.state, self.outcome.code) == (JobState.FAILED, code)
        self.reads(why if isinstance(why, re.Pattern) else f"failed: {why}", way_out)

    def reads(self, what: str | re.Pattern[str], way_out: str = SHOW_AUTHOR) -> None:
        """The operator reads of which job it is told, what happened and what can be done, word for word."""
        job, _, told = self.outcome.what.partition(f"Job {self.job.number} ")
        assert job == ""
        if isinstance(what, re.Pattern):
            assert what.fullmatch(told), told
        else:
            assert told == what
        assert self.outcome.way_out == way_out

    def succeeded_with_warning(self, text: str) -> None:
        """It SUCCEEDED, and the operator reads this warning, word for word."""
        assert (self.job.state, self.label) == (JobState.SUCCEEDED, "a")
        assert text in self.outcome.warnings


def processes_of(classifier: Classifier) -> set[int]:
    """The living processes that run this model's script."""
    found = set()
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if any(str(classifier.folder) in word for word in process.cmdline()):
                found.add(process.pid)
    return found


class Faulty(Protocol):
    """A model folder with a script of tests/faulty_scripts; `words` stand before the job file on its command line."""

    def __call__(self, script: str, *words: str, params: Mapping[str, str] | None = None, **run: Any) -> Classifier: ...


class Try(Protocol):
    """Run a faulty script's job, and then a good one on the only worker."""

    def __call__(
        self, script: str, *words: str, params: Mapping[str, str] | None = None, within_s: float = 15.0, **run: Any
    ) -> Trial: ...


@pytest.fixture
def faulty(model_folder: MakeModel) -> Faulty:
    made: list[Classifier] = []

    def make(script: str, *words: str, params: Mapping[str, str] | None = None, **run: Any) -> Classifier:
        path = FAULTY_SCRIPTS / script
        if words:
            interpreter = "sh" if path.suffix == ".sh" else "python3"
            run["command"] = (interpreter, script, *words)
        name = f"{path.stem}-{len(made)}"
        made.append(model_folder(path, name=name, params=params, **({"timeout_s": 10.0} | run)))
        return made[-1]

    return make


@pytest.fixture
def good(faulty: Faulty) -> Classifier:
    return faulty("good.sh")


@pytest.fixture
def warm(faulty: Faulty) -> Classifier:
    """The warm script that does to a job what its parameter `do` asks for."""
    return faulty("warm.py", mode=RunMode.WARM, samples=SamplesForm.JSON, timeout_s=5.0)


@pytest.fixture
def watch(pool: MakePool, faulty: Faulty, recording: MakeRecording) -> Iterator[Watch]:
    """A pool of one worker, watched. Whatever the test did to that worker, in the end it runs a good job."""
    watch = Watch(pool())
    good = JobRequest(faulty("good.sh"), recording())
    yield watch
    watch.look()
    watch.pool.cancel([job.id for job in watch.jobs.values() if not job.state.ended])
    watch.pool.cancel_queued()
    watch.pool.resume()
    with contextlib.suppress(QueueFull):  # the test has closed the pool
        (after,) = watch.run(good, within_s=30)
        assert after.state is JobState.SUCCEEDED, f"the next job on that worker: {after.outcome}"
        watch.rest()


@pytest.fixture
def attempt(watch: Watch, faulty: Faulty, good: Classifier, recording: MakeRecording) -> Try:
    def run(
        script: str, *words: str, params: Mapping[str, str] | None = None, within_s: float = 15.0, **manifest: Any
    ) -> Trial:
        classifier = faulty(script, *words, params=params, **manifest)
        bad, after = watch.run(JobRequest(classifier, recording()), JobRequest(good, recording()), within_s=within_s)
        assert after.state is JobState.SUCCEEDED, "the next job on that worker"
        assert watch.endings.count(bad) == 1
        return Trial(bad, watch)

    return run
