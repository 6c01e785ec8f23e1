"""A new version of a model beside the one in use: what both are worth on the same signals, and how fair that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class Worth(Struct, frozen=True):
    """Accuracy with its 95 % interval, and balanced accuracy, of one version."""

    accuracy: float
    accuracy_interval: tuple[float, float]
    balanced_accuracy: float


class Unseen(Struct, frozen=True):
    """Accuracies on those signals alone that neither version was trained on."""

    signals: int
    present: float
    new: float


class Comparison(Struct, frozen=True):
    """`version` is the one that was in use. Where they could not be compared, `obstacle` says why and nothing else is
    set. `judged_on` tells which signals both answered, `signals` how many.

    `only_new` and `only_present` count signals that one version alone named rightly. `seen` is how many of the signals
    the version in use has learnt from, or from other stretches of; None where nobody noted it. Signals of
    `unknown_classes`, which it does not know, count as wrong.
    """

    version: str
    obstacle: str = ""
    judged_on: str = ""
    signals: int = 0
    present: Worth | None = None
    new: Worth | None = None
    only_new: int = 0
    only_present: int = 0
    seen: int | None = None
    unseen: Unseen | None = None
    unknown_classes: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        """ "On the same 20 signals version 1.0.0 gets 96.4% right."."""
        if self.present is None:
            return f"It was not compared with version {self.version}. {self.obstacle}"
        return f"On the same {self.signals} signals version {self.version} gets {self.present.accuracy:.1%} right."

    def sentences(self) -> tuple[str, ...]:
        """How fair the comparison is."""
        if self.present is None:
            return ()
        said = [self._fairness()]
        if self.unseen is not None:
            one = self.unseen
            said.append(f"On the other {one.signals}: {one.new:.1%} now, {one.present:.1%} before.")
        if self.unknown_classes:
            said.append(
                f"Version {self.version} does not know {', '.join(self.unknown_classes)}: such signals count as wrong."
            )
        return tuple(said)

    def _fairness(self) -> str:
        if self.seen is None:
            return (
                f"Nobody noted what version {self.version} was trained on. If these signals were among it, its figure "
                "is too good."
            )
        if self.seen == 0:
            return "Neither version was trained on any of them."
        some = "all" if self.seen == self.signals else f"{self.seen}"
        return (
            f"Version {self.version} has learnt from {some} of them, or from stretches beside them in the same "
            "signals, so its figure is too good."
        )


def comparison_from(values: Mapping[str, Any] | None) -> Comparison | None:
    """What a report says; None where it says nothing. Raises KeyError, TypeError, ValueError for something else."""
    if values is None:
        return None
    unseen, seen = values["unseen"], values["seen"]
    return Comparison(
        str(values["version"]),
        str(values["obstacle"]),
        str(values["judged_on"]),
        int(values["signals"]),
        _worth(values["present"]),
        _worth(values["new"]),
        int(values["only_new"]),
        int(values["only_present"]),
        None if seen is None else int(seen),
        None if unseen is None else Unseen(int(unseen["signals"]), float(unseen["present"]), float(unseen["new"])),
        tuple(map(str, values["unknown_classes"])),
    )


def _worth(values: Mapping[str, Any] | None) -> Worth | None:
    if values is None:
        return None
    low, high = values["accuracy_interval"]
    return Worth(float(values["accuracy"]), (float(low), float(high)), float(values["balanced_accuracy"]))
