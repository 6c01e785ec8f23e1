"""A session's own file: saved, opened elsewhere, moved files found again, and what cannot be read left alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from sigdesk.app.moved_files import Search
from sigdesk.errors import SessionChanged
from sigdesk.labels.label_file import label_file_of, read_labels
from tests.app.keeping_desk import Start, build, open_all, problems, seen


def test_a_session_goes_to_a_colleague(start: Start, lab: Path, tmp_path: Path, qtbot: QtBot) -> None:
    program = start()
    one, _ = open_all(program, qtbot, lab / "pump.csv", lab / "fan.csv")
    with qtbot.waitSignal(program.labelling.changed, timeout=20_000):
        program.session.show(one)
        program.classifying.classify_current()
    program.labelling.create_label(one, 0, 1, "mine")
    program.labelling.write_note(None, "bench A")
    with qtbot.waitSignal(program.keeping.session_file.saved, timeout=20_000):
        program.keeping.session_file.save(lab / "bench")
    assert program.keeping.session_file.name == "bench"
    assert not program.keeping.session_file.unsaved
    document = json.loads((lab / "bench.sigdesk").read_bytes())
    assert [file["path"] for file in document["files"]] == ["pump.csv", "fan.csv"]
    assert all(file["fingerprint"].startswith("sha256:") for file in document["files"])
    shutil.copytree(lab, tmp_path / "elsewhere")
    program.close()
    shutil.rmtree(lab)

    colleague = build(tmp_path / "other home")
    try:
        with qtbot.waitSignal(colleague.opened, timeout=20_000):
            colleague.keeping.session_file.open(tmp_path / "elsewhere" / "bench.sigdesk")
        first, second = (entry.id for entry in colleague.session.entries)
        assert sorted(seen(colleague, first)) == [(0, 1, "mine"), (0, 10, "a")]
        assert colleague.labelling.session_note == "bench A"
        entry = colleague.session.find(first)
        assert entry is not None
        card = colleague.feed.card_of(entry)
        assert card is not None
        assert card.model_line == "steady 1.0.0", "though the model is not here"
        assert not seen(colleague, second)
        assert colleague.labelling.undo_text == "Note"
        assert not problems(colleague)
    finally:
        colleague.close()


def test_moved_files_are_found_by_what_they_hold(start: Start, lab: Path, tmp_path: Path, qtbot: QtBot) -> None:
    (lab / "fan.csv").write_text("time (s),fan\n0,1\n1,2\n2,4\n", encoding="utf-8")
    program = start()
    ids = open_all(program, qtbot, lab / "pump.csv", lab / "fan.csv")
    for signal_id, name in zip(ids, ("one", "two"), strict=True):
        program.labelling.create_label(signal_id, 0, 1, name)
    with qtbot.waitSignal(program.keeping.session_file.saved, timeout=20_000):
        program.keeping.session_file.save(tmp_path / "bench.sigdesk")
    program.close()
    away = tmp_path / "away" / "deep"
    away.mkdir(parents=True)
    (lab / "pump.csv").rename(away / "renamed.csv")
    (lab / "fan.csv").rename(away / "fan.csv")
    label_file_of(lab / "fan.csv").unlink()
    (away / "decoy.csv").write_bytes((away / "renamed.csv").read_bytes()[:-2] + b"9\n")

    program = start()
    program.keeping.session_file.new()
    with qtbot.waitSignal(program.keeping.session_file.missing, timeout=20_000) as missing:
        program.keeping.session_file.open(tmp_path / "bench.sigdesk")
    assert missing.args == [[str(lab / "pump.csv"), str(lab / "fan.csv")]]
    assert len(problems(program)) == 2, "each is told"
    with qtbot.waitSignals([program.keeping.session_file.searched, program.opened], timeout=20_000):
        program.keeping.session_file.relink(tmp_path / "away")
    assert not problems(program)
    assert {entry.recording.path.name: seen(program, entry.id) for entry in program.session.entries} == {
        "renamed.csv": [(0, 1, "one")], "fan.csv": [(0, 1, "two")],
    }  # fmt: skip
    while program.labelling.undo():
        pass
    assert not any(seen(program, entry.id) for entry in program.session.entries)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"format": "SigDesk session",\n "version": 1', "line 2"),
        ("[1, 2]", "no session"),
        ('{"format": "SigDesk session", "version": 2}', "newer"),
        ('{"format": "SigDesk session", "version": 1, "signals": [{"file": 3}]}', "cannot be read"),
    ],
)
def test_a_session_that_cannot_be_read_leaves_the_present_one(
    start: Start, lab: Path, qtbot: QtBot, text: str, told: str
) -> None:
    program = start()
    (one,) = open_all(program, qtbot, lab / "pump.csv")
    program.labelling.create_label(one, 0, 1, "idle")
    file = lab / "bad.sigdesk"
    file.write_text(text, encoding="utf-8")
    with qtbot.waitSignal(program.keeping.session_file.failed, timeout=20_000):
        program.keeping.session_file.open(file)
    assert told in problems(program)["session file"]
    assert seen(program, one) == [(0, 1, "idle")]
    assert file.read_text(encoding="utf-8") == text


def test_a_session_file_that_somebody_else_changed_is_not_overwritten(start: Start, lab: Path, qtbot: QtBot) -> None:
    program = start()
    open_all(program, qtbot, lab / "pump.csv")
    with qtbot.waitSignal(program.keeping.session_file.saved, timeout=20_000):
        program.keeping.session_file.save(lab / "bench.sigdesk")
    theirs = (lab / "bench.sigdesk").read_bytes().replace(b"pump", b"fan")
    (lab / "bench.sigdesk").write_bytes(theirs)
    with qtbot.waitSignal(program.keeping.session_file.failed, timeout=20_000):
        program.keeping.session_file.save()
    assert (lab / "bench.sigdesk").read_bytes() == theirs


def test_a_session_of_a_newer_program_is_not_overwritten(start: Start, lab: Path, tmp_path: Path, qtbot: QtBot) -> None:
    start().close()
    (snapshot,) = (tmp_path / "home" / "session").glob("snapshot-*.sigdesk")
    newer = {**json.loads(snapshot.read_bytes()), "version": 2}
    snapshot.write_text(json.dumps(newer), encoding="utf-8")
    program = start()
    assert "newer" in problems(program)["session"]
    (one,) = open_all(program, qtbot, lab / "pump.csv")
    program.labelling.create_label(one, 0, 1, "idle")
    program.close()
    assert json.loads(snapshot.read_bytes()) == newer
    assert read_labels(label_file_of(lab / "pump.csv")) is not None, "labels are kept beside the signal all the same"


def test_what_was_not_saved_is_kept_when_another_session_is_opened(
    start: Start, lab: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    program = start()
    files, recent = program.keeping.session_file, program.keeping.recent
    (pump,) = open_all(program, qtbot, lab / "pump.csv")
    with qtbot.waitSignal(recent.changed, timeout=20_000):
        files.save(lab / "bench A.sigdesk")
    program.labelling.create_label(pump, 0, 1, "idle")
    program.labelling.write_note(None, "tighten the belt")
    assert files.unsaved

    with qtbot.waitSignal(files.left) as left:
        files.new()

    (kept,) = left.args
    assert (kept.name, kept.signals, kept.kept) == ("bench A", 1, True)
    assert read_labels(label_file_of(lab / "pump.csv")) is not None, "labels of the last second are beside the signal"
    assert program.session.count() == 0
    assert files.name == ""
    assert [row.kept for row in recent.rows] == [True, False]
    open_all(program, qtbot, lab / "fan.csv")
    with qtbot.waitSignal(program.opened, timeout=20_000):
        program.open([kept.path])
    (entry,) = program.session.entries
    assert seen(program, entry.id) == [(0, 1, "idle")]
    assert program.labelling.session_note == "tighten the belt"
    assert (files.name, files.unsaved) == ("bench A", True), "it is that session, and its file still lacks something"
    assert [row.name for row in recent.rows] == ["lab", "bench A", "bench A"], "the one without a name is kept, too"
    with qtbot.waitSignals([files.saved, recent.changed], timeout=20_000):
        files.save()
    assert [(row.name, row.kept) for row in recent.rows] == [("bench A", False), ("lab", True)]
    assert not kept.path.exists(), "the copy has nothing more to give"
    assert not problems(program)


def test_a_session_that_cannot_be_kept_stays(start: Start, lab: Path, tmp_path: Path, qtbot: QtBot) -> None:
    program = start()
    (pump,) = open_all(program, qtbot, lab / "pump.csv")
    program.labelling.create_label(pump, 0, 1, "idle")
    (tmp_path / "home" / "sessions").write_text("no folder", encoding="utf-8")
    program.keeping.session_file.new()
    assert "could not be kept" in problems(program)["session file"]
    assert seen(program, pump) == [(0, 1, "idle")]


def test_a_saved_session_begins_anew_as_it_was(start: Start, lab: Path, qtbot: QtBot) -> None:
    program = start()
    files = program.keeping.session_file
    open_all(program, qtbot, lab / "pump.csv", lab / "fan.csv")
    with qtbot.waitSignal(files.saved, timeout=20_000):
        files.save(lab / "bench")
    theirs = (lab / "bench.sigdesk").read_bytes().replace(b"pump", b"fan")
    program = start()
    files = program.keeping.session_file
    program.open_at_start([])
    assert files.name == "bench"
    qtbot.waitUntil(lambda: program.session.count() == 2, timeout=20_000)
    (lab / "bench.sigdesk").write_bytes(theirs)
    with qtbot.waitSignal(files.failed, timeout=20_000) as failed:
        files.save()
    assert isinstance(failed.args[0], SessionChanged), "known over a restart as well"
    with qtbot.waitSignal(files.saved, timeout=20_000):
        files.save(over_theirs=True)
    assert (lab / "bench.sigdesk").read_bytes() != theirs


def test_files_named_at_the_start_are_no_part_of_the_last_session(start: Start, lab: Path, qtbot: QtBot) -> None:
    program = start()
    open_all(program, qtbot, lab / "pump.csv")
    with qtbot.waitSignal(program.keeping.session_file.saved, timeout=20_000):
        program.keeping.session_file.save(lab / "bench.sigdesk")
    before = (lab / "bench.sigdesk").read_bytes()
    program = start()
    with qtbot.waitSignal(program.opened, timeout=20_000):
        program.open_at_start([lab / "fan.csv"])
    assert [entry.recording.name for entry in program.session.entries] == ["fan.csv"]
    assert program.keeping.session_file.path is None
    assert (lab / "bench.sigdesk").read_bytes() == before
    with qtbot.waitSignal(program.keeping.session_file.opened, timeout=20_000):
        program.open([lab / "fan.csv", lab / "bench.sigdesk"])
    qtbot.waitUntil(lambda: program.session.count() == 2, timeout=20_000)
    assert program.keeping.session_file.name == "bench"


def test_a_session_saved_right_after_an_edit_is_in_no_conflict(start: Start, lab: Path, qtbot: QtBot) -> None:
    program = start()
    (pump,) = open_all(program, qtbot, lab / "pump.csv")
    program.labelling.create_label(pump, 0, 1, "idle")
    with qtbot.waitSignal(program.keeping.session_file.saved, timeout=20_000):
        program.keeping.session_file.save(lab / "bench.sigdesk")
    program.keeping.session_file.new()
    with qtbot.waitSignal(program.opened, timeout=20_000):
        program.open([lab / "bench.sigdesk"])
    (entry,) = program.session.entries
    program.keeping.label_files.settle()
    assert seen(program, entry.id) == [(0, 1, "idle")]
    assert not problems(program)


def test_a_file_of_the_name_that_holds_something_else_is_told_apart(
    start: Start, lab: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    program = start()
    files = program.keeping.session_file
    (pump,) = open_all(program, qtbot, lab / "pump.csv")
    program.labelling.create_label(pump, 0, 1, "idle")
    with qtbot.waitSignal(files.saved, timeout=20_000):
        files.save(tmp_path / "bench.sigdesk")
    files.new()
    (lab / "pump.csv").rename(tmp_path / "real.csv")
    (lab / "pump.csv.labels.csv").unlink()
    impostor = tmp_path / "away" / "pump.csv"
    impostor.parent.mkdir()
    impostor.write_text("time (s),pump\n0,1\n1,2\n2,4\n", encoding="utf-8")
    with qtbot.waitSignal(files.missing, timeout=20_000):
        program.open([tmp_path / "bench.sigdesk"])
    assert files.missing_files == [str(lab / "pump.csv")]

    with qtbot.waitSignal(files.searched, timeout=20_000) as searched:
        files.relink(tmp_path / "away")
    assert searched.args == [Search((), ((str(lab / "pump.csv"), str(impostor)),))]
    with qtbot.waitSignal(files.searched, timeout=20_000) as searched:
        files.relink_file(str(lab / "pump.csv"), impostor)
    assert not searched.args[0].pairs
    assert files.missing_files == [str(lab / "pump.csv")]

    with qtbot.waitSignals([files.searched, program.opened], timeout=20_000):
        files.relink_file(str(lab / "pump.csv"), impostor, whatever=True)
    (entry,) = program.session.entries
    assert entry.recording.path == impostor
    assert seen(program, entry.id) == [(0, 1, "idle")]
    assert not files.missing_files
