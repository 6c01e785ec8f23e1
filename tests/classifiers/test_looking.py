"""Where a model looked, told by a model of which that is known."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sigdesk.classifiers.looking import looked_at


def answers(windows: NDArray[Any]) -> list[dict[str, Any]]:
    """Loud where samples 60 to 80 are loud."""
    sizes = np.clip(np.abs(windows[:, 0, 60:80]).max(axis=1), 0.0, 1.0).tolist()
    return [{"label": "loud", "probabilities": {"loud": size, "calm": 1.0 - size}} for size in sizes]


def test_the_part_that_decides_is_found() -> None:
    signal = np.zeros((1, 100))
    signal[0, 65] = 0.9
    signal[0, 15] = 5.0

    shares = looked_at(signal, answers(signal[None])[0], answers)

    assert shares == [0.0] * 6 + [0.9] + [0.0] * 3


def test_gaps_are_bridged_and_ends_are_no_trouble() -> None:
    signal = np.linspace(0.0, 1.0, 100)[None].copy()
    signal[0, 30:40] = np.nan

    shares = looked_at(signal, answers(np.ones((1, 1, 100)))[0], answers)

    assert shares is not None
    assert np.isfinite(shares).all()


def test_what_gives_no_probabilities_or_is_too_short_has_none() -> None:
    assert looked_at(np.zeros((1, 100)), {"label": "loud"}, answers) is None
    assert looked_at(np.zeros((1, 9)), {"label": "loud", "probabilities": {"loud": 1.0}}, answers) is None
