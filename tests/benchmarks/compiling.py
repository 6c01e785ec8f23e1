"""Has MiniRocket's kernels compiled, which happens once a machine and takes a minute of one processor.
Run: `python -m tests.benchmarks.compiling`. Does nothing where aeon is not installed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from sigdesk.classifiers.training.examples import Example
from sigdesk.classifiers.training.methods import has_rocket, rocket

CHANNELS = (1, 2)
"""One channel and several are compiled apart."""


def compile_rocket(channels: Iterable[int] = CHANNELS) -> None:
    """Fit and ask a rocket for signals of so many channels each; numba keeps what it has compiled beside aeon."""
    if not has_rocket():
        return
    generator = np.random.default_rng(0)
    for count in channels:
        signals = generator.normal(size=(4, count, 30))
        examples = [Example(signal, "", "", Path(), "", 0, 30, None, ("",)) for signal in signals]
        method = rocket(0, examples)
        rows = method.shape(examples)
        method.make().fit(rows, np.array(list("abab"))).predict(rows)


if __name__ == "__main__":
    compile_rocket()
