"""Making a model folder of what somebody hands over: a bare model file, a folder with a script, or a model folder."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from sigdesk.classifiers.folder import Classifier, read_classifier
from sigdesk.classifiers.manifest_parser import FORMAT_OF_SUFFIX, MANIFEST_NAME
from sigdesk.classifiers.recipes import RECIPES
from sigdesk.classifiers.trust import TrustEntry
from sigdesk.classifiers.versions import check_name
from sigdesk.errors import ModelError

_MOST_BYTES: Final = 4 * 1024**3


class Wrapped(Struct, frozen=True):
    """What is handed over, and what its files cannot say themselves. A pickle is not opened to find out.

    `channels` and `rate_hz` are what signals must have, None where any will do.
    """

    path: Path
    name: str = ""
    classes: tuple[str, ...] = ()
    title: str = ""
    features: str = ""
    script: str = ""
    channels: int | None = None
    rate_hz: float | None = None


def add_model(wish: Wrapped, models_folder: Path, trust: Sequence[TrustEntry] = ()) -> Classifier:
    """Copy it into a new folder below `models_folder`, whole or not at all; nothing of it is run.

    Raises ModelError when there is something to say first, or the name is taken; OSError.
    """
    name = wish.name or _name_of(wish.path)
    check_name(name)
    target = models_folder / name
    if target.exists():
        raise ModelError(f"There is a model named {name} already.", "Choose another name with --name.")
    models_folder.mkdir(parents=True, exist_ok=True)
    # Named as the manifest will be: it is read where it is before anybody sees it.
    draft = models_folder / f".{uuid.uuid4().hex[:8]}" / name
    try:
        draft.mkdir(parents=True)
        _fill(draft, wish, name)
        read_classifier(draft, trust)
        draft.rename(target)
    finally:
        shutil.rmtree(draft.parent, ignore_errors=True)
    return read_classifier(target, trust)


def _fill(draft: Path, wish: Wrapped, name: str) -> None:
    if wish.path.is_dir():
        _copy_folder(wish.path, draft)
        if not (draft / MANIFEST_NAME).is_file():
            (draft / MANIFEST_NAME).write_text(_script_manifest(wish, name), encoding="utf-8")
        return
    if wish.path.suffix.lower() not in FORMAT_OF_SUFFIX:
        raise ModelError(
            f"{wish.path.name} is no model file that SigDesk knows ({', '.join(FORMAT_OF_SUFFIX)}).",
            "Name a model file, or a folder with a script.",
        )
    shutil.copy2(wish.path, draft / wish.path.name)
    (draft / MANIFEST_NAME).write_text(_file_manifest(draft / wish.path.name, wish, name), encoding="utf-8")


def _copy_folder(source: Path, draft: Path) -> None:
    size = sum(path.stat().st_size for path in source.rglob("*") if path.is_file() and not path.is_symlink())
    if size > _MOST_BYTES:
        raise ModelError(f"{source} holds {size // 1024**2} MiB, more than a model should.", "Name the model's folder.")
    shutil.copytree(source, draft, dirs_exist_ok=True, symlinks=True)


def _file_manifest(file: Path, wish: Wrapped, name: str) -> str:
    if wish.features and wish.features not in RECIPES:
        raise ModelError(f"There is no recipe for features named {wish.features}.", f"Known: {', '.join(RECIPES)}.")
    lines = [*_head(wish, name), "[file]", f"name = {_text(file.name)}", f'sha256 = "{_sha256(file)}"', ""]
    return "\n".join(lines + (["[training]", f"features = {_text(wish.features)}", ""] if wish.features else []))


def _script_manifest(wish: Wrapped, name: str) -> str:
    script = wish.script
    if not script:
        found = sorted(path.name for path in wish.path.glob("*.py"))
        if len(found) != 1:
            what = f"{wish.path} holds {len(found)} Python scripts" if found else f"{wish.path} holds no Python script"
            raise ModelError(f"{what} and no {MANIFEST_NAME}.", "Say which script classifies, or write a manifest.")
        script = found[0]
    elif not (wish.path / script).is_file():
        raise ModelError(f"{wish.path / script} is not there.", "Name a script that stands in the folder.")
    return "\n".join([*_head(wish, name), "[run]", f"script = {_text(script)}", ""])


def _head(wish: Wrapped, name: str) -> list[str]:
    if not wish.classes:
        raise ModelError(
            f"Nothing says which classes {wish.path.name} knows.", "Name them, in the model's order, with --classes."
        )
    head = ["[model]", f"name = {_text(name)}", 'version = "1.0.0"']
    head += [f"title = {_text(wish.title)}"] if wish.title else []
    return [*head, "", *_input(wish), "[output]", f"classes = [{', '.join(map(_text, wish.classes))}]", ""]


def _input(wish: Wrapped) -> list[str]:
    wanted = [f"channels = {wish.channels}"] if wish.channels is not None else []
    wanted += [f"sample_rate = {wish.rate_hz!r}"] if wish.rate_hz is not None else []
    return ["[input]", *wanted, ""] if wanted else []


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _name_of(path: Path) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem if path.is_file() else path.name).strip("-.") or "model"


def _text(text: str) -> str:
    """A basic string of TOML is one of JSON's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
