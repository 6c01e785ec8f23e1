"""An operator's labels as training data: which stretches of a signal stand for which class."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from sigdesk.classifiers.training.plan import Source
from sigdesk.signals.recording import Recording
from sigdesk.signals.tables.shape import table_of


class LabelledStretch(Protocol):
    """What a training asks of a label; `start` and `stop` are times on the recording's time base (s, or sample
    numbers where it names no time)."""

    @property
    def start(self) -> float: ...
    @property
    def stop(self) -> float: ...
    @property
    def class_name(self) -> str: ...
    @property
    def by_model(self) -> bool: ...


def stretch_sources(recording: Recording, labels: Iterable[LabelledStretch]) -> list[Source]:
    """A source for every stretch of the recording to which the operator gave a class, in the order of `labels`.

    What a model said is left out: one that the operator accepted or corrected has a label of the operator's beside it.
    So are events, which have no length, and what lies outside the signal. Stretches of one signal are never split
    between training and test.
    """
    times, table = recording.time_base, table_of(recording)
    found = []
    for label in labels:
        if label.by_model:
            continue
        start = max(0, times.index_of(label.start))
        stop = min(recording.length, times.index_of(label.stop))
        if stop > start:
            found.append(Source(recording.path, label.class_name, recording.item, start, stop, table=table))
    return found
