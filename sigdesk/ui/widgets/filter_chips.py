"""A row of filters with how many each would show: All 142, To check 9, Queued 37, Failed 1."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.numbers import grouped

_PADDING = 6
_TARGET, _AIR = 24, 2
"""Pixels: what can be hit is higher than what is painted."""


class FilterChips(QWidget):
    """`chosen` carries the filter's name. `set_count` changes a number; the row does not jump for the same digits."""

    chosen = Signal(str)

    def __init__(self, look: Look, names: Sequence[str], title: str = "Filter", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(24)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self._group = QButtonGroup(self)
        self._chips: dict[str, _FilterChip] = {}
        for name in names:
            chip = _FilterChip(look, name)
            self._chips[name] = chip
            self._group.addButton(chip)
            row.addWidget(chip)
        row.addStretch(1)
        self._chips[names[0]].setChecked(True)
        self._group.buttonClicked.connect(lambda chip: self.chosen.emit(chip.text()))

    @property
    def current(self) -> str:
        return next(name for name, chip in self._chips.items() if chip.isChecked())

    def choose(self, name: str) -> None:
        """Show a filter as chosen, without a signal."""
        self._chips[name].setChecked(True)

    def set_count(self, name: str, count: int) -> None:
        self._chips[name].set_count(count)

    def set_counts(self, counts: dict[str, int]) -> None:
        for name, count in counts.items():
            self.set_count(name, count)

    def count_of(self, name: str) -> int:
        return self._chips[name].count


class _FilterChip(QAbstractButton):
    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self.count = 0
        self._name_font = look.font(11, QFont.Weight.Medium)
        self._count_font = look.font(11)
        self.setText(name)
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_count(0)
        look.changed.connect(self.update)

    def set_count(self, count: int) -> None:
        if count == self.count and self.accessibleName():
            return
        was, self.count = self.sizeHint(), count
        self.setAccessibleName(f"{self.text()}, {count}")
        if self.sizeHint() != was:  # else all around it would be laid out anew, many times while jobs end
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._name_width() + self._count_width() + 4 + 2 * _PADDING, _TARGET)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        checked = self.isChecked()
        if checked or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.colour("selected" if checked else "hover"))
            painter.drawRoundedRect(self.rect().toRectF().adjusted(0, _AIR, 0, -_AIR), 4, 4)
        left = _PADDING
        for text, font, width, ink in (
            (self.text(), self._name_font, self._name_width(), "text_2"),
            (grouped(self.count), self._count_font, self._count_width(), "text_2"),
        ):
            painter.setFont(font)
            painter.setPen(self._look.colour("accent_text" if checked else ink))
            painter.drawText(QRect(left, 0, width, self.height()), int(Qt.AlignmentFlag.AlignVCenter), text)
            left += width + 4

    def _name_width(self) -> int:
        return round(QFontMetricsF(self._name_font).horizontalAdvance(self.text())) + 1

    def _count_width(self) -> int:
        return round(QFontMetricsF(self._count_font).horizontalAdvance(grouped(self.count))) + 1
