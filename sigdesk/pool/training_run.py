"""A training in a process of its own: started, heard live, and ended whole, whatever happens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from msgspec import Struct, field

from sigdesk.classifiers.manifest import Run
from sigdesk.classifiers.training.plan import FIGURES_MARK, Plan
from sigdesk.errors import JobError
from sigdesk.pool.command import module_command
from sigdesk.pool.process import Said, WorkerProcess, signal_name
from sigdesk.pool.streams import make_waker
from sigdesk.protocol import Dialect, ErrorLine, Level, LogLine, OtherLine, OutputLine, ProgressLine

MODULE: Final = "sigdesk.classifiers.training"
_LISTEN_S: Final = 3600.0


class TrainingNews(Struct, frozen=True):
    """What was said since the last time: lines with their levels, how much is done (0..1; None: no news), and figures
    of what is done so far, each with what it is of: `read`, `folds` or `curve`."""

    lines: tuple[tuple[Level, str], ...] = ()
    progress: float | None = None
    figures: tuple[Mapping[str, Any], ...] = ()


class TrainingEnd(Struct, frozen=True):
    """How a training ended: `result` is what the process told of the model; else `error` says why there is none."""

    result: Mapping[str, Any] | None = None
    error: str = ""
    cancelled: bool = False


class _Heard(Struct):
    result: Mapping[str, Any] | None = None
    error: str = ""
    news: list[tuple[Level, str]] = field(default_factory=list)
    progress: float | None = None
    figures: list[Mapping[str, Any]] = field(default_factory=list)


class TrainingRun:
    """One training. `run` blocks, so a thread that nobody waits for should call it; `cancel` may come from any thread.

    `hear` is called in the thread of `run`. What the window must not see happen twice is guarded by the process: the
    version's folder appears in one step, or not at all.
    """

    def __init__(self, plan: Plan, hear: Callable[[TrainingNews], None]) -> None:
        self._plan = plan
        self._hear = hear
        self._waker = make_waker()
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """End it; what has been written of the model is removed."""
        self._cancelled.set()
        self._waker.wake()

    def run(self) -> TrainingEnd:
        """Start the process and hear it out."""
        try:
            return self._attend()
        except JobError as error:
            return TrainingEnd(error=str(error))
        finally:
            self._waker.close()

    def _attend(self) -> TrainingEnd:
        # Its input is the plan, and then the lifeline: when that ends, SigDesk is gone, and so is the training.
        command = module_command(MODULE)
        process = WorkerProcess(command, Dialect.WARM, Run(), self._warn)
        heard = _Heard()
        try:
            process.send(self._plan.to_bytes().decode())
            turn = threading.Lock()
            while not self._cancelled.is_set():
                said = process.wait(_LISTEN_S, self._waker, turn)
                self._take(said, heard)
                if said.ended or heard.result is not None:
                    break
            if self._cancelled.is_set() and heard.result is None:
                return TrainingEnd(cancelled=True)
            if heard.result is not None:
                process.leave()
                return TrainingEnd(heard.result)
            return TrainingEnd(error=heard.error or _by_its_end(process))
        finally:
            process.end()

    def _warn(self, text: str) -> None:
        self._hear(TrainingNews(((Level.WARNING, text),)))

    def _take(self, said: Said, heard: _Heard) -> None:
        for line in said.lines:
            match line:
                case OutputLine(payload):
                    heard.result = orjson.loads(payload)
                case ErrorLine(text):
                    heard.error = text
                case ProgressLine(fraction):
                    heard.progress = fraction
                case LogLine(level, text):
                    heard.news.append((level, text))
                case OtherLine(text) if text.startswith(FIGURES_MARK):
                    heard.figures.append(orjson.loads(text.removeprefix(FIGURES_MARK)))
                case OtherLine(text):
                    heard.news.append((Level.DEBUG, text))
        heard.news += [(Level.DEBUG, line.text) for line in said.errors if isinstance(line, OtherLine)]
        if heard.news or heard.figures or heard.progress is not None:
            self._hear(TrainingNews(tuple(heard.news), heard.progress, tuple(heard.figures)))
            heard.news, heard.progress, heard.figures = [], None, []


def _by_its_end(process: WorkerProcess) -> str:
    code = process.exit_code or 0
    how = f"crashed ({signal_name(code)})" if code < 0 else f"ended with code {code} and no result"
    last = process.stderr_tail.strip().splitlines()
    return f"The training {how}. Nothing was written. {last[-1] if last else ''}".rstrip()
