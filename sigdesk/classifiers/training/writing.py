"""What a training leaves: the manifest, the card that people read, and the report that the Models page reads."""

from __future__ import annotations

import datetime
import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson
from msgspec import Struct, field, to_builtins

from sigdesk.classifiers.folder import CARD_NAME
from sigdesk.classifiers.looking import EXPLAIN
from sigdesk.classifiers.manifest_parser import MANIFEST_NAME
from sigdesk.classifiers.scores import Scores

REPORT_NAME: Final = "report.json"


class TrainedModel(Struct, frozen=True):
    """A trained model with everything that is known of it; `data` are the bytes of its skops file, `onnx` those of the
    same model in ONNX form, which then is what runs."""

    name: str
    version: str
    title: str
    description: str
    licence: str
    author: str
    data: bytes
    onnx: bytes | None
    classes: tuple[str, ...]
    channels: int
    units: tuple[str, ...]
    rate_hz: float | None
    lengths: tuple[int, int]
    resample: bool
    features: str
    length: int | None
    method: str
    temperature: float
    seed: int
    sources: tuple[str, ...]
    signals: int
    libraries: Mapping[str, str]
    scores: Scores
    judged_on: str
    cross_validation: Scores
    why: str = ""
    notes: tuple[str, ...] = ()
    report: Mapping[str, Any] = field(default_factory=dict)
    examples: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def file_name(self) -> str:
        """Of its own for each version, so that a promotion is the replacement of one file, the manifest."""
        return f"model-{self.version}.skops"

    @property
    def onnx_name(self) -> str:
        return f"model-{self.version}.onnx"

    @property
    def examples_name(self) -> str:
        return f"examples-{self.version}.json"


def write_model(folder: Path, model: TrainedModel) -> None:
    """Write the files of a model folder into `folder`, which is there. Raises OSError."""
    (folder / model.file_name).write_bytes(model.data)
    if model.onnx is not None:
        (folder / model.onnx_name).write_bytes(model.onnx)
    (folder / CARD_NAME).write_text(card(model), encoding="utf-8")
    (folder / REPORT_NAME).write_bytes(orjson.dumps(dict(model.report), to_builtins, orjson.OPT_INDENT_2))
    (folder / model.examples_name).write_bytes(orjson.dumps(dict(model.examples), to_builtins))
    (folder / MANIFEST_NAME).write_text(manifest(model), encoding="utf-8")


def manifest(model: TrainedModel) -> str:
    """The text of `model.toml`."""
    scores = model.scores
    wanted: dict[str, Any] = {"channels": model.channels}
    if model.rate_hz is not None:
        wanted["sample_rate"] = model.rate_hz
        if model.resample:
            wanted["resample"] = True
    if len(set(model.units)) == 1 and model.units[0]:
        wanted["unit"] = model.units[0]
    trained: dict[str, Any] = {
        "data": ", ".join(model.sources),
        "date": datetime.datetime.now(datetime.UTC).date(),
        "signals": model.signals,
        "seed": model.seed,
        "features": model.features,
        "estimator": model.method,
        "temperature": model.temperature,
    }
    if model.length is not None:
        trained["length"] = model.length
    judged = {
        "method": model.judged_on,
        "test_size": scores.count,
        "accuracy": round(scores.accuracy, 4),
        "accuracy_interval": _rounded(scores.accuracy_interval),
        "balanced_accuracy": round(scores.balanced_accuracy, 4),
        "balanced_interval": _rounded(scores.balanced_interval),
        "guess": round(scores.guess, 4),
    }
    tables = [
        _table("model", _head(model)),
        _table("run", _run(model)),
        _table("input", wanted),
        _table("output", {"classes": list(model.classes)}),
        _table("params", {EXPLAIN: False}),
        _table("file", _files(model)),
        _table("training", trained),
        _table("training.libraries", dict(model.libraries)),
        _table("evaluation", judged) + _confusion(scores),
        _per_class(scores),
        _table("examples", {"file": model.examples_name}),
        _table("examples.signals", {_value(name): str(one["signal"]) for name, one in model.examples.items()}),
    ]
    return "# Written by SigDesk's training.\n\n" + "\n".join(tables)


def card(model: TrainedModel) -> str:
    """The model's card in Markdown: what it is for, how good it is, and what it must not be used for."""
    scores, crossed = model.scores, model.cross_validation
    low, high = scores.accuracy_interval
    lines = [
        f"# {model.title}",
        "",
        model.description or f"Tells {_listed(model.classes)} apart.",
        "",
        f"**Accuracy {scores.accuracy:.1%}** on {scores.count} signals that it was not trained on ({model.judged_on}); "
        f"between {low:.1%} and {high:.1%} with 95 % confidence. Every class counted the same: "
        f"{scores.balanced_accuracy:.1%}. Always answering with the commonest class would reach {scores.guess:.1%}. "
        f"Cross-validation on the training signals: {crossed.accuracy:.1%}.",
        "",
        "| class | precision | recall | F1 | tested |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | {one.precision:.3f} | {one.recall:.3f} | {one.f1:.3f} | {one.tested} |"
            for name, one in scores.per_class.items()
        ),
        "",
        f"It is weakest with **{scores.weakest}**." if scores.weakest else "It missed none of them.",
        "",
        *_compared(model),
        "## What it wants",
        "",
        _wants(model),
        "",
        "## How it was made",
        "",
        f"{model.method}, trained on {model.signals} signals from {', '.join(model.sources)}. {model.why}".strip(),
        "It was refitted on all of them after it had been judged on a part of them.",
        "",
        "## Limits",
        "",
        "- It answers with one of its classes whatever it is shown. A signal of another kind gets a label that means "
        "nothing; low confidence is a hint, not a test.",
        *(f"- {note}" for note in model.notes),
        "",
        "## Data and licence",
        "",
        model.licence or "The data are yours, and so is the model.",
        "",
    ]
    return "\n".join(lines)


def _compared(model: TrainedModel) -> list[str]:
    """What the version in use before was worth on the same signals."""
    comparison = model.report.get("comparison")
    if comparison is None:
        return []
    said = " ".join((comparison.headline, *comparison.sentences()))
    return [f"## Compared with version {comparison.version}", "", said, ""]


def library_versions(*names: str) -> dict[str, str]:
    """The versions of libraries that made a model, by the name they are installed under."""
    from importlib.metadata import version

    return {name: version(name) for name in names} | {"python": platform.python_version()}


def _head(model: TrainedModel) -> dict[str, str]:
    head = {"name": model.name, "version": model.version, "title": model.title}
    more = {"description": model.description, "licence": model.licence, "author": model.author}
    return head | {key: text for key, text in more.items() if text}


def _run(model: TrainedModel) -> dict[str, Any]:
    """Compiling MiniRocket's kernels takes half a minute on a machine that has never done it; ONNX compiles nothing."""
    return {"batch": 1024} | ({"start_timeout_s": 180} if model.length is not None and model.onnx is None else {})


def _files(model: TrainedModel) -> dict[str, str]:
    """Which file runs, and which it was made from: whoever wants the estimator itself finds it in the skops file."""
    sha256 = hashlib.sha256(model.data).hexdigest()
    if model.onnx is None:
        return {"name": model.file_name, "format": "skops", "sha256": sha256}
    return {
        "name": model.onnx_name,
        "format": "onnx",
        "sha256": hashlib.sha256(model.onnx).hexdigest(),
        "source": model.file_name,
        "source_sha256": sha256,
    }


def _wants(model: TrainedModel) -> str:
    channels = "One channel" if model.channels == 1 else f"{model.channels} channels"
    rate = f" at {model.rate_hz:g} Hz" if model.rate_hz else ""
    shortest, longest = model.lengths
    lengths = f"{shortest}" if shortest == longest else f"{shortest} to {longest}"
    cut = " What is longer is cut at its end." if model.length is not None else ""
    return f"{channels}{rate}. The signals that it was trained on have {lengths} samples.{cut}"


def _listed(names: Sequence[str]) -> str:
    shown = list(names[:6]) + ([f"{len(names) - 6} more"] if len(names) > 6 else [])
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def _rounded(interval: tuple[float, float]) -> list[float]:
    return [round(interval[0], 4), round(interval[1], 4)]


def _confusion(scores: Scores) -> str:
    width = len(str(int(scores.confusion.max())))
    rows = [f"  [{', '.join(f'{count:{width}d}' for count in row)}]," for row in scores.confusion.tolist()]
    return "\n".join(
        ["# A row a true class, a column a predicted one, in the order of classes.", "confusion = [", *rows, "]", ""]
    )


def _per_class(scores: Scores) -> str:
    lines = ["[evaluation.per_class]"]
    for name, one in scores.per_class.items():
        row = f"precision = {one.precision:.3f}, recall = {one.recall:.3f}, f1 = {one.f1:.3f}, tested = {one.tested}"
        lines.append(f"{_value(name)} = {{ {row} }}")
    return "\n".join(lines) + "\n"


def _table(name: str, values: Mapping[str, Any]) -> str:
    return "\n".join([f"[{name}]", *(f"{key} = {_value(value)}" for key, value in values.items()), ""])


def _value(value: object) -> str:
    """A value as TOML writes it. A basic string of TOML is one of JSON's, but for DEL."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return str(value)
