"""The process that makes the session's log short, as the log starts it and waits for it."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from pathlib import Path
from typing import Final

from sigdesk.errors import StartError
from sigdesk.pool.process_beside import start_beside

_MODULE: Final = "sigdesk.app.shortening"


class ShorteningRun:
    """One time that it is done. Its process hears by its input when the window dies, and goes, too."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._cancelled = False
        self._turn = threading.Lock()

    def run(self, folder: Path, number: int, event_bytes: int, into: Path) -> bool:
        """What `shortening` says, written into a file; whether that was done. Blocks until then or `cancel`."""
        with self._turn:
            if self._cancelled:
                return False
            try:
                self._process = start_beside(_MODULE, str(folder), str(number), str(event_bytes), str(into))
            except StartError:  # the system has no room for a process now; the log is only longer than it need be
                return False
        code = self._process.wait()
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        return code == 0

    def cancel(self) -> None:
        """End the process, from any thread."""
        with self._turn:
            self._cancelled = True
            if self._process is not None:
                self._process.kill()
