"""A model folder that was read and checked: the Classifier, and the search for all of them."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from sigdesk.classifiers.manifest import FileFormat, Manifest, ModelFile
from sigdesk.classifiers.manifest_parser import MANIFEST_NAME, read_manifest
from sigdesk.classifiers.trust import Decision, TrustEntry
from sigdesk.errors import ManifestError, ModelError

CARD_NAME = "card.md"
CHECKED_VARIABLE = "SIGDESK_MODEL_CHECKED"
TRUSTED_VARIABLE = "SIGDESK_MODEL_TRUSTED"
"""In the environment of SigDesk's own script: the SHA-256 that was found when the model was checked, and, if the
operator has trusted those bytes although they could run anything, the same once more."""
_MOST_CARD_BYTES = 256 * 1024


class ModelState(enum.Enum):
    """Whether a model may run. VERIFIED: the model file is what the manifest's hash names, or there is none.
    TRUSTED: it could run anything when it is loaded, and the operator has trusted its very bytes."""

    VERIFIED = "verified"
    TRUSTED = "trusted"
    CHANGED = "changed"
    BLOCKED = "blocked"
    BROKEN = "broken"


class Classifier(Struct, frozen=True):
    """A model folder whose manifest has no mistakes. `sha256` is that of the model file as it was found, or ""."""

    folder: Path
    manifest: Manifest
    state: ModelState = ModelState.VERIFIED
    problem: str = ""
    sha256: str = ""

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def runnable(self) -> bool:
        return self.state in (ModelState.VERIFIED, ModelState.TRUSTED)

    @property
    def untrusted(self) -> bool:
        """Whether it would run, were its file trusted as it is now."""
        return self.state in (ModelState.BLOCKED, ModelState.CHANGED)


class BrokenFolder(Struct, frozen=True):
    """A model folder that cannot be used, with every reason."""

    folder: Path
    problems: tuple[str, ...]


def read_classifier(folder: Path, trust: Sequence[TrustEntry] = ()) -> Classifier:
    """Read and check one model folder; its model file is hashed, never loaded. `trust` is what the operator decided.

    Raises ManifestError with all mistakes of the manifest, or ModelError when there is none to read.
    """
    folder = folder.absolute()
    manifest = read_manifest(folder)
    if manifest.file is None:
        return Classifier(folder, manifest)
    try:
        with (folder / manifest.file.name).open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        problem = f"{folder / manifest.file.name} cannot be read: {error.strerror}."
        return Classifier(folder, manifest, ModelState.BROKEN, problem)
    state, problem = _state_of(folder, manifest.file, sha256, trust)
    return Classifier(folder, manifest, state, problem, sha256)


def find_classifiers(folders: Sequence[Path], trust: Sequence[TrustEntry] = ()) -> list[Classifier | BrokenFolder]:
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
                found[path.name] = _read_or_broken(path, trust)
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


def _read_or_broken(folder: Path, trust: Sequence[TrustEntry]) -> Classifier | BrokenFolder:
    try:
        return read_classifier(folder, trust)
    except ManifestError as error:
        return BrokenFolder(folder, error.problems)
    except ModelError as error:
        return BrokenFolder(folder, (error.what,))


def _state_of(folder: Path, file: ModelFile, sha256: str, trust: Sequence[TrustEntry]) -> tuple[ModelState, str]:
    path = str(folder / file.name)
    mine = next((one for one in trust if one.sha256 == sha256), None)
    if mine is not None and mine.decision is Decision.BLOCKED:
        return ModelState.BLOCKED, f"{file.name} was blocked by {mine.who} on {mine.when[:10]}."
    if file.sha256 and sha256 != file.sha256:
        return (
            ModelState.CHANGED,
            f"{file.name} is not the file that the manifest names (SHA-256 {sha256[:12]}…, not {file.sha256[:12]}…). "
            "Install the model folder again, or ask its author.",
        )
    if file.format is not FileFormat.PICKLE:
        return ModelState.VERIFIED, ""
    if mine is not None:
        return ModelState.TRUSTED, ""
    before = next((one for one in trust if one.file == path and one.decision is Decision.TRUSTED), None)
    if before is not None:
        return (
            ModelState.CHANGED,
            f"{file.name} has changed since it was trusted on {before.when[:10]} (SHA-256 {sha256[:12]}…, not "
            f"{before.sha256[:12]}…). It will not run unless you trust it as it is now.",
        )
    return (
        ModelState.BLOCKED,
        f"{file.name} is a pickle, which can run anything when it is loaded. "
        "Ask its author for a skops or ONNX file, or trust this very file.",
    )
