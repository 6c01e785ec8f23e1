"""Labels in the program: what views call, what they hear, and how a model's results become labels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from sigdesk.app.labelling import Labelling
from sigdesk.app.program import Program
from sigdesk.app.session import Session
from sigdesk.app.settings import Settings
from sigdesk.errors import LabelError
from sigdesk.labels.label import Author, Label, Review
from sigdesk.places import Places
from tests.factories import MakeModel, MakePool, MakeRecording


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.json")


@pytest.fixture
def labelling(qapp: QCoreApplication, session: Session, settings: Settings) -> Labelling:
    return Labelling(session, settings)


@pytest.fixture
def signal(session: Session, labelling: Labelling, recording: MakeRecording) -> int:
    return session.add([recording()])[0]


def said(start: float, stop: float, class_name: str, confidence: float) -> Label:
    return Label(start, stop, class_name, Author.MODEL, confidence, "m", "1", review=Review.OPEN)


def load(labelling: Labelling, signal_id: int, *labels: Label) -> list[str]:
    key = labelling.key_of(signal_id)
    assert key is not None
    labelling.book.load(key, labels)
    return [label.id for label in labelling.labels(signal_id)]


def test_a_label_is_seen_with_its_colour_and_undone(labelling: Labelling, signal: int, qtbot: QtBot) -> None:
    with qtbot.waitSignals([labelling.changed, labelling.classes_changed, labelling.history_changed]):
        label_id = labelling.create_label(signal, 0.01, 0.02, "idle")
    (span,) = labelling.spans(signal)
    assert (span.id, span.start, span.stop, span.mark.title, span.by_you) == (label_id, 0.01, 0.02, "idle", True)
    assert (labelling.undo_text, labelling.redo_text) == ("Label idle", "")
    with qtbot.waitSignal(labelling.changed) as told:
        labelling.undo()
    assert told.args == [frozenset([signal])]
    assert not labelling.spans(signal)
    assert (labelling.undo_text, labelling.redo_text) == ("", "Label idle")
    labelling.redo()
    assert labelling.spans(signal) == (span,)


def test_many_changes_are_told_once(labelling: Labelling, signal: int, qtbot: QtBot) -> None:
    heard: list[object] = []
    labelling.changed.connect(heard.append)
    with qtbot.waitSignal(labelling.changed):
        for number in range(100):
            labelling.create_label(signal, number, number + 1, "a")
    assert heard == [frozenset([signal])]


def test_digits_label_a_selection_and_set_the_class_of_what_lies_there(labelling: Labelling, signal: int) -> None:
    assert labelling.label_stretch_by_key(signal, 0.0, 0.01, 1) is None, "no class yet"
    labelling.create_label(signal, 0.05, 0.06, "idle")
    first = labelling.label_stretch_by_key(signal, 0.01, 0.0, 1)
    assert first is not None
    again = labelling.label_stretch_by_key(signal, 0.0, 0.01, 9)
    assert again == first
    label = labelling.find(signal, first)
    assert label is not None
    assert label.class_name == "Unknown"
    assert not labelling.set_class_by_key(signal, [first], 7)
    assert labelling.set_class_by_key(signal, [first], 1)


def test_ninth_key_is_unknown_and_ninth_class_has_none(labelling: Labelling, signal: int) -> None:
    for number in range(10):
        labelling.create_label(signal, number, number + 1, f"class {number}")
    assert [each.key for each in labelling.classes] == [1, 2, 3, 4, 5, 6, 7, 8, None, None]
    assert [each.hatched for each in labelling.classes] == [False] * 8 + [True] * 2
    unknown = labelling.class_of_key(9)
    assert unknown is not None
    assert unknown.name == "Unknown"


def test_unsure_ones_are_walked_over_all_signals(
    labelling: Labelling, session: Session, recording: MakeRecording, settings: Settings
) -> None:
    one, two, three = session.add(recording(name=name) for name in ("1.csv", "2.csv", "3.csv"))
    load(labelling, one, said(0, 1, "a", 0.5), said(1, 2, "a", 0.9), said(2, 3, "a", 0.4))
    load(labelling, three, said(0, 1, "b", 0.1))
    walked, place = [], labelling.next_unsure(two, None)
    for _ in range(4):
        assert place is not None
        walked.append((place[0], place[1].start))
        place = labelling.next_unsure(*place)
    assert walked == [(three, 0), (one, 0), (one, 2), (three, 0)]
    back = labelling.next_unsure(one, walked[1][1], -1)
    assert back is not None
    assert back[0] == three

    labelling.accept_all([one, two, three])
    assert labelling.next_unsure(one, None) is None
    assert labelling.undo_text == "Accept 4 labels"
    labelling.undo()
    settings.put("unsure_below", 20)
    found = labelling.next_unsure(one, None)
    assert found is not None
    assert found[0] == three
    assert labelling.next_unsure(*found) is None, "there is no other"


def test_rejected_labels_are_not_painted_nor_walked(labelling: Labelling, signal: int) -> None:
    ids = load(labelling, signal, said(0, 1, "a", 0.5), said(1, 2, "b", 0.5))
    labelling.delete(signal, ids[:1])
    assert [span.mark.name for span in labelling.spans(signal)] == ["b"]
    first = labelling.next_label(signal, -1.0)
    assert first is not None
    assert first.class_name == "b"


def test_edges_and_cuts(labelling: Labelling, signal: int) -> None:
    load(labelling, signal, said(0, 4, "a", 0.9))
    labelling.create_label(signal, 1, 3, "b")
    assert [labelling.next_edge(signal, time) for time in (0, 1, 3, 4)] == [1, 3, 4, None]
    assert [labelling.previous_edge(signal, time) for time in (4, 0)] == [3, None]
    assert labelling.split(signal, 2)
    own = [(label.start, label.stop) for label in labelling.labels(signal) if not label.by_model]
    assert own == [(1, 2), (2, 3)], "the operator's label is cut, not the model's under it"


def test_a_class_gets_another_name_everywhere(labelling: Labelling, session: Session, recording: MakeRecording) -> None:
    one, two = session.add([recording(name="1.csv"), recording(name="2.csv")])
    labelling.create_label(one, 0, 1, "idel")
    labelling.create_label(two, 0, 1, "idel")
    labelling.create_label(two, 1, 2, "run")
    labelling.rename_class("idel", "idle")
    assert [span.mark.title for span in labelling.spans(two)] == ["idle", "run"]
    assert [span.mark.slot for span in labelling.spans(one)] == [0]
    with pytest.raises(LabelError, match="already"):
        labelling.rename_class("idle", "run")
    labelling.undo()
    assert [span.mark.title for span in labelling.spans(one)] == ["idel"]


def test_notes(labelling: Labelling, signal: int) -> None:
    labelling.write_note(signal, "sensor was loose")
    labelling.write_note(None, "bench A")
    assert (labelling.note_of(signal), labelling.session_note) == ("sensor was loose", "bench A")
    labelling.undo()
    labelling.undo()
    assert (labelling.note_of(signal), labelling.session_note) == ("", "")


def test_a_signal_that_is_gone_cannot_be_labelled(labelling: Labelling, session: Session, signal: int) -> None:
    labelling.create_label(signal, 0, 1, "a")
    removed = session.remove([signal])
    assert not len(labelling.labels(signal))
    with pytest.raises(LabelError, match="not open"):
        labelling.create_label(signal, 0, 1, "a")
    session.restore(removed)
    assert len(labelling.spans(signal)) == 1, "put back, it has its labels"


@pytest.fixture
def program(tmp_path: Path, pool: MakePool, model_folder: MakeModel) -> Iterator[Program]:
    model = model_folder(
        '#!/bin/sh\necho \'OUTPUT: {"label": "a", "confidence": 0.5}\'\n', classes=("a", "b"), name="steady"
    )
    places = Places(tmp_path / "home")
    program = Program(places, Settings(places.settings_file), pool(), [model])
    yield program
    program.close()


def test_a_result_becomes_a_model_s_label(program: Program, recording: MakeRecording, qtbot: QtBot) -> None:
    (signal,) = program.session.add([recording()])
    program.session.show(signal)
    program.classifying.choose_model("steady")
    with qtbot.waitSignal(program.labelling.changed, timeout=20_000):
        program.classifying.classify_current()
    (label,) = program.labelling.labels(signal)
    assert replace(label, id="") == replace(said(0, 0.1, "a", 0.5), model="steady", version="1.0.0")
    (span,) = program.labelling.spans(signal)
    assert (span.unsure, span.by_you, span.settled) == (True, False, False)
    program.labelling.accept(signal, [label.id])
    assert [(span.by_you, span.settled) for span in program.labelling.spans(signal)] in (
        [(True, False), (False, True)], [(False, True), (True, False)],
    )  # fmt: skip

    entry = program.session.find(signal)
    assert entry is not None
    first = entry.ended_job
    program.classifying.classify_current()
    qtbot.waitUntil(lambda: entry.ended_job is not first, timeout=20_000)
    assert len(program.labelling.labels(signal)) == 2, "the same word again changes nothing"
