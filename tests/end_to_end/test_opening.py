"""Opening files as an operator sees it: what could not be read says so, what takes long shows it and can be stopped;
panels that are asked for come, wherever they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from sigdesk.app.actions import find_action
from sigdesk.app.program import OpeningSummary
from sigdesk.app.rows import ProblemRow
from sigdesk.ui.start import Desk
from tests.end_to_end.command_line import SAMPLES
from tests.end_to_end.conftest import MakeDesk, drop
from tests.end_to_end.test_window import button, open_samples, rows

ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


def is_seen(widget: QWidget) -> bool:
    return not widget.visibleRegion().isEmpty()


def test_a_drop_of_which_nothing_is_readable_says_why_at_once(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    junk = tmp_path / "junk.csv"
    junk.write_bytes(b"\x00\x01")
    with qtbot.waitSignal(desk.program.opened):
        drop(desk.window.welcome, junk)

    assert desk.window.welcome.isVisible()
    qtbot.waitUntil(lambda: is_seen(desk.window.bottom.problems))
    assert desk.window.bottom.tab == "Problems"

    open_samples(desk, qtbot, "microwave.csv")
    desk.window.signals.remove_requested.emit([desk.program.session.entries[0].id])
    qtbot.waitUntil(lambda: is_seen(desk.window.welcome.drop_zone))
    assert not desk.window.bottom.isVisible(), "the welcome page is as it was"


def test_show_beside_what_was_not_readable_leads_to_the_problems(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "junk.csv").write_bytes(b"\x00\x01")
    with qtbot.waitSignal(desk.program.opened):
        drop(desk.window.welcome, tmp_path / "junk.csv", SAMPLES / "microwave.csv")
    assert desk.window.bottom.tab == "Jobs"

    qtbot.mouseClick(button(desk.window.toast, "Show"), Qt.MouseButton.LeftButton)

    assert desk.window.bottom.tab == "Problems"
    assert is_seen(desk.window.bottom.problems)


def test_opening_that_takes_long_says_how_far_it_is_and_can_be_cancelled(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    values = "\n".join(map(str, np.arange(20_000)))
    for number in range(400):
        (tmp_path / f"{number}.csv").write_text("v\n" + values, encoding="utf-8")
    desk.program.open([tmp_path])
    qtbot.waitUntil(lambda: "of 400 files" in desk.window.toast.text, timeout=20_000)

    with qtbot.waitSignal(desk.program.opened, timeout=20_000) as opened:
        qtbot.mouseClick(button(desk.window.toast, "Cancel"), Qt.MouseButton.LeftButton)

    assert opened.args is not None
    summary = opened.args[0]
    assert isinstance(summary, OpeningSummary)
    assert 0 < summary.added < 400
    assert desk.window.toast.text == summary.text


@pytest.mark.parametrize("panel", ["Signals", "Inspector", "Bottom tabs"])
def test_hidden_panels_stay_hidden_over_a_restart(make_desk: MakeDesk, qtbot: QtBot, panel: str) -> None:
    first = make_desk()
    open_samples(first, qtbot, "microwave.csv")
    first.window.toggle_panel(panel)
    first.window.close()

    again = make_desk()
    open_samples(again, qtbot, "microwave.csv")

    panels = {
        "Signals": again.window.signals,
        "Inspector": again.window.inspector,
        "Bottom tabs": again.window.bottom,
    }
    assert {name: widget.isVisible() for name, widget in panels.items()} == {name: name != panel for name in panels}


def test_a_hidden_panel_comes_when_it_is_asked_for(desk: Desk, qtbot: QtBot) -> None:
    open_samples(desk, qtbot, "microwave.csv")
    qtbot.keyClick(desk.window, Qt.Key.Key_J, CONTROL)
    qtbot.keyClick(desk.window, Qt.Key.Key_B, CONTROL)
    assert not desk.window.bottom.isVisible()

    qtbot.keyClick(desk.window, Qt.Key.Key_3, ALT)
    qtbot.keyClick(desk.window, Qt.Key.Key_F, CONTROL)

    qtbot.waitUntil(lambda: is_seen(desk.window.bottom))
    qtbot.waitUntil(lambda: is_seen(desk.window.signals))
    focused = desk.window.focusWidget()
    assert focused is not None
    assert desk.window.signals.isAncestorOf(focused)


def test_the_filter_comes_from_behind_the_inspector_in_a_narrow_window(desk: Desk, qtbot: QtBot) -> None:
    open_samples(desk, qtbot, "microwave.csv")
    desk.window.resize(1100, 700)
    desk.window.show_panel("Inspector")
    qtbot.waitUntil(lambda: is_seen(desk.window.inspector) and not is_seen(desk.window.signals))

    find_action("filter").handler(desk.wiring.desk)
    qtbot.waitUntil(lambda: is_seen(desk.window.signals))

    qtbot.keyClick(desk.window, Qt.Key.Key_I, CONTROL)
    qtbot.waitUntil(lambda: is_seen(desk.window.inspector))
    qtbot.keyClick(desk.window, Qt.Key.Key_I, CONTROL)
    qtbot.waitUntil(lambda: not desk.window.inspector.isVisible())


def test_from_another_page_a_panel_leads_back_to_the_workspace(desk: Desk, qtbot: QtBot) -> None:
    open_samples(desk, qtbot, "microwave.csv")
    desk.window.show_page("Models")

    qtbot.keyClick(desk.window, Qt.Key.Key_I, CONTROL)

    assert desk.window.page == "Workspace"
    assert desk.window.inspector.mapTo(desk.window, QPoint(0, 0)).x() > 1000


def test_a_layout_of_a_narrow_window_is_put_right_in_a_wide_one(make_desk: MakeDesk, qtbot: QtBot) -> None:
    first = make_desk()
    open_samples(first, qtbot, "microwave.csv")
    first.window.resize(1100, 700)
    qtbot.waitUntil(lambda: not is_seen(first.window.inspector))
    first.window.close()
    first.program.settings.put("geometry", "")  # as on another screen

    again = make_desk()
    open_samples(again, qtbot, "microwave.csv")

    assert again.window.width() == 1440
    qtbot.waitUntil(lambda: is_seen(again.window.inspector) and is_seen(again.window.signals))


def test_broken_settings_are_told_of_at_the_start(make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "settings.json").write_text("{ half", encoding="utf-8")

    desk = make_desk()

    qtbot.waitUntil(lambda: is_seen(desk.window.bottom.problems))
    (problem,) = rows(desk.program.feed.problems)
    assert isinstance(problem, ProblemRow)
    assert "settings.json" in problem.what
    assert "settings.broken.json" in problem.way_out


def test_a_disk_that_takes_no_settings_is_a_problem_until_it_does(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    open_samples(desk, qtbot, "microwave.csv")
    file = tmp_path / "home" / "settings.json"
    file.unlink(missing_ok=True)
    file.mkdir()

    qtbot.keyClick(desk.window, Qt.Key.Key_D, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    (problem,) = rows(desk.program.feed.problems)
    assert isinstance(problem, ProblemRow)
    assert "could not be stored" in problem.what
    assert desk.look.theme.name == "dark", "it holds all the same"

    file.rmdir()
    qtbot.keyClick(desk.window, Qt.Key.Key_D, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert desk.program.feed.problems.rowCount() == 0


def test_files_that_are_dropped_while_others_are_opened_come_too(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    values = "\n".join(map(str, np.arange(5_000)))
    for number in range(60):
        (tmp_path / f"{number}.csv").write_text("v\n" + values, encoding="utf-8")
    drop(desk.window.welcome, tmp_path)
    drop(desk.window, SAMPLES / "microwave.csv", tmp_path / "3.csv")
    drop(desk.window, SAMPLES / "hairdryer.csv")

    qtbot.waitUntil(lambda: len(desk.program.session.entries) == 62, timeout=20_000)
