"""The keyboard alone: Tab goes through the window as the design says, and everything that can be pressed is reached."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from sigdesk.ui.shell.banner import BannerAction
from sigdesk.ui.start import Desk
from tests.end_to_end.conftest import MakeDesk
from tests.end_to_end.test_failures_in_window import write_model
from tests.end_to_end.test_window import button, open_samples

PLAIN = Qt.KeyboardModifier.NoModifier


def tab(desk: Desk, key: Qt.Key = Qt.Key.Key_Tab) -> QWidget:
    """Press Tab (or Backtab); the widget that has the keyboard then."""
    focused = QApplication.focusWidget() or desk.window
    QApplication.sendEvent(focused, QKeyEvent(QEvent.Type.KeyPress, key, PLAIN))
    now = QApplication.focusWidget()
    assert now is not None
    return now


def round_trip(desk: Desk, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """All that Tab stops at, once round."""
    found = [tab(desk, key)]
    while (widget := tab(desk, key)) is not found[0]:
        assert widget not in found, "Tab is caught in a part of the window"
        found.append(widget)
    return found


def panes_of(desk: Desk, widgets: list[QWidget]) -> list[str]:
    """The panes of widgets, each once as they follow each other."""
    window = desk.window
    named = {
        "header": window.header,
        "banner": window.banner,
        "Signals": window.signals,
        "plot": window.plots,
        "Inspector": window.inspector,
        "bottom": window.bottom,
        "welcome": window.welcome,
        "toast": window.toast,
    }
    found: list[str] = []
    for widget in widgets:
        name = next(name for name, pane in named.items() if pane is widget or pane.isAncestorOf(widget))
        if found[-1:] != [name]:
            found.append(name)
    return found


@pytest.fixture
def ready(make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path) -> Desk:
    write_model(tmp_path / "home" / "models", "says-error", "echo 'ERROR: the sensor is stuck'")
    desk = make_desk()
    desk.window.activateWindow()
    desk.program.classifying.choose_model("level-alarm")
    open_samples(desk, qtbot, "running.csv", "microwave.csv")
    desk.window.toast.leave()
    qtbot.waitUntil(lambda: not desk.window.toast.isVisible())
    desk.window.header.setFocus()
    return desk


def test_tab_goes_through_the_panes_in_their_order_and_back(ready: Desk) -> None:
    desk = ready
    forward = round_trip(desk)
    assert panes_of(desk, forward) == ["header", "Signals", "plot", "Inspector", "bottom"]

    backward = round_trip(desk, Qt.Key.Key_Backtab)

    start = backward.index(forward[0])
    assert [*backward[start:], *backward[:start]] == [forward[0], *reversed(forward[1:])]


def test_what_is_made_later_has_its_place_in_its_pane(ready: Desk, qtbot: QtBot) -> None:
    desk = ready
    entry = desk.program.session.entries[0]
    desk.program.classifying.choose_model("says-error")
    desk.program.classifying.classify_current()
    qtbot.waitUntil(lambda: entry.cause != "")
    desk.window.banner.show_problem("7 signals were waiting", actions=[BannerAction("resume", "Resume")])
    show = button(desk.window.inspector, "Show script output")

    stops = round_trip(desk)

    assert panes_of(desk, stops) == ["header", "banner", "Signals", "plot", "Inspector", "bottom"]
    assert show in stops


def test_all_that_can_be_pressed_is_reached(ready: Desk) -> None:
    desk = ready
    stops = set(round_trip(desk))

    missed = [
        control.accessibleName() or control.text()
        for control in desk.window.findChildren(QAbstractButton)
        if control.isVisible() and control.isEnabled() and control not in stops and not _by_arrows(control)
    ]
    assert not missed


@pytest.mark.parametrize("page", ["Workspace", "Models"])
def test_what_has_the_keyboard_shows_it(ready: Desk, page: str) -> None:
    desk = ready
    desk.window.show_page(page)
    for tab_name in ("Jobs", "Log"):
        desk.window.bottom.show_tab(tab_name)
        for widget in round_trip(desk):
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            around = widget.rect().adjusted(-3, -3, 3, 3).translated(widget.mapTo(desk.window, QPoint(0, 0)))
            focused = desk.window.grab(around).toImage()
            tab(desk)
            assert desk.window.grab(around).toImage() != focused, widget.accessibleName()


def _by_arrows(control: QAbstractButton) -> bool:
    """Of a group of which one is chosen, Tab reaches the chosen one and arrows the others."""
    group = control.group()
    return group is not None and group.exclusive()


@pytest.mark.parametrize("page", ["Workspace", "Record", "Review", "Models"])
def test_all_that_takes_the_keyboard_has_a_name(ready: Desk, page: str) -> None:
    desk = ready
    desk.window.show_page(page)

    for widget in round_trip(desk):
        spoken = QAccessible.queryAccessibleInterface(widget)
        assert spoken.text(QAccessible.Text.Name), f"a {type(widget).__name__} has no name"


def test_f6_steps_through_the_panes(ready: Desk, qtbot: QtBot) -> None:
    desk = ready
    seen = []
    for _ in range(5):
        qtbot.keyClick(desk.window, Qt.Key.Key_F6)
        focused = QApplication.focusWidget()
        assert focused is not None
        seen += panes_of(desk, [focused])

    assert seen == ["Signals", "plot", "Inspector", "bottom", "header"]
