"""What several commands have in common: their options, the models they name, and how errors are told."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from sigdesk.classifiers.folder import BrokenFolder, Classifier, find_classifiers
from sigdesk.classifiers.trust import TrustBook, TrustEntry
from sigdesk.cli.report import FORMATS
from sigdesk.cli.sandboxed import wants_sandbox
from sigdesk.errors import ModelError, SigDeskError
from sigdesk.places import HOME_VARIABLE, find_places, shipped_folder

if TYPE_CHECKING:
    from sigdesk.pool.pool import Pool

EXIT_INTERRUPTED: Final = 130


def _use_home(_: click.Context, __: click.Parameter, value: Path | None) -> None:
    if value is not None:
        os.environ[HOME_VARIABLE] = str(value)


def home_option() -> Callable[[Any], Any]:
    """`--home DIR`."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        expose_value=False,
        callback=_use_home,
        help=f"Where SigDesk stores its things (else ${HOME_VARIABLE}, else the user's data folder).",
    )


def models_option() -> Callable[[Any], Any]:
    """`--models-folder DIR`, an existing one."""
    return click.option(
        "--models-folder",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Look for models here and nowhere else.",
    )


def format_option(default: str) -> Callable[[Any], Any]:
    """`--format`, as `form`."""
    return click.option(
        "--format", "form", type=click.Choice(FORMATS), default=default, show_default=True, help="How to print."
    )


@contextlib.contextmanager
def errors_told() -> Iterator[None]:
    """What SigDesk cannot do, in its own words and without a trace."""
    try:
        yield
    except SigDeskError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt as stop:
        click.echo(str(stop) or "Stopped.", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        raise  # whoever reads what is printed has had enough
    except OSError as error:
        what = f"{error.filename or 'A file'} cannot be used: {error.strerror or error}."
        raise click.ClickException(what) from error


def find_models(folder: Path | None = None) -> list[Classifier | BrokenFolder]:
    """The models in `folder`, else the operator's own and those that come with SigDesk."""
    if folder is not None:
        # the journal outlives the folder that the shell stands in
        return find_classifiers([folder.absolute()], trusted())
    return find_classifiers([find_places().models_folder, shipped_folder("models")], trusted())


def trusted() -> list[TrustEntry]:
    """What the operator has decided about model files; nothing, with a warning, where that cannot be read."""
    try:
        return TrustBook(find_places().trust_file).entries()
    except ModelError as error:
        click.echo(f"Warning: {error}", err=True)
        return []


def chosen_model(models: Sequence[Classifier | BrokenFolder], name: str, *, untrusted_too: bool = False) -> Classifier:
    """The model of that name. Raises click.UsageError when there is none, or when it may not run; with `untrusted_too`
    one whose file nobody has trusted is left to the pool, which rejects its jobs."""
    for model in models:
        if isinstance(model, BrokenFolder) and model.folder.name == name:
            raise click.UsageError(f"The model {name} cannot be used: {'; '.join(model.problems)}")
        if isinstance(model, Classifier) and model.name == name:
            if not (model.runnable or (untrusted_too and model.untrusted)):
                raise click.UsageError(f"The model {name} will not run: {model.problem or model.state.value}")
            return model
    known = ", ".join(model.name for model in models if isinstance(model, Classifier)) or "none"
    raise click.UsageError(f"There is no model named {name}. Installed: {known}.")


def memory_option() -> Callable[[Any], Any]:
    """How much memory models may hold; None when it is left to the pool."""
    return click.option(
        "--memory-mb",
        type=click.IntRange(1),
        help="What loaded models may hold together; else half of the machine's memory.",
    )


def make_pool(workers: int | None, sandbox: bool | None = None, memory_mb: int | None = None) -> Pool:
    """The pool of this run, over the operator's journal. Raises JournalNewer, StartError."""
    from sigdesk.pool.pool import Pool  # with it comes Qt, which takes half the start of a command that has no pool

    places = find_places()
    pool = Pool(
        places.temp_folder,
        workers=workers,
        journal=places.journal_file,
        sandboxed=wants_sandbox(sandbox, places.settings_file),
        memory_budget_mb=memory_mb,
        steps=False,
    )
    if pool.journal_notice is not None:
        click.echo(str(pool.journal_notice), err=True)
    return pool
