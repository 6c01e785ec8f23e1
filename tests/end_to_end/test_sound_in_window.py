"""The play action where there is no sound, and for signals that nobody could hear."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from sigdesk.app.playing import sound_installed
from sigdesk.ui.start import Desk
from tests.end_to_end.conftest import MakeDesk
from tests.end_to_end.test_window import open_samples


def write_tone(file: Path, rate_hz: int) -> None:
    soundfile.write(file, np.sin(np.arange(8000) / 5), rate_hz)


def test_without_the_extra_it_is_greyed_and_says_why(
    make_desk: MakeDesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    desk = make_desk()
    open_samples(desk, qtbot, "ecg.wav")
    action = desk.wiring.actions["play"]
    assert not action.isEnabled()
    assert "audio" in action.toolTip()


def test_too_slow_a_signal_cannot_be_heard(desk: Desk, qtbot: QtBot) -> None:
    open_samples(desk, qtbot, "running.csv")
    assert not desk.wiring.actions["play"].isEnabled()


@pytest.mark.parametrize(("rate_hz", "asked"), [(400, False), (8000, True)])
def test_the_sound_system_is_asked_once_a_signal_can_be_heard(
    desk: Desk, qtbot: QtBot, tmp_path: Path, rate_hz: int, asked: bool
) -> None:
    if not sound_installed():
        pytest.skip("needs the extra")
    write_tone(tmp_path / "tone.wav", rate_hz)
    with qtbot.waitSignal(desk.program.opened):
        desk.program.open([tmp_path / "tone.wav"])
    timers = desk.wiring.desk.plots.sound.findChildren(QTimer)
    assert any(timer.isActive() for timer in timers) is asked


def test_what_is_played_on_a_machine_without_sound_is_told(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    if not sound_installed() or Path("/proc/asound").is_dir():
        pytest.skip("needs the extra, on a machine without sound")
    write_tone(tmp_path / "tone.wav", 8000)
    with qtbot.waitSignal(desk.program.opened):
        desk.program.open([tmp_path / "tone.wav"])
    sound = desk.wiring.desk.plots.sound
    assert desk.wiring.actions["play"].isEnabled()
    with qtbot.waitSignal(sound.changed, timeout=30_000):  # found out after the first signal was shown
        pass
    assert not desk.wiring.actions["play"].isEnabled()
