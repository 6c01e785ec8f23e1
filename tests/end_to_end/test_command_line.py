"""The command line on real samples with the models that ship: formats, exit codes, windows, parameters, streaming."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from sigdesk import __version__
from tests.end_to_end.command_line import SAMPLES, environment, sigdesk

APPLIANCES = sorted(SAMPLES.glob("*.csv"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_every_sample_is_classified_by_a_model_that_fits_it(home: Path) -> None:
    ran = sigdesk(home, "classify", "--samples", "--format", "json")

    assert ran.code == 0, ran.err
    assert {record["state"] for record in ran.records} == {"SUCCEEDED"}
    files = {Path(record["file"]).name for record in ran.records}
    assert files == {
        path.name for path in SAMPLES.iterdir() if path.suffix in (".csv", ".wav", ".flac", ".npy", ".json")
    }
    assert f"{len(files)} signals: {len(files)} SUCCEEDED" in ran.err
    assert not list((home / "tmp").iterdir()), "no temporary file is left"


def test_json_has_every_promised_field(home: Path) -> None:
    ran = sigdesk(home, "classify", SAMPLES / "microwave.csv", "--model", "appliance-current", "--format", "json")

    (record,) = ran.records
    assert list(record) == [
        "file", "signal", "state", "label", "confidence", "probabilities", "error", "warnings", "run_s",
    ]  # fmt: skip
    assert record["label"] == "microwave"
    assert record["probabilities"][record["label"]] == record["confidence"]
    assert sum(record["probabilities"].values()) == pytest.approx(1.0, abs=1e-3)
    assert record["error"] is None
    assert record["warnings"] == []
    assert record["run_s"] > 0


def test_csv_and_table_say_the_same(home: Path) -> None:
    named = ("classify", SAMPLES / "microwave.csv", "--model", "appliance-current")
    (row,) = sigdesk(home, *named, "--format", "csv").table
    table = sigdesk(home, *named).out.splitlines()

    assert row["state"] == "SUCCEEDED"
    assert row["label"] == "microwave"
    assert table[0].split() == ["SIGNAL", "STATE", "LABEL", "CONFIDENCE", "RUN_S", "ERROR", "WARNINGS"]
    assert table[1].split()[1:3] == ["SUCCEEDED", "microwave"]


def test_windows_come_with_their_times(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "steps.csv"
    values = np.concatenate([np.zeros(100), np.full(100, 50.0)])
    lines = ["Time (s),Level (V)", *(f"{index / 100:.2f},{value}" for index, value in enumerate(values))]
    file.write_text("\n".join(lines), encoding="utf-8")

    ran = sigdesk(
        home, "classify", file, "--model", "level-alarm", "--windows", "0.5", "--format", "json",
        "--params", "active_above=1", "overload_above=10",
    )  # fmt: skip

    assert ran.code == 0, ran.err
    windows = ran.records[0]["windows"]
    assert [(w["start_s"], w["stop_s"]) for w in windows] == [(0.0, 0.5), (0.5, 1.0), (1.0, 1.5), (1.5, 2.0)]
    assert [w["label"] for w in windows] == ["calm", "calm", "overload", "overload"]


def test_what_fails_is_named_and_the_rest_goes_on(home: Path, tmp_path: Path) -> None:
    junk = tmp_path / "junk.wav"
    junk.write_bytes(b"RIFF junk that is no sound")
    ran = sigdesk(
        home, "classify", junk, tmp_path / "gone.csv", SAMPLES / "microwave.csv", "--model", "appliance-current",
        "--format", "json",
    )  # fmt: skip

    assert ran.code == 1
    by_name = {Path(record["file"]).name: record for record in ran.records}
    assert by_name["junk.wav"]["state"] == "REJECTED"
    assert "junk.wav" in by_name["junk.wav"]["error"]
    assert "gone.csv" in by_name["gone.csv"]["error"]
    assert by_name["microwave.csv"]["state"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("classify",), "Name a signal file"),
        (("classify", "x.csv", "--model", "no-such"), "no model named no-such"),
        (("classify", "x.csv", "--model", "level-alarm", "--params", "volume=11"), "volume"),
        (("classify", "x.csv", "--model", "level-alarm", "--windows", "-1"), "--windows"),
        (("classify", "x.csv", "--format", "xml"), "xml"),
        (("info",), "FILES"),
    ],
)
def test_misuse_exits_2_and_says_what_is_wrong(home: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = sigdesk(home, *arguments)

    assert ran.code == 2
    assert said in ran.err
    assert not ran.out


def test_info_prints_one_json_line_a_signal(home: Path) -> None:
    ran = sigdesk(home, "info", *APPLIANCES)

    assert ran.code == 0
    assert len(ran.records) == len(APPLIANCES)
    record = next(record for record in ran.records if record["file"].endswith("microwave.csv"))
    assert list(record)[:5] == ["file", "signal", "format", "channels", "duration_s"]
    assert (record["start"], record["label"], record["annotations"]) == (None, "microwave", [])
    assert "PLAID" in record["metadata"]["source"]
    (channel,) = record["channels"]
    assert channel["unit"] == "a.u."
    assert channel["samples"] > 50
    assert set(channel) == {"name", "unit", "rate_hz", "samples"}


def test_models_are_listed_with_state_and_accuracy(home: Path) -> None:
    by_name = {record["name"]: record for record in sigdesk(home, "models", "--format", "json").records}

    assert set(by_name) >= {"appliance-current", "level-alarm"}
    assert by_name["appliance-current"]["state"] == "verified"
    assert len(by_name["appliance-current"]["classes"]) == 11
    assert 0.5 < by_name["appliance-current"]["accuracy"] < 1.0
    assert by_name["level-alarm"]["accuracy"] is None


def test_a_broken_model_is_listed_with_its_mistakes(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "half"
    folder.mkdir(parents=True)
    (folder / "model.toml").write_text('[model]\nname = "half"\n[run]\ncomand = ["sh"]\n', encoding="utf-8")

    (record,) = sigdesk(home, "models", "--models-folder", folder.parent, "--format", "json").records
    ran = sigdesk(home, "classify", "x.csv", "--model", "half", "--models-folder", folder.parent)

    assert record["state"] == "broken"
    assert any("comand" in problem and "4" in problem for problem in record["problems"])
    assert ran.code == 2
    assert "comand" in ran.err


def test_rows_are_written_as_their_jobs_end(home: Path, tmp_path: Path) -> None:
    """A slow script's first row can be read while its second job still runs."""
    folder = tmp_path / "models" / "slow"
    folder.mkdir(parents=True)
    (folder / "model.toml").write_text(
        '[model]\nname = "slow"\nversion = "1"\n[run]\ncommand = ["sh", "run.sh"]\n[output]\nclasses = ["yes"]\n',
        encoding="utf-8",
    )
    (folder / "run.sh").write_text('sleep 1\necho \'OUTPUT: {"label": "yes"}\'\n', encoding="utf-8")
    command = [sys.executable, "-m", "sigdesk", "classify", str(SAMPLES), "--model", "slow", "--models-folder"]
    command += [str(folder.parent), "--workers", "1", "--format", "json"]
    with subprocess.Popen(command, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        came = time.monotonic()
        process.stdout.read()
        process.stderr.read()
        ended = time.monotonic()

    assert b"SUCCEEDED" in first
    assert ended - came > 1.0, "the other jobs were still to come"


def test_a_reader_that_stops_reading_is_no_error(home: Path) -> None:
    command = [sys.executable, "-m", "sigdesk", "info", *map(str, APPLIANCES)]
    with subprocess.Popen(command, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()

    assert b"Traceback" not in said


def test_the_home_folder_can_be_named(tmp_path: Path) -> None:
    ran = sigdesk(tmp_path / "unused", "--home", tmp_path / "named", "classify", SAMPLES / "microwave.csv")

    assert ran.code == 0
    assert (tmp_path / "named" / "tmp").is_dir()
    assert not (tmp_path / "unused").exists()


def test_version_and_help() -> None:
    home = Path("unused")
    assert sigdesk(home, "--version").out.strip() == f"sigdesk, version {__version__}"
    assert "classify" in sigdesk(home, "--help").out
