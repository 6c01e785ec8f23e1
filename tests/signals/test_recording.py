"""Recordings, their time base, and what makes samples unusable for a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sigdesk.errors import RecordingError
from sigdesk.signals import ArraySource, Channel, Recording, TimeBase
from sigdesk.signals.checks import unusable_reason


def test_a_rate_makes_times_of_indices_and_back() -> None:
    base = TimeBase(rate_hz=1000)
    assert base.time_of(500) == 0.5
    assert base.index_of(0.5) == 500
    assert base.index_of(0.50001) == 501
    assert base.times_of(2, 4).tolist() == [0.002, 0.003]
    assert base.unit == "s"
    for rate in (44_100, 30_000, 3.0):
        for index in range(2000):
            assert TimeBase(rate_hz=rate).index_of(TimeBase(rate_hz=rate).time_of(index)) == index


def test_explicit_times_are_looked_up() -> None:
    base = TimeBase(times=np.array([0.0, 1.0, 4.0]))
    assert base.time_of(1) == 1.0
    assert base.time_of(1.5) == 2.5
    assert base.index_of(1.0) == 1
    assert base.index_of(1.5) == 2
    assert base.index_of(9.0) == 3


def test_without_a_time_the_sample_number_stands_in() -> None:
    base = TimeBase()
    assert base.unit == ""
    assert base.time_of(7) == 7.0
    assert base.index_of(7.0) == 7


def test_a_stretch_outside_is_refused() -> None:
    recording = Recording("x", Path("x"), (Channel("a"),), 5, TimeBase(), ArraySource(np.zeros((1, 5))), "NPY")
    assert recording.read().shape == (1, 5)
    for start, stop in ((-1, 3), (0, 6), (4, 2)):
        with pytest.raises(RecordingError, match="it has 5"):
            recording.read(start, stop)


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        (np.zeros((1, 0)), "is empty"),
        (np.zeros((0, 5)), "no channel"),
        (np.zeros((3, 1)), "one sample only"),
        (np.full((2, 500), np.nan), "no number"),
        (np.full((2, 500), np.inf), "no number"),
        (np.array([[np.nan, -np.inf]]), "no number"),
        (np.zeros((1, 5), dtype=complex), "complex"),
        (np.zeros((1, 5), dtype=object), "not numbers"),
        (np.zeros((2, 2, 2)), "3 dimensions"),
    ],
)
def test_fault_31_what_no_model_can_judge_says_why(samples: Any, words: str) -> None:
    reason = unusable_reason(samples)
    assert reason is not None
    assert words in reason


def test_fault_31_constant_signals_and_signals_with_gaps_are_signals() -> None:
    assert unusable_reason(np.zeros((1, 2))) is None
    gap = np.full((2, 1000), np.nan)
    gap[1, 999] = 3.0
    assert unusable_reason(gap) is None
