"""Label lanes, colours by class, the overview strip, the channels menu, and the switch of the theme."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import ClassMark, LabelSpan
from sigdesk.signals.recording import Recording
from sigdesk.ui.plots.area import PlotArea
from sigdesk.ui.plots.head import PlotHead
from sigdesk.ui.plots.lanes import LabelLane
from sigdesk.ui.plots.overview import OverviewStrip
from sigdesk.ui.plots.state_chip import StateChip
from sigdesk.ui.plots.stretch import Stretch, row_scale
from sigdesk.ui.theme.look import Look
from sigdesk.ui.theme.tokens import DARK, LIGHT
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.icon_button import IconButton
from tests.ui.plots.conftest import Hands, colours, make_recording, name_of

HEALTHY = ClassMark("healthy", "Healthy", 0)
CAVITATION = ClassMark("cavitation", "Cavitation", 3)
MISALIGNED = ClassMark("misalignment", "Misalignment", 4)
MODEL = (
    LabelSpan(0.0, 9.5, HEALTHY, 0.98),
    LabelSpan(9.5, 12.4, CAVITATION, 0.91),
    LabelSpan(12.4, 24.0, MISALIGNED, 0.46, unsure=True),
)


def _lane(area: PlotArea, name: str) -> LabelLane:
    return next(lane for lane in area.findChildren(LabelLane) if lane.accessibleName() == f"{name} labels")


def _at(area: PlotArea, time: float) -> int:
    return round(row_scale(area.visible_range, area.width()).x(time))


def _strip(area: PlotArea) -> OverviewStrip:
    strip = area.findChild(OverviewStrip)
    assert strip is not None
    return strip


def test_the_models_labels_lie_on_their_tint_under_their_stretch(area: PlotArea, hands: Hands) -> None:
    area.set_labels(MODEL)
    lane = _lane(area, "Model")
    for span in MODEL:
        left, right = _at(area, span.start), _at(area, span.stop)
        tint = name_of(LIGHT.classes[span.mark.slot].tint)
        assert tint in colours(lane, left + 12, 12, 10, 4)
        assert tint in colours(lane, right - 12, 12, 10, 4)
        assert colours(lane, left + 9, 8, right - left - 18, 16) - {tint}, "a name is written on it"
    assert not _lane(area, "You").spans


def test_an_unsure_label_has_a_dashed_edge_and_says_so(area: PlotArea, hands: Hands) -> None:
    area.set_labels(MODEL)
    lane = _lane(area, "Model")
    sure = colours(lane, _at(area, 2), 4, 60, 1)
    unsure = colours(lane, _at(area, 16), 4, 60, 1)
    assert len(sure) == 1
    assert len(unsure) > 1
    assert name_of(LIGHT.warn) in colours(lane, _at(area, 12.4) + 80, 8, 60, 16)
    assert "Misalignment 46%, unsure" in lane.accessibleDescription()


def test_your_labels_fill_a_lane_of_their_own(area: PlotArea, hands: Hands) -> None:
    area.set_labels((*MODEL, LabelSpan(9.5, 14.0, CAVITATION, by_you=True)))
    lane = _lane(area, "You")
    assert colours(lane, _at(area, 13), 10, 20, 4) == {name_of(LIGHT.classes[3].fill)}
    area.set_labels(MODEL)
    assert name_of(LIGHT.classes[3].fill) not in colours(lane, _at(area, 13), 10, 20, 4)


def test_a_class_that_reuses_a_colour_is_hatched(area: PlotArea, hands: Hands) -> None:
    area.set_labels((LabelSpan(0, 24, ClassMark("ninth", "Ninth", 0, hatched=True), 0.9),))
    assert len(colours(_lane(area, "Model"), _at(area, 15), 8, 16, 16)) > 1


def test_labels_out_of_view_are_not_shown_and_names_are_told_by_a_tooltip(area: PlotArea, hands: Hands) -> None:
    area.set_labels(MODEL)
    area.show_stretch(10, 12)
    lane = _lane(area, "Model")
    seen = colours(lane, 100, 8, 700, 16)
    assert name_of(LIGHT.classes[3].tint) in seen
    assert name_of(LIGHT.classes[0].tint) not in seen
    spot = QPoint(400, 14)
    QApplication.sendEvent(lane, QHelpEvent(QEvent.Type.ToolTip, spot, lane.mapToGlobal(spot)))
    assert "Cavitation 91%" in QToolTip.text()
    QToolTip.hideText()


def test_a_hundred_thousand_labels_are_painted_at_once(area: PlotArea, hands: Hands) -> None:
    step = 24.0 / 100_000
    marks = (HEALTHY, CAVITATION)
    area.set_labels([LabelSpan(i * step, (i + 1) * step, marks[i % 2], 0.9) for i in range(100_000)])
    lane = _lane(area, "Model")
    assert len(list(lane.spans_in_view())) < 2000
    assert name_of(LIGHT.sunken) not in colours(lane, 100, 8, 600, 16)


def test_traces_take_the_colours_of_their_classes(area: PlotArea, hands: Hands) -> None:
    area.set_labels(MODEL)
    part = (_at(area, 2), 4, 40, 80)
    assert LIGHT.pen.lower() in colours(hands.pad, *part)
    area.set_coloured(True)
    seen = colours(hands.pad, *part)
    assert name_of(LIGHT.classes[0].line) in seen
    assert LIGHT.pen.lower() not in seen
    assert LIGHT.plot.lower() not in colours(hands.pad, *part), "a tint lies behind the trace"


def test_over_three_hundred_runs_leave_the_trace_in_its_pen(area: PlotArea, hands: Hands) -> None:
    step = 24.0 / 400
    marks = (HEALTHY, CAVITATION)
    area.set_labels([LabelSpan(i * step, (i + 1) * step, marks[i % 2], 0.9) for i in range(400)])
    area.set_coloured(True)
    assert LIGHT.pen.lower() in colours(hands.pad, 300, 4, 60, 80)
    area.show_stretch(2, 8)
    assert LIGHT.pen.lower() not in colours(hands.pad, 300, 4, 60, 80)


def test_the_overview_shows_the_classes_and_where_the_view_is(area: PlotArea, hands: Hands) -> None:
    area.set_labels(MODEL)
    area.show_stretch(2, 12)
    strip = _strip(area)
    whole = row_scale(Stretch(0, 24), area.width())
    for time, mark in ((3, HEALTHY), (11, CAVITATION)):
        assert name_of(LIGHT.classes[mark.slot].fill) in colours(strip, round(whole.x(time)), 43, 4, 2)
    for edge in (2, 12):
        assert LIGHT.accent.lower() in colours(strip, round(whole.x(edge)) - 2, 20, 4, 4)


def test_grips_of_the_overview_change_the_visible_stretch(area: PlotArea, hands: Hands) -> None:
    area.show_stretch(2, 12)
    strip, whole = _strip(area), row_scale(Stretch(0, 24), area.width())

    def drag(start: float, stop: float) -> None:
        QTest.mousePress(strip, Qt.MouseButton.LeftButton, pos=QPoint(round(whole.x(start)), 26))
        for part in (0.5, 1.0):
            QTest.mouseMove(strip, QPoint(round(whole.x(start + (stop - start) * part)), 26))
        QTest.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=QPoint(round(whole.x(stop)), 26))

    drag(2, 5)
    assert area.visible_range.start == pytest.approx(5, abs=0.05)
    assert area.visible_range.stop == pytest.approx(12)
    drag(12, 20)
    assert area.visible_range.stop == pytest.approx(20, abs=0.05)
    drag(10, 12)
    assert area.visible_range.start == pytest.approx(7, abs=0.1)
    assert area.visible_range.span == pytest.approx(15, abs=0.1)
    drag(20, 30)
    assert area.visible_range.stop == pytest.approx(24, abs=0.05)


def test_a_click_beside_the_region_centres_it(area: PlotArea, hands: Hands) -> None:
    area.show_stretch(2, 6)
    strip, whole = _strip(area), row_scale(Stretch(0, 24), area.width())
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(round(whole.x(15)), 26))
    assert area.visible_range.middle == pytest.approx(15, abs=0.05)


def test_channels_are_chosen_from_a_menu(area: PlotArea, hands: Hands, qtbot: QtBot) -> None:
    button = next(button for button in area.findChildren(ActionButton) if "4 of 4" in button.text())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    menu = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QMenu) and widget.isVisible())
    with qtbot.waitSignal(area.channels_shown_changed):
        next(action for action in menu.actions() if action.text() == "Vibration").trigger()
    menu.close()
    assert area.channels_shown == (0, 2, 3)
    assert button.text() == "3 of 4"
    assert button.accessibleName() == "Channels: 3 of 4 shown"


def test_the_last_channel_cannot_be_hidden(area: PlotArea, hands: Hands) -> None:
    area.show_channels([2])
    area.show_channels([])
    assert area.channels_shown == (2,)
    area.open_channels_menu()
    menu = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QMenu) and widget.isVisible())
    enabled = {action.text(): action.isEnabled() for action in menu.actions()}
    menu.close()
    assert not enabled["Pressure"]
    assert enabled["Current"]


def test_many_channels_scroll_and_stay_high_enough(area: PlotArea, drawn: Callable[[Recording], None]) -> None:
    drawn(make_recording(np.random.default_rng(0).normal(size=(12, 1000)).astype(np.float32)))
    hands = Hands(area)
    assert hands.stack.height() == 12 * 72
    before = hands.stack.mapTo(area, QPoint(0, 0)).y()
    name = QPoint(30, 30)
    QTest.mouseMove(hands.pad, name)
    hands.turn(name, -3)
    assert hands.stack.mapTo(area, QPoint(0, 0)).y() < before
    assert hands.stack.time_scale().x(0.1) == row_scale(area.visible_range, area.width()).x(0.1)


def test_head_says_what_is_shown(area: PlotArea, bench: Recording) -> None:
    area.show_recording(bench, StateChip("Classified", "check-circle", "ok"))
    head = area.findChild(PlotHead)
    assert head is not None
    names = {child.accessibleName() for child in head.findChildren(QWidget) if child.isVisible()}
    assert {"pump-a_0318.wav", "Classified", "10 kHz · 4 channels · 24.0 s"} <= names


def test_every_tool_has_a_name_a_tooltip_and_works_or_says_why_not(area: PlotArea, hands: Hands) -> None:
    buttons = {button.accessibleName(): button for button in area.findChildren(IconButton)}
    assert all(name and button.toolTip() for name, button in buttons.items())
    pan = next(button for name, button in buttons.items() if name.startswith("Pan"))
    QTest.mouseClick(pan, Qt.MouseButton.LeftButton)
    assert area.tool == "pan"
    QTest.mouseClick(buttons["Zoom in"], Qt.MouseButton.LeftButton)
    assert area.visible_range == Stretch(4, 20)
    QTest.mouseClick(buttons["Fit all"], Qt.MouseButton.LeftButton)
    assert area.visible_range == Stretch(0, 24)


def test_a_switch_of_the_theme_leaves_nothing_of_the_old_one(area: PlotArea, hands: Hands, look: Look) -> None:
    area.set_labels((*MODEL, LabelSpan(9.5, 14.0, CAVITATION, by_you=True)))
    area.set_selection((98_000, 124_000))
    old = {
        name_of(colour)
        for colour in (LIGHT.surface, LIGHT.sunken, LIGHT.pen, LIGHT.accent, LIGHT.grid, LIGHT.border, LIGHT.text)
    }
    rest = (0, 0, area.width(), area.height())
    assert old <= colours(area, *rest)
    look.use("dark")
    now = colours(area, *rest)
    assert not old & now
    assert {name_of(colour) for colour in (DARK.surface, DARK.plot, DARK.pen, DARK.accent, DARK.sunken)} <= now
