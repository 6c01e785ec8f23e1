"""Sound of the plot's signal in the real window: played and stopped, or greyed where this machine has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from sigdesk.app.action import When
from sigdesk.app.playing import Playing, rate_problem, sound_installed
from sigdesk.errors import RecordingError
from sigdesk.signals.describe import printable_name
from sigdesk.signals.recording import Recording
from sigdesk.ui.shell.toast import ToastAction
from sigdesk.ui.window.main_window import MainWindow
from sigdesk.ui.window.warning_box import warn

_STOP: Final = "stop playing"
_EARS: Final = 2
_LOOK_AFTER_MS: Final = 3000
"""The sound system is asked once the first signal that can be heard stands on the screen, not while it is drawn. It has
libraries that take 5 MB, and most signals of a lab are too slow for it."""


class SoundDesk(QObject):
    """`changed` comes when it is known whether there is sound."""

    changed = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._can_play = sound_installed()
        self._playing = Playing(self)
        self._look = QTimer(self, singleShot=True, interval=_LOOK_AFTER_MS)
        self._has_looked = not self._can_play
        self._look.timeout.connect(self._playing.look)
        self._playing.looked.connect(self._on_looked)
        self._playing.ended.connect(self._on_ended)
        self._playing.failed.connect(self._on_failed)
        window.toast.action_chosen.connect(self._on_toast_action)
        window.closing.connect(self._close)

    def conditions(self, recording: Recording | None) -> Mapping[When, bool]:
        """Whether the recording that the plot shows can be heard here."""
        heard = recording is not None and not rate_problem(recording)
        if heard and not self._has_looked:
            self._has_looked = True
            self._look.start()
        return {When.CAN_PLAY: heard and self._can_play}

    def play_or_stop(self) -> None:
        """Play the selection, or what is visible, of the topmost channel, or of the two topmost ones left and right;
        or fall silent."""
        if self._playing.is_playing:
            self._playing.stop()
            return
        plots = self._window.plots
        recording = plots.shown_recording
        if recording is None:
            return
        channels = plots.channels_shown[:_EARS]
        start, stop = plots.selection or plots.visible_samples
        self._playing.play(recording, channels, start, stop)
        names = [printable_name(recording.channels[channel].name) for channel in channels]
        words = names[0] if len(names) == 1 else f"{names[0]} (left) and {names[1]} (right)"
        self._window.toast.say(f"Playing {words}", action=ToastAction(_STOP, "Stop"), stays=True)

    def _close(self) -> None:
        self._look.stop()
        self._playing.close()

    def _on_looked(self, problem: str) -> None:
        self._can_play = not problem
        self.changed.emit()

    def _on_ended(self) -> None:
        self._window.toast.leave()

    def _on_failed(self, error: RecordingError) -> None:
        self._window.toast.leave()
        warn(self._window, "Not played", error.what, error.way_out)

    def _on_toast_action(self, action: str) -> None:
        if action == _STOP:
            self._playing.stop()
