"""One child process, from its start to its certain end: what was asked of it and what it means stand elsewhere."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct, field

from sigdesk.classifiers.manifest import Run
from sigdesk.errors import JobError
from sigdesk.pool.census import resident_bytes
from sigdesk.pool.command import Command
from sigdesk.pool.exchange import JobFiles
from sigdesk.pool.sandbox import no_start
from sigdesk.pool.shortage import is_shortage, with_second_try
from sigdesk.pool.streams import Streams, Waker, make_streams
from sigdesk.pool.tree import tree_for
from sigdesk.protocol import AnswerLines, Dialect, FailureCode, Line, LineParser, singly

GRACE_S = 2.0
_STDERR_KEPT = 64 * 1024
_LOOK_EVERY_S = 0.05
SWOLLEN_BYTES = 200 * 1024 * 1024


class Said(Struct):
    """What one wait brought, as lines. `ended` is True once the process is over and all it said was read."""

    heard: list[Line | AnswerLines] = field(default_factory=list)
    errors: list[Line] = field(default_factory=list)
    out_ended: bool = False
    ended: bool = False
    woken: bool = False

    @property
    def lines(self) -> list[Line]:
        """What was heard, each line by itself."""
        return singly(self.heard)

    @property
    def nothing(self) -> bool:
        return not (self.heard or self.errors or self.out_ended or self.ended or self.woken)


class Verdict(NamedTuple):
    """Why SigDesk itself has ended a process: the failure of its job, and the operator's two sentences."""

    code: FailureCode
    why: str
    way_out: str


class WorkerProcess:
    """A child process with its pipes, its parser and its whole tree. Used by one thread at a time."""

    def __init__(
        self, command: Command, dialect: Dialect, run: Run, tell: Callable[[str], None], extra: Sequence[str] = ()
    ) -> None:
        """Start it; `tell` hears what was in the way. It is sure to run only once the tree's limits are set.

        Raises JobError naming the program when the system cannot.
        """
        self.run = run
        self.tree = tree_for(command, run)
        stdin = subprocess.PIPE if dialect is Dialect.WARM else subprocess.DEVNULL
        try:
            self._process = with_second_try(lambda: self.tree.start(command, extra, stdin), tell)
        except OSError as error:
            raise _not_started(error, command.arguments[0]) from error
        self._streams: Streams = make_streams(self._process)
        self._out = LineParser(dialect)
        self._err = LineParser(Dialect.PLAIN)
        self._stderr = bytearray()
        self._out_open = True
        self._over = False
        self.jobs_done = 0
        self._first_bytes = 0
        self._look_at_s = 0.0
        self.verdict: Verdict | None = None
        """Set when the warden ends the process, or it could not be put into its sandbox."""

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        returned = self._process.returncode
        return None if returned is None else self.tree.exit_code(returned)

    @property
    def alive(self) -> bool:
        return not self._over and self._process.poll() is None

    @property
    def descriptors(self) -> Collection[int]:
        """What may be polled for news of it: then `wait` has something to tell."""
        return self._streams.descriptors

    @property
    def stderr_tail(self) -> str:
        """The last of what it said on standard error."""
        return bytes(self._stderr).decode("utf-8", "replace")

    def swollen_to(self) -> int:
        """Called between batches: how many bytes it holds, if that is twice what it held after its first batch and
        200 MB more; else 0. It looks no more often than every 50 ms, for a look costs as much as a small batch.
        """
        now = time.monotonic()
        if now < self._look_at_s:
            return 0
        held = resident_bytes(self.tree.script_pid)
        if not self._first_bytes:
            self._first_bytes = held
            return 0
        self._look_at_s = now + _LOOK_EVERY_S
        return held if held >= max(2 * self._first_bytes, self._first_bytes + SWOLLEN_BYTES) else 0

    def let_see(self, files: JobFiles) -> Path:
        """Let it read the files of a job; the path by which it knows the job file.

        Raises JobError when they cannot be put where it looks.
        """
        try:
            return self.tree.let_see(files)
        except OSError as error:
            what = f"{files.path} could not be handed over: {error.strerror or error}."
            raise JobError(what, f"Make room in {files.path.parent.parent}, then retry.") from error

    def send(self, line: str) -> bool:
        """Write one line to its standard input; False when it no longer reads."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(os.fsencode(line) + b"\n")
        except OSError:
            return False
        return True

    def forget_stderr(self) -> None:
        """Start a new tail, so that a failure shows what was said during its own batch."""
        self._stderr.clear()

    def wait(self, timeout_s: float, waker: Waker, turn: threading.Lock) -> Said:
        """Block until it says something or ends, the waker was used, or the time is over (then `nothing`).

        What it said is read while holding `turn`.
        """
        heard = self._streams.wait(timeout_s, waker)
        said = Said(woken=heard.woken)
        with turn:
            self._take(said, heard.out, heard.err)
        if heard.out_ended:
            self._close_out(said)
        if heard.exited and not heard.out and not heard.err:
            # The pipes are empty for now: what is still open is held by something that the child has left behind.
            self._close_out(said)
            said.errors += self._err.close()
            if self.tree.failure(self._process.wait()):
                problem = no_start(self.stderr_tail)
                self.verdict = Verdict(FailureCode.START, problem.what, problem.way_out)
            said.ended = True
        return said

    def _take(self, said: Said, out: bytes, err: bytes) -> None:
        if out:
            said.heard += self._out.feed_answers(out)
        if err:
            said.errors += self._err.feed(err)
            self._stderr += err
            del self._stderr[:-_STDERR_KEPT]

    def _close_out(self, said: Said) -> None:
        if self._out_open:
            self._out_open = False
            said.out_ended = True
            said.heard += self._out.close()

    def end(self, *, grace_s: float = GRACE_S) -> None:
        """Make sure that it and all it started are over: ask, give it `grace_s`, then kill. Never raises."""
        if self._over:
            return
        self._over = True
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        if self._process.poll() is None and grace_s > 0:
            self.tree.ask_to_end()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(grace_s)
        if self._process.poll() is None:
            self.tree.kill()
        else:
            self.tree.clean_up()
        self._streams.close()
        for pipe in (self._process.stdout, self._process.stderr):
            assert pipe is not None
            pipe.close()

    def let_go(self) -> None:
        """Tell a warm process that no more will come; `end` then finds it gone, or ends it."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()

    def leave(self, within_s: float = 0.5) -> None:
        """End a healthy warm process: its end of input means leave; whatever does not is ended."""
        self.let_go()
        give_up = time.monotonic() + within_s
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, give_up - time.monotonic()))
        self.end(grace_s=0.0)


def _not_started(error: OSError, program: str) -> JobError:
    if is_shortage(error):
        way_out = "Close other programs or lower the number of workers, then retry."
    else:
        way_out = "Check that it is installed and that you may run it."
    # `filename` is the working directory when it is that which is missing.
    return JobError(f"{error.filename or program} could not be started: {error.strerror or error}.", way_out)


def signal_name(exit_code: int) -> str:
    """ "SIGSEGV" for the exit code of a process that a signal ended, else ""."""
    if exit_code >= 0:
        return ""
    try:
        return signal.Signals(-exit_code).name
    except ValueError:
        return f"signal {-exit_code}"
