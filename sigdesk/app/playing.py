"""Playing a stretch of one channel or two as sound, off the window's thread. The library for it is an extra, and many
machines of a lab have no sound at all, so what is missing is found out once and told."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from sigdesk.errors import RecordingError
from sigdesk.signals.describe import format_rate
from sigdesk.signals.measure import measure
from sigdesk.signals.recording import Recording

Levels = NDArray[np.float64]

LOWEST_HZ, HIGHEST_HZ = 1000.0, 192_000.0
_BLOCK_S: Final = 0.1
_PEAK: Final = 0.9
_LOUDNESS_SAMPLES: Final = 4_000_000
_WAY_OUT: Final = "Check the machine's sound settings, then play it again."


def sound_problem() -> str:
    """Why no sound can be played here, or "". It asks the machine's sound system, which may take a while."""
    try:
        import sounddevice  # it opens the sound system: only for who plays something
    except ModuleNotFoundError:
        return "Sound needs the extra “audio”: pip install sigdesk[audio]"
    except OSError:
        return "Sound needs the library PortAudio, which this machine does not have"
    try:
        sounddevice.query_devices(kind="output")
    except (sounddevice.PortAudioError, ValueError):
        return "This machine has no sound output"
    return ""


def sound_installed() -> bool:
    """Whether the extra for sound is there; costs nothing."""
    return importlib.util.find_spec("sounddevice") is not None


def rate_problem(recording: Recording) -> str:
    """Why this recording cannot be heard, or ""."""
    rate = recording.time_base.rate_hz
    if rate is None:
        return "Its times are uneven or unknown"
    if not LOWEST_HZ <= rate <= HIGHEST_HZ:
        return f"Sound has {format_rate(LOWEST_HZ)} to {format_rate(HIGHEST_HZ)}, this signal {format_rate(rate)}"
    return ""


class Playing(QObject):
    """Plays one stretch at a time. `looked` carries what `sound_problem` says, `ended` comes when it is over or was
    stopped, `failed` carries a RecordingError."""

    looked = Signal(str)
    ended = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads = QThreadPool(self)
        self._threads.setMaxThreadCount(1)
        self._run: _Play | None = None
        self.ended.connect(self._forget)
        self.failed.connect(self._forget)

    @property
    def is_playing(self) -> bool:
        return self._run is not None

    def look(self) -> None:
        """Find out whether sound can be played here; `looked` tells."""
        self._threads.start(lambda: self.looked.emit(sound_problem()))

    def play(self, recording: Recording, channels: Sequence[int], start: int, stop: int) -> None:
        """Play samples `start` to `stop` at their own rate, as loud as it goes; missing ones are silent.

        Of two channels the first is heard at the left; where they have the same unit, the louder one stays louder.
        """
        self.stop()
        self._run = _Play(recording, channels, start, stop, self)
        self._threads.start(self._run)

    def stop(self) -> None:
        """Fall silent."""
        if self._run is not None:
            self._run.is_over = True

    def close(self) -> None:
        """Fall silent, and wait until the thread has ended."""
        self.stop()
        self._threads.clear()
        self._threads.waitForDone(-1)

    def _forget(self) -> None:
        self._run = None


class _Play(QRunnable):
    def __init__(self, recording: Recording, channels: Sequence[int], start: int, stop: int, tell: Playing) -> None:
        super().__init__()
        self.is_over = False
        self._recording = recording
        self._channels = list(channels)
        self._stretch = (start, stop)
        self._tell = tell

    def run(self) -> None:
        problem = sound_problem()
        if problem:
            self._tell.failed.emit(RecordingError(f"{problem}.", _WAY_OUT))
            return
        import sounddevice

        name = self._recording.name
        try:
            self._play(sounddevice)
        except RecordingError as error:
            self._tell.failed.emit(error)
        except (sounddevice.PortAudioError, OSError, ValueError) as error:
            self._tell.failed.emit(RecordingError(f"{name} could not be played ({error}).", _WAY_OUT))
        else:
            self._tell.ended.emit()

    def _play(self, sounddevice: Any) -> None:
        start, stop = self._stretch
        rate = self._recording.time_base.rate_hz
        assert rate is not None
        middles, gains = self._loudness()
        step = max(1, int(rate * _BLOCK_S))
        with sounddevice.OutputStream(samplerate=rate, channels=len(self._channels), dtype="float32") as stream:
            for at in range(start, stop, step):
                if self.is_over:
                    stream.abort()
                    return
                samples = self._recording.read(at, min(at + step, stop))[self._channels].T
                sound = np.clip(np.nan_to_num((samples - middles) * gains, posinf=0.0, neginf=0.0), -1, 1)
                stream.write(np.ascontiguousarray(sound, dtype=np.float32))

    def _loudness(self) -> tuple[Levels, Levels]:
        """What to take off each channel and by what to multiply it, to begin as loud as it goes."""
        start, stop = self._stretch
        middles, peaks = np.zeros(len(self._channels)), np.zeros(len(self._channels))
        steps = list(measure(self._recording, start, min(stop, start + _LOUDNESS_SAMPLES), lambda: self.is_over))
        for place, channel in enumerate(self._channels if steps else ()):
            found = steps[-1].channels[channel]
            if found.count:
                middles[place] = found.mean
                peaks[place] = max(found.high - found.mean, found.mean - found.low)
        if len({self._recording.channels[channel].unit for channel in self._channels}) == 1:
            peaks[:] = peaks.max()
        gains = [_PEAK / peak if peak > 0 and math.isfinite(peak) else 0.0 for peak in peaks.tolist()]
        return middles, np.array(gains)
