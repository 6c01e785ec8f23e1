"""Sessions in the real window whose files have moved, are gone, or were changed by others."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from sigdesk.labels.label_file import label_file_of
from sigdesk.ui.start import Desk
from sigdesk.ui.window.relink_dialog import RelinkDialog
from tests.end_to_end.conftest import MakeDesk, drop
from tests.end_to_end.sessions.conftest import (
    LEFT,
    PATIENCE,
    choose_file,
    click_link,
    dialog_of,
    open_lab,
    problem_keys,
    save_as,
    screenshot_of,
    toast_words,
)


def test_moved_files_are_found_in_the_dialog(
    desk: Desk, lab: Path, tmp_path: Path, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    pump, _ = open_lab(desk, qtbot, lab / "pump.csv", lab / "fan.csv")
    desk.program.labelling.create_label(pump, 0, 1, "idle")
    save_as(desk, qtbot, tmp_path / "bench.sigdesk")
    desk.wiring.actions["new-session"].trigger()
    away = tmp_path / "away"
    away.mkdir()
    (lab / "pump.csv").rename(away / "renamed.csv")
    (lab / "fan.csv").unlink()
    label_file_of(lab / "pump.csv").unlink()
    (away / "fan.csv").write_text("time (s),x\n0,1\n1,2\n2,3\n", encoding="utf-8")
    with qtbot.waitSignal(desk.program.keeping.session_file.opened, timeout=PATIENCE):
        drop(desk.window, tmp_path / "bench.sigdesk")
    assert "2 files not found." in toast_words(desk)
    desk.wiring.desk.show_tab("Problems")
    assert problem_keys(desk) == {f"missing:{lab / 'pump.csv'}", f"missing:{lab / 'fan.csv'}"}

    click_link(qtbot, desk.window.bottom.problems, f"missing:{lab / 'pump.csv'}", "Find…")
    dialog = dialog_of(desk, qtbot, RelinkDialog)
    assert isinstance(dialog, RelinkDialog)
    assert dialog.list.count() == 2
    screenshot_of(dialog, request, "missing")
    qtbot.mouseClick(dialog.in_folder, LEFT)
    with qtbot.waitSignal(desk.program.opened, timeout=PATIENCE):
        choose_file(desk, qtbot, away)
    assert dialog.list.count() == 1
    assert "holds something else" in dialog.says.text(), "a wrong file of the right name is told apart"
    assert problem_keys(desk) == {f"missing:{lab / 'fan.csv'}"}
    (entry,) = desk.program.session.entries
    assert entry.recording.path == away / "renamed.csv"
    assert [span.mark.name for span in desk.program.labelling.spans(entry.id)] == ["idle"]
    screenshot_of(dialog, request, "differs")

    qtbot.mouseClick(dialog.find_file, LEFT)
    with qtbot.waitSignal(desk.program.keeping.session_file.searched, timeout=PATIENCE):
        choose_file(desk, qtbot, away / "fan.csv")
    assert "holds something else" in dialog.says.text()
    with qtbot.waitSignal(desk.program.opened, timeout=PATIENCE):
        qtbot.mouseClick(dialog.use, LEFT)
    qtbot.waitUntil(lambda: dialog.list.count() == 0)
    assert desk.program.session.count() == 2
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert problem_keys(desk) <= {f"changed:{away / 'fan.csv'}"}


def test_a_missing_file_is_taken_out(desk: Desk, lab: Path, tmp_path: Path, qtbot: QtBot) -> None:
    open_lab(desk, qtbot, lab / "pump.csv", lab / "fan.csv")
    save_as(desk, qtbot, tmp_path / "bench.sigdesk")
    desk.wiring.actions["new-session"].trigger()
    assert not desk.wiring.actions["find-moved"].isEnabled()
    (lab / "fan.csv").unlink()
    with qtbot.waitSignal(desk.program.opened, timeout=PATIENCE):
        drop(desk.window, tmp_path / "bench.sigdesk")
    assert desk.wiring.actions["find-moved"].isEnabled()
    desk.wiring.actions["find-moved"].trigger()
    dialog = dialog_of(desk, qtbot, RelinkDialog)
    assert isinstance(dialog, RelinkDialog)
    qtbot.mouseClick(dialog.take_out, LEFT)
    assert dialog.list.count() == 0
    assert problem_keys(desk) == set()
    assert not desk.wiring.actions["find-moved"].isEnabled()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)


@pytest.mark.parametrize("way", ["drop", "open"])
def test_a_session_goes_to_a_colleague(make_desk: MakeDesk, lab: Path, tmp_path: Path, qtbot: QtBot, way: str) -> None:
    desk = make_desk()
    pump, _ = open_lab(desk, qtbot, lab)
    desk.program.labelling.create_label(pump, 0, 1, "idle")
    save_as(desk, qtbot, lab / "bench.sigdesk")
    desk.window.close()
    shutil.copytree(lab, tmp_path / "colleague")
    shutil.rmtree(lab)
    shutil.rmtree(tmp_path / "home")

    desk = make_desk()
    with qtbot.waitSignal(desk.program.opened, timeout=PATIENCE):
        if way == "drop":
            drop(desk.window.welcome, tmp_path / "colleague" / "bench.sigdesk")
        else:
            desk.wiring.actions["open-session"].trigger()
            choose_file(desk, qtbot, tmp_path / "colleague" / "bench.sigdesk")
    assert toast_words(desk) == "bench opened, 2 signals."
    spans = [desk.program.labelling.spans(entry.id) for entry in desk.program.session.entries]
    assert sorted(len(each) for each in spans) == [0, 1]
    assert problem_keys(desk) == set()


@pytest.mark.parametrize("way", ["Keep mine", "Take theirs"])
def test_whose_labels_count_is_chosen_in_problems(desk: Desk, lab: Path, qtbot: QtBot, way: str) -> None:
    (pump,) = open_lab(desk, qtbot, lab / "pump.csv")
    labelling, files = desk.program.labelling, desk.program.keeping.label_files
    labelling.create_label(pump, 0, 1, "idle")
    with qtbot.waitSignal(files.written, timeout=PATIENCE):
        files.write()
    beside = label_file_of(lab / "pump.csv")
    beside.write_text("start,stop,class\n2,3,theirs\n", encoding="utf-8")
    labelling.create_label(pump, 4, 5, "mine")
    with qtbot.waitSignal(files.failed, timeout=PATIENCE):
        files.write()
    key = f"labels:{lab / 'pump.csv'}"
    desk.wiring.desk.show_tab("Problems")
    click_link(qtbot, desk.window.bottom.problems, key, way)
    qtbot.waitUntil(lambda: key not in problem_keys(desk), timeout=PATIENCE)
    names = [span.mark.name for span in labelling.spans(pump)]
    if way == "Keep mine":
        assert names == ["idle", "mine"]
        assert "theirs" in beside.with_name("pump.csv.labels.other.csv").read_text(encoding="utf-8")
        assert "mine" in beside.read_text(encoding="utf-8")
    else:
        assert names == ["theirs"]
        labelling.undo()
        assert [span.mark.name for span in labelling.spans(pump)] == ["idle", "mine"]
