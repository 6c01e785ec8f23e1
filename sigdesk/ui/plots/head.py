"""The head of the plot: which signal is shown, its state and key figures, the tools, and the channels button."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QMenu, QSizePolicy, QWidget

from sigdesk.signals.describe import detail_text, duration_text, format_count, format_rate, format_time, printable_name
from sigdesk.signals.recording import Recording
from sigdesk.ui.plots.state_chip import StateChip
from sigdesk.ui.plots.view import Tool
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.chip import Chip
from sigdesk.ui.widgets.icon_button import IconButton
from sigdesk.ui.widgets.labels import ElidedLabel

HEIGHT: Final = 40
_NAME_LEAST: Final = 96
_NAME_SHARE: Final = 0.25
_NARROW: Final = 720
"""Below this width the key figures go, and the spectrum's button keeps its icon only."""
_TIGHT: Final = 920
"""Below this width the key figures are written in short."""
_NONE_SHOWN: Final = "Choose a signal first"


class PlotHead(QWidget):
    """40 px high. Emits what the operator wants; shows what it is told."""

    tool_chosen = Signal(object)
    zoom_in_asked = Signal()
    zoom_out_asked = Signal()
    fit_asked = Signal()
    spectrum_asked = Signal()
    channels_chosen = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._recording: Recording | None = None
        self._channels: tuple[str, ...] = ()
        self._shown: tuple[int, ...] = ()
        self.setFixedHeight(HEIGHT)
        self._name = ElidedLabel(role="title", mode=Qt.TextElideMode.ElideMiddle)
        self._name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._chip = Chip(look)
        self._facts = ElidedLabel(role="muted")
        self._facts.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._tools = self._make_tools()
        self._zooms = self._make_zooms()
        self._spectrum = ActionButton(look, "Spectrum", "chart-bar")
        self._spectrum.setCheckable(True)
        self._spectrum.clicked.connect(self._on_spectrum_clicked)
        self._channels_button = ActionButton(look, "", "eye")
        self._channels_button.clicked.connect(self.open_channels_menu)
        self._more = IconButton(look, "More for this plot", "dots-three")
        self._menu: QMenu | None = None
        self._more.clicked.connect(self._on_more_clicked)
        self._lay_out()
        self.show_recording(None, None)
        look.changed.connect(self.update)

    def show_recording(self, recording: Recording | None, chip: StateChip | None) -> None:
        """Name, state and key figures of a recording; None when there is none."""
        self._name.set_text(printable_name(recording.name) if recording else "No signal")
        self._recording = recording
        self._write_facts()
        self.show_chip(chip)
        self._channels = tuple(channel.name for channel in recording.channels) if recording else ()
        self.show_channels(range(len(self._channels)))
        self._spectrum.setEnabled(recording is not None)
        self._spectrum.explain("Spectrum of the selection, or of what is visible (G)" if recording else _NONE_SHOWN)
        for button in (*self._tools.values(), *self._zooms, self._more):
            button.setEnabled(recording is not None)
            button.explain("" if recording else _NONE_SHOWN)

    def show_chip(self, chip: StateChip | None) -> None:
        self._chip.setVisible(chip is not None)
        if chip is not None:
            self._chip.show_state(chip.text, chip.icon, chip.status)

    def show_tool(self, tool: Tool) -> None:
        self._tools[tool].setChecked(True)

    def show_spectrum(self, on: bool) -> None:
        """Whether the spectrum is shown."""
        self._spectrum.setChecked(on)

    def set_more_menu(self, menu: QMenu) -> None:
        """What the "…" opens."""
        self._menu = menu

    def show_channels(self, shown: Sequence[int]) -> None:
        """Which channels of the recording are shown."""
        self._shown = tuple(shown)
        total = len(self._channels)
        self._channels_button.setText(f"{len(self._shown)} of {total}")
        self._channels_button.set_icon_name("eye" if self._shown or not total else "eye-slash")
        self._channels_button.setEnabled(total > 0)
        self._channels_button.explain("Channels to show (C)" if total else _NONE_SHOWN)
        self._channels_button.setAccessibleName(f"Channels: {len(self._shown)} of {total} shown")

    def open_channels_menu(self) -> None:
        """The list of channels, each with a tick; at least one stays."""
        if not self._channels:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("Channels to show")
        for index, name in enumerate(self._channels):
            action = menu.addAction(printable_name(name).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(index in self._shown)
            action.setEnabled(self._shown != (index,))
            action.toggled.connect(partial(self._on_channel_toggled, index))
        menu.addSeparator()
        every = menu.addAction("Show all")
        every.setEnabled(len(self._shown) < len(self._channels))
        every.triggered.connect(lambda: self.channels_chosen.emit(tuple(range(len(self._channels)))))
        _open_below(menu, self._channels_button)

    def sizeHint(self) -> QSize:
        return QSize(640, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # A long name is cut before the key figures are; where there is room for one of them only, it is the name's.
        narrow = self.width() < _NARROW
        self._facts.setVisible(not narrow)
        self._write_facts()
        self._spectrum.setText("" if narrow else "Spectrum")
        self._spectrum.setAccessibleName("Spectrum")
        share = self.width() if narrow else int(self.width() * _NAME_SHARE)
        self._name.setMaximumWidth(max(_NAME_LEAST, share))

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._look.colour("surface"))

    def _write_facts(self) -> None:
        """In short where there is little room; whoever asks hears all of it."""
        recording = self._recording
        whole = facts_text(recording) if recording else ""
        short = f"{detail_text(recording)} · {duration_text(recording)}" if recording else ""
        self._facts.set_text(short if self.width() < _TIGHT else whole)
        self._facts.setAccessibleName(whole)

    def _make_tools(self) -> dict[Tool, IconButton]:
        tools = {
            Tool.PAN: IconButton(self._look, "Pan: drag to move along the signal", "hand", "H", checkable=True),
            Tool.SELECT: IconButton(
                self._look, "Select: drag to choose a stretch, Esc clears it", "selection", "S", checkable=True
            ),
            Tool.LABEL: IconButton(self._look, "Label: drag to label a stretch", "tag", "L", checkable=True),
            Tool.MEASURE: IconButton(
                self._look, "Measure: drag from one cursor to the other", "ruler", "D", checkable=True
            ),
        }
        group = QButtonGroup(self)
        for tool, button in tools.items():
            group.addButton(button)
            button.clicked.connect(partial(self.tool_chosen.emit, tool))
        return tools

    def _make_zooms(self) -> tuple[IconButton, ...]:
        buttons = []
        for name, icon, keys, asked in (
            ("Zoom out", "magnifying-glass-minus", "-", self.zoom_out_asked),
            ("Zoom in", "magnifying-glass-plus", "+", self.zoom_in_asked),
            ("Fit all", "arrows-out-line-horizontal", "0", self.fit_asked),
        ):
            button = IconButton(self._look, name, icon, keys)
            button.clicked.connect(lambda _checked=False, asked=asked: asked.emit())
            buttons.append(button)
        return tuple(buttons)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self._name)
        row.addWidget(self._chip)
        row.addWidget(self._facts)
        row.addStretch(1)
        tools = QHBoxLayout()
        tools.setSpacing(2)
        for tool in self._tools.values():
            tools.addWidget(tool)
        row.addLayout(tools)
        row.addWidget(_divider())
        zooms = QHBoxLayout()
        zooms.setSpacing(2)
        for zoom in self._zooms:
            zooms.addWidget(zoom)
        row.addLayout(zooms)
        row.addWidget(_divider())
        row.addWidget(self._spectrum)
        row.addWidget(self._channels_button)
        row.addWidget(self._more)

    def _on_spectrum_clicked(self, checked: bool) -> None:
        self._spectrum.setChecked(not checked)  # until it is shown
        self.spectrum_asked.emit()

    def _on_more_clicked(self) -> None:
        if self._menu is not None:
            _open_below(self._menu, self._more)

    def _on_channel_toggled(self, index: int, shown: bool) -> None:
        chosen = {*self._shown, index} if shown else {*self._shown} - {index}
        if chosen:
            self.channels_chosen.emit(tuple(sorted(chosen)))


def facts_text(recording: Recording) -> str:
    """Key figures: "10 kHz · 4 channels · 24.0 s"."""
    base, count = recording.time_base, len(recording.channels)
    rate = format_rate(base.rate_hz) if base.rate_hz else "uneven times" if base.unit else ""
    seconds = recording.duration_s
    length = f"{format_count(recording.length)} samples" if seconds is None else format_time(seconds)
    parts = (rate, f"{count} channel{'' if count == 1 else 's'}", length)
    return " · ".join(part for part in parts if part)


def _open_below(menu: QMenu, button: QWidget) -> None:
    menu.popup(button.mapToGlobal(QPoint(button.width() - menu.sizeHint().width(), button.height() + 4)))


def _divider() -> QFrame:
    line = QFrame()
    line.setProperty("role", "separator")
    line.setFixedSize(1, 16)
    return line
