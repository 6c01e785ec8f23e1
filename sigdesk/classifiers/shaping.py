"""Windows as the methods want them that look at the samples themselves: all of one length."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sigdesk.classifiers.features import filled

PADDED: Final = "padded-samples-1"
"""Its name in a manifest (`[training] features`); `[training] length` says how many samples."""


def padded(windows: NDArray[Any], length: int) -> NDArray[np.float32]:
    """Windows of shape (n, channels, samples) as float32 of shape (n, channels, length).

    Gaps are bridged by straight lines, what is missing at the end is 0, and what is longer is cut at its end.
    """
    values = filled(windows[..., :length])
    shaped = np.zeros((*values.shape[:2], length), np.float32)
    shaped[..., : values.shape[-1]] = values
    return shaped
