"""The sandbox of one run of the pool, made by bubblewrap: scripts without a network that read their model and their job
and nothing else of the operator's, write nowhere but to a /tmp of their own, and see no process but their own.

Off unless the operator asks for it. Whether it is there depends on the machine, and a model that wants a graphics card,
a licence server or a data folder does not run in it: the same model should not work on one machine and fail on another
because of a package that somebody has installed. Who has asked for it never runs without it: a start that cannot be
sandboxed fails, and says what to do.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import sigdesk
from sigdesk.classifiers.manifest import Run
from sigdesk.errors import JobError
from sigdesk.places import HOME_VARIABLE, shipped_folder
from sigdesk.pool.command import Command
from sigdesk.pool.limits import MB
from sigdesk.pool.sandbox_view import View

PROGRAM: Final = "bwrap"
_ALONE: Final = (
    "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try",
    "--cap-drop", "ALL", "--die-with-parent",
)  # fmt: skip
_TRY_WITHIN_S: Final = 5.0
_NOT_RUN: Final = "execvp "
_OFF: Final = "or switch off the sandbox in Settings"


class Sandbox:
    """Where scripts run. `problem` says why they cannot, if so; it is looked for again when a script is started."""

    def __init__(self, run_folder: Path) -> None:
        """For the run of the pool whose private folder this is, in SigDesk's own folder for such."""
        self._run_folder = os.path.realpath(run_folder)
        self._numbers = itertools.count(1)
        home = str(Path(self._run_folder).parents[1])
        self._package = str(Path(sigdesk.__file__).resolve().parent)
        self._view = View(os.path.realpath(Path.home()), [home, str(shipped_folder("models"))])
        self.problem: JobError | None = None
        self._program = ""
        if sys.platform == "linux":
            self._view.see_system()
        self._look()

    def check(self) -> None:
        """Raises JobError when there is no sandbox here."""
        if self.problem is not None:
            self._look()
        if self.problem is not None:
            raise self.problem

    def make_box(self) -> Path:
        """A private folder, in which a script finds the files of its jobs and nothing else. Raises OSError."""
        box = Path(self._run_folder) / f"box-{next(self._numbers)}"
        box.mkdir(mode=0o700)
        return box

    def arguments(
        self, command: Command, more: Sequence[str], run: Run, box: Path, pipes: tuple[int, int]
    ) -> list[str]:
        """The command line that runs a command in the sandbox. `box` stands in it where the run's folder is outside, so
        that paths of job files hold inside and outside. Of the two `pipes` bubblewrap writes its status to the first,
        and waits for a byte from the second before it starts the script. Raises OSError.
        """
        program = command.arguments[0]
        if not os.access(program, os.X_OK):
            raise PermissionError(13, os.strerror(13), program)
        view = self._view.copy()
        view.see_program(program, command.environment.get("PATH"))
        view.see_libraries(command.environment, self._package)
        status, gate = pipes
        return [
            *self._start(run.file_mb * MB),
            *view.arguments(str(command.folder)),
            *("--ro-bind", str(box), self._run_folder),
            *("--remount-ro", "/"),
            *("--json-status-fd", str(status), "--block-fd", str(gate)),
            *("--chdir", str(command.folder), "--"),
            *command.arguments,
            *more,
        ]

    def environment(self, command: Command) -> dict[str, str]:
        """That of the command; what leads to the home folder leads to the script's own /tmp."""
        environment = {"PYTHONUSERBASE": str(Path.home() / ".local"), **command.environment, "HOME": "/tmp"}
        for name in (HOME_VARIABLE, "TMPDIR", "TEMP", "TMP"):
            environment.pop(name, None)
        return environment

    def _start(self, tmp_bytes: int) -> list[str]:
        size = ("--size", str(tmp_bytes), "--tmpfs")  # what is written there is memory that no process holds
        made = [self._program, *_ALONE, *size, "/tmp", "--proc", "/proc", "--dev", "/dev", *size, "/dev/shm"]
        return [*made, "--remount-ro", "/dev"]

    def _look(self) -> None:
        """See whether a sandbox can be made, by making one."""
        self._program = shutil.which(PROGRAM) or ""
        if sys.platform != "linux":
            self.problem = JobError("There is no sandbox on this system: it needs Linux.", "Switch it off in Settings.")
        elif not self._program:
            what = "The sandbox needs bubblewrap, which is not installed."
            self.problem = JobError(what, f"Install it (on Debian and Ubuntu: apt install bubblewrap), {_OFF}.")
        else:
            said = self._try()
            self.problem = no_sandbox(said) if said else None

    def _try(self) -> str:
        """What bubblewrap says when it cannot make a sandbox; "" when it can."""
        nothing = [*self._start(MB), *self._view.arguments("/usr"), "--", "/usr/bin/env", "true"]
        try:
            tried = subprocess.run(nothing, capture_output=True, text=True, timeout=_TRY_WITHIN_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        return last_words(tried.stderr) or f"exit code {tried.returncode}" if tried.returncode else ""


def no_start(said: str) -> JobError:
    """Why a script was not started in a sandbox, from all that bubblewrap has said, and what can be done."""
    words = last_words(said)
    if words.startswith(_NOT_RUN):  # the sandbox was made, and the program cannot be run in it
        program, _, why = words.removeprefix(_NOT_RUN).rpartition(": ")
        what = f"{program} could not be started: {why}."
        return JobError(what, "Check that it is installed, that you may run it, and what a sandbox lets it read.")
    return no_sandbox(words or "bubblewrap ended without a word")


def no_sandbox(said: str) -> JobError:
    """Why a sandbox could not be made, in bubblewrap's own words, and what can be done."""
    way_out = "Ask whoever looks after this machine to let bubblewrap 0.7 or newer make user namespaces"
    return JobError(f"The sandbox could not be made ({said}).", f"{way_out}, {_OFF}.")


def last_words(said: str) -> str:
    """The last line of what bubblewrap has said."""
    lines = [line for line in said.splitlines() if line.startswith(f"{PROGRAM}: ")]
    return lines[-1].removeprefix(f"{PROGRAM}: ") if lines else ""
