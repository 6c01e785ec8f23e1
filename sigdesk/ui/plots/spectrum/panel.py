"""The spectrum panel: a row of choices over the curve or the spectrogram."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from sigdesk.signals.describe import format_count, printable_name
from sigdesk.signals.spectrum import LENGTHS, OVERLAPS, WINDOWS, Cut
from sigdesk.ui.plots.spectrum.curve import SpectrumCurve
from sigdesk.ui.plots.spectrum.image import SpectrogramImage
from sigdesk.ui.plots.stretch import Scale
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.icon_button import IconButton
from sigdesk.ui.widgets.labels import ElidedLabel
from sigdesk.ui.widgets.segmented import SegmentedControl

SPECTRUM, SPECTROGRAM = "Spectrum", "Spectrogram"
_HEAD: Final = 36
_CHANNEL_WIDTH: Final = 128


class SpectrumPanel(QWidget):
    """Shows what it is told. `chosen` comes when another kind, channel or cut is wanted."""

    chosen = Signal()
    close_asked = Signal()

    def __init__(self, look: Look, scale: Callable[[], Scale], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._kind = SegmentedControl(look, (SPECTRUM, SPECTROGRAM), "Kind of spectrum")
        self._kind.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._channel = _choice("Channel of the spectrum", ())
        self._channel.setFixedWidth(_CHANNEL_WIDTH)
        self._window = _choice("Window function", [(name, name) for name in WINDOWS])
        lengths = [("Auto", 0), *((format_count(length), length) for length in LENGTHS)]
        self._length = _choice("Samples a segment", lengths)
        self._overlap = _choice("Overlap of the segments", [(f"{overlap}%", overlap) for overlap in OVERLAPS])
        self._overlap.setCurrentText(f"{Cut().overlap}%")
        self._note = ElidedLabel(role="muted")
        self._close = IconButton(look, "Close the spectrum", "x", "G")
        self.curve = SpectrumCurve(look)
        self.image = SpectrogramImage(look, scale)
        self._pictures = QStackedWidget()
        self._pictures.addWidget(self.curve)
        self._pictures.addWidget(self.image)
        self._lay_out()
        self._connect()
        self.setAccessibleName("Spectrum")
        self.hide()

    @property
    def kind(self) -> str:
        """SPECTRUM or SPECTROGRAM."""
        return self._kind.chosen

    @property
    def channel(self) -> int | None:
        """The channel's place in the recording."""
        place: int | None = self._channel.currentData()
        return place

    @property
    def cut(self) -> Cut:
        return Cut(self._window.currentData(), self._length.currentData(), self._overlap.currentData())

    @property
    def note(self) -> str:
        """What is said of the picture."""
        return self._note.whole_text

    def choose_kind(self, kind: str) -> None:
        """Show SPECTRUM or SPECTROGRAM."""
        self._kind.choose(kind)
        self._on_kind_changed(kind)

    def show_channels(self, channels: Sequence[tuple[int, str]]) -> None:
        """Offer these channels, each its place and its name; the one that was chosen stays if it is among them."""
        chosen = self.channel
        self._channel.blockSignals(True)
        self._channel.clear()
        for place, name in channels:
            self._channel.addItem(printable_name(name), place)
        self._channel.setCurrentIndex(max(self._channel.findData(chosen), 0) if channels else -1)
        self._channel.blockSignals(False)

    def show_note(self, text: str) -> None:
        self._note.set_text(text)

    def show_notice(self, text: str) -> None:
        """Say in place of both pictures why there is none."""
        self.curve.show_notice(text)
        self.image.show_notice(text)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("surface"))
        painter.fillRect(0, 0, self.width(), 1, self._look.colour("border"))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 8, 4)
        head.setSpacing(8)
        for widget in (self._kind, self._channel, self._window, self._length, self._overlap):
            head.addWidget(widget)
        head.addWidget(self._note, 1)
        head.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._pictures, 1)

    def _connect(self) -> None:
        self._kind.changed.connect(self._on_kind_changed)
        for choice in (self._channel, self._window, self._length, self._overlap):
            choice.currentIndexChanged.connect(lambda _: self.chosen.emit())
        self._close.clicked.connect(self.close_asked)

    def _on_kind_changed(self, kind: str) -> None:
        self._pictures.setCurrentWidget(self.curve if kind == SPECTRUM else self.image)
        self.chosen.emit()


def _choice(name: str, options: Sequence[tuple[str, object]]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(name)
    for text, value in options:
        box.addItem(text, value)
    return box
