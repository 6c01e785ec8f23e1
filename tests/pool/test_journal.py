"""The journal: what was acknowledged is there once, whatever happened; what waits can be run by a later run."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sigdesk.classifiers.manifest import RunMode
from sigdesk.errors import JournalError, SigDeskError
from sigdesk.pool.jobs import JobRequest, JobState
from sigdesk.pool.journal import Journal
from sigdesk.pool.journal_reading import read_journal
from sigdesk.pool.journal_rows import JournalRow
from sigdesk.pool.journal_schema import SCHEMA_VERSION
from sigdesk.pool.journal_search import read_job
from sigdesk.pool.pool import Pool
from sigdesk.pool.requests import Restoring, restore, store_all
from sigdesk.signals import open_recordings
from sigdesk.signals.recording import Recording
from tests.factories import MakeModel, MakeRecording, Watch

ROOT = Path(__file__).resolve().parents[2]
WARM = """
import sigdesk.script

def load(folder):
    return None

def classify(model, windows, params):
    sigdesk.script.log("heard")
    return [{"label": "a", "confidence": 0.75} for window in windows]

sigdesk.script.main(load, classify)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "journal.sqlite"


def journaled(tmp_path: Path, file: Path, workers: int = 1) -> Pool:
    return Pool(tmp_path / "home" / "tmp", workers=workers, journal=file)


def rows(file: Path) -> list[JournalRow]:
    return list(read_journal(file))


def test_a_job_s_whole_life_is_written_down(
    tmp_path: Path, file: Path, model_folder: MakeModel, recording: MakeRecording
) -> None:
    good = model_folder(
        '#!/bin/sh\necho \'LOG: heard\'\necho \'OUTPUT: {"label": "a", "confidence": 0.75}\'', name="good"
    )
    bad = model_folder("#!/bin/sh\necho 'ERROR: stuck at zero'", name="bad")
    with journaled(tmp_path, file) as pool:
        watch = Watch(pool)
        jobs = watch.run(JobRequest(good, recording()), JobRequest(bad, recording(), params={}))
        first, second = rows(file)

    assert [row.id for row in (first, second)] == [job.id for job in jobs]
    assert (first.state, first.label, first.confidence, first.error) == (JobState.SUCCEEDED, "a", 0.75, None)
    assert second.state is JobState.FAILED
    assert second.error is not None
    assert "stuck at zero" in second.error
    assert first.started is not None
    assert first.ended is not None
    assert first.created <= first.started <= first.ended
    with sqlite3.connect(file) as base:
        history, log = base.execute("SELECT history, log FROM endings WHERE number = 1").fetchone()
    assert [change.split()[0] for change in history.split("; ")] == ["QUEUED", "RUNNING", "SUCCEEDED"]
    assert b"heard" in log


def test_what_a_script_says_after_its_answer_is_kept_with_the_job(
    tmp_path: Path, file: Path, model_folder: MakeModel, recording: MakeRecording
) -> None:
    late = model_folder(
        "#!/bin/sh\necho READY\nwhile read -r _ path; do\n"
        'id=$(sed \'s/.*"job":"\\([^"]*\\)".*/\\1/\' "$path")\n'
        'echo "JOB: $id"; echo \'OUTPUT: {"label": "a"}\'\n'
        "while [ ! -e go ]; do sleep 0.02; done\n"
        "echo 'OUTPUT: {\"label\": \"b\"}'; echo 'DONE: 1'; done",
        mode=RunMode.WARM,
    )
    with journaled(tmp_path, file) as pool:
        watch = Watch(pool)
        (job,) = watch.run(JobRequest(late, recording()))
        assert job.outcome is not None
        assert not job.outcome.warnings
        (late.folder / "go").touch()
        watch.until(lambda: bool((told := watch.jobs[job.id].outcome) and told.warnings))

    kept = read_job(file, job.number)
    assert kept is not None
    assert kept.outcome is not None
    assert kept.outcome.warnings == ("The script gave a second answer after its first; the first was kept.",)
    assert [row.label for row in rows(file)] == ["a"]


def test_numbers_go_on_from_run_to_run(
    tmp_path: Path, file: Path, model_folder: MakeModel, recording: MakeRecording
) -> None:
    good = model_folder(WARM, mode=model_mode("warm"))
    for _ in range(2):
        with journaled(tmp_path, file) as pool:
            Watch(pool).run(*[JobRequest(good, recording())] * 3)

    assert [row.number for row in rows(file)] == [1, 2, 3, 4, 5, 6]
    assert len({row.id for row in rows(file)}) == 6


def model_mode(name: str) -> object:
    from sigdesk.classifiers.manifest import RunMode

    return RunMode(name)


def test_two_runs_share_a_journal_and_leave_each_other_s_jobs_alone(
    tmp_path: Path, file: Path, model_folder: MakeModel, recording: MakeRecording
) -> None:
    hangs = model_folder("#!/bin/sh\nsleep 60", name="hangs")
    with journaled(tmp_path, file) as one, journaled(tmp_path, file) as other:
        one.submit_many([JobRequest(hangs, recording())] * 2)
        assert other.waiting() == []
        numbers = [row.number for row in rows(file)]
        other.submit(JobRequest(hangs, recording()))
        assert [row.number for row in rows(file)] == [*numbers, 3]


def test_what_was_left_open_is_offered_again_and_runs_with_its_id(
    tmp_path: Path, file: Path, model_folder: MakeModel, recording: MakeRecording
) -> None:
    slow = model_folder('#!/bin/sh\nsleep 0.3\necho \'OUTPUT: {"label": "a"}\'', name="slow")
    write_manifest(slow.folder, "slow", "1.0.0")
    memory = recording(np.arange(50.0), name="in memory")
    pool = journaled(tmp_path, file)
    watch = Watch(pool)
    ids = pool.submit_many([JobRequest(slow, memory, windows=None)] * 3)
    watch.until(lambda: pool.stats().running == 1)
    pool.close(keep_waiting=True)

    with journaled(tmp_path, file) as later:
        waiting = later.waiting()
        assert [row.id for row in waiting] == ids
        assert [row.state for row in waiting] == [JobState.INTERRUPTED, JobState.QUEUED, JobState.QUEUED]
        assert later.waiting() == waiting, "offering changes nothing, and nothing runs by itself"
        restored = restore(waiting[0].stored)
        assert np.array_equal(restored.recording.read(), memory.read())
        again = Watch(later)
        resumed = later.resume_many([(row, restore(row.stored)) for row in waiting])
        jobs = again.ended(resumed)
        assert resumed == ids
        assert {job.state for job in jobs} == {JobState.SUCCEEDED}
        assert [job.attempt for job in jobs] == [2, 1, 1]
        assert later.waiting() == []
    assert [row.attempt for row in rows(file)] == [2, 1, 1]
    assert len(rows(file)) == 3, "each is there once"


def test_discarded_jobs_are_cancelled_for_good(
    tmp_path: Path, file: Path, model_folder: MakeModel, recording: MakeRecording
) -> None:
    hangs = model_folder("#!/bin/sh\nsleep 60", name="hangs")
    pool = journaled(tmp_path, file)
    pool.submit_many([JobRequest(hangs, recording())] * 3)
    pool.close(keep_waiting=True)

    with journaled(tmp_path, file) as later:
        later.discard(later.waiting())
        assert later.waiting() == []
    assert {row.state for row in rows(file)} == {JobState.CANCELLED}


def write_manifest(folder: Path, name: str, version: str) -> None:
    (folder / "model.toml").write_text(
        f'[model]\nname = "{name}"\nversion = "{version}"\n[run]\ncommand = ["sh", "classify.sh"]\n'
        '[output]\nclasses = ["a", "b"]\n',
        encoding="utf-8",
    )


def test_a_job_is_not_resumed_with_another_version_or_a_file_that_is_gone(
    tmp_path: Path, model_folder: MakeModel
) -> None:
    model = model_folder('#!/bin/sh\necho \'OUTPUT: {"label": "a"}\'', name="good")
    write_manifest(model.folder, "good", "1.0.0")
    csv = tmp_path / "run.csv"
    csv.write_text("a\n1\n2\n3\n", encoding="utf-8")
    (stored,) = store_all([JobRequest(model, open_recordings(csv)[0], windows=((0, 2), (1, 3)), params={"x": 1})])
    again = restore(stored)
    assert again.windows == ((0, 2), (1, 3))
    assert again.params == {"x": 1}

    write_manifest(model.folder, "good", "2.0.0")
    with pytest.raises(JournalError, match=r"2\.0\.0 now"):
        restore(stored)
    write_manifest(model.folder, "good", "1.0.0")
    csv.unlink()
    with pytest.raises(SigDeskError, match=r"run\.csv"):
        restore(stored)


def test_a_file_of_many_signals_is_read_once_for_all_that_wait(
    tmp_path: Path, model_folder: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 15,000 jobs on one labelled set that a killed program had left, `resume` ran none within ten minutes."""
    model = model_folder('#!/bin/sh\necho \'OUTPUT: {"label": "a"}\'', name="good")
    write_manifest(model.folder, "good", "1.0.0")
    many = tmp_path / "Many_TEST.ts"
    head = "@problemName Many\n@timeStamps false\n@univariate true\n@classLabel true a b\n@data\n"
    many.write_text(head + "".join(f"{number},2,3:a\n" for number in range(50)), encoding="utf-8")
    recordings = open_recordings(many)
    all_stored = store_all([JobRequest(model, recording) for recording in recordings])
    read: list[Path] = []

    def reading(path: Path, *rest: Any, **named: Any) -> list[Recording]:
        read.append(path)
        return open_recordings(path, *rest, **named)

    monkeypatch.setattr("sigdesk.pool.requests.open_recordings", reading)
    restoring = Restoring()
    again = [restoring.request(stored).recording for stored in all_stored]
    assert [recording.name for recording in again] == [recording.name for recording in recordings]
    assert [float(recording.read()[0, 0]) for recording in again] == list(range(50))
    assert read == [many]

    many.unlink()
    gone = Restoring()
    for stored in all_stored:
        with pytest.raises(SigDeskError, match="Many_TEST"):
            gone.request(stored)
    assert len(read) == 2, "nor is an error looked for again and again"


def test_fault_49_a_flipped_bit_is_found(
    tmp_path: Path, file: Path, model_folder: MakeModel, recording: MakeRecording
) -> None:
    good = model_folder('#!/bin/sh\necho \'OUTPUT: {"label": "a"}\'', name="good")
    with journaled(tmp_path, file) as pool:
        Watch(pool).run(JobRequest(good, recording()))
    with sqlite3.connect(file) as base:
        base.execute("UPDATE endings SET label = 'b'")

    with pytest.raises(JournalError) as told:
        rows(file)
    assert str(told.value) == (
        "Job 1 in the journal is damaged, and cannot be read. "
        "Start SigDesk again: it sets the file aside and keeps every job that can still be read."
    )


def test_fault_51_a_newer_journal_is_refused_and_left_as_it_is(tmp_path: Path, file: Path) -> None:
    file.parent.mkdir()
    with sqlite3.connect(file) as base:
        base.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = file.read_bytes()

    with pytest.raises(JournalError) as told:
        journaled(tmp_path, file)

    assert str(told.value) == (
        f"The journal {file} was written by a newer SigDesk. "
        "Use that version, or name another home with --home; the journal stays as it is."
    )
    assert file.read_bytes() == before
    assert not list((tmp_path / "home" / "tmp").iterdir()), "nothing half-started is left"


@pytest.mark.parametrize("kill_after", [1, 5, 20])
@pytest.mark.skipif(sys.platform == "win32", reason="kills a program as POSIX does")
def test_fault_47_a_killed_program_loses_nothing_that_it_told(tmp_path: Path, kill_after: int) -> None:
    """The command line prints a row once it is in the journal; whatever it printed before SIGKILL is there."""
    models = tmp_path / "models"
    (models / "quick").mkdir(parents=True)
    (models / "quick" / "classify.sh").write_text('echo \'OUTPUT: {"label": "a"}\'\n', encoding="utf-8")
    write_manifest(models / "quick", "quick", "1.0.0")
    signals = tmp_path / "signals"
    signals.mkdir()
    for number in range(60):
        (signals / f"{number:02}.csv").write_text("a\n1\n2\n3\n", encoding="utf-8")
    environment = {**os.environ, "SIGDESK_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    base = [sys.executable, "-m", "sigdesk"]
    classify = [*base, "classify", str(signals), "--model", "quick", "--models-folder", str(models)]
    with subprocess.Popen(
        [*classify, "--format", "json"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as killed:
        assert killed.stdout is not None
        told = [killed.stdout.readline() for _ in range(kill_after)]
        killed.send_signal(signal.SIGKILL)
        told += killed.stdout.readlines()
    told = [line for line in told if line.endswith("\n")]

    listed = rows(tmp_path / "home" / "journal.sqlite")
    ended = [row for row in listed if row.state is JobState.SUCCEEDED]
    assert len(ended) >= len(told) >= kill_after
    assert len({row.stored.file for row in listed}) == len(listed), "each is there once"

    resumed = subprocess.run(
        [*base, "resume", "--format", "json"], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert resumed.returncode == 0, resumed.stderr
    after = rows(tmp_path / "home" / "journal.sqlite")
    assert {row.state for row in after} == {JobState.SUCCEEDED}
    assert len(after) == len(listed)
    assert len(resumed.stdout.splitlines()) == len(listed) - len(ended), "what had ended was not run again"


def test_a_file_where_its_folder_should_be_is_told_in_words(tmp_path: Path) -> None:
    blocked = tmp_path / "no-folder"
    blocked.write_text("a file", encoding="utf-8")
    file = blocked / "journal.sqlite"
    with pytest.raises(JournalError) as told:
        Journal(file, "run")
    assert str(told.value) == (
        f"The journal {file} could not be opened (File exists). "
        "Make room on the disk and check that you may write there; what is in it is kept."
    )
