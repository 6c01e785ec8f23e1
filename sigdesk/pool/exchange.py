"""Job files: how signals are handed to a script. They live in a private folder and go when their jobs end."""

from __future__ import annotations

import contextlib
import io
import itertools
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import orjson
from msgspec import Struct

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode, SamplesForm
from sigdesk.pool.file_lock import FileLock
from sigdesk.pool.jobs import JobRequest
from sigdesk.pool.new_file import write_new_file
from sigdesk.pool.right_of_way import PIECE, give_way
from sigdesk.pool.sweep import LOCK_NAME, RUN_PREFIX, sweep
from sigdesk.protocol import VERSION
from sigdesk.signals.recording import Samples


class Handover(Struct, frozen=True, gc=False):
    """One job with the samples that were read for it, shape (channels, samples)."""

    job_id: str
    request: JobRequest
    samples: Samples


class Exchange:
    """The private folder of one run of the pool, once it is made, and the files in it."""

    def __init__(self, parent: Path, run: str) -> None:
        self.folder = parent / f"{RUN_PREFIX}{run}"
        self._making = threading.Lock()
        self._lock: FileLock | None = None
        self._numbers = itertools.count(1)

    def make(self) -> None:
        """Make the folder of this run, for this user alone, if it is not there, and clean up after runs that died. Any
        thread. Raises OSError."""
        with self._making:
            if self._lock is not None and self.folder.exists():
                return
            with contextlib.suppress(FileExistsError):  # of a file there the next step tells that it is no folder
                self.folder.parent.mkdir(mode=0o700, parents=True)
            sweep(self.folder.parent)
            self.folder.mkdir(mode=0o700)  # exclusive: what stands there already is an error
            if self._lock is not None:
                self._lock.release()
                self._lock = None
            try:
                self._lock = FileLock.take(self.folder / LOCK_NAME)
            except OSError:
                self.folder.rmdir()
                raise

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
                places = [b'"samples":%b' % _json(np.ascontiguousarray(handover.samples)) for handover in handovers]
            texts = _Texts(classifier)
            jobs: list[bytes] = []
            for begin in range(0, len(handovers), PIECE):
                give_way()
                jobs += map(texts.job, handovers[begin : begin + PIECE], places[begin : begin + PIECE])
            warm = run.mode is RunMode.WARM
            write_new_file(files.path, b'{"protocol":%d,"jobs":[%b]}' % (VERSION, b",".join(jobs)) if warm else jobs[0])
        except BaseException:
            files.remove()
            raise
        return files

    def try_to_write(self, size: int) -> None:
        """Write so many bytes and remove them again; the folder is made if it is not there. Raises OSError."""
        self.make()
        trial = JobFiles(self.folder / f"room-{next(self._numbers)}")
        try:
            write_new_file(trial.path, bytes(size))
        finally:
            trial.remove()

    def close(self) -> None:
        """Remove the folder with whatever is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._lock is not None:
            self._lock.release()
            self._lock = None


class JobFiles(Struct):
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


def _write_samples(path: Path, handovers: Sequence[Handover]) -> list[bytes]:
    """One flat array for the whole batch; where each job's values begin in it, as its job file says it."""
    arrays = [handover.samples for handover in handovers]
    dtypes = {array.dtype for array in arrays}
    dtype = np.result_type(*dtypes)
    places = []
    offset = 0
    before, after = b'"samples_file":{"path":%b,"offset":' % _json(str(path)), b""
    shape: tuple[int, ...] = ()
    size = 0
    for array in arrays:
        if array.shape != shape:  # that of its neighbour, mostly
            shape, size = array.shape, array.size
            after = b',"shape":[%d,%d]}' % shape
        places.append(b"%b%d%b" % (before, offset, after))
        offset += size
    header = io.BytesIO()
    described = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": (offset,)}
    np.lib.format.write_array_header_1_0(header, described)
    if dtypes == {dtype}:
        flat = [array if array.flags.c_contiguous else np.ascontiguousarray(array) for array in arrays]
    else:
        flat = [np.ascontiguousarray(array, dtype) for array in arrays]
    write_new_file(path, header.getvalue(), *flat)
    return places


class _Texts:
    """What the jobs of a batch have in common, as JSON that is made once: it was most of the work of a batch file.

    Job files are put together from such pieces for the same reason: orjson would be handed a tree of objects a job.
    """

    def __init__(self, classifier: Classifier) -> None:
        manifest = classifier.manifest
        model = {
            "name": manifest.name,
            "version": manifest.version,
            "folder": _text(str(classifier.folder)),
            "file": manifest.file.name if manifest.file else "",
        }
        self._defaults = manifest.params
        self._last: JobRequest | None = None
        self._before_id = b'{"protocol":%d,"job":"' % VERSION
        self._before_name = b'","model":%b,"signal":{"name":' % _json(model)
        self._before_place = self._after_place = b""

    def job(self, handover: Handover, place: bytes) -> bytes:
        """The job file of one job."""
        request = handover.request
        if self._last is None or not _reads_alike(request, self._last):
            self._work_out(request)
            self._last = request
        parts = (
            self._before_id,
            handover.job_id.encode(),
            self._before_name,
            orjson.dumps(_text(request.recording.name)),
            self._before_place,
            place,
            self._after_place,
        )
        return b"".join(parts)

    def _work_out(self, request: JobRequest) -> None:
        """The texts between a signal's name and times, the place of its samples, and the job's end."""
        base, channels = request.recording.time_base, request.recording.channels
        if request.channels is not None:
            channels = tuple(channels[index] for index in request.channels)
        named = [{"name": _text(channel.name), "unit": _text(channel.unit)} for channel in channels]
        rate, start = base.rate_hz, base.time_of(request.start)
        windows = b"" if request.windows is None else b',"windows":%b' % _json(request.windows)
        self._before_place = b',"sample_rate":%b,"start":%b,"channels":%b,' % tuple(map(_json, (rate, start, named)))
        self._after_place = b'},"params":%b%b}' % (_json({**self._defaults, **request.params}), windows)


def _reads_alike(one: JobRequest, other: JobRequest) -> bool:
    """Whether two jobs of a batch have all in common but their ids, the names of their signals and their samples. What
    neighbours share is the same, not just equal: 1 is equal to True."""
    here, there = one.recording, other.recording
    return (
        one.params is other.params
        and here.channels is there.channels
        and here.time_base is there.time_base
        and one.start == other.start
        and one.channels == other.channels
        and one.windows == other.windows
    )


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)


def _text(name: str) -> str:
    """A name as JSON can hold it: that of a file may have bytes that are no UTF-8."""
    return name if name.isascii() else name.encode("utf-8", "replace").decode()
