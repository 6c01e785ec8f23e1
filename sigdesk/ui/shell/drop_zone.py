"""Where files are dropped: reading a drop's paths, and the dashed ground that invites to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import label

_RADIUS = 8
_TILE = 56


def dropped_paths(mime: QMimeData) -> list[Path]:
    """The local files and folders that a drag carries, in its order; empty when it carries none."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()] if mime.hasUrls() else []


class DropZone(QFrame):
    """Shows what would happen to a drag over it; the page around it takes the drops."""

    open_requested = Signal()
    sample_requested = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._formats = ""
        self._paths: Sequence[Path] = ()
        self.setMinimumHeight(240)
        self.setMaximumHeight(296)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Drop signal files or a folder here")
        self._tile = _Tile(look)
        self._title = label("", "head")
        self._detail = label("", "muted")
        self._open = ActionButton(look, "Open files…", "folder-open", "Ctrl+O", "primary", large=True)
        self._record = ActionButton(look, "Record", "record-fill", "Ctrl+R", "big", icon_token="record")
        self._record.setEnabled(False)
        self._record.explain("Recording comes in a later version")
        self._sample = ActionButton(look, "Try a sample", "play", kind="big")
        self._open.clicked.connect(self.open_requested)
        self._sample.clicked.connect(self.sample_requested)
        self._lay_out()
        self._say()
        look.changed.connect(self.update)

    @property
    def title(self) -> str:
        return self._title.text()

    def set_formats(self, formats: Sequence[str]) -> None:
        """The names of the formats that can be opened: "WAV", "CSV"."""
        self._formats = ", ".join(formats)
        self._say()

    def show_drag(self, paths: Sequence[Path]) -> None:
        """Files are held over the zone; an empty list ends it."""
        self._paths = tuple(paths)
        self._say()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._look.colour("accent" if self._paths else "border_strong"), 2)
        pen.setDashPattern([3.5, 2.5])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.setBrush(self._look.colour("accent_tint" if self._paths else "surface"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(1, 1, -1, -1), _RADIUS, _RADIUS)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (self._open, self._record, self._sample):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(self._tile, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(16)
        for text, height in ((self._title, 20), (self._detail, 16)):
            text.setFixedHeight(height)
            text.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(text)
            column.addSpacing(4 if text is self._title else 20)
        column.addLayout(buttons)
        column.addStretch(1)

    def _say(self) -> None:
        if self._paths:
            self._title.setText(f"Drop to add {_counted(self._paths)}")
            self._detail.setText("They stay where they are")
            return
        self._title.setText("Drop signal files or a folder here")
        self._detail.setText(". ".join(part for part in (self._formats, "Any number of files.") if part))


class _Tile(QWidget):
    """The download icon on a tint."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setFixedSize(_TILE, _TILE)
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour("accent_tint"))
        painter.drawRoundedRect(self.rect().toRectF(), 6, 6)
        pixels = 28
        self._look.icon("download-simple", "accent_text").paint(
            painter, QRect((_TILE - pixels) // 2, (_TILE - pixels) // 2, pixels, pixels)
        )


def _counted(paths: Sequence[Path]) -> str:
    folders = sum(path.is_dir() for path in paths)
    counts = ((len(paths) - folders, "file"), (folders, "folder"))
    return " and ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts if count)
