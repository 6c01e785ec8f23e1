"""From the text of `model.toml` to a Manifest, or to the list of everything that is wrong with it."""

from __future__ import annotations

import datetime
import math
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sigdesk.classifiers.manifest import (
    ClassExamples,
    ClassScore,
    Evaluation,
    FileFormat,
    Input,
    Manifest,
    ModelFile,
    ParamValue,
    Run,
    RunMode,
    SamplesForm,
)
from sigdesk.classifiers.manifest_table import Problems, Table, shown
from sigdesk.errors import ManifestError, ModelError

MANIFEST_NAME = "model.toml"
VERSIONS_NAME = "versions"
"""Versions of a model that are not in use stand in `NAME/versions/VERSION`."""
_MOST_BYTES = 1024 * 1024
FORMAT_OF_SUFFIX = {
    ".skops": FileFormat.SKOPS,
    ".onnx": FileFormat.ONNX,
    ".pkl": FileFormat.PICKLE,
    ".pickle": FileFormat.PICKLE,
    ".joblib": FileFormat.PICKLE,
}
_RUN = Run()  # for its defaults
_RUN_BY_SIGDESK = (FileFormat.SKOPS, FileFormat.ONNX, FileFormat.PICKLE)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a model folder.

    Raises ManifestError with all mistakes, or ModelError when the file cannot be read at all.
    """
    path = folder / MANIFEST_NAME
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ModelError(
            f"{path} cannot be read: {error.strerror or error}.", "A model folder needs a manifest named model.toml."
        ) from error
    if len(data) > _MOST_BYTES:
        raise _refused(path, ["Line 1: the file is over 1 MiB, which no manifest is."])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refused(path, [f"Line {line}: the text is not UTF-8."]) from error
    folder = folder.absolute()
    named = folder.parent.parent if folder.parent.name == VERSIONS_NAME else folder
    return parse_manifest(text, named.name, path)


def parse_manifest(text: str, folder_name: str, path: Path = Path(MANIFEST_NAME)) -> Manifest:
    """Parse the text of a manifest that stands in a folder named `folder_name`; `path` is for messages.

    Raises ManifestError with all mistakes and their lines.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _refused(path, [_syntax_problem(str(error), text)]) from error
    except RecursionError as error:
        raise _refused(path, ["Line 1: the values are nested too deeply."]) from error
    problems = Problems(text)
    top = Table(problems, (), document)
    manifest = _manifest(top, folder_name)
    top.finish()
    if sentences := problems.sentences():
        raise _refused(path, sentences)
    return manifest


def _refused(path: Path, problems: list[str] | tuple[str, ...]) -> ManifestError:
    count = "a mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
    return ManifestError(
        f"{path} has {count}. {' '.join(problems)}", problems, "Correct the manifest and read it again."
    )


def _syntax_problem(message: str, text: str) -> str:
    place = re.search(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$", message)
    line = int(place[1]) if place and place[1] else len(text.splitlines()) or 1
    return f"Line {line}: this is not TOML: {message[: place.start()] if place else message}."


def _manifest(top: Table, folder_name: str) -> Manifest:
    """Every table in the order of the protocol; a mistake leaves a default in its place."""
    model, output = top.table("model"), top.table("output")
    for required in (table for table in (model, output) if not table):
        required.mistake("is missing or empty.")
    run, file = top.table("run"), top.table("file")
    name = model.text("name", None if model else "")
    if name and name != folder_name:
        model.mistake(f'is "{name}", but the folder is named "{folder_name}": they must be equal.', "name")
    model_file = _file(file)
    classes, titles = _output(output)
    training = _training(top.table("training"))
    manifest = Manifest(
        name=name,
        version=model.text("version", None if model else ""),
        classes=classes,
        run=_run(run, model_file),
        title=model.text("title"),
        description=model.text("description"),
        licence=model.text("licence"),
        author=model.text("author"),
        input=_input(top.table("input")),
        class_titles=titles,
        params=_params(top.table("params")),
        file=model_file,
        training=training,
        evaluation=_evaluation(top.table("evaluation"), classes),
        examples=_examples(top.table("examples"), classes),
    )
    model.finish()
    return manifest


def _run(table: Table, file: ModelFile | None) -> Run:
    command, script = table.texts("command"), table.inner_path("script")
    by_sigdesk = not command and not script
    if "command" in table and "script" in table:
        table.mistake("names a command and a script: keep one of them.", "script")
    if by_sigdesk and "command" not in table and "script" not in table:
        if file is None:
            table.mistake("is missing: name a command or a script, or a model file under [file].")
        elif file.format not in _RUN_BY_SIGDESK:
            table.mistake(f'is missing, and SigDesk cannot run a [file] of format "{file.format.value}" by itself.')
    mode = RunMode.WARM if by_sigdesk else RunMode.ONE_SHOT
    samples = SamplesForm.JSON if command else SamplesForm.NPY
    run = Run(
        command=command,
        script=script,
        mode=RunMode(table.choice("mode", [kind.value for kind in RunMode], mode.value)),
        samples=SamplesForm(table.choice("samples", [form.value for form in SamplesForm], samples.value)),
        timeout_s=table.number("timeout_s", _RUN.timeout_s),
        start_timeout_s=table.number("start_timeout_s", _RUN.start_timeout_s),
        memory_mb=table.whole("memory_mb", _RUN.memory_mb),
        processes=table.whole("processes", _RUN.processes),
        file_mb=table.whole("file_mb", _RUN.file_mb),
        batch=table.whole("batch", _RUN.batch),
        max_jobs=table.whole("max_jobs", _RUN.max_jobs),
    )
    table.finish()
    return run


def _input(table: Table) -> Input:
    wanted = Input(
        channels=table.whole("channels", None),
        sample_rate_hz=table.number("sample_rate", None),
        length=table.whole("length", None),
        unit=table.text("unit") or None,
        resample=table.flag("resample", False),
    )
    if wanted.resample and wanted.sample_rate_hz is None and "sample_rate" not in table:
        table.mistake("is true, but no sample_rate is named to resample to.", "resample")
    table.finish()
    return wanted


def _output(table: Table) -> tuple[tuple[str, ...], Mapping[str, str]]:
    classes = table.texts("classes")
    if table and "classes" not in table:
        table.mistake("is missing.", "classes")
    for name in sorted({name for name in classes if classes.count(name) > 1}):
        table.mistake(f'names "{name}" more than once.', "classes")
    titles = table.table("titles")
    found = {name: titles.text(name, None) for name in titles.keys()}  # noqa: SIM118 - not a dict: it marks them as known
    for name in found:
        if classes and name not in classes:
            titles.mistake("is not one of the classes.", name)
    table.finish()
    return classes, MappingProxyType(found)


def _params(table: Table) -> Mapping[str, ParamValue]:
    params: dict[str, ParamValue] = {}
    for name in table.keys():  # noqa: SIM118
        value = table.value(name)
        if isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value)):
            params[name] = value
        else:
            table.mistake(f"is {shown(value)}, but must be a number, a text, true or false.", name)
    return MappingProxyType(params)


def _file(table: Table) -> ModelFile | None:
    if not table:
        return None
    name = table.inner_path("name")
    by_suffix = FORMAT_OF_SUFFIX.get(Path(name).suffix.lower(), FileFormat.NONE)
    kind = FileFormat(table.choice("format", [kind.value for kind in FileFormat], by_suffix.value))
    source = table.inner_path("source")
    sha256, source_sha256 = (_sha256(table, key) for key in ("sha256", "source_sha256"))
    if "name" not in table and kind is not FileFormat.NONE:
        table.mistake("is missing.", "name")
    table.finish()
    return ModelFile(name, kind, sha256, source, source_sha256) if name else None


def _sha256(table: Table, key: str) -> str:
    digits = table.text(key).lower()
    if digits and not re.fullmatch(r"[0-9a-f]{64}", digits):
        table.mistake(f"is {shown(digits)}, but must be the 64 hexadecimal digits of a SHA-256.", key)
    return digits


def _training(table: Table) -> Mapping[str, object]:
    """Notes for people, so any key will do; only what SigDesk itself reads is checked."""
    notes = {key: table.value(key) for key in table.keys()}  # noqa: SIM118
    for key in ("data", "features"):
        table.text(key)
    if not isinstance(notes.get("date", ""), str | datetime.date):
        table.mistake(f"is {shown(notes['date'])}, but must be a date.", "date")
    libraries = table.table("libraries")
    for library in libraries.keys():  # noqa: SIM118
        libraries.text(library, None)
    return MappingProxyType(notes)


def _evaluation(table: Table, classes: tuple[str, ...]) -> Evaluation | None:
    if not table:
        return None
    for required in ("test_size", "accuracy"):
        if required not in table:
            table.mistake("is missing.", required)
    test_size = table.whole("test_size", 0)
    confusion = _confusion(table, classes, test_size)
    evaluation = Evaluation(
        test_size=test_size,
        accuracy=table.number("accuracy", 0.0, least=0, most=1),
        per_class=_per_class(table.table("per_class"), classes, confusion),
        confusion=confusion,
        method=table.text("method"),
        accuracy_interval=_interval(table, "accuracy_interval"),
        balanced_accuracy=table.number("balanced_accuracy", None, least=0, most=1),
        balanced_interval=_interval(table, "balanced_interval"),
        guess=table.number("guess", None, least=0, most=1),
    )
    table.finish()
    return evaluation


def _examples(table: Table, classes: tuple[str, ...]) -> ClassExamples | None:
    if not table:
        return None
    file = table.inner_path("file")
    if "file" not in table:
        table.mistake("is missing.", "file")
    signals = table.table("signals")
    found = {name: signals.text(name, None) for name in signals.keys()}  # noqa: SIM118
    for name in found:
        if name not in classes:
            signals.mistake("is not one of the classes.", name)
    table.finish()
    return ClassExamples(file, MappingProxyType(found)) if file else None


def _interval(table: Table, key: str) -> tuple[float, float] | None:
    value: Any = table.value(key)
    if value is None:
        return None
    numbers = isinstance(value, list) and len(value) == 2 and all(type(end) in (int, float) for end in value)
    if not numbers or not 0 <= value[0] <= value[1] <= 1:
        table.mistake(f"is {shown(value)}, but must be two numbers from 0 to 1, the smaller first.", key)
        return None
    return (float(value[0]), float(value[1]))


def _confusion(table: Table, classes: tuple[str, ...], test_size: int) -> tuple[tuple[int, ...], ...]:
    rows: Any = table.value("confusion")
    if rows is None:
        return ()
    size = len(classes)
    square = isinstance(rows, list) and len(rows) == size
    if not square or not all(isinstance(row, list) and len(row) == size for row in rows):
        table.mistake(f"must be {size} lists of {size} whole numbers, a row a class.", "confusion")
        return ()
    if not all(type(count) is int and count >= 0 for row in rows for count in row):
        table.mistake("holds something else than whole numbers from 0.", "confusion")
        return ()
    total = sum(map(sum, rows))
    if test_size and total != test_size:
        table.mistake(f"adds up to {total}, but test_size is {test_size}.", "confusion")
    return tuple(tuple(row) for row in rows)


def _per_class(
    table: Table, classes: tuple[str, ...], confusion: tuple[tuple[int, ...], ...]
) -> Mapping[str, ClassScore]:
    """Scores by class. F1 and the number tested follow from the rest where they are left out."""
    tested = {name: sum(row) for name, row in zip(classes, confusion, strict=True)} if confusion else {}
    scores = {}
    for name in table.keys():  # noqa: SIM118
        row = table.table(name)
        if name not in classes:
            row.mistake("is not one of the classes.")
        for required in ("precision", "recall"):
            if required not in row:
                row.mistake("is missing.", required)
        precision, recall = (row.number(key, 0.0, least=0, most=1) for key in ("precision", "recall"))
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        scores[name] = ClassScore(
            precision,
            recall,
            row.number("f1", f1, least=0, most=1),
            row.whole("tested", tested.get(name, 0), least=0),
        )
        row.finish()
    return MappingProxyType(scores)
