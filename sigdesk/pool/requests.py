"""A job's request as it is written down, and made anew from that: what it takes to run the same job in another run."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import orjson
from isal.isal_zlib import crc32
from msgspec import Struct

from sigdesk.classifiers.folder import Classifier, read_classifier
from sigdesk.classifiers.trust import TrustEntry
from sigdesk.errors import JournalError, SigDeskError
from sigdesk.pool.jobs import JobRequest
from sigdesk.pool.right_of_way import PIECE, give_way
from sigdesk.signals import open_recordings
from sigdesk.signals.recording import ArraySource, Channel, Recording, Samples, TimeBase
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.tables.shape import shape_in, table_of

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_NO_TEXT: Final = re.compile("[\ud800-\udfff]")
_WRITTEN: Final = re.compile("\0([0-9a-f]{4})")


class Stored(Struct, frozen=True, gc=False):
    """A request in the journal's columns. `samples` (raw, C order) is None for a signal that a file holds."""

    file: str
    item: str
    signal: str
    model: str
    version: str
    model_folder: str
    request: bytes
    samples: bytes | None

    @property
    def path(self) -> str:
        """The file's name as the system has it, "" for a signal that exists only in memory."""
        return _from_column(self.file)

    @property
    def name(self) -> str:
        """The signal's name as the recording has it."""
        return _from_column(self.signal)

    @property
    def folder(self) -> str:
        """The model folder's name as the system has it."""
        return _from_column(self.model_folder)


def _to_column(name: str) -> str:
    """Names of files may hold bytes that are no text: these are written after a NUL, which no name holds."""
    return name if name.isascii() else _NO_TEXT.sub(lambda found: f"\0{ord(found[0]):04x}", name)


def _from_column(name: str) -> str:
    return _WRITTEN.sub(lambda found: chr(int(found[1], 16)), name) if "\0" in name else name


def store_all(requests: Sequence[JobRequest]) -> list[Stored]:
    """Requests as they are written down. What one asks for as the one before did is worked out once."""
    stored: list[Stored] = []
    last: JobRequest | None = None
    classifier: Classifier | None = None
    path: Path | None = None
    table: object = None
    document, model, version, folder, file = b"", "", "", "", ""
    for place, request in enumerate(requests):
        if not place % PIECE:
            give_way()
        recording = request.recording
        if request.classifier is not classifier:
            classifier = request.classifier
            model, version, folder = classifier.name, classifier.manifest.version, _to_column(str(classifier.folder))
        source = recording.source
        shape = getattr(source, "shape", None)
        if last is None or shape is not table or not request.asks_the_same(last):
            last, table, document = request, shape, orjson.dumps(_document(request))
        if recording.path is not path:
            path, file = recording.path, _to_column(str(recording.path))
        item, name = _to_column(recording.item), _to_column(recording.name)
        if isinstance(source, ArraySource):
            samples = np.ascontiguousarray(source.samples)
            own = _with_samples(request, samples)
            stored.append(Stored("", item, name, model, version, folder, own, samples.tobytes()))
        else:
            stored.append(Stored(file, item, name, model, version, folder, document, None))
    return stored


def _document(request: JobRequest) -> dict[str, Any]:
    return {
        "start": request.start,
        "stop": request.stop,
        "channels": request.channels,
        "windows": request.windows,
        "params": dict(request.params),
        "priority": request.priority,
        "retry_of": request.retry_of,
        "model_sha256": request.classifier.sha256,
        # How the operator has said that the table is read; without it another run would classify other values.
        "table": table_of(request.recording),
    }


def _with_samples(request: JobRequest, samples: Samples) -> bytes:
    recording = request.recording
    document = _document(request) | {
        "dtype": samples.dtype.str,
        "shape": samples.shape,
        "crc32": crc32(samples.data),
        "rate_hz": recording.time_base.rate_hz,
        "times": recording.time_base.times,
        "named": [(channel.name, channel.unit) for channel in recording.channels],
    }
    return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)


def restore(stored: Stored, shelf: Shelf | None = None, trust: Sequence[TrustEntry] = ()) -> JobRequest:
    """One request anew, as `Restoring` makes many."""
    return Restoring(shelf, trust).request(stored)


class Restoring:
    """Makes requests anew: with the model folder that each was accepted for, and the file as it is now.

    A folder and a file are read once, however many requests name them: a labelled set of 20,000 signals would be parsed
    as many times. `trust` is what the operator has decided about model files by now.
    """

    def __init__(self, shelf: Shelf | None = None, trust: Sequence[TrustEntry] = ()) -> None:
        self._shelf = shelf
        self._trust = trust
        self._classifiers: dict[str, Classifier | SigDeskError] = {}
        self._files: dict[tuple[str, bytes], dict[str, Recording] | SigDeskError] = {}

    def request(self, stored: Stored) -> JobRequest:
        """Raises RecordingError or ModelError when one of them cannot be used, JournalError when it is not the same any
        more."""
        classifier = _once(
            self._classifiers, stored.model_folder, lambda: read_classifier(Path(stored.folder), self._trust)
        )
        if classifier.manifest.version != stored.version:
            raise JournalError(
                f"{stored.model} is version {classifier.manifest.version} now; the job was accepted for "
                f"{stored.version}.",
                "Classify the signal again with the present version.",
            )
        document = orjson.loads(stored.request)
        if document.get("model_sha256", classifier.sha256) != classifier.sha256:
            raise JournalError(
                f"The file of {stored.model} is not the one for which the job was accepted: its hash differs.",
                "Classify the signal again with the present one.",
            )
        windows, channels = document["windows"], document["channels"]
        return JobRequest(
            classifier=classifier,
            recording=self._recording(stored, document),
            start=document["start"],
            stop=document["stop"],
            channels=None if channels is None else tuple(channels),
            windows=None if windows is None else tuple((start, stop) for start, stop in windows),
            params=document["params"],
            priority=document["priority"],
            retry_of=document["retry_of"],
        )

    def _recording(self, stored: Stored, document: dict[str, Any]) -> Recording:
        if stored.samples is not None:
            return _from_memory(stored, document, stored.samples)
        table = document.get("table")

        def read() -> dict[str, Recording]:
            shape = None if table is None else shape_in(table)
            found = open_recordings(Path(stored.path), self._shelf, table=shape)
            return {recording.item: recording for recording in reversed(found)}  # of two of one name the first

        recording = _once(self._files, (stored.file, orjson.dumps(table)), read).get(_from_column(stored.item))
        if recording is None:
            raise JournalError(
                f"{stored.path} no longer holds the signal {stored.name}.",
                "Open the file and classify what it holds now.",
            )
        return recording


def _once(known: dict[_Key, _Value | SigDeskError], key: _Key, find: Callable[[], _Value]) -> _Value:
    """What was found before, else what is found now; an error is found once, too, and raised each time."""
    if key not in known:
        try:
            known[key] = find()
        except SigDeskError as error:
            known[key] = error
    value = known[key]
    if isinstance(value, SigDeskError):
        raise value
    return value


def _from_memory(stored: Stored, document: dict[str, Any], samples: bytes) -> Recording:
    if crc32(samples) != document["crc32"]:
        raise JournalError(
            f"The samples of {stored.name} in the journal are damaged: their checksum does not match.",
            "Classify the signal again from where it came.",
        )
    values = np.frombuffer(samples, dtype=document["dtype"]).reshape(document["shape"])
    times = None if document["times"] is None else np.array(document["times"])
    return Recording(
        name=stored.name,
        path=Path(stored.name),
        channels=tuple(Channel(name, unit) for name, unit in document["named"]),
        length=values.shape[1],
        time_base=TimeBase(document["rate_hz"], times),
        source=ArraySource(values),
        format_name="memory",
        item=_from_column(stored.item),
    )
