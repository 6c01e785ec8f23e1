"""Neighbouring labels of one class become one run, which is what overview, tints and coloured traces draw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sigdesk.app.rows import ClassMark, LabelSpan


@dataclass(frozen=True, slots=True)
class Run:
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


def _reach(run: Run, span: LabelSpan) -> float:
    """Windows are cut at whole samples, so neighbours may miss each other by a hair."""
    return run.stop + 1e-6 * (span.stop - span.start)


def _mean(run: Run, span: LabelSpan) -> float | None:
    if run.confidence is None or span.confidence is None:
        return None
    before, more = run.stop - run.start, max(span.stop - run.stop, 0.0)
    return (run.confidence * before + span.confidence * more) / (before + more)
