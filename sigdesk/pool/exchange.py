"""Job files: how signals are handed to a script. They live in a private folder and go when their jobs end."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode, SamplesForm
from sigdesk.pool.jobs import JobRequest
from sigdesk.protocol import VERSION
from sigdesk.signals.recording import Samples


@dataclass(frozen=True, slots=True)
class Handover:
    """One job with the samples that were read for it, shape (channels, samples)."""

    job_id: str
    request: JobRequest
    samples: Samples


class Exchange:
    """The private folder of one run of the pool, and the files in it."""

    def __init__(self, parent: Path) -> None:
        """Make the folder, for this user alone. Raises OSError when it cannot be made."""
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix="run-", dir=parent))
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
            jobs = [_job(handover, place) for handover, place in zip(handovers, places, strict=True)]
            document = {"protocol": VERSION, "jobs": jobs} if run.mode is RunMode.WARM else jobs[0]
            with _create(files.path) as file:
                file.write(orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY))
        except BaseException:
            files.remove()
            raise
        return files

    def close(self) -> None:
        """Remove the folder with whatever is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(slots=True)
class JobFiles:
    """The file whose path a script is given, and the array beside it."""

    path: Path
    samples: Path | None = None

    def remove(self) -> None:
        """Remove them; a file that is gone already is no error."""
        for path in (self.path, self.samples):
            if path is not None:
                with contextlib.suppress(OSError):
                    path.unlink()


def _write_samples(path: Path, handovers: Sequence[Handover]) -> list[dict[str, Any]]:
    """One flat array for the whole batch; where each job's values begin in it."""
    flat = np.concatenate([handover.samples.ravel() for handover in handovers])
    with _create(path) as file:
        np.lib.format.write_array(file, flat, allow_pickle=False)
    places = []
    offset = 0
    for handover in handovers:
        places.append({"samples_file": {"path": str(path), "offset": offset, "shape": list(handover.samples.shape)}})
        offset += handover.samples.size
    return places


def _create(path: Path) -> Any:
    """Exclusive and for this user alone: a file or link that stands there already is an error, never followed."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _job(handover: Handover, place: Mapping[str, Any]) -> dict[str, Any]:
    request = handover.request
    recording = request.recording
    channels = recording.channels
    if request.channels is not None:
        channels = tuple(channels[index] for index in request.channels)
    job: dict[str, Any] = {
        "protocol": VERSION,
        "job": handover.job_id,
        "model": _model(request.classifier),
        "signal": {
            "name": _text(recording.name),
            "sample_rate": recording.time_base.rate_hz,
            "start": recording.time_base.time_of(request.start),
            "channels": [{"name": _text(channel.name), "unit": _text(channel.unit)} for channel in channels],
            **place,
        },
        "params": {**request.classifier.manifest.params, **request.params},
    }
    if request.windows is not None:
        job["windows"] = [list(window) for window in request.windows]
    return job


def _model(classifier: Classifier) -> dict[str, str]:
    manifest = classifier.manifest
    return {
        "name": manifest.name,
        "version": manifest.version,
        "folder": _text(str(classifier.folder)),
        "file": manifest.file.name if manifest.file else "",
    }


def _text(name: str) -> str:
    """A name as JSON can hold it: that of a file may have bytes that are no UTF-8."""
    return name.encode("utf-8", "replace").decode()
