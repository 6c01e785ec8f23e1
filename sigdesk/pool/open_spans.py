"""Jobs that have not ended, in spans: consecutive numbers that have come equally far, as those of a batch mostly have.

What happens to a thousand jobs at once is then written and remembered as one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from sigdesk.pool.journal_rows import Course, course_sum, span_sum


class Span(NamedTuple):
    """Jobs `first` to `last`, which the run `owner` works on."""

    first: int
    last: int
    owner: str
    course: Course


class Change(NamedTuple):
    """Spans that are gone, in the order of their numbers, and what stands in their place: what is left of them, and
    those parts that have come farther (none of what has ended)."""

    gone: list[Span]
    left: list[Span]
    moved: list[Span]


class OpenSpans:
    """Spans by their numbers. None has a number in common with another."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._spans = {span.first: span for span in spans}
        self._firsts = sorted(self._spans)

    def at(self, number: int) -> Span | None:
        """The span in which a number stands; None for a job that is not among them."""
        place = bisect_right(self._firsts, number) - 1
        span = self._spans[self._firsts[place]] if place >= 0 else None
        return span if span is not None and number <= span.last else None

    def change(
        self, numbers: Iterable[int], change: Callable[[Course], Course] | None, owner: str | None = None
    ) -> Change:
        """What comes of it when jobs go on, or end where `change` is None; `owner` takes them over. Those that are not
        among them are passed over."""
        cuts: dict[int, list[tuple[int, int]]] = {}
        for first, last in _runs(numbers):
            place = max(bisect_right(self._firsts, first) - 1, 0)
            for start in self._firsts[place : bisect_right(self._firsts, last)]:
                span = self._spans[start]
                if span.last >= first:
                    cuts.setdefault(start, []).append((max(first, start), min(last, span.last)))
        changed = Change([], [], [])
        after: dict[int, Course] = {}  # worked out once for all that had the same
        for start, parts in cuts.items():
            span = self._spans[start]
            changed.gone.append(span)
            changed.left.extend(_rest(span, parts))
            if change is not None:
                if id(span.course) not in after:
                    after[id(span.course)] = change(span.course)
                course = after[id(span.course)]
                changed.moved.extend(Span(first, last, owner or span.owner, course) for first, last in parts)
        return changed

    def apply(self, change: Change) -> None:
        """Let it have happened."""
        new = {span.first: span for span in (*change.left, *change.moved)}
        if not change.gone and not new:
            return
        ends = [span.first for span in change.gone] or sorted(new)
        start, stop = bisect_right(self._firsts, ends[0] - 1), bisect_right(self._firsts, ends[-1])
        for span in change.gone:
            del self._spans[span.first]
        self._spans |= new
        untouched = {first for first in self._firsts[start:stop] if first in self._spans}
        self._firsts[start:stop] = sorted(untouched | new.keys())


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Consecutive numbers, by the first and the last of each run."""
    ordered = sorted(set(numbers))
    if not ordered:
        return
    first = last = ordered[0]
    if ordered[-1] - first < len(ordered):
        last = ordered[-1]  # all of them are one, mostly
    else:
        for number in ordered[1:]:
            if number > last + 1:
                yield first, last
                first = number
            last = number
    yield first, last


def _rest(span: Span, parts: list[tuple[int, int]]) -> Iterator[Span]:
    """What is left of a span without these parts of it, which are in order."""
    at = span.first
    for first, last in parts:
        if at < first:
            yield span._replace(first=at, last=first - 1)
        at = last + 1
    if at <= span.last:
        yield span._replace(first=at)


def in_spans(jobs: Iterable[tuple[int, str, Course]]) -> Iterator[Span]:
    """Jobs in the order of their numbers, each with its owner and how far it has come, in as few spans as may be."""
    span: Span | None = None
    for number, owner, course in jobs:
        if span is not None and (number, owner, course) == (span.last + 1, span.owner, span.course):
            span = span._replace(last=number)
        else:
            if span is not None:
                yield span
            span = Span(number, number, owner, course)
    if span is not None:
        yield span


def span_rows(spans: Iterable[Span]) -> list[tuple[Any, ...]]:
    """What is written of spans: the columns of `open_jobs`."""
    rows: list[tuple[Any, ...]] = []
    course: Course | None = None
    total = 0
    for span in spans:
        if span.course is not course:
            course, total = span.course, course_sum(span.course)
        rows.append((span.first, span.last, span.owner, *span.course, span_sum(span.first, span.last, total)))
    return rows
