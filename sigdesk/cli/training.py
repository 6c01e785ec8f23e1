"""`sigdesk train` and `sigdesk evaluate`: from labelled signals to a model, and from a model to its figures."""

from __future__ import annotations

import signal
import sys
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Final

import click
from msgspec.structs import replace

from sigdesk.classifiers.fit import refusal
from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.recipes import RECIPES, STATISTICS_SPECTRUM
from sigdesk.classifiers.scores import Scores, score
from sigdesk.classifiers.training.plan import TREES, MethodName, Plan, Source
from sigdesk.classifiers.versions import check_name
from sigdesk.cli.drain import Progress, Tally, drain
from sigdesk.cli.label_sources import label_sources
from sigdesk.cli.options import (
    EXIT_INTERRUPTED,
    chosen_model,
    errors_told,
    find_models,
    format_option,
    home_option,
    make_pool,
    models_option,
)
from sigdesk.cli.reading import Reader
from sigdesk.cli.report import Record, writer_for
from sigdesk.cli.sandboxed import sandbox_option
from sigdesk.errors import ModelError
from sigdesk.places import find_places
from sigdesk.pool.jobs import JobRequest
from sigdesk.pool.training_run import TrainingEnd, TrainingNews, TrainingRun
from sigdesk.protocol import Level
from sigdesk.signals.discovery import signal_files

EXIT_FAILED: Final = 1
TRAIN_FIELDS: Final = (
    "name", "version", "folder", "in_use", "method", "judged_on", "signals", "accuracy", "accuracy_interval",
    "balanced_accuracy", "balanced_interval", "guess", "cross_validation", "why",
)  # fmt: skip
EVALUATE_FIELDS: Final = (
    "model", "version", "n", "accuracy", "accuracy_interval", "balanced_accuracy", "balanced_interval", "guess",
    "per_class", "classes", "confusion", "failed",
)  # fmt: skip
_TRAIN_TABLE: Final = {"name": 20, "version": 8, "method": 8, "signals": 8, "accuracy": 9, "balanced_accuracy": 17}
_EVALUATE_TABLE: Final = {"model": 20, "version": 8, "n": 6, "accuracy": 9, "balanced_accuracy": 17}

_data = click.argument("data", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))


@click.command("train")
@home_option()
@_data
@click.option("--name", required=True, help="The model's name; a name that is known gets a new version.")
@click.option(
    "--method", type=click.Choice([method.value for method in MethodName]), default="auto", show_default=True,
    help="How the model is made; auto compares the methods by cross-validation.",
)  # fmt: skip
@click.option(
    "--features", type=click.Choice(list(RECIPES)), default=STATISTICS_SPECTRUM.name, show_default=True,
    help="What the forest is told of a signal.",
)  # fmt: skip
@click.option(
    "--trees", type=click.IntRange(10, 10_000), default=TREES, show_default=True, help="How many trees the forest has."
)
@click.option("--test", multiple=True, type=click.Path(exists=True, path_type=Path), help="Judge it on this data.")
@click.option(
    "--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="What chance starts from."
)
@click.option(
    "--held-out",
    type=click.FloatRange(0, 0.5),
    default=0.2,
    show_default=True,
    help="Share of signals kept to test.",
)
@click.option(
    "--labels", "from_labels", is_flag=True,
    help="Train on the labels that operators gave (NAME.labels.csv), not on the classes that files and folders state.",
)  # fmt: skip
@click.option(
    "--resample", is_flag=True, help="Resample signals of other sample rates than most, now and when it answers."
)
@click.option("--rate", type=click.FloatRange(0, min_open=True), help="Sample rate (Hz) of signals that name none.")
@click.option("--title", default="", help="What operators read for the name.")
@click.option(
    "--models-folder", type=click.Path(file_okay=False, path_type=Path),
    help="Where the model is written; else among the operator's own.",
)  # fmt: skip
@format_option("table")
def train(data: tuple[Path, ...], form: str, **wishes: Any) -> None:
    """Train a model on DATA: labelled sets (.ts, .tsv, .arff), folders that hold a folder a class, or, with --labels,
    signals and folders of signals that operators labelled.

    The first version of a name is in use at once, a later one after `sigdesk models promote`. Nothing is written unless
    the training succeeds.
    """
    end = _run(_plan(data, **wishes))
    if end.cancelled:
        click.echo("Stopped. Nothing was written.", err=True)
        sys.exit(EXIT_INTERRUPTED)
    if end.result is None:
        raise click.ClickException(end.error)
    writer_for(form, TRAIN_FIELDS, wide=_TRAIN_TABLE).write({key: end.result[key] for key in TRAIN_FIELDS})


def _plan(
    data: tuple[Path, ...],
    *,
    name: str,
    method: str,
    features: str,
    trees: int,
    test: tuple[Path, ...],
    seed: int,
    held_out: float,
    from_labels: bool,
    resample: bool,
    rate: float | None,
    title: str,
    models_folder: Path | None,
) -> Plan:
    """The plan of what the command line asks for."""
    try:
        check_name(name)
    except ModelError as error:
        raise click.UsageError(str(error)) from error
    with errors_told():
        sources, tested = (_sources(paths, from_labels) for paths in (data, test))
    return Plan(
        name,
        sources,
        (models_folder or find_places().models_folder).absolute(),
        test=tested,
        method=MethodName(method),
        features=features,
        trees=trees,
        seed=seed,
        held_out=held_out,
        resample=resample,
        rate_hz=rate,
        title=title,
    )


def _run(plan: Plan) -> TrainingEnd:
    """Train in a process of its own; Ctrl C ends it."""
    run = TrainingRun(plan, _tell)
    interrupted = threading.Event()

    def stop(_: int, __: FrameType | None) -> None:
        interrupted.set()
        run.cancel()

    before = signal.signal(signal.SIGINT, stop)
    try:
        end = run.run()
    finally:
        signal.signal(signal.SIGINT, before)
    return replace(end, cancelled=True) if interrupted.is_set() else end


def _sources(paths: Sequence[Path], from_labels: bool) -> tuple[Source, ...]:
    if from_labels and paths:
        return label_sources(paths, lambda text: click.echo(f"Warning: {text}", err=True))
    return tuple(Source(path.absolute()) for path in paths)


def _tell(news: TrainingNews) -> None:
    for level, text in news.lines:
        click.echo(text if level is Level.INFO else f"{level.name.title()}: {text}", err=True)


@click.command("evaluate")
@home_option()
@click.option("--model", "name", required=True, help="The model's name.")
@_data
@models_option()
@click.option("--workers", type=click.IntRange(1, 256), help="How many at once; else one for each core.")
@sandbox_option()
@format_option("table")
def evaluate(
    name: str, data: tuple[Path, ...], models_folder: Path | None, workers: int | None, sandbox: bool | None, form: str
) -> None:
    """Have a model answer the labelled signals of DATA, and compare its answers with their labels.

    Exits 1 when some signals got no answer; they count as wrong.
    """
    classifier = chosen_model(find_models(models_folder), name)
    writer = writer_for(form, EVALUATE_FIELDS, wide=_EVALUATE_TABLE)
    with errors_told():
        labelled = _labelled(classifier, data)
        answers = _Answers()
        tally = Tally(answers, Progress())
        waiting = deque((str(place), request) for place, (request, _) in enumerate(labelled))
        with make_pool(workers, sandbox) as pool:
            drain(pool, waiting, pool.submit_many, tally)
    tally.progress.end(tally.states)
    truth = [label for _, label in labelled]
    named = [answers.labels.get(str(place)) for place in range(len(truth))]
    missing = named.count(None)
    if missing == len(named):
        raise click.ClickException(f"{classifier.name} answered none of {len(truth)} signals. {answers.error}")
    writer.write(_record(classifier, score(truth, named, classifier.manifest.classes), missing))
    if missing:
        click.echo(f"{missing} of {len(truth)} signals got no answer: {answers.error}", err=True)
        sys.exit(EXIT_FAILED)


class _Answers:
    """Takes the records of ended jobs in place of a printer; a job's `file` is its place in the list."""

    def __init__(self) -> None:
        self.labels: dict[str, str] = {}
        self.error = ""

    def write(self, record: Record) -> None:
        if record["label"]:
            self.labels[record["file"]] = record["label"]
        else:
            self.error = self.error or str(record["error"])


def _labelled(classifier: Classifier, data: Sequence[Path]) -> list[tuple[JobRequest, str]]:
    """A job and the true class of every labelled signal. Raises ModelError for what the model cannot judge."""
    reader = Reader()
    found: list[tuple[JobRequest, str]] = []
    for path, label in _files(data):
        for recording in reader.open(path):
            true = label or recording.label
            if not true:
                continue
            if true not in classifier.manifest.classes:
                raise ModelError(
                    f"{recording.name} is labelled {true!r}, which {classifier.name} does not know "
                    f"(it knows {', '.join(classifier.manifest.classes)}).",
                    "Evaluate it on signals of its own classes.",
                )
            reason = refusal(classifier, recording, 0, recording.length, None)
            if reason is not None:
                raise ModelError(reason, "Evaluate it on signals that fit it.")
            found.append((JobRequest(classifier, recording, 0, recording.length), true))
    if not found:
        raise ModelError(
            "None of these signals has a label.",
            "Name labelled sets (.ts, .tsv, .arff), or folders that hold a folder a class.",
        )
    return found


def _files(data: Sequence[Path]) -> list[tuple[Path, str]]:
    """Every file, with its class where that is the folder that it stands in."""
    files: list[tuple[Path, str]] = []
    for path in data:
        classes = sorted(one for one in path.iterdir() if one.is_dir()) if path.is_dir() else []
        for folder in classes:
            files += [(file, folder.name) for file in signal_files([folder])]
        if not classes:
            files += [(file, "") for file in signal_files([path])]
    return files


def _record(classifier: Classifier, scores: Scores, missing: int) -> dict[str, Any]:
    return {
        "model": classifier.name,
        "version": classifier.manifest.version,
        "n": scores.count,
        "accuracy": scores.accuracy,
        "accuracy_interval": list(scores.accuracy_interval),
        "balanced_accuracy": scores.balanced_accuracy,
        "balanced_interval": list(scores.balanced_interval),
        "guess": scores.guess,
        "per_class": {
            name: {"precision": one.precision, "recall": one.recall, "f1": one.f1, "tested": one.tested}
            for name, one in scores.per_class.items()
        },
        "classes": list(scores.classes),
        "confusion": scores.confusion.tolist(),
        "failed": missing,
    }
