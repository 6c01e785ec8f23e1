"""Dressing the application: heights, colours, fonts, and the switch of the theme."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontInfo, QImage
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from sigdesk.ui.theme.apply import restyle
from sigdesk.ui.theme.look import Look
from sigdesk.ui.theme.stylesheet import stylesheet
from sigdesk.ui.theme.tokens import THEMES
from tests.ui.conftest import Shown


def pixel(widget: QWidget, x: int, y: int) -> str:
    image: QImage = widget.grab().toImage()
    ratio = image.devicePixelRatio()
    return image.pixelColor(round(x * ratio), round(y * ratio)).name()


def stack(*widgets: QWidget) -> QFrame:
    frame = QFrame()
    frame.setProperty("role", "panel")
    column = QVBoxLayout(frame)
    for widget in widgets:
        column.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)
    frame.resize(300, 200)
    return frame


@pytest.mark.parametrize("name", THEMES)
def test_every_token_of_the_sheet_is_filled_in(name: str) -> None:
    assert "$" not in stylesheet(THEMES[name])


def test_controls_are_28_high(look: Look, shown: Shown[QFrame]) -> None:
    controls = [QPushButton("Open"), QLineEdit(), QComboBox()]
    shown(stack(*controls))

    assert [control.height() for control in controls] == [28, 28, 28]


def test_a_big_button_is_36_high(look: Look, shown: Shown[QFrame]) -> None:
    button = QPushButton("Open")
    button.setProperty("kind", "big")
    shown(stack(button))

    assert button.height() == 36


def test_a_primary_button_wears_the_accent_in_each_theme(look: Look, shown: Shown[QFrame]) -> None:
    button = QPushButton("Classify")
    button.setProperty("kind", "primary")
    frame = shown(stack(button))
    assert pixel(button, 4, 14) == look.colour("accent").name()

    look.use("dark")

    assert pixel(button, 4, 14) == look.colour("accent").name() == "#8e9bff"
    assert pixel(frame, 2, 2) == look.colour("surface").name()


def test_restyle_changes_a_button_that_is_shown(look: Look, shown: Shown[QFrame]) -> None:
    button = QPushButton("Stop")
    shown(stack(button))

    restyle(button, "kind", "danger")

    assert pixel(button, 4, 14) == look.colour("record").name()


def test_a_label_says_its_status_in_colour(look: Look, shown: Shown[QFrame]) -> None:
    label = QLabel("██")
    label.setProperty("status", "error")
    shown(stack(label))

    colours = {pixel(label, x, label.height() // 2) for x in range(label.width())}
    assert look.colour("error").name() in colours


def test_text_is_inter_with_its_own_weights(look: Look, qapp: QApplication) -> None:
    assert QFontInfo(look.font(13)).family() == "Inter"
    assert QFontInfo(look.mono()).family() == "JetBrains Mono"
    assert qapp.font().pixelSize() == 13


def test_figures_have_one_width(look: Look, shown: Shown[QFrame]) -> None:
    ones, eights = QLabel("1111"), QLabel("8888")
    shown(stack(ones, eights))

    assert ones.sizeHint().width() == eights.sizeHint().width()


def test_the_palette_follows_the_theme(look: Look, qapp: QApplication) -> None:
    look.use("dark")

    assert qapp.palette().window().color() == QColor(look.theme.window)


def test_using_the_same_theme_changes_nothing(look: Look, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(look.changed):
        look.use("light")


def test_a_checked_box_is_filled(look: Look, shown: Shown[QFrame]) -> None:
    box = QCheckBox("Show result on the plot")
    box.setChecked(True)
    shown(stack(box))

    assert pixel(box, 8, box.height() // 2 - 5) == look.colour("accent").name(), "above the tick"


class TestFocusRing:
    """The ring shows where the keyboard is: colours are compared just outside the control."""

    def test_a_text_field_has_it_also_after_a_click(self, look: Look, shown: Shown[QFrame], qtbot: QtBot) -> None:
        field = QLineEdit()
        frame = shown(stack(QPushButton("First"), field))

        qtbot.mouseClick(field, Qt.MouseButton.LeftButton)

        assert self._outside(frame, field) != look.colour("surface").name()

    def test_a_button_has_it_for_the_keyboard_only(self, look: Look, shown: Shown[QFrame], qtbot: QtBot) -> None:
        first, second = QPushButton("First"), QPushButton("Second")
        frame = shown(stack(first, second))
        first.setFocus(Qt.FocusReason.MouseFocusReason)
        assert self._outside(frame, first) == look.colour("surface").name()

        qtbot.keyClick(first, Qt.Key.Key_Tab)

        assert second.hasFocus()
        assert self._outside(frame, second) != look.colour("surface").name()

    def test_a_control_that_goes_takes_its_ring_along(self, look: Look, shown: Shown[QFrame], qtbot: QtBot) -> None:
        field, other = QLineEdit(), QLineEdit()
        holder = stack(field)
        shown(stack(holder, other))
        field.setFocus()
        with qtbot.waitSignal(field.destroyed):
            holder.deleteLater()

        other.setFocus()

        assert other.hasFocus()

    @staticmethod
    def _outside(frame: QWidget, control: QWidget) -> str:
        return pixel(frame, control.geometry().center().x(), control.geometry().top() - 1)
