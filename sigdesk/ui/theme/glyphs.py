"""The Phosphor icons, painted from the font that qtawesome ships.

Its own way of painting imports every Qt module again under other names, a fifth of a second before the window is there;
the font and the table of its names are all that is wanted of it.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Final

import orjson
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

_FONT: Final = "phosphor-*.ttf"
_NAMES: Final = "phosphor-charmap-*.json"


def glyph_icon(name: str, colour: str, disabled: str) -> QIcon:
    """The icon of that name ("folder-open") in a colour, and in another where its widget is disabled.

    Raises KeyError for a name that the font does not have.
    """
    family, codes = _font()
    return QIcon(_GlyphEngine(family, chr(codes[name]), colour, disabled))


@cache
def _font() -> tuple[str, dict[str, int]]:
    """The font's family, known to Qt from here on, and the code of each name. Raises ImportError without qtawesome."""
    found = importlib.util.find_spec("qtawesome")
    if found is None or found.origin is None:
        raise ImportError("qtawesome, which holds the icons, is not installed")
    folder = Path(found.origin).parent / "fonts"
    file, names = next(folder.glob(_FONT)), next(folder.glob(_NAMES))
    families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(file)))
    return families[0], {name: int(code, 16) for name, code in orjson.loads(names.read_bytes()).items()}


class _GlyphEngine(QIconEngine):
    """Paints one glyph as large as the icon is asked for, so that it is sharp at every size and scale."""

    def __init__(self, family: str, glyph: str, colour: str, disabled: str) -> None:
        super().__init__()
        self._family = family
        self._glyph = glyph
        self._colour = colour
        self._disabled = disabled

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        font = QFont(self._family)
        font.setPixelSize(max(1, rect.height()))
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        painter.save()
        painter.setFont(font)
        painter.setPen(QColor(self._disabled if mode is QIcon.Mode.Disabled else self._colour))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), self._glyph)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return picture

    def clone(self) -> QIconEngine:
        return _GlyphEngine(self._family, self._glyph, self._colour, self._disabled)
