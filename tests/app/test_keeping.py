"""What is kept of labels: over a restart, beside the signals, and against others who change them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from sigdesk.app.program import Program
from sigdesk.app.rows import ROW, SignalState
from sigdesk.labels.label_file import label_file_of, read_labels
from sigdesk.signals import Annotation, open_recordings
from tests.app.keeping_desk import Start, build, open_all, problems, reopen, seen, told, written


def test_labels_history_classes_and_notes_survive_a_restart(start: Start, lab: Path, qtbot: QtBot) -> None:
    program = start()
    one, two = open_all(program, qtbot, lab / "pump.csv", lab / "fan.csv")
    program.labelling.create_label(one, 0, 1, "idle")
    program.labelling.create_label(one, 1, 2, "run")
    program.labelling.write_note(two, "loose sensor")
    program.labelling.undo()
    program.labelling.undo()
    program.session.show(two)
    program.keeping.autosave.remember_view(two, {"start": 1.0, "stop": 2.0, "hidden": ["x"]})

    program = start()
    one, two = reopen(program, qtbot)
    assert seen(program, one) == [(0, 1, "idle")]
    assert (program.labelling.undo_text, program.labelling.redo_text) == ("Label idle", "Label run")
    program.labelling.redo()
    program.labelling.redo()
    assert seen(program, one) == [(0, 1, "idle"), (1, 2, "run")]
    assert program.labelling.note_of(two) == "loose sensor"
    assert [each.name for each in program.labelling.classes] == ["a", "b", "idle", "run"], "the model's came first"
    assert program.session.current is not None
    assert program.session.current.id == two
    assert program.keeping.autosave.state.view["hidden"] == ["x"]
    for _ in range(3):
        program.labelling.undo()
    assert not seen(program, one)
    assert not problems(program)


def test_events_become_a_snapshot_while_the_program_runs(
    start: Start, lab: Path, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sigdesk.app.autosave.LARGE_BYTES", 2_000)
    program = start()
    (one,) = open_all(program, qtbot, lab / "pump.csv")
    (folder,) = {path.parent for path in tmp_path.rglob("snapshot-*.sigdesk")}
    first = {path.name for path in folder.glob("snapshot-*")}
    for number in range(60):
        with qtbot.waitSignal(program.keeping.autosave.synced, timeout=20_000):
            program.labelling.create_label(one, number, number + 1, f"state {number % 3}")
        if number > 5 and {path.name for path in folder.glob("snapshot-*")} != first:
            break
    assert {path.name for path in folder.glob("snapshot-*")} != first
    labels, undo = seen(program, one), program.labelling.undo_text

    program = start()
    (one,) = reopen(program, qtbot)
    assert (seen(program, one), program.labelling.undo_text) == (labels, undo)
    assert not problems(program)


def test_labels_stand_beside_the_signal_a_moment_after(start: Start, lab: Path, qtbot: QtBot) -> None:
    program = start()
    (one,) = open_all(program, qtbot, lab / "pump.csv")
    program.labelling.create_label(one, 0, 1, "idle")
    with qtbot.waitSignal(program.keeping.label_files.written, timeout=20_000):
        pass  # by itself
    found = read_labels(label_file_of(lab / "pump.csv"))
    assert found is not None
    assert [label.class_name for label in found.labels[""]] == ["idle"]
    assert not label_file_of(lab / "fan.csv").exists(), "who has no label gets no file"


def test_another_desk_finds_the_labels_beside_the_signal(start: Start, lab: Path, tmp_path: Path, qtbot: QtBot) -> None:
    program = start()
    (one,) = open_all(program, qtbot, lab / "pump.csv")
    program.labelling.create_label(one, 0, 1, "idle")
    program.close()
    other = build(tmp_path / "other home")
    try:
        with qtbot.waitSignal(other.labelling.changed, timeout=20_000):
            (signal,) = open_all(other, qtbot, lab / "pump.csv")
        assert seen(other, signal) == [(0, 1, "idle")]
        assert other.labelling.undo_text == "", "what a file says is no act of this operator's"
    finally:
        other.close()


def test_fault_53_a_broken_label_file_is_told_and_kept_and_so_are_the_labels(
    start: Start, lab: Path, qtbot: QtBot
) -> None:
    file = label_file_of(lab / "pump.csv")
    file.write_text("start,stop,class\n0,1,idle\n2,three,run\n", encoding="utf-8")
    before = file.read_bytes()
    program = start()
    with qtbot.waitSignal(program.keeping.label_files.failed, timeout=20_000):
        (one,) = open_all(program, qtbot, lab / "pump.csv")
    assert told(program) == [
        f"{file}: line 3 is wrong: the stop “three” is no number. "
        "Correct the line in a text editor, or move the file away. It is kept as it is."
    ]
    program.labelling.create_label(one, 5, 6, "mine")
    program.keeping.label_files.write()
    program = start()
    with qtbot.waitSignal(program.keeping.label_files.failed, timeout=20_000):
        (one,) = reopen(program, qtbot)
    assert seen(program, one) == [(5, 6, "mine")]
    assert file.read_bytes() == before

    program.keeping.label_files.keep_mine(str(lab / "pump.csv"))
    written(program, qtbot)
    assert (lab / "pump.csv.labels.other.csv").read_bytes() == before
    assert not problems(program)


def changed_by_both(start: Start, lab: Path, qtbot: QtBot) -> tuple[Program, int]:
    program = start()
    (one,) = open_all(program, qtbot, lab / "pump.csv")
    program.labelling.create_label(one, 0, 1, "idle")
    written(program, qtbot)
    label_file_of(lab / "pump.csv").write_text("start,stop,class\n3,4,theirs\n", encoding="utf-8")
    program.labelling.create_label(one, 1, 2, "mine")
    with qtbot.waitSignal(program.keeping.label_files.failed, timeout=20_000):
        program.keeping.label_files.write()
    return program, one


def test_fault_53_labels_that_somebody_else_changed_are_not_overwritten(start: Start, lab: Path, qtbot: QtBot) -> None:
    program, one = changed_by_both(start, lab, qtbot)
    changed = f"Somebody else has changed {label_file_of(lab / 'pump.csv')}"
    choose = "Choose whose labels count: those in the file, or yours. Yours are kept in the session meanwhile."
    assert told(program) == [f"{changed}. {choose}"]
    program = start()
    with qtbot.waitSignal(program.keeping.label_files.failed, timeout=20_000):
        (one,) = reopen(program, qtbot)
    assert told(program) == [f"{changed}, and so have you. {choose}"]
    assert seen(program, one) == [(0, 1, "idle"), (1, 2, "mine")]
    assert "theirs" in label_file_of(lab / "pump.csv").read_text(encoding="utf-8")


def test_theirs_may_be_taken_and_taken_back(start: Start, lab: Path, qtbot: QtBot) -> None:
    program, one = changed_by_both(start, lab, qtbot)
    program.keeping.label_files.take_theirs(str(lab / "pump.csv"))
    assert seen(program, one) == [(3, 4, "theirs")]
    assert not problems(program)
    program.labelling.undo()
    assert seen(program, one) == [(0, 1, "idle"), (1, 2, "mine")]
    written(program, qtbot)
    assert "mine" in label_file_of(lab / "pump.csv").read_text(encoding="utf-8")


def test_a_label_file_changed_while_nobody_edited_is_taken(start: Start, lab: Path, qtbot: QtBot) -> None:
    program = start()
    (one,) = open_all(program, qtbot, lab / "pump.csv")
    program.labelling.create_label(one, 0, 1, "idle")
    program.close()
    label_file_of(lab / "pump.csv").write_text("start,stop,class\n3,4,theirs\n", encoding="utf-8")
    program = start()
    with qtbot.waitSignal(program.labelling.edited, timeout=20_000):
        (one,) = reopen(program, qtbot)
    assert seen(program, one) == [(3, 4, "theirs")]
    program.labelling.undo()
    assert seen(program, one) == [(0, 1, "idle")]


def test_who_turns_to_a_signal_sees_what_others_made_of_its_labels(start: Start, lab: Path, qtbot: QtBot) -> None:
    program = start()
    one, two = open_all(program, qtbot, lab / "pump.csv", lab / "fan.csv")
    program.session.show(two)
    program.labelling.create_label(one, 0, 1, "idle")
    written(program, qtbot)
    label_file_of(lab / "pump.csv").write_text("start,stop,class\n3,4,theirs\n", encoding="utf-8")
    with qtbot.waitSignal(program.labelling.edited, timeout=20_000):
        program.session.show(one)
    assert seen(program, one) == [(3, 4, "theirs")]


def test_what_a_file_says_itself_becomes_labels_once(start: Start, lab: Path, qtbot: QtBot) -> None:
    program = start()
    (recording,) = open_recordings(lab / "pump.csv")
    said = replace(recording, annotations=(Annotation(1.0, 2.0, "Sleep stage W"),))
    (one,) = program.session.add([said])
    assert seen(program, one) == [(1, 2, "Sleep stage W")]
    program.labelling.delete(one, [label.id for label in program.labelling.labels(one)])
    program = start()
    (one,) = program.session.add([said])
    assert not seen(program, one), "what was deleted stays so"


def test_results_are_there_again(start: Start, lab: Path, qtbot: QtBot) -> None:
    program = start()
    (one,) = open_all(program, qtbot, lab / "pump.csv")
    with qtbot.waitSignal(program.labelling.changed, timeout=20_000):
        program.classifying.classify_current()
    entry = program.session.find(one)
    assert entry is not None
    card = program.feed.card_of(entry)
    program.labelling.accept(one, [label.id for label in program.labelling.labels(one)])
    labels = list(program.labelling.labels(one))

    program = start()
    (one,) = reopen(program, qtbot)
    entry = program.session.find(one)
    assert entry is not None
    assert (entry.state, entry.confidence) == (SignalState.UNSURE, 0.5)
    assert program.feed.card_of(entry) == card
    assert program.feed.results.rowCount() == 1
    assert list(program.labelling.labels(one)) == labels


def test_a_file_that_is_not_what_it_was_is_told(start: Start, lab: Path, qtbot: QtBot) -> None:
    program = start()
    open_all(program, qtbot, lab / "pump.csv")
    record = program.keeping.autosave.state.file_record(str(lab / "pump.csv"))
    qtbot.waitUntil(lambda: bool(record.fingerprint), timeout=20_000)
    program.close()
    (lab / "pump.csv").write_text("time (s),pump\n0,1\n1,2\n2,4\n", encoding="utf-8")
    program = start()
    with qtbot.waitSignal(program.keeping.autosave.file_changed, timeout=20_000):
        reopen(program, qtbot)
    assert "is not what it was" in "".join(problems(program).values())


def test_files_that_are_gone_are_told_at_the_start(start: Start, lab: Path, qtbot: QtBot) -> None:
    open_all(start(), qtbot, lab / "pump.csv", lab / "fan.csv")
    (lab / "fan.csv").unlink()
    program = start()
    assert [path.name for path in program.last_files()] == ["pump.csv"]
    assert "fan.csv" in "".join(problems(program).values())


def test_a_second_program_of_the_home_says_that_it_keeps_nothing(start: Start, tmp_path: Path) -> None:
    start()
    second = build(tmp_path / "home")
    try:
        assert "Another SigDesk" in problems(second)["session"]
    finally:
        second.close()


def test_a_run_on_other_files_forgets_those_of_the_last(start: Start, lab: Path, qtbot: QtBot) -> None:
    program = start()
    (one,) = open_all(program, qtbot, lab / "pump.csv")
    program.labelling.create_label(one, 0, 1, "idle")
    program = start()
    open_all(program, qtbot, lab / "fan.csv")
    program = start()
    assert [path.name for path in program.last_files()] == ["fan.csv"]
    assert program.labelling.undo_text == ""
    with qtbot.waitSignal(program.labelling.loaded, timeout=20_000):
        (one,) = open_all(program, qtbot, lab / "pump.csv")
    assert seen(program, one) == [(0, 1, "idle")], "they stand beside the signal"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_labels_of_a_folder_that_is_read_only_stay_in_the_session(start: Start, lab: Path, qtbot: QtBot) -> None:
    lab.chmod(0o500)
    try:
        read_only(start, lab, qtbot)
    finally:
        lab.chmod(0o700)


def test_labels_that_no_file_takes_stay_in_the_session(start: Start, lab: Path, qtbot: QtBot) -> None:
    name = "x" * 244 + ".csv"  # its label file's name would be too long for the disk
    (lab / "pump.csv").rename(lab / name)
    read_only(start, lab, qtbot, name)


def read_only(start: Start, lab: Path, qtbot: QtBot, name: str = "pump.csv") -> None:
    program = start()
    (one,) = open_all(program, qtbot, lab / name)
    program.labelling.create_label(one, 0, 1, "idle")
    with qtbot.waitSignal(program.keeping.label_files.failed, timeout=20_000):
        program.keeping.label_files.write()
    assert "kept in the session" in told_way_out(program)
    program.session.remove([one])
    start()
    program = start()
    (one,) = open_all(program, qtbot, lab / name)
    assert seen(program, one) == [(0, 1, "idle")]


def told_way_out(program: Program) -> str:
    model = program.feed.problems
    return "".join(model.index(place, 0).data(ROW).way_out for place in range(model.rowCount()))
