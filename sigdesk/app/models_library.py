"""The models that are installed: read, looked into and changed off the window's thread. Whoever shows or uses them
hears at once when they are others."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
import uuid
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from msgspec import Struct
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from sigdesk.app.model_report import read_details
from sigdesk.classifiers.adding import Wrapped, add_model
from sigdesk.classifiers.folder import BrokenFolder, Classifier, ModelState, find_classifiers
from sigdesk.classifiers.manifest import FileFormat
from sigdesk.classifiers.manifest_parser import FORMAT_OF_SUFFIX, MANIFEST_NAME
from sigdesk.classifiers.trust import Decision, TrustBook, TrustEntry
from sigdesk.classifiers.versions import promote, roll_back
from sigdesk.errors import JournalError, ModelError, SigDeskError
from sigdesk.places import Places, shipped_folder
from sigdesk.pool.inspection import inspect_model
from sigdesk.pool.journal_search import last_uses

Model = Classifier | BrokenFolder

REMOVED_KEPT_DAYS: Final = 30
"""So long a removed model can be put back by hand."""
_DAY_S: Final = 86_400


class Done(Struct, frozen=True):
    """What was done to the model `name`, in words, and how to take it back (None where that cannot be)."""

    text: str
    name: str
    undo: Callable[[], None] | None = None


class _Read(NamedTuple):
    """What came of an act, and all that was read after it."""

    came: Done | SigDeskError | None
    models: tuple[Model, ...]
    uses: dict[str, float]


class ModelsLibrary(QObject):
    """Acts come back as `done` or `failed` (a SigDeskError), after `changed` where the models are others now."""

    changed = Signal(object)
    """All models, as a tuple."""
    used = Signal()
    """`last_uses` tells something else now."""
    done = Signal(object)
    failed = Signal(object)
    looked = Signal(object)
    """The ModelDetails of a model that `look` was asked for."""
    inspected = Signal(object, object)
    """A file that `inspect` was asked for, and its classes: () where it does not say them, a ModelError where it is no
    model."""
    _answered = Signal(object, object)
    """Whom to hand an answer to, and the answer. The only signal that comes from the other thread."""

    def __init__(self, places: Places, models: Sequence[Model], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._places = places
        self._book = TrustBook(places.trust_file)
        self.models = tuple(models)
        self.last_uses: dict[str, float] = {}
        """When each model was given its latest job (seconds since the epoch), by its name."""
        self._threads = QThreadPool()
        self._threads.setMaxThreadCount(1)
        self._closed = False
        self._answered.connect(self._on_answered)
        self._run(self._drop_old, lambda _: None)

    @property
    def folder(self) -> Path:
        """Where models of the operator's own stand."""
        return self._places.models_folder

    def find(self, name: str) -> Model | None:
        """A model by the name of its folder."""
        return next((model for model in self.models if model.folder.name == name), None)

    def refresh(self) -> None:
        """Read all models anew: others may have changed them."""
        self._start(lambda: None)

    def look(self, model: Classifier) -> None:
        """Read what is known of a model beside its manifest; `looked` brings it."""
        self._run(lambda: read_details(model, self._trust()), self.looked.emit)

    def inspect(self, file: Path) -> None:
        """Ask a model file which classes it has, in a process of its own; `inspected` brings them. A pickle is not
        opened."""
        self._run(lambda: _classes_in(file), lambda found: self.inspected.emit(file, found))

    def promote(self, name: str, version: str) -> None:
        """Put another version of a model to use."""
        self._start(partial(self._promote, name, version))

    def roll_back(self, name: str) -> None:
        """Put the version to use that was in use before."""
        self._start(partial(self._roll_back, name))

    def trust(self, model: Classifier) -> None:
        """Let the very bytes run that this model's file had when it was read."""
        self._start(partial(self._decide, model, Decision.TRUSTED))

    def block(self, model: Classifier) -> None:
        """Never run those bytes."""
        self._start(partial(self._decide, model, Decision.BLOCKED))

    def add(self, wish: Wrapped) -> None:
        """Make a model folder of a file or folder."""
        self._start(partial(self._add, wish))

    def remove(self, name: str) -> None:
        """Take one of the operator's own models away; for a while it is kept, to be put back."""
        self._start(partial(self._remove, name))

    def close(self) -> None:
        """Wait for the act that is going on; leave out those that wait, and what a page still asks for."""
        self._closed = True
        self._threads.clear()
        self._threads.waitForDone(-1)

    def _start(self, act: Callable[[], Done | None]) -> None:
        self._run(lambda: self._act_and_read(act), self._on_read)

    def _run(self, work: Callable[[], Any], take: Callable[[Any], object]) -> None:
        """Have `work` done in the other thread, and `take` called with what came of it in this one."""
        if self._closed:
            return
        self._threads.start(_Task(work, partial(self._answered.emit, take)))

    def _on_answered(self, take: Callable[[Any], object], answer: Any) -> None:
        take(answer)

    def _act_and_read(self, act: Callable[[], Done | None]) -> _Read:
        came: Done | SigDeskError | None
        try:
            came = act()
        except SigDeskError as error:
            came = error
        except OSError as error:
            name = error.filename or self.folder
            came = ModelError(
                f"{name} could not be changed ({error.strerror or error}).", "Make room, or see who may write there."
            )
        folders = [self.folder, shipped_folder("models")]
        models = tuple(find_classifiers(folders, self._trust()))
        uses: dict[str, float] = {}
        with contextlib.suppress(JournalError):  # told where jobs are shown
            uses = last_uses(self._places.journal_file)
        return _Read(came, models, uses)

    def _on_read(self, answer: _Read) -> None:
        came = answer.came
        if answer.uses != self.last_uses:
            self.last_uses = answer.uses
            self.used.emit()
        if answer.models != self.models:
            self.models = answer.models
            self.changed.emit(answer.models)
        if isinstance(came, SigDeskError):
            self.failed.emit(came)
        elif came is not None:
            self.done.emit(came)

    def _trust(self) -> list[TrustEntry]:
        try:
            return self._book.entries()
        except ModelError:  # told at the start; until it can be read, nothing is trusted
            return []

    def _promote(self, name: str, version: str) -> Done:
        before = _own(self.find(name)).manifest.version
        now = promote(self.folder / name, version, self._trust())
        undo = None if before == version else partial(self.promote, name, before)
        return Done(f"{title_of(now)} {now.manifest.version} is in use", name, undo)

    def _roll_back(self, name: str) -> Done:
        before = _own(self.find(name)).manifest.version
        now = roll_back(self.folder / name, self._trust())
        undo = partial(self.promote, name, before)
        return Done(f"{title_of(now)} {now.manifest.version} is in use again", name, undo)

    def _decide(self, model: Classifier, decision: Decision) -> Done:
        assert model.manifest.file is not None
        self._book.decide(model.sha256, model.folder / model.manifest.file.name, decision)
        if decision is Decision.BLOCKED:
            return Done(f"{model.manifest.file.name} is blocked", model.folder.name)
        undo = partial(self.block, model)
        return Done(f"{model.manifest.file.name} is trusted as it is now", model.folder.name, undo)

    def _add(self, wish: Wrapped) -> Done:
        added = add_model(wish, self.folder, self._trust())
        return Done(f"{title_of(added)} is added", added.folder.name, partial(self.remove, added.folder.name))

    def _remove(self, name: str) -> Done:
        model = self.find(name)
        if model is None or is_shipped(model):
            raise ModelError(f"{name} comes with SigDesk, or is not there any more.", "Only your own can be removed.")
        kept = self._removed_folder / f"{name}.{uuid.uuid4().hex[:8]}"
        kept.parent.mkdir(parents=True, exist_ok=True)
        model.folder.rename(kept)
        os.utime(kept)
        return Done(f"{title_of(model)} is removed", name, partial(self._put_back, kept, name))

    def _put_back(self, kept: Path, name: str) -> None:
        self._start(partial(self._restore, kept, name))

    def _restore(self, kept: Path, name: str) -> Done:
        if (self.folder / name).exists():
            raise ModelError(f"There is another model named {name} now.", "Remove that one first.")
        kept.rename(self.folder / name)
        return Done(f"{name} is put back", name)

    @property
    def _removed_folder(self) -> Path:
        """Beside the models, so that to move one there is one step. A name with a dot is no model's."""
        return self.folder / ".removed"

    def _drop_old(self) -> None:
        with contextlib.suppress(OSError):  # it is tried again at the next start
            for kept in self._removed_folder.iterdir():
                if time.time() - kept.stat().st_mtime > REMOVED_KEPT_DAYS * _DAY_S:
                    shutil.rmtree(kept, ignore_errors=True)


class _Task(QRunnable):
    def __init__(self, work: Callable[[], Any], done: Callable[[Any], object]) -> None:
        super().__init__()
        self._work = work
        self._done = done

    def run(self) -> None:
        self._done(self._work())


def title_of(model: Model) -> str:
    """How operators read of it."""
    return model.folder.name if isinstance(model, BrokenFolder) else model.manifest.title or model.name


def is_shipped(model: Model) -> bool:
    """Whether it comes with SigDesk: it has one version then, and stays as it is."""
    return model.folder.parent == shipped_folder("models")


def can_be_trusted(model: Model) -> bool:
    """Whether the operator's word would make it run: it is a pickle, and the one that its manifest means."""
    if not isinstance(model, Classifier) or model.runnable or model.state is ModelState.BROKEN:
        return False
    file = model.manifest.file
    return (
        file is not None
        and file.format is FileFormat.PICKLE
        and bool(model.sha256)
        and file.sha256 in ("", model.sha256)
    )


def model_kind(path: Path) -> str:
    """What somebody hands over: "pickle", "skops" or "onnx" for a model file, "folder" for a model folder, "script" for
    a folder without a manifest, "" for what is none of them."""
    if path.is_dir():
        return "folder" if (path / MANIFEST_NAME).is_file() else "script"
    known = FORMAT_OF_SUFFIX.get(path.suffix.lower())
    return known.value if known is not None else ""


def _own(model: Model | None) -> Classifier:
    if not isinstance(model, Classifier):
        raise ModelError("The model cannot be read any more.", "Look at its folder.")
    if is_shipped(model):
        raise ModelError(f"{model.name} comes with SigDesk and has one version.", "Train a model of your own.")
    return model


def _classes_in(file: Path) -> tuple[str, ...] | ModelError:
    try:
        return tuple(inspect_model(file).get("classes", ()))
    except ModelError as error:
        return error
