"""The card of what was open before: one row a session or file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.card import Card
from sigdesk.ui.widgets.chip import HEIGHT as CHIP_HEIGHT
from sigdesk.ui.widgets.chip import chip_width, paint_chip
from sigdesk.ui.widgets.labels import label, plain_tooltip

_ROW = 60
_MOST = 5


class RecentFile(Struct, frozen=True):
    """A file that was open. `when` is in words ("Today 14:32"). A session has its own `name`, says `about` itself what
    is in it, and in a chip how far it is `checked`, which has the colour of a `status`."""

    path: Path
    when: str
    name: str = ""
    about: str = ""
    checked: str = ""
    status: str = "ok"

    @property
    def title(self) -> str:
        return self.name or self.path.name


class RecentCard(Card):
    """The five sessions and files that were opened last."""

    chosen = Signal(object)
    """The Path of a file."""
    other_requested = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__("Recent sessions and files", parent)
        self._look = look
        other = ActionButton(look, "Open other…", kind="link")
        other.clicked.connect(self.other_requested)
        self.head.setContentsMargins(15, 0, 11, 0)
        self.head.addWidget(other)
        self._rows: list[QWidget] = []
        self.show_files(())

    def show_files(self, files: Sequence[RecentFile]) -> None:
        """Show the files, latest first; only as many as there is room for."""
        for row in self._rows:
            self.body.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [self._make_row(file) for file in files[:_MOST]] or [_empty()]
        for row in self._rows:
            self.body.addWidget(row)

    def _make_row(self, file: RecentFile) -> QWidget:
        row = _Row(self._look, file)
        row.clicked.connect(lambda: self.chosen.emit(file.path))
        return row


class _Row(QAbstractButton):
    def __init__(self, look: Look, file: RecentFile) -> None:
        super().__init__()
        self._look = look
        self._file = file
        self.setAccessibleName(f"Open {file.title}")
        self.setAccessibleDescription(f"{file.about} {file.checked}".strip() or str(file.path.parent))
        self.setToolTip(plain_tooltip(str(file.path)))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(_ROW)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(300, _ROW)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.underMouse() or self.isDown():
            painter.fillRect(self.rect(), self._look.colour("selected" if self.isDown() else "hover"))
        painter.fillRect(QRect(0, 0, self.width(), 1), self._look.colour("border"))
        self._look.icon("folder" if self._file.about else "file", "muted").paint(painter, QRect(15, 20, 20, 20))
        painter.setFont(self._look.font(11))
        painter.setPen(self._look.colour("muted"))
        when = painter.fontMetrics().horizontalAdvance(self._file.when) + 2
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRect(self.width() - 15 - when, 12, when, 20), middle, self._file.when)
        room = self.width() - 47 - 15
        about = self._file.about or _home_short(self._file.path.parent)
        used = self._paint_chip(painter)
        painter.setFont(self._look.font(12))
        painter.drawText(
            QRect(47, 32, room - used - 8, 16),
            middle,
            painter.fontMetrics().elidedText(about, Qt.TextElideMode.ElideMiddle, room - used - 8),
        )
        painter.setFont(self._look.font(13, QFont.Weight.Medium))
        painter.setPen(self._look.colour("text"))
        room -= when + 8
        name = painter.fontMetrics().elidedText(self._file.title, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(QRect(47, 12, room, 20), middle, name)

    def _paint_chip(self, painter: QPainter) -> int:
        """How far it is checked, at the right; the pixels that this takes."""
        if not self._file.checked:
            return 0
        width = chip_width(self._look.font(11, QFont.Weight.Medium), self._file.checked, "")
        box = QRect(self.width() - 15 - width, 31, width, CHIP_HEIGHT)
        paint_chip(painter, box, self._look, self._file.checked, "", self._file.status)
        return width


def _empty() -> QWidget:
    note = QWidget()
    column = QVBoxLayout(note)
    column.setContentsMargins(16, 4, 16, 16)
    column.setSpacing(4)
    column.addWidget(label("No file was opened yet.", "secondary"))
    column.addWidget(label("Drop one on this window, or open it.", "muted"))
    return note


def _home_short(folder: Path) -> str:
    """A folder below the operator's home is written from "~" on."""
    home = Path.home()
    return str(Path("~") / folder.relative_to(home)) if folder.is_relative_to(home) else str(folder)
