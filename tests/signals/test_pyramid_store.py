"""Pyramids on disk: a recording that was looked at is whole at once, and nothing but its own pyramid is ever shown."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from sigdesk.signals import open_recordings
from sigdesk.signals.pyramid import Pyramid
from sigdesk.signals.pyramid_store import SUFFIX, WORTH_SAMPLES, PyramidStore
from sigdesk.signals.recording import Recording
from tests.full_disk import full_after

LENGTH = WORTH_SAMPLES + 777


@pytest.fixture
def long_file(tmp_path: Path) -> Path:
    path = tmp_path / "long.npy"
    samples = np.random.default_rng(5).normal(size=LENGTH).astype(np.float32)
    samples[1000:1300] = np.nan
    np.save(path, samples)
    return path


@pytest.fixture
def store(tmp_path: Path) -> PyramidStore:
    return PyramidStore(tmp_path / "cache")


def opened(path: Path) -> Recording:
    (recording,) = open_recordings(path)
    return recording


def kept(store: PyramidStore, path: Path) -> Pyramid:
    pyramid = Pyramid(opened(path))
    pyramid.build()
    store.save(pyramid)
    return pyramid


def cache_files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache").iterdir())


def test_a_kept_pyramid_shows_what_the_built_one_shows(store: PyramidStore, long_file: Path) -> None:
    built = kept(store, long_file)

    found = store.load(opened(long_file))

    assert found is not None
    assert found.is_whole
    for start, stop, buckets in ((0, LENGTH, 800), (900, 900_000, 1000), (5, 600, 100)):
        for mine, theirs in zip(found.view(start, stop, buckets), built.view(start, stop, buckets), strict=True):
            np.testing.assert_array_equal(mine, theirs)


def test_a_changed_file_has_no_pyramid(store: PyramidStore, long_file: Path) -> None:
    kept(store, long_file)
    before = long_file.stat()
    with long_file.open("r+b") as file:
        file.seek(9_000_000)
        file.write(b"\0\0\0\0")
    assert store.load(opened(long_file)) is None

    # The same bytes at the same time, at another place: it is the content that counts.
    moved = long_file.with_name("moved.npy")
    kept(store, long_file)
    long_file.rename(moved)
    assert store.load(opened(moved)) is not None
    os.utime(moved, ns=(before.st_atime_ns, before.st_mtime_ns - 10**9))
    assert store.load(opened(moved)) is None


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other"])
def test_a_damaged_file_of_the_cache_is_as_good_as_none(
    tmp_path: Path, store: PyramidStore, long_file: Path, damage: str
) -> None:
    kept(store, long_file)
    (file,) = cache_files(tmp_path)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    wrong: dict[str, bytes | bytearray] = {
        "cut": data[: len(data) // 2],
        "flipped": data,
        "empty": b"",
        "other": b"something else\n",
    }
    file.write_bytes(wrong[damage])

    assert store.load(opened(long_file)) is None
    assert cache_files(tmp_path) == []


def test_short_recordings_are_not_kept(tmp_path: Path, store: PyramidStore) -> None:
    path = tmp_path / "short.npy"
    np.save(path, np.zeros(10_000))

    kept(store, path)

    assert not (tmp_path / "cache").exists()


def test_half_a_pyramid_is_not_kept(
    tmp_path: Path, store: PyramidStore, long_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sigdesk.signals.pyramid.BLOCK_BYTES", 1024**2)
    pyramid = Pyramid(opened(long_file))
    blocks = iter([False, False, True])
    assert not pyramid.build(lambda: next(blocks))

    store.save(pyramid)

    assert not (tmp_path / "cache").exists()


def test_the_cache_is_bounded_and_the_least_used_goes_first(tmp_path: Path, long_file: Path) -> None:
    other, third = (long_file.with_name(name) for name in ("other.npy", "third.npy"))
    for path, value in ((other, 1.0), (third, 2.0)):
        np.save(path, np.full(LENGTH, value, np.float32))
    size = kept(PyramidStore(tmp_path / "cache"), long_file).stored_bytes
    store = PyramidStore(tmp_path / "cache", kept_bytes=int(2.5 * size))
    kept(store, other)
    for number, path in enumerate(cache_files(tmp_path)):
        os.utime(path, (number, number))
    assert store.load(opened(long_file)) is not None, "and so it was used last"

    kept(store, third)

    assert store.load(opened(long_file)) is not None
    assert store.load(opened(third)) is not None
    assert store.load(opened(other)) is None
    assert all(path.suffix == SUFFIX for path in cache_files(tmp_path))


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path, long_file: Path) -> None:
    (tmp_path / "cache").write_text("a file stands where the folder should")
    store = PyramidStore(tmp_path / "cache")

    kept(store, long_file)

    assert store.load(opened(long_file)) is None


def test_a_full_disk_costs_nothing_but_time(tmp_path: Path, store: PyramidStore, long_file: Path) -> None:
    with full_after(10_000):
        built = kept(store, long_file)
    assert built.is_whole
    assert store.load(opened(long_file)) is None
    assert cache_files(tmp_path) == [], "no half-written one"
    kept(store, long_file)
    assert store.load(opened(long_file)) is not None, "and with room again there is one"
