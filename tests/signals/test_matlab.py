"""MATLAB files of every version, as MATLAB itself wrote them (scipy ships some), as scipy writes them, and damaged."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io

from sigdesk.errors import RecordingError
from sigdesk.signals import Channel, Recording, TimeBase, open_recordings
from sigdesk.signals.arrays import RawSource
from sigdesk.signals.shelf import ShelvedSource
from tests.signals.real_files import package_file

RAMP = np.arange(2000.0).reshape(1000, 2)


def by_item(path: Path) -> dict[str, Recording]:
    return {recording.item: recording for recording in open_recordings(path)}


def refused(path: Path) -> str:
    with pytest.raises(RecordingError) as caught:
        open_recordings(path)
    assert caught.value.what.startswith(path.name)
    assert caught.value.way_out
    return str(caught.value)


def scipys(name: str) -> Path:
    return package_file("scipy", "io", "matlab", "tests", "data", name)


@pytest.mark.parametrize("version", ["4.2c_SOL2", "6.1_SOL2", "6.5.1_GLNX86", "7.1_GLNX86", "7.4_GLNX86"])
def test_matrices_that_matlab_itself_wrote(version: str) -> None:
    (matrix,) = open_recordings(scipys(f"testmatrix_{version}.mat"))
    np.testing.assert_array_equal(matrix.read(), [[1, 2, 3, 4, 5], [2, 0, 0, 0, 0], [3, 0, 0, 0, 0]])
    (vector,) = open_recordings(scipys(f"testdouble_{version}.mat"))
    np.testing.assert_allclose(vector.read(2, 5)[0], np.arange(2, 5) * np.pi / 4)
    assert vector.item == "testdouble"


def test_matlab_7_3_is_read_too() -> None:
    (recording,) = open_recordings(scipys("testhdf5_7.4_GLNX86.mat"))
    assert (recording.format_name, recording.item) == ("MATLAB", "testdouble")
    np.testing.assert_allclose(recording.read()[0], np.arange(9) * np.pi / 4)


def test_structs_and_cells_that_matlab_wrote_are_opened_up() -> None:
    assert list(by_item(scipys("teststruct_7.4_GLNX86.mat"))) == ["teststruct.doublefield"]
    assert "testcell(4)" in by_item(scipys("testcell_7.4_GLNX86.mat"))
    assert len(by_item(scipys("nasty_duplicate_fieldnames.mat"))) > 10


@pytest.mark.parametrize("name", ["testcomplex_7.4_GLNX86", "testcomplex_4.2c_SOL2", "test3dmatrix_7.4_GLNX86",
                                  "teststring_7.4_GLNX86", "testsparse_7.4_GLNX86", "testobject_7.4_GLNX86",
                                  "testfunc_7.4_GLNX86"])  # fmt: skip
def test_fault_31_what_is_no_signal_is_refused_by_name_and_kind(name: str) -> None:
    assert "holds no matrix of real numbers, only " in refused(scipys(f"{name}.mat"))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "malformed1",
            "is cut short: the element at byte 128 declares 658840 bytes, but the file ends at byte 2208 "
            "(656768 bytes are missing). Copy the file again from where it was recorded.",
        ),
        (
            "corrupted_zlib_checksum",
            "has a variable at byte 128 that cannot be read (its packed bytes are damaged). "
            "Save it again in MATLAB (save -v7.3 NAME).",
        ),
        (
            "bad_miuint32",
            "has a variable at byte 128 that cannot be read (it declares the sizes -2147483647 × 10). "
            "Save it again in MATLAB (save -v7.3 NAME).",
        ),
    ],
)
def test_fault_33_files_that_scipy_keeps_as_broken_are_refused(name: str, told: str) -> None:
    assert refused(scipys(f"{name}.mat")) == f"{name}.mat {told}"


def test_fault_33_damage_inside_a_packed_variable_is_told_when_it_is_read() -> None:
    (recording,) = open_recordings(scipys("corrupted_zlib_data.mat"))
    with pytest.raises(RecordingError) as told:
        recording.read()
    assert str(told.value) == (
        "corrupted_zlib_data.mat holds the variable “datagrid” at byte 230, which cannot be read "
        "(its packed bytes do not end where they should). Copy the file again, or save it anew in MATLAB."
    )


@pytest.mark.parametrize("packed", [False, True])
def test_what_stands_beside_a_matrix_describes_it(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "bench.mat"
    held: dict[str, Any] = {
        "fs": 250,
        "data": RAMP,
        "units": "mV",
        "ch_names": np.array(["left", "right"], dtype=object),
    }
    scipy.io.savemat(path, held, do_compression=packed)
    (recording,) = open_recordings(path)
    assert (recording.name, recording.item) == ("bench.mat", "data")
    assert recording.channels == (Channel("left", "mV"), Channel("right", "mV"))
    assert recording.time_base == TimeBase(rate_hz=250)
    assert isinstance(recording.source, ShelvedSource if packed else RawSource)
    np.testing.assert_array_equal(recording.read(), RAMP.T)
    np.testing.assert_array_equal(recording.read(10, 20), RAMP.T[:, 10:20])


def test_structs_carry_their_own_rate_and_arrays_of_them_are_numbered(tmp_path: Path) -> None:
    path = tmp_path / "trials.mat"
    trials = [{"emg": np.arange(10.0) * at, "fs": 100.0 * at} for at in (1, 2)]
    scipy.io.savemat(path, {"trial": trials, "t": np.arange(5) * 0.25, "x": np.arange(5)})
    found = by_item(path)
    assert sorted(found) == ["trial(1).emg", "trial(2).emg", "x"]
    assert [found[f"trial({at}).emg"].time_base.rate_hz for at in (1, 2)] == [100, 200]
    assert found["trial(2).emg"].name == "trials trial(2).emg"
    assert found["x"].time_base.rate_hz == 4
    np.testing.assert_array_equal(found["trial(2).emg"].read(2, 4), [[4.0, 6.0]])


def test_uneven_times_that_begin_late(tmp_path: Path) -> None:
    path = tmp_path / "late.mat"
    scipy.io.savemat(path, {"time": np.array([2.0, 2.5, 4.0]), "v": np.array([1, np.nan, 3])})
    (recording,) = open_recordings(path)
    assert recording.time_base.times is not None
    assert recording.time_base.times.tolist() == [0.0, 0.5, 2.0]
    assert recording.metadata["time begins at"] == "2 s"


def test_small_integers_in_a_double_are_what_matlab_meant(tmp_path: Path) -> None:
    # MATLAB stores doubles that are small whole numbers as bytes; scipy does not, so the file is MATLAB's own.
    (recording,) = open_recordings(scipys("testmatrix_6.1_SOL2.mat"))
    assert recording.read().dtype == np.float64


@pytest.mark.parametrize("packed", [False, True])
def test_fault_33_a_shortened_file_names_the_byte_where_it_ends(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "cut.mat"
    scipy.io.savemat(path, {"x": np.random.default_rng(0).normal(size=500)}, do_compression=packed)
    whole = path.read_bytes()
    size, again = len(whole) - 100, "Copy the file again from where it was recorded."
    path.write_bytes(whole[:size])
    assert refused(path) == (
        f"cut.mat is cut short: the element at byte 128 declares {len(whole) - 136} bytes, but the file ends at byte "
        f"{size} (100 bytes are missing). {again}"
    )
    path.write_bytes(whole[:132])
    assert refused(path) == (
        f"cut.mat is cut short: it ends at byte 132, inside an element that begins at 128. {again}"
    )


def test_fault_33_a_matrix_that_declares_more_than_is_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lies.mat"
    scipy.io.savemat(path, {"x": np.arange(100.0)})
    raw = path.read_bytes().replace(struct.pack("<ii", 1, 100), struct.pack("<ii", 1, 2**31 - 1))
    path.write_bytes(raw)
    assert refused(path) == (
        "lies.mat has a variable at byte 128 that cannot be read (800 bytes of values where 2,147,483,647 values are "
        "declared). Save it again in MATLAB (save -v7.3 NAME)."
    )


def test_fault_34_a_bomb_is_refused_from_its_declared_size(tmp_path: Path) -> None:
    path = tmp_path / "bomb.mat"
    scipy.io.savemat(path, {"x": np.arange(8.0)})
    raw = path.read_bytes()
    for declared, said in (
        (2**31, "2,147,483,648 bytes, more than the 268,435,456 that are allowed"),
        (200 * 1024**2, "2,383,127 times its size"),
    ):
        matrix = struct.pack("<II", 14, declared) + raw[136:]
        squeezed = zlib.compress(matrix + bytes(10_000))
        path.write_bytes(raw[:128] + struct.pack("<II", 15, len(squeezed)) + squeezed)
        assert refused(path) == (
            f"bomb.mat holds a variable at byte 128 that unpacks to {said}. "
            "Save it with -v7.3 or -v6, which are read piece by piece."
        )


def test_fault_34_a_cell_nested_a_thousand_deep_is_refused(tmp_path: Path) -> None:
    inner = np.array(1.0)
    for _ in range(200):
        cell = np.empty((1, 1), dtype=object)
        cell[0, 0] = inner
        inner = cell
    path = tmp_path / "deep.mat"
    scipy.io.savemat(path, {"x": inner})
    assert refused(path) == "deep.mat holds “x”, which is nested over 64 deep. Save the matrices in it on their own."


def test_fault_35_no_object_is_ever_loaded(tmp_path: Path) -> None:
    path = tmp_path / "pickled.mat"
    buffer = io.BytesIO()
    np.save(buffer, np.array([object], dtype=object), allow_pickle=True)
    path.write_bytes(buffer.getvalue())
    assert refused(path) == (
        "pickled.mat holds Python objects, but a signal is made of real numbers. SigDesk does not load objects, "
        "because they can run code. Save the samples as an array of real numbers."
    )


@pytest.mark.parametrize("size", [1, 19, 100, 127])
def test_what_is_too_short_for_a_header_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "short.mat"
    path.write_bytes((b"MATLAB 5.0 MAT-file" + b" " * 200)[:size])
    assert refused(path) == (
        f"short.mat is cut short: it ends at byte {size}, inside its header. "
        "Copy the file again from where it was recorded."
    )
