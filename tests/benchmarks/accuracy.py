"""How good are SigDesk's methods on every labelled set that aeon and sktime ship, and how long do they take?
Run: `python tests/benchmarks/accuracy.py [--small] [--sets A,B] [--seed N]`. The last line is JSON.

Each set's own training half is learnt and its own test half answered. `auto` is a training as an operator starts it: it
picks by cross-validation, and its time has everything in it, report and ONNX file, too. `rocket` and `forest` are the
bare methods that it picks from; `dtw` is the nearest neighbour under dynamic time warping (a window of a tenth of the
length), which those who compare methods have always compared with. Times are seconds, of training and of answering the
whole test half; `auto` answers from its model folder, in this process.

Every set runs whole, but dtw, which takes hours for the largest, says so in place of a figure. The table ends with how
far `auto` stays behind `rocket` at most: 0.01 is the mark.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).resolve().parents[2]))  # behind the installed package, which is what is measured

from sigdesk.classifiers.model_script import classify, load
from sigdesk.classifiers.training import judging
from sigdesk.classifiers.training.examples import groups_of, labels_of, read_examples
from sigdesk.classifiers.training.methods import Method, forest, has_rocket, rocket
from sigdesk.classifiers.training.plan import TREES, MethodName, Plan, Source
from sigdesk.classifiers.training.telling import Teller
from sigdesk.classifiers.training.train import train
from tests.benchmarks.compiling import compile_rocket
from tests.benchmarks.labelled_sets import Half, LabelledSet, find_sets

SMALL_SETS = ("UnitTest",)
SMALL_TREES = 30
MARKS = {"GunPoint": 0.99, "BasicMotions": 1.0, "ACSF1": 0.91, "PLAID": 0.94}
DTW_MOST_CELLS = 2e10
"""Cells of all warping matrices of a set: some minutes of compiled code."""
_NO_AEON = "left out: aeon is not installed"
_LEFT_OUT = "left out: it takes a minute to compile"


@dataclass(frozen=True, slots=True)
class Measured:
    """One method on one set; `picked` is what `auto` chose."""

    accuracy: float
    train_s: float
    answer_s: float
    picked: str = ""


def measure_auto(one: LabelledSet, seed: int, trees: int) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        source, method = Source(one.train.path), MethodName.AUTO
        plan = Plan("set", (source,), Path(folder), method=method, seed=seed, held_out=0.0, trees=trees)
        train_s, told = _timed(lambda: train(plan, Teller(lambda *_: None, lambda _: None)))
        model = load(Path(folder) / "set")

        def answer() -> list[str]:
            return [str(classify(model, signal[None], {})[0]["label"]) for signal in one.test.signals]

        answer_s, answers = _timed(answer)
    return Measured(_share(answers, one), train_s, answer_s, told["method"])


def measure_method(one: LabelledSet, make: Callable[[Sequence[Any]], Method]) -> Measured:
    """A method without choice, report and files."""
    ours, theirs = (read_examples((Source(half.path),), lambda _: None) for half in (one.train, one.test))
    method = make(ours)

    def fit() -> Any:
        return judging.fit(method.make(), judging.Signals(method.shape(ours), labels_of(ours), groups_of(ours)))

    train_s, estimator = _timed(fit)
    answer_s, answers = _timed(lambda: [str(label) for label in estimator.predict(method.shape(theirs))])
    return Measured(_share(answers, one), train_s, answer_s)


def measure_dtw(one: LabelledSet) -> Measured | str:
    cells = len(one.train.signals) * len(one.test.signals) * one.length**2 * 0.2
    if cells > DTW_MOST_CELLS:
        return f"left out: {cells:.0e} cells of warping matrices would take too long"
    if not has_rocket():
        return _NO_AEON
    from aeon.classification.distance_based import KNeighborsTimeSeriesClassifier  # as rocket: the extra's aeon

    neighbour = KNeighborsTimeSeriesClassifier(n_neighbors=1, distance="dtw", distance_params={"window": 0.1})
    ours, theirs = one.train.padded(one.length), one.test.padded(one.length)
    train_s, _ = _timed(lambda: neighbour.fit(ours, np.array(one.train.labels)))
    answer_s, answers = _timed(lambda: [str(label) for label in neighbour.predict(theirs)])
    return Measured(_share(answers, one), train_s, answer_s)


def compile_for(sets: Sequence[LabelledSet], *, dtw: bool) -> None:
    """Have numba compile what is compiled once a machine, or once a process, before any clock runs."""
    wanted = sorted({min(len(one.train.signals[0]), 2) for one in sets})
    compile_rocket(wanted)
    generator = np.random.default_rng(0)
    for channels in wanted if dtw and has_rocket() else ():
        half = Half(Path(), tuple(generator.normal(size=(4, channels, 30))), tuple("abab"))
        measure_dtw(LabelledSet("noise", half, half))


def measure(
    sets: Sequence[LabelledSet], seed: int, *, trees: int, dtw: bool
) -> Iterator[tuple[str, str, Measured | str]]:
    """Set, method and figures, as they come; or why there are none."""
    for one in sets:
        yield one.name, "auto", measure_auto(one, seed, trees)
        yield one.name, "rocket", measure_method(one, lambda some: rocket(seed, some)) if has_rocket() else _NO_AEON
        yield one.name, "forest", measure_method(one, lambda _: forest(seed, trees=trees))
        yield one.name, "dtw", measure_dtw(one) if dtw else _LEFT_OUT


def _share(answers: Sequence[str], one: LabelledSet) -> float:
    return float(np.mean([answer == label for answer, label in zip(answers, one.test.labels, strict=True)]))


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = call()
    return time.perf_counter() - began, result


def show(name: str, method: str, found: Measured | str) -> str:
    if isinstance(found, str):
        return f"{name:28} {method:8} {found}"
    mark = f"   mark {MARKS[name]}" if method == "auto" and name in MARKS else ""
    times = f"{found.train_s:8.2f} s {found.answer_s:8.2f} s"
    return f"{name:28} {method:8} {found.accuracy:7.4f} {times}  {found.picked}{mark}".rstrip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="CI's size: shows that it runs")
    parser.add_argument("--sets", default="", help="only these, parted by commas")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    wanted = SMALL_SETS if arguments.small else tuple(filter(None, arguments.sets.split(",")))
    warnings.simplefilter("ignore")
    sets, left_out = find_sets(wanted)
    compile_for(sets, dtw=not arguments.small)
    print(f"{'set':28} {'method':8} {'right':>7} {'training':>10} {'answers':>10}")
    figures: dict[str, Any] = {}
    trees = SMALL_TREES if arguments.small else TREES
    for name, method, found in measure(sets, arguments.seed, trees=trees, dtw=not arguments.small):
        print(show(name, method, found), flush=True)
        for key in ("accuracy", "train_s", "answer_s"):
            figures[f"{name}_{method}_{key}"] = None if isinstance(found, str) else round(getattr(found, key), 4)
    for name in left_out:
        print(f"{name:28} left out: numbers for classes")
    behind = [
        (figures[f"{one.name}_rocket_accuracy"] - figures[f"{one.name}_auto_accuracy"], one.name)
        for one in sets
        if figures[f"{one.name}_rocket_accuracy"] is not None
    ]
    if behind:
        most, name = max(behind)
        figures["auto_behind_rocket"] = round(most, 4)
        print(f"auto is behind rocket by {most:.4f} at most ({name})   mark 0.01")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
