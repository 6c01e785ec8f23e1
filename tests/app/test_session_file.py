"""A session's own file: saved, opened elsewhere, moved files found again, and what cannot be read left alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

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
    with qtbot.waitSignals([program.keeping.session_file.relinked, program.opened], timeout=20_000):
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
