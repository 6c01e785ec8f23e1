"""Lows and highs of buckets, gaps kept; compared with the loop that anyone would write."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sigdesk.signals import ArraySource, Channel, Recording, Samples, TimeBase, open_recordings, thumbnail
from sigdesk.signals.envelope import bucket_starts, envelope
from tests.signals.conftest import Write


def naive(samples: Samples, buckets: int) -> tuple[list[list[float]], list[list[float]]]:
    starts = [*bucket_starts(samples.shape[1], buckets).tolist(), samples.shape[1]]
    lows, highs = [], []
    for row in samples.tolist():
        parts = [[v for v in row[a:b] if math.isfinite(v)] or [math.nan] for a, b in itertools.pairwise(starts)]
        lows.append([min(part) for part in parts])
        highs.append([max(part) for part in parts])
    return lows, highs


@given(
    samples=arrays(
        st.sampled_from([np.float32, np.float64]),
        st.tuples(st.integers(1, 3), st.integers(1, 60)),
        elements=st.floats(-1000, 1000, width=32) | st.sampled_from([math.nan, math.inf, -math.inf]),
    ),
    buckets=st.integers(1, 70),
)
def test_it_is_what_a_loop_finds(samples: Samples, buckets: int) -> None:
    low, high = envelope(samples, buckets)
    assert low.dtype == high.dtype == samples.dtype
    assert low.shape == (len(samples), min(buckets, samples.shape[1]))
    expected_low, expected_high = naive(samples, buckets)
    np.testing.assert_array_equal(low, expected_low)
    np.testing.assert_array_equal(high, expected_high)


@given(count=st.integers(0, 10_000), buckets=st.integers(1, 3000))
def test_buckets_cover_everything_evenly(count: int, buckets: int) -> None:
    sizes = np.diff([*bucket_starts(count, buckets), count])
    assert sizes.sum() == count
    assert not len(sizes) or (sizes.min() >= 1 and sizes.max() - sizes.min() <= 1)


def test_nothing_has_no_buckets() -> None:
    low, high = envelope(np.empty((2, 0)), 5)
    assert low.shape == high.shape == (2, 0)


def recording_of(samples: Samples) -> Recording:
    channels = tuple(Channel(str(i)) for i in range(len(samples)))
    return Recording("x", Path("x"), channels, samples.shape[1], TimeBase(), ArraySource(samples), "NPY")


def test_a_thumbnail_shows_the_first_channel() -> None:
    samples = np.stack([np.sin(np.arange(1000) * 0.1), np.full(1000, 9.0)])
    low, high = thumbnail(recording_of(samples), 56)
    assert low.shape == high.shape == (56,)
    assert low.min() == samples[0].min()
    assert high.max() == samples[0].max()
    assert thumbnail(recording_of(samples[:, :3]), 56)[0].tolist() == samples[0, :3].tolist()


def test_the_thumbnail_of_a_long_recording_reads_little_of_it() -> None:
    class Counting:
        read_samples = 0

        def read(self, start: int, stop: int) -> Samples:
            self.read_samples += stop - start
            wave: Samples = np.sin(np.arange(start, stop) * 0.01).reshape(1, -1)
            return wave

    source = Counting()
    base = recording_of(np.zeros((1, 1)))
    low, high = thumbnail(Recording("x", base.path, base.channels, 10**9, TimeBase(), source, "NPY"), 56)
    assert low.shape == (56,)
    assert (high >= low).all()
    assert source.read_samples < 100_000


def test_a_thumbnail_of_nothing_but_gaps_is_a_gap(write: Write) -> None:
    (recording,) = open_recordings(write("x,y\n,1\n,2\n"))
    assert np.isnan(thumbnail(recording)[0]).all()


@pytest.mark.parametrize("buckets", [1, 7, 56])
def test_a_gap_stays_a_gap(buckets: int) -> None:
    samples = np.ones((1, 560))
    samples[:, 280:] = np.nan
    low, high = envelope(samples, buckets)
    assert np.isnan(low).tolist() == np.isnan(high).tolist()
    assert np.isnan(low[0, -1]) == (buckets > 1)
