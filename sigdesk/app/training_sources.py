"""What a model can be trained on: the labels of this session, signals that came with a class, files and folders."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from sigdesk.app.labelling import Labelling
from sigdesk.app.session import Session
from sigdesk.classifiers.training.plan import Source
from sigdesk.classifiers.training.stretches import stretch_sources
from sigdesk.labels.classes import UNKNOWN
from sigdesk.signals.describe import format_count


class LabelSource(Struct, frozen=True):
    """Labels to train on. `title` is what the form shows; `obstacle` says why it cannot be used, "" when it can.
    `rated`: whether all of its signals name a sample rate, as far as is known."""

    title: str
    sources: tuple[Source, ...]
    classes: tuple[str, ...] = ()
    obstacle: str = ""
    rated: bool = True


def session_labels(session: Session, labelling: Labelling) -> LabelSource:
    """The operator's own labels of the open signals, stretch by stretch; what is labelled Unknown teaches nothing."""
    found: list[Source] = []
    rated = True
    for entry in sorted(session.entries, key=lambda one: str(one.recording.path)):  # one opening a file
        labels = [label for label in labelling.labels(entry.id) if label.class_name != UNKNOWN]
        sources = stretch_sources(entry.recording, labels)
        rated = rated and (not sources or entry.recording.time_base.rate_hz is not None)
        found += sources
    classes = tuple(dict.fromkeys(source.label for source in found))
    title = f"This session · {_counted(len(found), 'segment')}"
    return LabelSource(title, tuple(found), classes, _obstacle(found, classes), rated)


def open_sets(session: Session) -> LabelSource:
    """The open files whose signals came with a class each."""
    labelled = [entry.recording for entry in session.entries if entry.recording.label]
    files = tuple(dict.fromkeys(recording.path for recording in labelled))
    classes = tuple(dict.fromkeys(str(recording.label) for recording in labelled))
    obstacle = "" if files else "No open file says which class its signals have"
    rated = all(recording.time_base.rate_hz is not None for recording in labelled)
    title = f"Open labelled sets · {_counted(len(labelled), 'signal')}"
    return LabelSource(title, tuple(Source(path) for path in files), classes, obstacle, rated)


def chosen_paths(paths: Sequence[Path]) -> LabelSource:
    """Labelled sets, or a folder with a folder a class, that the operator has named; they are read by the training."""
    names = ", ".join(path.name for path in paths[:2]) + (f" and {len(paths) - 2} more" if len(paths) > 2 else "")
    return LabelSource(names, tuple(Source(path.absolute()) for path in paths))


def has_rocket() -> bool:
    """Whether the method rocket is installed. Looks, and imports nothing."""
    return importlib.util.find_spec("aeon") is not None


def _obstacle(found: Sequence[Source], classes: Sequence[str]) -> str:
    if not found:
        return "No stretch has a label of yours yet. Select one on a plot and press 1 to 8"
    if len(classes) < 2:
        return f"All labels are {classes[0]}: label another class, too"
    return ""


def _counted(count: int, noun: str) -> str:
    return f"{format_count(count)} {noun}{'' if count == 1 else 's'}"
