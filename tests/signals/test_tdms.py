"""TDMS as LabVIEW wrote it (npTDMS ships some), as npTDMS writes it, shortened and damaged."""

from __future__ import annotations

import struct
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from nptdms import ChannelObject, GroupObject, RootObject, TdmsFile, TdmsWriter

from sigdesk.errors import RecordingError
from sigdesk.signals import Channel, Recording, open_recordings
from tests.signals.real_files import package_file


def labviews(name: str) -> Path:
    return package_file("nptdms", "test", "data", name)


def refused(path: Path) -> str:
    with pytest.raises(RecordingError) as caught:
        open_recordings(path)
    assert caught.value.what.startswith(path.name)
    assert caught.value.way_out
    return str(caught.value)


def written(path: Path, *channels: tuple[str, str, Any, dict[str, Any]], pieces: int = 1) -> Path:
    with TdmsWriter(str(path)) as writer:
        for piece in range(pieces):
            objects = [ChannelObject(group, name, np.array_split(data, pieces)[piece], properties)
                       for group, name, data, properties in channels]  # fmt: skip
            writer.write_segment([RootObject({"Author": "Kim"}), GroupObject(channels[0][0]), *objects])
    return path


@pytest.mark.parametrize("name", ["Digital_Input.tdms", "big_endian.tdms", "raw1.tdms", "raw_timestamps.tdms"])
def test_files_of_labview_are_read_as_nptdms_reads_them(name: str) -> None:
    recordings = open_recordings(labviews(name))
    whole = TdmsFile.read(labviews(name))
    for recording in recordings:
        group = whole[recording.metadata["group"]]
        for row, channel in zip(recording.read(), recording.channels, strict=True):
            np.testing.assert_allclose(row, group[channel.name][:], rtol=1e-6)
        part = recording.read(recording.length // 3, recording.length // 2)
        np.testing.assert_array_equal(part, recording.read()[:, recording.length // 3 : recording.length // 2])


def test_scaled_channels_of_a_card_with_unit_rate_and_start() -> None:
    (recording,) = open_recordings(labviews("raw1.tdms"))
    assert (recording.name, recording.item, recording.format_name) == ("raw1.tdms", "Layer Data", "TDMS")
    assert recording.channels[0] == Channel("First  Channel", "V")
    assert len(recording.channels) == 7
    assert recording.time_base.rate_hz == 50_000
    assert recording.start_time == datetime(2016, 12, 15, 22, 35, 21, tzinfo=UTC)


def test_a_group_with_several_rates_is_several_signals(tmp_path: Path) -> None:
    def at(rate: float) -> dict[str, Any]:
        return {"wf_increment": 1 / rate, "wf_start_offset": 0.5}

    path = written(
        tmp_path / "bench.tdms",
        ("Run", "force", np.arange(1000.0), at(1000)),
        ("Run", "torque", np.arange(1000.0) * 2, at(1000)),
        ("Run", "temperature", np.arange(10, dtype=np.int16), at(10)),
        pieces=3,
    )
    fast, slow = open_recordings(path)
    assert [fast.name, slow.name] == ["bench Run 1 kHz", "bench Run 10 Hz"]
    assert [channel.name for channel in fast.channels] == ["force", "torque"]
    assert fast.metadata["time begins at"] == "0.5 s"
    assert fast.metadata["Author"] == "Kim"
    np.testing.assert_array_equal(fast.read(300, 700), [np.arange(300, 700), np.arange(300, 700) * 2])
    assert slow.read().dtype == np.float32


def test_a_column_of_times_is_the_time(tmp_path: Path) -> None:
    times = np.array([0.0, 0.1, 0.5, 0.6])
    path = written(tmp_path / "log.tdms", ("Log", "Time", times, {}), ("Log", "p", np.arange(4.0), {}))
    (recording,) = open_recordings(path)
    assert [channel.name for channel in recording.channels] == ["p"]
    assert recording.time_base.times is not None
    np.testing.assert_allclose(recording.time_base.times, times)

    moments = np.datetime64("2026-03-01T10:00:00", "us") + np.arange(4) * np.timedelta64(250, "ms")
    path = written(tmp_path / "clock.tdms", ("Log", "When", moments, {}), ("Log", "p", np.arange(4.0), {}))
    (recording,) = open_recordings(path)
    assert recording.time_base.rate_hz == 4
    assert recording.start_time == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_fault_33_a_shortened_file_names_the_byte_where_it_ends(tmp_path: Path) -> None:
    whole = labviews("raw1.tdms").read_bytes()
    path = tmp_path / "cut.tdms"
    for size, at, declared, lacks in (
        (34567, 32737, 1831, "1 byte is missing"),
        (17284, 4096, 28641, "15453 bytes are missing"),
        (20, 0, 28, "8 bytes are missing"),
    ):
        path.write_bytes(whole[:size])
        assert refused(path) == (
            f"cut.tdms is cut short: its segment at byte {at} declares {declared} bytes, but the file ends at byte "
            f"{size} ({lacks}). Copy the file again from where it was recorded."
        )


def test_fault_33_a_segment_that_lies_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "lies.tdms", ("g", "x", np.arange(100.0), {}))
    raw = bytearray(path.read_bytes())
    raw[20:28] = struct.pack("<Q", 10**9)
    path.write_bytes(raw)
    assert refused(path) == (
        "lies.tdms has a segment at byte 0 whose samples begin after its end. "
        "Copy the file again from where it was recorded."
    )
    path.write_bytes(b"hello, here is no instrument")
    assert refused(path) == (
        "lies.tdms is no TDMS file: it begins with “hell”. Name it after what it is, or copy it again."
    )


def test_a_file_whose_writer_ended_early_shows_what_is_whole(tmp_path: Path) -> None:
    path = written(tmp_path / "open.tdms", ("g", "x", np.arange(100.0), {"wf_increment": 0.1}))
    raw = bytearray(path.read_bytes()[:-44])
    raw[12:20] = b"\xff" * 8
    path.write_bytes(raw)
    (recording,) = open_recordings(path)
    assert recording.metadata["segments"].startswith("the last one was never finished")
    np.testing.assert_array_equal(recording.read(), [np.arange(94.0)])


def test_fault_31_a_file_of_words_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "words.tdms", ("g", "notes", np.array(["a", "b"]), {}))
    assert "holds no channel of numbers" in refused(path)


@pytest.mark.parametrize("seed", range(40))
def test_fault_33_a_damaged_file_is_read_or_refused(tmp_path: Path, seed: int) -> None:
    path = written(tmp_path / "damaged.tdms", ("g", "x", np.arange(30.0), {"unit_string": "V"}), pieces=2)
    raw = bytearray(path.read_bytes())
    at = np.random.default_rng(seed).integers(4, len(raw) - 4)
    raw[at : at + 4] = b"\xff\xff\xff\x7f"
    path.write_bytes(raw)
    try:
        for recording in open_recordings(path):
            assert recording.read().shape == (len(recording.channels), recording.length)
    except RecordingError as error:
        assert error.what.startswith(path.name)  # noqa: PT017 - either is right


def test_no_file_stays_open_and_threads_may_read_at_once(tmp_path: Path) -> None:
    path = written(tmp_path / "many.tdms", ("g", "x", np.arange(10_000.0), {}), pieces=7)
    before = psutil.Process().num_fds()
    (recording,) = open_recordings(path)

    def part(at: int) -> bool:
        return bool((recording.read(at, at + 100) == np.arange(at, at + 100)).all())

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(part, range(0, 9000, 50)))
    assert psutil.Process().num_fds() <= before  # of an earlier test one may have been closed meanwhile


def test_fault_37_a_file_that_changed_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path / "run.tdms", ("g", "x", np.arange(100.0), {}))
    recording: Recording = open_recordings(path)[0]
    path.write_bytes(path.read_bytes() + b"more")
    with pytest.raises(RecordingError, match="has changed since it was opened"):
        recording.read()
