"""The classes of a session: each keeps its key and its colour for as long as the session lives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

SLOTS: Final = 8
"""How many colours there are; a class beyond them takes one again, with a hatch."""
UNKNOWN: Final = "Unknown"
UNKNOWN_KEY: Final = 9
UNKNOWN_SLOT: Final = 8


class LabelClass(Struct, frozen=True):
    """A class: `key` is the digit that sets it (None where there is none left), `slot` its colour (0..7; 8 is
    "Unknown", which has none), `hatched` whether the colour is used a second time."""

    name: str
    title: str
    key: int | None
    slot: int
    hatched: bool = False


class ClassTable:
    """Classes in the order in which they came. Keys 1 to 8 are those of the first eight, until the operator gives
    them to others; 9 is always "Unknown"."""

    def __init__(self, classes: Iterable[LabelClass] = ()) -> None:
        self._classes: dict[str, LabelClass] = {each.name: each for each in classes}

    def __iter__(self) -> Iterator[LabelClass]:
        return iter(self._classes.values())

    def __len__(self) -> int:
        return len(self._classes)

    def find(self, name: str) -> LabelClass | None:
        return self._classes.get(name)

    def of(self, name: str, title: str = "") -> LabelClass:
        """The class of that name, made with the next colour and key where there is none yet."""
        known = self._classes.get(name)
        if known is None:
            known = self._classes[name] = self._next(name, title or name)
        return known

    def with_key(self, key: int) -> LabelClass | None:
        """The class that a digit sets; 9 is "Unknown" also where nobody has used it yet."""
        if key == UNKNOWN_KEY:
            return self.of(UNKNOWN)
        return next((each for each in self._classes.values() if each.key == key), None)

    def put(self, put: LabelClass, instead_of: str = "") -> None:
        """Take a class in as it is; where `instead_of` names one, in its place."""
        if instead_of in self._classes and instead_of != put.name:
            items = [(put.name, put) if name == instead_of else (name, each) for name, each in self._classes.items()]
            self._classes = dict(items)
        else:
            self._classes[put.name] = put

    def remove(self, name: str) -> None:
        self._classes.pop(name, None)

    def _next(self, name: str, title: str) -> LabelClass:
        if name == UNKNOWN:
            return LabelClass(name, title, UNKNOWN_KEY, UNKNOWN_SLOT)
        # The least used colour: a class that was renamed or removed leaves its own to the next.
        uses = [0] * SLOTS
        for each in self._classes.values():
            if each.slot < SLOTS:
                uses[each.slot] += 1
        slot = uses.index(min(uses))
        taken = {each.key for each in self._classes.values()}
        key = next((each for each in (slot + 1, *range(1, SLOTS + 1)) if each not in taken), None)
        return LabelClass(name, title, key, slot, hatched=uses[slot] > 0)
