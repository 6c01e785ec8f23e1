"""What a soak's diary tells of each job: what the program has said of it, which processes were started for it, and
which of them the soak has killed."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class JobStory:
    """One job. `struck` says that the process which had it last was killed by the soak."""

    accepted: bool = False
    endings: list[dict[str, Any]] = field(default_factory=list)
    entered: list[str] = field(default_factory=list)
    starts: Counter[int] = field(default_factory=Counter)
    started_after_its_end: bool = False
    struck: bool = False
    batch: tuple[str, ...] = ()  # the largest that it was in, in the program's present life
    followed: list[tuple[str, ...]] = field(default_factory=list)
    """Whom it came after in the processes that had it, in the program's present life."""
    attempt_told: int = 1

    @property
    def ended(self) -> bool:
        return bool(self.endings)

    @property
    def end(self) -> dict[str, Any]:
        return self.endings[-1]


class Story:
    """Reads the diary's lines in their order."""

    def __init__(self) -> None:
        self.jobs: defaultdict[str, JobStory] = defaultdict(JobStory)
        self.ended = 0
        self.worker_kills = 0
        self.pauses = 0
        self.gap_max_ms = 0.0
        self.own_gap_max_ms = 0.0
        self.left: dict[str, int] | None = None
        self._life = 0
        self._held: dict[int, list[str]] = {}
        self._killed: set[int] = set()

    def read(self, lines: Iterable[str]) -> None:
        for line in lines:
            kind, _, rest = line.partition(" ")
            getattr(self, f"_on_{kind}", self._on_other)(rest)

    def new_life(self) -> None:
        """The program was killed: its processes hold nothing any more."""
        self._life += 1
        self._held.clear()
        self._killed.clear()
        for job in self.jobs.values():
            if not job.ended:
                job.struck, job.batch, job.followed = False, (), []

    def _on_other(self, rest: str) -> None:
        """Lines that are written for whoever reads the diary."""

    def _on_accepted(self, rest: str) -> None:
        for job_id in rest.split(","):
            self.jobs[job_id].accepted = True

    def _on_told(self, rest: str) -> None:
        job_id, _, document = rest.partition(" ")
        told, job = json.loads(document), self.jobs[job_id]
        job.attempt_told = told["a"]
        if "e" in told:  # a late warning tells of the same end again
            self.ended += not job.ended
            if not job.ended or (told["s"], told["e"]) != (job.end["s"], job.end["e"]):
                job.endings.append(told)
            job.end["w"] = told["w"]

    def _on_ended(self, rest: str) -> None:
        job_id, _, state = rest.partition(" ")
        self.jobs[job_id].entered.append(state)

    def _on_start(self, rest: str) -> None:
        job_id, _ = rest.split(" ")
        job = self.jobs[job_id]
        job.starts[self._life] += 1
        job.started_after_its_end |= job.ended and job.end["s"] != "CANCELLED"  # a cancel may come as it starts

    def _on_new(self, rest: str) -> None:
        self._on_hand(rest)

    def _on_hand(self, rest: str) -> None:
        pid, ids = int(rest.partition(" ")[0]), rest.partition(" ")[2]
        before = self._held.get(pid, [])
        self._held[pid] = [] if ids == "-" else ids.split(",")
        if before == self._held[pid]:  # first the process is awaited for them, then they are handed to it
            before = []
        for job_id in self._held[pid]:  # it may have been killed before this could be written
            self.jobs[job_id].struck = pid in self._killed
            self.jobs[job_id].followed.append(tuple(before))
            self.jobs[job_id].batch = max(self.jobs[job_id].batch, tuple(self._held[pid]), key=len)

    def _on_kill(self, rest: str) -> None:
        self.worker_kills += 1
        self._killed.add(int(rest))
        for job_id in self._held.get(int(rest), ()):
            if not self.jobs[job_id].ended:
                self.jobs[job_id].struck = True

    def _on_paused(self, _: str) -> None:
        self.pauses += 1

    def _on_gap(self, rest: str) -> None:
        gap_ms, others_ms = map(float, rest.split(" "))
        self.gap_max_ms = max(self.gap_max_ms, gap_ms)
        self.own_gap_max_ms = max(self.own_gap_max_ms, gap_ms - others_ms)

    def _on_done(self, rest: str) -> None:
        self.left = json.loads(rest)
