"""A model folder that was read and checked: the Classifier, and the search for all of them."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

from sigdesk.classifiers.manifest import Manifest


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
