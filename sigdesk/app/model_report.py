"""What is known of a model beside its manifest: the report that its training left, its card, its other versions."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
from msgspec import Struct

from sigdesk.app.class_outlines import Outline, read_outlines
from sigdesk.app.rows import ClassMark
from sigdesk.classifiers.comparison import Comparison, comparison_from
from sigdesk.classifiers.folder import Classifier, card_text
from sigdesk.classifiers.manifest import Manifest
from sigdesk.classifiers.scores import Scores, scores_of
from sigdesk.classifiers.training.writing import REPORT_NAME
from sigdesk.classifiers.trust import TrustEntry
from sigdesk.classifiers.versions import last_in_use, other_versions
from sigdesk.errors import ModelError
from sigdesk.labels.classes import SLOTS, ClassTable

_LIBRARY: Final = "scikit-learn"


class Answered(Struct, frozen=True):
    """A labelled signal, or samples `start` to `stop` of it, and what a model that had not seen it said.

    `confidence` is 0..1. `doubt` is how much surer the model is of its answer than of the label, 0 where it agrees.
    """

    signal: str
    path: Path
    item: str
    start: int
    stop: int
    label: str
    answer: str
    confidence: float
    doubt: float = 0.0


class CurvePoint(Struct, frozen=True):
    """Shares that were right after training on so many `signals`: of those signals, and of the tested ones."""

    signals: int
    training: float
    test: float


class CalibrationPoint(Struct, frozen=True):
    """Of `signals` answers about equally sure, the mean confidence and the share that was right."""

    confidence: float
    right: float
    signals: int


class Importance(Struct, frozen=True):
    """A feature that a forest goes by: the stretch of the signal that it is of (0..1), its share of all features."""

    feature: str
    channel: int
    start: float
    stop: float
    share: float


class ModelReport(Struct, frozen=True):
    """What `report.json` holds; parts that it lacks are empty."""

    tested: tuple[Answered, ...] = ()
    suspects: tuple[Answered, ...] = ()
    curve: tuple[CurvePoint, ...] = ()
    calibration: tuple[CalibrationPoint, ...] = ()
    comparison: Comparison | None = None
    importances: tuple[Importance, ...] = ()
    looked_at: tuple[tuple[float, ...], ...] = ()
    """How the shares fall on the tenths of the signal, a row a channel."""

    def cell(self, label: str, answer: str) -> tuple[Answered, ...]:
        """The tested signals of one cell of the confusion matrix."""
        return tuple(one for one in self.tested if (one.label, one.answer) == (label, answer))


class ModelDetails(Struct, frozen=True):
    """A model with all that is read only when somebody looks at it. `last` is the version that was in use before."""

    model: Classifier
    card: str
    report: ModelReport
    versions: tuple[Classifier, ...]
    last: str
    note: str
    outlines: Mapping[str, Outline]
    comparisons: Mapping[str, Comparison]
    """Of the versions that were compared when they were trained, by version."""


def read_details(model: Classifier, trust: Sequence[TrustEntry]) -> ModelDetails:
    """Read what there is of a model; what cannot be read is told in its place. Nothing of the model is run."""
    try:
        card = card_text(model)
    except ModelError as error:
        card = f"{error.what}\n\n{error.way_out}"
    versions = tuple(other_versions(model.folder, trust))
    compared = {one.manifest.version: read_report(one.folder).comparison for one in versions}
    return ModelDetails(
        model,
        card,
        read_report(model.folder),
        versions,
        last_in_use(model.folder),
        library_note(model.manifest),
        read_outlines(model),
        {version: comparison for version, comparison in compared.items() if comparison is not None},
    )


def read_report(folder: Path) -> ModelReport:
    """The report in a model folder; an empty one where there is none, or where it is damaged."""
    try:
        document = orjson.loads((folder / REPORT_NAME).read_bytes())
        return ModelReport(
            _answered(document.get("tested", ())),
            _answered(document.get("suspects", ())),
            curve_points(document.get("learning_curve", ())),
            tuple(
                CalibrationPoint(float(one["confidence"]), float(one["right"]), int(one["signals"]))
                for one in document.get("calibration", ())
            ),
            comparison_from(document.get("comparison")),
            tuple(
                Importance(
                    str(one["feature"]),
                    int(one["channel"]),
                    float(one["start"]),
                    float(one["stop"]),
                    float(one["share"]),
                )
                for one in document.get("importances", ())
            ),
            tuple(tuple(map(float, row)) for row in document.get("looked_at", ())),
        )
    except (OSError, orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError):
        return ModelReport()


def curve_points(points: Iterable[Mapping[str, Any]]) -> tuple[CurvePoint, ...]:
    """A learning curve as a training tells it. Raises KeyError, TypeError, ValueError for something else."""
    return tuple(CurvePoint(int(one["signals"]), float(one["training"]), float(one["test"])) for one in points)


def _importance(values: Mapping[str, Any]) -> Importance:
    start, stop, share = (float(values[key]) for key in ("start", "stop", "share"))
    return Importance(str(values["feature"]), int(values["channel"]), start, stop, share)


def library_note(manifest: Manifest) -> str:
    """That scikit-learn is of another version here than where the model was trained; "" where it is the same."""
    libraries = manifest.training.get("libraries")
    trained = libraries.get(_LIBRARY) if isinstance(libraries, Mapping) else None
    from importlib import metadata  # it loads `email`: only when it is needed

    here = ""
    with contextlib.suppress(metadata.PackageNotFoundError):
        here = metadata.version(_LIBRARY)
    if not trained or trained == here:
        return ""
    return (
        f"It was trained with {_LIBRARY} {trained}, and here is {here or 'none'}. Answers may differ a little: "
        "compare it on signals that you know, or train it again."
    )


def scores_in(manifest: Manifest) -> Scores | None:
    """The figures of a model, made of its confusion matrix; None where it has none."""
    found = manifest.evaluation
    if found is None or not found.confusion or not manifest.classes:
        return None
    confusion = np.array(found.confusion, np.int64)
    if confusion.shape != (len(manifest.classes),) * 2 or not confusion.sum():
        return None
    return scores_of(confusion, confusion.sum(axis=1), manifest.classes)


def class_marks(classes: Sequence[str], titles: Mapping[str, str], known: ClassTable) -> tuple[ClassMark, ...]:
    """How classes are shown on the Models page: as in the session where it knows them, else by their place. To look at
    a model must not take colours from the session."""
    marks = []
    for place, name in enumerate(classes):
        found = known.find(name)
        if found is not None:
            marks.append(ClassMark(found.name, found.title, found.slot, found.hatched))
        else:
            marks.append(ClassMark(name, titles.get(name, name), place % SLOTS, place >= SLOTS))
    return tuple(marks)


def _answered(rows: Iterable[Mapping[str, Any]]) -> tuple[Answered, ...]:
    return tuple(
        Answered(
            str(row["signal"]),
            Path(row["path"]),
            str(row["item"]),
            int(row["start"]),
            int(row["stop"]),
            str(row["label"]),
            str(row["answer"]),
            float(row["confidence"]),
            float(row.get("doubt", 0.0)),
        )
        for row in rows
    )
