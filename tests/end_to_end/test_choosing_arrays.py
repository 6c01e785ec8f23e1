"""Files of several arrays: what is opened is asked once, remembered, and changed from the menu."""

from __future__ import annotations

import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sigdesk.ui.opening.tree_dialog import TreeDialog
from sigdesk.ui.start import Desk
from tests.end_to_end.conftest import MakeDesk, drop, screenshot
from tests.signals.real_files import package_file

LEFT = Qt.MouseButton.LeftButton


def rig(path: Path, length: int = 1000) -> Path:
    """A test rig's file: two runs with two signals each, a label, an image stack."""
    path.parent.mkdir(exist_ok=True)
    with h5py.File(path, "w") as file:
        for run in ("run 1", "run 2"):
            group = file.create_group(run)
            for name, unit in (("current", "A"), ("pressure", "bar")):
                data = group.create_dataset(name, data=np.sin(np.arange(length) / 10))
                data.attrs["unit"] = unit
                data.attrs["sample_rate"] = 100.0
        file.create_dataset("comment", data="made by a test")
        file.create_dataset("images", data=np.zeros((3, 4, 5)))
    return path


def dialog_of(qtbot: QtBot) -> TreeDialog:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), TreeDialog))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, TreeDialog)
    return dialog


def untick(qtbot: QtBot, dialog: TreeDialog, *names: str) -> None:
    """Untick arrays or groups with the space bar."""
    for name in names:
        (item,) = dialog.tree.findItems(name, Qt.MatchFlag.MatchRecursive | Qt.MatchFlag.MatchExactly)[:1]
        dialog.tree.setCurrentItem(item, 0, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        qtbot.keyClick(dialog.tree, Qt.Key.Key_Space)


def items(desk: Desk) -> list[str]:
    return [entry.recording.item for entry in desk.program.session.entries]


def test_what_is_opened_is_asked_once_and_remembered(
    make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    desk = make_desk()
    one, other, later = (rig(tmp_path / "rig" / f"{name}.h5") for name in ("one", "other", "later"))
    with qtbot.waitSignal(desk.program.opened):
        drop(desk.window, one, other)
    dialog = dialog_of(qtbot)
    assert desk.window.toast.text == "2 to choose from"
    assert dialog.chosen == ("run 1/current", "run 1/pressure", "run 2/current", "run 2/pressure")
    (images,) = dialog.tree.findItems("images", Qt.MatchFlag.MatchExactly)
    assert (images.text(1), images.text(3)) == ("3 × 4 × 5", "has 3 dimensions")
    (current, *_) = dialog.tree.findItems("current", Qt.MatchFlag.MatchRecursive)
    assert (current.text(1), current.text(2), current.text(3)) == ("1\u2009000", "float64", "A")
    dialog.grab().save(str(screenshot(desk, request, "tree")))
    untick(qtbot, dialog, "run 2")
    assert dialog.accept_button.text() == "Open 2 signals"
    untick(qtbot, dialog, "pressure")
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: items(desk) == ["run 1/current", "run 1/current"])
    with qtbot.waitSignal(desk.program.opened):
        drop(desk.window, later)
    assert QApplication.activeModalWidget() is None
    assert items(desk) == ["run 1/current"] * 3
    desk.window.close()
    desk.program.close()

    again = make_desk()
    with qtbot.waitSignal(again.program.opened):
        again.program.open(again.program.last_files(), ask=False)
    assert items(again) == ["run 1/current"] * 3


def test_the_choice_is_changed_from_the_menu_and_cancelled_with_escape(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    path = rig(tmp_path / "rig" / "one.h5")
    with qtbot.waitSignal(desk.program.opened):
        drop(desk.window, path)
    qtbot.keyClick(dialog_of(qtbot), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: desk.window.toast.text == "Nothing opened of one.h5")
    assert not items(desk)

    with qtbot.waitSignal(desk.program.opened):
        drop(desk.window, path)
    qtbot.keyClick(dialog_of(qtbot), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(items(desk)) == 4)
    kept = desk.program.session.entries[0].id
    desk.wiring.actions["contents"].trigger()
    dialog = dialog_of(qtbot)
    dialog.filter.setFocus()
    qtbot.keyClicks(dialog.filter, "pressure")
    qtbot.mouseClick(dialog.none, LEFT)
    qtbot.mouseClick(dialog.accept_button, LEFT)
    qtbot.waitUntil(lambda: items(desk) == ["run 1/current", "run 2/current"])
    assert desk.program.session.entries[0].id == kept


def test_a_file_with_one_signal_is_not_asked_about(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    np.savez(tmp_path / "one.npz", signal=np.arange(100.0), rate=100.0)
    with qtbot.waitSignal(desk.program.opened):
        drop(desk.window, tmp_path / "one.npz")
    assert QApplication.activeModalWidget() is None
    assert len(items(desk)) == 1


def test_of_an_archive_of_several_arrays_it_is_asked_too(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    np.savez(tmp_path / "two.npz", left=np.arange(100.0), right=np.arange(50.0))
    with qtbot.waitSignal(desk.program.opened):
        drop(desk.window, tmp_path / "two.npz")
    dialog = dialog_of(qtbot)
    untick(qtbot, dialog, "left")
    qtbot.mouseClick(dialog.alike, LEFT, pos=dialog.alike.rect().center() - dialog.alike.rect().center() / 2)
    qtbot.mouseClick(dialog.accept_button, LEFT)
    qtbot.waitUntil(lambda: items(desk) == ["right"])


@pytest.mark.parametrize(
    ("where", "left_out", "opened"),
    [
        (("tables", "tests", "attr-u16.h5"), "order", "wfm_group0/axes/axis1/data_vector/data"),
        (("scipy", "io", "matlab", "tests", "data", "testmulti_7.4_GLNX86.mat"), "a", "theta"),
    ],
)
def test_files_of_an_oscilloscope_and_of_matlab_are_chosen_from(
    desk: Desk, qtbot: QtBot, tmp_path: Path, where: tuple[str, ...], left_out: str, opened: str
) -> None:
    path = Path(shutil.copy(package_file(*where), tmp_path))
    with qtbot.waitSignal(desk.program.opened):
        drop(desk.window, path)
    dialog = dialog_of(qtbot)
    assert opened in dialog.chosen
    untick(qtbot, dialog, left_out)
    assert dialog.chosen == (opened,)
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: items(desk) == [opened])
    assert np.isfinite(desk.program.session.entries[0].recording.read()).any()
