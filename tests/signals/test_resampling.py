"""Samples at another rate: a sine stays the sine that it was, and what is too quick for a rate is averaged away."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sigdesk.signals.resampling import resampled, same_rate


def sine(frequency_hz: float, rate_hz: float, seconds: float = 2.0) -> NDArray[np.float64]:
    return np.asarray(np.sin(2 * np.pi * frequency_hz * np.arange(round(seconds * rate_hz)) / rate_hz)[None])


@pytest.mark.parametrize(("from_hz", "to_hz"), [(1000.0, 360.0), (1000.0, 250.0), (100.0, 360.0), (44100.0, 1000.0)])
def test_a_slow_sine_stays_what_it_was(from_hz: float, to_hz: float) -> None:
    found = resampled(sine(3.0, from_hz), from_hz, to_hz)

    assert found.shape == (1, round(2 * to_hz))
    # An average lies at the middle of its stretch: half a sample of the new rate later.
    late = 0.5 / to_hz - 0.5 / from_hz if to_hz < from_hz else 0.0
    expected = np.sin(2 * np.pi * 3.0 * (np.arange(found.shape[1]) / to_hz + late))
    np.testing.assert_allclose(found[0, 1:-8], expected[1:-8], atol=0.02)


def test_what_is_too_quick_does_not_come_back_as_something_slow() -> None:
    assert np.abs(resampled(sine(190.0, 1000.0), 1000.0, 100.0)).max() < 0.3


@pytest.mark.parametrize(("one", "other", "same"), [(100.0, 100.05, True), (100.0, 101.0, False), (None, 100.0, False)])
def test_rates_that_were_read_off_times_are_never_exact(one: float | None, other: float | None, same: bool) -> None:
    assert same_rate(one, other) is same


def test_two_unknown_rates_are_taken_for_one() -> None:
    assert same_rate(None, None)
