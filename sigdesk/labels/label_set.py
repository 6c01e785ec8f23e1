"""The labels of one signal, in order of time, quick to ask also where there are tens of thousands of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sigdesk.labels.label import Label

_MANY: Final = 64
"""From so many changes at once on, sorting anew is cheaper than finding a place for each."""


_FEW: Final = 8
"""So many labels are quicker looked through than put into an index or an array, which take ten times their room."""


class LabelSet:
    """Labels by their start; they may overlap. What is asked of it costs the logarithm of their number, or what comes
    of it: the arrays that overlapping labels need are made once after a change."""

    __slots__ = ("_by_id", "_edges", "_order", "_stops")

    def __init__(self, labels: Iterable[Label] = ()) -> None:
        self._order: list[Label] = sorted({label.id: label for label in labels}.values(), key=_order)
        self._by_id: dict[str, Label] | None = None  # made when somebody looks for one of many
        self._stops: NDArray[np.float64] | None = None
        self._edges: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Label]:
        return iter(self._order)

    def __contains__(self, label_id: str) -> bool:
        return self.find(label_id) is not None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LabelSet) and self._order == other._order

    __hash__ = None  # type: ignore[assignment]

    def find(self, label_id: str) -> Label | None:
        if len(self._order) <= _FEW:  # as most signals have, of which there are thousands
            return next((label for label in self._order if label.id == label_id), None)
        if self._by_id is None:
            self._by_id = {label.id: label for label in self._order}
        return self._by_id.get(label_id)

    def change(self, gone: Iterable[str], put: Iterable[Label]) -> None:
        """Take labels out by their ids, and put others in; one with an id that is there already takes its place."""
        coming = {label.id: label for label in put}
        leaving = {label.id: label for label in map(self.find, {*gone, *coming}) if label is not None}
        if len(leaving) + len(coming) > _MANY:
            stay = [label for label in self._order if label.id not in leaving]
            self._order = sorted([*stay, *coming.values()], key=_order)
        else:
            for label in leaving.values():
                del self._order[bisect_left(self._order, label.order, key=_order)]
            for label in coming.values():
                self._order.insert(bisect_left(self._order, label.order, key=_order), label)
        if self._by_id is not None:
            for label_id in leaving:
                del self._by_id[label_id]
            self._by_id.update(coming)
        self._stops = self._edges = None

    def between(self, start: float, stop: float) -> list[Label]:
        """Labels that touch `start` to `stop`, in order."""
        end = bisect_right(self._order, stop, key=_start)
        if end <= _FEW:
            return [label for label in self._order[:end] if label.stop >= start]
        found = np.flatnonzero(self._all_stops()[:end] >= start)
        order = self._order
        return [order[place] for place in found.tolist()]

    def at(self, time: float) -> list[Label]:
        """Labels over a time, the shortest first: with a long one under it, the short one is meant."""
        return sorted(self.between(time, time), key=lambda label: label.stop - label.start)

    def edge_after(self, time: float) -> float | None:
        """The nearest start or end of a label after `time`."""
        edges = self._all_edges()
        place = int(np.searchsorted(edges, time, side="right"))
        return float(edges[place]) if place < len(edges) else None

    def edge_before(self, time: float) -> float | None:
        """The nearest start or end of a label before `time`."""
        edges = self._all_edges()
        place = int(np.searchsorted(edges, time, side="left")) - 1
        return float(edges[place]) if place >= 0 else None

    def next(self, after: Label | float, wanted: Callable[[Label], bool] = lambda _: True) -> Label | None:
        """The first wanted label behind a label, or the first that starts after a time."""
        place = (
            bisect_right(self._order, after.order, key=_order)
            if isinstance(after, Label)
            else bisect_right(self._order, after, key=_start)
        )
        return next((label for label in self._order[place:] if wanted(label)), None)

    def previous(self, before: Label | float, wanted: Callable[[Label], bool] = lambda _: True) -> Label | None:
        """The last wanted label in front of a label, or the last that starts before a time."""
        place = (
            bisect_left(self._order, before.order, key=_order)
            if isinstance(before, Label)
            else bisect_left(self._order, before, key=_start)
        )
        return next((label for label in reversed(self._order[:place]) if wanted(label)), None)

    def _all_stops(self) -> NDArray[np.float64]:
        if self._stops is None:
            self._stops = np.fromiter((label.stop for label in self._order), np.float64, len(self._order))
        return self._stops

    def _all_edges(self) -> NDArray[np.float64]:
        if self._edges is None:
            starts = np.fromiter((label.start for label in self._order), np.float64, len(self._order))
            self._edges = np.unique(np.concatenate([starts, self._all_stops()]))
        return self._edges


def _order(label: Label) -> tuple[float, float, str]:
    return label.order


def _start(label: Label) -> float:
    return label.start
