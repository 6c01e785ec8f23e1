"""The commands. Without one, SigDesk opens its window on the files that are named."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

from sigdesk import __version__
from sigdesk.classifiers.fit import params_from_text
from sigdesk.classifiers.folder import Classifier
from sigdesk.cli.classify import Wish, classify_files, resume_jobs
from sigdesk.cli.convert import convert
from sigdesk.cli.drain import Progress, Tally
from sigdesk.cli.models import models
from sigdesk.cli.options import (
    EXIT_INTERRUPTED,
    chosen_model,
    errors_told,
    find_models,
    format_option,
    home_option,
    make_pool,
    memory_option,
    models_option,
    trusted,
)
from sigdesk.cli.reading import Reader
from sigdesk.cli.report import (
    JOB_FIELDS,
    JOURNAL_FIELDS,
    SIGNAL_FIELDS,
    journal_record,
    signal_record,
    writer_for,
)
from sigdesk.cli.sandboxed import sandbox_option
from sigdesk.cli.training import evaluate, train
from sigdesk.errors import JournalError, ModelError, SigDeskError
from sigdesk.places import find_places, shipped_folder
from sigdesk.pool.jobs import JobState
from sigdesk.pool.journal_reading import read_journal
from sigdesk.signals.discovery import signal_files

OpenWindow = Callable[[Sequence[Path]], int]

_JOB_TABLE: Final = {"signal": 24, "state": 10, "label": 28, "confidence": 10, "run_s": 8, "error": 0, "warnings": 0}
_JOURNAL_TABLE: Final = {
    "id": 33, "signal": 24, "model": 18, "state": 11, "attempt": 7, "label": 20, "confidence": 10, "created": 29,
    "error": 0,
}  # fmt: skip
_SIGNAL_TABLE: Final = {"signal": 24, "format": 8, "duration_s": 10, "start": 25, "label": 12, "channels": 0}

EXIT_SOME_FAILED: Final = 1
EXIT_PIPE_CLOSED: Final = 141


class _Desk(click.Group):
    """`sigdesk FILE…` opens the window: what is no command's name is a file."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        takes_value = {"--home"}
        index = 0
        while index < len(args) and args[index].startswith("-"):
            index += 2 if args[index] in takes_value else 1
        names_command = index < len(args) and args[index] in self.commands
        if not names_command and not {"--help", "-h", "--version"} & set(args):
            args = [*args[:index], "open", *args[index:]]
        return super().parse_args(ctx, args)


class _Classify(click.Command):
    """`--params A=1 B=2`: every KEY=VALUE that follows belongs to it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        spread: list[str] = []
        inside = False
        for argument in args:
            if argument == "--params":
                inside = True
            elif inside and "=" in argument and not argument.startswith("-"):
                spread += ["--params", argument]
            else:
                if inside and (not spread or spread[-2:-1] != ["--params"]):
                    spread.append("--params")
                inside = False
                spread.append(argument)
        return super().parse_args(ctx, spread)


def build(open_window: OpenWindow) -> click.Group:
    """The command line. `open_window` gets files and returns the exit code; it needs widgets, so the caller has it."""

    @click.group(cls=_Desk, context_settings={"help_option_names": ["-h", "--help"]})
    @click.version_option(__version__, prog_name="sigdesk")
    @home_option()
    def desk() -> None:
        """SigDesk: see lab signals, and have them classified.

        Without a command it opens the window on the FILES that are named.
        """

    @desk.command("open")
    @home_option()
    @click.argument("files", nargs=-1, type=click.Path(path_type=Path))
    def open_(files: tuple[Path, ...]) -> None:
        """Open the window on FILES."""
        sys.exit(open_window(files))

    desk.add_command(_classify)
    desk.add_command(_info)
    desk.add_command(convert)
    desk.add_command(models)
    desk.add_command(_jobs)
    desk.add_command(_resume)
    desk.add_command(train)
    desk.add_command(evaluate)
    return desk


@click.command("classify", cls=_Classify)
@home_option()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--model", "name", help="The model's name; without it each signal gets the model that fits it best.")
@models_option()
@click.option("--samples", is_flag=True, help="Classify the sample signals that come with SigDesk.")
@click.option("--windows", metavar="LENGTH_S[:STEP_S]", help="Classify stretches of this length on their own.")
@click.option("--params", multiple=True, metavar="KEY=VALUE", help="Parameters of the model.")
@click.option("--workers", type=click.IntRange(1, 256), help="How many at once; else one for each core.")
@memory_option()
@sandbox_option()
@format_option("table")
def _classify(
    files: tuple[Path, ...],
    name: str | None,
    models_folder: Path | None,
    samples: bool,
    windows: str | None,
    params: tuple[str, ...],
    workers: int | None,
    memory_mb: int | None,
    sandbox: bool | None,
    form: str,
) -> None:
    """Classify FILES (or all signal files in folders) and print a row for each signal as it ends.

    Exits 0 when all succeeded, 1 when some did not, 2 when it was called wrongly.
    """
    if samples:
        files = (*files, shipped_folder("resources") / "samples")
    if not files:
        raise click.UsageError("Name a signal file, a folder, or --samples.")
    models = find_models(models_folder)
    classifier = chosen_model(models, name, untrusted_too=True) if name else None
    if classifier is None and params:
        raise click.UsageError("--params needs --model: parameters are a model's own.")
    values = _params(classifier, params) if classifier else {}
    usable = [model for model in models if isinstance(model, Classifier)]
    wish = Wish(files, classifier, usable, _window_seconds(windows), values)
    fields = (*JOB_FIELDS, "windows") if wish.windows else JOB_FIELDS
    writer = writer_for(form, fields, wide=_JOB_TABLE)

    tally = Tally(writer, Progress())
    with errors_told():
        waiting = classify_files(wish, partial(make_pool, workers, sandbox, memory_mb), tally)
    tally.progress.end(tally.states)
    if waiting:
        noun = "job of an earlier run waits" if waiting == 1 else "jobs of earlier runs wait"
        click.echo(f"{waiting} {noun}. `sigdesk resume` runs what waits.", err=True)
    if not tally.all_succeeded:
        sys.exit(EXIT_SOME_FAILED)


@click.command("resume")
@home_option()
@click.option("--workers", type=click.IntRange(1, 256), help="How many at once; else one for each core.")
@memory_option()
@sandbox_option()
@format_option("table")
def _resume(workers: int | None, memory_mb: int | None, sandbox: bool | None, form: str) -> None:
    """Run the jobs that earlier runs have left: those that waited, and those that were interrupted.

    Exits as `classify` does.
    """
    tally = Tally(writer_for(form, JOB_FIELDS, wide=_JOB_TABLE), Progress())
    with errors_told():
        resume_jobs(partial(make_pool, workers, sandbox, memory_mb), tally, trusted())
    tally.progress.end(tally.states)
    if not tally.all_succeeded:
        sys.exit(EXIT_SOME_FAILED)


@click.command("jobs")
@home_option()
@click.option("--state", type=click.Choice([state.value for state in JobState]), help="Only jobs in this state.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the newest N of them.")
@format_option("table")
def _jobs(state: str | None, limit: int | None, form: str) -> None:
    """List the journal: every job that was accepted, with its state and result.

    Exits 1 when some of it could not be read; the rest is listed.
    """
    writer = writer_for(form, JOURNAL_FIELDS, wide=_JOURNAL_TABLE)
    told: list[JournalError] = []

    def tell(error: JournalError) -> None:
        told.append(error)
        click.echo(str(error), err=True)

    with errors_told():
        wanted = JobState(state) if state else None
        for row in read_journal(find_places().journal_file, wanted, newest=limit, tell=tell):
            writer.write(journal_record(row))
    if told:
        sys.exit(EXIT_SOME_FAILED)


@click.command("info")
@home_option()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@format_option("json")
def _info(files: tuple[Path, ...], form: str) -> None:
    """Print what FILES hold, one line a signal.

    Channels, units, rate, samples, duration and format, when it began, its class and annotations, and what else the
    file says.
    """
    writer = writer_for(form, SIGNAL_FIELDS, wide=_SIGNAL_TABLE)
    reader = Reader()
    failed = False
    for path in files:
        try:
            for file in signal_files([path]):
                for recording in reader.open(file):
                    writer.write(signal_record(recording, str(file)))
        except SigDeskError as error:
            failed = True
            click.echo(f"{path}: {error}", err=True)
    if failed:
        sys.exit(EXIT_SOME_FAILED)


def _params(classifier: Classifier, texts: Sequence[str]) -> dict[str, Any]:
    try:
        return dict(params_from_text(classifier.manifest, list(texts)))
    except ModelError as error:
        raise click.UsageError(str(error)) from error


def _window_seconds(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    length, colon, step = text.partition(":")
    try:
        seconds = float(length), float(step if colon else length)
    except ValueError:
        seconds = (0.0, 0.0)
    if not all(0 < value < float("inf") for value in seconds):
        raise click.UsageError(f"--windows wants LENGTH_S or LENGTH_S:STEP_S, both over 0, not {text!r}.")
    return seconds


def run(open_window: OpenWindow, arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        build(open_window)(args=None if arguments is None else list(arguments), prog_name="sigdesk")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read standard output has had enough; Python must not complain about it while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_PIPE_CLOSED
    return 0
