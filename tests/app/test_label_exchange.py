"""Labels of an open signal go to other programs' files and come from them, as a dialog does it."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from sigdesk.app.label_exchange import EXCHANGES, LabelExport, import_from
from sigdesk.app.labelling import Labelling
from sigdesk.app.session import Session
from sigdesk.app.settings import Settings
from sigdesk.errors import LabelError
from sigdesk.signals import open_recordings
from sigdesk.signals.recording import Recording
from tests.factories import MakeRecording


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def labelling(qapp: QCoreApplication, session: Session, tmp_path: Path) -> Labelling:
    return Labelling(session, Settings(tmp_path / "settings.json"))


@pytest.fixture
def export(labelling: Labelling) -> Iterator[LabelExport]:
    made = LabelExport(labelling)
    yield made
    made.close()


@pytest.fixture
def shown(session: Session, labelling: Labelling, recording: MakeRecording) -> tuple[int, Recording]:
    made = recording()
    return session.add([made])[0], made


def test_an_import_is_one_step_of_undo_and_may_be_repeated(
    labelling: Labelling, shown: tuple[int, Recording], tmp_path: Path
) -> None:
    signal, recording = shown
    file = tmp_path / "track.txt"
    file.write_text("0.01\t0.02\ta\n0.03\t0.04\tb\n", encoding="utf-8")
    assert import_from(labelling, signal, recording, file) == 2
    assert labelling.undo_text == "Import track.txt"
    assert import_from(labelling, signal, recording, file) == 0
    labelling.undo()
    assert not labelling.spans(signal)


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda each: each.name)
def test_what_is_exported_can_be_imported(
    labelling: Labelling,
    export: LabelExport,
    shown: tuple[int, Recording],
    tmp_path: Path,
    exchange: object,
    qtbot: QtBot,
) -> None:
    signal, recording = shown
    labelling.create_label(signal, 0.01, 0.02, "a")
    labelling.create_label(signal, 0.03, 0.03, "b")
    chosen = next(each for each in EXCHANGES if each is exchange)
    file = tmp_path / f"out{chosen.suffix}"
    with qtbot.waitSignal(export.exported) as exported:
        export.export(signal, recording, file, chosen)
    assert exported.args == [file, 2]
    assert import_from(labelling, signal, recording, file) == 0, "they are there already"


def test_a_sigmf_recording_gets_its_labels_into_its_own_file(
    labelling: Labelling,
    export: LabelExport,
    session: Session,
    recording: MakeRecording,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    (tmp_path / "x.sigmf-meta").write_text(json.dumps({"global": {}, "captures": []}), encoding="utf-8")
    made = replace(recording(), path=tmp_path / "x.sigmf-data")
    (signal,) = session.add([made])
    labelling.create_label(signal, 0.01, 0.02, "a")
    with qtbot.waitSignal(export.exported) as exported:
        export.export_sigmf(signal, made)
    assert exported.args[1] == 1
    (found,) = json.loads((tmp_path / "x.sigmf-meta").read_bytes())["annotations"]
    assert (found["core:sample_start"], found["core:sample_count"], found["core:label"]) == (10, 10, "a")
    with pytest.raises(LabelError, match="no SigMF"):
        export.export_sigmf(signal, recording())


def test_an_edf_file_holds_the_signal_and_its_labels(
    labelling: Labelling, export: LabelExport, shown: tuple[int, Recording], tmp_path: Path, qtbot: QtBot
) -> None:
    signal, recording = shown
    labelling.create_label(signal, 0.01, 0.02, "a")
    with qtbot.waitSignal(export.exported):
        export.export_edf(signal, recording, tmp_path / "out.edf")
    (written,) = open_recordings(tmp_path / "out.edf")
    assert [(each.start_s, each.end_s, each.text) for each in written.annotations] == [(0.01, 0.02, "a")]
    assert written.length == recording.length


def test_a_full_disk_is_told_and_leaves_what_was_there(
    labelling: Labelling,
    export: LabelExport,
    shown: tuple[int, Recording],
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signal, recording = shown
    labelling.create_label(signal, 0.01, 0.02, "a")
    file = tmp_path / "out.csv"
    file.write_text("what was there", encoding="utf-8")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with qtbot.waitSignal(export.failed) as failed:
        export.export(signal, recording, file, EXCHANGES[0])
    assert "No space left" in failed.args[0].what
    assert failed.args[0].way_out == "Choose another folder, or make room."
    assert [each.name for each in tmp_path.iterdir() if each.suffix in (".csv", ".tmp")] == ["out.csv"]
    assert file.read_text(encoding="utf-8") == "what was there"
