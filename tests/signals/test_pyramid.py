"""The pyramid answers any view as the samples themselves would, at the cost of its pixels."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sigdesk.errors import RecordingError
from sigdesk.signals import ArraySource, Channel, Recording, Samples, TimeBase, open_recordings
from sigdesk.signals.pyramid import BLOCK_BYTES, Pyramid


class Watched:
    """Samples of a wave that are made when they are read; remembers the largest read."""

    def __init__(self, channels: int) -> None:
        self.channels = channels
        self.largest = 0
        self.total = 0

    def read(self, start: int, stop: int) -> Samples:
        self.largest = max(self.largest, (stop - start) * self.channels * 4)
        self.total += stop - start
        wave = np.sin(np.arange(start, stop, dtype=np.float32) * np.float32(1e-3))
        return np.stack([wave * (i + 1) for i in range(self.channels)])


def recording_of(source: Watched | ArraySource, channels: int, length: int) -> Recording:
    named = tuple(Channel(str(i)) for i in range(channels))
    return Recording("x", Path("x"), named, length, TimeBase(), source, "NPY")


def in_memory(samples: Samples) -> Recording:
    return recording_of(ArraySource(samples), *samples.shape)


NOISE = np.random.default_rng(4).normal(size=(2, 3 * 65_536 + 777)).astype(np.float32)
NOISE[0, 70_000:71_000] = np.nan
NOISE[1, 5] = np.inf


@pytest.fixture(scope="module")
def pyramid() -> Pyramid:
    built = Pyramid(in_memory(NOISE))
    assert built.build()
    return built


@settings(max_examples=60, deadline=None)
@given(start=st.integers(-10, NOISE.shape[1]), size=st.integers(0, NOISE.shape[1] + 10), buckets=st.integers(1, 900))
def test_a_view_is_what_its_samples_say(pyramid: Pyramid, start: int, size: int, buckets: int) -> None:
    stop = start + size
    indices, low, high = pyramid.view(start, stop, buckets)
    first, last = max(start, 0), min(stop, NOISE.shape[1])
    if last <= first:
        assert len(indices) == 0
        return
    assert 0 < len(indices) <= buckets
    assert indices[0] == first
    assert (np.diff(indices) > 0).all()
    per_bucket = (last - first) / buckets
    grain = max(grain for grain in (1, *(level.grain for level in pyramid.levels)) if grain <= per_bucket or grain == 1)
    # Buckets begin at whole entries of the level that answers, so the first and the last may reach over the view.
    begins = indices // grain * grain
    for i, (begin, end) in enumerate(zip(begins, [*begins[1:], -(-last // grain) * grain], strict=True)):
        for channel, row in enumerate(NOISE[:, begin:end]):
            known = row[np.isfinite(row)]
            expected = (known.min(), known.max()) if len(known) else (np.nan, np.nan)
            np.testing.assert_array_equal((low[channel, i], high[channel, i]), expected)


def test_the_whole_view_misses_no_peak() -> None:
    for length in (1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 200_000):
        samples = np.zeros((1, length))
        for at in {0, length // 2, length - 1}:
            samples[0, at] = 5.0
            built = Pyramid(in_memory(samples))
            assert built.build()
            for buckets in (1, 2, 100, 1000):
                indices, _, high = built.view(0, length, buckets)
                assert high.max() == 5.0
                peak = int(indices[int(np.argmax(high[0]))])
                assert peak <= at
            samples[0, at] = 0.0


def test_zoomed_in_it_gives_the_samples(pyramid: Pyramid) -> None:
    indices, low, high = pyramid.view(1000, 1010, 100)
    assert indices.tolist() == list(range(1000, 1010))
    np.testing.assert_array_equal(low, NOISE[:, 1000:1010])
    np.testing.assert_array_equal(high, low)


@pytest.mark.parametrize("channels", [1, 8])
def test_fault_32_a_long_recording_is_read_once_in_small_blocks(channels: int) -> None:
    source = Watched(channels)
    length = 5_000_000
    pyramid = Pyramid(recording_of(source, channels, length))
    shares: list[float] = []
    assert pyramid.build(on_progress=shares.append)
    assert source.largest <= BLOCK_BYTES
    assert source.total == length
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    source.largest = source.total = 0
    pyramid.view(0, length, 1600)
    assert source.total == 0
    pyramid.view(length // 2, length // 2 + 255 * 1600, 1600)
    assert source.total == 255 * 1600
    assert source.largest <= BLOCK_BYTES


def test_building_can_be_stopped_and_goes_on_where_it_was() -> None:
    source = Watched(1)
    pyramid = Pyramid(recording_of(source, 1, 3_000_000))
    assert not pyramid.build(lambda: pyramid.built > 1_000_000)
    built = pyramid.built
    assert 1_000_000 < built < 3_000_000
    indices, low, _ = pyramid.view(0, 3_000_000, 1000)
    known = ~np.isnan(low[0])
    assert known[indices < built - 6000].all()
    assert not known[indices > built].any()
    source.total = 0
    assert pyramid.build()
    assert source.total == 3_000_000 - built
    assert not np.isnan(pyramid.view(0, 3_000_000, 1000)[1]).any()


def test_before_anything_is_built_a_far_view_is_a_gap_and_a_near_one_is_read() -> None:
    source = Watched(1)
    pyramid = Pyramid(recording_of(source, 1, 10**9))
    assert np.isnan(pyramid.view(0, 10**9, 100)[1]).all()
    assert source.total == 0
    assert not np.isnan(pyramid.view(500, 900, 100)[1]).any()


def test_views_are_answered_while_another_thread_builds() -> None:
    pyramid = Pyramid(recording_of(Watched(2), 2, 4_000_000))
    builder = threading.Thread(target=pyramid.build)
    builder.start()
    while builder.is_alive():
        built = pyramid.built
        indices, low, high = pyramid.view(0, 4_000_000, 500)
        done = indices < built - 8000
        assert (low[:, done] <= high[:, done]).all()
    builder.join()
    assert not np.isnan(pyramid.view(0, 4_000_000, 500)[1]).any()


def test_fault_37_a_file_that_goes_away_while_it_is_built_says_so(tmp_path: Path) -> None:
    path = tmp_path / "long.npy"
    np.save(path, np.zeros(3_000_000, dtype=np.float32))
    (recording,) = open_recordings(path)
    pyramid = Pyramid(recording)
    with pytest.raises(RecordingError, match=r"long\.npy is no longer"):
        pyramid.build(on_progress=lambda _: path.unlink(missing_ok=True))
