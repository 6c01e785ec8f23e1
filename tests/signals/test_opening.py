"""The way in: formats are found by content, and what is no signal is refused by name, place and way out."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sigdesk.errors import RecordingError
from sigdesk.signals import open_recordings, readable_suffixes
from sigdesk.signals.opening import formats
from tests.signals.conftest import Write


def refused(path: Path) -> RecordingError:
    with pytest.raises(RecordingError) as caught:
        open_recordings(path)
    assert caught.value.way_out
    return caught.value


def npy_bytes() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.arange(6.0))
    return buffer.getvalue()


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".txt", ".wav", ".flac", ".npy", ".npz", ".json", ".ts", ".arff"])
def test_an_empty_file_of_any_format_says_so(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"run{suffix}"
    path.touch()
    assert refused(path).what == f"run{suffix} is empty (0 bytes)."


def test_every_format_has_a_name_and_endings() -> None:
    assert {".csv", ".tsv", ".txt", ".wav", ".flac", ".npy", ".npz", ".json", ".ts", ".arff"} <= set(
        readable_suffixes()
    )
    assert len({each.name for each in formats()}) == len(formats())


def test_a_folder_a_pipe_and_a_missing_file_are_refused_in_words(tmp_path: Path) -> None:
    assert "is a folder" in refused(tmp_path).what
    assert "there is no such file" in refused(tmp_path / "gone.csv").what
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.csv")
        assert "not a regular file" in refused(tmp_path / "pipe.csv").what


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_says_so(write: Write) -> None:
    path = write("x\n1\n2\n")
    path.chmod(0)
    assert "you may not read it" in refused(path).what


def test_binary_junk_lists_what_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "junk.bin"
    path.write_bytes(bytes(range(256)) * 4)
    error = refused(path)
    assert error.what == "junk.bin is of no kind that SigDesk can read."
    for word in ("CSV", "WAV", "FLAC", "NPY", "NPZ", "JSON", "TS", "ARFF"):
        assert word in error.way_out


def test_content_counts_more_than_the_name(tmp_path: Path) -> None:
    for name in ("run", "run.csv", "run.wav", "run.dat"):
        path = tmp_path / name
        path.write_bytes(npy_bytes())
        (recording,) = open_recordings(path)
        assert recording.format_name == "NPY"
        assert recording.read().tolist() == [[0, 1, 2, 3, 4, 5]]


def test_numbers_under_an_unknown_ending_are_a_table(write: Write) -> None:
    (recording,) = open_recordings(write("a;b\n1,5;2\n3;4\n", "run.asc"))
    assert recording.read().tolist() == [[1.5, 3.0], [2.0, 4.0]]


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".npy", ".npz", ".json", ".ts", ".arff"])
def test_a_name_that_promises_another_content_is_told(write: Write, suffix: str) -> None:
    path = write("<html>no signal</html>\n", f"page{suffix}")
    assert refused(path).what.startswith(f"page{suffix} ")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("two\nlines.csv", r"two\nlines.csv"),
        ("evil\u202ecsv.exe.csv", r"evil\u202ecsv.exe.csv"),
        ("a b 😀 ü.csv", "a b 😀 ü.csv"),
        ("x" * 251 + ".csv", "x" * 251 + ".csv"),
        ("..csv", "..csv"),
        ("$(rm -rf);'\".csv", "$(rm -rf);'\".csv"),
        (os.fsdecode(b"latin\xe9.csv"), r"latin\udce9.csv"),
        ("tab\tescape\x1b[31m.csv", r"tab\tescape\x1b[31m.csv"),
    ],
)
def test_fault_36_strange_names_are_shown_escaped(tmp_path: Path, name: str, shown: str) -> None:
    path = tmp_path / name
    try:
        path.write_text("x\n1\n2\n")
    except OSError:
        pytest.skip("this file system does not take the name")
    (recording,) = open_recordings(path)
    assert recording.name == shown
    assert recording.read().tolist() == [[1, 2]]
    path.write_text("")
    assert refused(path).what.startswith(shown)


def test_importing_signals_loads_none_of_the_heavy_libraries() -> None:
    heavy = ["polars", "soundfile", "scipy", "PySide6"]
    code = f"import sys, sigdesk.signals; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_knowing_all_formats_loads_none_of_their_libraries() -> None:
    heavy = "polars, soundfile, scipy, h5py, nptdms, wfdb, asammdf, pymseed, pyxdf, RigolWFM, matplotlib, pandas"
    code = (
        "import sys, sigdesk.signals\n"
        "sigdesk.signals.readable_suffixes()\n"
        f"print([name for name in {heavy.split(', ')!r} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
