"""HDF5 and netCDF 4: data sets as signals, with what stands beside them; other writers' files, damaged, hostile."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from sigdesk.errors import RecordingError
from sigdesk.signals import Channel, Recording, TimeBase, open_recordings
from sigdesk.signals.formats.hdf5 import open_datasets
from sigdesk.signals.hdf5.tree import list_datasets
from tests.signals.real_files import package_file

RAMP = np.arange(3000.0).reshape(3, 1000)


def only(path: Path) -> Recording:
    (recording,) = open_recordings(path)
    return recording


def refused(path: Path) -> str:
    with pytest.raises(RecordingError) as caught:
        open_recordings(path)
    assert caught.value.what.startswith(path.name)
    assert caught.value.way_out
    return str(caught.value)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.h5"


def test_a_data_set_is_read_by_stretches_with_its_attributes(path: Path) -> None:
    with h5py.File(path, "w") as file:
        data = file.create_dataset("bench/force", data=RAMP.T, chunks=(64, 3), compression="gzip", shuffle=True)
        data.attrs["sampling_rate"] = 500
        data.attrs["units"] = "N"
        data.attrs["channel_names"] = ["x", "y", "z"]
        file.attrs["start_time"] = "2026-03-01T10:00:00+00:00"
        file.attrs["operator"] = "Kim"
    recording = only(path)
    assert (recording.name, recording.item, recording.format_name) == ("run.h5", "bench/force", "HDF5")
    assert recording.channels == (Channel("x", "N"), Channel("y", "N"), Channel("z", "N"))
    assert recording.time_base == TimeBase(rate_hz=500)
    assert recording.start_time == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert recording.metadata["operator"] == "Kim"
    np.testing.assert_array_equal(recording.read(), RAMP)
    np.testing.assert_array_equal(recording.read(100, 263), RAMP[:, 100:263])


def test_each_data_set_is_a_signal_and_the_tree_can_be_listed(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["a/current"] = np.arange(10, dtype=np.int16)
        file["a/time"] = np.arange(10) * 0.5
        file["b"] = np.zeros((2, 5, 3))
        file["notes"] = "hello"
        file["z"] = RAMP.astype(np.float32)
        file["link"] = h5py.SoftLink("/z")
        file["loop/up"] = file["/"]
        file["elsewhere"] = h5py.ExternalLink("other.h5", "/x")
    first, second = open_recordings(path)  # a group comes after the data sets beside it
    assert [second.name, first.name] == ["run a/current", "run z"]
    assert second.time_base == TimeBase(rate_hz=2.0)
    assert first.read().dtype == second.read().dtype == np.float32
    tree = {entry.path: entry for entry in list_datasets(path)}
    assert list(tree) == ["b", "notes", "z", "a/current", "a/time"]
    assert tree["a/current"].is_signal
    assert tree["a/time"].refused == "is the time of others"
    assert tree["b"].refused == "has 3 dimensions"
    assert tree["b"].shape == (2, 5, 3)
    (chosen,) = open_datasets(path, ["z"])
    assert (chosen.name, chosen.item) == ("run z", "z")
    with pytest.raises(RecordingError, match="b has 3 dimensions"):
        open_datasets(path, ["b"])


def test_uneven_times_late_starts_and_gaps_are_kept(path: Path) -> None:
    times = np.array([5.0, 5.1, 7.0, 7.1])
    with h5py.File(path, "w") as file:
        file["v"] = np.array([1.0, np.nan, 3.0, np.inf])
        file["timestamps"] = times
    recording = only(path)
    assert recording.time_base.times is not None
    np.testing.assert_allclose(recording.time_base.times, times - 5)
    assert recording.metadata["time begins at"] == "5 s"
    np.testing.assert_array_equal(recording.read(), [[1.0, np.nan, 3.0, np.inf]])


def test_times_that_go_back_are_refused(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["v"] = np.zeros(4)
        file["t"] = np.array([0, 1, 3, 2])
    assert "holds times of which number 4 is missing or earlier" in refused(path)


def test_netcdf_with_packed_values_and_a_time_axis(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["time"] = np.arange(4.0)
        file["time"].attrs["units"] = "minutes since 2026-01-01 00:00:00"
        file["time"].make_scale("time")
        packed = file.create_dataset("sst", data=np.array([0, 10, -999, 30], dtype=np.int16))
        packed.dims[0].attach_scale(file["time"])
        packed.attrs.update({"scale_factor": 0.1, "add_offset": 5.0, "_FillValue": np.int16(-999), "units": "°C"})
    recording = only(path)
    assert recording.channels == (Channel("Channel 1", "°C"),)
    assert recording.time_base.rate_hz == pytest.approx(1 / 60)
    assert recording.start_time == datetime(2026, 1, 1)  # noqa: DTZ001 - the file names no zone
    np.testing.assert_allclose(recording.read(), [[5.0, 6.0, np.nan, 8.0]])


def test_nwb_gives_rate_start_and_conversion(path: Path) -> None:
    with h5py.File(path, "w") as file:
        series = file.create_group("acquisition/probe")
        series["data"] = np.arange(20, dtype=np.int16).reshape(10, 2)
        series["data"].attrs.update({"conversion": 0.001, "unit": "V"})
        series["starting_time"] = 2.5
        series["starting_time"].attrs["rate"] = 30_000.0
    recording = only(path)
    assert recording.time_base.rate_hz == 30_000
    assert recording.metadata["time begins at"] == "2.5 s"
    np.testing.assert_allclose(recording.read(3, 4), [[0.006], [0.007]])


@pytest.mark.parametrize("name", ["smpl_f64be.h5", "smpl_i32le.h5", "test_szip.h5"])
def test_files_that_other_programs_wrote(name: str) -> None:
    recording = only(package_file("tables", "tests", name))
    assert recording.length == max(recording.read().shape)
    expected = np.add.outer(np.arange(5), np.arange(6))
    if name.startswith("smpl"):
        np.testing.assert_array_equal(recording.read(), expected)


def test_a_waveform_of_ni_and_a_file_with_links_from_pytables() -> None:
    waveform = open_recordings(package_file("tables", "tests", "attr-u16.h5"))[0]
    assert (len(waveform.channels), waveform.length) == (8, 256)
    assert only(package_file("tables", "tests", "slink.h5")).item == "arr"
    assert "no data set at all" in refused(package_file("tables", "tests", "elink.h5"))


def test_a_type_without_an_equivalent_is_listed_not_read() -> None:
    path = package_file("tables", "tests", "times-nested-be.h5")
    assert {entry.refused for entry in list_datasets(path)} == {"is of a type that cannot be read"}
    assert "holds no data set of samples" in refused(path)


def test_a_packing_that_is_not_installed_says_so() -> None:
    path = package_file("tables", "tests", "blosc_bigendian.h5")
    recording = open_recordings(path)[0]
    with pytest.raises(RecordingError, match="is packed in a way that is not installed here"):
        recording.read()


def test_fault_33_a_shortened_file_names_the_byte_where_it_ends(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["x"] = RAMP
    whole = path.read_bytes()
    path.write_bytes(whole[:5000])
    assert refused(path) == (
        f"run.h5 is cut short: its header declares {len(whole)} bytes, but the file ends at byte 5000 "
        f"({len(whole) - 5000} bytes are missing). Copy the file again from where it was recorded."
    )


@pytest.mark.parametrize("at", range(8, 2000, 53))
def test_fault_33_a_damaged_file_is_read_or_refused(path: Path, at: int) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=RAMP, chunks=(1, 100), compression="gzip").attrs["fs"] = 5.0
    raw = bytearray(path.read_bytes())
    raw[at : at + 8] = b"\xff" * 8
    path.write_bytes(raw)
    try:
        for recording in open_recordings(path):
            assert recording.read(0, 5).shape == (len(recording.channels), 5)
    except RecordingError as error:
        assert error.what.startswith(path.name)  # noqa: PT017 - either is right


def test_fault_34_a_chunk_that_unpacks_to_too_much_is_refused(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("x", shape=(10**9,), chunks=(10**8,), dtype="f8", compression="gzip")
    assert list_datasets(path)[0].refused == "is packed in chunks of 800,000,000 bytes"
    assert refused(path) == (
        "run.h5 holds no data set of samples: x is packed in chunks of 800,000,000 bytes. "
        "Save the samples as a data set of channels × samples."
    )


def test_fault_34_values_that_lie_in_another_file_are_not_fetched(path: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(bytes(800))
    with h5py.File(path, "w") as file:
        file.create_dataset("x", shape=(100,), dtype="f8", external=[(str(tmp_path / "secret"), 0, 800)])
    assert list_datasets(path)[0].refused == "lies in another file"
    assert refused(path) == (
        "run.h5 holds no data set of samples: x lies in another file. "
        "Save the samples as a data set of channels × samples."
    )


def test_fault_32_a_billion_samples_open_without_being_read(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("x", shape=(10**9,), chunks=(10**5,), dtype="f4", compression="gzip")
        file["x"][500_000_000:500_000_010] = np.arange(10)
    recording = only(path)
    assert recording.length == 10**9
    np.testing.assert_array_equal(recording.read(500_000_000, 500_000_010), [np.arange(10)])


def test_fault_37_a_file_that_changed_is_noticed(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["x"] = RAMP
    recording = only(path)
    with h5py.File(path, "w") as file:
        file["x"] = np.arange(5.0)
    with pytest.raises(RecordingError, match="has changed since it was opened"):
        recording.read()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (np.zeros((4, 4), complex), "is not made of real numbers"),
        (np.zeros(0), "is empty"),
        (np.float64(3), "is a single value"),
    ],
)
def test_fault_31_what_is_no_signal_is_refused(path: Path, value: Any, said: str) -> None:
    with h5py.File(path, "w") as file:
        file["x"] = value
    assert refused(path) == (
        f"run.h5 holds no data set of samples: x {said}. Save the samples as a data set of channels × samples."
    )
