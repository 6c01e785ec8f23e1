"""Reads for the plot in a thread of its own, so that a slow disk never holds up the window.

Every request belongs to the recording that was opened last, which has a number. An answer carries the number and is
dropped when another recording was opened since. Of each kind of request only the newest is kept: a view that has moved
on while the last one was read is the only one that still matters.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal

from sigdesk.errors import RecordingError, SigDeskError
from sigdesk.signals.pyramid import Pyramid
from sigdesk.signals.pyramid_store import PyramidStore
from sigdesk.signals.recording import Recording
from sigdesk.ui.plots.points import Points, Wish, envelope_points, raw_points

_OVERVIEW_BUCKETS: Final = 2048
_REPORT_EVERY_S: Final = 0.2
_CLOSE_S: Final = 10.0


class CursorValues(Struct, frozen=True, eq=False):
    """The values of all channels at one sample, shape (channels,)."""

    index: int
    values: NDArray[np.floating[Any]]


class Answer(Struct, frozen=True):
    """What was read for the recording of that number."""

    number: int
    content: Points | CursorValues | RecordingError | Pyramid | float


class PlotReader(QObject):
    """`overview` comes again and again while a long file is read, `points` and `values` once a request."""

    overview = Signal(object)
    points = Signal(object)
    values = Signal(object)
    progressed = Signal(float)
    failed = Signal(object)

    _built = Signal(object)
    _answered = Signal(str, object)

    def __init__(self, store: PyramidStore | None = None, parent: QObject | None = None) -> None:
        """`store` keeps the pyramids of long recordings for the next time."""
        super().__init__(parent)
        self._store = store
        self._number = 0
        self._recording: Recording | None = None
        self._pyramid: Pyramid | None = None
        self._requests = _Requests()
        self._thread: threading.Thread | None = None
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)
        self._built.connect(self._on_built)
        # Whoever forgets `close` must not leave a thread behind.
        self.destroyed.connect(self._requests.close)

    def open(self, recording: Recording | None) -> None:
        """Read this recording from now on; what was asked of another one is given up."""
        self._number += 1
        self._recording, self._pyramid = recording, None
        self._requests.put_opening(self._number, recording)
        if self._thread is None and recording is not None:
            work = _Work(self._requests, self._answered.emit, self._store)
            self._thread = threading.Thread(target=work.run, name="plot reader", daemon=True)
            self._thread.start()

    def ask_points(self, wish: Wish) -> None:
        """`points` comes at once where nothing must be read for it: to wait for another thread would take longer."""
        recording, pyramid = self._recording, self._pyramid
        if recording is None or pyramid is None or not pyramid.knows(wish.start, wish.stop, wish.buckets):
            self._requests.put_wish(wish)
            return
        self._requests.put_wish(None)
        self.points.emit(points_of(recording, pyramid, wish))

    def ask_values(self, index: int) -> None:
        self._requests.put_index(index)

    def close(self) -> None:
        """End the thread, and wait until it has ended."""
        self._requests.close()
        if self._thread is not None:
            self._thread.join(_CLOSE_S)
            self._thread = None

    def _on_built(self, pyramid: Pyramid) -> None:
        self._pyramid = pyramid

    def _on_answered(self, kind: str, answer: Answer) -> None:
        if answer.number == self._number:
            getattr(self, kind).emit(answer.content)


class _Requests:
    """What is asked for and not yet done. Guarded by one condition; the thread sleeps on it."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._opening: tuple[int, Recording | None] | None = None
        self._wish: Wish | None = None
        self._index: int | None = None
        self._closed = False

    def put_opening(self, number: int, recording: Recording | None) -> None:
        with self._news:
            self._opening = (number, recording)
            self._wish = self._index = None
            self._news.notify()

    def put_wish(self, wish: Wish | None) -> None:
        with self._news:
            self._wish = wish
            self._news.notify()

    def put_index(self, index: int) -> None:
        with self._news:
            self._index = index
            self._news.notify()

    def close(self) -> None:
        with self._news:
            self._closed = True
            self._news.notify()

    def wait(self) -> bool:
        """Sleep until there is something to do; False when it is time to end."""
        with self._news:
            self._news.wait_for(lambda: self._closed or self._opening or self._wish or self._index is not None)
            return not self._closed

    def is_stale(self) -> bool:
        """Whether what is being read is no longer wanted."""
        return self._closed or self._opening is not None

    def take_opening(self) -> tuple[int, Recording | None] | None:
        with self._news:
            opening, self._opening = self._opening, None
            return opening

    def take_wish(self) -> Wish | None:
        with self._news:
            wish, self._wish = self._wish, None
            return wish

    def take_index(self) -> int | None:
        with self._news:
            index, self._index = self._index, None
            return index


class _Work:
    """What the thread does. While a pyramid is built, requests are served between its parts."""

    def __init__(self, requests: _Requests, answer: Callable[[str, Answer], None], store: PyramidStore | None) -> None:
        self._requests = requests
        self._store = store
        self._send = answer
        self._number = 0
        self._recording: Recording | None = None
        self._pyramid: Pyramid | None = None
        self._reported = 0.0

    def run(self) -> None:
        while self._requests.wait():
            try:
                self._turn()
            except SigDeskError as error:
                self._fail(RecordingError(error.what, error.way_out))
            except (OSError, ValueError, MemoryError) as error:
                self._fail(unreadable(self._recording.name if self._recording else "The signal", error))

    def _turn(self) -> None:
        opening = self._requests.take_opening()
        if opening is not None:
            self._number, self._recording = opening
            self._pyramid = None
            if self._recording is not None:
                self._build(self._recording)
        self._serve()

    def _build(self, recording: Recording) -> None:
        known = None if self._store is None else self._store.load(recording)
        self._pyramid = pyramid = known or Pyramid(recording)
        self._reported = time.monotonic()
        pyramid.build(self._requests.is_stale, self._on_progress)
        if not self._requests.is_stale():
            self._tell_overview()
            self._answer("_built", pyramid)
            self._answer("progressed", 1.0)
            self._serve()  # the view comes first, and keeping the pyramid takes a while
        if self._store is not None and known is None:
            self._store.save(pyramid)

    def _on_progress(self, share: float) -> None:
        now = time.monotonic()
        if now - self._reported >= _REPORT_EVERY_S:
            self._reported = now
            self._tell_overview()
            self._answer("progressed", share)
        self._serve()

    def _serve(self) -> None:
        index = self._requests.take_index()
        if index is not None and self._recording is not None:
            sample = self._recording.read(index, index + 1)
            self._answer("values", CursorValues(index, sample[:, 0]))
        wish = self._requests.take_wish()
        if wish is not None and self._recording is not None:
            self._answer("points", points_of(self._recording, self._pyramid, wish))

    def _tell_overview(self) -> None:
        assert self._recording is not None
        length = self._recording.length
        grain = max(1, -(-length // _OVERVIEW_BUCKETS))
        self._answer("overview", points_of(self._recording, self._pyramid, Wish(0, length, grain)))

    def _fail(self, error: RecordingError) -> None:
        self._recording = self._pyramid = None
        self._answer("failed", error)

    def _answer(self, kind: str, content: Points | CursorValues | RecordingError | Pyramid | float) -> None:
        try:
            self._send(kind, Answer(self._number, content))
        except RuntimeError:
            # The window went while this was read; there is nobody left to tell.
            self._requests.close()


def points_of(recording: Recording, pyramid: Pyramid | None, wish: Wish) -> Points:
    """What is drawn for a wish. Raises RecordingError when the file can no longer be read."""
    if wish.grain == 1:
        return raw_points(wish, recording.time_base, recording.read(wish.start, wish.stop))
    assert pyramid is not None
    return envelope_points(wish, recording.time_base, *pyramid.view(wish.start, wish.stop, wish.buckets))


def unreadable(name: str, error: Exception) -> RecordingError:
    """What is said where a signal of that name can no longer be read."""
    cause = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return RecordingError(
        f"{name} can no longer be read ({cause}).", "Check that the file is still there, then open it again."
    )
