"""What the soak changes in the program under test so that it sees which process holds which jobs, and so that what is
too large, too rare or too dangerous for a soak happens on a small scale. It changes no decision of the pool's."""

from __future__ import annotations

import errno
import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer

from sigdesk.pool import process, warm
from sigdesk.pool.job_record import JobRecord
from sigdesk.pool.jobs import JobState, Outcome
from sigdesk.pool.ledger import Ledger
from sigdesk.pool.pool import Pool
from sigdesk.pool.process import WorkerProcess
from sigdesk.pool.warm import WarmBatch
from sigdesk.protocol import Dialect, LineParser
from tests.benchmarks.soaking.events import Diary
from tests.benchmarks.soaking.rows import FEW_DESCRIPTORS, LINE_LIMIT_BYTES, NO_DESCRIPTORS, SWOLLEN_BYTES

HOUR_S: Final = 3600.0
_SWITCH_S: Final = 0.0001
_NEVER: Final = 1 << 30
_TICK_MS: Final = 10
_TOLD_FROM_MS: Final = 25.0


def set_interpreter() -> None:
    """As a program with a window has it: threads that compute let go soon, and no full search for unreachable cycles,
    which looks at every object there is, comes at just any moment."""
    sys.setswitchinterval(_SWITCH_S)
    gc.set_threshold(*gc.get_threshold()[:2], _NEVER)


def scale_down() -> None:
    """Floods are of 10 MB here: so are the limits that stop them."""
    defaults = LineParser.__init__.__kwdefaults__
    assert defaults is not None
    defaults["limit"] = LINE_LIMIT_BYTES
    vars(process)["SWOLLEN_BYTES"] = SWOLLEN_BYTES


def run_short_of_descriptors() -> None:
    """Let the start of the scripts that are named so fail as if there were no descriptors (row 24)."""
    start = subprocess.Popen._execute_child  # type: ignore[attr-defined]
    seen: set[str] = set()

    def start_or_fail(popen: Any, arguments: Sequence[str], *rest: Any) -> None:
        first_try = arguments[-1] not in seen
        seen.add(arguments[-1])
        if NO_DESCRIPTORS in arguments or (FEW_DESCRIPTORS in arguments and first_try):
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        start(popen, arguments, *rest)

    subprocess.Popen._execute_child = start_or_fail  # type: ignore[attr-defined]


def note_holders(diary: Diary) -> None:
    """Write down which process is started for which jobs, and which is handed which."""
    begun = threading.local()
    begin, start, wait, batch = Ledger.begin, WorkerProcess.__init__, warm._wait_until_ready, WarmBatch.__init__

    def note(what: str, pid: int, records: Sequence[JobRecord]) -> None:
        diary.write(what, pid, ",".join(record.id for record in records) or "-")

    def begin_noted(ledger: Ledger, records: Sequence[JobRecord], worker: int) -> list[JobRecord]:
        begun.records = begin(ledger, records, worker)
        return begun.records  # type: ignore[no-any-return]

    def start_noted(self: WorkerProcess, command: Any, dialect: Dialect, *rest: Any) -> None:
        start(self, command, dialect, *rest)
        note("new", self.pid, begun.records if dialect is Dialect.ONE_SHOT else ())

    def wait_noted(process: WorkerProcess, records: Sequence[JobRecord], *rest: Any) -> None:
        note("hand", process.pid, records)
        wait(process, records, *rest)

    def batch_noted(self: WarmBatch, process: WorkerProcess, records: Sequence[JobRecord], *rest: Any) -> None:
        note("hand", process.pid, records)
        batch(self, process, records, *rest)

    changes: list[tuple[Any, str, Callable[..., Any]]] = [
        (Ledger, "begin", begin_noted),
        (WorkerProcess, "__init__", start_noted),
        (warm, "_wait_until_ready", wait_noted),
        (WarmBatch, "__init__", batch_noted),
    ]
    for owner, name, changed in changes:
        setattr(owner, name, changed)


def cancel_as_they_end(pool: Pool, is_meant: Callable[[str], bool], diary: Diary) -> None:
    """Cancel jobs at the instant of their result (row 27), and write down every ending that is entered: of two within a
    frame the pool would tell the last alone. The cancel is what is left of one that was asked for while the job was
    still known: once an update has told of its ending, the pool no longer finds it by its id."""
    end = Ledger.end

    def end_and_cancel(ledger: Ledger, endings: Iterable[tuple[JobRecord, Outcome]]) -> None:
        ended = list(endings)
        meant = {record for record, _ in ended if is_meant(record.id)}
        end(ledger, ended)
        for record, outcome in ended:
            if record.outcome is outcome:
                diary.write("ended", record.id, outcome.state.value)
        if came := [record for record, outcome in ended if record in meant and outcome.state is not JobState.CANCELLED]:
            pool._cancel_soon(came)

    setattr(Ledger, "end", end_and_cancel)  # noqa: B010


class JumpingClock:
    """The wall clock jumps an hour forward and back again (row 29)."""

    def __init__(self, every_s: float) -> None:
        self._ahead_s = 0.0
        self._true = time.time
        time.time = lambda: self._true() + self._ahead_s
        self._timer = QTimer(interval=int(every_s * 1000))
        self._timer.timeout.connect(self._jump)
        self._timer.start()

    def _jump(self) -> None:
        self._ahead_s = HOUR_S - self._ahead_s


class GapMeter:
    """A timer that should fire every 10 ms: how late it is, is how long the event loop was away.

    Of a gap, the part is told apart in which other programs had the processors while the loop, or a thread that the
    loop may have waited for, was ready to run: on a machine with other work to do that is nobody's fault.
    """

    def __init__(self, diary: Diary) -> None:
        self._diary = diary
        self._last = time.perf_counter()
        self._waited_ms = _waited_ms()
        self._timer = QTimer(interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start()

    def _on_timeout(self) -> None:
        now, waited_ms = time.perf_counter(), _waited_ms()
        gap_ms = (now - self._last) * 1000
        if gap_ms > _TOLD_FROM_MS:
            waits = {thread: total - self._waited_ms.get(thread, total) for thread, total in waited_ms.items()}
            own = waits.pop(str(os.getpid()), 0.0)
            self._diary.write("gap", f"{gap_ms:.1f}", f"{min(gap_ms, own + max(waits.values(), default=0.0)):.1f}")
        self._last, self._waited_ms = now, waited_ms


def _waited_ms() -> dict[str, float]:
    """How long each thread of this program has waited for a processor so far."""
    waited = {}
    for thread in os.listdir("/proc/self/task"):  # noqa: PTH208 - a hundred times a second
        try:
            with open(f"/proc/self/task/{thread}/schedstat") as file:  # noqa: PTH123
                waited[thread] = int(file.read().split()[1]) / 1e6
        except OSError:  # it has just ended
            continue
    return waited
