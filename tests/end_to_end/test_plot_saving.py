"""What is visible, copied and saved: as a picture on the clipboard, PNG, SVG, and CSV of the very samples."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox, QToolButton
from pytestqt.qtbot import QtBot

from sigdesk.app.stretch_saving import StretchSaving
from sigdesk.signals.opening import open_recordings
from sigdesk.signals.recording import ArraySource, Channel, Recording, TimeBase
from sigdesk.ui.start import Desk
from sigdesk.ui.window import plot_desk
from tests.end_to_end.test_window import button, open_samples


class Dialogs:
    """Answers the dialogs that ask for a file, as an operator does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answer = ("", "")
        self.offered: list[str] = []
        monkeypatch.setattr(QFileDialog, "getSaveFileName", self._ask)

    def _ask(self, _window: object, _title: str, offered: str, _kinds: str) -> tuple[str, str]:
        self.offered.append(offered)
        return self.answer


@pytest.fixture
def dialogs(monkeypatch: pytest.MonkeyPatch) -> Dialogs:
    return Dialogs(monkeypatch)


@pytest.fixture
def shown(desk: Desk, qtbot: QtBot) -> Desk:
    """A desk that shows a sample signal, read to its end."""
    open_samples(desk, qtbot, "running.csv")
    qtbot.waitUntil(lambda: desk.window.plots.is_settled)
    return desk


def run(desk: Desk, action: str) -> None:
    desk.wiring.actions[action].trigger()


def warning(desk: Desk) -> QMessageBox:
    (box,) = [each for each in desk.window.findChildren(QMessageBox) if each.isVisible()]
    return box


def test_the_picture_goes_to_the_clipboard_by_its_key(shown: Desk, qtbot: QtBot) -> None:
    shown.window.activateWindow()
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(shown.window, Qt.Key.Key_C, keys)
    image = QGuiApplication.clipboard().image()
    assert image.width() == 2 * shown.window.plots.width()
    colours = {image.pixelColor(x, y).name() for x in range(400, 1000, 3) for y in range(100, 400, 3)}
    assert "#27405f" in colours, "the traces are on it"


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_picture_is_saved(shown: Desk, dialogs: Dialogs, tmp_path: Path, kind: str) -> None:
    target = tmp_path / f"plot.{kind}"
    dialogs.answer = (str(target), "")
    run(shown, "save-picture")
    assert Path(dialogs.offered[0]).name == "running.png"
    if kind == "png":
        assert QImage(str(target)).width() == 2 * shown.window.plots.width()
    else:
        text = target.read_text(encoding="utf-8")
        tree = ElementTree.fromstring(text)
        assert tree.tag.endswith("svg")
        assert "running.csv" in text
        assert text.count("<path") + text.count("<polyline") > 3, "lines, not a picture of lines"
        assert "<image" not in text


def test_the_ending_that_was_chosen_is_put_behind_the_name(shown: Desk, dialogs: Dialogs, tmp_path: Path) -> None:
    dialogs.answer = (str(tmp_path / "plot.v2"), "SVG (*.svg)")
    run(shown, "save-picture")
    assert (tmp_path / "plot.v2.svg").is_file()


def test_a_dialog_that_is_left_saves_nothing(shown: Desk, dialogs: Dialogs, tmp_path: Path) -> None:
    for action in ("save-picture", "save-stretch"):
        run(shown, action)
    assert len(dialogs.offered) == 2
    assert not shown.window.toast.isVisible() or "Saved" not in shown.window.toast.accessibleName()


def test_the_visible_stretch_of_shown_channels_is_saved(
    shown: Desk, dialogs: Dialogs, qtbot: QtBot, tmp_path: Path
) -> None:
    plots = shown.window.plots
    recording = plots.recording
    assert recording is not None
    plots.show_stretch(plots.visible_range.start + 1, plots.visible_range.start + 4)
    plots.show_channels((1, 2))
    target = tmp_path / "part.csv"
    dialogs.answer = (str(target), "")
    run(shown, "save-stretch")
    qtbot.waitUntil(lambda: shown.window.toast.accessibleName() == "Saved part.csv")

    (saved,) = open_recordings(target)

    start, stop = plots.visible_samples
    assert [channel.name for channel in saved.channels] == [recording.channels[row].name for row in (1, 2)]
    np.testing.assert_allclose(saved.read(), recording.read(start, stop)[[1, 2]], rtol=1e-6)


def test_visible_values_are_copied_for_a_spreadsheet(
    shown: Desk, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    plots = shown.window.plots
    recording = plots.recording
    assert recording is not None
    plots.show_stretch(1, 4)
    plots.show_channels((1, 2))
    run(shown, "copy-stretch")
    head, *rows = QGuiApplication.clipboard().text().splitlines()
    start, stop = plots.visible_samples
    assert head.split("\t") == ["time (s)", *(recording.channels[row].name for row in (1, 2))]
    values = np.array([line.split("\t") for line in rows], dtype=float)
    np.testing.assert_allclose(values[:, 1:].T, recording.read(start, stop)[[1, 2]], rtol=1e-6)
    assert shown.window.toast.text == f"{stop - start} rows copied"
    monkeypatch.setattr(plot_desk, "_MOST_COPIED", 10)
    run(shown, "copy-stretch")
    assert "save them as CSV" in shown.window.toast.text


@pytest.mark.parametrize("action", ["save-picture", "save-stretch"])
def test_where_it_cannot_be_written_it_says_so(
    shown: Desk, dialogs: Dialogs, qtbot: QtBot, tmp_path: Path, action: str
) -> None:
    (tmp_path / "file").write_text("x")
    kind = "png" if action == "save-picture" else "csv"
    dialogs.answer = (str(tmp_path / "file" / f"out.{kind}"), "")
    run(shown, action)
    qtbot.waitUntil(lambda: any(each.isVisible() for each in shown.window.findChildren(QMessageBox)))
    box = warning(shown)
    assert f"out.{kind}" in box.text()
    assert "another folder" in box.text()
    box.close()
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize("kind", ["png", "svg", "csv"])
def test_a_full_disk_is_told_and_what_was_there_stays(
    shown: Desk, dialogs: Dialogs, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    target = tmp_path / f"out.{kind}"
    target.write_text("mine", encoding="utf-8")
    dialogs.answer = (str(target), "")

    sync = os.fsync

    def refuse(file: int) -> None:
        drafts = [path.stat().st_ino for path in tmp_path.glob(".*")]
        if os.fstat(file).st_ino in drafts:  # the session is kept on another disk
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(file)

    with monkeypatch.context() as full:
        full.setattr(os, "fsync", refuse)
        run(shown, "save-stretch" if kind == "csv" else "save-picture")
        qtbot.waitUntil(lambda: any(each.isVisible() for each in shown.window.findChildren(QMessageBox)))
    box = warning(shown)
    assert "No space left on device" in box.text()
    assert "room" in box.text()
    box.close()
    assert target.read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [target.name]


def test_a_long_save_shows_how_far_it_is_and_is_cancelled(
    shown: Desk, dialogs: Dialogs, qtbot: QtBot, tmp_path: Path
) -> None:
    samples = np.random.default_rng(1).normal(size=(4, 6_000_000)).astype(np.float32)
    channels = tuple(Channel(name, "V") for name in "abcd")
    long = Recording("long", tmp_path / "long", channels, 6_000_000, TimeBase(1000.0), ArraySource(samples), "array")
    shown.window.plots.show_recording(long)
    target = tmp_path / "long.csv"
    target.write_text("old")
    dialogs.answer = (str(target), "")
    run(shown, "save-stretch")
    qtbot.waitUntil(lambda: shown.window.toast.accessibleName().startswith("Saving long.csv…"))
    saving = shown.window.findChild(StretchSaving)
    assert saving is not None
    with qtbot.waitSignal(saving.cancelled):
        QTest.mouseClick(button(shown.window.toast, "Cancel"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown.window.toast.accessibleName() == "Not saved")
    assert target.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_the_heads_menu_has_it_all(shown: Desk, qtbot: QtBot) -> None:
    more = next(
        each for each in shown.window.plots.findChildren(QToolButton) if each.accessibleName() == "More for this plot"
    )
    QTest.mouseClick(more, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = [action.text() for action in menu.actions()]
    assert "Copy picture of the plot" in texts
    assert "Save visible stretch as CSV…" in texts
    menu.close()


def test_without_a_signal_nothing_can_be_saved(desk: Desk) -> None:
    for action in ("save-picture", "save-stretch", "copy-picture"):
        assert not desk.wiring.actions[action].isEnabled()
        assert "Open a signal first" in desk.wiring.actions[action].toolTip()
