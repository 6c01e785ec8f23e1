"""Row 47 of the fault matrix: SIGKILL at every write to the journal, and what a later run finds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sigdesk.pool.jobs import JobState
from sigdesk.pool.journal_reading import read_journal
from sigdesk.pool.journal_rows import JournalRow
from sigdesk.pool.pool import Pool
from sigdesk.pool.requests import restore
from tests.factories import Watch

ROOT = Path(__file__).resolve().parents[2]
JOBS = 4
WRITES = 1 + 2 * JOBS
"""One to accept, then a begin and an end each: the model is one-shot and has one worker."""

PROGRAM = f"""
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from sigdesk.classifiers.folder import read_classifier
from sigdesk.pool.jobs import JobRequest
from sigdesk.pool.journal import Journal
from sigdesk.pool.pool import Pool
from sigdesk.signals import open_recordings

home, kill_at, when = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
writes = 0
transact = Journal._transact

def counted(journal, work):
    global writes
    writes += 1
    if (writes, when) == (kill_at, "before"):
        os.kill(os.getpid(), signal.SIGKILL)
    if (writes, when) == (kill_at, "inside"):
        def work_and_die():
            plain()
            os.kill(os.getpid(), signal.SIGKILL)
        plain, work = work, work_and_die
    answer = transact(journal, work)
    if (writes, when) == (kill_at, "after"):
        os.kill(os.getpid(), signal.SIGKILL)
    return answer

Journal._transact = counted
request = JobRequest(read_classifier(home / "model"), open_recordings(home / "run.csv")[0])
with Pool(home / "tmp", workers=1, journal=home / "journal.sqlite") as pool:
    for job_id in pool.submit_many([request] * {JOBS}):
        print("accepted", job_id, flush=True)
    while not pool.is_idle or pool.stats().queued:
        for job in pool.take_update(0.2).jobs:
            if job.state.ended:
                print("ended", job.id, flush=True)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    (home / "model").mkdir(parents=True)
    (home / "model" / "classify.sh").write_text(
        f'echo run >> {home}/runs\necho \'OUTPUT: {{"label": "a"}}\'\n', encoding="utf-8"
    )
    (home / "model" / "model.toml").write_text(
        '[model]\nname = "model"\nversion = "1.0.0"\n[run]\ncommand = ["sh", "classify.sh"]\n'
        '[output]\nclasses = ["a"]\n',
        encoding="utf-8",
    )
    (home / "run.csv").write_text("a\n1\n2\n3\n", encoding="utf-8")
    return home


def rows(home: Path) -> list[JournalRow]:
    return list(read_journal(home / "journal.sqlite"))


@pytest.mark.skipif(sys.platform == "win32", reason="kills a program as POSIX does")
@pytest.mark.parametrize("when", ["before", "inside", "after"])
@pytest.mark.parametrize("kill_at", range(1, WRITES + 1))
def test_fault_47_killed_at_any_write_every_acknowledged_job_is_there_once(home: Path, kill_at: int, when: str) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(home), str(kill_at), when],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert killed.returncode == -9, killed.stderr
    told = [line.split() for line in killed.stdout.split("\n")[:-1] if line.count(" ") == 1]  # the last may be cut
    accepted = [job_id for what, job_id in told if what == "accepted"]
    ended = [job_id for what, job_id in told if what == "ended"]
    found = rows(home)
    assert len(found) in (0, JOBS), "all that was handed over together, or nothing"
    assert {row.id for row in found} >= set(accepted)
    assert {row.id for row in found if row.state is JobState.SUCCEEDED} >= set(ended)
    was_running = [row.id for row in found if row.state is JobState.RUNNING]
    finished = [row.id for row in found if row.state is JobState.SUCCEEDED]
    runs = home / "runs"

    with Pool(home / "tmp", workers=1, journal=home / "journal.sqlite") as pool:
        assert pool.journal_notice is None
        waiting = pool.waiting()
        assert [row.id for row in waiting if row.state is JobState.INTERRUPTED] == was_running
        assert sorted([*finished, *(row.id for row in waiting)]) == [row.id for row in found]
        assert pool.is_idle, "nothing runs by itself"
        before = len(runs.read_text().splitlines()) if runs.exists() else 0
        watch = Watch(pool)
        watch.ended(pool.resume_many([(row, restore(row.stored)) for row in waiting]))
        assert len(runs.read_text().splitlines() if runs.exists() else []) == before + len(waiting)

    after = rows(home)
    assert [row.id for row in after] == [row.id for row in found], "each is there once"
    assert {row.state for row in after} <= {JobState.SUCCEEDED}
    assert {row.id: row.attempt for row in after} == {row.id: 1 + (row.id in was_running) for row in after}
