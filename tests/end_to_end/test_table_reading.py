"""How tables are read, as an operator sees and corrects it: by menu, by Problems, remembered over a restart."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QMenu
from pytestqt.qtbot import QtBot

from sigdesk.app.table_correcting import Correction
from sigdesk.app.training_sources import session_labels
from sigdesk.classifiers.training.examples import read_examples
from sigdesk.classifiers.training.plan import Plan, plan_from_bytes
from sigdesk.cli.commands import run
from sigdesk.labels.label import Label
from sigdesk.signals.formats.table import recognise
from sigdesk.signals.tables.shape import TableShape
from sigdesk.ui.opening.table_dialog import TableDialog
from sigdesk.ui.start import Desk
from sigdesk.ui.widgets.icon_button import IconButton
from tests.end_to_end.conftest import MakeDesk, drop, screenshot
from tests.end_to_end.test_window import button
from tests.signals.real_files import package_file
from tests.signals.test_table_shape import LOGGER

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def logger(tmp_path: Path) -> Path:
    path = tmp_path / "bench" / "logger.csv"
    path.parent.mkdir()
    path.write_text(LOGGER, encoding="utf-8")
    return path


def open_files(desk: Desk, qtbot: QtBot, *paths: Path) -> None:
    with qtbot.waitSignal(desk.program.opened):
        drop(desk.window, *paths)


def dialog_of(desk: Desk, qtbot: QtBot) -> TableDialog:
    """The dialog, once it shows its first preview."""
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), TableDialog))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, TableDialog)
    qtbot.waitUntil(lambda: dialog.preview is not None)
    return dialog


def choose(qtbot: QtBot, box: QComboBox, text: str) -> None:
    """Choose an entry with the keyboard."""
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    while box.currentText() != text:
        before = box.currentIndex()
        qtbot.keyClick(box, Qt.Key.Key_Down)
        assert box.currentIndex() != before, f"no {text}"
    qtbot.waitUntil(box.isVisible)


def pick_column(qtbot: QtBot, dialog: TableDialog, column: int) -> None:
    head = dialog.grid.horizontalHeader()
    place = QPoint(head.sectionViewportPosition(column) + 20, head.height() // 2)
    qtbot.mouseClick(head.viewport(), LEFT, pos=place)
    assert dialog.grid.chosen == (column,)


def test_a_table_is_corrected_from_the_list_and_its_labels_stay(
    desk: Desk, qtbot: QtBot, logger: Path, request: pytest.FixtureRequest
) -> None:
    open_files(desk, qtbot, logger)
    (entry,) = desk.program.session.entries
    desk.program.labelling.add_labels(entry.id, [Label(0.0, 0.01, "odd")])
    table = desk.window.signals.list
    row = desk.program.signals.index_of(entry.id)
    table.customContextMenuRequested.emit(table.visualRect(row).center())
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    (action,) = (action for action in menu.actions() if action.text() == "How this table was read…")
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())

    dialog = dialog_of(desk, qtbot)
    assert dialog.form.separator.currentText().startswith("Semicolon")
    assert dialog.form.decimal.chosen == "Comma"
    assert dialog.form.time.currentText() == "2 · Zeit"
    screenshot(desk, request, "dialog")
    pick_column(qtbot, dialog, 2)
    choose(qtbot, dialog.form.use, "Left out")
    qtbot.waitUntil(lambda: dialog.preview is not None and dialog.preview.facts == "1 channel, at 100 Hz")
    pick_column(qtbot, dialog, 3)
    dialog.form.heading.setFocus()
    dialog.form.heading.selectAll()
    qtbot.keyClicks(dialog.form.heading, "Travel")
    qtbot.mouseClick(dialog.accept_button, LEFT)  # ends the typing as well

    qtbot.waitUntil(lambda: [each.name for each in desk.program.session.entries[0].recording.channels] == ["Travel"])
    (now,) = desk.program.session.entries
    assert now.id == entry.id, "it stands where it stood"
    assert [label.class_name for label in desk.program.labelling.labels(now.id)] == ["odd"]
    assert desk.window.plots.recording is now.recording
    assert desk.window.toast.text == "logger.csv read again"


def test_what_was_said_holds_for_open_and_later_tables_alike_until_it_is_forgotten(
    make_desk: MakeDesk, qtbot: QtBot, logger: Path
) -> None:
    desk = make_desk()
    second, third = logger.with_name("second.csv"), logger.with_name("third.csv")
    second.write_text(LOGGER, encoding="utf-8")
    open_files(desk, qtbot, logger, second)
    desk.window.signals.table_requested.emit(desk.program.session.entries[0].id)
    dialog = dialog_of(desk, qtbot)
    pick_column(qtbot, dialog, 3)
    choose(qtbot, dialog.form.use, "Left out")
    qtbot.mouseClick(dialog.accept_button, LEFT)
    qtbot.waitUntil(lambda: [len(e.recording.channels) for e in desk.program.session.entries] == [1, 1])
    assert desk.window.toast.text == "2 files read again"
    desk.window.close()
    desk.program.close()

    again = make_desk()
    third.write_text(LOGGER.replace("10;a", "12;a"), encoding="utf-8")
    open_files(again, qtbot, third)
    (entry,) = again.program.session.entries
    assert len(entry.recording.channels) == 1
    again.window.signals.table_requested.emit(entry.id)
    dialog = dialog_of(again, qtbot)
    qtbot.mouseClick(dialog.forget, LEFT)
    qtbot.waitUntil(lambda: len(again.program.session.entries[0].recording.channels) == 2)


def test_a_table_that_could_not_be_read_is_described_from_the_problems(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    """Numbers with words behind them in the first two thirds: nothing is recognised until the first line is said."""
    path = tmp_path / "strange.csv"
    path.write_text("alpha;beta\n" * 300 + "1;2\n3;4\n5;6\n", encoding="utf-8")
    open_files(desk, qtbot, path)
    assert not desk.program.session.entries
    problems = desk.window.bottom.problems
    qtbot.waitUntil(problems.isVisible)
    problems.setFocus()
    problems.setCurrentIndex(problems.model().index(0, 0))
    qtbot.keyClick(problems, Qt.Key.Key_Return)

    dialog = dialog_of(desk, qtbot)
    assert dialog.said.startswith("strange.csv holds no rows of numbers")
    assert not dialog.accept_button.isEnabled()
    choose(qtbot, dialog.form.separator, "Semicolon  ;")
    field = dialog.form.first_line
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "301")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.preview is not None and not dialog.preview.problem)
    assert dialog.isVisible(), "Enter ends the typing, not the dialog"
    qtbot.mouseClick(dialog.accept_button, LEFT)

    qtbot.waitUntil(lambda: bool(desk.program.session.entries))
    assert desk.program.session.entries[0].recording.length == 3
    assert desk.program.feed.problems.rowCount() == 0


def test_a_doubtful_table_offers_to_be_looked_at(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "values.csv"
    path.write_text("1,5\n3,2\n2,8\n1,9\n", encoding="utf-8")
    open_files(desk, qtbot, path)
    assert desk.window.toast.text == "1 added, 1 to check"
    assert desk.program.feed.problems.rowCount() == 1
    qtbot.mouseClick(button(desk.window.toast, "How it was read…"), LEFT)

    dialog = dialog_of(desk, qtbot)
    assert "decimal commas" in dialog.said
    decimal = button(dialog.form, "Comma")
    qtbot.mouseClick(decimal, LEFT)
    qtbot.waitUntil(lambda: dialog.preview is not None and dialog.preview.facts.startswith("1 channel"))
    qtbot.mouseClick(dialog.accept_button, LEFT)

    qtbot.waitUntil(lambda: desk.program.feed.problems.rowCount() == 0)
    assert desk.program.session.entries[0].recording.read()[0].tolist() == [1.5, 3.2, 2.8, 1.9]


def test_a_shape_that_later_lines_refute_is_said_and_not_remembered(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "late.csv"
    late = "".join(f"{number},{number}\n" for number in range(1_200_000)) + "1200000,oops\n"
    path.write_text("a,b\n" + late, encoding="utf-8")
    open_files(desk, qtbot, path)
    desk.wiring.desk.reading.show_table_of(path)
    dialog = dialog_of(desk, qtbot)
    qtbot.mouseClick(dialog.accept_button, LEFT)
    qtbot.waitUntil(lambda: "1200002" in dialog.said, timeout=20_000)
    assert dialog.isVisible()
    assert dialog.accept_button.isEnabled()
    assert not (tmp_path / "home" / "reading").exists()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)


def test_a_full_or_locked_home_is_told_and_the_table_is_read_all_the_same(
    desk: Desk, qtbot: QtBot, logger: Path, tmp_path: Path
) -> None:
    (tmp_path / "home" / "reading").write_text("in the way", encoding="utf-8")
    open_files(desk, qtbot, logger)
    desk.wiring.actions["table-reading"].trigger()
    dialog = dialog_of(desk, qtbot)
    pick_column(qtbot, dialog, 3)
    choose(qtbot, dialog.form.use, "Left out")
    qtbot.mouseClick(dialog.accept_button, LEFT)
    qtbot.waitUntil(lambda: len(desk.program.session.entries[0].recording.channels) == 1)
    assert desk.program.feed.problems.rowCount() == 1


def test_the_menu_of_the_plots_head_leads_there_too(desk: Desk, qtbot: QtBot, logger: Path) -> None:
    open_files(desk, qtbot, logger)
    more = next(each for each in desk.window.plots.findChildren(IconButton) if "More" in each.accessibleName())
    qtbot.mouseClick(more, LEFT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    (action,) = (action for action in menu.actions() if action.text() == "How this table was read…")
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
    qtbot.keyClick(dialog_of(desk, qtbot), Qt.Key.Key_Escape)


def read_without_force(desk: Desk, qtbot: QtBot, path: Path) -> TableShape:
    """Correct a table so that only its way (Weg) is a channel, for this file alone."""
    shape = replace(recognise(path), channels=(3,))
    with qtbot.waitSignal(desk.program.reloading.done):
        desk.program.tables.correct(Correction(path, shape, recognise(path), alike=False))
    return shape


def channels_of(desk: Desk) -> list[str]:
    return [channel.name for entry in desk.program.session.entries for channel in entry.recording.channels]


def test_a_session_takes_along_how_its_tables_are_read(
    make_desk: MakeDesk, qtbot: QtBot, logger: Path, tmp_path: Path
) -> None:
    desk = make_desk()
    open_files(desk, qtbot, logger)
    session_file = desk.program.keeping.session_file
    with qtbot.waitSignal(session_file.saved):
        session_file.save(logger.with_name("bench.sigdesk"))
    read_without_force(desk, qtbot, logger)
    assert session_file.unsaved, "the session's file lacks the correction"
    with qtbot.waitSignal(session_file.saved):
        session_file.save()
    desk.window.close()
    shutil.move(logger.parent, tmp_path / "colleague")
    shutil.rmtree(tmp_path / "home")

    theirs = make_desk()
    open_files(theirs, qtbot, tmp_path / "colleague" / "bench.sigdesk")
    assert channels_of(theirs) == ["Weg"]
    assert not theirs.program.keeping.session_file.unsaved
    moved = tmp_path / "colleague" / "logger.csv"
    with qtbot.waitSignal(theirs.program.reloading.done):
        theirs.program.reloading.reload([moved])
    assert channels_of(theirs) == ["Weg"], "also when it is read again"
    with qtbot.waitSignal(theirs.program.reloading.done):
        theirs.program.tables.forget(Correction(moved, recognise(moved), recognise(moved), alike=False))
    assert channels_of(theirs) == ["Kraft", "Weg"], "what is said later counts"
    assert theirs.program.keeping.autosave.state.files[str(moved)].table is None


def test_the_command_line_reads_a_table_as_it_was_corrected(
    desk: Desk,
    qtbot: QtBot,
    logger: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    open_files(desk, qtbot, logger)
    read_without_force(desk, qtbot, logger)
    monkeypatch.setenv("SIGDESK_HOME", str(tmp_path / "home"))
    assert run(lambda _: 1, ["info", str(logger)]) == 0
    (channel,) = json.loads(capsys.readouterr().out)["channels"]
    assert channel["name"] == "Weg"
    out = str(tmp_path / "out")
    assert run(lambda _: 1, ["convert", str(logger), "--to", "npy", "--out", out]) == 0
    assert np.load(tmp_path / "out" / "logger.npy").tolist() == [[10, 11, 12, 13]]


def test_labels_on_a_corrected_table_are_trained_on_as_it_was_corrected(desk: Desk, qtbot: QtBot, logger: Path) -> None:
    open_files(desk, qtbot, logger)
    shape = read_without_force(desk, qtbot, logger)
    (entry,) = desk.program.session.entries
    desk.program.labelling.add_labels(entry.id, [Label(0.0, 0.02, "odd"), Label(0.02, 0.04, "even")])
    sources = session_labels(desk.program.session, desk.program.labelling).sources
    plan = plan_from_bytes(Plan("new", sources, logger.parent).to_bytes())
    assert [source.table for source in plan.data] == [shape, shape]
    assert [one.samples.tolist() for one in read_examples(plan.data, print)] == [[[10, 11]], [[12, 13]]]


def test_a_table_of_a_package_is_corrected(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    """An ECG with a mark a sample, which looks like a second channel, and without its rate."""
    path = Path(shutil.copy(package_file("sktime", "datasets", "data", "mitdb", "mitdb.csv"), tmp_path))
    open_files(desk, qtbot, path)
    desk.window.signals.table_requested.emit(desk.program.session.entries[0].id)
    dialog = dialog_of(desk, qtbot)
    assert dialog.preview is not None
    assert dialog.preview.facts == "2 channels, by sample number"
    pick_column(qtbot, dialog, 1)
    choose(qtbot, dialog.form.use, "Left out")
    qtbot.waitUntil(lambda: dialog.preview is not None and dialog.preview.facts == "1 channel, by sample number")
    qtbot.mouseClick(dialog.accept_button, LEFT)
    qtbot.waitUntil(lambda: channels_of(desk) == ["data"])
    assert desk.program.session.entries[0].recording.length == 7500
