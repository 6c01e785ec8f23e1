"""Asks between which values a channel is to be drawn."""

from __future__ import annotations

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from sigdesk.signals.describe import printable_name
from sigdesk.signals.recording import Channel
from sigdesk.ui.plots.arrangement import Range
from sigdesk.ui.theme.apply import restyle
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.labels import label

_WIDTH = 320


class ScaleDialog(QDialog):
    """`chosen` carries the two values, or None for a scale that fits."""

    chosen = Signal(object)

    def __init__(self, look: Look, channel: Channel, values: Range, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        unit = printable_name(channel.unit)
        ending = f" ({unit})" if unit else ""
        self.setWindowTitle(f"Scale of {printable_name(channel.name)}")
        self._low = _field(f"From{ending}", values[0])
        self._high = _field(f"To{ending}", values[1])
        self._note = label("", role="caption", wrap=True)
        kinds = QDialogButtonBox.StandardButton
        self._buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        self._fit = self._buttons.addButton("Fit", QDialogButtonBox.ButtonRole.ResetRole)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        for place, field in enumerate((self._low, self._high)):
            grid.addWidget(label(field.accessibleName()), place, 0)
            grid.addWidget(field, place, 1)
            field.textChanged.connect(self._judge)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        column.addLayout(grid)
        column.addWidget(self._note)
        column.addWidget(self._buttons)
        self.setMinimumWidth(_WIDTH)
        self._buttons.accepted.connect(self._on_accepted)
        self._buttons.rejected.connect(self.reject)
        self._fit.clicked.connect(self._on_fit)
        self._judge()

    @property
    def values(self) -> Range | None:
        """As the form says them; None where they are no scale."""
        low, high = _number(self._low.text()), _number(self._high.text())
        return (low, high) if low is not None and high is not None and low < high else None

    def _judge(self) -> None:
        is_scale = self.values is not None
        self._note.setText("" if is_scale else "Two numbers are needed, the lower one first.")
        restyle(self._note, "status", "" if is_scale else "error")
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(is_scale)

    def _on_fit(self) -> None:
        self.chosen.emit(None)
        self.accept()

    def _on_accepted(self) -> None:
        self.chosen.emit(self.values)
        self.accept()


def _field(name: str, value: float) -> QLineEdit:
    field = QLineEdit(f"{value:.6g}")
    field.setAccessibleName(name)
    return field


def _number(text: str) -> float | None:
    """A number as operators type it, with a decimal point or comma and either minus."""
    try:
        number = float(text.strip().replace("\u2212", "-").replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
