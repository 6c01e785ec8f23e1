"""What must hold after a soak, and at each death of the program; every violation in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

import orjson

from tests.benchmarks.soaking.kept import KeptJob
from tests.benchmarks.soaking.plan import Planned
from tests.benchmarks.soaking.rows import FLOOD_BYTES, MODELS
from tests.benchmarks.soaking.story import JobStory, Story

ENDS: Final = frozenset(("SUCCEEDED", "FAILED", "TIMED_OUT", "CRASHED", "CANCELLED", "REJECTED"))
_NEXT: Final = {
    "": {"QUEUED"},
    "QUEUED": {"QUEUED", "RUNNING", "CANCELLED"},  # resumed in another life
    "RUNNING": {"QUEUED", "INTERRUPTED", *ENDS},
    "INTERRUPTED": {"QUEUED"},
}
_LINES_KEPT: Final = 2000
_STDERR_KEPT: Final = 64 * 1024
Answers = Mapping[tuple[str, int], str | None]
"""What a run without faults answered, by model and signal."""


def same_as_told(kept: Sequence[KeptJob], story: Story) -> Iterator[str]:
    """At any instant: what the program has told stands in the journal."""
    by_id = {job.id: job for job in kept}
    for job_id, told in story.jobs.items():
        job = by_id.get(job_id)
        if job is None:
            if told.accepted or told.endings:
                yield f"{job_id} was acknowledged, and is missing in the journal"
        elif told.ended:
            of_memory = tuple(told.endings[-1].get(key) for key in ("s", "e", "c", "o", "t"))
            of_journal = (job.state, job.ended, job.code, job.output, job.what)
            if of_memory != of_journal:
                yield f"{job_id} was told as {of_memory}, and the journal has {of_journal}"


class Audit:
    """The whole run: the journal's jobs against the plan, the story, and a run without faults."""

    def __init__(
        self,
        plan: Sequence[Planned],
        kept: Sequence[KeptJob],
        story: Story,
        answers: Answers,
        interrupts: Counter[str],
        untold: Collection[str],
    ) -> None:
        """`interrupts` counts for each job the deaths of the program that it was running at; `untold` had ended when
        the program died, which had not yet told of it."""
        self._plan = plan
        self._kept = kept
        self._story = story
        self._answers = answers
        self._interrupts = interrupts
        self._untold = untold
        self._cases = {job.id: plan[job.index].case for job in kept}

    def violations(self) -> Iterator[str]:
        places = Counter(job.index for job in self._kept)
        for planned in self._plan:
            if places[planned.index] != 1:
                found = places[planned.index]
                yield f"job {planned.index} of the plan ({planned.case.name}) is in the journal {found} times"
        yield from same_as_told(self._kept, self._story)
        for job in self._kept:
            case = self._plan[job.index].case
            for problem in self._problems(job, self._plan[job.index], self._story.jobs[job.id]):
                yield f"{job.id} ({case.name}): {problem}"

    def _problems(self, job: KeptJob, planned: Planned, told: JobStory) -> Iterator[str]:
        yield from _history(job, told)
        if len(told.endings) != (job.id not in self._untold):
            yield f"{len(told.endings)} endings were told: {' '.join(str(end['s']) for end in told.endings)}"
        if self._interrupts[job.id] + 1 != job.attempt or job.history.count("INTERRUPTED") + 1 != job.attempt:
            yield f"attempt {job.attempt}, but it was running at {self._interrupts[job.id]} deaths of the program"
        if told.endings and told.attempt_told != job.attempt:
            yield f"attempt {told.attempt_told} was told, {job.attempt} is in the journal"
        if job.state not in ENDS:
            yield f"it has not ended: {job.state}"
            return
        yield from self._outcome(job, planned, told)
        if planned.case.guilty:
            yield from self._poison(job, told)
        yield from _log(job, planned, told)
        if job.state == "SUCCEEDED":
            yield from self._answer(job, planned)

    def _outcome(self, job: KeptJob, planned: Planned, told: JobStory) -> Iterator[str]:
        case, model = planned.case, MODELS[planned.case.model]
        outcome = f"{job.state} {job.code}".strip()
        allowed = set(case.ends)
        if told.struck:  # the process that had it last was killed by the soak
            allowed |= {"CRASHED SIGKILL", "FAILED POISON"} if model.warm else {"CRASHED SIGKILL"}
        if len(told.followed) > 1 and any(self._spoilt(before) for before in told.followed):
            # Its process may have come to the end of what it did before just as it was handed this job, and another
            # one may have ended with this job in it: twice nobody could tell whose fault it was.
            allowed |= {"FAILED POISON", "FAILED BAD_OUTPUT"}
        if outcome not in allowed:
            yield f"ended as {outcome}: {job.what}"
        if outcome == "SUCCEEDED" and case.warning and not told.struck:
            warnings = [*job.warnings, *(told.end["w"] if told.ended else ())]
            if not any(case.warning in warning for warning in warnings):
                yield f"has no warning of {case.warning!r}: {warnings}"

    def _spoilt(self, before: Collection[str]) -> bool:
        return any(self._cases[job_id].spoils_its_process for job_id in before if job_id in self._cases)

    def _poison(self, job: KeptJob, told: JobStory) -> Iterator[str]:
        """A job that ends its process: the second time that it does so is its end."""
        if (most := max(told.starts.values(), default=0)) > 2:
            yield f"it ends its process, and was tried {most} times"
        others = [self._cases[other] for other in told.batch if other != job.id and other in self._cases]
        if told.struck or any(case.breaks_batches for case in others):
            return  # its process may have been ended for another reason, while the script had gone on to it
        if told.starts[max(told.starts, default=0)] == 2 and job.code != "POISON":
            yield f"it ended two processes, and is no poison: {job.state} {job.code}"

    def _answer(self, job: KeptJob, planned: Planned) -> Iterator[str]:
        wanted = self._answers.get((planned.case.model, planned.signal))
        if wanted is not None and job.output != wanted:
            yield f"its answer is {job.output}, and without faults {wanted}"
        elif orjson.loads(job.output or "{}").get("label") != "a" and wanted is None:
            yield f"its answer is {job.output}"


def _history(job: KeptJob, told: JobStory) -> Iterator[str]:
    before = ""
    for state in job.history:
        if state not in _NEXT.get(before, ()):
            yield f"its states are {' '.join(job.history)}"
            break
        before = state
    if len(told.entered) > 1:
        yield f"it ended as {' and as '.join(told.entered)}"
    starts, runs = told.starts.total(), job.history.count("RUNNING")
    if starts > runs:
        yield f"its script was started {starts} times, and it was begun {runs} times"
    if told.started_after_its_end:
        yield "its script was started after its end"


def _log(job: KeptJob, planned: Planned, told: JobStory) -> Iterator[str]:
    texts = [text for _, _, _, text in job.log]
    wish = planned.case.log if job.state == "SUCCEEDED" and not told.struck else ""
    if len(texts) > _LINES_KEPT:
        yield f"{len(texts)} of its lines are kept"
    if len(job.stderr_tail.encode()) > _STDERR_KEPT:
        yield f"{len(job.stderr_tail)} characters of standard error are kept"
    if wish == "flood":
        lines = FLOOD_BYTES // 100
        if len(texts) + job.dropped != lines or not texts[-1].startswith(f"line {lines} "):
            yield f"of {lines} lines {len(texts)} are kept and {job.dropped} counted"
    elif wish == "flood of errors" and (not texts or texts[-1] != "the last words"):
        yield "the last words of its flood of errors are missing"
    elif (
        (wish == "replaced" and texts != ["caf\ufffd \ufffd here"])
        or (wish == "markup" and texts[1:] != ["<b>bold</b> <img src=x onerror=alert(1)> &amp;", "50 %\r100 %"])
        or (wish == "plain" and texts[:1] != ["RESULT: a"])
    ):
        yield f"its log is {texts}"
