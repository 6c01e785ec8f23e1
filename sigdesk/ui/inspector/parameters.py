"""The form of the Inspector: channels, windows, the threshold, and one control for each parameter of the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from sigdesk.classifiers.looking import EXPLAIN
from sigdesk.classifiers.manifest import ParamValue
from sigdesk.signals.recording import Channel
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import label
from sigdesk.ui.widgets.number_field import NumberField

_FIELD_WIDTH, _NARROW_FIELD = 132, 104
_NARROW = 268
"""Below this width the fields are narrow, so that the longest name beside them is still read whole."""


_ABOUT: Final = {EXPLAIN: "Also say where on the signal the model looked; it is asked ten times more for that"}
"""What is to be said of a parameter that SigDesk's own models have."""


class _Number(NumberField):
    """A parameter's own digits: 0.5 stays 0.5, whatever else it might become."""

    def textFromValue(self, value: float) -> str:
        return f"{value:.9g}"


class _Seconds(NumberField):
    """Two decimals, and a third where it says something: 0.50, 0.125."""

    def textFromValue(self, value: float) -> str:
        text = f"{value:.3f}"
        return text.removesuffix("0")


class Parameters(QWidget):
    """Shows and asks; what is chosen goes out as signals."""

    params_changed = Signal(object)
    channels_chosen = Signal(object)
    windows_changed = Signal(float, float)
    unsure_changed = Signal(int)
    show_result_changed = Signal(bool)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._defaults: Mapping[str, ParamValue] = {}
        self._values: dict[str, ParamValue] = {}
        self._reset = ActionButton(look, "Reset", kind="link")
        self._length = _Seconds(look, "Window length", 0.001, 1e6, decimals=3, unit="s")
        self._step = _Seconds(look, "Step", 0.001, 1e6, decimals=3, unit="s")
        self._channels = QComboBox()
        self._channels.setAccessibleName("Channels")
        self._unsure = NumberField(look, "Mark as unsure below", 0, 100, unit="%")
        self._show_result = QCheckBox("Show result on the plot")
        self._own = QGridLayout()
        self._rows = QGridLayout()
        self._window_rows: list[QWidget] = []
        self._field_width = _FIELD_WIDTH
        self._lay_out()
        self._connect()
        self.set_windowed(False)

    def set_params(self, defaults: Mapping[str, ParamValue]) -> None:
        """Show a control for each parameter, at its default."""
        self._defaults = defaults
        self._values = dict(defaults)
        self._build_own()

    def set_channels(self, channels: Sequence[Channel]) -> None:
        """The channels of the signal that is shown; all of them are chosen."""
        self._channels.blockSignals(True)
        self._channels.clear()
        count = len(channels)
        self._channels.addItem(f"All {count}" if count > 1 else channels[0].name if channels else "–", None)
        if count > 1:
            for place, channel in enumerate(channels):
                self._channels.addItem(channel.name, (place,))
        self._channels.setEnabled(count > 1)
        self._channels.blockSignals(False)

    def set_windows(self, length_s: float, step_s: float) -> None:
        for field, value in ((self._length, length_s), (self._step, step_s)):
            field.blockSignals(True)
            field.setValue(value)
            field.blockSignals(False)

    def set_time_unit(self, unit: str) -> None:
        """ "s", or "" for signals whose file names no time: lengths are in samples then."""
        for field in (self._length, self._step):
            field.blockSignals(True)
            field.set_unit(unit)
            field.setDecimals(3 if unit else 0)
            field.setRange(0.001 if unit else 1, 1e6 if unit else 1e9)
            field.blockSignals(False)

    def set_windowed(self, windowed: bool) -> None:
        """Windows have a length and a step, and colour the signal instead of a lane alone."""
        for widget in self._window_rows:
            widget.setVisible(windowed)
        self._show_result.setText("Colour the signal by class" if windowed else "Show result on the plot")

    def set_unsure_below(self, percent: int) -> None:
        self._unsure.blockSignals(True)
        self._unsure.setValue(percent)
        self._unsure.blockSignals(False)

    def set_show_result(self, on: bool) -> None:
        self._show_result.blockSignals(True)
        self._show_result.setChecked(on)
        self._show_result.blockSignals(False)

    def minimumSizeHint(self) -> QSize:
        """As with narrow fields: the width decides about them, and they shall not decide about the width."""
        hint = super().minimumSizeHint()
        return QSize(hint.width() - self._field_width + _NARROW_FIELD, hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._field_width = _FIELD_WIDTH if self.width() >= _NARROW else _NARROW_FIELD
        for grid in (self._rows, self._own):
            for row in range(grid.rowCount()):
                item = grid.itemAtPosition(row, 1)
                field = item.widget() if item is not None else None
                if field is not None:
                    field.setFixedWidth(self._field_width)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(label("Parameters", "secondary"))
        head.addStretch(1)
        head.addWidget(self._reset)
        for grid in (self._rows, self._own):
            grid.setHorizontalSpacing(8)
            grid.setVerticalSpacing(4)
            grid.setColumnStretch(0, 1)
            grid.setContentsMargins(0, 0, 0, 0)
        self._window_rows += self._add(self._rows, "Window length", self._length)
        self._window_rows += self._add(self._rows, "Step", self._step)
        self._add(self._rows, "Channels", self._channels)
        self._add(self._rows, "Mark as unsure below", self._unsure)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(self._own)
        column.addLayout(self._rows)
        column.addSpacing(4)
        column.addWidget(self._show_result)

    def _add(self, grid: QGridLayout, text: str, field: QWidget) -> list[QWidget]:
        name = label(text, "secondary")
        name.setBuddy(field)
        field.setAccessibleName(text)
        field.setFixedWidth(self._field_width)
        row = grid.rowCount()
        grid.addWidget(name, row, 0)
        grid.addWidget(field, row, 1)
        return [name, field]

    def _connect(self) -> None:
        self._reset.clicked.connect(self.reset)
        self._length.valueChanged.connect(self._on_windows_changed)
        self._step.valueChanged.connect(self._on_windows_changed)
        self._channels.activated.connect(lambda place: self.channels_chosen.emit(self._channels.itemData(place)))
        self._unsure.valueChanged.connect(lambda value: self.unsure_changed.emit(round(value)))
        self._show_result.toggled.connect(self.show_result_changed)

    def _build_own(self) -> None:
        while (item := self._own.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for name, value in self._values.items():
            self._add(self._own, name.replace("_", " ").capitalize(), self._field(name, value))
        self._reset.setVisible(bool(self._values))

    def _field(self, name: str, value: ParamValue) -> QWidget:
        if isinstance(value, bool):
            check = QCheckBox()
            check.setToolTip(_ABOUT.get(name, "Ticked for yes"))
            check.setChecked(value)
            check.toggled.connect(lambda on: self._set(name, on))
            return check
        if isinstance(value, int | float):
            whole = isinstance(value, int)
            number = _Number(self._look, name, -1e9, 1e9, decimals=0 if whole else 9)
            number.setValue(value)
            number.valueChanged.connect(lambda new: self._set(name, round(new) if whole else new))
            return number
        text = QLineEdit(value)
        text.textChanged.connect(lambda new: self._set(name, new))
        return text

    def _set(self, name: str, value: ParamValue) -> None:
        self._values[name] = value
        self.params_changed.emit(dict(self._values))

    def reset(self) -> None:
        """Back to the defaults of the manifest."""
        self.set_params(self._defaults)
        self.params_changed.emit(dict(self._values))

    def _on_windows_changed(self) -> None:
        self.windows_changed.emit(self._length.value(), self._step.value())
