"""Mouse, wheel and keys on the plot: what is visible, what is selected, what stands under the cursor."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sigdesk.signals.recording import Recording, TimeBase
from sigdesk.ui.plots.area import PlotArea
from sigdesk.ui.plots.stretch import Stretch
from sigdesk.ui.plots.time_axis import TimeAxis
from tests.ui.plots.conftest import LENGTH, Hands, colours, make_recording

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def _near(stretch: Stretch, start: float, stop: float, within: float = 0.05) -> bool:
    return abs(stretch.start - start) < within and abs(stretch.stop - stop) < within


def test_all_of_a_signal_is_visible_at_first(area: PlotArea, hands: Hands) -> None:
    assert area.visible_range == Stretch(0.0, 24.0)
    assert area.selection is None
    assert area.channels_shown == (0, 1, 2, 3)


def test_dragging_selects_a_stretch_across_all_channels(area: PlotArea, hands: Hands, qtbot: QtBot) -> None:
    area.show_stretch(6, 16)
    with qtbot.waitSignal(area.selection_changed):
        hands.drag(9.8, 12.4)
    assert area.selection is not None
    start, stop = area.selection
    assert abs(start - 98_000) < 150
    assert abs(stop - 124_000) < 150
    assert "9.8" in area.readout_text
    assert area.readout_text.endswith(" s")


def test_selecting_paints_accent_edges_and_the_length_on_a_chip(area: PlotArea, hands: Hands, qtbot: QtBot) -> None:
    area.show_stretch(6, 16)
    area.set_selection((98_000, 124_000))
    hands.point(20)  # away, so the cursor paints nothing
    for time in (9.8, 12.4):
        x = round(hands.scale.x(time))
        assert "#4450c8" in colours(hands.pad, x - 1, 100, 2, 10)
    middle = round(hands.scale.x(11.1))
    assert "#4450c8" in colours(hands.pad, middle - 15, 6, 30, 3)
    assert area.readout_text.endswith("9.80 − 12.40 s")


def test_an_edge_of_the_selection_can_be_dragged(area: PlotArea, hands: Hands) -> None:
    area.set_selection((50_000, 100_000))
    hands.drag(10.0, 15.0)
    assert area.selection is not None
    assert area.selection[0] == 50_000
    assert abs(area.selection[1] - 150_000) < 400


def test_an_edge_dragged_over_the_other_turns_the_selection_round(area: PlotArea, hands: Hands) -> None:
    area.set_selection((50_000, 100_000))
    hands.drag(10.0, 2.0)
    assert area.selection is not None
    assert abs(area.selection[0] - 20_000) < 400
    assert area.selection[1] == 50_000


def test_a_selection_reaches_the_very_last_sample(area: PlotArea, hands: Hands) -> None:
    hands.drag(20.0, 24.5)
    assert area.selection is not None
    assert area.selection[1] == LENGTH


def test_a_click_selects_nothing(area: PlotArea, hands: Hands) -> None:
    QTest.mouseClick(hands.pad, Qt.MouseButton.LeftButton, pos=hands.at(8))
    assert area.selection is None


def test_the_pan_tool_moves_the_signal_with_the_hand(area: PlotArea, hands: Hands) -> None:
    area.show_stretch(6, 16)
    area.use_tool("pan")
    hands.drag(10, 8)
    assert _near(area.visible_range, 8, 18)
    assert area.selection is None


def test_the_middle_button_pans_with_any_tool(area: PlotArea, hands: Hands) -> None:
    area.show_stretch(6, 16)
    hands.drag(10, 12, Qt.MouseButton.MiddleButton)
    assert _near(area.visible_range, 4, 14)


def test_panning_ends_at_the_end_of_the_signal(area: PlotArea, hands: Hands) -> None:
    area.show_stretch(14, 22)
    area.use_tool("pan")
    hands.drag(20, 15)
    assert _near(area.visible_range, 16, 24, within=1e-6)


def test_the_wheel_scrolls(area: PlotArea, hands: Hands) -> None:
    area.show_stretch(6, 16)
    hands.wheel(10, -1)
    assert _near(area.visible_range, 7, 17, within=1e-6)
    hands.wheel(10, 2, SHIFT)
    assert _near(area.visible_range, 5, 15, within=1e-6)


def test_ctrl_and_wheel_zoom_about_the_pointer(area: PlotArea, hands: Hands) -> None:
    area.show_stretch(6, 16)
    time = hands.scale.time(hands.at(8).x())
    hands.wheel(8, 1, CTRL)
    assert area.visible_range.span == pytest.approx(10 / 1.5)
    assert hands.scale.x(time) == pytest.approx(hands.scale.left + 0.2 * hands.scale.width, abs=1)
    hands.wheel(time, -1, CTRL)
    assert _near(area.visible_range, 6, 16, within=0.1)


def test_a_double_click_shows_everything(area: PlotArea, hands: Hands) -> None:
    area.show_stretch(6, 16)
    QTest.mouseDClick(hands.pad, Qt.MouseButton.LeftButton, pos=hands.at(8))
    assert area.visible_range == Stretch(0.0, 24.0)


def test_the_cursor_reads_time_and_values_of_all_channels(area: PlotArea, hands: Hands, qtbot: QtBot) -> None:
    area.show_stretch(6, 16)
    hands.point(12.05)
    qtbot.waitUntil(lambda: "Speed" in area.readout_text)
    axis = area.findChild(TimeAxis)
    assert axis is not None
    assert axis.cursor_text.startswith("12.0")
    assert area.readout_text.startswith(axis.cursor_text)
    assert "Pressure 3.00" in area.readout_text
    assert "Speed 1\u2009412.0" in area.readout_text
    assert area.readout_text.count("rpm") == 1


def test_the_cursor_goes_when_the_pointer_leaves(area: PlotArea, hands: Hands, qtbot: QtBot) -> None:
    hands.point(12)
    qtbot.waitUntil(lambda: "Speed" in area.readout_text)
    QApplication.sendEvent(hands.pad, QEvent(QEvent.Type.Leave))
    assert area.readout_text == ""


def test_keys_zoom_pan_and_jump(area: PlotArea, hands: Hands) -> None:
    hands.key(Qt.Key.Key_Plus)
    assert _near(area.visible_range, 4, 20, within=1e-6)
    hands.key(Qt.Key.Key_Home)
    assert _near(area.visible_range, 0, 16, within=1e-6)
    hands.key(Qt.Key.Key_Right)
    assert _near(area.visible_range, 1.6, 17.6, within=1e-6)
    hands.key(Qt.Key.Key_End)
    assert _near(area.visible_range, 8, 24, within=1e-6)
    hands.key(Qt.Key.Key_Left)
    assert _near(area.visible_range, 6.4, 22.4, within=1e-6)
    hands.key(Qt.Key.Key_Minus)
    assert area.visible_range == Stretch(0.0, 24.0)
    area.set_selection((100_000, 120_000))
    hands.key(Qt.Key.Key_F)
    assert _near(area.visible_range, 9.9, 12.1, within=1e-6)
    hands.key(Qt.Key.Key_0)
    assert area.visible_range == Stretch(0.0, 24.0)


def test_keys_zoom_about_the_cursor(area: PlotArea, hands: Hands) -> None:
    hands.point(6)
    x = hands.at(6).x()
    time = hands.scale.time(x)
    hands.key(Qt.Key.Key_Plus)
    assert hands.scale.x(time) == pytest.approx(x, abs=1)


def test_shift_and_arrows_extend_the_selection_and_shrink_it_again(area: PlotArea, hands: Hands) -> None:
    area.set_selection((100_000, 120_000))
    hands.key(Qt.Key.Key_Right, SHIFT)
    assert area.selection == (100_000, 122_400)
    hands.key(Qt.Key.Key_Left, SHIFT)
    hands.key(Qt.Key.Key_Left, SHIFT)
    assert area.selection == (100_000, 117_600)


def test_shift_and_arrows_begin_a_selection_at_the_cursor(area: PlotArea, hands: Hands) -> None:
    hands.point(6)
    hands.key(Qt.Key.Key_Left, SHIFT)
    assert area.selection is not None
    assert abs(area.selection[1] - 60_000) < 400
    assert area.selection[1] - area.selection[0] == 2_400


def test_escape_drops_the_tool_then_the_selection(area: PlotArea, hands: Hands) -> None:
    area.set_selection((1, 100))
    found = []
    for key in (Qt.Key.Key_H, Qt.Key.Key_Escape, Qt.Key.Key_Escape):
        hands.key(key)
        found.append((area.tool, area.selection))
    assert found == [("pan", (1, 100)), ("select", (1, 100)), ("select", None)]
    assert not area.escape()


def test_y_lets_the_visible_values_fill_the_height(
    area: PlotArea, drawn: Callable[[Recording], None], look: object
) -> None:
    loud_then_quiet = np.concatenate([np.full(5000, 100.0), np.zeros(5000)])
    loud_then_quiet[7000:7010] = 1.0
    drawn(make_recording(loud_then_quiet[np.newaxis], base=TimeBase(1000.0)))
    hands = Hands(area)
    area.show_stretch(5.5, 9.5)
    pen, top = "#27405f", (100, 40, 640, 60)
    assert pen not in colours(hands.pad, *top)
    hands.key(Qt.Key.Key_Y)
    assert pen in colours(hands.pad, *top)


def test_explicit_times_are_read_where_they_lie(
    area: PlotArea, drawn: Callable[[Recording], None], qtbot: QtBot
) -> None:
    times = np.concatenate([np.linspace(0, 1, 500), np.linspace(9, 10, 500)])
    drawn(make_recording(np.arange(1000.0)[np.newaxis], base=TimeBase(times=times)))
    hands = Hands(area)
    hands.drag(8.5, 10.5)
    assert area.selection == (500, 1000)
    hands.point(9.5)
    qtbot.waitUntil(lambda: "Current 7" in area.readout_text)
    hands.point(3)
    qtbot.waitUntil(lambda: "1.00" in area.readout_text)


def test_a_signal_without_times_counts_samples(
    area: PlotArea, drawn: Callable[[Recording], None], qtbot: QtBot
) -> None:
    drawn(make_recording(np.arange(10_000.0)[np.newaxis], base=TimeBase()))
    assert area.visible_range == Stretch(0, 10_000)
    hands = Hands(area)
    hands.drag(2000, 4000)
    assert area.selection is not None
    assert abs(area.selection[0] - 2000) < 20
    assert " s" not in area.readout_text


def test_the_cursor_stays_under_a_pointer_that_stands_still(area: PlotArea, hands: Hands, qtbot: QtBot) -> None:
    area.show_stretch(6, 16)
    hands.point(10)
    qtbot.waitUntil(lambda: area.readout_text.startswith("10.0"))
    hands.key(Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: area.readout_text.startswith("11.0"))


def test_the_keyboard_sees_where_the_focus_is(area: PlotArea, hands: Hands) -> None:
    area.window().setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
    area.setFocus(Qt.FocusReason.TabFocusReason)
    assert hands.stack.hasFocus()
    assert colours(hands.pad, 300, 0, 20, 1) == {"#4450c8"}
    hands.stack.clearFocus()
    assert "#4450c8" not in colours(hands.pad, 300, 0, 20, 1)
