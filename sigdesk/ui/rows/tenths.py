"""Where on a signal a model looked: a row a channel of ten cells, the darker the more of it counts there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigdesk.ui.rows.ink import Face, Ink
from sigdesk.ui.rows.wording import percent
from sigdesk.ui.theme.look import Look

_ROW: Final = 24
_AXIS: Final = 20
_CHANNEL: Final = 76.0


class Tenths(QWidget):
    """Has no height until it is shown shares."""

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ink = Ink(look)
        self._shares: tuple[tuple[float, ...], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        look.changed.connect(self.update)

    def show_shares(self, shares: Sequence[Sequence[float]]) -> None:
        """Shares (0..1) of each tenth, a row a channel; a single row stands without its channel's number."""
        self._shares = tuple(map(tuple, shares))
        rows = [", ".join(percent(share, 1) for share in row) for row in self._shares]
        several = len(rows) > 1
        said = (f"Channel {number}: {row}" if several else row for number, row in enumerate(rows, 1))
        self.setAccessibleDescription(". ".join(said))
        self.setFixedHeight(_ROW * len(self._shares) + _AXIS)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        most = max((share for row in self._shares for share in row), default=1.0) or 1.0
        left = _CHANNEL if len(self._shares) > 1 else 0.0
        for number, row in enumerate(self._shares):
            top = number * _ROW
            if left:
                self._ink.text(painter, QRectF(0, top, left, _ROW), f"Channel {number + 1}", Face.SMALL, "text_2")
            width = (self.width() - left) / max(1, len(row))
            for place, share in enumerate(row):
                self._paint_cell(painter, QRectF(left + place * width, top, width, _ROW), share, share / most)
        axis = QRectF(left, self.height() - _AXIS, self.width() - left, _AXIS)
        self._ink.text(painter, axis, "start", Face.CAPTION, "muted")
        self._ink.text(painter, axis, "end", Face.CAPTION, "muted", right=True)

    def _paint_cell(self, painter: QPainter, box: QRectF, share: float, depth: float) -> None:
        """`depth` (0..1) is how dark it is."""
        colour = QColor(self._ink.colour("accent"))
        colour.setAlphaF(0.06 + 0.64 * depth)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 2, 2)
        text = percent(share)
        width = self._ink.width(text, Face.CAPTION)
        middle = QRectF(box.center().x() - width / 2, box.top(), width + 1, box.height())
        self._ink.text(painter, middle, text, Face.CAPTION, "text")
