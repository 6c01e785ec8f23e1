"""The extra `formats`: WFDB, MDF, miniSEED, XDF and oscilloscopes, as the formats' own libraries write them.

What is not installed is skipped; that a missing library is told is tested in any case.
"""

from __future__ import annotations

import gc
import re
import struct
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sigdesk.errors import RecordingError
from sigdesk.signals import Annotation, Channel, Recording, open_recordings

FILES = Path(__file__).parent / "files"
EXTRA = "the extra “formats” is not installed"
WAVE = np.stack([np.sin(np.arange(1000) * 0.05), np.cos(np.arange(1000) * 0.05) * 2], axis=1)


def refused(path: Path) -> RecordingError:
    with pytest.raises(RecordingError) as caught:
        open_recordings(path)
    assert caught.value.way_out
    return caught.value


def cut_short(error: RecordingError, what: str, size: int) -> None:
    """The operator reads what could not be read, why in the words of its library, and at which byte the file ends."""
    assert re.fullmatch(rf"{re.escape(what)} \([^/]+\); it ends at byte {size}\.", error.what), error.what
    assert error.way_out == "Copy the file again from where it was recorded."


def only(path: Path) -> Recording:
    (recording,) = open_recordings(path)
    return recording


@pytest.mark.parametrize(
    ("name", "begin", "module"),
    [
        ("a.hea", b"a 1 250 1000\na.dat 16 200 12 0 0 0 0 I\n", "wfdb"),
        ("a.mf4", b"MDF     4.10    ", "asammdf"),
        ("a.mseed", b"000001D " + b" " * 60, "pymseed"),
        ("a.xdf", b"XDF:", "pyxdf"),
        ("a.bin", b"RG01" + bytes(60), "RigolWFM"),
    ],
)
def test_a_format_that_is_not_installed_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, begin: bytes, module: str
) -> None:
    for loaded in [each for each in sys.modules if each.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, module, None)
    (tmp_path / name).write_bytes(begin)

    error = refused(tmp_path / name)

    assert f"and {module}, which reads these, is not installed" in error.what
    assert error.way_out == "Install it with: pip install 'sigdesk[formats]'"


class TestWfdb:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        wfdb = pytest.importorskip("wfdb", reason=EXTRA)
        wfdb.wrsamp("rec", fs=250, units=["mV", "mV"], sig_name=["I", "II"], p_signal=WAVE, fmt=["212", "212"],
                    comments=["63 years"], write_dir=str(tmp_path))  # fmt: skip
        wfdb.wrann("rec", "atr", np.array([250, 500]), symbol=["N", "+"], aux_note=["", "(AFIB"],
                   write_dir=str(tmp_path))  # fmt: skip
        return tmp_path / "rec.hea"

    def test_channels_units_and_beats(self, path: Path) -> None:
        recording = only(path)
        assert recording.channels == (Channel("I", "mV"), Channel("II", "mV"))
        assert recording.time_base.rate_hz == 250
        assert recording.annotations == (Annotation(1.0, 1.0, "N"), Annotation(2.0, 2.0, "+ (AFIB"))
        assert recording.metadata["comment"] == "63 years"
        np.testing.assert_allclose(recording.read(), WAVE.T, atol=0.01)
        np.testing.assert_array_equal(recording.read(123, 456), recording.read()[:, 123:456])

    def test_fault_33_shortened_samples_name_the_byte(self, path: Path) -> None:
        data = path.with_suffix(".dat")
        data.write_bytes(data.read_bytes()[:-10])
        assert str(refused(path)) == (
            "rec.dat is cut short: rec.hea declares samples up to byte 3000, but it ends at byte 2990 "
            "(10 bytes are missing). Copy the file again from where it was recorded."
        )

    def test_samples_in_another_folder_are_not_followed(self, path: Path) -> None:
        path.write_text(path.read_text().replace("rec.dat", "../rec.dat"))
        assert "cannot be read as WFDB" in refused(path).what

    def test_fault_37_samples_that_changed_are_noticed(self, path: Path) -> None:
        recording = only(path)
        path.with_suffix(".dat").write_bytes(bytes(3000 + 3))
        with pytest.raises(RecordingError, match="has changed since it was opened"):
            recording.read()


class TestMdf:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        asammdf = pytest.importorskip("asammdf", reason=EXTRA)
        even, uneven = np.arange(1000) * 0.01 + 5, np.array([0.0, 0.1, 0.5, 0.6])
        with asammdf.MDF(version="4.10") as mdf:
            mdf.append([asammdf.Signal(WAVE[:, 0], even, name="force", unit="N"),
                        asammdf.Signal(np.arange(1000, dtype=np.int16), even, name="count")])  # fmt: skip
            mdf.append([asammdf.Signal(np.arange(4.0), uneven, name="temperature", unit="°C")])
            mdf.save(tmp_path / "bench.mf4", overwrite=True)
        return tmp_path / "bench.mf4"

    def test_each_group_is_a_signal_of_its_own_times(self, path: Path) -> None:
        fast, slow = open_recordings(path)
        assert fast.channels == (Channel("force", "N"), Channel("count"))
        assert fast.time_base.rate_hz == 100
        assert fast.metadata["time begins at"] == "5 s"
        assert slow.time_base.times is not None
        np.testing.assert_allclose(slow.time_base.times, [0, 0.1, 0.5, 0.6])
        np.testing.assert_array_equal(fast.read(), [WAVE[:, 0], np.arange(1000)])
        np.testing.assert_array_equal(fast.read(200, 300)[1], np.arange(200, 300))

    # The library's own object stumbles when it is taken away half made.
    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    def test_fault_33_a_shortened_file_is_refused(self, path: Path) -> None:
        path.write_bytes(path.read_bytes()[:200])
        cut_short(refused(path), "bench.mf4 cannot be read as MDF", 200)
        gc.collect()
        path.write_bytes(b"no such thing")
        assert str(refused(path)) == "bench.mf4 is no MDF file. Name it after what it is."

    @pytest.mark.parametrize("version", [b"", b"\xff\xff", b"    3.30    " + bytes(200), b"9.30" + bytes(200)])
    def test_a_file_whose_version_cannot_be_made_out_is_refused_and_closed(
        self, tmp_path: Path, version: bytes
    ) -> None:
        pytest.importorskip("asammdf", reason=EXTRA)
        path = tmp_path / "bench.mf4"
        path.write_bytes(b"MDF     " + version)
        assert "cannot be read as MDF" in refused(path).what
        gc.collect()  # a file left open fails the test


class TestMiniseed:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        pymseed = pytest.importorskip("pymseed", reason=EXTRA)
        traces = pymseed.MS3TraceList()
        for channel, count, rate, start in (("Z", 400, 40.0, "00:00:00"), ("Z", 400, 40.0, "00:00:30"),
                                            ("N", 400, 40.0, "00:00:00"), ("N", 400, 40.0, "00:00:30"),
                                            ("E", 60, 1.0, "00:00:00")):  # fmt: skip
            traces.add_data(
                sourceid=f"FDSN:XX_TEST__B_H_{channel}", data_samples=list(range(count)), sample_type="i",
                sample_rate=rate, starttime_str=f"2026-01-01T{start}Z",
            )  # fmt: skip
        traces.to_file(str(tmp_path / "day.mseed"), overwrite=True, format_version=2, max_record_length=512)
        return tmp_path / "day.mseed"

    def test_traces_taken_together_are_one_signal_with_its_gaps(self, path: Path) -> None:
        by_count = {len(each.channels): each for each in open_recordings(path)}
        pair, single = by_count[2], by_count[1]
        assert sorted(channel.name for channel in pair.channels) == ["XX.TEST..BHN", "XX.TEST..BHZ"]
        assert pair.metadata["gaps"] == "1 gap, 20 s in all"
        assert pair.length == 1600
        assert pair.start_time == datetime(2026, 1, 1, tzinfo=UTC)
        samples = pair.read()
        np.testing.assert_array_equal(samples[0, 1200:], np.arange(400))
        assert np.isnan(samples[:, 400:1200]).all()
        assert (single.item, single.length, single.time_base.rate_hz) == ("XX.TEST..BHE", 60, 1)

    def test_fault_33_a_shortened_file_is_refused(self, path: Path) -> None:
        size = path.stat().st_size - 100
        path.write_bytes(path.read_bytes()[:size])
        cut_short(refused(path), "day.mseed cannot be read as miniSEED", size)


def xdf_chunk(tag: int, content: bytes) -> bytes:
    return b"\x04" + struct.pack("<IH", len(content) + 2, tag) + content


def xdf(*streams: tuple[str, str, float, list[Any]]) -> bytes:
    """An XDF as its specification says: name, value type, nominal rate, and pairs of time and values."""
    raw = b"XDF:" + xdf_chunk(1, b"<?xml version='1.0'?><info><version>1.0</version></info>")
    for number, (name, kind, rate, samples) in enumerate(streams, start=1):
        count = len(samples[0][1])
        channels = "".join(
            f"<channel><label>{name} {at}</label><unit>microvolts</unit></channel>" for at in range(count)
        )
        head = (
            f"<?xml version='1.0'?><info><name>{name}</name><type>x</type><channel_count>{count}</channel_count>"
            f"<nominal_srate>{rate}</nominal_srate><channel_format>{kind}</channel_format>"
            f"<created_at>0</created_at><desc><channels>{channels}</channels></desc></info>"
        )
        raw += xdf_chunk(2, struct.pack("<I", number) + head.encode())
        body = b""
        for time, values in samples:
            body += b"\x08" + struct.pack("<d", time)
            for value in values:
                text = str(value).encode()
                body += b"\x01" + bytes([len(text)]) + text if kind == "string" else struct.pack("<f", value)
        raw += xdf_chunk(3, struct.pack("<I", number) + b"\x04" + struct.pack("<I", len(samples)) + body)
    return raw


class TestXdf:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        pytest.importorskip("pyxdf", reason=EXTRA)
        eeg = [(100 + at * 0.01, (float(at), -float(at))) for at in range(200)]
        slow = [(100.5 + at, (float(at),)) for at in range(4)]
        path = tmp_path / "session.xdf"
        path.write_bytes(
            xdf(("EEG", "float32", 100, eeg), ("Temp", "float32", 1, slow), ("Marks", "string", 0, [(101.0, ("go",))]))
        )
        return path

    def test_streams_are_signals_and_texts_are_annotations(self, path: Path) -> None:
        eeg, slow = open_recordings(path)
        assert (eeg.item, slow.item) == ("EEG 1", "Temp 2")
        assert eeg.channels == (Channel("EEG 0", "µV"), Channel("EEG 1", "µV"))
        assert eeg.time_base.rate_hz == pytest.approx(100)
        (mark,) = eeg.annotations
        assert mark.text == "go"
        assert mark.start_s == pytest.approx(1.0, abs=1e-3)
        assert slow.metadata["time begins at"] == "0.5 s"
        np.testing.assert_array_equal(eeg.read(50, 60), [np.arange(50, 60), -np.arange(50.0, 60)])

    def test_fault_33_what_is_no_xdf_or_holds_nothing_is_refused(self, path: Path) -> None:
        path.write_bytes(b"no such thing")
        assert str(refused(path)) == "session.xdf is no XDF file. Name it after what it is."
        path.write_bytes(b"XDF:")
        assert str(refused(path)) == "session.xdf holds no stream of numbers. Check that the streams were recorded."


# The library leaves files open until they are collected.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
class TestScopes:
    @pytest.fixture(autouse=True)
    def _installed(self) -> None:
        pytest.importorskip("RigolWFM", reason=EXTRA)

    @pytest.mark.parametrize(
        ("name", "length", "rate_hz", "begins"),
        [("lecroy_4.trc", 502, 1e9, "-1.20745e-07 s"), ("agilent_4.bin", 1953, 976_562.5, "-0.001 s")],
    )
    def test_captures_of_real_scopes(self, name: str, length: int, rate_hz: float, begins: str) -> None:
        recording = only(FILES / name)
        assert (recording.format_name, recording.length) == ("Scope", length)
        assert [channel.unit for channel in recording.channels] == ["V"]
        assert recording.time_base.rate_hz == pytest.approx(rate_hz)
        assert recording.metadata["time begins at"] == begins
        assert np.isfinite(recording.read()).all()
        np.testing.assert_array_equal(recording.read(10, 20), recording.read()[:, 10:20])

    def test_fault_33_a_shortened_capture_is_refused(self, tmp_path: Path) -> None:
        for name in ("lecroy_4.trc", "agilent_4.bin"):
            raw = (FILES / name).read_bytes()
            (tmp_path / name).write_bytes(raw[: len(raw) // 2])
            kind = f"{name} cannot be read as a capture of an oscilloscope"
            cut_short(refused(tmp_path / name), kind, len(raw) // 2)
