"""Does a long journal stay as quick as a short one? Start-up, the insert of 1,000 jobs with their ends, and the list of
the newest 100, on journals of 1,000 and 1,000,000 jobs that the journal itself has written.
Run: `python tests/benchmarks/journal.py [--small]`. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sigdesk.classifiers.folder import read_classifier
from sigdesk.pool.jobs import JobRequest, JobState, Outcome
from sigdesk.pool.journal import Ending, Journal
from sigdesk.pool.journal_reading import read_journal
from sigdesk.pool.journal_rescue import open_journal
from sigdesk.protocol import OutputLine, read_output
from sigdesk.signals import open_recordings

SHORT = 1_000
LONG, LONG_SMALL = 1_000_000, 10_000
BATCH = 1_000
REPEATS = 15
MANIFEST = '[model]\nname = "m"\nversion = "1.0.0"\n[run]\ncommand = ["sh", "m.sh"]\n[output]\nclasses = ["a"]\n'


def make_request(folder: Path) -> JobRequest:
    """A job for a signal that a file holds, as most are."""
    (folder / "m").mkdir()
    (folder / "m" / "model.toml").write_text(MANIFEST, encoding="utf-8")
    (folder / "m" / "m.sh").write_text("", encoding="utf-8")
    (folder / "run.csv").write_text("a\n1\n2\n3\n", encoding="utf-8")
    return JobRequest(read_classifier(folder / "m"), open_recordings(folder / "run.csv")[0])


def insert(journal: Journal, request: JobRequest, count: int) -> None:
    """Jobs as the pool writes them: accepted, begun and ended, a transaction each."""
    output = read_output(OutputLine(b'{"label": "a", "confidence": 0.5}'), classes=["a"])
    outcome = Outcome(JobState.SUCCEEDED, output)
    numbers = journal.accept([request] * count)
    journal.begin(numbers, 1)
    journal.end([Ending(number, outcome, time.time()) for number in numbers])


def fill(file: Path, request: JobRequest, jobs: int) -> None:
    """A journal of an earlier run: all but ten of its jobs have ended."""
    journal, _ = open_journal(file, "01JEARLIER0000000000000000", alone=True)
    for done in range(0, jobs - 10, BATCH):
        insert(journal, request, min(BATCH, jobs - 10 - done))
    journal.accept([request] * 10)
    journal.close()


def median_s(work: Callable[[], float]) -> float:
    work()
    return statistics.median(work() for _ in range(REPEATS))


def measure(file: Path, request: JobRequest) -> dict[str, float]:
    """Seconds of each thing that an operator waits for."""

    def opened() -> float:
        began = time.perf_counter()
        journal, _ = open_journal(file, "01JPRESENT0000000000000000", alone=True)
        waiting = journal.waiting([])
        took = time.perf_counter() - began
        journal.close()
        assert len(waiting) == 10
        return took

    def listed() -> float:
        began = time.perf_counter()
        rows = list(read_journal(file, newest=100))
        took = time.perf_counter() - began
        assert len(rows) == 100
        return took

    figures = {"open": median_s(opened), "newest": median_s(listed)}
    journal, _ = open_journal(file, "01JPRESENT0000000000000000", alone=True)

    def inserted() -> float:
        began = time.perf_counter()
        insert(journal, request, BATCH)
        return time.perf_counter() - began

    figures["insert"] = median_s(inserted)
    journal.close()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="CI's size: shows that it runs")
    long = LONG_SMALL if parser.parse_args().small else LONG
    figures = {}
    with tempfile.TemporaryDirectory() as name:
        request = make_request(Path(name))
        for jobs in (SHORT, long):
            file = Path(name) / f"{jobs}" / "journal.sqlite"
            fill(file, request, jobs)
            figures[jobs] = {"mb": file.stat().st_size / 1e6, **measure(file, request)}
    print(f"{'jobs':>9}  {'file MB':>8}  {'open ms':>8}  {'newest 100 ms':>13}  {'insert 1,000 ms':>15}")
    for jobs, of in figures.items():
        times = f"{of['open'] * 1e3:8.2f}  {of['newest'] * 1e3:13.2f}  {of['insert'] * 1e3:15.2f}"
        print(f"{jobs:9}  {of['mb']:8.1f}  {times}")
    ratios = {f"{what}_1e6_vs_1e3": round(figures[long][what] / figures[SHORT][what], 3) for what in ("open", "insert")}
    ratios["newest_1e6_vs_1e3"] = round(figures[long]["newest"] / figures[SHORT]["newest"], 3)
    print(json.dumps({**ratios, "jobs": long}))


if __name__ == "__main__":
    main()
