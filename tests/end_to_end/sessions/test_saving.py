"""Sessions in the real window: named, saved, opened, their notes, a full disk; and what is said of it."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QMenu
from pytestqt.qtbot import QtBot

from sigdesk.app.event_log import EventLog
from sigdesk.ui.start import Desk
from sigdesk.ui.window.notes_dialog import NotesDialog
from sigdesk.ui.window.question_dialog import QuestionDialog
from tests.end_to_end.conftest import screenshot
from tests.end_to_end.sessions.conftest import (
    CTRL,
    LEFT,
    PATIENCE,
    SHIFT,
    choose_file,
    dialog_of,
    open_lab,
    press,
    press_keys,
    problem_keys,
    save_as,
    saved_words,
    screenshot_of,
    session_button,
    toast_words,
)


def test_a_session_gets_a_name_and_is_saved(
    desk: Desk, lab: Path, tmp_path: Path, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    assert saved_words(desk) == "No session open"
    assert not session_button(desk).isVisible()
    pump, _ = open_lab(desk, qtbot, lab)
    qtbot.waitUntil(lambda: saved_words(desk).startswith("Autosaved "), timeout=PATIENCE)
    assert session_button(desk).accessibleName() == "Session Unnamed session"

    press_keys(desk, qtbot, CTRL)  # it has no file yet: asks for one
    with qtbot.waitSignal(desk.program.keeping.session_file.saved, timeout=PATIENCE):
        choose_file(desk, qtbot, tmp_path / "Pump bench A")

    assert (tmp_path / "Pump bench A.sigdesk").exists(), "the ending need not be typed"
    assert session_button(desk).accessibleName() == "Session Pump bench A"
    assert desk.window.windowTitle() == "Pump bench A[*] – SigDesk"
    assert saved_words(desk).startswith("Saved ")
    screenshot(desk, request, "named")

    desk.program.labelling.create_label(pump, 0, 1, "idle")
    assert desk.window.isWindowModified()
    qtbot.waitUntil(lambda: saved_words(desk).startswith("Autosaved "), timeout=PATIENCE)
    assert "lacks" in session_button(desk).accessibleName()
    with qtbot.waitSignal(desk.program.keeping.session_file.saved, timeout=PATIENCE):
        press_keys(desk, qtbot, CTRL)
    assert not desk.window.isWindowModified()


def test_overwriting_another_session_is_asked(desk: Desk, lab: Path, tmp_path: Path, qtbot: QtBot) -> None:
    open_lab(desk, qtbot, lab / "pump.csv")
    other = tmp_path / "other.sigdesk"
    other.write_text("theirs", encoding="utf-8")
    press_keys(desk, qtbot, CTRL | SHIFT)
    choose_file(desk, qtbot, tmp_path / "other")
    question = dialog_of(desk, qtbot, QuestionDialog)
    qtbot.keyClick(question, Qt.Key.Key_Return)  # the default is Cancel
    assert other.read_text(encoding="utf-8") == "theirs"

    press_keys(desk, qtbot, CTRL | SHIFT)
    choose_file(desk, qtbot, other)
    with qtbot.waitSignal(desk.program.keeping.session_file.saved, timeout=PATIENCE):
        press(qtbot, dialog_of(desk, qtbot, QuestionDialog), "Replace")
    assert other.read_text(encoding="utf-8").startswith("{")

    other.write_text("changed by somebody else", encoding="utf-8")
    press_keys(desk, qtbot, CTRL)
    question = dialog_of(desk, qtbot, QuestionDialog)
    assert other.read_text(encoding="utf-8") == "changed by somebody else"
    with qtbot.waitSignal(desk.program.keeping.session_file.saved, timeout=PATIENCE):
        press(qtbot, question, "Replace theirs")
    assert problem_keys(desk) == set()


def test_opening_another_session_loses_nothing_and_says_so(desk: Desk, lab: Path, tmp_path: Path, qtbot: QtBot) -> None:
    (pump,) = open_lab(desk, qtbot, lab / "pump.csv")
    save_as(desk, qtbot, tmp_path / "bench A.sigdesk")
    desk.program.labelling.create_label(pump, 0, 1, "idle")
    desk.wiring.actions["new-session"].trigger()
    assert desk.window.toast.isVisible()
    assert "Changes of bench A are kept in Recent sessions" in toast_words(desk)
    assert desk.window.windowTitle() == "SigDesk"

    def offered() -> list[tuple[str, str]]:
        buttons = [b for b in desk.window.welcome.findChildren(QAbstractButton) if b.isVisible()]
        return [(b.accessibleName(), b.accessibleDescription()) for b in buttons if "bench" in b.accessibleName()]

    about = "1 signal · 0 classified"
    rows = [("Open bench A, not saved", about), ("Open bench A", about)]
    qtbot.waitUntil(lambda: offered() == rows)  # on the welcome page

    (fan,) = open_lab(desk, qtbot, lab / "fan.csv")
    assert fan != pump
    save_as(desk, qtbot, tmp_path / "bench B.sigdesk")
    with qtbot.waitSignal(desk.program.opened, timeout=PATIENCE):
        choose_recent(desk, qtbot, "bench A, not saved")
    assert toast_words(desk) == "bench A opened, 1 signal."
    (entry,) = desk.program.session.entries
    assert [span.mark.name for span in desk.program.labelling.spans(entry.id)] == ["idle"]
    with qtbot.waitSignal(desk.program.keeping.session_file.saved, timeout=PATIENCE):
        qtbot.mouseClick(session_button(desk), LEFT)
        (menu,) = (menu for menu in desk.window.findChildren(QMenu) if menu.isVisible())
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [a.text() for a in recent_menu(desk).actions()] == ["bench A", "bench B"])


def recent_menu(desk: Desk) -> QMenu:
    (menu,) = (menu for menu in desk.window.findChildren(QMenu) if menu.title() == "Recent sessions")
    return menu


def choose_recent(desk: Desk, qtbot: QtBot, text: str) -> None:
    """Press the header's button, walk to Recent sessions with the keys, and press Enter on one."""
    qtbot.mouseClick(session_button(desk), LEFT)
    menus = [menu for menu in desk.window.findChildren(QMenu) if menu.isVisible()]
    assert len(menus) == 1
    qtbot.keyClick(menus[0], Qt.Key.Key_Up)
    qtbot.keyClick(menus[0], Qt.Key.Key_Right)
    recent = recent_menu(desk)
    qtbot.waitUntil(recent.isVisible)
    texts = [action.text() for action in recent.actions()]
    for _ in range(texts.index(text)):
        qtbot.keyClick(recent, Qt.Key.Key_Down)
    qtbot.keyClick(recent, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not menus[0].isVisible() and not recent.isVisible())


def test_notes_are_written_and_undone(desk: Desk, lab: Path, qtbot: QtBot, request: pytest.FixtureRequest) -> None:
    (pump,) = open_lab(desk, qtbot, lab / "pump.csv")
    desk.wiring.actions["notes"].trigger()
    dialog = dialog_of(desk, qtbot, NotesDialog)
    assert isinstance(dialog, NotesDialog)
    qtbot.keyClicks(dialog.signal, "loose sensor")
    qtbot.keyClicks(dialog.session, "bench A, second run")
    screenshot_of(dialog, request, "notes")
    qtbot.keyClick(dialog.session, Qt.Key.Key_Return, CTRL)
    labelling = desk.program.labelling
    assert (labelling.session_note, labelling.note_of(pump)) == ("bench A, second run", "loose sensor")
    labelling.undo()
    labelling.undo()
    assert (labelling.session_note, labelling.note_of(pump)) == ("", "")


def test_a_disk_that_is_full_is_said_with_a_way_out(
    desk: Desk, lab: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pump,) = open_lab(desk, qtbot, lab / "pump.csv")
    qtbot.waitUntil(lambda: saved_words(desk).startswith("Autosaved"), timeout=PATIENCE)

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(EventLog, "_write_events", refuse)
        desk.program.labelling.create_label(pump, 0, 1, "idle")
        qtbot.waitUntil(lambda: saved_words(desk) == "Not saved: disk is full", timeout=PATIENCE)
        assert "cannot be kept: disk is full" in desk.window.banner.text
        assert "session" in problem_keys(desk)
        press(qtbot, desk.window.banner, "Save session as…")
        with qtbot.waitSignal(desk.program.keeping.session_file.saved, timeout=PATIENCE):
            choose_file(desk, qtbot, tmp_path / "on another disk")
    qtbot.waitUntil(lambda: saved_words(desk).startswith("Saved"), timeout=PATIENCE)
    assert not desk.window.banner.isVisible()
    assert problem_keys(desk) == set()
