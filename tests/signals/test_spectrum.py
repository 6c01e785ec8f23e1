"""Spectrum and spectrogram against SciPy's own, with tones, gaps, and stretches longer than is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from scipy import signal

from sigdesk.signals.opening import open_recordings
from sigdesk.signals.recording import Recording, Samples, TimeBase
from sigdesk.signals.spectrum import (
    MOST_ROWS,
    MOST_SEGMENTS,
    OVERLAPS,
    WINDOWS,
    Cut,
    Spectrogram,
    Spectrum,
    obstacle,
    spectrogram,
    spectrum,
)
from tests.factories import MakeRecording

RATE = 1000.0
SAMPLES = Path(__file__).parents[2] / "resources" / "samples"


def noise_and_tone(length: int = 20_000) -> Samples:
    times = np.arange(length) / RATE
    noise = np.random.default_rng(5).normal(40, 0.1, length)
    samples: Samples = noise + 3 * np.sin(2 * np.pi * 125 * times)
    return samples


def last_of(recording: Recording, start: int, stop: int, cut: Cut) -> Spectrum:
    *_, last = spectrum(recording, 0, start, stop, cut)
    assert last.segments.share == 1.0
    return last


def last_image(recording: Recording, cut: Cut, columns: int = 500) -> Spectrogram:
    *_, last = spectrogram(recording, 0, 0, recording.length, cut, columns)
    assert last.segments.share == 1.0
    return last


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("overlap", OVERLAPS)
def test_a_spectrum_is_scipys(recording: MakeRecording, window: str, overlap: int) -> None:
    samples = noise_and_tone()
    found = last_of(recording(samples, rate_hz=RATE), 500, 18_500, Cut(window, 512, overlap))
    frequencies, density = signal.welch(samples[500:18_500], RATE, WINDOWS[window], 512, noverlap=512 * overlap // 100)
    np.testing.assert_allclose(found.frequencies, frequencies)
    np.testing.assert_allclose(found.density, density, rtol=1e-9, atol=1e-15)
    assert found.peak == pytest.approx(125, abs=RATE / 512)
    assert found.segments.used == found.segments.total


@pytest.mark.parametrize("length", [511, 17])
def test_an_odd_length_is_scipys_too(recording: MakeRecording, length: int) -> None:
    samples = noise_and_tone(2000)
    found = last_of(recording(samples, rate_hz=RATE), 0, 2000, Cut("Hann", length, 50))
    _, density = signal.welch(samples, RATE, "hann", length, noverlap=length * 50 // 100)
    np.testing.assert_allclose(found.density, density, rtol=1e-9, atol=1e-15)


def test_a_segment_is_no_longer_than_the_stretch(recording: MakeRecording) -> None:
    found = last_of(recording(noise_and_tone(100), rate_hz=RATE), 0, 100, Cut(length=4096))
    assert found.segments == type(found.segments)(length=100, total=1, used=1, missing=0, share=1.0)


def test_of_a_long_stretch_evenly_spaced_segments_are_averaged(recording: MakeRecording) -> None:
    samples = noise_and_tone(2_000_000)
    parts = list(spectrum(recording(samples, rate_hz=RATE), 0, 0, len(samples), Cut("Hann", 128, 50)))
    last = parts[-1]
    assert last.segments.total == 1 + (2_000_000 - 128) // 64
    assert last.segments.used == MOST_SEGMENTS
    _, density = signal.welch(samples, RATE, "hann", 128)
    np.testing.assert_allclose(last.decibels[5:], 10 * np.log10(density)[5:], atol=0.8)


def test_a_cancelled_spectrum_ends(recording: MakeRecording) -> None:
    samples = np.zeros(4_000_000)
    parts = spectrum(recording(samples), 0, 0, len(samples), Cut("Hann", 65536, 90), lambda: True)
    assert list(parts) == []
    images = spectrogram(recording(samples), 0, 0, len(samples), Cut(), 100, lambda: True)
    assert list(images) == []


def test_segments_with_missing_samples_are_left_out_and_counted(recording: MakeRecording) -> None:
    samples = noise_and_tone(10_240)
    samples[1024:2048] = np.nan
    samples[5000] = np.inf
    found = last_of(recording(samples, rate_hz=RATE), 0, 10_240, Cut("Hann", 1024, 0))
    assert (found.segments.total, found.segments.used, found.segments.missing) == (10, 8, 2)
    kept = np.concatenate([samples[:1024], samples[2048:4096], samples[5120:]])
    _, density = signal.welch(kept, RATE, "hann", 1024, noverlap=0)
    np.testing.assert_allclose(found.density, density, rtol=1e-9, atol=1e-15)


def test_where_all_is_missing_there_is_no_spectrum(recording: MakeRecording) -> None:
    signal_ = recording(np.full(1000, np.nan))
    found = last_of(signal_, 0, 1000, Cut())
    assert np.isnan(found.density).all()
    assert found.segments.used == 0
    assert np.isnan(last_image(signal_, Cut()).decibels).all()


def test_silence_has_a_spectrum_without_a_peak(recording: MakeRecording) -> None:
    found = last_of(recording(np.full(1000, 2.5)), 0, 1000, Cut())
    assert found.peak is None
    assert np.isfinite(found.decibels).all()


def test_a_spectrogram_is_scipys(recording: MakeRecording) -> None:
    samples = noise_and_tone(8000)
    image = last_image(recording(samples, rate_hz=RATE), Cut("Hann", 256, 50))
    _, times, power = signal.spectrogram(samples, RATE, "hann", 256, 128)
    np.testing.assert_allclose(image.decibels, 10 * np.log10(power), atol=1e-3)
    width = (image.stop - image.start) / image.decibels.shape[1]
    np.testing.assert_allclose(image.start + width * (np.arange(len(times)) + 0.5), times)
    assert image.top == 500
    low, high = np.percentile(image.decibels, (1, 99))
    assert (image.low, image.high) == pytest.approx((low, high), abs=1e-3)


def test_a_tone_that_moves_is_seen_to_move(recording: MakeRecording) -> None:
    times = np.arange(200_000) / RATE
    samples = signal.chirp(times, 50, times[-1], 400)
    parts = list(spectrogram(recording(samples, rate_hz=RATE), 0, 0, len(samples), Cut("Hann", 2048, 50), 60))
    image = parts[-1]
    assert image.decibels.shape == (MOST_ROWS, 60)
    peaks = np.argmax(image.decibels, axis=0) * image.top / MOST_ROWS
    middles = image.start + (np.arange(60) + 0.5) * (image.stop - image.start) / 60
    np.testing.assert_allclose(peaks, 50 + 350 * middles / times[-1], atol=8)
    assert image.segments.used <= image.segments.total


def test_columns_of_a_gap_stay_empty(recording: MakeRecording) -> None:
    samples = noise_and_tone(10_240)
    samples[4096:6144] = np.nan
    image = last_image(recording(samples, rate_hz=RATE), Cut("Hann", 256, 0))
    assert np.isnan(image.decibels).all(axis=0).tolist() == [16 <= column < 24 for column in range(40)]


def test_a_long_spectrogram_is_told_in_parts_of_bounded_size(recording: MakeRecording) -> None:
    samples = np.random.default_rng(6).normal(size=3_000_000)
    parts = list(spectrogram(recording(samples), 0, 0, len(samples), Cut("Hann", 4096, 50), 800))
    assert len(parts) > 3
    assert np.isnan(parts[0].decibels).any()
    assert not np.isnan(parts[-1].decibels).any()


def test_uneven_times_and_short_stretches_have_none(recording: MakeRecording) -> None:
    even = recording(noise_and_tone(100))
    uneven = replace(even, time_base=TimeBase(times=np.linspace(0, 1, 100) ** 2))
    assert "uneven" in obstacle(uneven, 0, 100)
    assert "16 samples" in obstacle(even, 0, 15)
    assert obstacle(even, 0, 100) == ""


def test_samples_without_a_time_have_frequencies_a_sample(recording: MakeRecording) -> None:
    found = last_of(replace(recording(noise_and_tone(1000)), time_base=TimeBase()), 0, 1000, Cut())
    assert found.frequencies[-1] == 0.5


def test_a_real_recording() -> None:
    (ecg,) = open_recordings(SAMPLES / "ecg.wav")
    found = last_of(ecg, 0, ecg.length, Cut())
    assert found.peak is not None
    assert 0.5 < found.peak < 40
