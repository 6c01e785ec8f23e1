"""WAV and FLAC: full-scale values, read by stretches from any thread; a shortened file is noticed when it is opened."""

from __future__ import annotations

import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from sigdesk.errors import RecordingError
from sigdesk.signals import Channel, Recording, open_recordings

TONE: NDArray[np.float64] = np.stack([np.sin(np.arange(5000) * 0.05), np.cos(np.arange(5000) * 0.02)]) * 0.9


def opened(path: Path) -> Recording:
    (recording,) = open_recordings(path)
    return recording


def refused(path: Path) -> str:
    with pytest.raises(RecordingError) as caught:
        open_recordings(path)
    assert caught.value.what.startswith(path.name)
    assert caught.value.way_out
    return str(caught.value)


@pytest.mark.parametrize(
    ("suffix", "container", "subtype", "within"),
    [
        (".wav", "WAV", "PCM_U8", 1e-2),
        (".wav", "WAV", "PCM_16", 1e-4),
        (".wav", "WAV", "PCM_24", 1e-6),
        (".wav", "WAV", "PCM_32", 1e-9),
        (".wav", "WAV", "FLOAT", 1e-7),
        (".wav", "WAV", "DOUBLE", 0),
        (".wav", "WAVEX", "PCM_16", 1e-4),
        (".wav", "RF64", "PCM_16", 1e-4),
        (".flac", "FLAC", "PCM_16", 1e-4),
        (".flac", "FLAC", "PCM_24", 1e-6),
    ],
)
def test_every_kind_is_read_as_full_scale_values(
    tmp_path: Path, suffix: str, container: str, subtype: str, within: float
) -> None:
    path = tmp_path / f"tone{suffix}"
    soundfile.write(path, TONE.T, 48_000, format=container, subtype=subtype)
    recording = opened(path)
    assert recording.length == 5000
    assert recording.channels == (Channel("Channel 1"), Channel("Channel 2"))
    assert recording.time_base.rate_hz == 48_000
    assert recording.start_time is None
    assert recording.format_name == suffix[1:].upper()
    np.testing.assert_allclose(recording.read(), TONE, atol=within, rtol=0)
    np.testing.assert_array_equal(recording.read(1234, 2345), recording.read()[:, 1234:2345])
    assert recording.read(7, 7).shape == (2, 0)


def test_threads_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "tone.flac"
    soundfile.write(path, TONE.T, 8000, subtype="PCM_24")
    recording = opened(path)
    whole = recording.read()
    starts = [(i * 37) % 4900 for i in range(200)]
    with ThreadPoolExecutor(4) as threads:
        for start, part in zip(starts, threads.map(lambda at: recording.read(at, at + 100), starts), strict=True):
            np.testing.assert_array_equal(part, whole[:, start : start + 100])


def test_fault_33_a_shortened_wav_names_the_byte_where_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    soundfile.write(path, TONE.T, 8000, subtype="PCM_16")
    path.write_bytes(path.read_bytes()[:10_000])
    assert refused(path) == (
        "cut.wav is cut short: its header declares 20000 bytes of samples from byte 44 on, but the file ends at byte "
        "10000 (10044 bytes are missing). Copy the file again from where it was recorded."
    )


@pytest.mark.parametrize("size", [11, 20, 30, 40])
def test_fault_33_a_wav_cut_inside_its_header_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "cut.wav"
    soundfile.write(path, TONE.T, 8000, subtype="PCM_16")
    path.write_bytes(path.read_bytes()[:size])
    where = "inside its header" if size < 12 else "before its samples"
    assert refused(path) == (
        f"cut.wav is cut short: it ends at byte {size}, {where}. Copy the file again from where it was recorded."
    )


@pytest.mark.parametrize("declared", [0, 0xFFFFFFFF])
def test_fault_33_a_wav_that_was_never_finished_is_refused(tmp_path: Path, declared: int) -> None:
    path = tmp_path / "open.wav"
    soundfile.write(path, TONE.T, 8000, subtype="PCM_16")
    raw = bytearray(path.read_bytes())
    at = raw.index(b"data") + 4
    raw[at : at + 4] = struct.pack("<I", declared)
    path.write_bytes(raw)
    assert refused(path) == (
        "open.wav does not say how many samples it holds: 20000 bytes follow its header at byte 44. "
        "Open it in the program that recorded it and save it again, so that its header is completed."
    )


def test_a_wav_without_a_sample_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.wav"
    soundfile.write(path, np.empty((0, 1)), 8000)
    assert "no samples" in refused(path)


def test_fault_33_a_shortened_flac_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.flac"
    soundfile.write(path, np.random.default_rng(0).normal(size=20_000) * 0.1, 8000)
    path.write_bytes(path.read_bytes()[:9000])
    told = refused(path)
    assert told.startswith("cut.flac cannot be read as audio (")  # in the library's words
    assert told.endswith(
        "); it ends at byte 9000. Copy the file again from where it was recorded, or save it as PCM WAV or FLAC."
    )


def test_fault_37_a_file_that_shrinks_after_it_was_opened_says_so(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, TONE.T, 8000)
    recording = opened(path)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(RecordingError, match="has changed since it was opened"):
        recording.read(3000, 4000)


def test_the_tags_of_a_file_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    with soundfile.SoundFile(path, "w", 8000, 1, "PCM_16") as file:
        file.title = "Pump A"
        file.write(TONE[0])
    assert opened(path).metadata["title"] == "Pump A"


@pytest.mark.parametrize(
    ("name", "begin", "said"),
    [
        ("a.flac", b"hello world", "a.flac is no FLAC file: it begins with “hell”."),
        ("a.wav", b"\x12\xd86\xbc and more", "a.wav is no WAV file: it begins with 12 d8 36 bc."),
    ],
)
def test_what_is_no_audio_says_what_it_begins_with(tmp_path: Path, name: str, begin: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(begin)

    with pytest.raises(RecordingError) as refused:
        open_recordings(tmp_path / name)

    assert refused.value.what == said
