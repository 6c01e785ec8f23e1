"""Signals written as other formats hold what they held: read again by us, and by the formats' own libraries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import soundfile
from msgspec.structs import replace

from sigdesk.errors import RecordingError
from sigdesk.signals import Annotation, ArraySource, Channel, Recording, TimeBase, open_recordings
from sigdesk.signals.export import KINDS, choose, save, target_name
from sigdesk.signals.recording import Samples
from tests.full_disk import full_after

Make = Callable[..., Recording]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def make_recording(samples: Samples | None = None, base: TimeBase | None = None, length: int = 2500) -> Recording:
        if samples is None:
            samples = np.stack([np.sin(np.arange(length) * 0.01) * 230, np.arange(length) * 0.5]).astype(np.float64)
        return Recording(
            name="bench.dat",
            path=tmp_path / "in" / "bench.dat",
            channels=(Channel("U", "V"), Channel("phase", "µV"))[: len(samples)],
            length=samples.shape[1],
            time_base=TimeBase(rate_hz=250.0) if base is None else base,
            source=ArraySource(samples),
            format_name="memory",
            start_time=datetime(2026, 3, 1, 10, 20, 30),  # noqa: DTZ001 - as files that know no zone
            label="hum",
            annotations=(Annotation(1.0, 2.5, "knock"), Annotation(9.0, 9.0, "end", ("phase",))),
        )

    return make_recording


def again(path: Path) -> Recording:
    (recording,) = open_recordings(path)
    return recording


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_is_read_again(tmp_path: Path, make: Make, kind: str) -> None:
    recording = make()
    path = tmp_path / "out" / f"bench.{kind}"
    save(choose(recording), path, kind)
    back = again(path)
    within = 0.02 if kind == "edf" else 0.0
    np.testing.assert_allclose(back.read(), recording.read(), atol=within, rtol=0)
    if kind != "npy":
        assert [channel.unit for channel in back.channels] == ["V", "µV"]
        assert back.time_base.rate_hz == 250
    if kind in ("csv", "parquet", "edf"):
        assert [channel.name for channel in back.channels] == ["U", "phase"]
    if kind in ("csv", "wav", "edf"):
        assert back.start_time == recording.start_time
    if kind == "csv":
        assert back.label == "hum"
    if kind == "edf":
        assert back.annotations == recording.annotations
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_stretch_of_some_channels_begins_at_zero_with_its_own_annotations(tmp_path: Path, make: Make) -> None:
    path = tmp_path / "part.edf"
    save(choose(make(), 2.0, 6.0, ["phase"]), path, "edf")
    back = again(path)
    assert (back.length, [channel.name for channel in back.channels]) == (1000, ["phase"])
    np.testing.assert_allclose(back.read()[0], np.arange(500, 1500) * 0.5, atol=0.01)
    assert back.annotations == (Annotation(0.0, 0.5, "knock"),)
    assert back.start_time == datetime(2026, 3, 1, 10, 20, 32)  # noqa: DTZ001


def test_uneven_times_and_gaps_survive_in_tables(tmp_path: Path, make: Make) -> None:
    times = np.array([0.0, 0.1, 0.4, 0.5, 2.0])
    recording = make(np.array([[1.0, np.nan, 3.0, np.inf, 5.0]]), TimeBase(times=times))
    for kind in ("csv", "parquet"):
        path = tmp_path / f"uneven.{kind}"
        save(choose(recording), path, kind)
        back = again(path)
        assert back.time_base.times is not None
        np.testing.assert_allclose(back.time_base.times, times)
        np.testing.assert_array_equal(back.read(), recording.read())


@pytest.mark.parametrize("kind", ["csv", "parquet", "npy"])
def test_a_signal_without_a_time_has_none_afterwards(tmp_path: Path, make: Make, kind: str) -> None:
    path = tmp_path / f"plain.{kind}"
    save(choose(make(base=TimeBase()), 10, 30), path, kind)
    back = again(path)
    assert back.length == 20
    assert back.time_base == TimeBase()
    np.testing.assert_array_equal(back.read()[-1], np.arange(10, 30) * 0.5)


@pytest.mark.parametrize(
    ("kind", "base", "samples", "said"),
    [
        ("wav", TimeBase(), None, "has uneven or no times, which WAV cannot hold"),
        ("wav", TimeBase(rate_hz=0.5), None, "has a rate of 0.5 Hz, which WAV cannot hold"),
        ("edf", TimeBase(), None, "has uneven or no times, which EDF cannot hold"),
        ("edf", None, np.array([[1.0, np.nan]]), "has missing or infinite values, which EDF cannot hold"),
    ],
)
def test_what_a_format_cannot_hold_is_refused_and_leaves_nothing(
    tmp_path: Path, make: Make, kind: str, base: TimeBase | None, samples: Samples | None, said: str
) -> None:
    path = tmp_path / "out" / f"x.{kind}"
    with pytest.raises(RecordingError, match=said):
        save(choose(make(samples, base)), path, kind)
    assert not list(path.parent.iterdir())


def test_nothing_is_overwritten_unasked(tmp_path: Path, make: Make) -> None:
    path = tmp_path / "bench.csv"
    path.write_text("mine")
    with pytest.raises(RecordingError, match="is there already"):
        save(choose(make()), path, "csv")
    assert path.read_text() == "mine"
    save(choose(make()), path, "csv", overwrite=True)
    assert again(path).length == 2500


def test_a_write_that_is_given_up_leaves_the_old_file(tmp_path: Path, make: Make) -> None:
    path = tmp_path / "bench.npy"
    np.save(path, np.zeros(3))

    def give_up(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(RecordingError):
        save(choose(make(), progress=give_up), path, "npy", overwrite=True)
    assert again(path).length == 3
    assert [file.name for file in tmp_path.iterdir()] == ["bench.npy"]


def test_a_stretch_or_channel_that_is_not_there_is_named(make: Make) -> None:
    with pytest.raises(RecordingError, match="has no sample from 11"):
        choose(make(), 11.0)
    with pytest.raises(RecordingError, match="has no channel I, W"):
        choose(make(), names=["I", "U", "W"])


def test_other_programs_read_the_files(tmp_path: Path, make: Make) -> None:
    recording = make()
    for kind in KINDS:
        save(choose(recording), tmp_path / f"x.{kind}", kind)
    np.testing.assert_array_equal(np.load(tmp_path / "x.npy"), recording.read())
    audio, rate = soundfile.read(tmp_path / "x.wav")
    assert rate == 250
    np.testing.assert_array_equal(audio.T, recording.read())
    np.testing.assert_array_equal(pl.read_parquet(tmp_path / "x.parquet")["phase (µV)"], recording.read()[1])
    pyedflib = pytest.importorskip("pyedflib", reason="pyedflib, which checks our EDF, is not installed")
    with pyedflib.EdfReader(str(tmp_path / "x.edf")) as reader:
        assert reader.getSignalLabels() == ["U", "phase"]
        np.testing.assert_allclose(reader.readSignal(0), recording.read()[0], atol=0.02)
        assert list(reader.readAnnotations()[2]) == ["knock", "end@@phase"]


@pytest.mark.parametrize("value", [0.0, 5.0, -2e-5, 123456.789, -0.000123456])
def test_constant_and_tiny_values_survive_edf(tmp_path: Path, make: Make, value: float) -> None:
    path = tmp_path / "flat.edf"
    save(choose(make(np.full((1, 250), value))), path, "edf")
    np.testing.assert_allclose(again(path).read(), value, rtol=1e-3, atol=1e-5)


def test_the_names_of_files_are_safe(make: Make, tmp_path: Path) -> None:
    recording = make()
    assert target_name(recording, "wav") == "bench.wav"
    odd = Recording(
        "x", tmp_path / "a.h5", recording.channels, 1, TimeBase(), recording.source, "HDF5", item="../b:c\n"
    )
    assert target_name(odd, "csv") == "a ..-b-c-n.csv"


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_is_told_and_what_was_there_stays(tmp_path: Path, make: Make, kind: str) -> None:
    recording, target = make(length=40_000), tmp_path / "out" / f"bench.{kind}"
    save(choose(make(length=250)), target, kind)
    before = target.read_bytes()
    with full_after(30_000), pytest.raises(RecordingError) as refused:
        save(choose(recording), target, kind, overwrite=True)
    assert refused.value.what.startswith(f"bench.{kind} cannot be written (")
    assert "Make room" in refused.value.way_out
    assert target.read_bytes() == before
    assert [path.name for path in target.parent.iterdir()] == [target.name]


class _Failing:
    """A file on a drive that is pulled out after its first part was read."""

    def read(self, start: int, stop: int) -> Samples:
        if start:
            raise RecordingError("bench.dat can no longer be read.", "Open it again.")
        return np.zeros((1, stop - start))


@pytest.mark.parametrize("kind", KINDS)
def test_a_signal_that_can_no_longer_be_read_is_told_as_that(tmp_path: Path, make: Make, kind: str) -> None:
    whole = make()
    recording = replace(whole, channels=whole.channels[:1], length=3_000_000, source=_Failing())
    with pytest.raises(RecordingError, match="no longer be read"):
        save(choose(recording), tmp_path / f"bench.{kind}", kind)
    assert not list(tmp_path.iterdir())
