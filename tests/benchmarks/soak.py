"""Does the pool survive everything at once? Runs jobs of which a share misbehaves in every way of rows 1 to 30 of the
fault matrix, warm and one-shot mixed, kills a random worker process every two seconds and the whole program every
minute, lets it resume, and checks that nothing was lost, doubled, mixed up or left behind.

Run: `python tests/benchmarks/soak.py --jobs N --faulty 0.3 --seed S`. The last line is JSON; the exit code is 1 when
something was violated. With `--plant BUG` the program under test is broken in one way, and the soak must fail.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

sys.path.append(str(Path(__file__).resolve().parents[2]))  # behind the installed package, which is what is tested

from sigdesk.places import HOME_VARIABLE, Places
from sigdesk.pool.journal_reading import read_journal
from tests.benchmarks.soaking.checks import Answers, Audit, same_as_told
from tests.benchmarks.soaking.events import EVENTS_VARIABLE, Diary
from tests.benchmarks.soaking.kept import KeptJob, kept_jobs
from tests.benchmarks.soaking.killing import SOAK_VARIABLE, Marked
from tests.benchmarks.soaking.plan import Desk, Planned, draw, reference_of
from tests.benchmarks.soaking.plants import PLANTS
from tests.benchmarks.soaking.story import Story

ROOT: Final = Path(__file__).resolve().parents[2]
GAP_LIMIT_MS: Final = 100.0
ORPHANS_LIVE_S: Final = 2.0
APP_KILLS: Final = 2
"""A run holds at least so many, unless it is told otherwise."""
LONG_RUN: Final = 5_000
"""Shorter runs are killed more often."""
START_S: Final = 60.0
"""So long a program may take until it accepts its first job: a busy machine loads libraries slowly."""
_LOOK_S: Final = 0.02
_FAILURES_SHOWN: Final = 50


@dataclass(slots=True)
class Setup:
    """A home of its own for the program under test, and how it is started."""

    home: Path
    options: argparse.Namespace
    mark: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def places(self) -> Places:
        return Places(self.home)

    @property
    def events(self) -> Path:
        return self.home.with_name(f"{self.home.name}.events")

    @property
    def errors(self) -> Path:
        return self.home.with_name(f"{self.home.name}.errors")

    def start(self, *more: str) -> subprocess.Popen[bytes]:
        """Start the program under test."""
        python_path = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(ROOT))))
        environment = os.environ | {
            HOME_VARIABLE: str(self.home),
            EVENTS_VARIABLE: str(self.events),
            SOAK_VARIABLE: self.mark,
            "PYTHONPATH": python_path,
        }
        options, rows = self.options, ",".join(map(str, self.options.rows))
        plan = [f"--jobs={options.jobs}", f"--faulty={options.faulty}", f"--seed={options.seed}", f"--rows={rows}"]
        command = [sys.executable, "-m", "tests.benchmarks.soaking.driver", str(self.home), *plan]
        with self.errors.open("ab") as errors:
            return subprocess.Popen(
                [*command, f"--workers={options.workers}", *more],
                env=environment, cwd=self.home, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
            )  # fmt: skip


class Soak:
    """One run: lives of the program, one after the other, until all of the plan has ended."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._options = setup.options
        self._chance = random.Random(self._options.seed)
        self._marked = Marked(setup.mark)
        self._diary = Diary(setup.events)
        self.story = Story()
        self.plan = draw(self._options.jobs, self._options.faulty, self._options.seed, self._options.rows)
        self.interrupts: Counter[str] = Counter()
        self.untold: set[str] = set()
        self.app_kills = 0
        self.orphans_gone_s = 0.0
        self.failures: list[str] = []
        self._program: subprocess.Popen[bytes] | None = None
        self._kill_at_s = 0.0
        self._heard = ((0, 0), 0.0)
        self._known = 0

    def run(self) -> None:
        """Live and die until the plan is done or nothing moves any more."""
        try:
            while not self.failures and not self._live():
                self._check_death()
        finally:
            if self._program is not None and self._program.poll() is None:
                self._program.kill()
                self._program.wait()
            self._listen()
        _, left = self._marked.gone_within(ORPHANS_LIVE_S)
        self.failures += [f"a process is left behind: {name}" for name in left]
        self._marked.kill_all()
        if not self.failures:
            files = sorted(path.name for path in self._setup.places.temp_folder.iterdir())
            self.failures += [f"left behind: {file}" for file in files]
        for what, count in (self.story.left or {}).items():
            if count:
                self.failures.append(f"left behind: {count} {what}")

    def _live(self) -> bool:
        """One life of the program; True when it has done all of the plan, or has failed."""
        jobs, options, life = len(self.plan), self._options, self.app_kills
        # In the first lives it is given a part of the plan only, so that it cannot be done before it was killed.
        until = jobs * (life + 1) // (options.app_kills + 1) if life < options.app_kills else jobs
        program = self._program = self._setup.start(f"--until={until}", f"--plant={options.plant}")
        before = self.story.ended
        target = before + round((until - before) * self._chance.uniform(0.3, 1.0))
        born = time.monotonic()
        self._heard = (self._moved(), born)
        self._known = len(self.story.jobs)
        self._kill_at_s = born + options.kill_every
        while program.poll() is None:
            time.sleep(_LOOK_S)
            self._listen()
            now = time.monotonic()
            if (until < jobs and self.story.ended >= target) or now - born > options.app_kill_every:
                return self._kill_program(program)
            if self._stalls(now):
                program.kill()
                program.wait()
                return True
            self._kill_worker(now)
        if self._listen() or self.story.left is None:
            self.failures.append(f"the program ended by itself, exit code {program.returncode}: {self._last_words()}")
        return True

    def _kill_program(self, program: subprocess.Popen[bytes]) -> bool:
        program.kill()
        program.wait()
        self.app_kills += 1
        self._listen()
        return False

    def _kill_worker(self, now: float) -> None:
        if now >= self._kill_at_s and self._marked.kill_one(self._chance, self._diary):
            self._kill_at_s = now + self._options.kill_every

    def _stalls(self, now: float) -> bool:
        """Whether no job was accepted or has ended for too long."""
        if self._moved() != self._heard[0]:
            self._heard = (self._moved(), now)
        patience = self._options.patience
        if now - self._heard[1] < (patience if len(self.story.jobs) > self._known else max(patience, START_S)):
            return False
        open_jobs = [
            job_id
            for job_id, job in self.story.jobs.items()
            if job.accepted and not job.ended and job_id not in self.untold
        ]
        some = ", ".join(open_jobs[:5])
        self.failures.append(f"nothing moves; {len(open_jobs)} jobs have not ended, among them {some}")
        return True

    def _moved(self) -> tuple[int, int]:
        return len(self.story.jobs), self.story.ended

    def _listen(self) -> bool:
        """Read what is new in the diary; whether the program has not told that it is done."""
        self.story.read(self._diary.news())
        return self.story.left is None

    def _check_death(self) -> None:
        """The program has just been killed: what it started ends by itself, and what it told was written down."""
        took_s, living = self._marked.gone_within(ORPHANS_LIVE_S)
        self.orphans_gone_s = max(self.orphans_gone_s, took_s)
        self.failures += [f"it lives on {ORPHANS_LIVE_S:g} s after the program: {name}" for name in living]
        self._marked.kill_all()
        self._listen()
        kept = kept_jobs(self._setup.places.journal_file)
        self.failures += list(same_as_told(kept, self.story))
        self.interrupts.update(job.id for job in kept if job.state == "RUNNING")
        silent = {job.id for job in kept if job.ended is not None and not self.story.jobs[job.id].ended} - self.untold
        self.untold |= silent
        self.story.ended += len(silent)
        self.story.new_life()

    def _last_words(self) -> str:
        return self._setup.errors.read_text(encoding="utf-8", errors="replace")[-600:]

    def kept(self) -> list[KeptJob]:
        """The journal's jobs; the journal must be whole."""
        journal = self._setup.places.journal_file
        damage: list[str] = []
        count = sum(1 for _ in read_journal(journal, tell=lambda error: damage.append(str(error))))
        kept = kept_jobs(journal)
        if damage or count != len(kept):
            self.failures.append(f"{count} of {len(kept)} jobs in the journal can be read: {damage}")
        return kept


def answers_without_faults(setup: Setup, program: subprocess.Popen[bytes] | None, plan: Sequence[Planned]) -> Answers:
    """What the good models answer when nothing is killed; without a program, where no good model is asked."""
    if program is None:
        return {}
    if program.wait() != 0:
        raise SystemExit(f"The run without faults failed:\n{setup.errors.read_text(encoding='utf-8')}")
    kept = kept_jobs(setup.places.journal_file)
    bad = [f"{job.id} {job.state} {job.what}" for job in kept if job.state != "SUCCEEDED"]
    if bad or len(kept) != len(plan):
        raise SystemExit(f"The run without faults failed: {len(kept)} of {len(plan)} jobs; {bad[:5]}")
    places = {job.index: job.output for job in kept}
    return {(planned.case.model, planned.signal): places[planned.index] for planned in plan}


def outcomes_of_rows(soak: Soak, kept: Sequence[KeptJob]) -> Mapping[str, Mapping[str, int]]:
    """How the jobs of each row ended, and how often; row 0 are those without a fault."""
    rows: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for job in kept:
        rows[soak.plan[job.index].case.row][f"{job.state} {job.code}".strip()] += 1
    return {str(row): dict(rows[row].most_common()) for row in sorted(rows)}


def report(soak: Soak, kept: Sequence[KeptJob], began: float) -> dict[str, Any]:
    story = soak.story
    return {
        "jobs": len(kept),
        "rows": outcomes_of_rows(soak, kept),
        "kills": story.worker_kills,
        "app_kills": soak.app_kills,
        "interrupted": soak.interrupts.total(),
        "pauses": story.pauses,
        "gap_max_ms": round(story.own_gap_max_ms, 1),
        "gap_with_others_ms": round(story.gap_max_ms, 1),
        "orphans_gone_s": round(soak.orphans_gone_s, 2),
        "leftovers": story.left,
        "failures": len(soak.failures),
        "failed": soak.failures[:_FAILURES_SHOWN],
        "seconds": round(time.monotonic() - began, 1),
    }


def soak_in(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """The whole soak in a folder that is thrown away afterwards; what the last line says."""
    began = time.monotonic()
    tried, plain = Setup(folder / "home", options), Setup(folder / "plain", options)
    for setup in (tried, plain):
        setup.home.mkdir()
        Desk(setup.home).write()
    soak = Soak(tried)
    good = reference_of(soak.plan)
    reference = plain.start("--reference") if good else None
    try:
        soak.run()
        answers = answers_without_faults(plain, reference, good)
    finally:
        if reference is not None:
            reference.kill()
            reference.wait()
        Marked(plain.mark).kill_all()
    kept = soak.kept()
    audit = Audit(soak.plan, kept, soak.story, answers, soak.interrupts, soak.untold)
    soak.failures += list(audit.violations())
    if soak.story.own_gap_max_ms > GAP_LIMIT_MS:
        soak.failures.append(f"the event loop was away for {soak.story.own_gap_max_ms:.0f} ms")
    if soak.app_kills < options.app_kills:
        soak.failures.append(f"the program was killed {soak.app_kills} times")
    return report(soak, kept, began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=1_000)
    parser.add_argument("--faulty", type=float, default=0.3, help="the share of jobs that misbehave")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=lambda text: [int(row) for row in text.split(",")], default=[], metavar="N,N…")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--kill-every", type=float, metavar="S", help="a worker process, at random")
    parser.add_argument("--app-kills", type=int, default=APP_KILLS, metavar="N", help="at least so many")
    parser.add_argument("--app-kill-every", type=float, default=60.0, metavar="S", help="the whole program")
    parser.add_argument("--patience", type=float, default=60.0, metavar="S", help="how long nothing may move")
    parser.add_argument("--plant", default="", choices=("", *PLANTS), help="break the program under test")
    parser.add_argument("--keep", type=Path, help="work in this folder, and leave it")
    options = parser.parse_args()
    if options.kill_every is None:
        options.kill_every = 2.0 if options.jobs >= LONG_RUN else 0.5
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.keep is not None:
        options.keep.mkdir(parents=True)
        figures = soak_in(options.keep, options)
    else:
        with tempfile.TemporaryDirectory(prefix="sigdesk-soak-") as name:
            figures = soak_in(Path(name), options)
    for failure in figures["failed"]:
        print(failure)
    print(json.dumps(figures))
    sys.exit(1 if figures["failures"] else 0)


if __name__ == "__main__":
    main()
