"""The 24 px at the bottom: what the workers do, the line, the rate; the disk, recording, and what is saved."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QStatusBar, QWidget

from sigdesk.pool.isolation import Isolation, IsolationLevel
from sigdesk.pool.jobs import PoolStats, WorkerState
from sigdesk.ui.theme.look import Look
from sigdesk.ui.theme.stylesheet import status_ink
from sigdesk.ui.widgets.labels import plain_tooltip
from sigdesk.ui.widgets.numbers import disk_size, grouped
from sigdesk.ui.widgets.worker_cells import WorkerCells

HEIGHT = 24
LOW_DISK = 5_000_000_000
"""Bytes: with less room than this the disk is shown as a warning."""

_ICON = 12
_ISOLATION_WORDS = {
    IsolationLevel.SANDBOXED: ("Sandboxed", ""),
    IsolationLevel.LIMITED: ("Limited", ""),
    IsolationLevel.BLOCKED: ("No sandbox", "error"),
}


class StatusBar(QStatusBar):
    """Give it to QMainWindow.setStatusBar. Figures have one width, and an item keeps its room while only its figures
    change: nothing jumps."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        # A QStatusBar lays out what is added to it with room for a bevel; the strip fills it to the edges instead.
        self._strip = QFrame(self)
        self._strip.setProperty("role", "status-bar")
        self.setAccessibleName("Status")
        self.setFixedHeight(HEIGHT)
        self._cells = WorkerCells(look)
        self._workers = _Item(look, "Workers")
        self._queue = _Item(look, "Queue", line=True)
        self._rate = _Item(look, "Rate", line=True)
        self._isolation = _Item(look, "Models", line=True)
        self._training = _Item(look, "Training", line=True)
        self._disk = _Item(look, "Disk", "hard-drive")
        self._recording = _Item(look, "Recording", "record", line=True)
        self._saved = _Item(look, "Session", line=True)
        row = QHBoxLayout(self._strip)
        row.setContentsMargins(12, 1, 12, 0)
        row.setSpacing(0)
        row.addWidget(self._cells)
        row.addSpacing(6)
        for item in (self._workers, self._isolation, self._queue, self._rate, self._training):
            row.addWidget(item)
        row.addStretch(1)
        for item in (self._disk, self._recording, self._saved):
            row.addWidget(item)
        self._isolation.hide()
        self._training.hide()
        self._disk.hide()
        self._recording.show_text((("Not recording", False),))
        self.show_pool(PoolStats(workers=(), queued=0, running=0, jobs_per_min=0))
        self.show_saved("No session open")

    def show_pool(self, stats: PoolStats, outside: int = 0) -> None:
        """Workers, line and rate; `outside` jobs wait because the queue is full. Cheap enough for every frame."""
        self._cells.show_workers(stats.workers, paused=stats.halted)
        starting = sum(state is WorkerState.STARTING for state in stats.workers)
        more = f" · {starting} starting" if starting else ""
        figures = f"{stats.busy}/{len(stats.workers)}"
        self._workers.show_text((("Workers ", False), (figures, True), (f" busy{more}", False)))
        waiting = stats.queued + outside
        line = (("Queue ", False), (grouped(waiting), True)) if waiting else (("Queue empty", False),)
        if stats.halted:
            self._queue.show_text((*line, (", paused", False)), "warn")
        else:
            self._queue.show_text(line)
        rate = round(stats.jobs_per_min)
        self._rate.setVisible(rate > 0)
        self._rate.show_text(((f"{grouped(rate)} jobs/min", True),))

    def show_isolation(self, isolation: Isolation) -> None:
        """What scripts are kept from: in a word, and at length under the mouse."""
        word, status = _ISOLATION_WORDS[isolation.level]
        self._isolation.show_text(((word, bool(status)),), status)
        self._isolation.explain(textwrap.fill(_isolation_text(isolation), 72))
        self._isolation.show()

    def show_training(self, text: str, share: float) -> None:
        """What is being trained, and how much of that is done (0..1); "" for nothing."""
        self._training.show_text(((f"{text} ", False), (f"{share:.0%}", True)))
        self._training.setVisible(bool(text))

    def show_disk(self, free: int) -> None:
        """Bytes that are free where SigDesk stores things."""
        low = free < LOW_DISK
        self._disk.show_text(((f"{disk_size(free)} free", low),), "warn" if low else "")
        self._disk.show()

    def show_saved(self, text: str, about: str = "", status: str = "") -> None:
        """The words at the right end: "Saved 14:32", "No session open"; and what they mean, under the mouse."""
        fine = "check" if text.startswith(("Saved", "Autosaved")) else ""
        self._saved.icon = "warning-circle-fill" if status == "error" else fine
        self._saved.show_text(((text, bool(status)),), status)
        self._saved.explain(plain_tooltip(textwrap.fill(about, 72)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._strip.setGeometry(self.rect())

    def texts(self) -> list[str]:
        """What is shown, from left to right."""
        items = (
            self._workers,
            self._isolation,
            self._queue,
            self._rate,
            self._training,
            self._disk,
            self._recording,
            self._saved,
        )
        return [item.text for item in items if not item.isHidden()]


def _isolation_text(isolation: Isolation) -> str:
    bounds = f"limited in {', '.join(isolation.limits[:-1])} and {isolation.limits[-1]}"
    if isolation.level is IsolationLevel.SANDBOXED:
        return (
            "Models run in a sandbox: their scripts have no network, read only their own folder, the signal and the "
            f"system's programs, write only to a folder that goes with them, and are {bounds}."
        )
    if isolation.problem is not None:
        return f"No model can run. {isolation.problem}"
    return (
        f"Models run {bounds}, and end with all that they start. They have the network and can read your files: "
        "a sandbox, which Settings offers on Linux, keeps them from both."
    )


class _Item(QWidget):
    """A run of plain and bold text with an icon, and for all but the first of a side a line before it."""

    def __init__(self, look: Look, name: str, icon: str = "", line: bool = False) -> None:
        super().__init__()
        self._look = look
        self._name = name
        self.icon = icon
        self._line = line
        self._plain = look.font(11)
        self._bold = look.font(11, QFont.Weight.DemiBold)
        self._runs: tuple[tuple[str, bool], ...] = ()
        self._status = ""
        self._shape = ""
        self._room = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        look.changed.connect(self.update)

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self._runs)

    def show_text(self, runs: Sequence[tuple[str, bool]], status: str = "") -> None:
        """(text, bold) pairs. The room shrinks only when more than figures has changed."""
        runs = tuple(runs)
        if (runs, status) == (self._runs, self._status):
            return
        self._runs, self._status = runs, status
        shape = re.sub(r"[\d\u2009.]+", "0", self.text)
        width = sum(self._width(text, bold) for text, bold in runs)
        room = max(width, self._room) if shape == self._shape else width
        if room != self._room:
            self._room = room
            self.updateGeometry()
        self._shape = shape
        self.setAccessibleName(f"{self._name}: {self.text}")
        self.update()

    def explain(self, text: str) -> None:
        """What is meant, under the mouse and for a screen reader."""
        self.setToolTip(text)
        self.setAccessibleDescription(text)

    def sizeHint(self) -> QSize:
        return QSize(self._left() + self._room, HEIGHT - 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        ink = status_ink(self._look.theme, self._status) if self._status else self._look.theme.text_2
        if self._line:
            painter.fillRect(QRect(16, (self.height() - 12) // 2, 1, 12), self._look.colour("border_strong"))
        left = self._left()
        if self.icon:
            token = self._status or "text_2"
            box = QRect(left - _ICON - 4, (self.height() - _ICON) // 2, _ICON, _ICON)
            self._look.icon(self.icon, token).paint(painter, box)
        painter.setPen(ink)
        for text, bold in self._runs:
            painter.setFont(self._bold if bold else self._plain)
            width = self._width(text, bold)
            painter.drawText(QRect(left, 0, width + 1, self.height()), int(Qt.AlignmentFlag.AlignVCenter), text)
            left += width

    def _left(self) -> int:
        return (33 if self._line else 0) + (_ICON + 4 if self.icon else 0)

    def _width(self, text: str, bold: bool) -> int:
        return round(QFontMetricsF(self._bold if bold else self._plain).horizontalAdvance(text))
