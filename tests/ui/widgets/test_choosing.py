"""Segmented controls, filter chips and tabs: what the mouse and the keyboard choose."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.filter_chips import FilterChips
from sigdesk.ui.widgets.segmented import SegmentedControl
from sigdesk.ui.widgets.tab_strip import TabStrip
from tests.ui.conftest import Shown

LEFT = Qt.MouseButton.LeftButton


def button(widget: QWidget, text: str) -> QAbstractButton:
    return next(found for found in widget.findChildren(QAbstractButton) if found.text() == text)


class TestSegmentedControl:
    def make(self, look: Look) -> SegmentedControl:
        control = SegmentedControl(look, ("Whole", "Selection", "Windows"), "Apply to")
        control.resize(270, 28)
        return control

    def test_a_click_chooses_and_tells(self, look: Look, shown: Shown[SegmentedControl], qtbot: QtBot) -> None:
        control = shown(self.make(look))

        with qtbot.waitSignal(control.changed) as told:
            qtbot.mouseClick(button(control, "Windows"), LEFT)

        assert told.args == ["Windows"]
        assert control.chosen == "Windows"

    def test_choosing_by_program_tells_nobody(self, look: Look, shown: Shown[SegmentedControl], qtbot: QtBot) -> None:
        control = shown(self.make(look))

        with qtbot.assertNotEmitted(control.changed):
            control.choose("Selection")

        assert control.chosen == "Selection"

    def test_arrow_keys_choose(self, look: Look, shown: Shown[SegmentedControl], qtbot: QtBot) -> None:
        control = shown(self.make(look))
        control.setFocus()

        with qtbot.waitSignal(control.changed) as told:
            qtbot.keyClick(button(control, "Whole"), Qt.Key.Key_Right)

        assert told.args == ["Selection"]
        assert button(control, "Selection").hasFocus()

    def test_an_option_that_cannot_be_used_says_why(
        self, look: Look, shown: Shown[SegmentedControl], qtbot: QtBot
    ) -> None:
        control = shown(self.make(look))
        control.set_option_enabled("Selection", False, "Select a stretch on the plot first")

        with qtbot.assertNotEmitted(control.changed):
            qtbot.mouseClick(button(control, "Selection"), LEFT)

        assert control.chosen == "Whole"
        assert button(control, "Selection").toolTip() == "Select a stretch on the plot first"

    def test_segments_have_one_width(self, look: Look, shown: Shown[SegmentedControl]) -> None:
        control = shown(self.make(look))

        widths = {segment.width() for segment in control.findChildren(QAbstractButton)}
        assert max(widths) - min(widths) <= 1

    def test_what_is_chosen_is_seen_in_each_theme(self, look: Look, shown: Shown[SegmentedControl]) -> None:
        control = shown(self.make(look))
        for name in ("light", "dark"):
            look.use(name)
            image = control.grab().toImage()
            assert image.pixelColor(8, 14) == look.colour("selected")
            assert image.pixelColor(262, 14) == look.colour("raised")


class TestFilterChips:
    def test_a_click_tells_the_filter(self, look: Look, shown: Shown[FilterChips], qtbot: QtBot) -> None:
        chips = shown(FilterChips(look, ("All", "To check", "Failed")))
        chips.set_counts({"All": 142, "To check": 9, "Failed": 1})

        with qtbot.waitSignal(chips.chosen) as told:
            qtbot.mouseClick(button(chips, "To check"), LEFT)

        assert told.args == ["To check"]
        assert chips.current == "To check"

    def test_counts_are_told_to_screen_readers(self, look: Look, shown: Shown[FilterChips]) -> None:
        chips = shown(FilterChips(look, ("All", "To check")))

        chips.set_count("To check", 9)

        assert button(chips, "To check").accessibleName() == "To check, 9"

    def test_a_count_of_as_many_digits_moves_nothing(self, look: Look, shown: Shown[FilterChips]) -> None:
        chips = shown(FilterChips(look, ("All", "To check")))
        chips.set_count("All", 111)
        before = button(chips, "All").sizeHint()

        chips.set_count("All", 888)

        assert button(chips, "All").sizeHint() == before


class TestTabStrip:
    def make(self, look: Look) -> TabStrip:
        tabs = TabStrip(look, "Bottom tabs")
        tabs.add("Jobs", "list-dashes", "Alt+1")
        tabs.add("Log", "terminal-window", "Alt+2")
        tabs.add("Problems", "warning-circle", "Alt+4")
        return tabs

    def test_a_click_tells_the_tab(self, look: Look, shown: Shown[TabStrip], qtbot: QtBot) -> None:
        tabs = shown(self.make(look))

        with qtbot.waitSignal(tabs.chosen) as told:
            qtbot.mouseClick(tabs, LEFT, pos=tabs.tabRect(2).center())

        assert told.args == ["Problems"]

    def test_the_arrow_keys_step(self, look: Look, shown: Shown[TabStrip], qtbot: QtBot) -> None:
        tabs = shown(self.make(look))
        tabs.setFocus()

        with qtbot.waitSignal(tabs.chosen) as told:
            qtbot.keyClick(tabs, Qt.Key.Key_Right)

        assert told.args == ["Log"]

    def test_a_count_makes_its_tab_wider_and_is_told(self, look: Look, shown: Shown[TabStrip]) -> None:
        tabs = shown(self.make(look))
        before = tabs.tabRect(0).width()

        tabs.set_count("Jobs", 1284)

        assert tabs.tabRect(0).width() > before
        assert tabs.accessibleTabName(0) == "Jobs, 1284"

    def test_the_line_stands_below_the_present_tab(self, look: Look, shown: Shown[TabStrip]) -> None:
        tabs = shown(self.make(look))
        tabs.show_tab("Log")

        image = tabs.grab().toImage()

        def at(index: int) -> QPoint:
            return QPoint(tabs.tabRect(index).center().x(), tabs.height() - 1)

        assert image.pixelColor(at(1)) == look.colour("accent")
        assert image.pixelColor(at(0)) != look.colour("accent")

    def test_a_tooltip_names_the_shortcut(self, look: Look, shown: Shown[TabStrip]) -> None:
        assert shown(self.make(look)).tabToolTip(1) == "Log (Alt 2)"
