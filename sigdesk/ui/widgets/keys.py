"""Shortcuts as the operator reads them: words for tooltips, the small bordered hint inside buttons and fields."""

from __future__ import annotations

import sys

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigdesk.ui.theme.look import Look

HEIGHT = 18

_MAC = sys.platform == "darwin"
_SIGNS = {
    "Ctrl": "Cmd" if _MAC else "Ctrl",
    "Shift": "⇧",
    "Return": "↵",
    "Enter": "↵",
    "Left": "←",
    "Right": "→",
    "Up": "↑",
    "Down": "↓",
    "-": "−",
}
_WORDS = {"Ctrl": "Cmd" if _MAC else "Ctrl", "Return": "Enter"}


def key_signs(keys: str) -> str:
    """A shortcut in Qt's notation as a hint shows it: "Ctrl+Shift+R" → "Ctrl ⇧ R"."""
    return " ".join(_SIGNS.get(key, key) for key in _parts(keys))


def key_words(keys: str) -> str:
    """A shortcut as text: "Ctrl+Return" → "Ctrl Enter"."""
    return " ".join(_WORDS.get(key, key) for key in _parts(keys))


def tooltip(text: str, keys: str = "") -> str:
    """What a control says when the pointer rests on it: its name, and its shortcut in brackets."""
    return f"{text} ({key_words(keys)})" if keys else text


def hint_size(look: Look, keys: str) -> QSize:
    """Pixels that the hint of a shortcut takes."""
    return QSize(max(HEIGHT, round(_metrics(look).horizontalAdvance(key_signs(keys))) + 10), HEIGHT)


def paint_hint(painter: QPainter, rect: QRect, look: Look, keys: str, ink: QColor | None = None) -> None:
    """The bordered hint. With `ink` it is painted in that colour alone, for coloured and disabled grounds."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = look.colour("border_strong")
    ground = look.colour("sunken")
    if ink is not None:
        edge = QColor(ink)
        edge.setAlphaF(0.45)
        ground = QColor(0, 0, 0, 0)
    painter.setPen(QPen(edge, 1))
    painter.setBrush(ground)
    painter.drawRoundedRect(rect.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setPen(ink if ink is not None else look.colour("muted"))
    painter.setFont(_font(look))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), key_signs(keys))
    painter.restore()


class KeyHint(QWidget):
    """A hint on its own, for texts such as "Press ? on any page"."""

    def __init__(self, look: Look, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._keys = keys
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(key_words(keys))
        look.changed.connect(self.update)

    def set_keys(self, keys: str) -> None:
        self._keys = keys
        self.setAccessibleName(key_words(keys))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return hint_size(self._look, self._keys)

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_hint(QPainter(self), self.rect(), self._look, self._keys)


def _parts(keys: str) -> list[str]:
    """ "Ctrl++" is Ctrl and the plus key."""
    if keys.endswith("+"):
        return [*(part for part in keys[:-1].split("+") if part), "+"]
    return keys.replace("+", " ").split()


def _font(look: Look) -> QFont:
    return look.font(11, QFont.Weight.Medium)


def _metrics(look: Look) -> QFontMetricsF:
    return QFontMetricsF(_font(look))
