"""A choice of a few that exclude each other, side by side in one border, all of one width."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from sigdesk.ui.theme.look import Look

_RADIUS = 4


class SegmentedControl(QWidget):
    """`changed` carries the option that the operator chose. One Tab stop; the arrow keys choose."""

    changed = Signal(str)

    def __init__(self, look: Look, options: Sequence[str], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setAccessibleName(name)
        self.setFixedHeight(28)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        self._segments: dict[str, _Segment] = {}
        for number, option in enumerate(options):
            segment = _Segment(look, option, number == 0, number == len(options) - 1)
            segment.setAccessibleDescription(name)
            self._segments[option] = segment
            self._group.addButton(segment)
            row.addWidget(segment, 1)
        self.choose(options[0])
        self._group.buttonClicked.connect(lambda segment: self.changed.emit(segment.text()))
        look.changed.connect(self.update)

    @property
    def chosen(self) -> str:
        """The option that is shown as chosen."""
        return next(option for option, segment in self._segments.items() if segment.isChecked())

    def choose(self, option: str) -> None:
        """Show an option as chosen, without a signal. KeyError when there is none of that name."""
        self._segments[option].setChecked(True)
        self.setFocusProxy(self._segments[option])

    def set_option_enabled(self, option: str, enabled: bool, why: str = "") -> None:
        """Enable an option, or disable it and say why in its tooltip."""
        segment = self._segments[option]
        segment.setEnabled(enabled)
        segment.setToolTip("" if enabled else why)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.colour("border_strong" if self.isEnabled() else "border"), 1))
        painter.setBrush(self._look.colour("raised"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)


class _Segment(QAbstractButton):
    """One option. It paints its own ground, rounded where it meets the border's corners."""

    def __init__(self, look: Look, text: str, first: bool, last: bool) -> None:
        super().__init__()
        self._look = look
        self._first = first
        self._last = last
        self.setText(text)
        self.setCheckable(True)
        self.setProperty("ringOnParent", True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFont(look.font(12, QFont.Weight.Medium))

    def sizeHint(self) -> QSize:
        return QSize(round(QFontMetricsF(self.font()).horizontalAdvance(self.text())) + 20, 26)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        token = "selected" if self.isChecked() or self.isDown() else "hover" if self.underMouse() else ""
        if token and self.isEnabled():
            painter.fillPath(self._outline(), self._look.colour(token))
        if not self._first:
            painter.fillRect(0, 0, 1, self.height(), self._look.colour("border"))
        ink = "disabled" if not self.isEnabled() else "accent_text" if self.isChecked() else "text_2"
        painter.setPen(self._look.colour(ink))
        painter.setFont(self.font())
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())

    def _outline(self) -> QPainterPath:
        """The whole segment, its free corners rounded."""
        box = self.rect().toRectF()
        radius = _RADIUS - 1
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        path.addRoundedRect(box, radius, radius)
        if not self._first:
            path.addRect(QRectF(box.left(), box.top(), radius, box.height()))
        if not self._last:
            path.addRect(QRectF(box.right() - radius, box.top(), radius, box.height()))
        return path
