"""OGG, AIFF and W64, the scale of calibrated files, and what a WAV tells beside its samples."""

from __future__ import annotations

import struct
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile

from sigdesk.errors import RecordingError
from sigdesk.signals import Annotation, Recording, open_recordings
from sigdesk.signals.calibration import Scale, scale_sentence, scales_of
from tests.signals.real_files import package_file

TONE = np.stack([np.sin(np.arange(20_000) * 0.05), np.cos(np.arange(20_000) * 0.02)]) * 0.9
CONTAINERS = [
    (".w64", "W64", "PCM_16"),
    (".aiff", "AIFF", "PCM_24"),
    (".aif", "AIFF", "FLOAT"),
    (".ogg", "OGG", "VORBIS"),
]


def opened(path: Path) -> Recording:
    (recording,) = open_recordings(path)
    return recording


@pytest.mark.parametrize(("suffix", "container", "subtype"), CONTAINERS)
def test_other_containers_are_read_as_wav_is(tmp_path: Path, suffix: str, container: str, subtype: str) -> None:
    path = tmp_path / f"tone{suffix}"
    soundfile.write(path, TONE.T, 48_000, format=container, subtype=subtype)
    recording = opened(path)
    assert recording.format_name == container
    assert recording.time_base.rate_hz == 48_000
    assert recording.length == 20_000
    whole = recording.read()
    assert whole.dtype == np.float32
    np.testing.assert_allclose(whole, TONE, atol=0.05 if container == "OGG" else 1e-4)
    np.testing.assert_allclose(recording.read(1234, 2345), whole[:, 1234:2345], atol=1e-4)


@pytest.mark.parametrize(("suffix", "container", "subtype"), CONTAINERS)
def test_fault_33_a_shortened_file_names_the_byte_where_it_ends(
    tmp_path: Path, suffix: str, container: str, subtype: str
) -> None:
    path = tmp_path / f"cut{suffix}"
    soundfile.write(path, TONE.T, 48_000, format=container, subtype=subtype)
    whole = path.read_bytes()
    for size in (len(whole) * 3 // 4, 60, 5):
        path.write_bytes(whole[:size])
        with pytest.raises(RecordingError) as refused:
            open_recordings(path)
        assert refused.value.what.startswith(path.name)
        assert f"at byte {size}" in refused.value.what
        assert refused.value.what.startswith(f"{path.name} is cut short: ")
        assert refused.value.way_out == "Copy the file again from where it was recorded."


def test_fault_33_a_w64_whose_chunk_has_no_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lies.w64"
    soundfile.write(path, TONE.T, 8000, format="W64", subtype="PCM_16")
    raw = bytearray(path.read_bytes())
    raw[40 + 16 : 40 + 24] = bytes(8)
    path.write_bytes(raw)
    with pytest.raises(RecordingError, match="at byte 40 that declares 0 bytes"):
        open_recordings(path)


def test_an_aiff_from_python_itself() -> None:
    recording = opened(package_file("test", "audiodata", "pluck-pcm16.aiff"))
    assert recording.format_name == "AIFF"
    assert recording.time_base.rate_hz == 11_025
    assert [channel.name for channel in recording.channels] == ["Channel 1", "Channel 2"]
    assert np.abs(recording.read()).max() > 0.1


@pytest.mark.parametrize(
    ("name", "channels", "rate_hz"),
    [
        ("test-8000Hz-le-3ch-5S-24bit.wav", 3, 8000),
        ("test-44100Hz-2ch-32bit-float-le.wav", 2, 44_100),
        ("test-8000Hz-le-3ch-5S-24bit-rf64.wav", 3, 8000),
        ("test-8000Hz-le-1ch-1byte-ulaw.wav", 1, 8000),
    ],
)
def test_wavs_of_other_writers_from_scipy(name: str, channels: int, rate_hz: int) -> None:
    recording = opened(package_file("scipy", "io", "tests", "data", name))
    assert (len(recording.channels), recording.time_base.rate_hz) == (channels, rate_hz)
    assert np.isfinite(recording.read()).all()


def test_the_sample_that_states_its_scale_is_in_millivolts() -> None:
    recording = opened(Path(__file__).parents[2] / "resources" / "samples" / "ecg.wav")
    assert [channel.unit for channel in recording.channels] == ["mV"]
    assert recording.metadata["full scale"] == "2.56 mV"
    # The recorder's steps are 1/200 mV.
    np.testing.assert_allclose(recording.read() * 200, np.round(recording.read() * 200), atol=1e-3)


@pytest.mark.parametrize("suffix", [".wav", ".aiff", ".flac", ".ogg"])
def test_the_scale_of_calibrated_files_gives_physical_units(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"cal{suffix}"
    with soundfile.SoundFile(path, "w", 8000, 2) as file:
        file.comment = "Accelerometer 3. Full scale: 10 V, 50 m/s²"
        file.write(TONE.T * 0.5)
    recording = opened(path)
    assert [channel.unit for channel in recording.channels] == ["V", "m/s²"]
    np.testing.assert_allclose(recording.read() / [[10], [50]], TONE * 0.5, atol=0.05)


@pytest.mark.parametrize(
    ("text", "scales"),
    [
        ("A value of 1 is 2.56 mV. ODC-BY 1.0", (Scale(2.56, "mV"),)),
        ("full scale: 10 V, 24 bit", (Scale(10.0, "V"),)),
        ("1.0 = 20 Pa", (Scale(20.0, "Pa"),)),
        ("Full scale: 0 V", ()),
        ("channel 1 = 5 V", ()),
        ("recorded at full scale", ()),
        ("Full scale: 1 dBFS", ()),
        ("Full scale: 1e999 V", ()),
        ("Full scale: 1 V, 2 g, 3 A", ()),
    ],
)
def test_only_plain_statements_are_taken_for_a_scale(text: str, scales: tuple[Scale, ...]) -> None:
    assert scales_of(["", text], 1) == scales


def test_a_hydrophone_of_ocean_sonics_states_volts_and_sensitivity() -> None:
    (scale,) = scales_of(["3.0 V pk, -170 dBV re 1uPa, 12.1 C, 40 % RH"], 1)
    assert scale.unit == "Pa"
    assert scale.factor == pytest.approx(3.0 * 10**8.5 * 1e-6)


def test_a_scale_that_sigdesk_writes_is_one_that_it_reads() -> None:
    scales = (Scale(0.1 + 0.2, "mV"), Scale(-5.0, "m/s²"))
    assert scales_of([scale_sentence(scales)], 2) == scales


def chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def with_chunks(path: Path, *chunks: bytes) -> None:
    """Append chunks to a WAV, as editors do when cue points are set."""
    raw = bytearray(path.read_bytes() + b"".join(chunks))
    raw[4:8] = struct.pack("<I", len(raw) - 8)
    path.write_bytes(raw)


def test_cue_points_become_annotations(tmp_path: Path) -> None:
    path = tmp_path / "cues.wav"
    soundfile.write(path, TONE.T, 8000, subtype="PCM_16")
    points = [(1, 8000), (2, 4000), (3, 900_000)]
    cue = struct.pack("<I", 3) + b"".join(struct.pack("<II4sIII", n, 0, b"data", 0, 0, at) for n, at in points)
    texts = chunk(b"labl", struct.pack("<I", 1) + b"knock\0") + chunk(
        b"ltxt", struct.pack("<II", 1, 4000) + b"rgn " + bytes(8)
    )
    with_chunks(path, chunk(b"cue ", cue), chunk(b"LIST", b"adtl" + texts))
    assert opened(path).annotations == (Annotation(0.5, 0.5, "Marker 2"), Annotation(1.0, 1.5, "knock"))


def test_a_broadcast_wav_tells_when_it_was_recorded(tmp_path: Path) -> None:
    path = tmp_path / "bext.wav"
    soundfile.write(path, TONE.T, 8000, subtype="PCM_16")
    body = b"Full scale: 2 Pa".ljust(256, b"\0") + bytes(64) + b"2026-03-01" + b"13:45:10" + bytes(264)
    with_chunks(path, chunk(b"bext", body))
    recording = opened(path)
    assert recording.start_time == datetime(2026, 3, 1, 13, 45, 10)  # noqa: DTZ001 - the file names no zone
    assert recording.channels[0].unit == "Pa"


def test_damaged_chunks_beside_the_samples_do_not_hide_the_signal(tmp_path: Path) -> None:
    path = tmp_path / "odd.wav"
    soundfile.write(path, TONE.T, 8000, subtype="PCM_16")
    adtl = b"adtl" + b"ltxt" + struct.pack("<II", 2**31, 7)
    with_chunks(path, chunk(b"cue ", struct.pack("<I", 2**32 - 1)), chunk(b"LIST", adtl))
    assert opened(path).annotations == ()
