"""The settings dialog, made from the table of settings."""

from __future__ import annotations

from collections.abc import Callable

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
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.number_field import NumberField

Put = Callable[[str, Value], None]

_FIELD_WIDTH = 360


class SettingsDialog(QDialog):
    """One control a setting; a change holds at once and is handed to `put`."""

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
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(form)
        layout.addWidget(buttons)

    def _add(self, form: QFormLayout, row: Setting) -> None:
        control = self._control(row)
        control.setObjectName(row.key)
        control.setAccessibleName(row.title)
        control.setAccessibleDescription(row.explanation)
        control.setToolTip(row.explanation)
        explanation = QLabel(row.explanation)
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

    def _control(self, row: Setting) -> QWidget:
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
        low, high = row.minimum or 0.0, row.maximum or 0.0
        number = NumberField(self._look, row.title, low, high, decimals=0 if whole else 3, unit=row.unit)
        number.setKeyboardTracking(False)
        number.setValue(self._settings.number(key))
        number.valueChanged.connect(lambda value: self._put(key, round(value) if whole else value))
        return number
