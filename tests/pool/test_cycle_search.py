"""Python's search for cycles is rare while a pool has many jobs, and as it was when none has."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from sigdesk.pool.cycle_search import MANY_JOBS, RARE, CycleSearch

USUAL = (700, 60, 10)


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*USUAL)
    yield
    gc.set_threshold(*before)


def test_it_is_rare_from_many_jobs_on_until_none_is_left() -> None:
    search = CycleSearch()
    search.suit(MANY_JOBS - 1)
    assert gc.get_threshold() == USUAL
    search.suit(MANY_JOBS)
    assert gc.get_threshold() == RARE, "in small portions: all that is young is looked through at once"
    search.suit(1)
    assert gc.get_threshold() != USUAL
    search.suit(0)
    assert gc.get_threshold() == USUAL


def test_it_is_as_it_was_once_no_pool_has_many_jobs() -> None:
    one, other = CycleSearch(), CycleSearch()
    one.suit(MANY_JOBS)
    other.suit(MANY_JOBS)
    one.suit(0)
    assert gc.get_threshold() != USUAL
    other.suit(0)
    assert gc.get_threshold() == USUAL
