"""The field that filters: magnifying glass, placeholder, shortcut hint at the right, a cross once it is filled."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.keys import HEIGHT, hint_size, paint_hint, tooltip

_LEFT = 30
_RIGHT = 8


class SearchField(QLineEdit):
    """A QLineEdit; listen to `textChanged`. Esc clears a filled field; on an empty one it goes on to the window.

    `left` comes on Down or Enter: the list below should take the focus.
    """

    left = Signal()

    def __init__(self, look: Look, placeholder: str, keys: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._keys = keys
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder.rstrip("…"))
        self.setToolTip(tooltip(placeholder, keys))
        self.setFixedHeight(28)
        self._clear = QToolButton(self)
        self._clear.setFixedSize(20, 20)
        self._clear.setCursor(Qt.CursorShape.ArrowCursor)
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.setAccessibleName("Clear filter")
        self._clear.setToolTip("Clear filter (Esc)")
        self._clear.clicked.connect(self.clear)
        self.textChanged.connect(self._on_text_changed)
        look.changed.connect(self._recolour)
        self._recolour()
        self._on_text_changed(self.text())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._clears(event):
            event.accept()  # else the window's own Esc would take it
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._clears(event):
            self.clear()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        middle = self.height() // 2
        self._look.icon("magnifying-glass", "muted").paint(painter, QRect(9, middle - 7, 14, 14))
        if self._shows_hint():
            hint = hint_size(self._look, self._keys)
            box = QRect(self.width() - _RIGHT - hint.width(), middle - HEIGHT // 2, hint.width(), HEIGHT)
            paint_hint(painter, box, self._look, self._keys)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._clear.move(self.width() - 24, (self.height() - 20) // 2)
        self._on_text_changed(self.text())

    def _clears(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Escape and bool(self.text())

    def _shows_hint(self) -> bool:
        return bool(self._keys) and not self.text() and self.width() > 160

    def _on_text_changed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        right = hint_size(self._look, self._keys).width() + _RIGHT if self._shows_hint() else 20 if text else 0
        # The sheet's own padding of 8 px comes on top.
        self.setTextMargins(_LEFT - 9, 0, right, 0)
        self.update()

    def _recolour(self) -> None:
        self._clear.setIcon(self._look.icon("x", "muted"))
        self.update()
