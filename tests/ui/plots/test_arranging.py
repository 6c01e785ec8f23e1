"""Rows dragged by their gutters, channels laid over each other, fixed scales: by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from sigdesk.signals.recording import Channel, Recording
from sigdesk.ui.plots.area import PlotArea
from sigdesk.ui.plots.guest_scale import GuestScale
from sigdesk.ui.plots.gutter import ChannelAxis
from sigdesk.ui.plots.recipe_dialog import RecipeDialog
from sigdesk.ui.plots.scale_dialog import ScaleDialog
from tests.ui.plots.conftest import Hands, bench_samples, colours, make_recording

GUTTER_X = 40


def axes(hands: Hands) -> list[ChannelAxis]:
    """The gutters that are shown, from top to bottom."""
    found = [item for item in hands.stack.scene().items() if isinstance(item, ChannelAxis) and item.isVisible()]
    return sorted(found, key=lambda axis: axis.scenePos().y())


def names(hands: Hands) -> list[str]:
    return [axis.toolTip().split("(")[0].removeprefix("<p>").strip() for axis in axes(hands)]


def middle(hands: Hands, row: int) -> QPoint:
    axis = axes(hands)[row]
    return QPoint(GUTTER_X, round(axis.scenePos().y() + axis.size().height() / 2))


def drag_row(hands: Hands, row: int, to: int) -> None:
    begin, end = middle(hands, row), middle(hands, to)
    QTest.mousePress(hands.pad, Qt.MouseButton.LeftButton, pos=begin)
    for step in (0.25, 0.5, 0.75, 1.0):
        QTest.mouseMove(hands.pad, begin + (end - begin) * step)
    QTest.mouseRelease(hands.pad, Qt.MouseButton.LeftButton, pos=end)


def menu_of(hands: Hands, row: int) -> QMenu:
    """The menu that a right click on a gutter opens."""
    place = middle(hands, row)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, hands.pad.mapToGlobal(place))
    QApplication.sendEvent(hands.pad, event)
    return popup()


def popup() -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(menu: QMenu, *texts: str) -> None:
    """Choose in a menu and its submenus by the keyboard."""
    for text in texts:
        while menu.activeAction() is None or menu.activeAction().text() != text:
            QTest.keyClick(menu, Qt.Key.Key_Down)
        if text == texts[-1]:
            QTest.keyClick(menu, Qt.Key.Key_Return)
        else:
            QTest.keyClick(menu, Qt.Key.Key_Right)
            menu = popup()


def test_a_row_is_dragged_by_its_gutter(area: PlotArea, hands: Hands) -> None:
    assert names(hands) == ["Current", "Vibration", "Pressure", "Speed"]
    drag_row(hands, 0, 2)
    assert names(hands) == ["Vibration", "Pressure", "Current", "Speed"]
    assert area.channels_shown == (1, 2, 0, 3)
    assert area.selection is None
    drag_row(hands, 3, 0)
    assert names(hands) == ["Speed", "Vibration", "Pressure", "Current"]
    hands.point(4.0)
    assert [word.split()[0] for word in area.readout_text.split("  ")[1:]] in ([], names(hands))


def test_the_trace_moves_with_its_name(area: PlotArea, hands: Hands, qtbot: QtBot) -> None:
    area.show_channels((1, 2))
    drag_row(hands, 1, 0)
    assert names(hands) == ["Pressure", "Vibration"]
    qtbot.waitUntil(lambda: area.is_settled)
    low, high = hands.stack.range_of(2)
    assert 1.5 < low < 2 < 3 < high < 3.5


def test_hidden_channels_come_back_in_their_place(area: PlotArea, hands: Hands) -> None:
    drag_row(hands, 3, 0)
    area.show_channels((0, 1, 2))
    assert names(hands) == ["Current", "Vibration", "Pressure"]
    area.show_channels((0, 1, 2, 3))
    assert names(hands) == ["Speed", "Current", "Vibration", "Pressure"]


def test_the_keyboard_moves_a_row(area: PlotArea, hands: Hands) -> None:
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Keyboard, QPoint(200, 50), hands.stack.mapToGlobal(QPoint(200, 50))
    )
    QApplication.sendEvent(hands.stack, event)
    choose(popup(), "Speed", "Move up")
    assert names(hands) == ["Current", "Vibration", "Speed", "Pressure"]


def test_a_channel_is_laid_over_another_and_goes_back(area: PlotArea, hands: Hands) -> None:
    choose(menu_of(hands, 1), "Lay over", "Current")
    assert names(hands) == ["Current", "Pressure", "Speed"]
    assert axes(hands)[0].guests == "+ Vibration"
    assert "#8a97a8" in colours(hands.pad, 100, 10, 300, 60), "the second one is drawn quietly"
    hands.point(4.0)
    area.presenting.open_menu()
    choose(popup(), "Vibration", "Row of its own")
    assert names(hands) == ["Current", "Vibration", "Pressure", "Speed"]
    assert axes(hands)[0].guests == ""


def scales(hands: Hands) -> list[str]:
    items = hands.stack.scene().items()
    return [caption for item in items if isinstance(item, GuestScale) and item.isVisible() for caption in item.captions]


def test_a_channel_of_another_unit_keeps_its_own_scale(area: PlotArea, hands: Hands, qtbot: QtBot) -> None:
    alone = hands.stack.range_of(0), hands.stack.range_of(3)
    choose(menu_of(hands, 3), "Lay over", "Current")
    assert hands.stack.range_of(0) == pytest.approx(alone[0])
    assert hands.stack.range_of(3) == pytest.approx(alone[1])
    assert scales(hands) == ["Speed (rpm)"]
    height = round(axes(hands)[0].size().height())
    assert "#8a97a8" in colours(hands.pad, 110, height * 3 // 4, 60, height // 4), "the speed rises from the bottom"
    assert "#8a97a8" in colours(hands.pad, 700, 4, 80, height // 3), "to the top"
    hands.point(12.0)
    qtbot.waitUntil(lambda: hands.stack.values is not None)
    current, speed = hands.stack.heights_of([0.0, 0.0, 0.0, 1412.0])[:2]
    assert speed == pytest.approx(current, abs=3), "both middles lie in the middle"
    area.presenting.arranging.put(area.presenting.arranging.arrangement.scaled(3, (0.0, 2000.0)))
    assert hands.stack.range_of(3) == (0.0, 2000.0)
    area.presenting.open_menu()
    choose(popup(), "Speed", "Row of its own")
    assert scales(hands) == []


def test_channels_of_one_unit_share_their_scale(
    area: PlotArea, hands: Hands, drawn: Callable[[Recording], None], qtbot: QtBot
) -> None:
    drawn(replace(make_recording(bench_samples()[[0, 3]], "two.wav"), channels=(Channel("a", "A"), Channel("b", "A"))))
    choose(menu_of(hands, 1), "Lay over", "a")
    low, high = hands.stack.range_of(0)
    assert low < -8
    assert high > 1424
    assert scales(hands) == []


def test_without_units_a_channel_that_would_be_flat_keeps_its_own_scale(
    area: PlotArea, hands: Hands, drawn: Callable[[Recording], None]
) -> None:
    drawn(replace(make_recording(bench_samples()[[0, 3, 1]], "no.csv"), channels=tuple(map(Channel, "abc"))))
    choose(menu_of(hands, 2), "Lay over", "a")
    choose(menu_of(hands, 1), "Lay over", "a")
    assert scales(hands) == ["b"], "c is of the size of a"


def test_a_scale_is_fixed_by_its_dialog_and_fits_again(area: PlotArea, hands: Hands, qtbot: QtBot) -> None:
    fitted = hands.stack.range_of(0)
    choose(menu_of(hands, 0), "Scale…")
    dialog = area.window().findChild(ScaleDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    low, high = dialog.findChildren(QLineEdit)
    low.selectAll()
    low.insert("\u221220,5")  # as it is pasted from the axis
    high.selectAll()
    QTest.keyClicks(high, "-30")
    box = dialog.findChild(QDialogButtonBox)
    assert box is not None
    ok = box.button(QDialogButtonBox.StandardButton.Ok)
    assert not ok.isEnabled(), "the lower value comes first"
    high.selectAll()
    QTest.keyClicks(high, "30")
    QTest.mouseClick(ok, Qt.MouseButton.LeftButton)
    assert hands.stack.range_of(0) == (-20.5, 30.0)
    hands.key(Qt.Key.Key_Y)
    assert hands.stack.range_of(0) == (-20.5, 30.0)
    choose(menu_of(hands, 0), "Fit scale")
    assert hands.stack.range_of(0) == pytest.approx(fitted)


def test_a_channel_is_hidden_and_processed_from_its_menu(area: PlotArea, hands: Hands, qtbot: QtBot) -> None:
    choose(menu_of(hands, 2), "Hide")
    assert names(hands) == ["Current", "Vibration", "Speed"]
    choose(menu_of(hands, 2), "Process…")
    dialog = area.findChild(RecipeDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    dialog.reject()


def test_signals_with_the_same_channels_share_their_arrangement(
    area: PlotArea, hands: Hands, drawn: Callable[[Recording], None]
) -> None:
    drag_row(hands, 3, 0)
    drawn(make_recording(bench_samples(), "next.wav"))
    assert names(hands) == ["Speed", "Current", "Vibration", "Pressure"]
    drawn(make_recording(bench_samples()[:2], "other.wav"))
    assert names(hands) == ["Current", "Vibration"]


def test_a_click_on_a_gutter_moves_nothing(area: PlotArea, hands: Hands) -> None:
    QTest.mouseClick(hands.pad, Qt.MouseButton.LeftButton, pos=middle(hands, 1))
    assert names(hands) == ["Current", "Vibration", "Pressure", "Speed"]
    assert Path(area.recording.name if area.recording else "").suffix == ".wav"
