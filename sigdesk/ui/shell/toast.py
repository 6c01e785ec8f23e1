"""A few words at the bottom of the window about what was just done, for five seconds, with a button to go on."""

from __future__ import annotations

from msgspec import Struct
from PySide6.QtCore import QEvent, QObject, QPropertyAnimation, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGraphicsOpacityEffect, QHBoxLayout, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import label

SHOWN_MS = 5000
FADE_MS = 120
_ABOVE_BOTTOM = 40


class ToastAction(Struct, frozen=True):
    """A button of the toast: its id, which `Toast.action_chosen` carries, and its text."""

    id: str
    text: str


class _Plate(QWidget):
    """What is seen of a toast. An effect that comes or goes has the whole of its widget's parent painted anew, so it is
    the plate's, whose parent is no larger than itself, and not the toast's, whose parent is the window."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.colour("border_strong"), 1))
        painter.setBrush(self._look.colour("raised"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)


class Toast(QWidget):
    """Lies over its parent, bottom centre. A new one replaces the old; while the pointer is on it, it stays."""

    undo_requested = Signal(object)
    """The token that `say` was given."""
    action_chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget, reduced_motion: bool = False) -> None:
        super().__init__(parent)
        self._over = parent
        self._token: object = None
        self._reduced_motion = reduced_motion
        self.setFixedHeight(36)
        self._text = label("")
        self._action: ToastAction | None = None
        self._stays = False
        self._button = ActionButton(look, "Undo", keys="Ctrl+Z", kind="ghost")
        self._button.clicked.connect(self._on_button_clicked)
        plate = _Plate(look, self)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(plate)
        self._row = row = QHBoxLayout(plate)
        row.setSpacing(8)
        row.addWidget(self._text)
        row.addWidget(self._button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self.leave)
        self._effect = QGraphicsOpacityEffect(plate)
        self._effect.setEnabled(False)
        plate.setGraphicsEffect(self._effect)
        self._fade = QPropertyAnimation(self._effect, b"opacity", self)
        self._fade.setDuration(FADE_MS)
        self._fade.finished.connect(self._on_fade_finished)
        self.hide()
        parent.installEventFilter(self)

    @property
    def text(self) -> str:
        return self._text.text()

    def set_reduced_motion(self, reduced: bool) -> None:
        """No fade for operators who asked for less motion."""
        self._reduced_motion = reduced

    def say(
        self, text: str, undo_token: object = None, *, action: ToastAction | None = None, stays: bool = False
    ) -> None:
        """Show a text for five seconds, or until the next one if it `stays`. Undo stands beside it when there is a
        token to hand back, else the button of an `action`."""
        self._text.setText(text)
        self._token = undo_token
        self._action = action
        self._stays = stays
        there = undo_token is not None or action is not None
        self._button.setText(action.text if action else "Undo")
        self._button.set_keys("" if action else "Ctrl+Z")
        self._button.setVisible(there)
        self._row.setContentsMargins(16, 0, 4 if there else 16, 0)
        self.setAccessibleName(text)
        self._row.activate()
        self.adjustSize()
        self._place()
        leaving = self._fade.state() is QPropertyAnimation.State.Running and self._fade.endValue() == 0.0
        if not self.isVisible() or leaving:  # a text that only changes does not fade in again
            self.show()
            self.raise_()
            self._fade_to(1.0)
        self._timer.stop()
        if not stays:
            self._timer.start()

    def leave(self) -> None:
        """Go now, as after five seconds."""
        self._timer.stop()
        self._fade_to(0.0)

    def enterEvent(self, _event: QEnterEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, _event: QEvent) -> None:
        if self.isVisible() and not self._stays:
            self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

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

    def _on_button_clicked(self) -> None:
        self.leave()
        if self._action is not None:
            self.action_chosen.emit(self._action.id)
        else:
            self.undo_requested.emit(self._token)
