"""Tabs with icon, text and count, and a 2 px accent line below the present one: pages of the header, bottom tabs."""

from __future__ import annotations

from msgspec import Struct
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QTabBar, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.chip import HEIGHT as CHIP_HEIGHT
from sigdesk.ui.widgets.chip import chip_width, paint_chip
from sigdesk.ui.widgets.keys import tooltip
from sigdesk.ui.widgets.numbers import grouped

PAGE_HEIGHT = 44
_LINE = 2


class _Tab(Struct):
    name: str
    icon: str
    count: int | None = None
    status: str = "muted"
    icon_token: str = ""


class TabStrip(QTabBar):
    """`chosen` carries the name of the tab that the operator chose. `height` 44 for pages, 32 for the bottom tabs.

    Pages have icons of 16 px, bottom tabs of 14 px.
    """

    chosen = Signal(str)

    def __init__(self, look: Look, name: str, height: int = 32, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._height = height
        page = height == PAGE_HEIGHT
        self._apart, self._icon_pixels, self._gap = (28, 16, 8) if page else (20, 14, 6)
        pixels = 13 if page else 12
        self._tabs: list[_Tab] = []
        self._font = look.font(pixels)
        self._count_font = look.font(11, QFont.Weight.Medium)
        self._present_font = look.font(pixels, QFont.Weight.Medium)
        self.setAccessibleName(name)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(height)
        self.currentChanged.connect(lambda index: self.chosen.emit(self._tabs[index].name))
        look.changed.connect(self.update)

    def add(self, name: str, icon: str, keys: str = "") -> None:
        """Add a tab; its shortcut stands in its tooltip."""
        self._tabs.append(_Tab(name, icon))
        blocked = self.blockSignals(True)
        index = self.addTab(name)
        self.blockSignals(blocked)
        self.setTabToolTip(index, tooltip(name, keys))

    @property
    def current(self) -> str:
        return self._tabs[self.currentIndex()].name

    def show_tab(self, name: str) -> None:
        """Show a tab as the present one, without a signal."""
        blocked = self.blockSignals(True)
        self.setCurrentIndex(self._index(name))
        self.blockSignals(blocked)
        self.update()

    def set_count(self, name: str, count: int | None, status: str = "muted") -> None:
        """The number behind a tab's text; None shows none. `status` "error" paints it as a problem."""
        index = self._index(name)
        tab = self._tabs[index]
        if (tab.count, tab.status) == (count, status):
            return
        was = self._content_width(index)
        tab.count, tab.status = count, status
        tab.icon_token = status if status in ("error", "warn") else ""
        self.setAccessibleTabName(index, name if count is None else f"{name}, {count}")
        if self._content_width(index) != was:
            self.setTabText(index, name)  # this is what makes a QTabBar lay its tabs out anew
        self.update(self.tabRect(index))

    def tabSizeHint(self, index: int) -> QSize:
        return QSize(self._content_width(index) + self._apart, self._height)

    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        for index, tab in enumerate(self._tabs):
            self._paint_tab(painter, index, tab)

    def _paint_tab(self, painter: QPainter, index: int, tab: _Tab) -> None:
        present = index == self.currentIndex()
        box = self.tabRect(index)
        left = box.left() + self._apart // 2
        middle = self._height // 2
        hovered = self.underMouse() and box.contains(self.mapFromGlobal(self.cursor().pos()))
        ink = "text" if present or hovered else "muted"
        icon = self._look.icon(tab.icon, tab.icon_token or ink)
        icon.paint(painter, QRect(left, middle - self._icon_pixels // 2, self._icon_pixels, self._icon_pixels))
        left += self._icon_pixels + self._gap
        font = self._present_font if present else self._font
        painter.setFont(font)
        painter.setPen(self._look.colour(ink))
        width = self._text_width(tab)
        painter.drawText(QRect(left, 0, width + 2, self._height), int(Qt.AlignmentFlag.AlignVCenter), tab.name)
        if tab.count is not None:
            chip = QRect(left + width + self._gap, middle - CHIP_HEIGHT // 2, self._chip_width(tab), CHIP_HEIGHT)
            paint_chip(painter, chip, self._look, grouped(tab.count), "", tab.status)
        line = QRect(box.left() + self._apart // 2 - 2, self._height - _LINE, self._content_width(index) + 4, _LINE)
        if present:
            painter.fillRect(line, self._look.colour("accent"))
        if present and self.hasFocus() and self.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange):
            painter.setPen(self._look.colour("accent"))
            painter.drawRect(line.adjusted(0, 6 - self._height + _LINE, -1, -6))

    def _content_width(self, index: int) -> int:
        tab = self._tabs[index]
        width = self._icon_pixels + self._gap + self._text_width(tab)
        return width + self._gap + self._chip_width(tab) if tab.count is not None else width

    def _text_width(self, tab: _Tab) -> int:
        """The width in the present tab's weight, so that choosing a tab moves nothing."""
        return round(QFontMetricsF(self._present_font).horizontalAdvance(tab.name))

    def _chip_width(self, tab: _Tab) -> int:
        return chip_width(self._count_font, grouped(tab.count or 0), "")

    def _index(self, name: str) -> int:
        return next(index for index, tab in enumerate(self._tabs) if tab.name == name)
