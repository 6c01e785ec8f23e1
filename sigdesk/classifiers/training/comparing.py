"""The version in use answers the signals that a new one was judged on, so that the two can be told apart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from sigdesk import script
from sigdesk.classifiers.comparison import Comparison, Unseen, Worth
from sigdesk.classifiers.folder import Classifier, read_classifier
from sigdesk.classifiers.manifest import FileFormat
from sigdesk.classifiers.manifest_parser import MANIFEST_NAME
from sigdesk.classifiers.model_script import classify, load
from sigdesk.classifiers.scores import Scores, score
from sigdesk.classifiers.training.examples import Example
from sigdesk.classifiers.training.findings import Evaluated
from sigdesk.classifiers.training.writing import REPORT_NAME
from sigdesk.errors import ModelError
from sigdesk.signals.resampling import resampled, same_rate

TRAINED_ON: Final = "trained_on"
"""In a report: the `prints` of what the version learnt from."""
_SHADOW: Final = "Compare them by a shadow run."
_DIGEST_BYTES: Final = 8


def prints(examples: Iterable[Example]) -> list[str]:
    """Two marks for each example, of where it is from and of what it holds: by either it is known again, also where
    its file was moved or its label has other ends."""
    return sorted({mark for example in examples for mark in _marks(example)})


def compare(folder: Path, tested: Evaluated, classes: Sequence[str]) -> Comparison | None:
    """Have the version in use in a model folder answer the tested signals; None where there is no such version.

    Nothing that could run code of its own is loaded. `classes` are those of the new version.
    """
    if not (folder / MANIFEST_NAME).exists():
        return None
    try:
        present = read_classifier(folder)
    except ModelError as error:
        return Comparison("in use", obstacle=str(error))
    version = present.manifest.version
    try:
        answers = _answers(present, tested.examples)
    except (ModelError, script.Refusal) as error:
        return Comparison(version, obstacle=str(error))
    truth = np.array([example.label for example in tested.examples])
    all_classes = sorted({*classes, *present.manifest.classes})
    new, old = tested.answers == truth, answers == truth
    unseen = _unseen(folder, tested.examples)
    partly = unseen is not None and unseen.any() and not unseen.all()
    return Comparison(
        version,
        judged_on=tested.judged_on,
        signals=len(truth),
        present=_worth(score(truth.tolist(), answers.tolist(), all_classes)),
        new=_worth(tested.scores),
        only_new=int((new & ~old).sum()),
        only_present=int((old & ~new).sum()),
        seen=None if unseen is None else int((~unseen).sum()),
        unseen=Unseen(int(unseen.sum()), _share(old[unseen]), _share(new[unseen]))
        if partly and unseen is not None
        else None,
        unknown_classes=tuple(sorted(set(truth.tolist()) - set(present.manifest.classes))),
    )


def _answers(present: Classifier, examples: Sequence[Example]) -> NDArray[np.str_]:
    """What the version says of each example, shape (n,). Raises ModelError or script.Refusal where it says nothing."""
    manifest = present.manifest
    if not present.runnable and manifest.file is not None and manifest.file.format is not FileFormat.PICKLE:
        raise ModelError(present.problem, _SHADOW)
    if manifest.run.script or manifest.run.command or manifest.file is None:
        raise ModelError("It is run by a script of its own.", _SHADOW)
    if manifest.file.format is FileFormat.PICKLE:
        raise ModelError("It is a pickle, which a training does not open.", _SHADOW)
    windows = [_window(present, example) for example in examples]
    shapes: dict[tuple[int, ...], list[int]] = {}
    for place, window in enumerate(windows):
        shapes.setdefault(window.shape, []).append(place)
    model = load(present.folder)
    labels = [""] * len(windows)
    for places in shapes.values():
        for begin in range(0, len(places), manifest.run.batch):
            some = places[begin : begin + manifest.run.batch]
            for place, answer in zip(some, classify(model, np.stack([windows[one] for one in some]), {}), strict=True):
                labels[place] = str(answer["label"])
    return np.array(labels)


def _window(present: Classifier, example: Example) -> NDArray[Any]:
    """The example as the version wants it. Raises ModelError where it does not fit."""
    wanted = present.manifest.input
    window, rate = example.samples, example.rate_hz
    if wanted.channels not in (None, len(window)):
        raise ModelError(f"It wants {wanted.channels} channels, and these signals have {len(window)}.")
    if wanted.sample_rate_hz is not None and not same_rate(rate, wanted.sample_rate_hz):
        if not wanted.resample or rate is None:
            have = "name no rate" if rate is None else f"have {rate:g} Hz"
            raise ModelError(f"It wants {wanted.sample_rate_hz:g} Hz, and these signals {have}.")
        window = resampled(window, rate, wanted.sample_rate_hz)
    if wanted.length not in (None, window.shape[1]):
        raise ModelError(f"It wants {wanted.length} samples, and {example.name} has {window.shape[1]}.")
    return np.asarray(window)


def _unseen(folder: Path, examples: Sequence[Example]) -> NDArray[np.bool_] | None:
    """Which examples the version in a folder was not trained on, shape (n,); None where it does not say."""
    try:
        known = set(orjson.loads((folder / REPORT_NAME).read_bytes())[TRAINED_ON])
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return np.array([known.isdisjoint(_marks(example)) for example in examples])


def _marks(example: Example) -> tuple[str, str]:
    origin = f"{example.path}\0{example.item}".encode("utf-8", "surrogateescape")
    content = np.ascontiguousarray(example.samples, dtype=np.float64)
    return _digest(b"from", origin), _digest(b"holds", content)


def _digest(kind: bytes, data: Any) -> str:
    return hashlib.blake2b(data, digest_size=_DIGEST_BYTES, person=kind).hexdigest()


def _worth(scores: Scores) -> Worth:
    low, high = scores.accuracy_interval
    return Worth(round(scores.accuracy, 4), (round(low, 4), round(high, 4)), round(scores.balanced_accuracy, 4))


def _share(right: NDArray[np.bool_]) -> float:
    return round(float(right.mean()), 4)
