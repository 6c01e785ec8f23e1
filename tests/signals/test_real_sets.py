"""The archive's own files, read from whichever package is installed that carries them; nothing is imported from it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from sigdesk.signals import open_recordings


def data_folder(package: str) -> Path:
    """The data folder of an installed package, found without running its code."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        pytest.skip(f"{package} is not installed, so its data sets are not here")
    return Path(found.submodule_search_locations[0]) / "datasets" / "data"


def test_plaid_from_sktime() -> None:
    folder = data_folder("sktime") / "PLAID"
    train, test = (open_recordings(folder / f"PLAID_{half}.ts") for half in ("TRAIN", "TEST"))
    assert (len(train), len(test)) == (537, 537)
    assert {each.label for each in train} == {str(number) for number in range(11)}
    assert min(each.length for each in train + test) == 100
    assert max(each.length for each in train + test) == 1344
    assert test[0].name == "PLAID_TEST 001"
    np.testing.assert_array_equal(test[0].read(0, 3), [[-0.021696, 0.0087359, -0.019571]])


def test_basic_motions_from_sktime() -> None:
    recordings = open_recordings(data_folder("sktime") / "BasicMotions" / "BasicMotions_TRAIN.ts")
    assert len(recordings) == 40
    assert all(each.read().shape == (6, 100) for each in recordings)
    assert {each.label for each in recordings} == {"Standing", "Running", "Walking", "Badminton"}


def test_an_ecg_in_csv_from_sktime() -> None:
    (recording,) = open_recordings(data_folder("sktime") / "mitdb" / "mitdb.csv")
    assert [channel.name for channel in recording.channels] == ["data", "label"]
    assert recording.length == 7500


@pytest.mark.parametrize(("name", "count"), [("GunPoint", 50), ("ArrowHead", 36)])
def test_the_same_set_in_three_formats_from_aeon(name: str, count: int) -> None:
    folder = data_folder("aeon") / name
    sets = [open_recordings(folder / f"{name}_TRAIN{suffix}") for suffix in (".ts", ".tsv", ".arff")]
    for recordings in zip(*sets, strict=True):
        first, *others = [each.read() for each in recordings]
        for other in others:
            np.testing.assert_array_equal(first, other)
        assert len({each.label for each in recordings}) == 1
    assert len(sets[0]) == count


def test_a_set_of_several_channels_in_two_formats_from_aeon() -> None:
    folder = data_folder("aeon") / "BasicMotions"
    for ts, arff in zip(
        open_recordings(folder / "BasicMotions_TRAIN.ts"),
        open_recordings(folder / "BasicMotions_TRAIN.arff"),
        strict=True,
    ):
        assert ts.label == arff.label
        np.testing.assert_allclose(ts.read(), arff.read(), atol=1e-6)
