"""The settings dialog, made from the table of settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from sigdesk.app.settings import SETTINGS, Setting, Settings, Value
from sigdesk.errors import SettingsError
from sigdesk.ui.theme.apply import restyle
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.number_field import NumberField

Put = Callable[[str, Value], None]

_FIELD_WIDTH = 360
_WIDE: Final = 1e12
"""A number field takes what is typed, so that what it cannot be is said in words and not silently made to fit."""


class SettingsDialog(QDialog):
    """One control a setting; a change is handed to `put` at once. What that refuses, with a SettingsError, is told
    below the control, which then shows the value in force."""

    def __init__(self, settings: Settings, put: Put, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self._settings = settings
        self._put = put
        self._look = look
        form = QFormLayout()
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(4)
        for row in SETTINGS:
            if row.title:
                self._add(form, row)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setAutoDefault(False)  # Enter ends the typing of a number, not the dialog
        close.setDefault(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(form)
        layout.addWidget(buttons)

    def _add(self, form: QFormLayout, row: Setting) -> None:
        explanation = QLabel(row.explanation)
        control = self._control(row, explanation)
        control.setObjectName(row.key)
        control.setAccessibleName(row.title)
        control.setAccessibleDescription(row.explanation)
        control.setToolTip(row.explanation)
        explanation.setProperty("role", "caption")
        explanation.setFont(self._look.font(11))
        explanation.setWordWrap(True)
        explanation.setContentsMargins(0, 0, 0, 8)
        explanation.setFixedHeight(explanation.heightForWidth(_FIELD_WIDTH))
        control.setMinimumWidth(_FIELD_WIDTH)
        if isinstance(control, QCheckBox):
            form.addRow(control)
            form.addRow(explanation)
        else:
            form.addRow(row.title, control)
            form.addRow("", explanation)

    def _control(self, row: Setting, explanation: QLabel) -> QWidget:
        key = row.key
        if isinstance(row.default, bool):
            check = QCheckBox(row.title)
            check.setChecked(self._settings.flag(key))
            check.toggled.connect(lambda on: self._put(key, on))
            return check
        if row.choices:
            choice = QComboBox()
            for name in row.choices:
                choice.addItem(name.capitalize(), name)
            choice.setCurrentIndex(row.choices.index(self._settings.text(key)))
            choice.activated.connect(lambda place: self._put(key, row.choices[place]))
            return choice
        whole = isinstance(row.default, int)
        number = NumberField(self._look, row.title, -_WIDE, _WIDE, decimals=0 if whole else 3, unit=row.unit)
        number.setKeyboardTracking(False)
        number.setValue(self._settings.number(key))
        number.valueChanged.connect(lambda value: self._on_number_changed(row, number, explanation, value))
        return number

    def _on_number_changed(self, row: Setting, number: NumberField, explanation: QLabel, value: float) -> None:
        try:
            self._put(row.key, round(value) if isinstance(row.default, int) else value)
        except SettingsError as error:
            explanation.setText(f"{error.what} {error.way_out}")
            restyle(explanation, "status", "error")
            number.blockSignals(True)
            number.setValue(self._settings.number(row.key))
            number.blockSignals(False)
        else:
            explanation.setText(row.explanation)
            restyle(explanation, "status", "")
