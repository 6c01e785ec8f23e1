"""Does a long journal stay as quick as a short one? Start-up, the list of the newest 100, a page of the history in the
middle of it, what a search shows first, and the insert of 1,000 jobs with their ends, on journals of 1,000 and
1,000,000 jobs that the journal itself has written. What a search costs that finds nothing grows with the journal, as it
reads all of it: it is shown for each job, and the window hears of it in portions.
Run: `python tests/benchmarks/journal.py [--small]`. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from sigdesk.classifiers.folder import read_classifier
from sigdesk.pool.jobs import JobRequest, JobState, Outcome
from sigdesk.pool.journal import Journal
from sigdesk.pool.journal_reading import read_journal
from sigdesk.pool.journal_rescue import open_journal
from sigdesk.pool.journal_rows import Ending
from sigdesk.pool.journal_search import Term, search_jobs
from sigdesk.protocol import OutputLine, read_output
from sigdesk.signals import open_recordings

SHORT = 1_000
LONG, LONG_SMALL = 1_000_000, 10_000
BATCH = 1_000
PAGE = 200
"""Jobs that a history shows at once."""
REPEATS = 9
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


def open_s(file: Path) -> float:
    """What a start waits for: the journal, and what earlier runs have left in it."""
    began = time.perf_counter()
    journal, _ = open_journal(file, "01JPRESENT0000000000000000", alone=True)
    waiting = journal.waiting([])
    took = time.perf_counter() - began
    journal.close()
    assert len(waiting) == 10
    return took


def newest_s(file: Path) -> float:
    """What `sigdesk jobs --limit 100` waits for."""
    began = time.perf_counter()
    rows = list(read_journal(file, newest=100))
    took = time.perf_counter() - began
    assert len(rows) == 100
    return took


def scroll_s(file: Path, jobs: int) -> float:
    """What a history that was scrolled to its middle waits for."""
    began = time.perf_counter()
    found = sum(len(portion.jobs) for portion in search_jobs(file, below=jobs // 2, limit=PAGE))
    took = time.perf_counter() - began
    assert found == PAGE
    return took


def search_s(file: Path) -> float:
    """What a search waits for before it shows something: every job holds the word."""
    began = time.perf_counter()
    first = next(search_jobs(file, [Term("run.csv")], limit=PAGE))
    took = time.perf_counter() - began
    assert len(first.jobs) == PAGE
    return took


def whole_search_s(file: Path, jobs: int) -> float:
    """A search to the end, for a job."""
    began = time.perf_counter()
    assert not any(portion.jobs for portion in search_jobs(file, [Term("nothing")]))
    return (time.perf_counter() - began) / jobs


def insert_s(journal: Journal, request: JobRequest) -> float:
    """1,000 jobs, accepted, begun and ended."""
    began = time.perf_counter()
    insert(journal, request, BATCH)
    return time.perf_counter() - began


def in_turn(works: Sequence[Callable[[], float]]) -> list[float]:
    """The median of each, measured by turns, so that what else the machine does falls on all alike."""
    rounds = [[work() for work in works] for _ in range(REPEATS + 1)][1:]
    return [statistics.median(times) for times in zip(*rounds, strict=True)]


def measure(files: Sequence[Path], sizes: Sequence[int], request: JobRequest) -> dict[str, list[float]]:
    """Seconds of each thing that an operator waits for, for each file."""
    figures = {
        "open": in_turn([partial(open_s, file) for file in files]),
        "newest": in_turn([partial(newest_s, file) for file in files]),
        "scroll": in_turn([partial(scroll_s, file, jobs) for file, jobs in zip(files, sizes, strict=True)]),
        "search": in_turn([partial(search_s, file) for file in files]),
    }
    journals = [open_journal(file, "01JPRESENT0000000000000000", alone=True)[0] for file in files]
    figures["insert"] = in_turn([partial(insert_s, journal, request) for journal in journals])
    for journal in journals:
        journal.close()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="CI's size: shows that it runs")
    sizes = (SHORT, LONG_SMALL if parser.parse_args().small else LONG)
    with tempfile.TemporaryDirectory() as name:
        request = make_request(Path(name))
        files = [Path(name) / f"{jobs}" / "journal.sqlite" for jobs in sizes]
        for jobs, file in zip(sizes, files, strict=True):
            fill(file, request, jobs)
        megabytes = [file.stat().st_size / 1e6 for file in files]
        figures = measure(files, sizes, request)
        whole_us = [whole_search_s(file, jobs) * 1e6 for file, jobs in zip(files, sizes, strict=True)]
    heads = "  ".join(f"{what + ' ms':>10}" for what in figures)
    print(f"{'jobs':>9}  {'file MB':>8}  {heads}  whole search µs/job")
    for row, jobs in enumerate(sizes):
        times = "  ".join(f"{taken[row] * 1e3:10.2f}" for taken in figures.values())
        print(f"{jobs:9}  {megabytes[row]:8.1f}  {times}  {whole_us[row]:19.2f}")
    ratios = {f"{what}_1e6_vs_1e3": round(long / short, 3) for what, (short, long) in figures.items()}
    print(json.dumps({**ratios, "jobs": sizes[1]}))


if __name__ == "__main__":
    main()
