"""Fingerprints of open files: each is taken once, and anew when the file has changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

from sigdesk.app import fingerprints as module
from sigdesk.app.fingerprints import Fingerprints
from sigdesk.signals.fingerprint import fingerprint


def test_a_file_that_is_as_it_was_is_not_read_again(
    qapp: QCoreApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def counted(path: Path) -> str:
        read.append(path)
        return fingerprint(path)

    monkeypatch.setattr(module, "fingerprint", counted)
    file = tmp_path / "run.csv"
    file.write_text("1")
    fingerprints = Fingerprints()
    told: list[tuple[str, int, str]] = []
    fingerprints.taken.connect(lambda *facts: told.append(facts))

    for _ in range(3):
        fingerprints.take([str(file)])
    fingerprints.wait()
    qapp.sendPostedEvents()
    assert read == [file]
    assert told == 3 * [(str(file), 1, fingerprint(file))], "another session that knows the file must hear of it, too"

    file.write_text("12")
    fingerprints.take([str(file)])
    fingerprints.wait()
    qapp.sendPostedEvents()
    assert read == [file, file]
    assert told[-1] == (str(file), 2, fingerprint(file))
    fingerprints.close()
