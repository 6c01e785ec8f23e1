"""The 44 px at the top of the window: menus, pages, the session, and the way to everything else."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QMenuBar, QSizePolicy, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.icon_button import IconButton
from sigdesk.ui.widgets.keys import HEIGHT as HINT_HEIGHT
from sigdesk.ui.widgets.keys import hint_size, paint_hint, tooltip
from sigdesk.ui.widgets.labels import IconLabel, label, plain_tooltip
from sigdesk.ui.widgets.tab_strip import PAGE_HEIGHT, TabStrip

PAGES: Final = (
    ("Workspace", "squares-four", "Ctrl+1"),
    ("Record", "record", "Ctrl+2"),
    ("Review", "check-square", "Ctrl+3"),
    ("Models", "cube", "Ctrl+4"),
)

_ROOM_FOR_NAME = 1200
"""In a window narrower than this the program's name gives its room to the session's name and the field."""
_ROOM_FOR_WORDS = 1080
"""In one narrower than this, so do the session's name and the field's words."""
_LONGEST_NAME, _READABLE_NAME, _BEGINNING = 180, 116, 12
"""Pixels of a session's name: as much as is shown, what it needs to be told ("Unnamed session"), and where nothing else
is left."""


class Header(QFrame):
    """Give it to QMainWindow.setMenuWidget and fill `menu_bar`. Signals are what the operator wants."""

    page_chosen = Signal(str)
    go_to_requested = Signal()
    session_requested = Signal()
    theme_toggle_requested = Signal()
    shortcuts_requested = Signal()
    settings_requested = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setProperty("role", "panel")
        self.setFixedHeight(PAGE_HEIGHT)
        self.menu_bar = QMenuBar()
        self.menu_bar.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._brand = label("SigDesk", "title")
        self._pages = TabStrip(look, "Pages", PAGE_HEIGHT)
        for name, icon, keys in PAGES:
            self._pages.add(name, icon, keys)
        self._session = _SessionButton(look)
        self._session.hide()
        self._go_to = _GoToField(look)
        self._theme = IconButton(look, "", "moon", "Ctrl+Shift+D")
        self._shortcuts = IconButton(look, "Shortcuts of this page", "keyboard", "?")
        self._settings = IconButton(look, "Settings", "gear-six", "Ctrl+,")
        self._lay_out()
        self._connect()
        self._on_look_changed()

    @property
    def page(self) -> str:
        return self._pages.current

    def show_page(self, name: str) -> None:
        """Mark a page as the present one, without a signal."""
        self._pages.show_tab(name)

    @property
    def session_button(self) -> QWidget:
        """Below which the session's menu belongs."""
        return self._session

    def show_session(self, name: str, *, unsaved: bool = False) -> None:
        """The session's name at the right, with a dot where its file lacks something; "" hides the button."""
        self._session.show_name(name, unsaved=unsaved)
        self._session.setVisible(bool(name))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line below is painted, not a border of the sheet, so that the present page's line lies over it."""
        super().paintEvent(event)
        QPainter(self).fillRect(QRect(0, self.height() - 1, self.width(), 1), self._look.colour("border"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._brand.setVisible(self.width() >= _ROOM_FOR_NAME)
        self._session.set_tight(self.width() < _ROOM_FOR_WORDS)
        self._go_to.set_tight(self.width() < _ROOM_FOR_WORDS)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(0)
        row.addWidget(IconLabel(self._look, "activity-bold", "accent", 20))
        row.addSpacing(8)
        row.addWidget(self._brand)
        row.addSpacing(11)
        row.addWidget(self.menu_bar)
        row.addSpacing(24)
        row.addWidget(self._pages)
        row.addStretch(1)
        row.addWidget(self._session)
        row.addSpacing(2)
        row.addWidget(self._go_to)
        row.addSpacing(8)
        for number, button in enumerate((self._theme, self._shortcuts, self._settings)):
            row.addSpacing(4 if number else 0)
            row.addWidget(button)

    def _connect(self) -> None:
        self._pages.chosen.connect(self.page_chosen)
        self._session.clicked.connect(self.session_requested)
        self._go_to.clicked.connect(self.go_to_requested)
        self._theme.clicked.connect(self.theme_toggle_requested)
        self._shortcuts.clicked.connect(self.shortcuts_requested)
        self._settings.clicked.connect(self.settings_requested)
        self._look.changed.connect(self._on_look_changed)

    def _on_look_changed(self) -> None:
        dark = self._look.theme.name == "dark"
        self._theme.set_icon_name("sun" if dark else "moon")
        self._theme.set_name("Light theme" if dark else "Dark theme")


class _SessionButton(QAbstractButton):
    """The session's name between a folder and a caret; long names end in …."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._name = ""
        self._unsaved = False
        self._tight = False
        self.setFont(look.font(13, QFont.Weight.Medium))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(28)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def show_name(self, name: str, *, unsaved: bool) -> None:
        # Not the button's text: Qt would take a "&" in it for a shortcut.
        if (name, unsaved) == (self._name, self._unsaved):
            return
        self._name, self._unsaved = name, unsaved
        says = f"Session {name}" + (", its file lacks the latest changes" if unsaved else "")
        self.setAccessibleName(says)
        self.setToolTip(plain_tooltip(says))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return self._size(_LONGEST_NAME)

    @property
    def _dot_room(self) -> int:
        return 12 if self._unsaved else 0

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.click()
        else:
            super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        return self._size(_BEGINNING if self._tight else _READABLE_NAME)

    def set_tight(self, tight: bool) -> None:
        """Whether the window is so narrow that only the name's beginning has room."""
        self._tight = tight
        self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.colour("selected" if self.isDown() else "hover"))
            painter.drawRoundedRect(self.rect().toRectF(), 4, 4)
        self._look.icon("folder", "muted").paint(painter, QRect(4, 6, 16, 16))
        room = self.width() - 52 - self._dot_room
        text = self.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideRight, room)
        painter.setFont(self.font())
        painter.setPen(self._look.colour("text"))
        painter.drawText(QRect(28, 0, room, 28), int(Qt.AlignmentFlag.AlignVCenter), text)
        if self._unsaved:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.colour("text_2"))
            painter.drawEllipse(QRect(28 + min(self._text_width(), room) + 4, 11, 6, 6))
        self._look.icon("caret-down", "muted").paint(painter, QRect(self.width() - 18, 8, 12, 12))

    def _size(self, most: int) -> QSize:
        return QSize(min(self._text_width(), most) + 52 + self._dot_room, 28)

    def _text_width(self) -> int:
        return round(QFontMetricsF(self.font()).horizontalAdvance(self._name)) + 2


_BEFORE_WORDS, _BEHIND = 29, 9


class _GoToField(QAbstractButton):
    """Looks like a field and opens the palette, which has the real one. Where it is narrow, its words are there rather
    than its keys."""

    _TEXT = "Go to or run…"
    _KEYS = "Ctrl+K"

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._tight = False
        self.setText(self._TEXT)
        self.setFont(look.font(12))
        self.setAccessibleName("Go to or run")
        self.setToolTip(tooltip("Go to a signal or page, or run an action", self._KEYS))
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(28)
        self.setMaximumWidth(196)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(196, 28)

    def minimumSizeHint(self) -> QSize:
        return QSize(32 if self._tight else _BEFORE_WORDS + self._words_width + _BEHIND, 28)

    def set_tight(self, tight: bool) -> None:
        """Whether the window is so narrow that only the icon has room."""
        self._tight = tight
        self.updateGeometry()

    @property
    def _words_width(self) -> int:
        return self.fontMetrics().horizontalAdvance(self._TEXT) + 2

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.colour("border_strong"), 1))
        painter.setBrush(self._look.colour("hover" if self.underMouse() else "field"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        self._look.icon("magnifying-glass", "muted").paint(painter, QRect(9, 7, 14, 14))
        hint = hint_size(self._look, self._KEYS)
        left = self.width() - _BEHIND - hint.width()
        painter.setFont(self.font())
        painter.setPen(self._look.colour("muted"))
        words = QRect(_BEFORE_WORDS, 0, self._words_width, 28)
        if words.right() < self.width():
            painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), self._TEXT)
        if left > words.right() + 4:
            paint_hint(painter, QRect(left, (28 - HINT_HEIGHT) // 2, hint.width(), HINT_HEIGHT), self._look, self._KEYS)
