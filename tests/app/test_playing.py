"""Sound through the real library, to an output that takes everything and is heard by nobody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from sigdesk.app.playing import Playing, rate_problem, sound_problem
from tests.factories import MakeRecording

SILENT = "</usr/share/alsa/alsa.conf>\npcm.!default { type null }\n"
_ASK = "from sigdesk.app.playing import sound_problem; print(sound_problem())"
_PLAY = """
import sys
import numpy as np
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from sigdesk.app.playing import Playing
from sigdesk.signals.recording import ArraySource, Channel, Recording, TimeBase
application = QCoreApplication([])
length, stop_after_ms = int(sys.argv[1]), int(sys.argv[2])
samples = np.sin(np.arange(length) / 5)[None, :] * np.array([[1], [1000]])
samples[0, 100:200] = np.nan
channels = Channel("a"), Channel("b")
one = Recording("tone", Path("tone"), channels, length, TimeBase(8000.0), ArraySource(samples), "array")
playing = Playing()
playing.ended.connect(lambda: (print("ended", playing.is_playing), application.quit()))
playing.failed.connect(lambda error: (print(error.what), application.quit()))
playing.play(one, [int(each) for each in sys.argv[3]], 0, length)
if stop_after_ms:
    QTimer.singleShot(stop_after_ms, playing.stop)
application.exec()
playing.close()
"""


def run(code: str, config: Path, *arguments: str) -> str:
    """What a program of its own prints: the sound system of a process is opened once and for all."""
    environment = {"ALSA_CONFIG_PATH": str(config), "PYTHONPATH": str(Path(__file__).parents[2]), "PATH": ""}
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


@pytest.fixture
def silent(tmp_path: Path) -> Path:
    """A sound system with one output; skips where there is no library to play through."""
    if not Path("/usr/share/alsa/alsa.conf").is_file():
        pytest.skip("needs ALSA, which is Linux's")
    config = tmp_path / "alsa.conf"
    config.write_text(SILENT, encoding="utf-8")
    problem = run(_ASK, config)
    if "extra" in problem or "PortAudio" in problem:
        pytest.skip(problem)
    assert problem == ""
    return config


def test_a_stretch_is_played_to_its_end(silent: Path) -> None:
    assert run(_PLAY, silent, "4000", "0", "1") == "ended False"


def test_two_channels_are_played_and_stopped(silent: Path) -> None:
    assert run(_PLAY, silent, "40000000", "200", "01") == "ended False"


def test_a_machine_without_sound_says_so(silent: Path, tmp_path: Path) -> None:
    config = tmp_path / "nothing.conf"
    config.write_text("</usr/share/alsa/alsa.conf>\n", encoding="utf-8")
    if Path("/proc/asound").is_dir():
        pytest.skip("this machine may have sound")
    assert run(_ASK, config) == "This machine has no sound output"


def test_what_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    assert "sigdesk[audio]" in sound_problem()


def test_what_cannot_be_heard_is_said(recording: MakeRecording) -> None:
    assert rate_problem(recording(np.zeros(10), rate_hz=8000)) == ""
    assert "100 Hz" in rate_problem(recording(np.zeros(10), rate_hz=100))


def test_closing_what_never_played_does_nothing(qapp: QApplication) -> None:
    playing = Playing()
    playing.stop()
    playing.close()
    assert not playing.is_playing
