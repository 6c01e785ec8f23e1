"""The strip under the plot while the measure tool is taken: the time between the cursors, and a line a channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from sigdesk.ui.plots.measure_words import COLUMNS, MeasureRow
from sigdesk.ui.plots.stretch import GUTTER
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.icon_button import IconButton
from sigdesk.ui.widgets.labels import label

_HEAD: Final = 28
_ROW: Final = 20
_MANY, _FEW = 4, 2
_LOW_BELOW: Final = 480
"""Pixels of the plot below which only two channels are seen at once, so that the traces keep their room."""
_MARGIN: Final = 12.0
_GAP: Final = 6.0


class MeasureStrip(QWidget):
    """Shows what it is told. Channels beyond the fourth are scrolled to."""

    copy_asked = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._rows = _Rows(look)
        self._times = _Times(look)
        self._state = label("", role="muted")
        self._copy = IconButton(look, "Copy what is measured", "copy")
        self._scroller = QScrollArea()
        self._scroller.setWidget(self._rows)
        self._scroller.setWidgetResizable(True)
        self._scroller.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._copy.clicked.connect(self.copy_asked)
        self.setAccessibleName("What is measured")
        self._lay_out()
        look.changed.connect(self.update)
        self.hide()

    @property
    def text(self) -> str:
        """All that the strip says."""
        return "\n".join(part for part in (self._times.text, self._state.text(), self._rows.text) if part)

    def show_times(self, times: Sequence[tuple[str, str]]) -> None:
        """Captions with their values, from left to right."""
        self._times.set_times(times)

    def show_rows(self, rows: Sequence[MeasureRow], state: str) -> None:
        """A line for each channel; `state` says how far it is, or why there is nothing."""
        self._rows.set_rows(rows)
        self._state.setText(state)
        self._copy.setEnabled(bool(rows))
        self._copy.explain("" if rows else "Nothing is measured yet")
        self.setAccessibleDescription(self.text)
        self._take_room()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._take_room()
        return False

    def event(self, event: QEvent) -> bool:
        parent = self.parentWidget()
        if event.type() == QEvent.Type.ParentChange and parent is not None:
            parent.installEventFilter(self)
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("surface"))
        painter.fillRect(0, 0, self.width(), 1, self._look.colour("border"))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 8, 0)
        head.addWidget(self._times, 1)
        head.addWidget(self._state)
        head.addWidget(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._scroller)

    def _take_room(self) -> None:
        parent = self.parentWidget()
        most = _MANY if parent is None or parent.height() >= _LOW_BELOW else _FEW
        self._scroller.setFixedHeight(_ROW * min(self._rows.count, most))


class _Times(QWidget):
    """The line of the time between the cursors."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._times: tuple[tuple[str, str], ...] = ()
        self.setFixedHeight(_HEAD)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        return "  ".join(f"{caption} {value}" for caption, value in self._times)

    def set_times(self, times: Sequence[tuple[str, str]]) -> None:
        self._times = tuple(times)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._look.icon("ruler", "muted").paint(painter, int(_MARGIN), (_HEAD - 14) // 2, 14, 14)
        left = _MARGIN + 14 + _GAP
        for caption, value in self._times:
            left = _word(painter, caption, self._look.font(12), self._look, "muted", left, _HEAD) + _GAP
            left = _word(painter, value, self._look.mono(12), self._look, "text", left, _HEAD) + 20


class _Rows(QWidget):
    """The channels' lines, their figures one under the other."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._rows: tuple[MeasureRow, ...] = ()

    @property
    def count(self) -> int:
        return len(self._rows)

    @property
    def text(self) -> str:
        return "\n".join("  ".join(self._words(row)) for row in self._rows)

    def set_rows(self, rows: Sequence[MeasureRow]) -> None:
        self._rows = tuple(rows)
        self.setMinimumHeight(_ROW * len(rows))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, _ROW * self.count)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._look.colour("surface"))
        missing = self._width([row.missing for row in self._rows], self._look.font(12))
        room = self.width() - GUTTER - _MARGIN - (missing + 20 if missing else 0)
        widths = self._column_widths()
        gap = max((room - sum(widths)) / len(COLUMNS), _GAP * 2)
        for number, row in enumerate(self._rows):
            top = number * _ROW
            name = QFontMetricsF(self._look.font(12)).elidedText(
                row.name, Qt.TextElideMode.ElideMiddle, GUTTER - _MARGIN - 8
            )
            _word(painter, name, self._look.font(12, QFont.Weight.DemiBold), self._look, "text", _MARGIN, _ROW, top)
            left = float(GUTTER)
            for caption, figure, width in zip(COLUMNS, row.figures, widths, strict=True):
                at = _word(painter, caption, self._look.font(12), self._look, "muted", left, _ROW, top) + _GAP
                _word(painter, figure, self._look.mono(12), self._look, "text", at, _ROW, top)
                left += width + gap
            if row.missing:
                at = self.width() - _MARGIN - missing
                _word(painter, row.missing, self._look.font(12), self._look, "warn", at, _ROW, top)

    def _column_widths(self) -> list[float]:
        captions = QFontMetricsF(self._look.font(12))
        return [
            captions.horizontalAdvance(caption)
            + _GAP
            + self._width([row.figures[place] for row in self._rows], self._look.mono(12))
            for place, caption in enumerate(COLUMNS)
        ]

    def _width(self, texts: Sequence[str], font: QFont) -> float:
        metrics = QFontMetricsF(font)
        return max((metrics.horizontalAdvance(text) for text in texts), default=0.0)

    def _words(self, row: MeasureRow) -> list[str]:
        figures = [f"{caption} {figure}" for caption, figure in zip(COLUMNS, row.figures, strict=True)]
        return [part for part in (row.name, *figures, row.missing) if part]


def _word(
    painter: QPainter, text: str, font: QFont, look: Look, token: str, left: float, height: int, top: float = 0
) -> float:
    """Paint a word; returns where it ends."""
    painter.setFont(font)
    painter.setPen(look.colour(token))
    width = QFontMetricsF(font).horizontalAdvance(text)
    painter.drawText(QRectF(left, top, width + 2, height), int(Qt.AlignmentFlag.AlignVCenter), text)
    return left + width
