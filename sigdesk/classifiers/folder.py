"""A model folder that was read and checked: the Classifier, and the search for all of them."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sigdesk.classifiers.manifest import FileFormat, Manifest, ModelFile
from sigdesk.classifiers.manifest_parser import MANIFEST_NAME, read_manifest
from sigdesk.errors import ManifestError, ModelError

CARD_NAME = "card.md"
_MOST_CARD_BYTES = 256 * 1024


class ModelState(enum.Enum):
    """Whether a model may run. VERIFIED: the model file is what the manifest's hash names, or there is none."""

    VERIFIED = "verified"
    CHANGED = "changed"
    BLOCKED = "blocked"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Classifier:
    """A model folder whose manifest has no mistakes."""

    folder: Path
    manifest: Manifest
    state: ModelState = ModelState.VERIFIED
    problem: str = ""

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def runnable(self) -> bool:
        return self.state is ModelState.VERIFIED


@dataclass(frozen=True, slots=True)
class BrokenFolder:
    """A model folder that cannot be used, with every reason."""

    folder: Path
    problems: tuple[str, ...]


def read_classifier(folder: Path) -> Classifier:
    """Read and check one model folder; its model file is hashed, never loaded.

    Raises ManifestError with all mistakes of the manifest, or ModelError when there is none to read.
    """
    folder = folder.absolute()
    manifest = read_manifest(folder)
    state, problem = _state_of(folder, manifest.file)
    return Classifier(folder, manifest, state, problem)


def find_classifiers(folders: Sequence[Path]) -> list[Classifier | BrokenFolder]:
    """All models in `folders`, by name. Of two with the same name the one in the earlier folder counts.

    A folder that is not there holds no models; one that cannot be looked into is a BrokenFolder.
    """
    found: dict[str, Classifier | BrokenFolder] = {}
    for folder in folders:
        try:
            inside = sorted(_model_folders(folder.absolute()))
        except OSError as error:
            found.setdefault(str(folder), BrokenFolder(folder, (f"{folder} cannot be read: {error.strerror}.",)))
            continue
        for path in inside:
            if path.name not in found:
                found[path.name] = _read_or_broken(path)
    return [found[name] for name in sorted(found)]


def card_text(classifier: Classifier) -> str:
    """The model's card in Markdown, "" where it has none. Raises ModelError when it cannot be read."""
    path = classifier.folder / CARD_NAME
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_CARD_BYTES)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise ModelError(
            f"The card {path} cannot be read: {error.strerror}.", "Check who may read the file."
        ) from error
    return data.decode("utf-8", "replace")


def _model_folders(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if (path / MANIFEST_NAME).is_file())


def _read_or_broken(folder: Path) -> Classifier | BrokenFolder:
    try:
        return read_classifier(folder)
    except ManifestError as error:
        return BrokenFolder(folder, error.problems)
    except ModelError as error:
        return BrokenFolder(folder, (error.what,))


def _state_of(folder: Path, file: ModelFile | None) -> tuple[ModelState, str]:
    if file is None:
        return ModelState.VERIFIED, ""
    if file.format is FileFormat.PICKLE:
        return (
            ModelState.BLOCKED,
            f"{file.name} is a pickle, which can run anything when it is loaded. "
            "Ask its author for a skops or ONNX file.",
        )
    try:
        with (folder / file.name).open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        return ModelState.BROKEN, f"{folder / file.name} cannot be read: {error.strerror}."
    if file.sha256 and found != file.sha256:
        return (
            ModelState.CHANGED,
            f"{file.name} is not the file that the manifest names (SHA-256 {found[:12]}…, not {file.sha256[:12]}…). "
            "Install the model folder again, or ask its author.",
        )
    return ModelState.VERIFIED, ""
