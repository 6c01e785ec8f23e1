"""Trains ecg-rhythm and renews the files beside this one, but for card.md, which is written by hand.

    python train_rhythm.py [--check]

The data stand beside it: record-100.flac, the electrocardiogram, and beats.csv, what cardiologists said of each beat.
The same data, libraries and seed give the same model file; then nothing is written. `--check` only compares.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sigdesk.classifiers.recipes import HEART_BEATS
from sigdesk.classifiers.training.plan import MethodName, Plan, Source
from sigdesk.classifiers.training.recipe_run import renew

HERE: Final = Path(__file__).resolve().parent
RECORD: Final = HERE / "record-100.flac"
BEATS: Final = HERE / "beats.csv"
LENGTH: Final = 650_000
RATE_HZ: Final = 360
WINDOW: Final = 5 * RATE_HZ
TRAIN_STEP: Final = RATE_HZ // 2
BLOCK: Final = 30 * RATE_HZ
"""Windows that begin in the same half minute overlap: they stay on one side of a cross-validation."""
SEED: Final = 20010520


def main(arguments: Sequence[str]) -> int:
    """Train on the first half of the record, judge on the second, write what is new."""
    half = LENGTH // 2
    plan = Plan(
        HERE.name,
        tuple(windows(0, half, TRAIN_STEP)),
        HERE.parent,
        test=tuple(windows(half, LENGTH, WINDOW)),
        method=MethodName.FOREST,
        features=HEART_BEATS.name,
        seed=SEED,
        title="ECG rhythm",
        description="Tells five seconds of a regular heart rhythm from five seconds with a premature beat in them.",
        licence="MIT (the model and its recipe); the data: Open Data Commons Attribution License 1.0, see card.md",
        author="The SigDesk developers",
    )
    return renew(HERE, plan, check="--check" in arguments)


def windows(start: int, stop: int, step: int) -> Iterator[Source]:
    """Stretches of five seconds with their class.

    Left out are those whose only premature beat is their first: without the beat before it nobody sees that it is
    early.
    """
    samples, premature = beats()
    for begin in range(start, stop - WINDOW + 1, step):
        inside = premature[(samples >= begin) & (samples < begin + WINDOW)]
        if inside.sum() == 1 and inside[0]:
            continue
        label = "premature beat" if inside.any() else "regular"
        yield Source(RECORD, label, "", begin, begin + WINDOW, group=f"half minute {begin // BLOCK}")


def beats() -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where the beats are (sample numbers), and which of them are premature, both of shape (beats,)."""
    table = np.loadtxt(BEATS, delimiter=",", dtype=str, skiprows=1)
    return table[:, 0].astype(np.intp), table[:, 1] != "N"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
