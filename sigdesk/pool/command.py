"""The command line of a worker process, made in this one place: a frozen program has no `python` beside it, so it
starts itself as the worker, and nothing else may need to know.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

import sigdesk
from sigdesk.classifiers.folder import CHECKED_VARIABLE, TRUSTED_VARIABLE, Classifier, ModelState
from sigdesk.classifiers.manifest import RunMode
from sigdesk.errors import JobError
from sigdesk.pool.process_tree import RUN_VARIABLE

if TYPE_CHECKING:
    from sigdesk.pool.sandbox import Sandbox  # which is told what to start by a Command

MODEL_SCRIPT = "sigdesk.classifiers.model_script"
WORKER_OPTION = "--worker"
SERVE_OPTION = "--serve"

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
_UTF8 = "PYTHONUTF8"
_UNBUFFERED = "PYTHONUNBUFFERED"


class Command(Struct, frozen=True):
    """What to start, where, with which environment, and in which sandbox, if in one."""

    arguments: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    sandbox: Sandbox | None = None


def command_for(classifier: Classifier, run_name: str = "", sandbox: Sandbox | None = None) -> Command:
    """How a process of this classifier is started; a one-shot script gets the job file's path added at the end.

    `run_name` goes into its environment, so that it can be found when its run has died.

    Raises JobError naming the path when the program or the script is not there.
    """
    run = classifier.manifest.run
    warm = run.mode is RunMode.WARM
    if run.command:
        arguments = [_program(classifier, run.command[0]), *run.command[1:]]
    elif run.script:
        script = classifier.folder / run.script
        if not script.is_file():
            raise _not_there(classifier, script)
        arguments = [*_python(), str(script)]
    elif _frozen():
        arguments = [sys.executable, WORKER_OPTION, MODEL_SCRIPT]
    else:
        arguments = [sys.executable, "-P", "-m", MODEL_SCRIPT]
    if warm:
        arguments.append(SERVE_OPTION)
    environment = _environment(warm=warm, own_python=not run.command)
    environment[RUN_VARIABLE] = run_name
    environment |= _checked(classifier)
    return Command(tuple(arguments), classifier.folder, environment, sandbox)


def _checked(classifier: Classifier) -> dict[str, str]:
    """What SigDesk's own script may load: the very bytes that were checked, not others that stand there meanwhile."""
    checked = {CHECKED_VARIABLE: classifier.sha256} if classifier.sha256 else {}
    trusted = {TRUSTED_VARIABLE: classifier.sha256} if classifier.state is ModelState.TRUSTED else {}
    return checked | trusted


def deciding_variables(classifier: Classifier) -> dict[str, str]:
    """The variables by which SigDesk decides how a script computes and prints, for whoever starts it elsewhere."""
    environment = _environment(warm=classifier.manifest.run.mode is RunMode.WARM, own_python=False)
    return {name: environment[name] for name in (*_ONE_THREAD, _UTF8, _UNBUFFERED) if name in environment}


def module_command(module: str, *arguments: str) -> Command:
    """How a module of SigDesk's own is run as a process beside it."""
    start = [sys.executable, WORKER_OPTION, module] if _frozen() else [sys.executable, "-P", "-m", module]
    return Command((*start, *arguments), Path.cwd(), _environment(warm=True, own_python=True))


def _frozen() -> bool:
    return bool(getattr(sys, "frozen", False))


def _python() -> list[str]:
    return [sys.executable, WORKER_OPTION] if _frozen() else [sys.executable]


def _program(classifier: Classifier, name: str) -> str:
    own = classifier.folder / name
    if own.is_file():
        return str(own)
    found = shutil.which(name)
    if found is None:
        raise _not_there(classifier, own)
    return found


def _not_there(classifier: Classifier, path: Path) -> JobError:
    return JobError(
        f"{classifier.name} could not be started: {path} is not there.",
        f"Install {path.name}, or correct [run] in {classifier.folder / 'model.toml'}.",
    )


def _environment(*, warm: bool, own_python: bool) -> dict[str, str]:
    """The workers share the cores among themselves, so each computes on one thread unless the user says otherwise.

    A script that SigDesk's own Python runs can import `sigdesk.script`. A command may be another Python, which the
    packages beside `sigdesk` would not suit.
    """
    environment = dict.fromkeys(_ONE_THREAD, "1") | dict(os.environ)
    if own_python:
        package = str(Path(sigdesk.__file__).resolve().parent.parent)
        known = environment.get("PYTHONPATH", "")
        environment["PYTHONPATH"] = package + (os.pathsep + known if known else "")
    environment[_UTF8] = "1"
    if not warm:
        environment[_UNBUFFERED] = "1"  # a print is seen live; a warm script flushes a batch at once itself
    return environment
