"""The settings dialog, made from the table of settings."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from sigdesk.app.settings import SETTINGS, Setting, Settings, Value
from sigdesk.ui.theme.look import Look

Put = Callable[[str, Value], None]


class SettingsDialog(QDialog):
    """One control a setting; a change holds at once and is handed to `put`."""

    def __init__(self, settings: Settings, put: Put, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setMinimumWidth(480)
        self._settings = settings
        self._put = put
        form = QFormLayout()
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(4)
        for row in SETTINGS:
            if row.title:
                self._add(form, row, look)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(form)
        layout.addWidget(buttons)

    def _add(self, form: QFormLayout, row: Setting, look: Look) -> None:
        control = self._control(row)
        control.setObjectName(row.key)
        control.setAccessibleName(row.title)
        control.setAccessibleDescription(row.explanation)
        control.setToolTip(row.explanation)
        explanation = QLabel(row.explanation)
        explanation.setProperty("role", "caption")
        explanation.setFont(look.font(11))
        explanation.setWordWrap(True)
        explanation.setContentsMargins(0, 0, 0, 8)
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
        spin: QSpinBox | QDoubleSpinBox
        if isinstance(row.default, int):
            spin = QSpinBox()
            spin.setRange(int(row.minimum or 0), int(row.maximum or 0))
            spin.setValue(self._settings.whole(key))
        else:
            spin = QDoubleSpinBox()
            spin.setDecimals(3)
            spin.setRange(max(row.minimum or 0.0, 0.001), row.maximum or 0.0)
            spin.setValue(self._settings.number(key))
        spin.setGroupSeparatorShown(True)
        spin.setSuffix(f" {row.unit}" if row.unit else "")
        spin.setKeyboardTracking(False)
        spin.valueChanged.connect(lambda value: self._put(key, value))
        return spin
