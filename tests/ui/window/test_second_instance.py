"""What the first window of a home does when it is called."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from sigdesk.ui.window.second_instance import FirstWindow, claim, hand_over

ROOT = Path(__file__).resolve().parents[3]
CALLER = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from sigdesk.ui.window.second_instance import claim, hand_over
home, *files = map(Path, sys.argv[1:])
assert claim(home) is None
sys.exit(0 if hand_over(home, files) else 3)
"""


@pytest.fixture
def first(tmp_path: Path, qtbot: QtBot) -> Iterator[FirstWindow]:
    first = claim(tmp_path / "home")
    assert first is not None
    yield first
    first.close()


def test_fault_52_files_of_any_name_arrive_whole(first: FirstWindow, tmp_path: Path, qtbot: QtBot) -> None:
    files = [tmp_path / "a b.csv", tmp_path / "Größe\n.csv", *(tmp_path / f"{n:05}.csv" for n in range(3000))]
    with (
        subprocess.Popen([sys.executable, "-c", CALLER, str(tmp_path / "home"), *map(str, files)]) as caller,
        qtbot.waitSignal(first.called, timeout=20_000) as called,
    ):
        pass
    assert called.args == [files]
    assert caller.returncode == 0


def test_fault_52_without_files_it_is_called_all_the_same(first: FirstWindow, tmp_path: Path, qtbot: QtBot) -> None:
    with (
        subprocess.Popen([sys.executable, "-c", CALLER, str(tmp_path / "home")]) as caller,
        qtbot.waitSignal(first.called, timeout=20_000) as called,
    ):
        pass
    assert called.args == [[]]
    assert caller.returncode == 0


def test_a_call_that_makes_no_sense_is_hung_up(first: FirstWindow, tmp_path: Path, qtbot: QtBot) -> None:
    socket = QLocalSocket()
    socket.connectToServer(first.socket_name)
    assert socket.waitForConnected(5000)
    with qtbot.waitSignal(socket.disconnected), qtbot.assertNotEmitted(first.called):
        socket.write(b"{nonsense\n")


def test_when_the_first_is_closed_the_next_is_the_first(tmp_path: Path, qtbot: QtBot) -> None:
    home = tmp_path / "home"
    first = claim(home)
    assert first is not None
    assert claim(home) is None
    other = claim(tmp_path / "other home")
    assert other is not None, "each home has its own"
    first.close()
    other.close()

    again = claim(home)
    assert again is not None
    again.close()


def test_nobody_answers_where_no_window_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sigdesk.ui.window.second_instance._CONNECT_S", 0.1)
    assert not hand_over(tmp_path, [])
