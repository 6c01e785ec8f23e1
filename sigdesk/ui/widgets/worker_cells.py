"""One 8 px square a worker: filled busy, half starting, outline idle, red outline while all jobs are paused."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigdesk.pool.jobs import WorkerState
from sigdesk.ui.theme.look import Look

CELL = 8
_GAP = 2
_MOST = 16
"""More workers than this are told in the tooltip alone, so that the bar keeps its room."""


class WorkerCells(QWidget):
    """The workers of the pool, as cells."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._workers: tuple[WorkerState, ...] = ()
        self._paused = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Workers")
        look.changed.connect(self.update)

    def show_workers(self, workers: Sequence[WorkerState], *, paused: bool = False) -> None:
        """Show the state of each worker, in their order; `paused` says that idle ones get no job."""
        workers = tuple(workers)
        if (workers, paused) == (self._workers, self._paused):
            return
        self._paused = paused
        if len(workers) != len(self._workers):
            self.updateGeometry()
        self._workers = workers
        words = ["paused" if paused and state is WorkerState.IDLE else state.value for state in workers]
        self.setToolTip("\n".join(f"Worker {number}: {word}" for number, word in enumerate(words, 1)))
        self.update()

    def sizeHint(self) -> QSize:
        shown = min(len(self._workers), _MOST)
        return QSize(max(0, shown * (CELL + _GAP) - _GAP), CELL)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent, quiet = self._look.colour("accent"), self._look.colour("error" if self._paused else "border_strong")
        for number, state in enumerate(self._workers[:_MOST]):
            left = number * (CELL + _GAP)
            painter.setPen(QPen(quiet if state is WorkerState.IDLE else accent, 1))
            painter.setBrush(accent if state is WorkerState.BUSY else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(left + 0.5, 0.5, CELL - 1, CELL - 1), 1, 1)
            if state is WorkerState.STARTING:
                painter.fillRect(QRectF(left + 1, CELL / 2, CELL - 2, CELL / 2 - 1), accent)
