"""The labels of a lane, quick to ask where they lie on the screen, also where there are thousands and they overlap."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from sigdesk.app.rows import LabelSpan
from sigdesk.ui.plots.stretch import Scale

_NEAR: Final = 1.0
"""Pixels beside a label at which it is still meant: one of a few samples is no wider than a line."""


class SpanIndex:
    """Labels in order of their start, the longer one first, so that a shorter one lies on top of it."""

    def __init__(self, spans: Iterable[LabelSpan] = ()) -> None:
        self.spans = tuple(sorted(spans, key=lambda span: (span.start, -span.stop)))
        count = len(self.spans)
        self._starts = np.fromiter((span.start for span in self.spans), np.float64, count)
        self._stops = np.fromiter((span.stop for span in self.spans), np.float64, count)
        self._places = {span.id: place for place, span in enumerate(self.spans)}

    def find(self, label_id: str) -> LabelSpan | None:
        place = self._places.get(label_id)
        return None if place is None else self.spans[place]

    def between(self, first_id: str, last_id: str) -> list[LabelSpan]:
        """The labels from one to another, both included, in order."""
        first, last = sorted((self._places[first_id], self._places[last_id]))
        return list(self.spans[first : last + 1])

    def in_view(self, scale: Scale) -> list[LabelSpan]:
        """The labels to paint. Of those that cover the same pixels only the first, so they are never more than there
        are pixels to tell them apart."""
        visible, pixel = scale.visible, scale.per_pixel
        found = self._touching(visible.start, visible.stop)
        left = np.floor((np.maximum(self._starts[found], visible.start) - visible.start) / pixel)
        right = np.floor((np.minimum(self._stops[found], visible.stop) - visible.start) / pixel)
        right[right <= left + 1] = -1  # what is no wider than a line needs no telling apart by its end
        _, first = np.unique(left * (scale.width + 3) + right, return_index=True)
        return [self.spans[place] for place in found[np.sort(first)].tolist()]

    def at(self, scale: Scale, x: float) -> LabelSpan | None:
        """The label at a pixel: of several the shortest, for it lies on top."""
        reach = _NEAR * scale.per_pixel
        time = scale.time(x)
        found = self._touching(time - reach, time + reach)
        if not len(found):
            return None
        return self.spans[int(found[np.argmin(self._stops[found] - self._starts[found])])]

    def _touching(self, start: float, stop: float) -> np.ndarray:
        end = int(np.searchsorted(self._starts, stop, side="right"))
        return np.flatnonzero(self._stops[:end] >= start)
