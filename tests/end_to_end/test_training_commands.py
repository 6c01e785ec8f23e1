"""`sigdesk train`, `evaluate` and `models …` as an operator of a terminal runs them."""

from __future__ import annotations

import json
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sklearn.linear_model import LogisticRegression

from tests.classifiers.training.labelled_files import write_folders, write_ts
from tests.end_to_end.command_line import SAMPLES, environment, sigdesk


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_from_folders_to_a_model_that_classifies(tmp_path: Path, home: Path) -> None:
    data = write_folders(tmp_path / "bench", {"slow": 12, "quick": 12})
    test = write_ts(tmp_path / "TEST.ts", {"slow": 6, "quick": 5}, seed=9)

    ran = sigdesk(home, "train", data, "--name", "bench", "--method", "forest", "--trees", "30", "--format", "json")

    assert ran.code == 0, ran.err
    (told,) = ran.records
    assert told["folder"] == str(home / "models" / "bench")
    assert "fold 1 of 5 done" in ran.err
    judged = sigdesk(home, "evaluate", "--model", "bench", data, "--format", "json")
    assert judged.code == 0, judged.err
    (figures,) = judged.records
    assert figures["n"] == 24
    assert figures["accuracy"] > 0.95, "these it was trained on"
    assert sum(map(sum, figures["confusion"])) == 24
    assert set(figures["per_class"]) == {"slow", "quick"}
    refused = sigdesk(home, "evaluate", "--model", "bench", test, "--format", "json")
    assert refused.code == 1
    assert "100 Hz" in refused.err, "signals without a rate do not fit"


def test_a_second_version_is_promoted_and_rolled_back(tmp_path: Path, home: Path) -> None:
    data = write_ts(tmp_path / "bench.ts", {"slow": 4, "quick": 4})
    train = ("train", data, "--name", "bench", "--method", "forest", "--trees", "30", "--held-out", "0")
    sigdesk(home, *train)
    before = sigdesk(home, "classify", data, "--model", "bench", "--format", "json").records

    second = sigdesk(home, *train, "--seed", "3", "--format", "json")

    assert second.records[0]["version"] == "1.1.0"
    assert second.records[0]["in_use"] is False
    promoted = sigdesk(home, "models", "promote", "bench", "1.1.0")
    assert promoted.out == "bench 1.1.0 is in use.\n", promoted.err
    between = sigdesk(home, "classify", data, "--model", "bench", "--format", "json").records
    back = sigdesk(home, "models", "rollback", "bench")
    assert back.out == "bench 1.0.0 is in use again.\n", back.err
    after = sigdesk(home, "classify", data, "--model", "bench", "--format", "json").records

    def answers(records: list[dict[str, object]]) -> dict[object, object]:
        return {record["signal"]: (record["label"], record["confidence"]) for record in records}

    assert answers(after) == answers(before) != answers(between)


def test_what_nobody_can_learn_from_leaves_nothing(tmp_path: Path, home: Path) -> None:
    ran = sigdesk(home, "train", write_ts(tmp_path / "one.ts", {"slow": 3}), "--name", "bench")

    assert ran.code == 1
    assert "there is nothing to tell apart" in ran.err
    assert "Traceback" not in ran.err
    assert not (home / "models").exists()


def test_a_model_learns_from_the_labels_of_an_operator(tmp_path: Path, home: Path) -> None:
    """The folders say the one thing and the labels another: each signal begins as its folder says, and then ends."""
    folder = write_folders(tmp_path / "bench", {"slow": 6, "quick": 6})
    for file in folder.rglob("*.csv"):
        rows = [
            "start,stop,class,source,confidence",
            f"0,1.2,{file.parent.name} run,,",
            f"1.2,1.4,tail of {file.parent.name},,",
        ]
        rows += ["0.1,0.2,guessed,model,0.9", "1.5,1.5,click,,"]
        file.with_name(f"{file.name}.labels.csv").write_text("\n".join(rows) + "\n")
    (folder / "slow" / "bare.csv").write_text("time (s),level (V)\n0,1\n0.01,2\n")

    ran = sigdesk(
        home, "train", folder, "--labels", "--name", "bench", "--method", "forest", "--trees", "30", "--format", "json"
    )

    assert ran.code == 0, ran.err
    assert "Read 24 labels from 12 signals" in ran.err
    assert "1 files without such labels are left out" in ran.err
    listed = sigdesk(home, "models", "--format", "json")
    (model,) = [record for record in listed.records if record["name"] == "bench"]
    assert sorted(model["classes"]) == ["quick run", "slow run", "tail of quick", "tail of slow"]


def test_a_broken_label_file_is_named_with_its_line(tmp_path: Path, home: Path) -> None:
    folder = write_folders(tmp_path / "bench", {"slow": 2})
    file = sorted(folder.rglob("*.csv"))[0]
    without = sigdesk(home, "train", folder, "--labels", "--name", "bench")
    file.with_name(f"{file.name}.labels.csv").write_text("start,stop,class\n0,x,slow\n")
    broken = sigdesk(home, "train", folder, "--labels", "--name", "bench")

    assert (without.code, broken.code) == (1, 1)
    assert "None of these signals has labels of an operator" in without.err
    assert "slow_00.csv.labels.csv: line 2 is wrong" in broken.err
    assert not (home / "models").exists()


@pytest.mark.parametrize("name", ["../out", "a b"])
def test_a_bad_name_is_refused_before_anything_is_read(tmp_path: Path, home: Path, name: str) -> None:
    ran = sigdesk(home, "train", tmp_path, "--name", name)

    assert ran.code == 2
    assert "cannot be the name of a model" in ran.err


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl C is sent otherwise there")
def test_ctrl_c_ends_a_training_and_leaves_nothing(tmp_path: Path, home: Path) -> None:
    data = write_ts(tmp_path / "bench.ts", {"slow": 60, "quick": 60})
    process = subprocess.Popen(
        [sys.executable, "-m", "sigdesk", "train", str(data), "--name", "bench", "--method", "forest"],
        env=environment(home),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    first = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=60)[1]

    assert "Read 120 labels" in first
    assert process.returncode == 130
    assert "Stopped. Nothing was written." in rest
    assert not (home / "models" / "bench").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_training_dies_with_the_program_that_started_it(tmp_path: Path, home: Path) -> None:
    import psutil

    data = write_ts(tmp_path / "bench.ts", {"slow": 60, "quick": 60})
    process = subprocess.Popen(
        [sys.executable, "-m", "sigdesk", "train", str(data), "--name", "bench", "--method", "forest"],
        env=environment(home),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    process.stderr.readline()
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate(timeout=60)

    give_up = time.monotonic() + 10
    while any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children):
        assert time.monotonic() < give_up, "the training outlived its program"
        time.sleep(0.05)
    assert children


def test_a_pickle_is_added_trusted_and_blocked(tmp_path: Path, home: Path) -> None:
    file = tmp_path / "pump.pkl"
    samples = [[0.0] * 20, [1.0] * 20]
    file.write_bytes(pickle.dumps(LogisticRegression().fit(samples, ["calm", "active"])))
    (tmp_path / "run.json").write_text(json.dumps({"sample_rate": 10.0, "samples": [[0.9] * 20]}))

    missing = sigdesk(home, "models", "add", file)
    assert missing.code == 1
    assert "Nothing says which classes pump.pkl knows" in missing.err
    added = sigdesk(home, "models", "add", file, "--classes", "active,calm")
    assert added.code == 0, added.err
    assert "blocked" in added.out
    blocked = sigdesk(home, "classify", tmp_path / "run.json", "--model", "pump", "--format", "json")
    assert blocked.code == 1
    assert blocked.records[0]["state"] == "REJECTED"
    assert "trust this very file" in blocked.records[0]["error"]
    asked = sigdesk(home, "models", "trust", "pump")
    assert asked.code == 1, "nobody said yes"
    trusted = sigdesk(home, "models", "trust", "pump", "--yes")
    assert "A pickle can run anything" in trusted.out
    ran = sigdesk(home, "classify", tmp_path / "run.json", "--model", "pump", "--format", "json")
    assert ran.records[0]["label"] == "active", ran.err
    sigdesk(home, "models", "block", "pump")
    again = sigdesk(home, "classify", tmp_path / "run.json", "--model", "pump", "--format", "json")
    assert again.code == 1
    assert again.records[0]["state"] == "REJECTED"
    assert "was blocked by" in again.records[0]["error"]


def test_what_ships_is_not_changed(home: Path) -> None:
    ran = sigdesk(home, "models", "promote", "appliance-current", "2.0")

    assert ran.code == 1
    assert "comes with SigDesk" in ran.err


def test_a_file_that_is_no_model_is_refused(home: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.skops"
    bad.write_bytes(b"no archive")

    assert "bad.skops is not a skops file" in sigdesk(home, "models", "add", bad).err
    assert "is no model file that SigDesk knows" in sigdesk(home, "models", "add", SAMPLES / "README.md").err
    assert not (home / "models").exists() or not list((home / "models").iterdir())
