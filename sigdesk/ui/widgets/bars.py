"""Small painted bars: how sure a model is, how far a job has come, how classes share a signal."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.theme.tokens import ClassColour, Theme
from sigdesk.ui.widgets.swatch import paint_hatch

PROGRESS = QSize(48, 4)
CONFIDENCE_HEIGHT = 8
_RADIUS = 2


def paint_bar(painter: QPainter, rect: QRectF, share: float, fill: QColor, track: QColor) -> None:
    """A rounded track filled from the left by `share` (0..1). A share above 0 is seen, if only by a pixel."""
    share = min(max(share, 0.0), 1.0)
    outline = QPainterPath()
    outline.addRoundedRect(rect, _RADIUS, _RADIUS)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(outline, track)
    if share > 0:
        painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
        filled = QPainterPath()
        width = max(1.0, rect.width() * share)
        radius = _RADIUS if width > 4 else 0
        filled.addRoundedRect(QRectF(rect.left(), rect.top(), width, rect.height()), radius, radius)
        painter.fillPath(filled, fill)
    painter.restore()


def paint_confidence(painter: QPainter, rect: QRectF, share: float, colour: ClassColour, theme: Theme) -> None:
    """How sure a model is (0..1), in the class's colour on the window's ground; 8 px high is usual."""
    paint_bar(painter, rect, share, QColor(colour.fill), QColor(theme.window))


def paint_progress(painter: QPainter, rect: QRectF, share: float, theme: Theme) -> None:
    """How far a job has come (0..1), in the accent; 48 x 4 px is usual."""
    paint_bar(painter, rect, share, QColor(theme.accent), QColor(theme.border))


class _Bar(QWidget):
    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._share = 0.0
        self._name = name
        self.setAccessibleName(name)
        look.changed.connect(self.update)

    @property
    def share(self) -> float:
        return self._share

    def _set_share(self, share: float) -> None:
        self._share = share
        self.setAccessibleDescription(f"{share:.0%}")
        self.update()


class ConfidenceBar(_Bar):
    """A confidence on its own, 8 px high, as wide as there is room."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Confidence", parent)
        self._slot = 0
        self.setFixedHeight(CONFIDENCE_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_confidence(self, slot: int, share: float) -> None:
        """`share` is 0..1, `slot` the class's."""
        self._slot = slot
        self._set_share(share)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colour = self._look.class_colour(self._slot)
        paint_confidence(QPainter(self), self.rect().toRectF(), self._share, colour, self._look.theme)


class ProgressPill(_Bar):
    """The progress of a job, 48 x 4 px, or as wide as it is stretched."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Progress", parent)
        self.setMinimumWidth(PROGRESS.width())
        self.setFixedHeight(PROGRESS.height())
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return PROGRESS

    def show_progress(self, share: float) -> None:
        """`share` is 0..1."""
        self._set_share(share)

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_progress(QPainter(self), self.rect().toRectF(), self._share, self._look.theme)


class ShareBar(QWidget):
    """How classes share a whole: one segment a class, 12 px high, a pixel between them."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._parts: tuple[tuple[int, bool, float], ...] = ()
        self.setFixedHeight(12)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Share of each class")
        look.changed.connect(self.update)

    def show_shares(self, parts: Sequence[tuple[int, bool, float]]) -> None:
        """(slot, hatched, amount) a class; amounts of any unit, largest first."""
        self._parts = tuple(part for part in parts if part[2] > 0)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        total = sum(amount for _, _, amount in self._parts)
        if not total:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QPainterPath()
        whole.addRoundedRect(self.rect().toRectF(), _RADIUS, _RADIUS)
        painter.setClipPath(whole)
        begin = 0.0
        for slot, hatched, amount in self._parts:
            end = begin + amount / total * self.width()
            colour = self._look.class_colour(slot)
            segment = QPainterPath()
            left, right = round(begin), round(end)
            gap = 1 if right < self.width() and right - left > 1 else 0
            segment.addRect(QRectF(left, 0, max(1, right - left - gap), self.height()))
            painter.fillPath(segment, QColor(colour.fill))
            if hatched:
                paint_hatch(painter, segment, colour.text)
            begin = end
