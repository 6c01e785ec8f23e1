"""The manifest of a model folder, `model.toml`, parsed once into frozen values."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct, field

ParamValue = bool | int | float | str


class RunMode(enum.Enum):
    """One process a job, or one that is kept and handed batches."""

    ONE_SHOT = "one-shot"
    WARM = "warm"


class SamplesForm(enum.Enum):
    """How the script wants the samples: inside the JSON, or as one flat array on disk for a whole batch."""

    JSON = "json"
    NPY = "npy"


class FileFormat(enum.Enum):
    SKOPS = "skops"
    ONNX = "onnx"
    PICKLE = "pickle"
    NONE = "none"


class Run(Struct, frozen=True):
    """`[run]`. Exactly one of `command` and `script` is set, or neither: then SigDesk's own script runs the file."""

    command: tuple[str, ...] = ()
    script: str = ""
    mode: RunMode = RunMode.ONE_SHOT
    samples: SamplesForm = SamplesForm.JSON
    timeout_s: float = 30.0
    start_timeout_s: float = 60.0
    memory_mb: int = 2048
    processes: int = 64
    file_mb: int = 1024
    batch: int = 64
    max_jobs: int = 10_000


class Input(Struct, frozen=True):
    """`[input]`: what a signal must be. None means that anything will do."""

    channels: int | None = None
    sample_rate_hz: float | None = None
    length: int | None = None
    unit: str | None = None
    resample: bool = False


class ModelFile(Struct, frozen=True):
    """`[file]`: the trained model beside the manifest, which runs. `source` is the file that it was converted from."""

    name: str
    format: FileFormat
    sha256: str = ""
    source: str = ""
    source_sha256: str = ""


class ClassExamples(Struct, frozen=True):
    """`[examples]`: outlines of one training signal a class, in the JSON file `file` beside the manifest. `signals`
    says, by class, which signal that is."""

    file: str
    signals: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


class ClassScore(Struct, frozen=True):
    precision: float
    recall: float
    f1: float
    tested: int


class Evaluation(Struct, frozen=True):
    """`[evaluation]`: how the model did on signals that it was not trained on.

    `confusion` has a row a true class and a column a predicted one, in the order of `Manifest.classes`. `method` says
    how those signals were set aside; intervals are of 95 %; `guess` is the accuracy of naming the commonest class only.
    """

    test_size: int
    accuracy: float
    per_class: Mapping[str, ClassScore] = field(default_factory=lambda: MappingProxyType({}))
    confusion: tuple[tuple[int, ...], ...] = ()
    method: str = ""
    accuracy_interval: tuple[float, float] | None = None
    balanced_accuracy: float | None = None
    balanced_interval: tuple[float, float] | None = None
    guess: float | None = None


class Manifest(Struct, frozen=True):
    """A manifest without mistakes."""

    name: str
    version: str
    classes: tuple[str, ...]
    run: Run
    title: str = ""
    description: str = ""
    licence: str = ""
    author: str = ""
    input: Input = Input()
    class_titles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    params: Mapping[str, ParamValue] = field(default_factory=lambda: MappingProxyType({}))
    file: ModelFile | None = None
    training: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    evaluation: Evaluation | None = None
    examples: ClassExamples | None = None

    def title_of(self, label: str) -> str:
        """What operators read for a class."""
        return self.class_titles.get(label, label)
