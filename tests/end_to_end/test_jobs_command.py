"""`sigdesk jobs` and `sigdesk resume` as processes of their own, on journals whole, damaged and of a newer version."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from sigdesk.classifiers.folder import read_classifier
from sigdesk.places import shipped_folder
from sigdesk.pool.jobs import JobRequest
from sigdesk.pool.journal_schema import SCHEMA_VERSION
from sigdesk.pool.pool import Pool
from sigdesk.signals import open_recordings
from tests.end_to_end.command_line import SAMPLES, environment, sigdesk

FIELDS = [
    "id", "file", "signal", "model", "version", "state", "attempt", "label", "confidence", "error", "created",
    "started", "ended",
]  # fmt: skip


@pytest.fixture(scope="module")
def classified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in whose journal four jobs have ended."""
    home = tmp_path_factory.mktemp("classified")
    files = [SAMPLES / f"{name}.csv" for name in ("microwave", "hairdryer", "fan", "vacuum")]
    assert sigdesk(home, "classify", *files, "--model", "level-alarm", "--workers", "1").code == 0
    return home


@pytest.fixture
def home(classified: Path, tmp_path: Path) -> Path:
    """Such a home for one test alone."""
    return Path(shutil.copytree(classified, tmp_path / "home"))


def journal(home: Path) -> Path:
    return home / "journal.sqlite"


def flip(home: Path, label: str) -> None:
    """Damage one job's row as a failing disk would: the label is another, the checksum the old one."""
    with closing(sqlite3.connect(journal(home))) as base:
        base.execute("UPDATE endings SET label = ? WHERE number = 2", (label,))
        base.commit()


def test_jobs_lists_the_journal_and_the_newest_of_it(home: Path) -> None:
    everything = sigdesk(home, "jobs", "--format", "json")
    newest = sigdesk(home, "jobs", "--format", "json", "--limit", "2")
    none = sigdesk(home, "jobs", "--format", "json", "--state", "CRASHED")

    assert (everything.code, everything.err) == (0, "")
    assert [list(record) for record in everything.records] == [FIELDS] * 4
    assert {record["state"] for record in everything.records} == {"SUCCEEDED"}
    assert newest.records == everything.records[-2:]
    assert (none.code, none.out) == (0, "")
    assert list(sigdesk(home, "jobs", "--format", "csv", "--limit", "1").table[0]) == FIELDS
    assert len(sigdesk(home, "jobs", "--limit", "3").out.splitlines()) == 4, "a head and three rows"
    assert sigdesk(home, "jobs", "--limit", "0").code == 2


def test_fault_49_a_damaged_row_is_told_and_the_rest_is_listed(home: Path) -> None:
    flip(home, "other")

    listed = sigdesk(home, "jobs", "--format", "json")

    assert listed.code == 1
    assert len(listed.records) == 3
    assert listed.err == (
        "Job 2 in the journal is damaged, and cannot be read. "
        "Start SigDesk again: it sets the file aside and keeps every job that can still be read.\n"
    )
    resumed = sigdesk(home, "resume")
    assert resumed.code == 0
    (aside,) = home.glob("journal.damaged-*.sqlite")
    assert resumed.err.startswith(
        f"The journal {journal(home)} was damaged: 4 jobs were kept, 1 of them without its result. "
        f"The damaged file is kept as {aside.name}. What has no result is offered to be run again.\n"
    )
    again = sigdesk(home, "jobs", "--format", "json")
    assert (again.code, again.err) == (0, "")
    first, run_again, *others = again.records
    assert [first, *others] == listed.records
    assert (run_again["state"], run_again["attempt"], run_again["label"]) == ("SUCCEEDED", 2, "active")


DEADLY = """
import json, os, signal, sys, time
from pathlib import Path
print("READY", flush=True)
for line in sys.stdin:
    jobs = json.loads(Path(line.removeprefix("RUN ").rstrip("\\n")).read_text())["jobs"]
    for job in jobs:
        print("JOB:", job["job"], flush=True)
        if job["signal"]["name"] == "fan.csv":
            tries = len(list(Path().glob("tried-*")))
            Path(f"tried-{tries}").touch()
            if tries == 1:
                time.sleep(60)  # until the program is killed
            os.kill(os.getpid(), signal.SIGSEGV)
        print('OUTPUT: {"label": "a"}', flush=True)
    print("DONE:", len(jobs), flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills a program as POSIX does")
def test_fault_26_a_process_that_died_before_the_program_did_counts_after_the_resume(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "models" / "deadly"
    folder.mkdir(parents=True)
    (folder / "classify.py").write_text(DEADLY, encoding="utf-8")
    (folder / "model.toml").write_text(
        '[model]\nname = "deadly"\nversion = "1.0.0"\n[run]\nscript = "classify.py"\nmode = "warm"\n'
        'samples = "json"\n[output]\nclasses = ["a"]\n',
        encoding="utf-8",
    )
    files = [SAMPLES / f"{name}.csv" for name in ("microwave", "fan", "vacuum")]
    command = [
        "classify",
        *map(str, files),
        "--model",
        "deadly",
        "--models-folder",
        str(folder.parent),
        "--workers",
        "1",
    ]
    with subprocess.Popen(
        [sys.executable, "-m", "sigdesk", *command], env=environment(home), stdout=subprocess.DEVNULL
    ) as program:
        while not (folder / "tried-1").exists():
            assert program.poll() is None
            time.sleep(0.02)
        program.kill()

    resumed = sigdesk(home, "resume", "--workers", "1", "--format", "json")

    ends = {record["signal"]: record for record in sigdesk(home, "jobs", "--format", "json").records}
    assert (ends["fan.csv"]["state"], ends["fan.csv"]["attempt"]) == ("FAILED", 2), resumed
    assert "two processes of the model have died of it" in ends["fan.csv"]["error"]
    assert len(list(folder.glob("tried-*"))) == 3
    assert {ends[f"{name}.csv"]["state"] for name in ("microwave", "vacuum")} == {"SUCCEEDED"}


@pytest.mark.parametrize("kept", [0, 50, 4096, 0.5, -1])
def test_fault_48_a_truncated_journal_never_crashes_a_command(home: Path, kept: float) -> None:
    data = journal(home).read_bytes()
    journal(home).write_bytes(data[: int(kept * len(data)) if 0 < kept < 1 else int(kept)])

    listed = sigdesk(home, "jobs", "--format", "json")
    assert listed.code == 1
    assert "damaged" in listed.err
    assert "Traceback" not in listed.err
    classified = sigdesk(home, "classify", SAMPLES / "fan.csv", "--model", "level-alarm", "--format", "json")
    assert classified.code == 0, classified.err
    assert "was damaged" in classified.err
    again = sigdesk(home, "jobs", "--format", "json")
    assert (again.code, again.err) == (0, "")
    assert again.records[:-1] == listed.records
    assert again.records[-1]["label"] == classified.records[0]["label"]


def test_fault_51_of_a_newer_journal_jobs_lists_what_it_understands(home: Path) -> None:
    with closing(sqlite3.connect(journal(home))) as base:
        base.execute("ALTER TABLE jobs ADD COLUMN later TEXT")
        base.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = journal(home).read_bytes()

    listed = sigdesk(home, "jobs", "--format", "json")
    refused = sigdesk(home, "classify", SAMPLES / "fan.csv", "--model", "level-alarm")

    assert len(listed.records) == 4
    newer = f"The journal {journal(home)} was written by a newer SigDesk"
    assert (listed.code, listed.err) == (
        1,
        f"{newer}; only what this one understands is listed. Use the newer version to see all of it.\n",
    )
    assert (refused.code, refused.err) == (
        1,
        f"Error: {newer}. Use that version, or name another home with --home; the journal stays as it is.\n",
    )
    assert journal(home).read_bytes() == before


@pytest.mark.skipif(sys.platform != "linux", reason="only there a name may be any bytes")
def test_a_file_whose_name_is_no_text_is_classified_listed_and_told_of(tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.csv"))
    file.write_text("a\n1\n2\n3\n", encoding="utf-8")
    home = tmp_path / "home"
    shown = f"{tmp_path}/bad\\udcff.csv"

    classified = sigdesk(home, "classify", file, "--model", "level-alarm", "--format", "json")
    listed = sigdesk(home, "jobs", "--format", "json")

    assert (classified.code, listed.code) == (0, 0), classified.err + listed.err
    assert classified.records[0]["file"] == listed.records[0]["file"] == shown
    with Pool(home / "tmp", workers=1, journal=journal(home)) as pool:  # a program that was closed over a waiting job
        pool.pause()
        (recording,) = open_recordings(file)
        pool.submit(JobRequest(read_classifier(shipped_folder("models") / "level-alarm"), recording))
        pool.close(keep_waiting=True)
    file.rename(tmp_path / "elsewhere.csv")
    resumed = sigdesk(home, "resume", "--format", "json")
    assert resumed.code == 1
    assert resumed.records[0]["file"] == shown
    assert "Traceback" not in resumed.err
    errors = [record["error"] for record in sigdesk(home, "jobs", "--format", "json").records]
    assert sum("bad" in (error or "") for error in errors) == 1


def test_the_journal_names_files_wherever_the_shell_stood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "run.csv").write_text("a\n1\n2\n3\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ran = sigdesk(tmp_path / "home", "classify", "run.csv", "--model", "level-alarm", "--format", "json")
    (listed,) = sigdesk(tmp_path / "home", "jobs", "--format", "json").records

    assert ran.records[0]["file"] == "run.csv", "the row names the file as the operator did"
    assert listed["file"] == str(tmp_path / "run.csv"), "a resume from another folder finds it"
