"""Job files: how signals are handed to a script. They live in a private folder and go when their jobs end."""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode, SamplesForm
from sigdesk.pool.file_lock import FileLock
from sigdesk.pool.jobs import JobRequest
from sigdesk.pool.sweep import LOCK_NAME, RUN_PREFIX, sweep
from sigdesk.protocol import VERSION
from sigdesk.signals.recording import Channel, Samples


@dataclass(frozen=True, slots=True)
class Handover:
    """One job with the samples that were read for it, shape (channels, samples)."""

    job_id: str
    request: JobRequest
    samples: Samples


class Exchange:
    """The private folder of one run of the pool, and the files in it."""

    def __init__(self, parent: Path, run: str) -> None:
        """Make the folder of this run, for this user alone, and clean up after runs that died. Raises OSError."""
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        sweep(parent)
        self.folder = parent / f"{RUN_PREFIX}{run}"
        self.folder.mkdir(mode=0o700)  # exclusive: what stands there already is an error
        self._lock = FileLock.take(self.folder / LOCK_NAME)
        self._numbers = itertools.count(1)

    def write(self, handovers: Sequence[Handover]) -> JobFiles:
        """Write one job file for a one-shot script, or one batch file. Raises OSError; then nothing is left behind."""
        classifier = handovers[0].request.classifier
        run = classifier.manifest.run
        files = JobFiles(self.folder / f"job-{next(self._numbers)}.json")
        try:
            if run.samples is SamplesForm.NPY:
                files.samples = files.path.with_suffix(".npy")
                places = _write_samples(files.samples, handovers)
            else:
                # Strict JSON has no NaN: orjson writes NaN and infinity as null, as the protocol says.
                places = [{"samples": np.ascontiguousarray(handover.samples)} for handover in handovers]
            texts = _Texts(classifier)
            jobs = [_job(handover, place, texts) for handover, place in zip(handovers, places, strict=True)]
            document = {"protocol": VERSION, "jobs": jobs} if run.mode is RunMode.WARM else jobs[0]
            _write(files.path, orjson.dumps(document))
        except BaseException:
            files.remove()
            raise
        return files

    def try_to_write(self, size: int) -> None:
        """Write so many bytes and remove them again; the folder is made anew if it is gone. Raises OSError."""
        if not self.folder.exists():
            self.folder.mkdir(mode=0o700, parents=True)
            if self._lock is not None:
                self._lock.release()
            self._lock = FileLock.take(self.folder / LOCK_NAME)
        trial = JobFiles(self.folder / f"room-{next(self._numbers)}")
        try:
            _write(trial.path, bytes(size))
        finally:
            trial.remove()

    def close(self) -> None:
        """Remove the folder with whatever is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._lock is not None:
            self._lock.release()
            self._lock = None


@dataclass(slots=True)
class JobFiles:
    """The file whose path a script is given, and the array beside it."""

    path: Path
    samples: Path | None = None

    def move_to(self, folder: Path) -> None:
        """Move them into another folder of the same disk. Raises OSError."""
        self.path = self.path.rename(folder / self.path.name)
        if self.samples is not None:
            self.samples = self.samples.rename(folder / self.samples.name)

    def remove(self) -> None:
        """Remove them; a file that is gone already is no error."""
        for path in (self.path, self.samples):
            if path is not None:
                with contextlib.suppress(OSError):
                    path.unlink()


def _write_samples(path: Path, handovers: Sequence[Handover]) -> list[dict[str, Any]]:
    """One flat array for the whole batch; where each job's values begin in it."""
    flat = np.concatenate([handover.samples.ravel() for handover in handovers])
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, np.lib.format.header_data_from_array_1_0(flat))
    _write(path, header.getvalue(), flat.data.cast("B"))  # np.save asks the system four times as often
    places = []
    offset = 0
    for handover in handovers:
        places.append({"samples_file": {"path": str(path), "offset": offset, "shape": list(handover.samples.shape)}})
        offset += handover.samples.size
    return places


def _write(path: Path, *parts: bytes | memoryview) -> None:
    """Exclusive and for this user alone: a file or link that stands there already is an error, never followed."""
    with io.FileIO(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for part in parts:
            rest = memoryview(part)
            while rest:  # the system may take less than it was given
                rest = rest[file.write(rest) :]


class _Texts:
    """What the jobs of a batch have in common, as JSON that is made once: it was most of the work of a batch file."""

    def __init__(self, classifier: Classifier) -> None:
        manifest = classifier.manifest
        model = {
            "name": manifest.name,
            "version": manifest.version,
            "folder": _text(str(classifier.folder)),
            "file": manifest.file.name if manifest.file else "",
        }
        self.model = _fragment(model)
        self._defaults = manifest.params
        self._params = _fragment(dict(manifest.params))
        self._channels: tuple[Channel, ...] = ()
        self._channels_text = _fragment([])

    def params(self, request: JobRequest) -> orjson.Fragment:
        return _fragment({**self._defaults, **request.params}) if request.params else self._params

    def channels(self, request: JobRequest) -> orjson.Fragment:
        channels = request.recording.channels
        if request.channels is not None:
            channels = tuple(channels[index] for index in request.channels)
        if channels != self._channels:
            self._channels = channels
            named = [{"name": _text(channel.name), "unit": _text(channel.unit)} for channel in channels]
            self._channels_text = _fragment(named)
        return self._channels_text


def _job(handover: Handover, place: Mapping[str, Any], texts: _Texts) -> orjson.Fragment:
    request = handover.request
    recording = request.recording
    job: dict[str, Any] = {
        "protocol": VERSION,
        "job": handover.job_id,
        "model": texts.model,
        "signal": {
            "name": _text(recording.name),
            "sample_rate": recording.time_base.rate_hz,
            "start": recording.time_base.time_of(request.start),
            "channels": texts.channels(request),
            **place,
        },
        "params": texts.params(request),
    }
    if request.windows is not None:
        job["windows"] = request.windows
    return _fragment(job)


def _fragment(value: object) -> orjson.Fragment:
    return orjson.Fragment(orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY))


def _text(name: str) -> str:
    """A name as JSON can hold it: that of a file may have bytes that are no UTF-8."""
    return name if name.isascii() else name.encode("utf-8", "replace").decode()
