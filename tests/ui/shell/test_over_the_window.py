"""Banner, toast, shortcut sheet and about: what stands over the pages for a while."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QAbstractAnimation, QEvent, QObject, QPropertyAnimation, Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from sigdesk.app.actions import ACTIONS
from sigdesk.ui.shell import toast as toast_module
from sigdesk.ui.shell.about import AboutDialog
from sigdesk.ui.shell.banner import Banner, BannerAction
from sigdesk.ui.shell.shortcut_sheet import ShortcutRow, ShortcutSheet
from sigdesk.ui.shell.toast import Toast, ToastAction
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.keys import KeyHint
from tests.ui.conftest import Shown

LEFT = Qt.MouseButton.LeftButton


class TestBanner:
    def make(self, look: Look, shown: Shown[QWidget]) -> Banner:
        window = QWidget()
        column = QVBoxLayout(window)
        column.setContentsMargins(0, 0, 0, 0)
        banner = Banner(look)
        column.addWidget(banner)
        column.addStretch(1)
        window.resize(900, 200)
        shown(window)
        return banner

    def test_it_is_there_only_while_something_is_wrong(self, look: Look, shown: Shown[QWidget]) -> None:
        banner = self.make(look, shown)
        assert not banner.isVisible()

        banner.show_problem("The disk is full.", "Make room, then go on.", severity="error")

        assert banner.isVisible()
        assert banner.height() == 36
        assert banner.text == "The disk is full. Make room, then go on."
        assert banner.grab().toImage().pixelColor(3, 10) == look.colour("error_tint")
        banner.clear()
        assert not banner.isVisible()

    def test_its_buttons_say_which_was_pressed(self, look: Look, shown: Shown[QWidget], qtbot: QtBot) -> None:
        banner = self.make(look, shown)
        banner.show_problem("Pump condition is paused.", actions=[BannerAction("old", "Old")])
        banner.show_problem("Pump condition is paused.", actions=[BannerAction("log", "Show log")])
        QApplication.processEvents()  # lays out what was just added
        visible = [found for found in banner.findChildren(QPushButton) if found.isVisible()]
        assert [found.text() for found in visible] == ["Show log"]

        with qtbot.waitSignal(banner.action_chosen) as chosen:
            qtbot.mouseClick(visible[0], LEFT)

        assert chosen.args == ["log"]

    def test_a_long_way_out_gives_way_to_the_buttons(self, look: Look, shown: Shown[QWidget]) -> None:
        banner = self.make(look, shown)

        banner.show_problem("Pump condition is paused.", "Look at its log. " * 30, [BannerAction("log", "Show log")])
        QApplication.processEvents()

        button = banner.findChild(QPushButton)
        assert button is not None
        assert button.geometry().right() <= banner.width() == 900
        assert button.width() == button.sizeHint().width()


class TestToast:
    def make(self, look: Look, shown: Shown[QWidget], *, reduced_motion: bool = True) -> Toast:
        window = QWidget()
        window.resize(800, 400)
        shown(window)
        return Toast(look, window, reduced_motion)

    def test_it_stands_bottom_centre_and_goes(
        self, look: Look, shown: Shown[QWidget], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(toast_module, "SHOWN_MS", 50)
        toast = self.make(look, shown)

        toast.say("3 signals removed")

        assert toast.isVisible()
        assert toast.text == "3 signals removed"
        assert abs(toast.geometry().center().x() - 400) <= 1
        assert toast.geometry().bottom() < 400
        qtbot.waitUntil(lambda: not toast.isVisible())

    def test_it_stays_in_the_middle_when_the_window_grows(
        self, look: Look, shown: Shown[QWidget], qtbot: QtBot
    ) -> None:
        toast = self.make(look, shown)
        toast.say("3 signals removed")

        toast.window().resize(1000, 500)

        qtbot.waitUntil(lambda: abs(toast.geometry().center().x() - 500) <= 1)

    def test_undo_hands_back_its_token(self, look: Look, shown: Shown[QWidget], qtbot: QtBot) -> None:
        toast = self.make(look, shown)
        token = ("removed", 3)
        toast.say("3 signals removed", token)
        undo = toast.findChild(QPushButton)

        with qtbot.waitSignal(toast.undo_requested) as wanted:
            qtbot.mouseClick(undo, LEFT)

        assert wanted.args == [token]
        assert not toast.isVisible()

    def test_without_a_token_there_is_no_undo(self, look: Look, shown: Shown[QWidget]) -> None:
        toast = self.make(look, shown)
        toast.say("Copied")
        undo = toast.findChild(QPushButton)

        assert undo is not None
        assert not undo.isVisible()

    def test_an_action_has_its_own_button_and_text(self, look: Look, shown: Shown[QWidget], qtbot: QtBot) -> None:
        toast = self.make(look, shown)
        toast.say("11 added, 1 not readable", action=ToastAction("show", "Show"))
        button = toast.findChild(QPushButton)
        assert button is not None
        assert button.text() == "Show"

        with qtbot.waitSignal(toast.action_chosen) as chosen:
            qtbot.mouseClick(button, LEFT)

        assert chosen.args == ["show"]
        assert not toast.isVisible()

    def test_what_stays_goes_only_for_the_next_text(
        self, look: Look, shown: Shown[QWidget], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(toast_module, "SHOWN_MS", 50)
        toast = self.make(look, shown)
        toast.say("Opening 3 of 400 files…", stays=True)
        qtbot.wait(150)  # three times as long as a toast lives here
        assert toast.isVisible()

        toast.say("400 added")

        qtbot.waitUntil(lambda: not toast.isVisible())

    def test_it_fades_where_motion_is_welcome(self, look: Look, shown: Shown[QWidget], qtbot: QtBot) -> None:
        toast = self.make(look, shown, reduced_motion=False)
        toast.say("Copied")
        assert toast.isVisible()

        toast.leave()

        assert toast.isVisible()
        qtbot.waitUntil(lambda: not toast.isVisible())

    def test_what_lies_beside_it_is_not_painted_anew_while_it_fades(
        self, look: Look, shown: Shown[QWidget], qtbot: QtBot
    ) -> None:
        toast = self.make(look, shown, reduced_motion=False)
        beside = QWidget(toast.window())
        beside.setGeometry(0, 0, 100, 100)
        beside.show()
        painted = Painted(beside)
        qtbot.waitUntil(lambda: painted.times > 0)
        before = painted.times

        toast.say("Copied")
        fade = toast.findChild(QPropertyAnimation)
        assert fade is not None
        qtbot.waitUntil(lambda: fade.state() is QAbstractAnimation.State.Stopped)
        toast.leave()
        qtbot.waitUntil(lambda: not toast.isVisible())
        QApplication.processEvents()

        assert painted.times == before


class Painted(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.times = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.times += event.type() == QEvent.Type.Paint
        return super().eventFilter(watched, event)


class TestShortcutSheet:
    def test_it_lists_every_shortcut_under_its_group(self, look: Look, shown: Shown[ShortcutSheet]) -> None:
        rows = [ShortcutRow(row.keys, row.text, row.group) for row in ACTIONS if row.keys]

        sheet = shown(ShortcutSheet(look, rows))

        texts = {found.text() for found in sheet.findChildren(QLabel)}
        assert {row.text for row in rows} | {row.group for row in rows} <= texts
        assert len(sheet.findChildren(KeyHint)) == sum(len(row.keys) for row in rows)

    def test_escape_closes_it(self, look: Look, shown: Shown[ShortcutSheet], qtbot: QtBot) -> None:
        sheet = shown(ShortcutSheet(look, [ShortcutRow(("Ctrl+O",), "Open files", "Files")]))

        qtbot.keyClick(sheet, Qt.Key.Key_Escape)

        assert not sheet.isVisible()


def test_about_names_the_version_and_the_licences(look: Look, shown: Shown[AboutDialog], qtbot: QtBot) -> None:
    about = shown(AboutDialog(look, "1.2.3", [("Inter", "OFL-1.1")]))
    assert {"Version 1.2.3", "Inter", "OFL-1.1"} <= {found.text() for found in about.findChildren(QLabel)}

    qtbot.mouseClick(about.findChild(QPushButton), LEFT)

    assert not about.isVisible()
