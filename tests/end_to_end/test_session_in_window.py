"""Sessions in the real window: saved, opened, handed on, their moved files found again; and what is said of it."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QDialog, QDialogButtonBox, QFileDialog, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from sigdesk.app.event_log import EventLog
from sigdesk.app.rows import ROW, ProblemRow
from sigdesk.labels.label_file import label_file_of
from sigdesk.signals.transform import Recipe
from sigdesk.ui.bottom.problems import ProblemDelegate, ProblemsList
from sigdesk.ui.start import Desk
from sigdesk.ui.window.notes_dialog import NotesDialog
from sigdesk.ui.window.question_dialog import QuestionDialog
from sigdesk.ui.window.relink_dialog import RelinkDialog
from tests.end_to_end.conftest import ARTEFACTS, MakeDesk, drop, screenshot

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
PATIENCE = 20_000


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    folder = tmp_path / "lab"
    folder.mkdir()
    for name in ("pump.csv", "fan.csv"):
        rows = "".join(f"{number / 100},{number % 7},{number % 5}\n" for number in range(2000))
        (folder / name).write_text(f"time (s),{name},speed\n{rows}", encoding="utf-8")
    return folder


def open_lab(desk: Desk, qtbot: QtBot, *paths: Path) -> list[int]:
    with qtbot.waitSignal(desk.program.opened, timeout=PATIENCE):
        drop(desk.window, *paths)
    return [entry.id for entry in desk.program.session.entries]


def dialog_of(desk: Desk, qtbot: QtBot, kind: type[QDialog]) -> QDialog:
    """The dialog of a kind that is open, once it is."""

    def open_ones() -> list[QDialog]:
        return [one for one in desk.window.findChildren(QDialog) if type(one) is kind and one.isVisible()]

    qtbot.waitUntil(lambda: len(open_ones()) == 1, timeout=PATIENCE)
    return open_ones()[0]


def press(qtbot: QtBot, parent: QWidget, text: str) -> None:
    (button,) = (b for b in parent.findChildren(QAbstractButton) if b.text() == text and b.isVisible())
    qtbot.mouseClick(button, LEFT)


def choose_file(desk: Desk, qtbot: QtBot, path: Path) -> None:
    """Type a path into the file dialog that is open, as an operator does, and press the button."""
    dialog = dialog_of(desk, qtbot, QFileDialog)
    (field,) = dialog.findChildren(QLineEdit)
    field.setText(str(path))  # typed, the names that it proposes would lie over the button
    (box,) = dialog.findChildren(QDialogButtonBox)
    (accept,) = (b for b in box.buttons() if box.buttonRole(b) == QDialogButtonBox.ButtonRole.AcceptRole)
    qtbot.waitUntil(accept.isEnabled)
    qtbot.mouseClick(accept, LEFT)
    qtbot.waitUntil(lambda: not dialog.isVisible())


def press_keys(desk: Desk, qtbot: QtBot, modifiers: Qt.KeyboardModifier) -> None:
    """S with these, once the window is the active one again: offscreen no window manager sees to that."""
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    qtbot.keyClick(desk.window, Qt.Key.Key_S, modifiers)


def save_as(desk: Desk, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(desk.program.keeping.session_file.saved, timeout=PATIENCE):
        press_keys(desk, qtbot, CTRL | SHIFT)
        choose_file(desk, qtbot, path)


def saved_words(desk: Desk) -> str:
    return desk.window.status.texts()[-1]


def session_button(desk: Desk) -> QWidget:
    return desk.window.header.session_button


def click_link(qtbot: QtBot, problems: ProblemsList, key: str, text: str) -> None:
    model, delegate = problems.model(), problems.itemDelegate()
    assert isinstance(delegate, ProblemDelegate)
    for place in range(model.rowCount()):
        index = model.index(place, 0)
        row = index.data(ROW)
        assert isinstance(row, ProblemRow)
        if row.key == key:
            targets = delegate.targets(row, problems.visualRect(index))
            (target,) = (rect for way, rect in targets if getattr(way, "text", "") == text)
            qtbot.mouseClick(problems.viewport(), LEFT, pos=target.center())
            return
    raise AssertionError(f"no problem {key}")


def problem_keys(desk: Desk) -> set[str]:
    model = desk.program.feed.problems
    return {model.index(place, 0).data(ROW).key for place in range(model.rowCount())}


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


def toast_words(desk: Desk) -> str:
    return desk.window.toast.text


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


def screenshot_of(dialog: QWidget, request: pytest.FixtureRequest, name: str) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    assert dialog.grab().save(str(ARTEFACTS / f"{request.node.name}-{name}.png"))


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


def test_the_view_comes_back(make_desk: MakeDesk, lab: Path, tmp_path: Path, qtbot: QtBot) -> None:
    columns = "".join(f",c{number}" for number in range(12))
    rows = "".join(f"{at / 100}{f',{at % 9}' * 12}\n" for at in range(2000))
    (lab / "many.csv").write_text(f"time (s){columns}\n{rows}", encoding="utf-8")
    desk = make_desk()
    desk.window.resize(1100, 700)
    open_lab(desk, qtbot, lab)
    many = next(entry for entry in desk.program.session.entries if entry.recording.name == "many.csv")
    desk.program.session.show(many.id)
    plots = desk.window.plots
    plots.show_channels([0, 1, 2, 4, 5, 6, 7, 8])
    arranging, processing = plots.presenting.arranging, plots.presenting.processing
    arranging.put(arranging.arrangement.moved(8, -2, plots.channels_shown).laid_over(1, 0).scaled(2, (-1.0, 12.0)))
    processing.apply([0, 4], Recipe(detrend=True, normalise=True))
    desk.wiring.actions["tab-labels"].trigger()
    plots.show_stretch(3.0, 7.5)
    plots.set_selection((400, 500))
    plots.scroll_to(60)
    qtbot.waitUntil(lambda: plots.scroll_place == 60)
    save_as(desk, qtbot, tmp_path / "bench.sigdesk")

    def left() -> tuple[object, ...]:
        plots = desk.window.plots
        assert desk.program.session.current is not None
        name = desk.program.session.current.recording.name
        part = name, plots.channels_shown, plots.visible_range, plots.selection
        presenting, bottom = plots.presenting, desk.window.bottom
        return *part, presenting.arranging.arrangement, presenting.processing.recipes, bottom.tab, plots.scroll_place

    before = left()
    assert before[-1] == 60
    assert before[1] == (0, 1, 2, 4, 5, 8, 6, 7)
    desk.window.close()

    desk = make_desk()
    desk.window.resize(1100, 700)
    desk.program.open_at_start([])
    qtbot.waitUntil(lambda: desk.program.session.count() == 3, timeout=PATIENCE)
    qtbot.waitUntil(lambda: left() == before, timeout=PATIENCE)
    desk.wiring.actions["new-session"].trigger()
    with qtbot.waitSignal(desk.program.opened, timeout=PATIENCE):
        drop(desk.window, tmp_path / "bench.sigdesk")
    qtbot.waitUntil(lambda: left()[0] == "many.csv", timeout=PATIENCE)
    assert left()[1:-1] == before[1:-1], "from the session's file as well"


def test_page_and_processing_come_back_where_files_have_moved(
    make_desk: MakeDesk, lab: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    desk = make_desk()
    open_lab(desk, qtbot, lab)
    pump = next(entry for entry in desk.program.session.entries if entry.recording.name == "pump.csv")
    desk.program.session.show(pump.id)
    desk.window.plots.presenting.processing.apply([1], Recipe(differentiate=True))
    desk.window.plots.instruments.analysing.toggle()
    desk.window.bottom.labels_tab.list_all(True)
    desk.window.header.page_chosen.emit("Models")
    save_as(desk, qtbot, lab / "bench.sigdesk")
    desk.window.close()
    shutil.move(lab, tmp_path / "colleague")

    desk = make_desk()
    desk.wiring.actions["new-session"].trigger()
    desk.window.show_page("Workspace")
    assert not desk.window.bottom.labels_tab.tools.buttons[0].isChecked()
    with qtbot.waitSignal(desk.program.opened, timeout=PATIENCE):
        drop(desk.window, tmp_path / "colleague" / "bench.sigdesk")
    assert desk.window.page == "Models"
    assert desk.window.bottom.labels_tab.lists_all
    assert desk.window.plots.instruments.analysing.is_on
    assert desk.program.session.current is not None
    assert desk.program.session.current.recording.name == "pump.csv"
    shown = desk.window.plots.shown_recording
    assert shown is not None
    assert shown.processing == "speed: derivative"


def test_a_view_that_does_not_fit_is_passed_over(desk: Desk, lab: Path, tmp_path: Path, qtbot: QtBot) -> None:
    open_lab(desk, qtbot, lab / "pump.csv")
    save_as(desk, qtbot, tmp_path / "bench.sigdesk")
    document = json.loads((tmp_path / "bench.sigdesk").read_bytes())
    wrong = {"start": "x", "stop": 1e99, "selection": [9, 3], "scroll": [1], "page": "Moon", "tab": 7}
    wrong["arrangements"] = [{"channels": ["pump.csv", "speed"], "order": [0, 0]}, {"channels": 3}, "all"]
    wrong["processed"] = [
        {"signal": 0, "recipes": [[1, {"low_pass_hz": 1e6}], [7, {"detrend": True}]]},
        {"signal": 0, "recipes": [["a", {"detrend": 3}]]},
    ]
    document["view"] = {"signal": 0, **wrong}
    (tmp_path / "odd.sigdesk").write_text(json.dumps(document), encoding="utf-8")
    with qtbot.waitSignal(desk.program.opened, timeout=PATIENCE):
        drop(desk.window, tmp_path / "odd.sigdesk")
    plots = desk.window.plots
    assert plots.channels_shown == (0, 1)
    assert plots.selection is None
    assert plots.shown_recording is plots.recording
    assert desk.window.page == "Workspace"
