"""One training from its plan to a model folder: read, choose a method, judge it, refit it on everything, write it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sigdesk.classifiers.model_file import dump_skops
from sigdesk.classifiers.scores import Scores, score
from sigdesk.classifiers.training import judging
from sigdesk.classifiers.training.examples import Example, labels_of, read_examples, same_kind
from sigdesk.classifiers.training.judging import Signals
from sigdesk.classifiers.training.methods import Method, forest, has_rocket, on_one_thread, rocket
from sigdesk.classifiers.training.onnx_form import onnx_form
from sigdesk.classifiers.training.plan import MethodName, Plan, Source
from sigdesk.classifiers.training.reporting import answered, explained, figures, suspects
from sigdesk.classifiers.training.writing import TrainedModel, library_versions, write_model
from sigdesk.classifiers.versions import add_version, check_name, next_version
from sigdesk.errors import ModelError
from sigdesk.signals.describe import format_count

FEW: Final = 10
"""A class with fewer labels than this is told of: its figures mean little."""
TIE: Final = 0.005
"""Methods that differ by less in cross-validation are even: with as few signals as labs label, that much is chance."""
_READ_SHARE, _FIT_SHARE = 0.1, 0.95


@dataclass(slots=True)
class Teller:
    """Where a training tells how it goes on: lines with a level, how much of it is done (0..1), and figures as they
    come, for whoever draws them: of what was read, of the folds so far, of the learning curve so far."""

    log: Callable[[str, str], None]
    progress: Callable[[float], None]
    figures: Callable[[Mapping[str, Any]], None] = lambda _: None
    _steps: int = 1
    _done: int = 0

    def say(self, text: str) -> None:
        self.log(text, "INFO")

    def warn(self, text: str) -> None:
        self.log(text, "WARNING")

    def expect(self, steps: int) -> None:
        """How many steps lie between reading and writing."""
        self._steps = max(1, steps)

    def step(self) -> None:
        """One of them is done."""
        self._done += 1
        share = min(1.0, self._done / self._steps)
        self.progress(_READ_SHARE + (_FIT_SHARE - _READ_SHARE) * share)


@dataclass(frozen=True, slots=True)
class Judged:
    """One method on the training signals: `logits` of each by a model that has not seen it, shape (n, classes)."""

    method: Method
    rows: NDArray[Any]
    logits: NDArray[np.float64]
    scores: Scores


@dataclass(slots=True)
class _Training:
    """What one training works on."""

    plan: Plan
    tell: Teller
    examples: list[Example]
    test: list[Example]
    classes: tuple[str, ...] = ()
    labels: NDArray[np.str_] = field(default_factory=lambda: np.array([], dtype=np.str_))
    groups: NDArray[np.intp] = field(default_factory=lambda: np.array([], dtype=np.intp))


def train(plan: Plan, tell: Teller) -> dict[str, Any]:
    """Train as planned, write the version, and return what there is to tell of it.

    Raises ModelError and RecordingError in the operator's words; OSError when the folder cannot be written.
    """
    check_name(plan.name)
    work = _read(plan, tell)
    own, kept = _split(work)
    candidates = _candidates(work)
    folds = judging.fold_count(work.labels[own], work.groups[own])
    tell.expect(folds * len(candidates) + (len(judging.CURVE_SHARES) if len(kept) or work.test else 0) + 2)
    judged = [_judge(work, method, own) for method in candidates]
    chosen, why = _choose(judged)
    if len(judged) > 1:
        tell.say(why)
    temperature = judging.best_temperature(chosen.logits, work.labels[own], work.classes)
    tested, judged_on, report = _test(work, chosen, own, kept, temperature)
    examples = [work.examples[place] for place in own]
    report["suspects"] = suspects(examples, chosen.logits, work.classes, temperature)
    if report["suspects"]:
        tell.say(
            f"{format_count(len(report['suspects']))} labels are in doubt: a model that has not seen them disagrees"
        )
    report["cross_validation"] = figures(chosen.scores)
    report["methods"] = [{"method": one.method.name.value, **figures(one.scores)} for one in judged]
    tell.say(f"Fitting on all {format_count(len(work.examples))} signals")
    signals = Signals(chosen.rows, work.labels, work.groups)
    estimator = judging.fit(chosen.method.make(), signals)
    report |= explained(chosen.method, estimator)
    tell.step()
    return _write(work, chosen, estimator, temperature, tested, judged_on, why, report)


def _read(plan: Plan, tell: Teller) -> _Training:
    examples = same_kind(read_examples(plan.data, tell.warn, plan.rate_hz), tell.warn, resample=plan.resample)
    signals = len({example.signal for example in examples})
    tell.say(f"Read {format_count(len(examples))} labels from {format_count(signals)} signals")
    labels = labels_of(examples)
    classes = tuple(map(str, np.unique(labels)))
    for name, count in sorted(Counter(map(str, labels)).items()):
        if count < FEW:
            tell.warn(f"{name} has {count} labels. {FEW} or more is better")
    work = _Training(plan, tell, examples, [], classes, labels, judging.groups_of(examples))
    if plan.test:
        work.test = _read_test(work, plan.test)
    tell.figures({"of": "read", "labels": len(examples), "signals": signals, "classes": list(classes)})
    tell.progress(_READ_SHARE)
    return work


def _read_test(work: _Training, sources: Sequence[Source]) -> list[Example]:
    first = work.examples[0]
    test = read_examples(sources, work.tell.warn, work.plan.rate_hz)
    unknown = sorted({example.label for example in test} - set(work.classes))
    if unknown:
        raise ModelError(
            f"The test signals have classes that the training signals lack: {', '.join(unknown)}.",
            "Test on signals of the same classes.",
        )
    if any(len(example.samples) != len(first.samples) for example in test):
        raise ModelError("The test signals have another number of channels.", "Test on signals of the same kind.")
    known = {example.signal for example in work.examples}
    if any(example.signal in known for example in test):
        raise ModelError(
            "Some signals are in the training set and in the test set.", "Take other signals to test: these are known."
        )
    if not test:
        raise ModelError("No labelled signal was found to test on.", "Name another test set.")
    return test


def _split(work: _Training) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which examples the judgement trains on, and which of them it is kept from."""
    if work.plan.test:
        return np.arange(len(work.examples)), np.array([], dtype=np.intp)
    own, kept = judging.held_out(work.labels, work.groups, work.plan.held_out, work.plan.seed)
    if len(kept):
        signals = [len(np.unique(work.groups[part])) for part in (own, kept)]
        work.tell.say(f"Split by signal: {format_count(signals[0])} train, {format_count(signals[1])} held out")
    else:
        work.tell.warn("Too few signals to hold some out: the model is judged by cross-validation alone")
    return own, kept


def _candidates(work: _Training) -> list[Method]:
    seed, wanted = work.plan.seed, work.plan.method
    if wanted is MethodName.ROCKET:
        return [rocket(seed, work.examples)]
    trees = forest(seed, work.plan.features, work.plan.trees)
    _check_rate(trees, work.examples[0])
    if wanted is MethodName.FOREST:
        return [trees]
    if not has_rocket():
        work.tell.warn("The method rocket is not installed (sigdesk[rocket]), so the forest is not compared with it")
        return [trees]
    return [rocket(seed, work.examples), trees]


def _check_rate(method: Method, example: Example) -> None:
    wanted = method.recipe.rate_hz if method.recipe else None
    if wanted is not None and (example.rate_hz is None or abs(example.rate_hz - wanted) > 1e-3 * wanted):
        has = "name no sample rate" if example.rate_hz is None else f"have {example.rate_hz:g} Hz"
        raise ModelError(
            f"The features {method.features} are for signals at {wanted:g} Hz, but these {has}.",
            "Choose other features, or signals of that rate.",
        )


def _judge(work: _Training, method: Method, own: NDArray[np.intp]) -> Judged:
    tell = work.tell
    if method.name is MethodName.ROCKET:
        tell.say("MiniRocket is made ready; the first time on a machine that takes half a minute")
    rows = method.shape(work.examples)
    signals = Signals(rows, work.labels, work.groups).some(own)

    places: list[int] = []
    answers: list[str] = []

    def done(number: int, count: int, tested: NDArray[np.intp], named: NDArray[np.str_]) -> None:
        accuracy = float(np.mean(named == signals.labels[tested]))
        tell.say(f"{method.title}: fold {number} of {count} done: {accuracy:.1%}")
        places.extend(tested.tolist())
        answers.extend(map(str, named))
        tell.figures(_fold_figures(method, number, count, score(list(signals.labels[places]), answers, work.classes)))
        tell.step()

    logits = judging.out_of_fold(method.make(), signals, work.classes, work.plan.seed, done)
    scores = score(list(signals.labels), list(judging.named(logits, work.classes)), work.classes)
    tell.say(f"{method.title}: {scores.accuracy:.1%} in cross-validation")
    return Judged(method, rows, logits, scores)


def _fold_figures(method: Method, number: int, count: int, scores: Scores) -> dict[str, Any]:
    """What the folds so far say; the accuracy and the rows of classes follow from the matrix."""
    confusion = scores.confusion.tolist()
    return {"of": "folds", "method": method.title, "fold": number, "folds": count, "confusion": confusion}


def _choose(judged: Sequence[Judged]) -> tuple[Judged, str]:
    """The best in cross-validation; the first of those that are even."""
    best = max(one.scores.accuracy for one in judged)
    chosen = next(one for one in judged if one.scores.accuracy >= best - TIE)
    if len(judged) == 1:
        return chosen, ""
    figures = ", ".join(f"{one.method.title}: {one.scores.accuracy:.1%}" for one in judged)
    return chosen, f"{chosen.method.title} was picked by cross-validation ({figures})."


def _test(
    work: _Training, chosen: Judged, own: NDArray[np.intp], kept: NDArray[np.intp], temperature: float
) -> tuple[Scores, str, dict[str, Any]]:
    """The figures that the manifest states: on signals that had no part in any choice, where there are some."""
    signals = Signals(chosen.rows, work.labels, work.groups)
    if work.test:
        test, examples, judged_on = _as_signals(work, chosen.method), work.test, "a test set"
    elif len(kept):
        test, examples, judged_on = signals.some(kept), [work.examples[place] for place in kept], "held out"
    else:
        examples = [work.examples[place] for place in own]
        work.tell.step()
        return chosen.scores, "cross-validation", answered(examples, chosen.logits, work.classes, temperature)
    train_part = signals.some(own)
    estimator = judging.fit(chosen.method.make(), train_part)
    work.tell.step()
    logits = judging.logits_for(estimator, test.rows, work.classes)
    scores = score(list(test.labels), list(judging.named(logits, work.classes)), work.classes)
    work.tell.say(f"Accuracy on {format_count(scores.count)} signals ({judged_on}): {scores.accuracy:.1%}")
    report = answered(examples, logits, work.classes, temperature)
    report["learning_curve"] = judging.learning_curve(
        chosen.method.make(), train_part, test, work.classes, work.plan.seed, lambda points: _tell_curve(work, points)
    )
    return scores, judged_on, report


def _tell_curve(work: _Training, points: Sequence[Mapping[str, float]]) -> None:
    work.tell.figures({"of": "curve", "points": list(points)})
    work.tell.step()


def _as_signals(work: _Training, method: Method) -> Signals:
    return Signals(method.shape(work.test), labels_of(work.test), judging.groups_of(work.test))


def _write(
    work: _Training,
    chosen: Judged,
    estimator: Any,
    temperature: float,
    scores: Scores,
    judged_on: str,
    why: str,
    report: dict[str, Any],
) -> dict[str, Any]:
    plan, method, first = work.plan, chosen.method, work.examples[0]
    folder = plan.models_folder.absolute() / plan.name
    lengths = [example.samples.shape[1] for example in work.examples]
    delivered = on_one_thread(estimator)
    onnx = onnx_form(delivered, chosen.rows, work.classes, temperature)
    if onnx is not None:
        work.tell.say("It was converted to ONNX, with the same answers, and runs in that form")
    libraries = ("scikit-learn", "skops", "numpy", *_extra_libraries(method, onnx))
    trained = TrainedModel(
        name=plan.name,
        version=next_version(folder),
        title=plan.title or plan.name,
        description=plan.description,
        licence=plan.licence,
        author=plan.author,
        data=dump_skops(delivered),
        onnx=onnx,
        classes=work.classes,
        channels=len(first.samples),
        units=first.units if any(first.units) else (plan.unit,),
        rate_hz=first.rate_hz,
        lengths=(min(lengths), max(lengths)),
        resample=plan.resample,
        features=method.features,
        length=method.length,
        method=method.title,
        temperature=temperature,
        seed=plan.seed,
        sources=_source_names(plan),
        signals=len(work.examples),
        libraries=library_versions(*libraries),
        scores=scores,
        judged_on=judged_on,
        cross_validation=chosen.scores,
        why=why,
        notes=_notes(work),
        report=report,
    )
    target, in_use = add_version(folder, trained.version, lambda draft: write_model(draft, trained))
    work.tell.progress(1.0)
    state = "in use" if in_use else "not in use yet: promote it to use it"
    work.tell.say(f"Version {trained.version} of {plan.name} is written and {state}")
    return {
        "label": trained.version,
        "name": plan.name,
        "version": trained.version,
        "folder": str(target),
        "in_use": in_use,
        "method": method.name.value,
        "why": why,
        "judged_on": judged_on,
        **figures(scores),
        "cross_validation": figures(chosen.scores),
    }


def _extra_libraries(method: Method, onnx: bytes | None) -> tuple[str, ...]:
    if method.name is MethodName.ROCKET:
        return ("aeon", *(("onnx",) if onnx is not None else ()))
    return ("onnx",) if onnx is not None else ()


def _source_names(plan: Plan) -> tuple[str, ...]:
    names = list(dict.fromkeys(source.path.name for source in plan.data))
    return tuple(names if len(names) <= 4 else [*names[:3], f"{len(names) - 3} more files"])


def _notes(work: _Training) -> tuple[str, ...]:
    few = [f"{name} ({count})" for name, count in sorted(Counter(map(str, work.labels)).items()) if count < FEW]
    return (f"Few labels: {', '.join(few)}. Their figures mean little.",) if few else ()
