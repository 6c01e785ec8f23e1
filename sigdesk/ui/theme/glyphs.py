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
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QIcon,
    QIconEngine,
    QPainter,
    QPixmap,
    QPixmapCache,
)

from sigdesk.ui.theme.paper import is_on_paper
from sigdesk.ui.theme.sharpness import pixels_per_unit

_FONT: Final = "phosphor-*.ttf"
_NAMES: Final = "phosphor-charmap-*.json"
_engines: Final[list[QIconEngine]] = []
"""Of all icons, as long as the program lives: Python's search for garbage would free an engine that Qt frees, too."""


@cache
def glyph_icon(name: str, colour: str, disabled: str) -> QIcon:
    """The icon of that name ("folder-open") in a colour, and in another where its widget is disabled.

    Raises KeyError for a name that the font does not have.
    """
    family, codes = _font()
    engine = _GlyphEngine(family, chr(codes[name]), colour, disabled)
    _engines.append(engine)
    return QIcon(engine)


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
        if is_on_paper():
            self._draw(painter, rect, mode)
            return
        ratio = pixels_per_unit(painter)
        painter.drawPixmap(rect, self._picture(rect.size() * ratio, mode))

    def pixmap(self, size: QSize, mode: QIcon.Mode, _state: QIcon.State) -> QPixmap:
        return self._picture(size, mode)

    def _picture(self, size: QSize, mode: QIcon.Mode) -> QPixmap:
        """The glyph as pixels, which are kept: a font takes its time, and icons come again with every repaint."""
        colour = self._colour_of(mode)
        key = f"glyph {self._glyph} {colour} {size.width()} {size.height()}"
        picture = QPixmap()
        if QPixmapCache.find(key, picture):
            return picture
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self._draw(painter, picture.rect(), mode)
        painter.end()
        QPixmapCache.insert(key, picture)
        return picture

    def _draw(self, painter: QPainter, rect: QRect, mode: QIcon.Mode) -> None:
        painter.save()
        font = QFont(self._family)
        font.setPixelSize(max(1, rect.height()))
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        painter.setFont(font)
        painter.setPen(QColor(self._colour_of(mode)))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), self._glyph)
        painter.restore()

    def _colour_of(self, mode: QIcon.Mode) -> str:
        return self._disabled if mode is QIcon.Mode.Disabled else self._colour

    def clone(self) -> QIconEngine:
        return _GlyphEngine(self._family, self._glyph, self._colour, self._disabled)
