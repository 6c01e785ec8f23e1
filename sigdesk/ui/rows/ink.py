"""Painting of a row's parts: background, elided text, icons, swatches, bars. Delegates are written in these words.

A list of thousands of rows repaints many times a second, so fonts, their metrics and icon pictures are kept; the
pictures by theme, so a switch of the theme needs no clearing.
"""

from __future__ import annotations

import enum

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap, QStaticText
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from sigdesk.app.rows import ClassMark
from sigdesk.ui.theme.look import Look
from sigdesk.ui.theme.sharpness import pixels_per_unit
from sigdesk.ui.widgets.bars import PROGRESS, paint_bar, paint_progress
from sigdesk.ui.widgets.swatch import paint_swatch

MARGIN = 12
"""Pixels between a panel's edge and what a row shows."""
SWATCH = 10

# As whole numbers: a union of Qt's flags, made anew for each text, takes as long as a third of drawing it.
_LINE = int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine)
_LEFT = _LINE | int(Qt.AlignmentFlag.AlignLeft)
_RIGHT = _LINE | int(Qt.AlignmentFlag.AlignRight)
_KEPT = 4096
"""Texts whose width is remembered: names and words come again with every repaint."""


_SHAPED = 1024
"""Texts whose letters are kept in their places, each of which takes about a kilobyte."""


class Face(enum.Enum):
    """The type of the tokens that rows use: pixels, weight, fixed width."""

    CAPTION = (11, QFont.Weight.Normal, False)
    CAPTION_MEDIUM = (11, QFont.Weight.Medium, False)
    CAPTION_BOLD = (11, QFont.Weight.DemiBold, False)
    SMALL = (12, QFont.Weight.Normal, False)
    SMALL_MEDIUM = (12, QFont.Weight.Medium, False)
    SMALL_BOLD = (12, QFont.Weight.DemiBold, False)
    BODY = (13, QFont.Weight.Normal, False)
    BODY_BOLD = (13, QFont.Weight.DemiBold, False)
    RESULT = (20, QFont.Weight.DemiBold, False)
    MONO = (12, QFont.Weight.Normal, True)
    MONO_BOLD = (12, QFont.Weight.Bold, True)

    # Looked up for every text; an enum's own hash is made from the name in Python.
    __hash__ = object.__hash__


class Ink:
    """Paints with the colours and fonts of one look."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self._theme = look.theme
        self._colours: dict[str, QColor] = {}
        self._fonts: dict[Face, tuple[QFont, QFontMetricsF]] = {}
        self._widths: dict[tuple[str, Face], float] = {}
        self._texts: dict[tuple[str, Face], QStaticText | None] = {}
        """Their letters in their places, which to find takes as long again as to paint them."""
        self._elided: dict[tuple[str, Face, float, Qt.TextElideMode], str] = {}
        self._pictures: dict[tuple[str, str, str, int, float], QPixmap] = {}
        self._swatches: dict[tuple[str, int, bool, int, float], QPixmap] = {}

    def colour(self, token: str) -> QColor:
        theme = self.look.theme
        if theme is not self._theme:
            self._theme = theme
            self._colours.clear()
        colour = self._colours.get(token)
        if colour is None:
            colour = self._colours[token] = self.look.colour(token)
        return colour

    def font(self, face: Face) -> QFont:
        return self._type(face)[0]

    def width(self, text: str, face: Face) -> float:
        """Pixels that a text takes in one line."""
        key = text, face
        width = self._widths.get(key)
        if width is None:
            if len(self._widths) >= _KEPT:
                self._widths.clear()
            width = self._widths[key] = self._type(face)[1].horizontalAdvance(text)
        return width

    def background(self, painter: QPainter, option: QStyleOptionViewItem, base: str, *, bar: bool = False) -> None:
        """The row's ground: `base`, hover or selected; `bar` adds the 2 px accent bar of a selected row."""
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        self.ground(painter, option.rect, base, selected=selected, hovered=hovered, bar=bar)

    def ground(
        self, painter: QPainter, rect: QRect, base: str, *, selected: bool, hovered: bool, bar: bool = False
    ) -> None:
        """The same, of a row whose state is known."""
        painter.fillRect(rect, self.colour("selected" if selected else "hover" if hovered else base))
        if bar and selected:
            painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height()), self.colour("accent"))

    def focus_ring(self, painter: QPainter, rect: QRect) -> None:
        """1 px accent inside the row that has the keyboard."""
        painter.setPen(QPen(self.colour("accent"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def text(
        self,
        painter: QPainter,
        rect: QRectF,
        text: str,
        face: Face,
        token: str,
        *,
        right: bool = False,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> float:
        """One line of plain text, vertically centred, elided where it is too long; returns the pixels it took."""
        room = rect.width()
        if room <= 0 or not text:
            return 0.0
        width = self.width(text, face)
        if width > room:
            text = self._shortened(text, face, room, elide)
            width = self.width(text, face)
        font, metrics = self._type(face)
        painter.setFont(font)
        painter.setPen(self.colour(token))
        shaped = self._shaped(text, face, font)
        if shaped is None:
            # The box is widened by a pixel so that rounding never cuts the last letter's edge.
            box = rect.adjusted(-1, 0, 0, 0) if right else rect.adjusted(0, 0, 1, 0)
            painter.drawText(box, _RIGHT if right else _LEFT, text)
        else:
            left = rect.left() + room - width if right else rect.left()
            painter.drawStaticText(QPointF(left, rect.top() + (rect.height() - metrics.height()) / 2), shaped)
        return width

    def icon(self, painter: QPainter, left: float, middle: float, name: str, token: str, pixels: int = 14) -> None:
        """A Phosphor icon whose left edge and vertical middle are given."""
        painter.drawPixmap(
            QPointF(round(left), round(middle - pixels / 2)), self._picture(painter, name, token, pixels)
        )

    def swatch(self, painter: QPainter, left: float, middle: float, mark: ClassMark, pixels: int = SWATCH) -> None:
        """The square of a class, whose left edge and vertical middle are given."""
        ratio = pixels_per_unit(painter)
        key = (self.look.theme.name, mark.slot, mark.hatched, pixels, ratio)
        picture = self._swatches.get(key)
        if picture is None:
            picture = self._swatches[key] = self._paint_swatch(mark, pixels, ratio)
        painter.drawPixmap(QPointF(round(left), round(middle - pixels / 2)), picture)

    def progress(self, painter: QPainter, left: float, middle: float, share: float) -> None:
        """How far a job has come (0..1): 48 x 4 px."""
        box = QRectF(round(left), round(middle - PROGRESS.height() / 2), PROGRESS.width(), PROGRESS.height())
        paint_progress(painter, box, share, self.look.theme)

    def bar(self, painter: QPainter, rect: QRectF, share: float, token: str) -> None:
        """A bar filled by `share` (0..1) in a token's colour."""
        paint_bar(painter, rect, share, self.colour(token), self.colour("border"))

    def _paint_swatch(self, mark: ClassMark, pixels: int, ratio: float) -> QPixmap:
        picture = QPixmap(QSize(pixels, pixels) * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        box = QRectF(0, 0, pixels, pixels)
        paint_swatch(painter, box, self.look.swatch_colour(mark.slot), mark.hatched, self.look.theme)
        painter.end()
        return picture

    def _shortened(self, text: str, face: Face, room: float, elide: Qt.TextElideMode) -> str:
        key = text, face, room, elide
        short = self._elided.get(key)
        if short is None:
            if len(self._elided) >= _KEPT:
                self._elided.clear()
            short = self._elided[key] = self._type(face)[1].elidedText(text, elide, room)
        return short

    def _shaped(self, text: str, face: Face, font: QFont) -> QStaticText | None:
        """The letters of a text that has come before; of one that comes for the first time to keep them takes longer
        than to paint it."""
        key = text, face
        if key not in self._texts:
            if len(self._texts) >= _SHAPED:
                self._texts.clear()
            self._texts[key] = None
            return None
        shaped = self._texts[key]
        if shaped is None:
            shaped = self._texts[key] = QStaticText(" ".join(text.splitlines()))
            shaped.setTextFormat(Qt.TextFormat.PlainText)
            shaped.prepare(font=font)
        return shaped

    def _type(self, face: Face) -> tuple[QFont, QFontMetricsF]:
        known = self._fonts.get(face)
        if known is None:
            pixels, weight, mono = face.value
            font = self.look.mono(pixels, weight) if mono else self.look.font(pixels, weight)
            known = self._fonts[face] = (font, QFontMetricsF(font))
        return known

    def _picture(self, painter: QPainter, name: str, token: str, pixels: int) -> QPixmap:
        ratio = pixels_per_unit(painter)
        key = (self.look.theme.name, name, token, pixels, ratio)
        if key not in self._pictures:
            self._pictures[key] = self.look.icon(name, token).pixmap(QSize(pixels, pixels), ratio)
        return self._pictures[key]
