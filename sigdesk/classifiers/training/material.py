"""Reading what a training works on, and saying at once what cannot be learnt from: scikit-learn, which takes seconds
to load, is not needed for that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk.classifiers.training.blocks import in_blocks
from sigdesk.classifiers.training.examples import Example, check_counts, groups_of, labels_of, read_examples, same_kind
from sigdesk.classifiers.training.plan import Plan
from sigdesk.classifiers.training.telling import READ_SHARE, Teller
from sigdesk.classifiers.versions import check_name
from sigdesk.errors import ModelError
from sigdesk.signals.describe import format_count

FEW: Final = 10
"""A class with fewer labels than this is told of: its figures mean little."""


class Material(Struct, frozen=True):
    """What one training works on: `labels` and `groups` of the examples have shape (n,). `notes` say what is to be
    known of the data, and of how they could be split."""

    plan: Plan
    tell: Teller
    examples: Sequence[Example]
    test: Sequence[Example]
    classes: tuple[str, ...]
    labels: NDArray[np.str_]
    groups: NDArray[np.intp]
    notes: tuple[str, ...] = ()
    by_time: bool = False


def read_material(plan: Plan, tell: Teller) -> Material:
    """Raises ModelError and RecordingError in the operator's words."""
    check_name(plan.name)
    examples = same_kind(read_examples(plan.data, tell.warn, plan.rate_hz), tell.warn, resample=plan.resample)
    signals = len({example.signal for example in examples})
    tell.say(f"Read {_counted(len(examples), 'label')} from {_counted(signals, 'signal')}")
    test = _read_test(plan, tell, examples) if plan.test else []
    examples, by_time = in_blocks(examples)
    check_counts(examples)
    labels = labels_of(examples)
    classes = tuple(map(str, np.unique(labels)))
    few = _few(tell, Counter(map(str, labels)))
    for note in by_time:
        tell.warn(note)
    tell.figures({"of": "read", "labels": len(examples), "signals": signals, "classes": list(classes)})
    tell.progress(READ_SHARE)
    groups = groups_of(examples)
    return Material(plan, tell, examples, test, classes, labels, groups, (*few, *by_time), bool(by_time))


def _few(tell: Teller, counts: Counter[str]) -> tuple[str, ...]:
    few = {name: count for name, count in sorted(counts.items()) if count < FEW}
    for name, count in few.items():
        tell.warn(f"{name} has {count} labels. {FEW} or more is better")
    named = ", ".join(f"{name} ({count})" for name, count in few.items())
    return (f"Few labels: {named}. Their figures mean little.",) if few else ()


def _read_test(plan: Plan, tell: Teller, examples: Sequence[Example]) -> list[Example]:
    test = read_examples(plan.test, tell.warn, plan.rate_hz)
    unknown = sorted({example.label for example in test} - {example.label for example in examples})
    if unknown:
        raise ModelError(
            f"The test signals have classes that the training signals lack: {', '.join(unknown)}.",
            "Test on signals of the same classes.",
        )
    if any(len(example.samples) != len(examples[0].samples) for example in test):
        raise ModelError("The test signals have another number of channels.", "Test on signals of the same kind.")
    known = {example.signal for example in examples}
    if any(example.signal in known for example in test):
        raise ModelError(
            "Some signals are in the training set and in the test set.", "Take other signals to test: these are known."
        )
    if not test:
        raise ModelError("No labelled signal was found to test on.", "Name another test set.")
    return test


def _counted(count: int, noun: str) -> str:
    return f"{format_count(count)} {noun}{'' if count == 1 else 's'}"
