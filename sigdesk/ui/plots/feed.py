"""Keeps the traces fed: asks the reader for what the view needs next, and for the values under the cursor."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from sigdesk.errors import RecordingError
from sigdesk.signals.pyramid_store import PyramidStore
from sigdesk.signals.recording import Recording
from sigdesk.ui.plots.points import Points, Wish, is_answered_by, wish_for
from sigdesk.ui.plots.reader import PlotReader
from sigdesk.ui.plots.view import PlotView

_PATIENCE_MS: Final = 200
"""What takes longer shows its progress."""


class PlotFeed(QObject):
    """`points` are for the traces, `whole` is the whole recording in a few points, `values` are under the cursor.

    While a long file is read, `whole` and `points` come again with more of it. `settled` comes when the whole file is
    known and nothing that the view needs is missing.
    """

    points = Signal(object)
    whole = Signal(object)
    values = Signal(object)
    progressed = Signal(float)
    failed = Signal(object)
    settled = Signal()

    def __init__(self, view: PlotView, store: PyramidStore | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._reader = PlotReader(store, self)
        self._pixels = 1.0
        self._points: Points | None = None
        self._asked: Wish | None = None
        self._is_whole = False
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._on_patience_timeout)
        view.visible_changed.connect(self._ask)
        view.cursor_changed.connect(self._on_view_cursor_changed)
        reader = self._reader
        reader.points.connect(self._on_reader_points)
        reader.overview.connect(self._on_reader_overview)
        reader.values.connect(self.values)
        reader.progressed.connect(self._on_reader_progressed)
        reader.failed.connect(self._on_reader_failed)

    @property
    def is_settled(self) -> bool:
        return self._is_whole and self._points is not None and self._asked is None

    def open(self, recording: Recording | None) -> None:
        """Read this recording from now on. Call it after the view shows it."""
        self._points = self._asked = None
        self._is_whole = False
        self._reader.open(recording)
        self._patience.start()
        self._ask()

    def set_pixels(self, pixels: float) -> None:
        """How many pixels wide the traces are."""
        self._pixels = pixels
        self._ask()

    def close(self) -> None:
        self._reader.close()

    def _ask(self) -> None:
        view = self._view
        needs = (view.visible, view.time_base, view.length, self._pixels)
        if not view.length or is_answered_by(self._points, *needs):
            return
        wish = wish_for(*needs)
        if wish != self._asked:
            self._asked = wish
            self._reader.ask_points(wish)

    def _on_view_cursor_changed(self, index: int | None) -> None:
        if index is not None:
            self._reader.ask_values(index)

    def _on_reader_points(self, points: Points) -> None:
        self._points = points
        self._asked = None
        self.points.emit(points)
        self._ask()
        if self.is_settled:
            self.settled.emit()

    def _on_reader_overview(self, points: Points) -> None:
        self.whole.emit(points)
        # More of the file is known now, so what was drawn from it may be out of date.
        self._points = self._asked = None
        self._ask()

    def _on_reader_progressed(self, share: float) -> None:
        self._is_whole = share >= 1
        self.progressed.emit(share)

    def _on_reader_failed(self, error: RecordingError) -> None:
        self._patience.stop()
        self.failed.emit(error)

    def _on_patience_timeout(self) -> None:
        if self._view.length and self._points is None and not self._is_whole:
            self.progressed.emit(0.0)
