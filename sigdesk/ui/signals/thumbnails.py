"""Small pictures of signals for lists, made off the GUI thread and only for rows that are painted.

A list asks for a picture whenever it paints a row and gets an empty one until the real one is there. The wish for it is
kept on a short pile, newest first, so that fast scrolling through thousands of rows never builds up a queue.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QObject, QPointF, QRectF, QSize, Qt, QThreadPool, QTimer, Signal
from PySide6.QtGui import QPainter, QPen, QPixmap

from sigdesk.errors import SigDeskError
from sigdesk.signals import thumbnail
from sigdesk.signals.recording import Recording
from sigdesk.ui.theme.look import Look

THUMBNAIL: Final = QSize(56, 32)
_INSET: Final = 2
_COLUMNS: Final = THUMBNAIL.width() - 2 * _INSET
"""Pixels inside the border, each of which shows one low and high."""

Values = NDArray[np.floating[Any]]
Envelope = tuple[Values, Values]
Heights = Sequence[float | None]
Provider = Callable[[int], Recording | None]

_WISHES = 128
_ENVELOPES = 8192
_PIXMAPS = 512
_FRAME_MS = 16
_CLOSE_MS = 10_000


class ThumbnailStore(QObject):
    """Hands out pictures of 56 x 32 px. `ready` says which ids have got theirs, at most once a frame each."""

    ready = Signal(int)
    _made = Signal(int, object)

    def __init__(self, look: Look, provider: Provider, parent: QObject | None = None) -> None:
        """`provider` gives the recording of a signal id, or None; it is called off the GUI thread."""
        super().__init__(parent)
        self._look = look
        self._provider = provider
        self._envelopes: OrderedDict[int, Envelope | None] = OrderedDict()
        self._pixmaps: OrderedDict[tuple[int, str, float], QPixmap] = OrderedDict()
        self._wishes: OrderedDict[int, None] = OrderedDict()
        self._lock = threading.Lock()
        self._making: set[int] = set()
        self._closed = False
        self._news: dict[int, None] = {}
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._frame = QTimer(self, singleShot=True, interval=_FRAME_MS)
        self._frame.timeout.connect(self._tell)
        self._made.connect(self._on_made, Qt.ConnectionType.QueuedConnection)

    def pixmap(self, signal_id: int, ratio: float = 1.0) -> QPixmap:
        """The picture of a signal for a device pixel ratio; an empty one, and a wish, until it is made."""
        if signal_id not in self._envelopes:
            self._wish(signal_id)
            return self._painted(-1, None, ratio)
        self._envelopes.move_to_end(signal_id)
        return self._painted(signal_id, self._envelopes[signal_id], ratio)

    def forget(self, signal_id: int) -> None:
        """Drop what is kept of a signal, for example when it was removed or its file has changed."""
        with self._lock:
            self._wishes.pop(signal_id, None)
        self._envelopes.pop(signal_id, None)
        for key in [key for key in self._pixmaps if key[0] == signal_id]:
            del self._pixmaps[key]

    def close(self) -> None:
        """Make nothing more, and wait for what is being made."""
        with self._lock:
            self._closed = True
            self._wishes.clear()
        self._frame.stop()
        self._pool.waitForDone(_CLOSE_MS)

    def _wish(self, signal_id: int) -> None:
        with self._lock:
            if self._closed or signal_id in self._making:
                return
            known = signal_id in self._wishes
            self._wishes[signal_id] = None
            self._wishes.move_to_end(signal_id)
            while len(self._wishes) > _WISHES:
                self._wishes.popitem(last=False)
        if not known:
            self._pool.start(self._make_newest)

    def _make_newest(self) -> None:
        """Runs on the one thread, once for each wish; for a wish that was given up there is nothing to do."""
        with self._lock:
            if not self._wishes:
                return
            signal_id, _ = self._wishes.popitem()
            self._making.add(signal_id)
        self._made.emit(signal_id, self._envelope(signal_id))

    def _envelope(self, signal_id: int) -> Envelope | None:
        # A signal that cannot be read says so elsewhere, in words; here it has an empty picture.
        try:
            recording = self._provider(signal_id)
            return None if recording is None else thumbnail(recording, _COLUMNS)
        except (SigDeskError, OSError, ValueError):
            return None

    def _on_made(self, signal_id: int, envelope: Envelope | None) -> None:
        with self._lock:
            self._making.discard(signal_id)
        self._envelopes[signal_id] = envelope
        while len(self._envelopes) > _ENVELOPES:
            self._envelopes.popitem(last=False)
        self._news[signal_id] = None
        if not self._frame.isActive() and not self._closed:
            self._frame.start()

    def _tell(self) -> None:
        news, self._news = list(self._news), {}
        for signal_id in news:
            self.ready.emit(signal_id)

    def _painted(self, signal_id: int, envelope: Envelope | None, ratio: float) -> QPixmap:
        key = (signal_id, self._look.theme.name, ratio)
        pixmap = self._pixmaps.get(key)
        if pixmap is None:
            pixmap = self._pixmaps[key] = self._paint(envelope, ratio)
            while len(self._pixmaps) > _PIXMAPS:
                self._pixmaps.popitem(last=False)
        else:
            self._pixmaps.move_to_end(key)
        return pixmap

    def _paint(self, envelope: Envelope | None, ratio: float) -> QPixmap:
        pixmap = QPixmap(THUMBNAIL * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.colour("border"), 1))
        painter.setBrush(self._look.colour("sunken" if self._look.theme.name == "light" else "plot"))
        painter.drawRoundedRect(QRectF(0.5, 0.5, THUMBNAIL.width() - 1, THUMBNAIL.height() - 1), 3, 3)
        if envelope is not None:
            painter.setPen(QPen(self._look.colour("pen"), 1))
            painter.drawLines(_lines(*envelope))
        painter.end()
        return pixmap


def _lines(mins: Values, maxs: Values) -> list[QLineF]:
    """The lows and highs as lines inside the border; where no value is finite there is a gap."""
    finite = np.isfinite(mins) & np.isfinite(maxs)
    if not finite.any():
        return []
    low, high = float(mins[finite].min()), float(maxs[finite].max())
    top, bottom = float(_INSET + 1), float(THUMBNAIL.height() - _INSET - 1)
    # A signal that stands still is a line in the middle.
    scale = (bottom - top) / (high - low) if high > low else 0.0
    base = bottom if scale else (top + bottom) / 2
    heads = [base - (float(value) - low) * scale if there else None for value, there in zip(maxs, finite, strict=True)]
    feet = [base - (float(value) - low) * scale if there else None for value, there in zip(mins, finite, strict=True)]
    return _columns(heads, feet) if len(mins) >= _COLUMNS else _joined(heads)


def _columns(heads: Heights, feet: Heights) -> list[QLineF]:
    """One upright line a pixel, as far as to the line before it."""
    lines = []
    before: tuple[float, float] | None = None
    for column, (head, foot) in enumerate(zip(heads, feet, strict=True)):
        if head is None or foot is None:
            before = None
            continue
        first, last = (head, foot) if before is None else (min(head, before[1]), max(foot, before[0]))
        x = _INSET + column + 0.5
        lines.append(QLineF(x, first, x, max(last, first + 1.0)))
        before = head, foot
    return lines


def _joined(heights: Heights) -> list[QLineF]:
    """Fewer samples than pixels: a line from each to the next, and a dot for one that stands alone."""
    step = _COLUMNS / len(heights)
    points = [None if y is None else QPointF(_INSET + (place + 0.5) * step, y) for place, y in enumerate(heights)]
    lines = [QLineF(one, next_one) for one, next_one in pairwise(points) if one and next_one]
    return lines or [QLineF(point, point + QPointF(1, 0)) for point in points if point]
