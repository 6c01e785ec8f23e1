"""The recipe of a model that ships: the training of a plan, whose files then stand in the recipe's own folder."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import orjson
from msgspec.structs import replace

from sigdesk.classifiers.folder import read_classifier
from sigdesk.classifiers.manifest_parser import MANIFEST_NAME
from sigdesk.classifiers.training.comparing import TRAINED_ON
from sigdesk.classifiers.training.plan import Plan
from sigdesk.classifiers.training.telling import Teller
from sigdesk.classifiers.training.train import train
from sigdesk.classifiers.training.writing import REPORT_NAME

_WRITTEN: Final = ("model*", "examples*", REPORT_NAME)


def renew(folder: Path, plan: Plan, *, more: str = "", check: bool = False) -> int:
    """Train as planned, and put the model, its manifest and its report into `folder` in place of those that are there,
    unless they are the same already; the card there is written by hand. Paths in the report become names of files.
    `more` are tables that end the manifest.

    With `check` nothing is written, nor judged. The exit code: 1 when `check` finds a difference.
    """
    if check:
        plan = replace(plan, test=(), held_out=0.0)
    with tempfile.TemporaryDirectory() as name:
        train(replace(plan, models_folder=Path(name)), Teller(lambda text, _: print(text), lambda _: None))
        made = Path(name) / plan.name
        same = (folder / MANIFEST_NAME).exists() and _hash_of(made) == _hash_of(folder)
        print(f"Content {_hash_of(made)}: {'the same as' if same else 'not'} the model that is there")
        if check or same:
            if not check:
                _add_examples(made, folder)
            return 0 if same else 1
        for path in _files(folder, _WRITTEN):
            path.unlink()
        for path in _files(made, _WRITTEN):
            shutil.copy(path, folder)
    with (folder / MANIFEST_NAME).open("a", encoding="utf-8") as manifest:
        manifest.write(more)
    report = folder / REPORT_NAME
    said = orjson.loads(report.read_bytes())
    said.pop(TRAINED_ON)  # it names folders of this machine, and what ships is never compared with a later version
    report.write_bytes(orjson.dumps(_without_folders(said), option=orjson.OPT_INDENT_2))
    return 0


def _add_examples(made: Path, folder: Path) -> None:
    """Outlines of the classes, where a model that was made before there were any is still the same."""
    examples = read_classifier(made).manifest.examples
    if examples is None or read_classifier(folder).manifest.examples is not None:
        return
    shutil.copy(made / examples.file, folder)
    text = (made / MANIFEST_NAME).read_text(encoding="utf-8")
    with (folder / MANIFEST_NAME).open("a", encoding="utf-8") as manifest:
        manifest.write(f"\n{text[text.index('[examples]') :]}")


def _hash_of(folder: Path) -> str:
    """Of what the estimator's archive holds, as another zlib may pack the same content into other bytes."""
    file = read_classifier(folder).manifest.file
    assert file is not None
    found = hashlib.sha256()
    with zipfile.ZipFile(folder / (file.source or file.name)) as archive:
        for name in archive.namelist():
            found.update(name.encode() + b"\0" + archive.read(name))
    return found.hexdigest()


def _files(folder: Path, patterns: Sequence[str]) -> list[Path]:
    return [path for pattern in patterns for path in folder.glob(pattern)]


def _without_folders(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: Path(value).name if key == "path" else _without_folders(value) for key, value in node.items()}
    return [_without_folders(item) for item in node] if isinstance(node, list) else node
