"""The ring around the control that has the keyboard: a stylesheet cannot paint outside a widget, so this does."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSplitter,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

from sigdesk.ui.theme.look import Look
from sigdesk.ui.theme.stylesheet import ring_colour

RING = 2
"""Pixels that the ring stands out from its control."""

_TEXT_FIELDS = (QLineEdit, QAbstractSpinBox, QPlainTextEdit, QTextEdit)
_CONTROLS = (*_TEXT_FIELDS, QComboBox, QAbstractButton)


class FocusRing(QObject):
    """Follows the focus of an application. Buttons show their ring only to those who use the keyboard."""

    def __init__(self, app: QApplication, look: Look) -> None:
        super().__init__(look)
        self._look = look
        self._ring: _Ring | None = None
        app.focusChanged.connect(self._on_app_focus_changed)

    def _on_app_focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        # The ring stands in the parent of what it rings, so it may have gone with it.
        if self._ring is not None and isValid(self._ring):
            self._ring.leave()
        self._ring = None
        target = ring_target(now) if now is not None else None
        if target is not None:
            self._ring = _Ring(target, self._look)


def ring_target(widget: QWidget) -> QWidget | None:
    """What is ringed when a widget has the focus: text fields always, other controls for those who use the keyboard.

    The segments of one control (property `ringOnParent`) share the ring around all of them. What scrolls and has no
    current row that could show the focus asks for a ring by the property `ringed`.
    """
    by_keyboard = widget.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
    rings = isinstance(widget, _CONTROLS) or bool(widget.property("ringed"))
    if not isinstance(widget, _TEXT_FIELDS) and not (rings and by_keyboard):
        return None
    target = widget.parentWidget() if widget.property("ringOnParent") else widget
    parent = target.parentWidget() if target is not None else None
    # A splitter would take the ring for one more of its panes.
    return None if parent is None or isinstance(parent, QSplitter) else target


class _Ring(QWidget):
    """A clear sheet over one control, in its parent, that lets every event through."""

    def __init__(self, target: QWidget, look: Look) -> None:
        super().__init__(target.parentWidget())
        self._target = target
        self._look = look
        self._left = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        target.installEventFilter(self)
        self._follow()

    def leave(self) -> None:
        self._left = True
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self._left and event.type() in (
            QEvent.Type.Move,
            QEvent.Type.Resize,
            QEvent.Type.Show,
            QEvent.Type.Hide,
        ):
            self._follow()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ring_colour(self._look.theme), RING))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)
        painter.setPen(QPen(self._look.colour("accent"), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(RING + 0.5, RING + 0.5, -RING - 0.5, -RING - 0.5), 4, 4)

    def _follow(self) -> None:
        self.setGeometry(self._target.geometry().adjusted(-RING, -RING, RING, RING))
        self.setVisible(self._target.isVisible())
        self.raise_()
