"""The header: pages, the way to everything, and the session."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from sigdesk.ui.shell.header import PAGES, Header
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.tab_strip import TabStrip
from tests.ui.conftest import Shown

LEFT = Qt.MouseButton.LeftButton


def make(look: Look, shown: Shown[QMainWindow], width: int = 1440) -> Header:
    window = QMainWindow()
    header = Header(look)
    window.setMenuWidget(header)
    window.resize(width, 300)
    for title in ("File", "Edit", "View", "Jobs", "Help"):
        header.menu_bar.addMenu(title).addAction("Something")
    shown(window)
    return header


def button(header: Header, name: str) -> QAbstractButton:
    return next(found for found in header.findChildren(QAbstractButton) if found.accessibleName() == name)


def test_it_is_44_high(look: Look, shown: Shown[QMainWindow]) -> None:
    assert make(look, shown).height() == 44


def test_a_click_on_a_page_asks_for_it(look: Look, shown: Shown[QMainWindow], qtbot: QtBot) -> None:
    header = make(look, shown)
    pages = header.findChild(TabStrip)
    assert pages is not None

    for number, (name, _, _) in list(enumerate(PAGES))[1:]:
        with qtbot.waitSignal(header.page_chosen) as asked:
            qtbot.mouseClick(pages, LEFT, pos=pages.tabRect(number).center())
        assert asked.args == [name] == [header.page]


def test_showing_a_page_asks_for_nothing(look: Look, shown: Shown[QMainWindow], qtbot: QtBot) -> None:
    header = make(look, shown)

    with qtbot.assertNotEmitted(header.page_chosen):
        header.show_page("Models")

    assert header.page == "Models"


def test_each_button_says_what_is_wanted(look: Look, shown: Shown[QMainWindow], qtbot: QtBot) -> None:
    header = make(look, shown)
    header.show_session("Pump bench A")

    for name, signal in (
        ("Go to or run", header.go_to_requested),
        ("Dark theme", header.theme_toggle_requested),
        ("Shortcuts of this page", header.shortcuts_requested),
        ("Settings", header.settings_requested),
        ("Session Pump bench A", header.session_requested),
    ):
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(button(header, name), LEFT)


def test_the_theme_button_names_the_other_theme(look: Look, shown: Shown[QMainWindow]) -> None:
    header = make(look, shown)

    look.use("dark")

    assert button(header, "Light theme").toolTip() == "Light theme (Ctrl Shift D)"


def test_no_session_shows_no_button(look: Look, shown: Shown[QMainWindow]) -> None:
    header = make(look, shown)
    header.show_session("Pump bench A")
    session = button(header, "Session Pump bench A")
    assert session.isVisible()

    header.show_session("")

    assert not session.isVisible()


@pytest.mark.parametrize("width", [900, 1000, 1100, 1440])
def test_nothing_overlaps_however_narrow(look: Look, shown: Shown[QMainWindow], width: int) -> None:
    header = make(look, shown)
    header.show_session("A session with quite a long name indeed")
    header.window().resize(1000, 300)
    header.window().resize(width, 300)
    QApplication.processEvents()

    right = 0
    children = header.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    for child in sorted((child for child in children if child.isVisible()), key=lambda child: child.x()):
        assert child.x() >= right
        right = child.x() + child.width()
    assert right <= header.width() == width


def test_a_small_window_names_session_and_field(look: Look, shown: Shown[QMainWindow]) -> None:
    header = make(look, shown)
    header.show_session("Unnamed session")
    header.window().resize(1100, 300)
    QApplication.processEvents()

    session, field = button(header, "Session Unnamed session"), button(header, "Go to or run")
    assert session.width() >= session.sizeHint().width(), "all of the name"
    words = field.grab().toImage()
    ink = {words.pixelColor(x, 14).name() for x in range(32, field.width() - 12)}
    assert len(ink) > 3, "its words are painted, not its ground alone"
