"""The rows of the fault matrix that the soak draws from: a job of each kind, and how it may end.

Floods are scaled to 10 MB, and with them the limits that stop them (`LIMITS`); what has to be waited for is shortened.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

FAULTY_SCRIPTS: Final = Path(__file__).resolve().parents[2] / "faulty_scripts"
FLOOD_BYTES: Final = 10_000_000
LINE_LIMIT_BYTES: Final = 6_000_000
"""Stands for the 64 MiB of a line, and SWOLLEN_BYTES for the 200 MB by which a warm process may grow."""
SWOLLEN_BYTES: Final = 20_000_000
NO_DESCRIPTORS: Final = "--no-descriptors"
FEW_DESCRIPTORS: Final = "--few-descriptors"
"""What stands on the command line of a script that the system is to be too short of descriptors to start, always or at
the first try."""
_TEXT: Final = "of a flood of ten megabytes, in which each line is as long as this one, that is about a hundred bytes"


@dataclass(frozen=True, slots=True)
class Model:
    """A model folder: scripts of tests/faulty_scripts, the first of which is run with these words."""

    name: str
    script: str
    words: tuple[str, ...] = ()
    warm: bool = False
    recorded: bool = True
    run: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def write(self, folder: Path) -> None:
        """Make the model folder."""
        folder.mkdir(parents=True)
        for script in {self.script, "record.sh"}:
            if (FAULTY_SCRIPTS / script).is_file():
                shutil.copy(FAULTY_SCRIPTS / script, folder)
        run: dict[str, Any] = {"mode": "warm" if self.warm else "one-shot", "timeout_s": 60.0, **self.run}
        if self.warm:
            run |= {"script": self.script, "samples": "json" if self.recorded else "npy"}
        else:
            run["command"] = self._command()
        lines = [f"{key} = {json.dumps(value)}" for key, value in run.items()]
        manifest = (
            f'[model]\nname = "{self.name}"\nversion = "1.0.0"\n[run]\n{chr(10).join(lines)}\n'
            '[output]\nclasses = ["a", "b"]\n[params]\ndo = ""\n'
        )
        (folder / "model.toml").write_text(manifest, encoding="utf-8")

    def _command(self) -> list[str]:
        if not self.recorded:
            return [self.script, *self.words]
        interpreter = "sh" if self.script.endswith(".sh") else "python3"
        return ["sh", "record.sh", interpreter, self.script, *self.words]


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of job. `ends` are the outcomes that are its own, state and code; `warning` is a part of one that it must
    have when it succeeds; `log` names what its log must be like; `cancel` says when the operator cancels it."""

    row: int
    model: str
    ends: frozenset[str]
    do: str = ""
    warning: str = ""
    log: str = ""
    cancel: str = ""
    guilty: bool = False
    """Whether it ends the process that it runs in."""

    @property
    def spoils_its_process(self) -> bool:
        """Whether its process goes on to misbehave after its batch, which may be as the next is handed to it."""
        return self.do in ("idle, answer", "idle, die")

    @property
    def breaks_batches(self) -> bool:
        """Whether the process that has a batch with it is ended."""
        return self.guilty or bool(self.cancel) or self.do in ("name another", "die after the answer", "never be done")

    @property
    def name(self) -> str:
        return f"{self.row} {self.model} {self.do}{self.cancel}".strip()


MODELS: dict[str, Model] = {}
CASES: list[Case] = []
GOOD: list[Case] = []


def _ends(*outcomes: str) -> frozenset[str]:
    return frozenset(outcomes)


def _build(models: dict[str, Model], cases: list[Case]) -> None:
    def one_shot(
        row: int, script: str, *words: str, ends: str, warning: str = "", log: str = "", cancel: str = "", **run: float
    ) -> None:
        name = f"row-{row:02}-{len(models)}"
        models[name] = Model(name, script, words, run=run)
        cases.append(Case(row, name, _ends(*ends.split(" or ")), warning=warning, log=log, cancel=cancel))

    def warm(row: int, do: str, *ends: str, model: str = "warm", cancel: str = "", guilty: bool = False) -> None:
        cases.append(Case(row, model, _ends(*ends), do=do, cancel=cancel, guilty=guilty))

    models["warm"] = Model("warm", "soaked.py", warm=True)
    models["impatient"] = Model("impatient", "soaked.py", warm=True, run={"timeout_s": 1.5})
    one_shot(1, "ends_silently.sh", "0", ends="FAILED NO_OUTPUT")
    warm(1, "say nothing", "FAILED NO_OUTPUT")
    one_shot(2, "answers_twice.sh", ends="SUCCEEDED", warning="a second answer")
    warm(2, "answer twice", "SUCCEEDED")
    one_shot(3, "error_then_output.sh", ends="FAILED ERROR")
    warm(3, "fail", "FAILED ERROR")
    one_shot(4, "output_then_error.sh", ends="SUCCEEDED", warning="on second thoughts, no")
    warm(4, "answer, then fail", "SUCCEEDED")
    one_shot(5, "answers_then_ends.sh", "3", ends="SUCCEEDED", warning="ended with exit code 3")
    one_shot(5, "answers_then_ends.sh", "SEGV", ends="SUCCEEDED", warning="crashed: SIGSEGV")
    warm(5, "die after the answer", "SUCCEEDED")
    one_shot(6, "no_last_newline.sh", 'OUTPUT: {"label": "a"}', ends="SUCCEEDED")
    one_shot(6, "no_last_newline.sh", 'OUTPUT: {"label": "a', ends="FAILED BAD_OUTPUT")
    one_shot(7, "invalid_utf8.sh", "log", ends="SUCCEEDED", log="replaced")
    one_shot(7, "invalid_utf8.sh", "answer", ends="FAILED BAD_OUTPUT")
    one_shot(8, "endless_line.sh", "LOG: ", str(FLOOD_BYTES), ends="FAILED LINE_TOO_LONG")
    one_shot(8, "endless_line.sh", "OUTPUT: ", str(FLOOD_BYTES), ends="FAILED LINE_TOO_LONG")
    one_shot(9, "flood.sh", str(FLOOD_BYTES // 100), _TEXT[:80], ends="SUCCEEDED", log="flood")
    one_shot(10, "flood_of_errors.sh", str(FLOOD_BYTES), ends="SUCCEEDED", log="flood of errors")
    one_shot(11, "trickle.sh", ends="TIMED_OUT TIMED_OUT", timeout_s=1.0)
    warm(11, "hang", "TIMED_OUT TIMED_OUT", model="impatient")
    one_shot(12, "markup.sh", ends="SUCCEEDED", log="markup")
    one_shot(13, "plain_output.sh", ends="SUCCEEDED", log="plain")
    for line in (
        '{"label": "a", "confidence": NaN}',
        '{"label": "a", "probabilities": {"a": 1.5}}',
        '{"label": "toaster"}',
        '{"windows": [{"label": "a"}]}',
    ):
        one_shot(14, "says.sh", f"OUTPUT: {line}", ends="FAILED BAD_OUTPUT")
    warm(14, "answer NaN", "FAILED BAD_OUTPUT")
    warm(15, "name another", "FAILED BAD_OUTPUT")
    for deed in ("talk", "answer", "die"):
        warm(16, f"idle, {deed}", "SUCCEEDED")
    for when, how in (("at start", "SIGKILL"), ("while reading", "SIGSEGV"), ("while computing", "SIGSEGV")):
        one_shot(17, "dies.py", when, how, ends=f"CRASHED {how}")
    one_shot(17, "dies.py", "while writing", "3", ends="FAILED EXIT")
    for how in ("SIGSEGV", "SIGKILL"):
        warm(17, how, f"CRASHED {how}", "FAILED POISON", guilty=True)
    one_shot(18, "ignores_terminate.sh", ends="TIMED_OUT TIMED_OUT", timeout_s=0.5)
    one_shot(18, "stops_itself.sh", ends="TIMED_OUT TIMED_OUT", timeout_s=0.5)
    one_shot(19, "closes_output.sh", "early", ends="TIMED_OUT TIMED_OUT", timeout_s=0.5)
    one_shot(19, "closes_output.sh", "answered", ends="SUCCEEDED", warning="ran on after its answer")
    warm(19, "never be done", "SUCCEEDED")
    for how in ("pipe", "quiet", "session"):
        one_shot(20, "leaves_a_child.py", how, ends="SUCCEEDED")
    for how in ("group", "session"):
        one_shot(21, "multiplies_slowly.py", how, ends="FAILED PROCESSES", processes=8)
    one_shot(22, "takes_memory.py", "alone", ends="FAILED MEMORY", memory_mb=60)
    models["row-23"] = Model("row-23", "no-such-program", recorded=False)
    cases.append(Case(23, "row-23", _ends("FAILED START")))
    one_shot(24, "good.sh", NO_DESCRIPTORS, ends="FAILED START")
    one_shot(24, "good.sh", FEW_DESCRIPTORS, ends="SUCCEEDED")
    warm(25, "idle, die", "SUCCEEDED", model="warm")
    warm(26, "exit", "FAILED EXIT", "FAILED POISON", guilty=True)
    one_shot(27, "hangs.sh", ends="CANCELLED", cancel="running")
    one_shot(27, "good.sh", ends="CANCELLED or SUCCEEDED", cancel="queued")
    one_shot(27, "good.sh", ends="CANCELLED or SUCCEEDED", cancel="instant")
    warm(27, "", "CANCELLED", "SUCCEEDED", cancel="instant")
    warm(30, "swell", "SUCCEEDED")


def _build_good(models: dict[str, Model], good: list[Case]) -> None:
    models["echoes"] = Model("echoes", "echoes.sh")
    models["batches"] = Model("batches", "batches.py", warm=True, recorded=False)
    good += [Case(0, name, _ends("SUCCEEDED")) for name in ("warm", "warm", "impatient", "batches", "echoes")]


_build(MODELS, CASES)
_build_good(MODELS, GOOD)
