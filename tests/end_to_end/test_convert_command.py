"""`sigdesk convert` as a program: files of one format become files of another, and nothing is lost or overwritten."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.end_to_end.command_line import SAMPLES, sigdesk

pytestmark = pytest.mark.usefixtures("sigdesk_home")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_folder_of_signals_becomes_files_of_another_format(home: Path, tmp_path: Path) -> None:
    ran = sigdesk(home, "convert", SAMPLES, "--to", "wav", "--out", tmp_path / "out")

    assert (ran.code, ran.err) == (0, "")
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert "fan.wav" in written
    assert sorted(Path(line).name for line in ran.out.splitlines()) == written
    back = sigdesk(home, "info", tmp_path / "out" / "fan.wav").records[0]
    assert back["channels"][0]["rate_hz"] == 100
    audio, _ = soundfile.read(tmp_path / "out" / "ecg.wav")
    assert np.abs(audio).max() > 1  # in millivolts, as the file states


def test_a_stretch_of_chosen_channels(home: Path, tmp_path: Path) -> None:
    names = "Gyroscope y, Accelerometer x"
    ran = sigdesk(
        home, "convert", SAMPLES / "running.csv", "--to", "csv", "--out", tmp_path, "--start", "2", "--stop", "5",
        "--channels", names,
    )  # fmt: skip

    assert ran.code == 0
    record = sigdesk(home, "info", tmp_path / "running.csv").records[0]
    assert [channel["name"] for channel in record["channels"]] == ["Gyroscope y", "Accelerometer x"]
    assert [channel["samples"] for channel in record["channels"]] == [30, 30]
    assert record["label"] == "running"


def test_files_that_are_there_stay_unless_forced_and_failures_are_told(home: Path, tmp_path: Path) -> None:
    (tmp_path / "fan.npy").write_bytes(b"mine")
    (tmp_path / "broken.wav").write_bytes(b"RIFF")

    ran = sigdesk(home, "convert", tmp_path / "broken.wav", SAMPLES / "fan.csv", SAMPLES / "laptop.csv", "--to", "npy",
                  "--out", tmp_path)  # fmt: skip

    assert ran.code == 1
    assert "broken.wav" in ran.err
    assert "fan.npy is there already" in ran.err
    assert (tmp_path / "fan.npy").read_bytes() == b"mine"
    assert np.load(tmp_path / "laptop.npy").shape == (1, 200)

    assert sigdesk(home, "convert", SAMPLES / "fan.csv", "--to", "npy", "--out", tmp_path, "--force").code == 0
    assert np.load(tmp_path / "fan.npy").shape == (1, 200)


def test_a_file_is_never_converted_onto_itself(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "fan.csv"
    path.write_bytes((SAMPLES / "fan.csv").read_bytes())

    ran = sigdesk(home, "convert", path, "--to", "csv", "--force")

    assert ran.code == 1
    assert "is the file that is read" in ran.err
    assert path.read_bytes() == (SAMPLES / "fan.csv").read_bytes()
