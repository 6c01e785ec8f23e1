"""The classes of a model, each with its colour, in one line or two; what has no room is counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigdesk.app.rows import ClassMark
from sigdesk.ui.rows.wording import plain_tooltip, visible
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.swatch import paint_swatch

_LINE: Final = 20
_SWATCH: Final = 10
_TO_NAME: Final = 6
_GAP: Final = 12
_LONGEST: Final = 140


class ClassLine(QWidget):
    """At most `lines` lines of 20 px."""

    def __init__(self, look: Look, lines: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._lines = lines
        self._marks: tuple[ClassMark, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        look.changed.connect(self.update)

    def show_classes(self, marks: Sequence[ClassMark]) -> None:
        self._marks = tuple(marks)
        names = ", ".join(mark.title for mark in marks)
        self.setAccessibleName(f"Classes: {names}")
        self.setToolTip(plain_tooltip(names))
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return _LINE * (1 + max((line for line, *_ in self._places(width)), default=0))

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._look.font(11))
        places = self._places(self.width())
        for (line, left, text), mark in zip(places, self._marks, strict=False):
            middle = line * _LINE + _LINE / 2
            colour = self._look.class_colour(mark.slot)
            box = QRectF(left, middle - _SWATCH / 2, _SWATCH, _SWATCH)
            paint_swatch(painter, box, colour, mark.hatched, self._look.theme)
            self._text(painter, line, left + _SWATCH + _TO_NAME, text, "text_2")
        hidden = len(self._marks) - len(places)
        if hidden:
            line, left, text = places[-1] if places else (0, -_GAP, "")
            after = left + self._width_of(text) + _GAP
            self._text(painter, line, after, f"+{hidden}", "muted")

    def _text(self, painter: QPainter, line: int, left: float, text: str, token: str) -> None:
        painter.setPen(self._look.colour(token))
        box = QRectF(left, line * _LINE, self.width() - left, _LINE)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)

    def _places(self, width: int) -> list[tuple[int, float, str]]:
        """Line, left edge and text of each class that is shown."""
        places: list[tuple[int, float, str]] = []
        line, left = 0, 0.0
        for number, mark in enumerate(self._marks):
            text = self._metrics().elidedText(visible(mark.title), Qt.TextElideMode.ElideRight, _LONGEST)
            room = self._width_of(text)
            last_line = line == self._lines - 1
            rest = 0.0 if number == len(self._marks) - 1 else 32.0 if last_line else 0.0
            if left and left + room + rest > width:
                if last_line:
                    break
                line, left = line + 1, 0.0
            places.append((line, left, text))
            left += room + _GAP
        return places

    def _width_of(self, text: str) -> float:
        return _SWATCH + _TO_NAME + self._metrics().horizontalAdvance(text) if text else 0.0

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self._look.font(11))
