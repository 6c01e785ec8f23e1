"""The form: one control a parameter of the manifest, channels, windows, threshold."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDoubleSpinBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from sigdesk.classifiers.manifest import ParamValue
from sigdesk.signals.recording import Channel
from sigdesk.ui.inspector.panel import Inspector
from tests.ui.inspector.conftest import CHANNELS, button, model

LEFT = Qt.MouseButton.LeftButton
PARAMS: dict[str, ParamValue] = {"remove_drift": True, "order": 4, "threshold": 0.5, "mode": "fast"}


def field(inspector: Inspector, name: str, kind: type[QWidget]) -> QWidget:
    (found,) = (w for w in inspector.findChildren(kind) if w.accessibleName() == name and w.isVisible())
    return found


def number(inspector: Inspector, name: str) -> QDoubleSpinBox:
    found = field(inspector, name, QDoubleSpinBox)
    assert isinstance(found, QDoubleSpinBox)
    return found


def type_in(box: QDoubleSpinBox, qtbot: QtBot, text: str) -> None:
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Qt.Key.Key_Return)


@pytest.fixture
def form(inspector: Inspector) -> Inspector:
    inspector.show_model(model(params=PARAMS))
    return inspector


def test_each_kind_of_parameter_has_its_control(form: Inspector, qtbot: QtBot) -> None:
    told: list[dict[str, ParamValue]] = []
    form.params_changed.connect(told.append)
    check, text = field(form, "Remove drift", QCheckBox), field(form, "Mode", QLineEdit)
    assert isinstance(check, QCheckBox)
    assert isinstance(text, QLineEdit)
    assert check.isChecked()
    assert text.text() == "fast"
    assert number(form, "Threshold").text() == "0.5"

    check.setFocus()
    qtbot.keyClick(check, Qt.Key.Key_Space)
    type_in(number(form, "Order"), qtbot, "7")
    type_in(number(form, "Threshold"), qtbot, "0.125")
    text.selectAll()
    qtbot.keyClicks(text, "slow")

    assert told[-1] == {"remove_drift": False, "order": 7, "threshold": 0.125, "mode": "slow"}
    assert type(told[-1]["order"]) is int


def test_reset_gives_the_defaults_back(form: Inspector, qtbot: QtBot) -> None:
    type_in(number(form, "Order"), qtbot, "7")

    with qtbot.waitSignal(form.params_changed) as told:
        qtbot.mouseClick(button(form, "Reset"), LEFT)

    assert told.args == [PARAMS]
    QApplication.processEvents()
    assert number(form, "Order").value() == 4


def test_without_parameters_there_is_nothing_to_reset(inspector: Inspector) -> None:
    assert not [b for b in inspector.findChildren(QWidget) if b.accessibleName() == "Reset" and b.isVisible()]


def test_one_channel_or_all(inspector: Inspector, qtbot: QtBot) -> None:
    box = field(inspector, "Channels", QComboBox)
    assert isinstance(box, QComboBox)
    assert [box.itemText(place) for place in range(box.count())] == [
        "All 4", "Current", "Vibration", "Pressure", "Speed",
    ]  # fmt: skip
    box.setFocus()

    with qtbot.waitSignal(inspector.channels_chosen) as chosen:
        qtbot.keyClick(box, Qt.Key.Key_Down)
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert chosen.args == [(0,)]

    inspector.show_channels((Channel("Current", "A"),), "s")
    assert box.currentText() == "Current"
    assert not box.isEnabled()
    inspector.show_channels(CHANNELS, "s")
    assert box.currentText() == "All 4"


def test_windows_have_length_and_step_only_when_chosen(inspector: Inspector, qtbot: QtBot) -> None:
    assert not [w for w in inspector.findChildren(QDoubleSpinBox) if w.accessibleName() == "Step" and w.isVisible()]

    inspector.show_scope("windows")

    assert (number(inspector, "Window length").text(), number(inspector, "Step").text()) == ("0.50", "0.25")
    told: list[tuple[float, float]] = []
    inspector.windows_changed.connect(lambda length, step: told.append((length, step)))
    type_in(number(inspector, "Step"), qtbot, "0.125")
    assert told[-1] == (0.5, 0.125)


def test_the_threshold(inspector: Inspector, qtbot: QtBot) -> None:
    assert number(inspector, "Mark as unsure below").value() == 60

    with qtbot.waitSignal(inspector.unsure_changed) as told:
        qtbot.keyClick(number(inspector, "Mark as unsure below"), Qt.Key.Key_Up)

    assert told.args == [61]


def test_showing_a_value_is_no_change_by_the_operator(inspector: Inspector, qtbot: QtBot) -> None:
    signals = [inspector.unsure_changed, inspector.windows_changed, inspector.show_result_changed]
    told: list[object] = []
    for signal in signals:
        signal.connect(lambda *values: told.append(values))

    inspector.show_unsure_below(75)
    inspector.show_windows(2.0, 1.0)
    inspector.show_show_result(True)

    assert told == []


def test_the_result_on_the_plot(inspector: Inspector, qtbot: QtBot) -> None:
    (check,) = (c for c in inspector.findChildren(QCheckBox) if c.isVisible())
    assert check.text() == "Show result on the plot"

    with qtbot.waitSignal(inspector.show_result_changed) as told:
        check.setFocus()
        qtbot.keyClick(check, Qt.Key.Key_Space)

    assert told.args == [True]
    inspector.show_scope("windows")
    assert check.text() == "Colour the signal by class"
