"""A bounded place for samples that were parsed from text, so that reading them again costs nothing while they fit.

A text file cannot be read from the middle as a WAV can, but keeping every parsed file of a desk with ten thousand of
them would fill the memory. So the least recently used samples leave the shelf, and are parsed again when asked for.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from msgspec import Struct

from sigdesk.signals.recording import Recording, Samples
from sigdesk.signals.stamp import FileStamp

DEFAULT_BUDGET_BYTES = 256 * 1024 * 1024


class Shelf:
    """At most `budget_bytes` of samples, by key. May be used from several threads."""

    def __init__(self, budget_bytes: int = DEFAULT_BUDGET_BYTES) -> None:
        self._budget = budget_bytes
        self._held = 0
        self._samples: OrderedDict[Hashable, Samples] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def held_bytes(self) -> int:
        """What the samples on the shelf take."""
        return self._held

    def put(self, key: Hashable, samples: Samples) -> None:
        """Keep `samples`, which nobody may change from now on; what was used longest ago makes room."""
        samples.flags.writeable = False
        if samples.nbytes > self._budget:
            return
        with self._lock:
            old = self._samples.pop(key, None)
            self._held += samples.nbytes - (0 if old is None else old.nbytes)
            self._samples[key] = samples
            while self._held > self._budget:
                self._held -= self._samples.popitem(last=False)[1].nbytes

    def take(self, key: Hashable, load: Callable[[], Samples]) -> Samples:
        """The samples of `key`, from the shelf or else from `load`."""
        samples = self._samples.get(key)
        if samples is not None:
            try:  # noqa: SIM105 - this is asked for every signal: without the lock, and without what `suppress` costs
                self._samples.move_to_end(key)
            except KeyError:  # another thread has made room meanwhile
                pass
            return samples
        samples = load()
        self.put(key, samples)
        return samples


class CheckedSource:
    """A source that looks whether its file has changed before it reads; who reads many of one file looks once."""

    __slots__ = ()
    stamp: FileStamp

    def read(self, start: int, stop: int) -> Samples:
        """As `SampleSource` says. Raises RecordingError when the file is not what it was."""
        self.stamp.check()
        return self.read_unchecked(start, stop)

    def read_unchecked(self, start: int, stop: int) -> Samples:
        """The same of a file that was looked at a moment ago."""
        raise NotImplementedError


class Reading:
    """Reads stretches of many recordings one after the other, and looks at each file once."""

    def __init__(self) -> None:
        self._checked: dict[int, FileStamp] = {}

    def read(self, recording: Recording, start: int, stop: int | None) -> Samples:
        """As `Recording.read` says."""
        source = recording.source
        if not isinstance(source, CheckedSource):
            return recording.read(start, stop)
        if id(source.stamp) in self._checked:
            end = recording.length if stop is None else stop
            if 0 <= start <= end <= recording.length:
                return source.read_unchecked(start, end)
        samples = recording.read(start, stop)
        self._checked[id(source.stamp)] = source.stamp
        return samples


class ShelvedSource(CheckedSource, Struct, frozen=True):
    """Samples that `load` parses from the file whole; `part` says which of the file's arrays they are."""

    stamp: FileStamp
    shelf: Shelf
    part: Hashable
    load: Callable[[], Samples]

    def read_unchecked(self, start: int, stop: int) -> Samples:
        return self.shelf.take((self.stamp, self.part), self.load)[:, start:stop]
