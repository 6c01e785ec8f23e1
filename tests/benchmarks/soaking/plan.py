"""What a soak submits: drawn from a seed, so that every life of the program under test knows it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from msgspec.structs import replace

from sigdesk.classifiers.folder import Classifier, read_classifier
from sigdesk.pool.jobs import JobRequest
from sigdesk.signals import open_recordings
from sigdesk.signals.recording import ArraySource, Channel, Recording, TimeBase
from tests.benchmarks.soaking.rows import CASES, GOOD, MODELS, Case

SIGNALS: Final = 97
"""So many different ones; every other of them stands in a file."""
_SAMPLES: Final = 8
_NAME: Final = "soak"


@dataclass(frozen=True, slots=True)
class Planned:
    """One job: its place in the plan, what kind it is, and which signal it has."""

    index: int
    case: Case
    signal: int

    @property
    def name(self) -> str:
        """Of its signal; the journal has it, which tells whose row that is."""
        return f"{_NAME}-{self.index:06d}"


def index_of(name: str) -> int:
    """The place in the plan of a job whose signal has this name."""
    return int(name.removeprefix(f"{_NAME}-"))


def draw(jobs: int, faulty: float, seed: int, rows: Sequence[int] = ()) -> list[Planned]:
    """`jobs` jobs, of which a share is faulty, evenly of all rows or of those that are named."""
    chance = random.Random(seed)
    of_row: dict[int, list[Case]] = {}
    for case in CASES:
        if not rows or case.row in rows:
            of_row.setdefault(case.row, []).append(case)
    bad = round(jobs * faulty)
    numbers = list(of_row)
    cases = [chance.choice(of_row[numbers[place % len(numbers)]]) for place in range(bad)]
    cases += [chance.choice(GOOD) for _ in range(jobs - bad)]
    chance.shuffle(cases)
    return [Planned(index, case, chance.randrange(SIGNALS)) for index, case in enumerate(cases)]


def reference_of(plan: Sequence[Planned]) -> list[Planned]:
    """The good jobs that a run without faults must answer, so that the answers of this plan can be compared: one for
    each model and signal."""
    cases = {case.model: case for case in GOOD}
    pairs = sorted({(planned.case.model, planned.signal) for planned in plan if planned.case.model in cases})
    return [Planned(index, cases[model], signal) for index, (model, signal) in enumerate(pairs)]


class Desk:
    """The model folders and signals of a home, as requests for jobs."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._classifiers: dict[str, Classifier] = {}
        self._recordings: dict[int, Recording] = {}

    def write(self) -> None:
        """Make the folders and files; once a home."""
        for model in MODELS.values():
            model.write(self._home / "models" / model.name)
        (self._home / "signals").mkdir()
        for signal in range(0, SIGNALS, 2):
            np.save(self._file(signal), _values(signal)[0])

    def read(self) -> None:
        """Read all of them, as a program does before its operator can choose any."""
        for name in MODELS:
            self._classifiers[name] = read_classifier(self._home / "models" / name)
        for signal in range(SIGNALS):
            (self._recordings[signal],) = (_in_memory(signal),) if signal % 2 else open_recordings(self._file(signal))

    def request(self, planned: Planned) -> JobRequest:
        """The job as it is submitted."""
        params: Mapping[str, object] = {"do": planned.case.do} if planned.case.do else {}
        recording = replace(self._recordings[planned.signal], name=planned.name)
        return JobRequest(self._classifiers[planned.case.model], recording, params=params)

    def _file(self, signal: int) -> Path:
        return self._home / "signals" / f"signal-{signal}.npy"


def _values(signal: int) -> np.ndarray:
    """Different for every signal, and never 13, which is the unlucky number of the script `batches.py`."""
    return np.random.default_rng(signal).integers(-12, 12, size=(1, _SAMPLES)).astype(np.float64)


def _in_memory(signal: int) -> Recording:
    return Recording(
        name=_NAME,
        path=Path(_NAME),
        channels=(Channel("level", "V"),),
        length=_SAMPLES,
        time_base=TimeBase(rate_hz=1000.0),
        source=ArraySource(_values(signal)),
        format_name="memory",
    )
