"""The shelf keeps what was parsed while it fits, and never more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from sigdesk.signals import Samples, Shelf, open_recordings
from tests.signals.conftest import Write


def samples(value: float, count: int = 10) -> Samples:
    return np.full((1, count), value)


def test_samples_are_loaded_once_while_they_fit() -> None:
    shelf = Shelf(budget_bytes=1000)
    loads: list[str] = []

    def load() -> Samples:
        loads.append("loaded")
        return samples(1.0)

    assert shelf.take("a", load) is shelf.take("a", load)
    assert loads == ["loaded"]


def test_what_was_used_longest_ago_makes_room() -> None:
    shelf = Shelf(budget_bytes=200)
    shelf.put("a", samples(1))
    shelf.put("b", samples(2))
    shelf.take("a", lambda: samples(-1))
    shelf.put("c", samples(3))
    assert shelf.held_bytes == 160
    assert shelf.take("a", lambda: samples(-1))[0, 0] == 1
    assert shelf.take("b", lambda: samples(-1))[0, 0] == -1


def test_samples_larger_than_the_shelf_are_handed_on_and_not_kept() -> None:
    shelf = Shelf(budget_bytes=100)
    assert shelf.take("a", lambda: samples(1, 1000)).shape == (1, 1000)
    assert shelf.held_bytes == 0


def test_the_same_key_again_replaces_and_does_not_add() -> None:
    shelf = Shelf()
    shelf.put("a", samples(1))
    shelf.put("a", samples(2, 20))
    assert shelf.held_bytes == 160


def test_many_threads_stay_within_the_budget() -> None:
    shelf = Shelf(budget_bytes=800)
    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(lambda i: float(shelf.take(i % 30, lambda: samples(i % 30))[0, 0]), range(3000)))
    assert got == [i % 30 for i in range(3000)]
    assert shelf.held_bytes <= 800


def test_tables_that_left_the_shelf_are_read_again(write: Write) -> None:
    shelf = Shelf(budget_bytes=500)
    paths = [write("x\n" + f"{i}\n" * 50, f"{i}.csv") for i in range(10)]
    recordings = [open_recordings(path, shelf)[0] for path in paths]
    assert shelf.held_bytes <= 500
    for i, recording in enumerate(recordings):
        assert recording.read(10, 12).tolist() == [[i, i]]


def test_nobody_can_change_what_lies_on_the_shelf(write: Write) -> None:
    (recording,) = open_recordings(write("x\n1\n2\n"))
    assert not recording.read().flags.writeable
