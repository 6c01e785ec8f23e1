"""The dialog in which the notes of the session and of the signal that is shown are written."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import ElidedLabel


class NotesDialog(QDialog):
    """`written` carries both texts when they are to be kept; Ctrl Enter does so, Esc leaves them as they were."""

    written = Signal(str, str)

    def __init__(self, look: Look, session: str, signal_name: str, signal: str, parent: QWidget | None = None) -> None:
        """`signal_name` is "" where no signal is shown; there is then no field for its note."""
        super().__init__(parent)
        self.setWindowTitle("Notes")
        self.resize(480, 380 if signal_name else 240)
        self.session = _Field("Note of the session", session, look)
        self.signal = _Field("Note of the signal", signal, look)
        save = ActionButton(look, "Save notes", keys="Ctrl+Return", kind="primary")
        cancel = ActionButton(look, "Cancel")
        save.clicked.connect(self._on_save)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (cancel, save):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(8)
        column.addWidget(ElidedLabel("Session", "strong"))
        column.addWidget(self.session, 1)
        if signal_name:
            column.addWidget(ElidedLabel(signal_name, "strong", mode=Qt.TextElideMode.ElideMiddle))
            column.addWidget(self.signal, 1)
        else:
            self.signal.setParent(self)
            self.signal.hide()
        column.addSpacing(8)
        column.addLayout(buttons)
        (self.signal if signal_name else self.session).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._on_save()
        else:
            super().keyPressEvent(event)

    def _on_save(self) -> None:
        self.accept()
        self.written.emit(self.session.toPlainText(), self.signal.toPlainText())


class _Field(QPlainTextEdit):
    """Tab leaves it; Ctrl Enter is the dialog's."""

    def __init__(self, name: str, text: str, look: Look) -> None:
        super().__init__(text)
        self.setAccessibleName(name)
        self.setFont(look.font(13))
        self.setTabChangesFocus(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers():
            event.ignore()
        else:
            super().keyPressEvent(event)
