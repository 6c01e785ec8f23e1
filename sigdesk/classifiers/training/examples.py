"""The signals that a model is trained on: from labelled sets, from folders of classes and from single stretches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from sigdesk.classifiers.training.plan import Source
from sigdesk.errors import ModelError, RecordingError
from sigdesk.signals import Shelf, open_recordings
from sigdesk.signals.checks import unusable_reason
from sigdesk.signals.describe import format_count, printable_name, stretch_text
from sigdesk.signals.discovery import signal_files
from sigdesk.signals.recording import Recording, Samples, TimeBase
from sigdesk.signals.resampling import resampled, same_rate

Warn = Callable[[str], None]

FEWEST_OF_A_CLASS: Final = 2
MOST_VALUES: Final = 400_000_000
"""All samples of a training stand in memory at once, as every method wants them: 3.2 GB."""
_WHERE = "Name a labelled set (.ts, .tsv, .arff), or a folder with a folder a class."


class Example(Struct, frozen=True):
    """A signal, or a stretch of one, with its class. `samples` has shape (channels, samples), in the file's units."""

    samples: Samples
    label: str
    name: str
    path: Path
    item: str
    start: int
    stop: int
    rate_hz: float | None
    units: tuple[str, ...]
    group: str = ""
    judged: bool = True
    """Whether it may have a part in the judgement; the delivered model learns from it in any case."""
    stretch: str = ""
    """From when to when it is, in words; "" for a whole signal."""

    @property
    def signal(self) -> tuple[str, str, str]:
        """Which signal it is of. Stretches of one signal resemble each other, so they are never split for a test."""
        return (str(self.path), self.item, self.group)

    @property
    def title(self) -> str:
        """What operators know it by: "run.csv, 9.80 − 12.40 s"."""
        return f"{self.name}, {self.stretch}" if self.stretch else self.name


def read_examples(sources: Sequence[Source], warn: Warn, rate_hz: float | None = None) -> list[Example]:
    """Read all labelled signals; what cannot be used is left out and told to `warn`. `rate_hz` is that of signals whose
    files name none.

    Raises RecordingError for a file that cannot be read, ModelError where nothing says which class a signal has, and
    where there is more than memory should hold.
    """
    shelf = Shelf()
    examples: list[Example] = []
    values = 0
    for example in _examples(sources, shelf, warn):
        values += example.samples.size
        if values > MOST_VALUES:
            raise ModelError(
                f"The signals hold over {format_count(MOST_VALUES)} values, more than a training keeps in memory.",
                "Train on fewer or shorter signals.",
            )
        examples.append(example if example.rate_hz is not None else replace(example, rate_hz=rate_hz))
    return examples


def same_kind(examples: Sequence[Example], warn: Warn, *, resample: bool) -> list[Example]:
    """The examples as one method can take them: as many channels each, one sample rate.

    Raises ModelError, in the operator's words, when they are of several kinds, or of one class.
    """
    if not examples:
        raise ModelError("No labelled signal was found.", _WHERE)
    counts = Counter(len(example.samples) for example in examples)
    if len(counts) > 1:
        kinds = " and ".join(f"{format_count(number)} of {count}" for count, number in sorted(counts.items()))
        raise ModelError(f"The signals have different numbers of channels ({kinds}).", "Train on signals of one kind.")
    examples = _at_one_rate(examples, warn, resample=resample)
    if len({example.label for example in examples}) < 2:
        raise ModelError(
            f"All signals are labelled {examples[0].label!r}: there is nothing to tell apart.",
            "Add signals of another class.",
        )
    return list(examples)


def check_counts(examples: Sequence[Example]) -> None:
    """Raises ModelError where a class has fewer signals than it takes to learn from one and test on another."""
    labels = {example.label for example in examples}
    signals = {label: len({one.signal for one in examples if one.label == label}) for label in labels}
    few = [label for label, number in signals.items() if number < FEWEST_OF_A_CLASS]
    if few:
        raise ModelError(
            f"Too few signals are labelled {', '.join(map(repr, sorted(few)))}: a class needs two signals at least.",
            "Label some more, or leave the class out.",
        )


def _examples(sources: Sequence[Source], shelf: Shelf, warn: Warn) -> Iterator[Example]:
    """Stretches that follow each other in one file share one opening of it."""
    for (path, stretches), some in groupby(sources, key=lambda source: (source.path, bool(source.label))):
        if stretches:
            yield from _stretches(path, some, shelf, warn)
            continue
        for _ in some:
            yield from _folder(path, shelf, warn) if path.is_dir() else _labelled_set(path, shelf, warn)


def _stretches(path: Path, sources: Iterable[Source], shelf: Shelf, warn: Warn) -> Iterator[Example]:
    first, *others = sources
    recordings = {one.item: one for one in open_recordings(path.absolute(), shelf, table=first.table)}
    for source in (first, *others):
        recording = recordings.get(source.item)
        if recording is None or (source.stop or 0) > recording.length or source.start >= recording.length:
            what = f"signal {source.item!r}" if recording is None else "stretch that is labelled"
            raise RecordingError(
                f"{printable_name(str(path))} has no {what} any more.", "Open the file again, then train again."
            )
        for example in _example(recording, source.label, warn, source.start, source.stop):
            yield replace(example, group=source.group)


def _folder(folder: Path, shelf: Shelf, warn: Warn) -> Iterator[Example]:
    """A folder a class; else the labelled sets that stand in it."""
    inside = [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")]
    classes = [path for path in inside if path.is_dir()]
    if not classes:
        files = signal_files([folder])
        if not files:
            raise ModelError(f"{folder} holds no signal file.", _WHERE)
        for file in files:
            yield from _labelled_set(file, shelf, warn)
        return
    for path in classes:
        for file in signal_files([path]):
            for recording in open_recordings(file.absolute(), shelf):
                yield from _example(recording, path.name, warn)


def _labelled_set(path: Path, shelf: Shelf, warn: Warn) -> Iterator[Example]:
    recordings = open_recordings(path.absolute(), shelf)
    labelled = [recording for recording in recordings if recording.label]
    if not labelled:
        raise ModelError(
            f"{path} does not say which class its signals have.",
            _WHERE,
        )
    if len(labelled) < len(recordings):
        warn(f"{path.name}: {format_count(len(recordings) - len(labelled))} signals without a class are left out")
    for recording in labelled:
        yield from _example(recording, recording.label or "", warn)


def _example(
    recording: Recording, label: str, warn: Warn, start: int = 0, stop: int | None = None
) -> Iterator[Example]:
    """One example, or none where the signal cannot be used."""
    stop = recording.length if stop is None else stop
    samples = recording.read(start, stop)
    reason = unusable_reason(samples)
    if reason is not None:
        warn(f"{printable_name(recording.name)} is left out: it {reason}")
        return
    yield Example(
        samples=samples,
        label=label,
        name=recording.name,
        path=recording.path,
        item=recording.item,
        start=start,
        stop=stop,
        rate_hz=recording.time_base.rate_hz,
        units=tuple(channel.unit for channel in recording.channels),
        stretch="" if (start, stop) == (0, recording.length) else _stretch(recording.time_base, start, stop),
    )


def _stretch(times: TimeBase, start: int, stop: int) -> str:
    return stretch_text(times.time_of(start), times.time_of(stop), times.unit)


def _at_one_rate(examples: Sequence[Example], warn: Warn, *, resample: bool) -> list[Example]:
    """The commonest rate counts; signals of others are resampled where that is allowed."""
    usual = Counter(example.rate_hz for example in examples).most_common(1)[0][0]
    others = [example for example in examples if not same_rate(example.rate_hz, usual)]
    if not others:
        return list(examples)
    rates = ", ".join(sorted({_rate_text(one.rate_hz) for one in examples}))
    if not resample:
        raise ModelError(
            f"The signals have different sample rates ({rates}).",
            f"Allow resampling to {_rate_text(usual)}, or train on signals of one rate.",
        )
    if usual is None or any(example.rate_hz is None for example in others):
        raise ModelError(
            f"Some signals name no sample rate ({rates}), so nobody can resample them.",
            "Train on signals of one rate.",
        )
    warn(f"{format_count(len(others))} signals are resampled to {_rate_text(usual)}")
    return [example if same_rate(example.rate_hz, usual) else _resampled(example, usual) for example in examples]


def _resampled(example: Example, rate_hz: float) -> Example:
    assert example.rate_hz is not None
    return replace(example, samples=resampled(example.samples, example.rate_hz, rate_hz), rate_hz=rate_hz)


def _rate_text(rate_hz: float | None) -> str:
    return "no rate" if rate_hz is None else f"{rate_hz:g} Hz"


def labels_of(examples: Iterable[Example]) -> NDArray[np.str_]:
    """The classes of examples, shape (n,)."""
    return np.array([example.label for example in examples])


def groups_of(examples: Sequence[Example]) -> NDArray[np.intp]:
    """A number a signal: examples of the same signal have the same, shape (n,)."""
    known: dict[tuple[str, str, str], int] = {}
    return np.array([known.setdefault(example.signal, len(known)) for example in examples], dtype=np.intp)
