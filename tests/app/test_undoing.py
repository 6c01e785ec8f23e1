"""One order of time for what was done to labels and for signals that were removed."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

from sigdesk.app.labelling import Labelling
from sigdesk.app.session import Session
from sigdesk.app.settings import Settings
from sigdesk.app.undoing import Undoing
from tests.factories import MakeRecording


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def labelling(qapp: QCoreApplication, session: Session, tmp_path: Path) -> Labelling:
    return Labelling(session, Settings(tmp_path / "settings.json"))


@pytest.fixture
def undoing(session: Session, labelling: Labelling) -> Undoing:
    return Undoing(session, labelling)


def undo_all(undoing: Undoing) -> list[str]:
    texts = []
    while undoing.undo_text:
        texts.append(undoing.undo_text)
        assert undoing.undo() is not None
    return texts


def redo_all(undoing: Undoing) -> list[str]:
    texts = []
    while undoing.redo_text:
        texts.append(undoing.redo_text)
        assert undoing.redo() is not None
    return texts


def test_removals_stand_between_the_edits_where_they_were_made(
    session: Session, labelling: Labelling, undoing: Undoing, recording: MakeRecording
) -> None:
    one, two = session.add([recording(name="one.csv"), recording(name="two.csv")])
    undoing.remove([two])
    labelling.create_label(one, 0.01, 0.02, "idle")
    undoing.remove([one])

    assert undo_all(undoing) == ["Remove 1 signal", "Label idle", "Remove 1 signal"]
    assert session.count() == 2
    assert redo_all(undoing) == ["Remove 1 signal", "Label idle", "Remove 1 signal"]
    assert session.count() == 0


def test_a_removal_waits_for_the_edits_since_when_the_one_before_it_is_forgotten(
    session: Session, labelling: Labelling, undoing: Undoing, recording: MakeRecording
) -> None:
    labelling.book.done = deque(maxlen=2)
    one, two = session.add([recording(name="one.csv"), recording(name="two.csv")])
    labelling.create_label(one, 0.00, 0.01, "first")
    undoing.remove([two])
    labelling.create_label(one, 0.01, 0.02, "second")
    labelling.create_label(one, 0.02, 0.03, "third")

    assert undo_all(undoing) == ["Label third", "Label second", "Remove 1 signal"]
    assert session.count() == 2
