"""A field that opens where it is needed, for one answer: the name of a class or label, or a note."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.labels import label

_WIDTH: Final = 300
_LINE: Final = 30
_LINES: Final = 74
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _Field(QPlainTextEdit):
    """One line, or several with Shift Enter; Enter answers, Esc leaves, as does whatever takes the keyboard away."""

    answered = Signal()
    left = Signal()

    def __init__(self, long: bool) -> None:
        super().__init__()
        self._long = long
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAsNeeded if long else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        self.setFixedHeight(_LINES if long else _LINE)

    def event(self, event: QEvent) -> bool:
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Escape, *_ENTER):
            event.accept()  # else the window's own Esc would take it
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in _ENTER and not (self._long and shift):
            self.answered.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.left.emit()


class InlineField(QFrame):
    """Lies over its parent. `answered` carries the text; it is gone after that, or once it was left."""

    answered = Signal(str)

    def __init__(self, look: Look, prompt: str, text: str, parent: QWidget, *, long: bool = False) -> None:
        super().__init__(parent)
        self._over = parent
        self.setProperty("role", "card")
        self._field = _Field(long)
        self._field.setFont(look.font(13))
        self._field.setAccessibleName(prompt)
        self._field.setPlainText(text)
        self._field.answered.connect(self._on_answered)
        self._field.left.connect(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        column.addWidget(label(prompt, "secondary"))
        column.addWidget(self._field)
        hint = "Enter keeps it, Shift Enter begins a line, Esc leaves" if long else "Enter keeps it, Esc leaves"
        column.addWidget(label(hint, "caption"))

    def open_at(self, x: int, bottom: int) -> None:
        """Show it with its middle at `x`, above `bottom` (px of its parent), and give it the keyboard."""
        self.setFixedWidth(min(_WIDTH, self._over.width()))
        self.adjustSize()
        left = min(max(x - self.width() // 2, 0), self._over.width() - self.width())
        self.move(left, max(bottom - self.height() - 4, 0))
        self.show()
        self.raise_()
        cursor = self._field.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        self._field.setTextCursor(cursor)
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_answered(self) -> None:
        text = self._field.toPlainText()
        self._go()
        self.answered.emit(text)

    def _go(self) -> None:
        """Hand the keyboard back to what lies under it."""
        if self.isHidden():
            return
        had = self._field.hasFocus()
        self.hide()
        self.deleteLater()
        if had:
            self._over.setFocus(Qt.FocusReason.OtherFocusReason)
