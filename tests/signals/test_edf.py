"""EDF and BDF of other writers, read as pyedflib reads them; several rates, annotations, holes, and lying headers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sigdesk.errors import RecordingError
from sigdesk.signals import Annotation, Recording, open_recordings
from tests.signals.real_files import package_file

pyedflib = pytest.importorskip("pyedflib", reason="pyedflib, which writes and ships EDF files, is not installed")


def refused(path: Path) -> str:
    with pytest.raises(RecordingError) as caught:
        open_recordings(path)
    assert caught.value.what.startswith(path.name)
    assert caught.value.way_out
    return str(caught.value)


def written(
    path: Path, rates: tuple[int, ...] = (100,), seconds: int = 10, annotations: tuple[Any, ...] = ()
) -> list[np.ndarray[Any, Any]]:
    """A file by EDFlib's writer; gives what was written, a row a channel."""
    kind = pyedflib.FILETYPE_BDFPLUS if path.suffix == ".bdf" else pyedflib.FILETYPE_EDFPLUS
    rows = [np.sin(np.arange(rate * seconds) * 0.05 + at) * 90 for at, rate in enumerate(rates)]
    with pyedflib.EdfWriter(str(path), len(rates), file_type=kind) as writer:
        writer.setStartdatetime(datetime(2026, 3, 1, 22, 15, 30))  # noqa: DTZ001 - EDF knows no zones
        limits = 8_388_607 if path.suffix == ".bdf" else 32_767
        for at, rate in enumerate(rates):
            writer.setSignalHeader(at, {
                "label": f"ch {at}", "dimension": "uV", "sample_frequency": rate, "physical_max": 100.0,
                "physical_min": -100.0, "digital_max": limits, "digital_min": -limits - 1, "transducer": "Ag/AgCl",
                "prefilter": "HP:0.1Hz",
            })  # fmt: skip
        for onset, duration, text in annotations:
            writer.writeAnnotation(onset, duration, text)
        writer.writeSamples(rows)
    return rows


@pytest.mark.parametrize(
    "name", ["test_generator.edf", "test_generator.bdf", "test_legacy.edf", "test_subsecond.edf", "test_utf8.edf",
             "test_generator_datarec_generator_0_5.bdf"]
)  # fmt: skip
def test_real_files_are_read_as_edflib_reads_them(name: str) -> None:
    path = package_file("pyedflib", "tests", "data", name)
    recordings = open_recordings(path)
    with pyedflib.EdfReader(str(path)) as reader:
        labels = reader.getSignalLabels()
        # EDFlib shows a channel of annotations as samples where a file does not say that it is EDF+.
        assert sum(len(each.channels) for each in recordings) == len(set(labels) - {"EDF Annotations"})
        for recording in recordings:
            samples = recording.read()
            for row, channel in zip(samples, recording.channels, strict=True):
                at = labels.index(channel.name)
                assert recording.time_base.rate_hz == pytest.approx(reader.getSampleFrequency(at))
                np.testing.assert_allclose(row, reader.readSignal(at), rtol=1e-5, atol=1e-3)
            part = recording.read(recording.length // 3, recording.length // 2)
            np.testing.assert_array_equal(part, samples[:, recording.length // 3 : recording.length // 2])
        starts, _, texts = reader.readAnnotations()
        if recordings[0].format_name.endswith("+"):
            assert [each.text for each in recordings[0].annotations] == [" ".join(text.split()) for text in texts]
            np.testing.assert_allclose([each.start_s for each in recordings[0].annotations], starts, atol=0.5)


def test_the_generators_file_tells_who_when_and_what() -> None:
    (recording,) = open_recordings(package_file("pyedflib", "tests", "data", "test_generator.edf"))
    assert recording.format_name == "EDF+"
    assert recording.start_time == datetime(2011, 4, 4, 12, 57, 2)  # noqa: DTZ001
    assert {channel.unit for channel in recording.channels} == {"µV"}
    assert recording.annotations == (
        Annotation(0.0, 0.0, "Recording starts"),
        Annotation(600.0, 600.0, "Recording ends"),
    )
    assert "Hans_Muller" in recording.metadata["patient"]


@pytest.mark.parametrize("suffix", [".edf", ".bdf"])
def test_channels_of_each_rate_are_a_signal_of_their_own(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"night{suffix}"
    rows = written(path, (200, 1, 200), annotations=((2.5, 3.0, "Sleep stage 2"), (4.0, -1, "spike@@ch 1")))
    fast, slow = open_recordings(path)
    assert [fast.name, slow.name] == ["night 200 Hz", "night 1 Hz"]
    assert [fast.item, slow.item] == ["200 Hz", "1 Hz"]
    assert [channel.name for channel in fast.channels] == ["ch 0", "ch 2"]
    assert (fast.length, slow.length) == (2000, 10)
    np.testing.assert_allclose(fast.read(), [rows[0], rows[2]], atol=0.01)
    np.testing.assert_allclose(slow.read(), [rows[1]], atol=0.01)
    stage, spike = Annotation(2.5, 5.5, "Sleep stage 2"), Annotation(4.0, 4.0, "spike", ("ch 1",))
    assert fast.annotations == (stage,)
    assert slow.annotations == (stage, spike)


def discontinuous(path: Path, onsets: dict[int, int]) -> None:
    """Make a continuous file of a second a record one with holes: record n begins at onsets[n]."""
    raw = path.read_bytes().replace(b"EDF+C", b"EDF+D")
    for record in sorted(onsets, reverse=True):
        old, new = f"+{record}\x14\x14".encode(), f"+{onsets[record]}\x14\x14".encode()
        at = raw.index(old)
        # The list is filled up with zero bytes, of which the longer time takes one.
        raw = raw[:at] + (new + raw[at + len(old) :].replace(b"\0" * len(new[len(old) :]), b"", 1))
    path.write_bytes(raw)


def test_fault_31_records_with_holes_between_them_are_shown_with_the_holes(tmp_path: Path) -> None:
    path = tmp_path / "holes.edf"
    rows = written(path, seconds=4, annotations=((12.5, 0.5, "late"),))
    discontinuous(path, {2: 12, 3: 13})
    (recording,) = open_recordings(path)
    assert recording.metadata["gaps"] == "1 gap, 10 s in all"
    assert recording.length == 1400
    assert recording.annotations == (Annotation(12.5, 13.0, "late"),)
    samples = recording.read()
    np.testing.assert_allclose(samples[0, :200], rows[0][:200], atol=0.01)
    assert np.isnan(samples[0, 200:1200]).all()
    np.testing.assert_allclose(samples[0, 1200:], rows[0][200:], atol=0.01)
    np.testing.assert_array_equal(recording.read(150, 1250), samples[:, 150:1250])
    np.testing.assert_array_equal(recording.read(500, 600), samples[:, 500:600])


def test_records_that_overlap_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "back.edf"
    written(path, seconds=4)
    discontinuous(path, {3: 1})
    assert "holds records that overlap" in refused(path)


def test_fault_33_a_shortened_file_names_the_byte_where_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "cut.edf"
    written(path)
    whole = path.read_bytes()
    declared = "its header declares 10 records up to byte 3908"
    for size, told in (
        (3907, f"{declared}, but the file ends at byte 3907 (1 byte is missing)"),
        (1954, f"{declared}, but the file ends at byte 1954 (1954 bytes are missing)"),
        (300, "it ends at byte 300, inside its header"),
        (100, "it ends at byte 100, inside its header"),
    ):
        path.write_bytes(whole[:size])
        assert refused(path) == f"cut.edf is cut short: {told}. Copy the file again from where it was recorded."


@pytest.mark.parametrize(
    ("at", "text", "said"),
    [
        (184, b"999     ", "has “2” as number of signals at byte 252, which does not fit a header of 999 bytes"),
        (236, b"-7      ", "has “-7” as number of records at byte 236, which is no number of records"),
        (244, b"soon    ", "has “soon” as duration of a record at byte 244, which is no number"),
        (244, b"-1      ", "has “-1” as duration of a record at byte 244, which is no duration"),
        (252, b"0   ", "has “0” as number of signals at byte 252, which does not fit a header of 768 bytes"),
    ],
)
def test_fault_33_a_header_that_lies_names_the_field_and_its_byte(
    tmp_path: Path, at: int, text: bytes, said: str
) -> None:
    path = tmp_path / "lies.edf"
    written(path)
    raw = bytearray(path.read_bytes())
    raw[at : at + len(text)] = text
    path.write_bytes(raw)
    assert refused(path) == f"lies.edf {said}. Save it again with the program that recorded it."


def test_fault_33_a_header_that_declares_more_than_any_disk_holds_is_a_file_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "lies.edf"
    written(path)
    raw = bytearray(path.read_bytes())
    raw[236:244] = b"90000000"
    path.write_bytes(raw)
    assert refused(path) == (
        "lies.edf is cut short: its header declares 90000000 records up to byte 28260000768, but the file ends at byte "
        "3908 (28259996860 bytes are missing). Copy the file again from where it was recorded."
    )


def test_a_recording_that_was_never_finished_has_its_whole_records(tmp_path: Path) -> None:
    path = tmp_path / "open.edf"
    written(path)
    raw = bytearray(path.read_bytes()[:-150])
    raw[236:244] = b"-1      "
    path.write_bytes(raw)
    (recording,) = open_recordings(path)
    assert recording.length == 900
    assert recording.metadata["records"].startswith("9 whole ones")


def test_fault_37_a_file_that_changed_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "run.edf"
    written(path)
    (recording,) = open_recordings(path)
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(RecordingError, match="has changed since it was opened"):
        recording.read()


def test_fault_32_a_long_file_is_read_by_stretches_only(tmp_path: Path) -> None:
    path = tmp_path / "long.edf"
    written(path)
    head = bytearray(path.read_bytes()[:768])
    record_bytes = (path.stat().st_size - 768) // 10
    head[236:244] = b"400000  "
    with path.open("wb") as file:
        file.write(head)
        file.truncate(768 + 400_000 * record_bytes)  # sparse: takes no room on the disk
    (recording,) = sparse = open_recordings(path)
    assert len(sparse) == 1
    assert recording.length == 40_000_000
    assert recording.read(35_000_000, 35_000_010).shape == (1, 10)


def channel_of(recording: Recording, name: str) -> int:
    return [channel.name for channel in recording.channels].index(name)


def test_channels_of_one_name_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "same.edf"
    written(path, (100, 100))
    path.write_bytes(path.read_bytes().replace(b"ch 1", b"ch 0", 1))
    (recording,) = open_recordings(path)
    assert channel_of(recording, "ch 0") == 0
    assert channel_of(recording, "ch 0 (2)") == 1
