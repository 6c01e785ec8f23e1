"""Results of models as a session keeps them, and made anew: a reopened session shows what was said."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from sigdesk.classifiers.folder import BrokenFolder, Classifier, ModelState
from sigdesk.classifiers.manifest import Manifest, Run
from sigdesk.pool.jobs import JobRequest, JobSnapshot, JobState, Outcome
from sigdesk.protocol import Output, Result
from sigdesk.signals.recording import Recording

Json = dict[str, Any]
_WORDS: Final = {state: state.value for state in JobState}


def result_out(snapshot: JobSnapshot) -> Json:
    """An ended job as JSON: what was asked of which model, and what came of it, window by window. What is as usual is
    left out: thousands come in a second."""
    request, outcome = snapshot.request, snapshot.outcome
    manifest = request.classifier.manifest
    value: Json = {
        "job": snapshot.id,
        "number": snapshot.number,
        "state": _WORDS[snapshot.state],
        "created": snapshot.created,
        "ended": snapshot.ended,
        "run_s": snapshot.run_s,
        "queued_s": snapshot.queued_s,
        "worker": snapshot.worker,
        "model": manifest.name,
        "title": manifest.title,
        "version": manifest.version,
        "start": request.start,
        "stop": request.stop,
    }
    if request.windows is not None:
        value["windows"] = [list(window) for window in request.windows]
    if request.channels is not None:
        value["channels"] = list(request.channels)
    if request.params:
        value["params"] = dict(request.params)
    if outcome is not None:
        if outcome.code or outcome.what or outcome.way_out:
            value |= {"code": outcome.code, "what": outcome.what, "way_out": outcome.way_out}
        if outcome.warnings:
            value["warnings"] = list(outcome.warnings)
        output = outcome.output
        if output is not None:
            if output.windowed:
                value["windowed"] = True
            value["results"] = [_one_out(result) for result in output.results]
    return value


def snapshot_in(value: Json, recording: Recording, models: Iterable[Classifier | BrokenFolder]) -> JobSnapshot:
    """The ended job anew, of a signal that is open again. Raises ValueError, TypeError or KeyError for what is none.

    A model that is not there any more, or in another version, is named as it was, and cannot be run.
    """
    results = tuple(map(_one_in, value.get("results", ())))
    start, stop = int(value["start"]), None if value["stop"] is None else int(value["stop"])
    windows, channels = value.get("windows"), value.get("channels")
    request = JobRequest(
        classifier=_classifier(value, [result.label for result in results], models),
        recording=recording,
        start=start,
        stop=stop,
        channels=None if channels is None else tuple(map(int, channels)),
        windows=None if windows is None else tuple((int(begin), int(end)) for begin, end in windows),
        params=MappingProxyType(dict(value.get("params", {}))),
    )
    if not 0 <= start <= (recording.length if stop is None else stop) <= recording.length:
        raise ValueError(f"it was about samples {start} to {stop}, but the signal has {recording.length}")
    windowed = bool(value.get("windowed", False))
    if results and len(results) != (len(request.windows) if request.windows is not None else 1):
        raise ValueError(f"it has {len(results)} results, but other windows")
    outcome = Outcome(
        JobState(value["state"]),
        Output(results, windowed) if results else None,
        str(value.get("code", "")),
        str(value.get("what", "")),
        str(value.get("way_out", "")),
        tuple(map(str, value.get("warnings", ()))),
    )
    return JobSnapshot(
        id=str(value["job"]),
        number=int(value["number"]),
        request=request,
        state=outcome.state,
        created=float(value["created"]),
        worker=value.get("worker"),
        queued_s=value.get("queued_s"),
        run_s=value.get("run_s"),
        ended=value.get("ended"),
        outcome=outcome,
    )


def _one_out(result: Result) -> Json:
    value: Json = {"label": result.label}
    if result.confidence is not None:
        value["confidence"] = result.confidence
    if probabilities := result.probabilities:  # a plain answer's are read anew each time
        value["probabilities"] = dict(probabilities)
    if result.extra:
        value["extra"] = dict(result.extra)
    return value


def _one_in(value: Json) -> Result:
    confidence = value.get("confidence")
    return Result(
        str(value["label"]),
        None if confidence is None else float(confidence),
        MappingProxyType({str(name): float(share) for name, share in value.get("probabilities", {}).items()}),
        MappingProxyType(dict(value.get("extra", {}))),
    )


def _classifier(value: Json, labels: Iterable[str], models: Iterable[Classifier | BrokenFolder]) -> Classifier:
    name, version = str(value["model"]), str(value["version"])
    for model in models:
        if isinstance(model, Classifier) and (model.name, model.manifest.version) == (name, version):
            return model
    manifest = Manifest(name, version, tuple(dict.fromkeys(labels)), Run(), title=str(value.get("title", "")))
    return Classifier(Path(name), manifest, ModelState.BROKEN, f"{name} {version} is not among the models here.")
