"""Settings, from one table: what there is, what it may be, and what the operator reads. Stored as JSON, atomically."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct
from PySide6.QtCore import QObject, Signal

from sigdesk.errors import SettingsError
from sigdesk.pool.isolation import SANDBOX_SETTING

Value = bool | int | float | str | list[str]


class Setting(Struct, frozen=True):
    """One row. `title` is empty for what the program remembers by itself and no dialog shows."""

    key: str
    default: Value
    title: str = ""
    explanation: str = ""
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""

    def accepts(self, value: object) -> bool:
        """Whether `value` is of the default's kind and inside its bounds."""
        if isinstance(self.default, float) and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is not type(self.default):
            return False
        if isinstance(value, list):
            return all(isinstance(item, str) for item in value)
        if self.choices and value not in self.choices:
            return False
        if isinstance(value, int | float) and not isinstance(value, bool):
            return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)
        return True


SETTINGS: Final = (
    Setting("theme", "light", "Theme", "Light or dark. Ctrl Shift D switches too.", choices=("light", "dark")),
    Setting(
        "workers",
        0,
        "Workers",
        "How many signals are classified at once. 0 means one for each processor core. More begin at once; who is too "
        "many goes when its jobs have ended.",
        minimum=0,
        maximum=64,
    ),
    Setting(
        "queue_size",
        20_000,
        "Queue size",
        "How many jobs may wait in the pool; the rest waits in the window. Used at once.",
        minimum=1,
        maximum=1_000_000,
    ),
    Setting(
        "memory_budget_mb",
        0,
        "Memory for models",
        "Models that rest are ended, the longest unused first, when all that are loaded hold more than this together; "
        "where it is short, fewer work at once. 0 means half of the machine's memory. Used at once.",
        minimum=0,
        maximum=1_000_000,
        unit="MB",
    ),
    Setting(
        SANDBOX_SETTING,
        False,
        "Run scripts in a sandbox",
        "Models then have no network and read nothing but their folder and the signal. Needs Linux with bubblewrap. "
        "Used at the next start.",
    ),
    Setting(
        "unsure_below",
        60,
        "Mark as unsure below",
        "Labels with less confidence than this are marked for a check.",
        minimum=0,
        maximum=100,
        unit="%",
    ),
    Setting(
        "window_length_s", 1.0, "Window length", "For Windows in the Inspector.", minimum=1e-6, maximum=1e6, unit="s"
    ),
    Setting(
        "window_step_s",
        1.0,
        "Step between windows",
        "For Windows in the Inspector.",
        minimum=1e-6,
        maximum=1e6,
        unit="s",
    ),
    Setting("window_length_samples", 100.0, minimum=1, maximum=1e9),
    Setting("window_step_samples", 100.0, minimum=1, maximum=1e9),
    Setting("show_result", True, "Show result on the plot", "Labels of the model stand in a lane below the plot."),
    Setting("colour_by_class", True, "Colour the signal by class", "After windows were classified."),
    Setting(
        "reopen_files", True, "Open the last files at the start", "The signals that were open when SigDesk closed."
    ),
    Setting("clock_time", False, "Times by the clock", "Where a signal says when it was recorded; else as elapsed."),
    Setting("signals_order", "Order added", choices=("Order added", "Name", "State", "Duration")),
    Setting("signals_reversed", False),
    Setting("model", ""),
    Setting("scope", "whole", choices=("whole", "selection", "windows")),
    Setting("geometry", ""),
    Setting("layout", ""),
    Setting("hidden_panels", []),
    Setting("open_files", []),
    Setting("recent_files", []),
)

_ROWS: Final[Mapping[str, Setting]] = {row.key: row for row in SETTINGS}


class Settings(QObject):
    """The values in force. A file that cannot be read is set aside and told of in `problem`; defaults then apply.

    A value that the disk does not take is in force all the same: `store_problem` says so until the disk takes it.
    """

    changed = Signal(str)
    store_problem_changed = Signal(object)
    """A SettingsError when the file cannot be written, None once it can again."""

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self._values: dict[str, Value] = {}
        self.problem: SettingsError | None = None
        self.store_problem: SettingsError | None = None
        self._load()

    def text(self, key: str) -> str:
        value = self._value(key)
        assert isinstance(value, str)
        return value

    def number(self, key: str) -> float:
        value = self._value(key)
        assert isinstance(value, int | float)
        return value

    def whole(self, key: str) -> int:
        return int(self.number(key))

    def flag(self, key: str) -> bool:
        value = self._value(key)
        assert isinstance(value, bool)
        return value

    def texts(self, key: str) -> list[str]:
        value = self._value(key)
        assert isinstance(value, list)
        return list(value)

    def put(self, key: str, value: Value) -> None:
        """Change a setting and store all of them. Raises SettingsError for a value outside the table's bounds."""
        row = _ROWS[key]
        if not row.accepts(value):
            raise SettingsError(f"{row.title or key} cannot be {value!r}.", _bounds(row))
        if value != self._value(key):
            self._values[key] = value
            self.changed.emit(key)
            self._store()

    def _value(self, key: str) -> Value:
        return self._values.get(key, _ROWS[key].default)

    def _load(self) -> None:
        try:
            stored = json.loads(self._file.read_bytes())
        except FileNotFoundError:
            return
        except (OSError, ValueError, RecursionError) as error:
            aside = self._file.with_suffix(".broken.json")
            self.problem = SettingsError(
                f"The settings in {self._file} could not be read ({error}).",
                f"Defaults are used; the old file is kept as {aside.name}.",
            )
            with contextlib.suppress(OSError):  # where it cannot be moved it stays, and the next change replaces it
                if self._file.is_file():
                    self._file.replace(aside)
            return
        if isinstance(stored, dict):
            self._values = {key: value for key, value in stored.items() if key in _ROWS and _ROWS[key].accepts(value)}

    def _store(self) -> None:
        before, self.store_problem = self.store_problem, None
        try:
            # Not orjson: names of files may hold bytes that are no UTF-8, and only json writes and reads those.
            write_atomically(self._file, json.dumps(self._values, indent=2).encode("ascii"))
        except OSError as error:
            self.store_problem = SettingsError(
                f"The settings could not be stored in {self._file} ({error.strerror or error}).",
                "They hold until SigDesk is closed. Make room on the disk, or check that you may write there.",
            )
        if self.store_problem is not None or before is not None:
            self.store_problem_changed.emit(self.store_problem)


def _bounds(row: Setting) -> str:
    if row.choices:
        return f"Choose one of {', '.join(row.choices)}."
    if row.minimum is not None and row.maximum is not None:
        return f"Choose from {row.minimum:g} to {row.maximum:g} {row.unit}".rstrip() + "."
    return "Choose a value of the same kind."


def write_atomically(file: Path, data: bytes) -> None:
    """Replace `file` as a whole or not at all: written beside it, synced, renamed. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
