"""The card above the Log: why a job failed, what happened to the data, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from sigdesk.ui.rows.wording import visible
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import IconLabel, label

_RADIUS = 4
_BAR = 3


class FailureCard(QWidget):
    """Hidden while there is no failure to tell of."""

    retry_requested = Signal(str)
    show_output_requested = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job_id = ""
        self._what = label("", "title", wrap=True)
        self._way_out = label("", "secondary", wrap=True)
        retry = ActionButton(look, "Retry", "arrow-clockwise", "Ctrl+Shift+R", "primary")
        output = ActionButton(look, "Show script output", "terminal-window")
        retry.clicked.connect(lambda: self.retry_requested.emit(self._job_id))
        output.clicked.connect(self.show_output_requested)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(retry)
        buttons.addWidget(output)
        buttons.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._what)
        words.addWidget(self._way_out)
        words.addSpacing(6)
        words.addLayout(buttons)
        icon = QVBoxLayout()
        icon.setContentsMargins(0, 3, 0, 0)
        icon.addWidget(IconLabel(look, "warning-circle-fill", "error", 14))
        icon.addStretch(1)
        ground = _Ground(look)
        row = QHBoxLayout(ground)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(9)
        row.addLayout(icon)
        row.addLayout(words, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 8, 12, 8)
        outer.addWidget(ground)
        self.hide()

    @property
    def text(self) -> str:
        """Both sentences, "" while nothing is shown."""
        return f"{self._what.text()} {self._way_out.text()}".strip()

    def show_failure(self, job_id: str, what: str, way_out: str) -> None:
        """Tell of a job's failure in the operator's two sentences; an empty `what` hides the card."""
        self._job_id = job_id
        self._what.setText(visible(what))
        self._way_out.setText(visible(way_out))
        self._way_out.setVisible(bool(way_out))
        self.setVisible(bool(what))


class _Ground(QFrame):
    """Half of the error's tint, a quiet border in its colour, and a bar of 3 px at the left."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setObjectName("failure")
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        error = self._look.colour("error")
        edge, ground = QColor(error), QColor(self._look.colour("error_tint"))
        edge.setAlphaF(0.45)
        ground.setAlphaF(0.55)
        painter.fillPath(outline, ground)
        painter.setPen(QPen(edge, 1))
        painter.drawPath(outline)
        painter.setClipPath(outline)
        painter.fillRect(QRectF(0, 0, _BAR, self.height()), error)
