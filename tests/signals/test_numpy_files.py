"""NPY and NPZ: any real array, read by stretches; what could run code or fill the memory is refused unread."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sigdesk.errors import RecordingError
from sigdesk.signals import Channel, Recording, Shelf, open_recordings


def saved(path: Path, array: Any) -> Path:
    np.save(path, array, allow_pickle=True)
    return path


def opened(path: Path) -> Recording:
    (recording,) = open_recordings(path)
    return recording


def refused(path: Path) -> RecordingError:
    with pytest.raises(RecordingError) as caught:
        open_recordings(path)
    assert caught.value.what.startswith(path.name)
    assert caught.value.way_out
    return caught.value


@pytest.mark.parametrize(
    "dtype", ["<f8", ">f8", "<f4", ">f4", "<f2", "i1", "u1", "<i2", ">i4", "<i8", "?", "longdouble"]
)
@pytest.mark.parametrize("shape", [(50,), (3, 50), (50, 3), (1, 50), (50, 1), (50, 50)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_type_shape_and_order_is_read(tmp_path: Path, dtype: str, shape: tuple[int, ...], order: str) -> None:
    array = np.asarray(np.arange(np.prod(shape)).reshape(shape) % 100, dtype=np.dtype(dtype), order=order)  # type: ignore[call-overload]
    expected = array.reshape(1, -1) if array.ndim == 1 else array.T if shape[0] > shape[1] else array
    recording = opened(saved(tmp_path / "a.npy", array))
    assert recording.length == 50
    assert recording.read().dtype in (np.float32, np.float64)
    np.testing.assert_array_equal(recording.read(), expected.astype(float))
    np.testing.assert_array_equal(recording.read(10, 31), expected[:, 10:31].astype(float))


def test_whole_numbers_keep_all_their_digits(tmp_path: Path) -> None:
    assert opened(saved(tmp_path / "a.npy", np.array([16_777_217, 3]))).read().tolist() == [[16_777_217.0, 3.0]]


def test_which_axis_is_time_is_told(tmp_path: Path) -> None:
    recording = opened(saved(tmp_path / "a.npy", np.zeros((50, 3))))
    assert recording.metadata["layout"] == "samples × channels; the longer axis is taken as time"
    assert [channel.name for channel in recording.channels] == ["Channel 1", "Channel 2", "Channel 3"]
    assert recording.duration_s is None


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros(4, dtype=complex), "complex numbers"),
        (np.array(["a", None], dtype=object), "Python objects"),
        (np.zeros(4, dtype=[("x", "<f8")]), "records"),
        (np.array(["a", "b"]), "text"),
        (np.array(["2020-01-01"], dtype="datetime64[s]"), "dates"),
        (np.zeros((2, 3, 4)), "3 dimensions (2 × 3 × 4)"),
        (np.float64(1.0), "a single value"),
        (np.zeros(0), "no samples"),
        (np.zeros((3, 0)), "no samples"),
    ],
)
def test_fault_31_what_is_no_signal_is_refused_in_words(tmp_path: Path, array: Any, words: str) -> None:
    assert words in refused(saved(tmp_path / "a.npy", array)).what
    np.savez(tmp_path / "a.npz", data=array)
    refused(tmp_path / "a.npz")


class _Trap:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (open, (str(self.path), "w"))


def test_fault_35_a_pickle_is_never_loaded(tmp_path: Path) -> None:
    trap = _Trap(tmp_path / "marker")
    for name in ("a.npy", "a.npz"):
        (tmp_path / name).write_bytes(pickle.dumps(trap))
        refused(tmp_path / name)
    way_out = "SigDesk does not load objects, because they can run code. Save the samples as an array of real numbers."
    saved(tmp_path / "b.npy", np.array([trap], dtype=object))
    what = "b.npy holds Python objects, but a signal is made of real numbers."
    assert str(refused(tmp_path / "b.npy")) == f"{what} {way_out}"
    np.savez(tmp_path / "b.npz", x=np.array([trap], dtype=object), y=np.zeros(3))
    what = "b.npz holds the array “x” with Python objects, but a signal is made of real numbers."
    assert str(refused(tmp_path / "b.npz")) == f"{what} {way_out}"
    assert not trap.path.exists()


def test_fault_33_a_shortened_array_names_the_byte(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npy", np.zeros(1000))
    path.write_bytes(path.read_bytes()[:4000])
    assert str(refused(path)) == (
        "a.npy is cut short: its header declares values up to byte 8128, but the file ends at byte 4000 "
        "(4128 bytes are missing). Copy the file again from where it was recorded."
    )
    path.write_bytes(saved(tmp_path / "b.npy", np.zeros(10)).read_bytes() + b"more")
    assert str(refused(path)) == (
        "a.npy has 4 bytes after the end of its array at byte 208, which its header does not declare. "
        "Save each array to a file of its own, or all of them as NPZ."
    )


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-4,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (True,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': 4}",
        "{'descr': '<q99', 'fortran_order': False, 'shape': (4,)}",
        "{'descr': ['x'], 'fortran_order': False, 'shape': (4,)}",
        "{'descr': '<f8', 'shape': (4,)}",
        "[" * 3000,
        "__import__('os').abort()",
    ],
)
def test_fault_33_a_header_that_lies_is_refused(tmp_path: Path, header: str) -> None:
    path = tmp_path / "a.npy"
    text = header.encode() + b"\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(32))
    refused(path)


def test_fault_32_a_huge_array_opens_at_once_and_is_read_where_asked(tmp_path: Path) -> None:
    path = tmp_path / "huge.npy"
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": (10**9,)})
    with path.open("wb") as file:
        file.write(header.getvalue())
        file.truncate(len(header.getvalue()) + 4 * 10**9)  # sparse: takes no room on disk
        file.seek(len(header.getvalue()) + 4 * 987_654_321)
        file.write(np.float32(2.5).tobytes())
    recording = opened(path)
    assert recording.length == 10**9
    assert recording.read(987_654_320, 987_654_323).tolist() == [[0, 2.5, 0]]


def test_an_archive_of_one_signal_with_its_rate_names_and_label(tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    data = np.arange(40.0).reshape(20, 2)
    np.savez(
        path, data=data, fs=500, channels=np.array(["Current", "Voltage"]), units=np.array(["A", "V"]), label="fan"
    )
    recording = opened(path)
    assert recording.name == "run.npz"
    assert recording.item == ""
    assert recording.time_base.rate_hz == 500
    assert recording.channels == (Channel("Current", "A"), Channel("Voltage", "V"))
    assert recording.label == "fan"
    np.testing.assert_array_equal(recording.read(5, 9), data.T[:, 5:9])


def test_an_archive_with_times_says_which_axis_is_time(tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    np.savez_compressed(path, samples=np.arange(12.0).reshape(3, 4), t=np.array([0, 1, 3.0]))
    recording = opened(path)
    assert recording.length == 3
    assert recording.time_base.times is not None
    assert recording.time_base.times.tolist() == [0, 1, 3]
    np.savez(path, samples=np.zeros((2, 50)), time=np.arange(50) * 0.01)
    assert opened(path).time_base.rate_hz == 100
    np.savez(path, samples=np.zeros(3), t=np.array([0, 2, 1.0]))
    assert "number 3 is missing or earlier" in refused(path).what


def test_an_archive_of_many_signals_gives_each(tmp_path: Path) -> None:
    path = tmp_path / "set.npz"
    np.savez(path, first=np.arange(5), second=np.arange(12).reshape(2, 6, order="F"), rate=2.0)
    recordings = open_recordings(path)
    assert [(each.name, each.item, each.length) for each in recordings] == [
        ("set first", "first", 5),
        ("set second", "second", 6),
    ]
    assert recordings[1].read().tolist() == [[0, 2, 4, 6, 8, 10], [1, 3, 5, 7, 9, 11]]


def test_a_large_archive_is_read_where_asked(tmp_path: Path) -> None:
    path = tmp_path / "large.npz"
    array = np.arange(600_000, dtype=np.float32).reshape(200_000, 3)
    np.savez(path, c=array, f=np.asfortranarray(array), wide=array.T.copy())
    for recording in open_recordings(path, Shelf(budget_bytes=0)):
        assert recording.read(100_000, 100_002).tolist() == [[3e5, 3e5 + 3], [3e5 + 1, 3e5 + 4], [3e5 + 2, 3e5 + 5]]


@pytest.mark.parametrize("rate", [0, -5, np.nan, np.inf, "fast", np.array([1, 2])])
def test_a_rate_that_is_none_is_refused(tmp_path: Path, rate: Any) -> None:
    np.savez(tmp_path / "a.npz", x=np.zeros(4), fs=rate)
    assert "sample rate" in refused(tmp_path / "a.npz").what


def test_fault_34_an_archive_that_would_fill_the_memory_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.npz"
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (2**24,)})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("x.npy", "w") as member:
        member.write(header.getvalue())
        for _ in range(8):
            member.write(bytes(2**24))
    assert path.stat().st_size < 200_000
    assert "times its size" in refused(path).what


def test_fault_33_an_archive_whose_array_declares_more_than_is_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lie.npz"
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)})
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", header.getvalue() + bytes(80))
    assert str(refused(path)) == (
        "lie.npz holds the array “x”, whose header declares 8000000000000 bytes of values, but 80 are there. "
        "Save the archive anew."
    )


def test_other_archives_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "“readme.txt”, which is no array" in refused(path).what
    np.savez(path, x=np.arange(1000))
    path.write_bytes(path.read_bytes()[:5000])
    refused(path)
    np.savez(path, fs=5)
    assert "no array of samples, only fs" in refused(path).what
    np.savez(path)
    refused(path)
