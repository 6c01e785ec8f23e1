"""What the window shows while no signal is open: a place to drop, samples, recent files, and how things stand."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QFont, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from sigdesk.ui.shell.drop_zone import DropZone, dropped_paths
from sigdesk.ui.shell.ready_card import ReadyCard, ReadyRow
from sigdesk.ui.shell.recent_card import RecentCard, RecentFile
from sigdesk.ui.shell.sample_card import SampleButton, SampleCard
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.keys import KeyHint
from sigdesk.ui.widgets.labels import IconLabel, label

_STEPS = (
    ("Add signals", "Drop files or a folder, or\nopen them with Ctrl O."),
    ("Classify", "Pick a verified model, then\npress Ctrl Enter."),
    ("Review and export", "Look at unsure labels first,\nexport the results with Ctrl E."),
)
_WIDEST = 1160
_RIGHT_COLUMN = 376
_TWO_COLUMNS = 1080
_MOST_SAMPLES = 4
_CONTENT_HEIGHT = 688


class WelcomePage(QScrollArea):
    """Takes drops anywhere on it. Signals are what the operator wants."""

    paths_dropped = Signal(list)
    """Paths of files and folders (list[Path])."""
    open_requested = Signal()
    try_sample_requested = Signal()
    sample_chosen = Signal(object)
    """The SampleCard."""
    recent_chosen = Signal(object)
    """The Path of a recent file."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setAcceptDrops(True)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.drop_zone = DropZone(look)
        self._recent = RecentCard(look)
        self._ready = ReadyCard(look)
        self._samples = QHBoxLayout()
        self._samples.setSpacing(16)
        self._sample_part = QWidget()
        self._sample_part.hide()
        self._lay_out()
        self.drop_zone.open_requested.connect(self.open_requested)
        self.drop_zone.sample_requested.connect(self.try_sample_requested)
        self._recent.other_requested.connect(self.open_requested)
        self._recent.chosen.connect(self.recent_chosen)

    def set_formats(self, formats: Sequence[str]) -> None:
        """The names of the formats that can be opened."""
        self.drop_zone.set_formats(formats)

    def set_samples(self, cards: Sequence[SampleCard]) -> None:
        """The sample signals, four at most; none hides their part."""
        while self._samples.count():
            item = self._samples.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for card in cards[:_MOST_SAMPLES]:
            button = SampleButton(self._look, card)
            button.clicked.connect(lambda _checked=False, card=card: self.sample_chosen.emit(card))
            self._samples.addWidget(button, 1)
        self._sample_part.setVisible(bool(cards))

    def set_recent(self, files: Sequence[RecentFile]) -> None:
        """The files that were open before, latest first."""
        self._recent.show_files(files)

    def set_ready(self, rows: Sequence[ReadyRow]) -> None:
        """How workers, models, disk and inputs stand."""
        self._ready.show_rows(rows)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        paths = dropped_paths(event.mimeData())
        if paths:
            self.drop_zone.show_drag(paths)
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self.drop_zone.show_drag(())

    def dropEvent(self, event: QDropEvent) -> None:
        self.drop_zone.show_drag(())
        paths = dropped_paths(event.mimeData())
        if paths:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.paths_dropped.emit(paths)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _lay_out(self) -> None:
        body = QWidget()
        body.setMaximumWidth(_WIDEST)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, body)
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._columns.setSpacing(32)
        self._columns.addLayout(self._left_column(), 1)
        self._columns.addLayout(self._right_column())
        page = QWidget()
        self._across = QHBoxLayout(page)
        self._across.addStretch(1)
        self._across.addWidget(body, 1000)
        self._across.addStretch(1)
        self.setWidget(page)
        self._fit()

    def _fit(self) -> None:
        """Air above where the window is high enough for it; one column where it is too narrow for two."""
        wide = self.width() >= _TWO_COLUMNS
        self._columns.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        for card in (self._recent, self._ready):
            card.setMinimumWidth(_RIGHT_COLUMN)
            card.setMaximumWidth(_RIGHT_COLUMN if wide else _WIDEST)
        top = min(72, max(24, (self.height() - _CONTENT_HEIGHT) // 2))
        self._across.setContentsMargins(24, top, 24, 24)

    def _left_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(_line("Open a signal to begin", "page-title", 32))
        column.addSpacing(4)
        column.addWidget(
            _line("Files stay where and as they are. Your labels are kept in a small file beside each.", "lead", 20)
        )
        column.addSpacing(20)
        column.addWidget(self.drop_zone, 1000)
        column.addSpacing(24)
        column.addLayout(self._steps())
        column.addSpacing(32)
        column.addWidget(self._sample_part)
        column.addStretch(1)
        part = QVBoxLayout(self._sample_part)
        part.setContentsMargins(0, 0, 0, 0)
        part.setSpacing(12)
        title = QHBoxLayout()
        title.addWidget(_line("Sample signals", "title", 20))
        title.addStretch(1)
        title.addWidget(label("Each opens with a matching model", "muted"))
        part.addLayout(title)
        part.addLayout(self._samples)
        return column

    def _right_column(self) -> QVBoxLayout:
        hint = QHBoxLayout()
        hint.setContentsMargins(4, 0, 0, 0)
        hint.setSpacing(3)
        hint.addWidget(IconLabel(self._look, "keyboard"))
        hint.addSpacing(4)
        hint.addWidget(label("Press", "muted"))
        hint.addWidget(KeyHint(self._look, "?"))
        hint.addWidget(label("on any page to see its shortcuts", "muted"))
        hint.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(24)
        column.addWidget(self._recent)
        column.addWidget(self._ready)
        column.addLayout(hint)
        column.addStretch(1)
        return column

    def _steps(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(24)
        for number, (title, text) in enumerate(_STEPS, 1):
            words = QVBoxLayout()
            words.setSpacing(0)
            words.addSpacing(2)
            words.addWidget(_line(title, "title", 20))
            words.addSpacing(1)
            for line in text.split("\n"):
                words.addWidget(_line(line, "secondary", 16))
            step = QHBoxLayout()
            step.setSpacing(12)
            step.addWidget(_Number(self._look, number), 0, Qt.AlignmentFlag.AlignTop)
            step.addLayout(words, 1)
            row.addLayout(step, 1)
        return row


def _line(text: str, role: str, height: int) -> QLabel:
    """One line of a fixed height, so that what follows stands where it was drawn."""
    made = label(text, role)
    made.setFixedHeight(height)
    return made


class _Number(QWidget):
    """A step's number in a circle."""

    def __init__(self, look: Look, number: int) -> None:
        super().__init__()
        self._look = look
        self._number = number
        self.setFixedSize(24, 24)
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.colour("border_strong"), 1))
        painter.setBrush(self._look.colour("surface"))
        painter.drawEllipse(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setFont(self._look.font(12, QFont.Weight.DemiBold))
        painter.setPen(self._look.colour("text_2"))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), str(self._number))
