"""`sigdesk models`: what is installed, which version is in use, and which files are trusted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from sigdesk.classifiers.adding import Wrapped, add_model
from sigdesk.classifiers.folder import BrokenFolder, Classifier
from sigdesk.classifiers.trust import Decision, TrustBook
from sigdesk.classifiers.versions import promote, roll_back
from sigdesk.cli.options import errors_told, find_models, format_option, home_option, models_option, trusted
from sigdesk.cli.report import MODEL_FIELDS, model_record, writer_for
from sigdesk.errors import ModelError
from sigdesk.places import find_places, shipped_folder
from sigdesk.pool.inspection import inspect_model

_TABLE: Final = {"name": 20, "version": 8, "state": 9, "accuracy": 8, "classes": 0, "problems": 0}


@click.group("models", invoke_without_command=True)
@home_option()
@models_option()
@format_option("table")
@click.pass_context
def models(context: click.Context, models_folder: Path | None, form: str) -> None:
    """List the models with their state, version, classes and accuracy, or change one."""
    if context.invoked_subcommand is None:
        writer = writer_for(form, MODEL_FIELDS, wide=_TABLE)
        for model in find_models(models_folder):
            writer.write(model_record(model))


@models.command("promote")
@home_option()
@click.argument("name")
@click.argument("version")
@models_option()
def _promote(name: str, version: str, models_folder: Path | None) -> None:
    """Put VERSION of the model NAME to use."""
    with errors_told():
        now = promote(_own_folder(name, models_folder), version, trusted())
    click.echo(f"{name} {now.manifest.version} is in use.")


@models.command("rollback")
@home_option()
@click.argument("name")
@models_option()
def _rollback(name: str, models_folder: Path | None) -> None:
    """Put the version of the model NAME to use that was in use before."""
    with errors_told():
        now = roll_back(_own_folder(name, models_folder), trusted())
    click.echo(f"{name} {now.manifest.version} is in use again.")


@models.command("trust")
@home_option()
@click.argument("name")
@models_option()
@click.option("--yes", is_flag=True, help="Do not ask.")
def _trust(name: str, models_folder: Path | None, yes: bool) -> None:
    """Trust the model file of NAME as it is now: its very bytes, and no others."""
    classifier, file = _with_file(name, models_folder)
    click.echo(f"{file}\nSHA-256 {classifier.sha256}")
    click.echo(
        "A pickle can run anything when it is loaded, with all that you may do on this machine. "
        "Trust it only if you know who made it."
    )
    if not yes and not click.confirm("Trust this file?", default=False):
        raise click.Abort
    _decide(classifier, file, Decision.TRUSTED)
    click.echo(f"{name} is trusted as it is now.")


@models.command("block")
@home_option()
@click.argument("name")
@models_option()
def _block(name: str, models_folder: Path | None) -> None:
    """Never run the model file of NAME as it is now."""
    classifier, file = _with_file(name, models_folder)
    _decide(classifier, file, Decision.BLOCKED)
    click.echo(f"{name} is blocked.")


@models.command("add")
@home_option()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--name", default="", help="The model's name; else that of the file or folder.")
@click.option("--classes", default="", metavar="A,B,…", help="Its classes, where the file itself does not say.")
@click.option("--title", default="", help="What operators read for the name.")
@click.option("--features", default="", help="The recipe that makes its features; else it wants samples.")
@click.option("--script", default="", metavar="FILE", help="Of a folder: the Python script that classifies.")
@models_option()
def _add(
    path: Path, name: str, classes: str, title: str, features: str, script: str, models_folder: Path | None
) -> None:
    """Make a model folder of PATH: a model file (skops, ONNX, pickle), a folder with a script, or a model folder."""
    named = tuple(one.strip() for one in classes.split(",") if one.strip())
    with errors_told():
        if not named and path.is_file():
            named = tuple(inspect_model(path.absolute()).get("classes", ()))
        wish = Wrapped(path.absolute(), name, named, title, features, script)
        added = add_model(wish, (models_folder or find_places().models_folder).absolute(), trusted())
    click.echo(f"{added.name} is added: {added.state.value}. {added.problem}".rstrip())


def _own_folder(name: str, models_folder: Path | None) -> Path:
    """The model's folder, which may be changed: what comes with SigDesk stays as it is."""
    model = _find(name, models_folder)
    if model.folder.parent == shipped_folder("models"):
        raise ModelError(f"{name} comes with SigDesk and has one version.", "Train a model of your own.")
    return model.folder


def _with_file(name: str, models_folder: Path | None) -> tuple[Classifier, Path]:
    model = _find(name, models_folder)
    if isinstance(model, BrokenFolder):
        raise click.UsageError(f"The model {name} cannot be used: {'; '.join(model.problems)}")
    if model.manifest.file is None or not model.sha256:
        raise click.UsageError(f"{name} has no model file to decide about. {model.problem}".rstrip())
    return model, model.folder / model.manifest.file.name


def _decide(classifier: Classifier, file: Path, decision: Decision) -> None:
    with errors_told():
        TrustBook(find_places().trust_file).decide(classifier.sha256, file, decision)


def _find(name: str, models_folder: Path | None) -> Classifier | BrokenFolder:
    found: Sequence[Classifier | BrokenFolder] = find_models(models_folder)
    for model in found:
        if name in (model.folder.name, getattr(model, "name", None)):
            return model
    known = ", ".join(model.folder.name for model in found) or "none"
    raise click.UsageError(f"There is no model named {name}. Installed: {known}.")
