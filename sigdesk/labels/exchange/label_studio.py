"""Label Studio's JSON: tasks with annotations (by people) and predictions (by models), as it exports and imports them.

Read are regions of time series (`timeserieslabels`) and of audio (`labels` with `start` and `end`), in the full format
and in JSON-MIN. Times are what its time column holds: numbers as they are, dates as seconds since the signal's start.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sigdesk.errors import LabelError
from sigdesk.labels.exchange.foreign import Of, text_of, wrong
from sigdesk.labels.label import Author, Label, Review, checked
from sigdesk.signals.names import printable_name

_KINDS: Final = ("timeserieslabels", "labels", "tslabels", "hypertextlabels")
_WAY_OUT: Final = "Export it from Label Studio as JSON or JSON-MIN."


def read(data: bytes, file: Path, of: Of) -> list[Label]:
    """The labels of the task that is about the signal's file; of the only task, whatever it is about.

    Raises LabelError for what is no such JSON, and where several tasks are about other files.
    """
    try:
        document = json.loads(text_of(file, data))
    except (json.JSONDecodeError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        raise wrong(file, line, "is no JSON") from error
    tasks = [task for task in (document if isinstance(document, list) else [document]) if isinstance(task, dict)]
    chosen = tasks if len(tasks) == 1 else [task for task in tasks if _is_about(task, of.file)]
    shown = printable_name(str(file))
    if not chosen:
        raise LabelError(f"{shown} holds no task about {printable_name(of.file)}.", _WAY_OUT)
    try:
        return [checked(label) for task in chosen for label in _labels(task, of)]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LabelError(f"{shown} holds a region that cannot be read: {error}.", _WAY_OUT) from error


def write(labels: Iterable[Label], of: Of) -> bytes:
    """One task: the operator's labels as an annotation, each model's as a prediction."""
    ordered = sorted(labels, key=lambda label: label.order)
    predictions = []
    for model in dict.fromkeys((label.model, label.version) for label in ordered if label.by_model):
        said = [label for label in ordered if label.by_model and (label.model, label.version) == model]
        known = [label.confidence for label in said if label.confidence is not None]
        prediction: dict[str, Any] = {
            "model_version": " ".join(filter(None, model)),
            "result": list(map(_region, said)),
        }
        if known:
            prediction["score"] = sum(known) / len(known)
        predictions.append(prediction)
    task = {
        "data": {"csv": of.file},
        "annotations": [{"result": [_region(label) for label in ordered if not label.by_model]}],
        "predictions": predictions,
    }
    return json.dumps([task], indent=2).encode("ascii")


def _region(label: Label) -> dict[str, Any]:
    region: dict[str, Any] = {
        "id": label.id,
        "from_name": "label",
        "to_name": "ts",
        "type": "timeserieslabels",
        "value": {
            "start": label.start,
            "end": label.stop,
            "instant": label.start == label.stop,
            "timeserieslabels": [label.class_name],
        },
    }
    if label.confidence is not None:
        region["score"] = label.confidence
    if label.note:
        region["meta"] = {"text": [label.note]}
    return region


def _is_about(task: dict[str, Any], name: str) -> bool:
    """Label Studio puts eight hexadecimal digits and a dash before the names of uploaded files."""
    data = task.get("data", task)
    values = data.values() if isinstance(data, dict) else ()
    texts = [value for value in (*values, task.get("file_upload")) if isinstance(value, str)]
    names = [text.replace("\\", "/").rpartition("/")[2].partition("?")[0] for text in texts]
    return any(each == name or (each[8:9] == "-" and each[9:] == name) for each in names)


def _labels(task: dict[str, Any], of: Of) -> Iterator[Label]:
    for annotation in task.get("annotations", task.get("completions", ())):
        if not annotation.get("was_cancelled"):
            yield from _of_regions(annotation.get("result", ()), "", of)
    for prediction in task.get("predictions", ()):
        if isinstance(prediction, dict):  # an export may hold only their ids
            yield from _of_regions(prediction.get("result", ()), str(prediction.get("model_version") or "model"), of)
    if "annotations" not in task and "completions" not in task:
        for regions in task.values():  # JSON-MIN: the regions stand in the task, under the name of their control
            if isinstance(regions, list):
                yield from _of_regions(({"value": region} for region in regions if isinstance(region, dict)), "", of)


def _of_regions(regions: Iterable[dict[str, Any]], model: str, of: Of) -> Iterator[Label]:
    for region in regions:
        value = region.get("value", {})
        kind = next((kind for kind in _KINDS if isinstance(value.get(kind), list)), None)
        if kind is None or "start" not in value:
            continue
        score = region.get("score")
        texts = region.get("meta", {}).get("text", ())
        start = _time(value["start"], of)
        channel = value.get("channel")
        for name in value[kind]:
            yield Label(
                start=start,
                stop=start
                if value.get("instant") and "end" not in value
                else _time(value.get("end", value["start"]), of),
                class_name=str(name),
                author=Author.MODEL if model else Author.OPERATOR,
                review=Review.OPEN if model else Review.MADE,
                confidence=float(score) if isinstance(score, int | float) and 0 <= score <= 1 else None,
                model=model,
                channels=of.channel(channel + 1) if isinstance(channel, int) and len(of.channels) > 1 else (),
                note="\n".join(map(str, [texts] if isinstance(texts, str) else texts)),
            )


def _time(value: object, of: Of) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    text = str(value)
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
    if of.start is None:
        raise ValueError(f"{text} is a date, but the signal's file says not when it began")
    return (_in_utc(moment) - _in_utc(of.start)).total_seconds()


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
