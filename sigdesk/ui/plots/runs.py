"""Neighbouring labels of one class become one run, which is what overview, tints and coloured traces draw."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from msgspec import Struct

from sigdesk.app.rows import ClassMark, LabelSpan
from sigdesk.ui.plots.stretch import Stretch


class Placed(Protocol):
    """What lies on the time axis."""

    @property
    def start(self) -> float: ...
    @property
    def stop(self) -> float: ...


_P = TypeVar("_P", bound=Placed)


class Run(Struct, frozen=True):
    """A class from `start` to `stop` on the time axis; `confidence` is the mean over its time, or None."""

    start: float
    stop: float
    mark: ClassMark
    confidence: float | None


def merged_runs(spans: Iterable[LabelSpan]) -> tuple[Run, ...]:
    """The runs of labels, in order of time. Where labels overlap, a run ends where the next label begins."""
    runs: list[Run] = []
    for span in sorted(spans, key=lambda span: (span.start, span.stop)):
        if span.stop <= span.start:
            continue
        last = runs[-1] if runs else None
        if last is not None and last.mark == span.mark and span.start <= _reach(last, span):
            runs[-1] = Run(last.start, max(last.stop, span.stop), span.mark, _mean(last, span))
            continue
        if last is not None and last.stop > span.start:
            runs[-1] = Run(last.start, span.start, last.mark, last.confidence)
        runs.append(Run(span.start, span.stop, span.mark, span.confidence))
    return tuple(runs)


def in_view(items: Sequence[_P], stretch: Stretch, least: float = 0.0) -> Iterator[_P]:
    """Those items, in order and without overlap, that touch a stretch.

    Of items that begin within `least` of each other only the first is handed out, so that a hundred thousand of them
    cost no more than the pixels they lie on.
    """
    place = max(bisect_right(items, stretch.start, key=lambda item: item.start) - 1, 0)
    while place < len(items) and items[place].start <= stretch.stop:
        item = items[place]
        if item.stop >= stretch.start:
            yield item
        place = max(place + 1, bisect_right(items, item.start + least, key=lambda item: item.start) - 1)


def _reach(run: Run, span: LabelSpan) -> float:
    """Windows are cut at whole samples, so neighbours may miss each other by a hair."""
    return run.stop + 1e-6 * (span.stop - span.start)


def _mean(run: Run, span: LabelSpan) -> float | None:
    if run.confidence is None or span.confidence is None:
        return None
    before, more = run.stop - run.start, max(span.stop - run.stop, 0.0)
    return (run.confidence * before + span.confidence * more) / (before + more)
