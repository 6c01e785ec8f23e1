"""One training from its plan to a model folder: read, choose a method, judge it, refit it on everything, write it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sigdesk.classifiers.scores import Scores, score
from sigdesk.classifiers.training import judging
from sigdesk.classifiers.training.comparing import TRAINED_ON, compare, prints
from sigdesk.classifiers.training.delivering import deliver, folder_of
from sigdesk.classifiers.training.examples import Example, groups_of, labels_of
from sigdesk.classifiers.training.findings import Evaluated, Found, Judged
from sigdesk.classifiers.training.judging import Signals
from sigdesk.classifiers.training.material import Material, read_material
from sigdesk.classifiers.training.methods import Method, forest, has_rocket, rocket
from sigdesk.classifiers.training.plan import MethodName, Plan
from sigdesk.classifiers.training.reporting import answered, explained, figures, suspects
from sigdesk.classifiers.training.telling import Teller
from sigdesk.errors import ModelError
from sigdesk.signals.describe import format_count

TIE: Final = 0.005
"""Methods that differ by less in cross-validation are even, however many signals there are."""
_CHANCE: Final = 1.645
"""And so are those that differ by less than so many standard errors, which chance alone exceeds once in twenty times:
with as few signals as labs label, a forest that is ahead by three of them need not be better on the next."""

Places = NDArray[np.intp]


def train(plan: Plan, tell: Teller) -> dict[str, Any]:
    """Train as planned, write the version, and return what there is to tell of it.

    Raises ModelError and RecordingError in the operator's words; OSError when the folder cannot be written.
    """
    return train_on(read_material(plan, tell))


def train_on(work: Material) -> dict[str, Any]:
    """Train on what was read, write the version, and return what there is to tell of it. Raises as `train` does."""
    tell = work.tell
    own, kept = _split(work)
    candidates = _candidates(work)
    folds = judging.fold_count(work.labels[own], work.groups[own])
    tell.expect(folds * len(candidates) + (len(judging.CURVE_SHARES) if len(kept) or work.test else 0) + 2)
    judged = [_judge(work, method, own) for method in candidates]
    chosen, why = choose(judged)
    if len(judged) > 1:
        tell.say(why)
    temperature = judging.best_temperature(chosen.logits, work.labels[own], work.classes)
    tested, report = _test(work, chosen, own, kept)
    report |= answered(tested.examples, tested.logits, work.classes, temperature)
    report["suspects"] = _suspects(work, chosen, own, temperature)
    report["cross_validation"] = figures(chosen.scores)
    report["methods"] = [{"method": one.method.name.value, **figures(one.scores)} for one in judged]
    report["notes"] = list(work.notes)
    report |= _compared(work, tested)
    estimator = _refit(work, chosen)
    report |= explained(chosen.method, estimator)
    tell.step()
    return deliver(work, Found(chosen, own, estimator, temperature, tested, why, report))


def choose(judged: Sequence[Judged]) -> tuple[Judged, str]:
    """The best in cross-validation, and why it is; the first of those that are even."""
    best = max((one.scores for one in judged), key=lambda scores: scores.accuracy)
    chosen = next(one for one in judged if _is_even(one.scores, best))
    if len(judged) == 1:
        return chosen, ""
    named = ", ".join(f"{one.method.title}: {one.scores.accuracy:.1%}" for one in judged)
    return chosen, f"{chosen.method.title} was picked by cross-validation ({named})."


def _is_even(one: Scores, best: Scores) -> bool:
    """Whether the best is ahead by no more than chance, taken as two independent shares of equal mean."""
    mean = (one.accuracy + best.accuracy) / 2
    error = float(np.sqrt(2 * mean * (1 - mean) / best.count))
    return one.accuracy >= best.accuracy - max(TIE, _CHANCE * error)


def _split(work: Material) -> tuple[Places, Places]:
    """Which examples the judgement trains on, and which of them it is kept from."""
    usable = np.flatnonzero([example.judged for example in work.examples])
    if work.plan.test:
        return usable, np.array([], dtype=np.intp)
    plan, tell = work.plan, work.tell
    own, kept = judging.held_out(work.labels[usable], work.groups[usable], plan.held_out, plan.seed)
    if len(kept):
        signals = [len(np.unique(work.groups[usable][part])) for part in (own, kept)]
        tell.say(f"Split by signal: {format_count(signals[0])} train, {format_count(signals[1])} held out")
    else:
        _say_none_is_kept(work)
    return usable[own], usable[kept]


def _say_none_is_kept(work: Material) -> None:
    judged = "the model is judged by cross-validation alone"
    if not work.plan.held_out:
        work.tell.say(f"No signal is held out: {judged}")
    elif work.by_time:
        work.tell.warn(f"Blocks of one recording are too few to hold some out: {judged}")
    else:
        work.tell.warn(f"Too few signals to hold some out: {judged}")


def _candidates(work: Material) -> list[Method]:
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


def _judge(work: Material, method: Method, own: Places) -> Judged:
    tell = work.tell
    if method.name is MethodName.ROCKET:
        tell.say("MiniRocket is made ready; the first time on a machine that takes half a minute")
    rows = method.shape(work.examples)
    signals = Signals(rows, work.labels, work.groups).some(own)

    places: list[int] = []
    answers: list[str] = []

    def done(number: int, count: int, tested: Places, named: NDArray[np.str_]) -> None:
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


def _test(work: Material, chosen: Judged, own: Places, kept: Places) -> tuple[Evaluated, dict[str, Any]]:
    """The signals that the manifest's figures are of: such as had no part in any choice, where there are some; and what
    the report says of them besides."""
    signals = Signals(chosen.rows, work.labels, work.groups)
    if work.test:
        test, examples, judged_on = _as_signals(work, chosen.method), list(work.test), "a test set"
    elif len(kept):
        test, examples, judged_on = signals.some(kept), [work.examples[place] for place in kept], "held out"
    else:
        examples = [work.examples[place] for place in own]
        work.tell.step()
        judged_on = "cross-validation by time" if work.by_time else "cross-validation"
        answers = judging.named(chosen.logits, work.classes)
        return Evaluated(examples, answers, chosen.scores, judged_on, chosen.logits), {}
    train_part = signals.some(own)
    estimator = judging.fit(chosen.method.make(), train_part)
    work.tell.step()
    logits = judging.logits_for(estimator, test.rows, work.classes)
    answers = judging.named(logits, work.classes)
    scores = score(list(test.labels), list(answers), work.classes)
    work.tell.say(f"Accuracy on {format_count(scores.count)} signals ({judged_on}): {scores.accuracy:.1%}")
    curve = judging.learning_curve(
        chosen.method.make(), train_part, test, work.classes, work.plan.seed, lambda points: _tell_curve(work, points)
    )
    return Evaluated(examples, answers, scores, judged_on, logits), {"learning_curve": curve}


def _tell_curve(work: Material, points: Sequence[Mapping[str, float]]) -> None:
    work.tell.figures({"of": "curve", "points": list(points)})
    work.tell.step()


def _as_signals(work: Material, method: Method) -> Signals:
    return Signals(method.shape(work.test), labels_of(work.test), groups_of(work.test))


def _suspects(work: Material, chosen: Judged, own: Places, temperature: float) -> list[dict[str, Any]]:
    found = suspects([work.examples[place] for place in own], chosen.logits, work.classes, temperature)
    if found:
        work.tell.say(f"{format_count(len(found))} labels are in doubt: a model that has not seen them disagrees")
    return found


def _compared(work: Material, tested: Evaluated) -> dict[str, Any]:
    """What the report says of the version in use beside this one, and what lets a later one be compared with it."""
    comparison = compare(folder_of(work.plan), tested, work.classes)
    if comparison is not None:
        for sentence in (comparison.headline, *comparison.sentences()):
            work.tell.say(sentence)
    return {"comparison": comparison, TRAINED_ON: prints(work.examples)}


def _refit(work: Material, chosen: Judged) -> Any:
    """The estimator that is delivered has learnt from all training signals, also from those that it was judged on."""
    work.tell.say(f"Fitting on all {format_count(len(work.examples))} signals")
    return judging.fit(chosen.method.make(), Signals(chosen.rows, work.labels, work.groups))
