"""A file that changes on the disk while it is shown: told in words, read again, followed, and never a crash."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from sigdesk.labels.label import Label
from sigdesk.ui.start import Desk
from tests.end_to_end.conftest import drop, screenshot
from tests.end_to_end.test_window import button

LEFT = Qt.MouseButton.LeftButton


def write(path: Path, rows: int) -> None:
    lines = (f"{number / 100:.2f};{np.sin(number / 10):.4f}" for number in range(rows))
    path.write_text("t [s];v\n" + "\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def shown(desk: Desk, qtbot: QtBot, tmp_path: Path) -> Path:
    """A signal of 1000 samples at 100 Hz that is shown."""
    path = tmp_path / "bench" / "run.csv"
    path.parent.mkdir()
    write(path, 1000)
    with qtbot.waitSignal(desk.program.opened):
        drop(desk.window, path)
    qtbot.waitUntil(lambda: desk.window.plots.is_settled)
    return path


def test_a_file_that_has_grown_is_read_again_from_the_banner(
    desk: Desk, qtbot: QtBot, shown: Path, request: pytest.FixtureRequest
) -> None:
    (entry,) = desk.program.session.entries
    desk.program.labelling.add_labels(entry.id, [Label(1.0, 2.0, "odd")])
    desk.window.plots.show_stretch(2.0, 4.0)
    write(shown, 1500)
    qtbot.waitUntil(lambda: "run.csv has grown on the disk" in desk.window.banner.text)
    screenshot(desk, request, "grown")
    assert desk.program.feed.problems.rowCount() == 1

    qtbot.mouseClick(button(desk.window.banner, "Read again"), LEFT)

    qtbot.waitUntil(lambda: desk.program.session.entries[0].recording.length == 1500)
    visible = desk.window.plots.visible_range
    assert (visible.start, visible.stop) == (2.0, 4.0), "the operator looks where they looked"
    assert not desk.window.banner.isVisible()
    assert desk.program.feed.problems.rowCount() == 0
    assert [label.class_name for label in desk.program.labelling.labels(entry.id)] == ["odd"]


def test_a_growing_file_is_followed_with_its_end_in_view(desk: Desk, qtbot: QtBot, shown: Path) -> None:
    desk.window.plots.show_stretch(8.0, 9.99)
    write(shown, 1200)
    qtbot.waitUntil(lambda: desk.window.banner.isVisible())
    qtbot.mouseClick(button(desk.window.banner, "Follow"), LEFT)
    qtbot.waitUntil(lambda: desk.program.session.entries[0].recording.length == 1200)
    assert "Following run.csv" in desk.window.banner.text
    write(shown, 1400)
    qtbot.waitUntil(lambda: desk.program.session.entries[0].recording.length == 1400, timeout=10_000)
    qtbot.waitUntil(lambda: desk.window.plots.visible_range.stop > 13.9)
    assert desk.window.plots.visible_range.start == pytest.approx(12.0, abs=0.05)
    qtbot.mouseClick(button(desk.window.banner, "Stop following"), LEFT)
    assert not desk.program.watch.is_followed(shown)


def test_a_shorter_file_and_one_that_is_gone_are_told_and_the_plot_stays_alive(
    desk: Desk, qtbot: QtBot, shown: Path
) -> None:
    write(shown, 10)
    desk.window.plots.zoom_in()  # reads what is no longer there
    qtbot.waitUntil(lambda: "run.csv has changed on the disk" in desk.window.banner.text)
    qtbot.keyClick(desk.window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: desk.program.session.entries[0].recording.length == 10)
    qtbot.waitUntil(lambda: desk.window.plots.is_settled and not desk.window.plots.notice_text)

    shown.unlink()
    qtbot.waitUntil(lambda: "no longer where it was opened" in desk.window.banner.text)
    qtbot.keyClick(desk.window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: "1 file not readable" in desk.window.toast.text)
    assert len(desk.program.session.entries) == 1
    desk.window.plots.fit_all()

    shown.write_bytes(b"\x00\x01\x02")
    qtbot.keyClick(desk.window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: desk.program.feed.problems.rowCount() >= 1)
    write(shown, 50)
    qtbot.keyClick(desk.window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: desk.program.session.entries[0].recording.length == 50)
    qtbot.waitUntil(lambda: desk.program.feed.problems.rowCount() == 0)


def test_the_lists_menu_has_what_can_be_done_with_the_file(desk: Desk, qtbot: QtBot, shown: Path) -> None:
    panel = desk.window.signals
    panel.list.setFocus()
    write(shown, 700)
    place = panel.list.visualRect(panel.list.currentIndex()).center()
    assert place != QPoint()
    panel.list.customContextMenuRequested.emit(place)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = {action.text(): action for action in menu.actions()}
    assert "Show in the file manager" in texts
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(texts["Read again from the disk"]).center())
    qtbot.waitUntil(lambda: desk.program.session.entries[0].recording.length == 700)
