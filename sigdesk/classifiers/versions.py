"""The versions of a model: `NAME/` holds the one that is in use, `NAME/versions/VERSION/` the others.

A promotion copies the new version's files beside the old ones and then replaces the manifest, in one step: whoever
looks sees the old model or the new one, also when the machine stops in between. What is left over is never read.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from sigdesk.classifiers.folder import Classifier, read_classifier
from sigdesk.classifiers.manifest_parser import MANIFEST_NAME, VERSIONS_NAME
from sigdesk.classifiers.trust import TrustEntry
from sigdesk.errors import ModelError

FIRST_VERSION: Final = "1.0.0"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LAST_FILE: Final = "last-promoted"


def check_name(name: str) -> None:
    """Raise ModelError unless `name` may be that of a model: it names a folder on every system."""
    if not _NAME.fullmatch(name) or name.endswith("."):
        raise ModelError(
            f"{name!r} cannot be the name of a model.",
            "Take letters, digits, dots, dashes and underscores, a letter or digit first, 64 at most.",
        )


def other_versions(folder: Path, trust: Sequence[TrustEntry] = ()) -> list[Classifier]:
    """The versions of a model folder that are not in use and have no mistakes, the newest first."""
    inside = folder / VERSIONS_NAME
    found = []
    if inside.is_dir():
        for path in inside.iterdir():
            if (path / MANIFEST_NAME).is_file():
                with contextlib.suppress(ModelError):
                    found.append(read_classifier(path, trust))
    return sorted(found, key=lambda one: version_key(one.manifest.version), reverse=True)


def version_key(version: str) -> tuple[tuple[int, int, str], ...]:
    """By which versions sort: 1.10.0 comes after 1.9.0."""
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in version.split("."))


def next_version(folder: Path) -> str:
    """The version that the next training gets: one step above all that are there."""
    known = [one.manifest.version for one in other_versions(folder)]
    if (folder / MANIFEST_NAME).is_file():
        with contextlib.suppress(ModelError):
            known.append(read_classifier(folder).manifest.version)
    if not known:
        return FIRST_VERSION
    numbers = [int(part) if part.isdecimal() else 0 for part in (*max(known, key=version_key).split("."), "0", "0")]
    return f"{numbers[0]}.{numbers[1] + 1}.0"


def add_version(folder: Path, version: str, write: Callable[[Path], None]) -> tuple[Path, bool]:
    """Add a version whose files `write` puts into the folder that it is given.

    Returns where it stands and whether it is in use: the first version of a new name is, a later one is not.
    Nothing is left behind when `write` fails. Raises OSError.
    """
    first = not (folder / MANIFEST_NAME).exists()
    target = folder if first else folder / VERSIONS_NAME / version
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.parent / f".{target.name}-{uuid.uuid4().hex[:8]}"
    draft.mkdir()
    try:
        write(draft)
        draft.rename(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return target, first


def promote(folder: Path, version: str, trust: Sequence[TrustEntry] = ()) -> Classifier:
    """Put another version of a model folder to use; the one that was is kept among the others.

    Raises ModelError when there is no such version, or when it may not run; OSError when the disk refuses.
    """
    current = read_classifier(folder, trust)
    if current.manifest.version == version:
        return current
    source = folder / VERSIONS_NAME / version
    if not (source / MANIFEST_NAME).is_file():
        known = ", ".join(one.manifest.version for one in other_versions(folder)) or "none"
        raise ModelError(f"{folder.name} has no version {version}.", f"Choose one of: {known}.")
    chosen = read_classifier(source, trust)
    if not chosen.runnable:
        what = f"Version {version} of {folder.name} will not run. {chosen.problem}"
        raise ModelError(what, "Choose another version.")
    _keep(folder, current.manifest.version)
    _copy_files(source, folder)
    _replace_file(source / MANIFEST_NAME, folder / MANIFEST_NAME)
    _write_text(folder / VERSIONS_NAME / _LAST_FILE, current.manifest.version)
    shutil.rmtree(source, ignore_errors=True)
    _drop_foreign_files(folder, current)
    return read_classifier(folder, trust)


def roll_back(folder: Path, trust: Sequence[TrustEntry] = ()) -> Classifier:
    """Put the version to use that was in use before. Raises ModelError when there was none."""
    last = last_in_use(folder)
    if not last:
        raise ModelError(f"{folder.name} has had no other version in use.", "Train a new version, then promote it.")
    return promote(folder, last, trust)


def last_in_use(folder: Path) -> str:
    """The version of a model folder that was in use before, "" where there was none."""
    try:
        return (folder / VERSIONS_NAME / _LAST_FILE).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _keep(folder: Path, version: str) -> None:
    """Copy the version in use to where the others are, whole or not at all."""
    target = folder / VERSIONS_NAME / version
    target.parent.mkdir(exist_ok=True)
    draft = target.parent / f".{version}-{uuid.uuid4().hex[:8]}"
    draft.mkdir()
    try:
        _copy_files(folder, draft)
        shutil.copy2(folder / MANIFEST_NAME, draft / MANIFEST_NAME)
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _copy_files(source: Path, target: Path) -> None:
    """All but the manifest and the other versions."""
    for path in source.iterdir():
        if path.name in (MANIFEST_NAME, VERSIONS_NAME) or path.name.startswith("."):
            continue
        if path.is_dir():
            shutil.copytree(path, target / path.name, dirs_exist_ok=True)
        else:
            _replace_file(path, target / path.name)


def _drop_foreign_files(folder: Path, before: Classifier) -> None:
    """The files of the version that was in use whose names are its own alone; they stand among the others now."""
    mine = _file_names(read_classifier(folder))
    for name in _file_names(before) - mine:
        with contextlib.suppress(OSError):
            (folder / name).unlink()


def _file_names(classifier: Classifier) -> set[str]:
    file, examples = classifier.manifest.file, classifier.manifest.examples
    names = {file.name, file.source} if file is not None else set()
    return (names | ({examples.file} if examples is not None else set())) - {""}


def _replace_file(source: Path, target: Path) -> None:
    """Copy a file over another in one step, on the disk before its name is."""
    draft = target.with_name(f".{target.name}-{uuid.uuid4().hex[:8]}")
    try:
        with source.open("rb") as read, draft.open("xb") as write:
            shutil.copyfileobj(read, write)
            write.flush()
            os.fsync(write.fileno())
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _write_text(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}-{uuid.uuid4().hex[:8]}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
