"""What the command line prints: one record a signal or model, written and flushed as it comes, in three formats."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Protocol, TextIO

import orjson

from sigdesk.classifiers.folder import BrokenFolder, Classifier
from sigdesk.pool.jobs import JobSnapshot, JobState
from sigdesk.pool.journal_rows import JournalRow
from sigdesk.protocol import Result
from sigdesk.signals.recording import Recording

Record = Mapping[str, Any]

FORMATS: Final = ("table", "json", "csv")
JOB_FIELDS: Final = (
    "file",
    "signal",
    "state",
    "label",
    "confidence",
    "probabilities",
    "error",
    "warnings",
    "run_s",
)
JOURNAL_FIELDS: Final = (
    "id",
    "file",
    "signal",
    "model",
    "version",
    "state",
    "attempt",
    "label",
    "confidence",
    "error",
    "created",
    "started",
    "ended",
)
SIGNAL_FIELDS: Final = (
    "file",
    "signal",
    "format",
    "channels",
    "duration_s",
    "start",
    "label",
    "annotations",
    "metadata",
)
MODEL_FIELDS: Final = ("name", "title", "version", "state", "classes", "accuracy", "folder", "problems")


class Writer(Protocol):
    def write(self, record: Record) -> None: ...


def writer_for(name: str, fields: Sequence[str], *, wide: Mapping[str, int], stream: TextIO | None = None) -> Writer:
    """A writer of `FORMATS`. `wide` gives the table's columns and widths; the other formats have all `fields`."""
    stream = stream or sys.stdout
    if name == "json":
        return _JsonWriter(stream)
    if name == "csv":
        return _CsvWriter(stream, fields)
    return _TableWriter(stream, wide)


class _JsonWriter:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, record: Record) -> None:
        self._stream.write(orjson.dumps(dict(record), option=orjson.OPT_SERIALIZE_NUMPY).decode() + "\n")
        self._stream.flush()


class _CsvWriter:
    def __init__(self, stream: TextIO, fields: Sequence[str]) -> None:
        self._stream = stream
        self._fields = fields
        self._began = False

    def write(self, record: Record) -> None:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        if not self._began:
            self._began = True
            writer.writerow(self._fields)
        writer.writerow([_cell(record.get(field)) for field in self._fields])
        self._stream.write(text.getvalue())
        self._stream.flush()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


class _TableWriter:
    """Rows come one by one, so widths are given; a longer text pushes its row's rest to the right, never is cut."""

    def __init__(self, stream: TextIO, wide: Mapping[str, int]) -> None:
        self._stream = stream
        self._wide = wide
        self._began = False

    def write(self, record: Record) -> None:
        if not self._began:
            self._began = True
            self._line({name: name.upper() for name in self._wide})
        self._line({name: _shown(name, record.get(name)) for name in self._wide})
        self._stream.flush()

    def _line(self, cells: Mapping[str, str]) -> None:
        padded = [cells[name].ljust(width) for name, width in self._wide.items()]
        self._stream.write("  ".join(padded).rstrip() + "\n")


def _shown(name: str, value: object) -> str:
    if value is None or value in ("", []):
        return "-"
    if name in ("confidence", "accuracy", "balanced_accuracy") and isinstance(value, float):
        return f"{value:.1%}"
    if name in ("run_s", "duration_s") and isinstance(value, float):
        return f"{value:.3g} s"
    if isinstance(value, list):
        return "; ".join(_shown("", item) for item in value)
    if isinstance(value, dict):
        return " ".join(_shown("", item) for item in value.values() if item is not None)
    return " ".join(str(value).split())


def job_record(snapshot: JobSnapshot, file: str) -> dict[str, Any]:
    """The record of an ended job: `JOB_FIELDS`, and `windows` where windows were asked for."""
    outcome = snapshot.outcome
    output = outcome.output if outcome else None
    first = output.results[0] if output is not None and not output.windowed else None
    record: dict[str, Any] = {
        "file": _text(file),
        "signal": _text(snapshot.request.recording.name),
        "state": snapshot.state.value,
        "label": first.label if first else None,
        "confidence": first.confidence if first else None,
        "probabilities": dict(first.probabilities) if first else None,
        "error": None if outcome is None or output is not None else outcome.sentences,
        "warnings": list(outcome.warnings) if outcome else [],
        "run_s": None if snapshot.run_s is None else round(snapshot.run_s, 6),
    }
    if snapshot.request.windows is not None:
        record["windows"] = _window_records(snapshot, output.results if output else ())
    return record


def _window_records(snapshot: JobSnapshot, results: Sequence[Result]) -> list[dict[str, Any]]:
    request = snapshot.request
    times = request.recording.time_base
    return [
        {
            "start_s": times.time_of(request.start + start),
            "stop_s": times.time_of(request.start + stop),
            "label": result.label,
            "confidence": result.confidence,
        }
        for (start, stop), result in zip(request.windows or (), results, strict=False)
    ]


def refused_record(file: str, signal: str, error: str, state: JobState = JobState.REJECTED) -> dict[str, Any]:
    """The record of a file or signal for which nothing was run."""
    return {
        "file": _text(file),
        "signal": _text(signal),
        "state": state.value,
        "label": None,
        "confidence": None,
        "probabilities": None,
        "error": _text(error),
        "warnings": [],
        "run_s": None,
    }


def journal_record(row: JournalRow) -> dict[str, Any]:
    """The record of a job in the journal: `JOURNAL_FIELDS`. Times are ISO 8601 in UTC."""
    stored = row.stored
    return {
        "id": row.id,
        "file": _text(stored.path) or None,
        "signal": _text(stored.name),
        "model": stored.model,
        "version": stored.version,
        "state": row.state.value,
        "attempt": row.attempt,
        "label": row.label,
        "confidence": row.confidence,
        "error": row.error,
        "created": _iso(row.created),
        "started": _iso(row.started),
        "ended": _iso(row.ended),
    }


def _text(name: str) -> str:
    """A file's name may hold bytes that are no text: they are written as escapes."""
    return name if name.isascii() else name.encode("utf-8", "backslashreplace").decode()


def _iso(epoch_s: float | None) -> str | None:
    return None if epoch_s is None else datetime.fromtimestamp(epoch_s, UTC).isoformat(timespec="milliseconds")


def signal_record(recording: Recording, file: str) -> dict[str, Any]:
    """The record of a signal for `info`: `SIGNAL_FIELDS`."""
    return {
        "file": _text(file),
        "signal": _text(recording.name),
        "format": recording.format_name,
        "channels": [
            {
                "name": channel.name,
                "unit": channel.unit or None,
                "rate_hz": recording.time_base.rate_hz,
                "samples": recording.length,
            }
            for channel in recording.channels
        ],
        "duration_s": recording.duration_s,
        "start": None if recording.start_time is None else recording.start_time.isoformat(),
        "label": recording.label,
        "annotations": [
            {
                "start_s": each.start_s,
                "end_s": each.end_s,
                "text": each.text,
                "channels": list(each.channels) or None,
            }
            for each in recording.annotations
        ],
        "metadata": {key: _text(value) for key, value in recording.metadata.items()},
    }


def model_record(model: Classifier | BrokenFolder) -> dict[str, Any]:
    """The record of a model folder for `models`: `MODEL_FIELDS`."""
    if isinstance(model, BrokenFolder):
        return {
            "name": model.folder.name,
            "title": None,
            "version": None,
            "state": "broken",
            "classes": [],
            "accuracy": None,
            "folder": str(model.folder),
            "problems": list(model.problems),
        }
    manifest = model.manifest
    return {
        "name": manifest.name,
        "title": manifest.title or manifest.name,
        "version": manifest.version,
        "state": model.state.value,
        "classes": list(manifest.classes),
        "accuracy": manifest.evaluation.accuracy if manifest.evaluation else None,
        "folder": str(model.folder),
        "problems": [model.problem] if model.problem else [],
    }
