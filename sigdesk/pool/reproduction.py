"""A job as an archive that fails the same way outside SigDesk: job file, manifest, hashes, versions and a program."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any, Final

import orjson

import sigdesk
from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest_parser import MANIFEST_NAME
from sigdesk.errors import JobError, ModelError
from sigdesk.places import shipped_folder
from sigdesk.pool.command import MODEL_SCRIPT, deciding_variables
from sigdesk.pool.exchange import Exchange, Handover, JobFiles
from sigdesk.pool.jobs import JobSnapshot, Outcome
from sigdesk.pool.resampling import at_wanted_rate
from sigdesk.pool.run_id import new_run_id

_PACKAGES: Final = ("numpy", "scikit-learn", "skops", "onnxruntime", "orjson")
"""What a model's answer may depend on."""
_LEFT_OUT: Final = "__pycache__"


def export_reproduction(job: JobSnapshot, target: Path, temp_folder: Path) -> None:
    """Write an archive of an ended job to `target`, as a whole or not at all; what stands there is replaced.

    The signal is read again and handed over by the same code as to the script. Raises JobError when the job has not
    ended or the archive cannot be written, RecordingError when the signal, ModelError when the model cannot be read.
    """
    if job.outcome is None:
        raise JobError(f"Job {job.number} has not ended yet.", "Wait for its end, or cancel it.")
    request = job.request
    about = _about(job, job.outcome)
    samples = request.recording.read(request.start, request.stop)
    if request.channels is not None:
        samples = samples[list(request.channels)]
    try:
        exchange = Exchange(temp_folder, new_run_id())
        try:
            exchange.make()
            files = exchange.write([Handover(job.id, *at_wanted_rate(request, samples))])
            _write_archive(target, files, request.classifier, {**about, "job_file": files.path.name})
        finally:
            exchange.close()
    except OSError as error:
        raise JobError(
            f"{target} could not be written: {error.strerror or error}.", "Choose another folder, or make room."
        ) from error


def _write_archive(target: Path, files: JobFiles, classifier: Classifier, about: dict[str, Any]) -> None:
    """Written beside its place, then renamed. Raises OSError."""
    shipped = shipped_folder("resources") / "reproduction"
    manifest = classifier.folder / MANIFEST_NAME
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
                inside = f"{target.stem}/"
                archive.writestr(f"{inside}{files.path.name}", _without_places(files, classifier))
                if files.samples is not None:
                    archive.write(files.samples, f"{inside}{files.samples.name}")
                if manifest.is_file():
                    archive.write(manifest, f"{inside}{MANIFEST_NAME}")
                archive.writestr(f"{inside}reproduction.json", orjson.dumps(about, option=orjson.OPT_INDENT_2))
                for part in ("README.txt", "reproduce.py"):
                    archive.write(shipped / part, f"{inside}{part}")
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _without_places(files: JobFiles, classifier: Classifier) -> bytes:
    """The job file, byte for byte but for two paths of this machine: the samples stand beside it, and whoever runs it
    says where the model folder is."""
    content = files.path.read_bytes()
    folder = str(classifier.folder).encode("utf-8", "replace").decode()
    content = content.replace(b'"folder":' + orjson.dumps(folder), b'"folder":""')
    if files.samples is not None:
        path, name = (b'"path":' + orjson.dumps(text) for text in (str(files.samples), files.samples.name))
        content = content.replace(path, name)
    return content


def _about(job: JobSnapshot, outcome: Outcome) -> dict[str, Any]:
    """What reproduction.json says. Raises ModelError."""
    manifest = job.request.classifier.manifest
    run = manifest.run
    return {
        "job": {"id": job.id, "number": job.number, "attempt": job.attempt, "created": job.created, "ended": job.ended},
        "ended": {
            "state": outcome.state.value,
            "code": str(outcome.code),
            "exit_code": outcome.exit_code,
            "what": outcome.what,
            "warnings": outcome.warnings,
            "stderr": outcome.stderr_tail,
        },
        "run": {
            "command": run.command,
            "script": run.script,
            "module": MODEL_SCRIPT,
            "mode": run.mode.value,
            "timeout_s": run.timeout_s,
            "start_timeout_s": run.start_timeout_s,
            "memory_mb": run.memory_mb,
            "processes": run.processes,
            "file_mb": run.file_mb,
            "environment": deciding_variables(job.request.classifier),
        },
        "model": {
            "name": manifest.name,
            "version": manifest.version,
            "files": _hashes(job.request.classifier.folder),
        },
        "versions": _versions(),
    }


def _hashes(folder: Path) -> list[dict[str, Any]]:
    """The SHA-256 of each file of a model folder. Raises ModelError naming the file that cannot be read."""
    if not folder.is_dir():
        raise ModelError(f"The model folder {folder} is not there any more.", "Put it back where it was.")
    found = []
    try:
        paths = sorted(path for path in folder.rglob("*") if path.is_file() and _LEFT_OUT not in path.parts)
        for path in paths:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            name = path.relative_to(folder).as_posix().encode("utf-8", "replace").decode()
            found.append({"path": name, "size": path.stat().st_size, "sha256": digest})
    except OSError as error:
        raise ModelError(
            f"{error.filename or folder} cannot be read: {error.strerror}.", "Check who may read the model folder."
        ) from error
    return found


def _versions() -> dict[str, str]:
    from importlib import metadata  # it loads `email`: only when it is needed

    found = {"sigdesk": sigdesk.__version__, "python": sys.version, "system": platform.platform()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue  # a model that needs it could not have run
    return found
