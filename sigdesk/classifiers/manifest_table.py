"""One table of a manifest, read key by key. A mistake is noted with its line and reading goes on with the default, so
that an author sees all mistakes at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from operator import itemgetter
from pathlib import PurePosixPath
from typing import Any

from sigdesk.classifiers.manifest_lines import Path, map_lines


class Problems:
    """The mistakes found so far, each a sentence with its line."""

    def __init__(self, manifest: str) -> None:
        self._manifest = manifest
        self._found: list[tuple[Path, str]] = []

    def add(self, path: Path, text: str) -> None:
        """Note a mistake at a table or key."""
        self._found.append((path, f"{_named(path)} {text}"))

    def sentences(self) -> tuple[str, ...]:
        """In the order of the lines, which are looked for only where there is a mistake."""
        if not self._found:
            return ()
        line_of = map_lines(self._manifest).line_of
        placed = sorted(((line_of(path), text) for path, text in self._found), key=itemgetter(0))
        return tuple(f"Line {line}: {text}" for line, text in placed)


class Table:
    """One table; every key that is read counts as known, and `finish` reports the others."""

    def __init__(self, problems: Problems, path: Path, values: Mapping[str, Any]) -> None:
        self._problems = problems
        self._path = path
        self._values = values
        self._known: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __bool__(self) -> bool:
        return bool(self._values)

    def mistake(self, text: str, key: str = "") -> None:
        """Note a mistake of the table, or of one of its keys."""
        self._problems.add((*self._path, key) if key else self._path, text)

    def value(self, key: str) -> Any:
        """Whatever stands there; None when nothing does."""
        self._known.append(key)
        return self._values.get(key)

    def text(self, key: str, default: str | None = "") -> str:
        """A text; without a `default` it must be there and not be empty."""
        value = self.value(key)
        if value is None and default is not None:
            return default
        if value is None:
            self.mistake("is missing.", key)
        elif not isinstance(value, str):
            self.mistake(f"is {shown(value)}, but must be a text in quotes.", key)
        elif default is None and not value.strip():
            self.mistake("is empty.", key)
        else:
            return value
        return default or ""

    def choice(self, key: str, choices: Iterable[str], default: str) -> str:
        """One of a few words."""
        value = self.text(key, default)
        choices = list(choices)
        if value not in choices:
            self.mistake(f"is {shown(value)}, but must be one of: {', '.join(choices)}.", key)
            return default
        return value

    def number(self, key: str, default: float | None, *, least: float | None = None, most: float = math.inf) -> Any:
        """A number over 0, or from `least` to `most`; `default` when it is not there."""
        value = self.value(key)
        if value is None:
            return default
        number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if number and (value > 0 if least is None else least <= value <= most):
            return float(value)
        wanted = "over 0" if least is None else f"from {least:g} to {most:g}"
        self.mistake(f"is {shown(value)}, but must be a number {wanted}.", key)
        return default

    def whole(self, key: str, default: int | None, *, least: int = 1) -> Any:
        """A whole number of at least `least`; `default` when it is not there."""
        value = self.value(key)
        if value is None:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        self.mistake(f"is {shown(value)}, but must be a whole number of at least {least}.", key)
        return default

    def flag(self, key: str, default: bool) -> bool:
        value = self.value(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.mistake(f"is {shown(value)}, but must be true or false.", key)
        return default

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, none of them empty; () when it is not there."""
        value = self.value(key)
        if value is None:
            return ()
        if isinstance(value, list) and value and all(isinstance(item, str) and item.strip() for item in value):
            return tuple(value)
        self.mistake(f"is {shown(value)}, but must be a list of texts.", key)
        return ()

    def inner_path(self, key: str) -> str:
        """The path of a file within the model folder; "" when it is not there."""
        value = self.text(key)
        path = PurePosixPath(value.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in value:
            self.mistake(f"is {shown(value)}, but must name a file inside the model folder.", key)
            return ""
        return value

    def table(self, key: str) -> Table:
        """A table inside this one; an empty one when it is not there."""
        value = self.value(key)
        if value is not None and not isinstance(value, dict):
            self.mistake(f"is {shown(value)}, but must be a table.", key)
        return Table(self._problems, (*self._path, key), value if isinstance(value, dict) else {})

    def keys(self) -> list[str]:
        """All keys, for a table whose keys the author names."""
        self._known.extend(self._values)
        return list(self._values)

    def finish(self) -> None:
        """Report the keys that nobody asked for."""
        for key in self._values:
            if key not in self._known:
                self.mistake(f"is not known here. Known: {', '.join(self._known)}.", key)


def shown(value: object) -> str:
    """A value as the author wrote it, cut where it is long."""
    text = {True: "true", False: "false"}.get(value, "") if isinstance(value, bool) else ""
    text = text or (f'"{value}"' if isinstance(value, str) else str(value))
    return text if len(text) <= 60 else text[:59] + "…"


def _named(path: Path) -> str:
    """`[run]` for a table at the top, `[run] timeout_s` for what stands in one."""
    return f"[{path[0]}] {'.'.join(path[1:])}".rstrip()
