"""Buttons and fields."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.icon_button import IconButton
from sigdesk.ui.widgets.keys import hint_size, key_signs, key_words, tooltip
from sigdesk.ui.widgets.number_field import NumberField
from sigdesk.ui.widgets.search_field import SearchField
from tests.ui.conftest import Shown

LEFT = Qt.MouseButton.LeftButton


class TestKeys:
    def test_signs_and_words(self) -> None:
        assert key_signs("Ctrl+Shift+R") == "Ctrl ⇧ R"
        assert key_signs("Ctrl+Return") == "Ctrl ↵"
        assert key_words("Ctrl+Shift+Return") == "Ctrl Shift Enter"

    def test_plus_and_minus_are_keys_too(self) -> None:
        assert key_signs("+") == "+"
        assert key_signs("Ctrl++") == "Ctrl +"
        assert key_signs("-") == "−"

    def test_a_tooltip_ends_with_the_shortcut(self) -> None:
        assert tooltip("Open files", "Ctrl+O") == "Open files (Ctrl O)"
        assert tooltip("Sort") == "Sort"


class TestActionButton:
    def test_there_is_room_for_icon_text_and_hint(self, look: Look, shown: Shown[ActionButton]) -> None:
        bare = shown(ActionButton(look, "Open"))
        full = shown(ActionButton(look, "Open", "folder-open", "Ctrl+O"))

        assert full.sizeHint().width() - bare.sizeHint().width() >= 14 + hint_size(look, "Ctrl+O").width()

    def test_heights(self, look: Look, shown: Shown[ActionButton]) -> None:
        assert shown(ActionButton(look, "Open")).height() == 28
        assert shown(ActionButton(look, "Open", kind="big")).height() == 36
        assert shown(ActionButton(look, "Open", kind="primary", large=True)).height() == 36

    def test_why_it_cannot_be_used_is_in_the_tooltip(
        self, look: Look, shown: Shown[ActionButton], qtbot: QtBot
    ) -> None:
        button = shown(ActionButton(look, "Record", "record-fill", "Ctrl+R"))
        assert button.toolTip() == "Record (Ctrl R)"
        button.setEnabled(False)
        button.explain("Recording comes in a later version")

        with qtbot.assertNotEmitted(button.clicked):
            qtbot.mouseClick(button, LEFT)

        assert button.toolTip() == "Recording comes in a later version"

    def test_busy_keeps_the_width(self, look: Look, shown: Shown[ActionButton]) -> None:
        button = shown(ActionButton(look, "Classify", "play-fill"))
        width = button.sizeHint().width()

        button.set_busy(True)

        assert button.sizeHint().width() == width

    def test_it_is_painted_anew_after_a_switch_of_the_theme(self, look: Look, shown: Shown[ActionButton]) -> None:
        button = shown(ActionButton(look, "Classify selection", "play-fill", "Ctrl+Return", "primary", large=True))
        for name in ("light", "dark"):
            look.use(name)
            assert button.grab().toImage().pixelColor(6, 18) == look.colour("accent")


class TestIconButton:
    def test_it_has_a_name_a_shortcut_and_room_for_a_finger(self, look: Look, shown: Shown[IconButton]) -> None:
        button = shown(IconButton(look, "Zoom in", "magnifying-glass-plus", "+"))

        assert button.accessibleName() == "Zoom in"
        assert button.toolTip() == "Zoom in (+)"
        assert (button.width(), button.height()) == (28, 28)

    def test_a_checked_tool_wears_the_selected_ground(self, look: Look, shown: Shown[IconButton], qtbot: QtBot) -> None:
        button = shown(IconButton(look, "Select", "selection", "S", checkable=True))

        qtbot.mouseClick(button, LEFT)

        assert button.isChecked()
        assert button.grab().toImage().pixelColor(3, 14) == look.colour("selected")


class TestSearchField:
    def test_typing_filters_and_escape_clears(self, look: Look, shown: Shown[SearchField], qtbot: QtBot) -> None:
        field = shown(SearchField(look, "Filter by name", "Ctrl+F"))

        with qtbot.waitSignal(field.textChanged):
            qtbot.keyClicks(field, "pump")
        assert field.text() == "pump"
        qtbot.keyClick(field, Qt.Key.Key_Escape)

        assert field.text() == ""

    def test_the_cross_shows_once_there_is_something_to_clear(
        self, look: Look, shown: Shown[SearchField], qtbot: QtBot
    ) -> None:
        field = shown(SearchField(look, "Filter by name", "Ctrl+F"))
        cross = field.findChild(QToolButton)
        assert cross is not None
        assert not cross.isVisible()
        field.setText("pump")
        assert cross.isVisible()

        qtbot.mouseClick(cross, LEFT)

        assert field.text() == ""
        assert not cross.isVisible()

    def test_down_leaves_for_the_list(self, look: Look, shown: Shown[SearchField], qtbot: QtBot) -> None:
        field = shown(SearchField(look, "Filter by name"))

        with qtbot.waitSignal(field.left):
            qtbot.keyClick(field, Qt.Key.Key_Down)

    def test_text_never_runs_under_the_hint(self, look: Look, shown: Shown[SearchField]) -> None:
        field = SearchField(look, "Filter by name, label or state", "Ctrl+F")
        field.resize(258, 28)
        shown(field)

        assert field.textMargins().right() >= hint_size(look, "Ctrl+F").width()


class TestNumberField:
    def test_what_is_typed_is_the_value(self, look: Look, shown: Shown[NumberField], qtbot: QtBot) -> None:
        field = shown(NumberField(look, "Mark as unsure below", 0, 100, unit="%"))
        field.selectAll()

        qtbot.keyClicks(field, "75")

        assert field.value() == 75
        assert field.text() == "75"

    def test_up_and_down_step(self, look: Look, shown: Shown[NumberField], qtbot: QtBot) -> None:
        field = shown(NumberField(look, "Step", 0, 10, decimals=2, unit="s"))
        field.setValue(5)

        qtbot.keyClick(field, Qt.Key.Key_Up)

        assert field.value() == 6
