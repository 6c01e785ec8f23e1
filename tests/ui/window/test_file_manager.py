"""A file is shown in the file manager of each system; where the first way does not answer, the next is tried."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from sigdesk.ui.window.file_manager import FileManager, commands

PATH = Path("/data/bench a/x,y.wav")


def test_each_system_is_asked_in_its_own_way() -> None:
    assert commands(PATH, "win32") == [("explorer", [f"/select,{PATH}"])]
    assert commands(PATH, "darwin") == [("open", ["-R", str(PATH)])]
    (bus, arguments), (opener, folder) = commands(PATH, "linux")
    assert bus == "dbus-send"
    assert "array:string:file:///data/bench%20a/x%2Cy.wav" in arguments
    assert (opener, folder) == ("xdg-open", [str(PATH.parent)])


def program(folder: Path, name: str, code: int) -> Path:
    """A program of that name which notes its arguments and ends with `code`."""
    noted = folder / f"{name}.args"
    script = folder / name
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{noted}.part"\nmv "{noted}.part" "{noted}"\nexit {code}\n')
    script.chmod(0o755)
    return noted


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
@pytest.mark.parametrize("bus_answers", [True, False])
def test_the_folder_is_opened_where_no_file_manager_answers_on_the_bus(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bus_answers: bool
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    bus, opener = program(tmp_path, "dbus-send", 0 if bus_answers else 1), program(tmp_path, "xdg-open", 0)
    manager = FileManager(platform="linux")
    with qtbot.assertNotEmitted(manager.failed):
        manager.reveal(PATH)
        qtbot.waitUntil(bus.exists if bus_answers else opener.exists)
        qtbot.waitUntil(lambda: not manager.is_busy)
    assert opener.exists() is not bus_answers
    if opener.exists():
        assert opener.read_text().splitlines() == [str(PATH.parent)]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
def test_without_any_file_manager_it_is_said(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    manager = FileManager(platform="linux")
    with qtbot.waitSignal(manager.failed) as failed:
        manager.reveal(PATH)
    assert failed.args == [PATH]
