"""The one object that widgets ask for colours, fonts and icons, and that tells them when the theme has changed.

It is handed down through constructors; there is no global theme, so a test can show two at once.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon

from sigdesk.labels.classes import UNKNOWN_SLOT
from sigdesk.places import shipped_folder
from sigdesk.ui.theme.glyphs import glyph_icon
from sigdesk.ui.theme.tokens import LIGHT, THEMES, ClassColour, Theme

TEXT_FAMILY = "Inter"
MONO_FAMILY = "JetBrains Mono"


class Look(QObject):
    """The present theme. `changed` comes after a switch; widgets then repaint with the new colours."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        load_fonts(shipped_folder("resources") / "fonts")

    @property
    def theme(self) -> Theme:
        return self._theme

    def use(self, name: str) -> None:
        """Switch to the theme of that name ("light" or "dark")."""
        if name != self._theme.name:
            self._theme = THEMES[name]
            self.changed.emit()

    def colour(self, token: str) -> QColor:
        """The colour of a token, by its name in `Theme`."""
        return QColor(getattr(self._theme, token))

    def class_colour(self, slot: int) -> ClassColour:
        """The colours of a class slot. Slot 8 is Unknown, which has ink and grey only; where it stands as a box it has
        no fill and a dashed border, see `swatch_colour`."""
        theme = self._theme
        if slot == UNKNOWN_SLOT:
            return ClassColour(theme.pen_quiet, theme.muted, theme.pen, theme.window, theme.text)
        return theme.classes[slot]

    def swatch_colour(self, slot: int) -> ClassColour | None:
        """The same for boxes: None for Unknown."""
        return None if slot == UNKNOWN_SLOT else self.class_colour(slot)

    def icon(self, name: str, token: str = "text_2") -> QIcon:
        """A Phosphor icon ("folder-open") in a token's colour; greyed where its widget is disabled."""
        return glyph_icon(name, getattr(self._theme, token), self._theme.disabled)

    def font(self, pixels: int = 13, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """Text font at a pixel size, with figures of equal width."""
        return QFont(_font(TEXT_FAMILY, pixels, weight))

    def mono(self, pixels: int = 12, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """Fixed-width font for the log and for readouts."""
        return QFont(_font(MONO_FAMILY, pixels, weight))


@cache
def load_fonts(folder: Path) -> None:
    """Make the bundled fonts known to Qt, once for the program's life."""
    for file in sorted(folder.glob("*.[ot]tf")):
        QFontDatabase.addApplicationFont(str(file))


@cache  # asked for at every painting; to copy one takes a fraction of making it
def _font(family: str, pixels: int, weight: QFont.Weight) -> QFont:
    font = QFont([family, "DejaVu Sans Mono" if family == MONO_FAMILY else "DejaVu Sans"])
    font.setPixelSize(pixels)
    font.setWeight(weight)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if hasattr(font, "setFeature"):
        font.setFeature(QFont.Tag("tnum"), 1)
    return font
