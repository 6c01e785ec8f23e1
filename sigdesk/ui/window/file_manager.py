"""Shows a file in the system's file manager. The one place that knows how each system is asked for it."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QTimer, QUrl, Signal

Command = tuple[str, list[str]]


class FileManager(QObject):
    """`failed` carries the path of a file that no file manager could show."""

    failed = Signal(object)

    def __init__(self, parent: QObject | None = None, platform: str = sys.platform) -> None:
        super().__init__(parent)
        self._platform = platform
        self._path = Path()
        self._ways: list[Command] = []
        self._process = QProcess(self)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error_occurred)
        # Not at once: a process may not be started from within what it tells of the one before.
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._try_next)

    def reveal(self, path: Path) -> None:
        """Open the folder of a file with the file marked, or, where that cannot be, the folder. While a file manager is
        being asked for one file, no other is shown."""
        if not self.is_busy:
            self._path, self._ways = path, commands(path, self._platform)
            self._try_next()

    @property
    def is_busy(self) -> bool:
        """Whether a file manager is being asked."""
        return self._process.state() != QProcess.ProcessState.NotRunning or self._next.isActive()

    def _try_next(self) -> None:
        if self._ways:
            self._process.start(*self._ways.pop(0))
        else:
            self.failed.emit(self._path)

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        # Windows' Explorer tells 1 when all went well.
        if self._platform != "win32" and (code != 0 or status != QProcess.ExitStatus.NormalExit):
            self._next.start()

    def _on_error_occurred(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._next.start()


def commands(path: Path, platform: str) -> list[Command]:
    """What shows a file on a platform (as `sys.platform` names it), the best first."""
    if platform == "win32":
        return [("explorer", [f"/select,{path}"])]
    if platform == "darwin":
        return [("open", ["-R", str(path)])]
    # Commas separate the items of a list for dbus-send.
    url = bytes(QUrl.fromLocalFile(str(path)).toEncoded().data()).decode("ascii").replace(",", "%2C")
    asked = ["--session", "--print-reply", "--dest=org.freedesktop.FileManager1", "/org/freedesktop/FileManager1"]
    show = ["org.freedesktop.FileManager1.ShowItems", f"array:string:{url}", "string:"]
    return [("dbus-send", [*asked, *show]), ("xdg-open", [str(path.parent)])]
