"""A field for a number with its unit at the right, before the arrows."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from sigdesk.ui.theme.look import Look

_LEFT = 7
_ARROWS = 22


class NumberField(QDoubleSpinBox):
    """`decimals` 0 makes it a field for whole numbers. The unit is painted, so that it is no part of what is typed."""

    def __init__(
        self,
        look: Look,
        name: str,
        low: float,
        high: float,
        *,
        decimals: int = 0,
        unit: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._unit = unit
        self.setAccessibleName(name)
        self.setDecimals(decimals)
        self.setRange(low, high)
        self.setFixedHeight(28)
        self._font = look.font(12)
        # The stylesheet's padding does not reach the text of a spin box.
        self.lineEdit().setTextMargins(_LEFT, 0, self._unit_width(), 0)
        look.changed.connect(self.update)

    def set_unit(self, unit: str) -> None:
        self._unit = unit
        self.lineEdit().setTextMargins(_LEFT, 0, self._unit_width(), 0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setFont(self._font)
        painter.setPen(self._look.colour("muted" if self.isEnabled() else "disabled"))
        box = QRect(0, 0, self.width() - _ARROWS - 2, self.height())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), self._unit)

    def _unit_width(self) -> int:
        return round(QFontMetricsF(self._font).horizontalAdvance(self._unit)) + 6 if self._unit else 0
