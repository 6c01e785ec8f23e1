"""A few words at the bottom of the window about what was just done, with Undo, for five seconds."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPropertyAnimation, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGraphicsOpacityEffect, QHBoxLayout, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import label

SHOWN_MS = 5000
FADE_MS = 120
_ABOVE_BOTTOM = 40


class Toast(QWidget):
    """Lies over its parent, bottom centre. A new one replaces the old; while the pointer is on it, it stays."""

    undo_requested = Signal(object)
    """The token that `say` was given."""

    def __init__(self, look: Look, parent: QWidget, reduced_motion: bool = False) -> None:
        super().__init__(parent)
        self._look = look
        self._over = parent
        self._token: object = None
        self._reduced_motion = reduced_motion
        self.setFixedHeight(36)
        self._text = label("")
        self._undo = ActionButton(look, "Undo", keys="Ctrl+Z", kind="ghost")
        self._undo.clicked.connect(self._on_undo_clicked)
        self._row = row = QHBoxLayout(self)
        row.setSpacing(8)
        row.addWidget(self._text)
        row.addWidget(self._undo)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self.leave)
        self._effect = QGraphicsOpacityEffect(self)
        self._effect.setEnabled(False)
        self.setGraphicsEffect(self._effect)
        self._fade = QPropertyAnimation(self._effect, b"opacity", self)
        self._fade.setDuration(FADE_MS)
        self._fade.finished.connect(self._on_fade_finished)
        look.changed.connect(self.update)
        self.hide()
        parent.installEventFilter(self)

    @property
    def text(self) -> str:
        return self._text.text()

    def set_reduced_motion(self, reduced: bool) -> None:
        """No fade for operators who asked for less motion."""
        self._reduced_motion = reduced

    def say(self, text: str, undo_token: object = None) -> None:
        """Show a text for five seconds; Undo stands beside it when there is a token to hand back."""
        self._text.setText(text)
        self._token = undo_token
        self._undo.setVisible(undo_token is not None)
        self._row.setContentsMargins(16, 0, 4 if undo_token is not None else 16, 0)
        self.setAccessibleName(text)
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self._fade_to(1.0)
        self._timer.start()

    def leave(self) -> None:
        """Go now, as after five seconds."""
        self._timer.stop()
        self._fade_to(0.0)

    def enterEvent(self, _event: QEnterEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, _event: QEvent) -> None:
        if self.isVisible():
            self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.colour("border_strong"), 1))
        painter.setBrush(self._look.colour("raised"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _place(self) -> None:
        left = (self._over.width() - self.width()) // 2
        self.move(left, self._over.height() - self.height() - _ABOVE_BOTTOM)

    def _fade_to(self, opacity: float) -> None:
        self._fade.stop()
        if self._reduced_motion:
            self.setVisible(opacity > 0)
            return
        # The effect paints by way of a picture, so it is on only while something fades.
        self._effect.setEnabled(True)
        self._fade.setStartValue(1.0 - opacity)
        self._fade.setEndValue(opacity)
        self._fade.start()

    def _on_fade_finished(self) -> None:
        self._effect.setEnabled(False)
        if self._fade.endValue() == 0.0:
            self.hide()

    def _on_undo_clicked(self) -> None:
        self.leave()
        self.undo_requested.emit(self._token)
