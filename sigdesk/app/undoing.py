"""Undo and redo of everything in one order of time: what was done to labels and notes, and signals that were removed.

Edits of labels are kept over a restart, in the labels' own history; a removed signal can be put back until the program
ends. Each removal remembers which edit was the last before it, so both together are in order.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import QObject, Signal

from sigdesk.app.labelling import Labelling
from sigdesk.app.session import Session, SignalEntry
from sigdesk.labels.edits import Edit
from sigdesk.signals.describe import format_count


class Undone(Struct, frozen=True):
    """What was taken back or done again: in words, and the signals that it is about."""

    text: str
    signals: tuple[int, ...] = ()


class _Removal(Struct):
    entries: list[SignalEntry]
    after: Edit | None

    @property
    def title(self) -> str:
        count = len(self.entries)
        return f"Remove {format_count(count)} signal{'' if count == 1 else 's'}"


class Undoing(QObject):
    """`changed` says that `undo_text` or `redo_text` is another."""

    changed = Signal()

    def __init__(self, session: Session, labelling: Labelling, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._labelling = labelling
        self._removed: list[_Removal] = []
        self._put_back: list[_Removal] = []
        labelling.edited.connect(self._on_edited)
        labelling.history_changed.connect(self.changed)

    @property
    def undo_text(self) -> str:
        """What undo would take back: "Delete 3 labels"; "" for nothing."""
        return self._removed[-1].title if self._removal_is_last() else self._labelling.undo_text

    @property
    def redo_text(self) -> str:
        return self._put_back[-1].title if self._removal_is_next() else self._labelling.redo_text

    def remove(self, signal_ids: Sequence[int]) -> int:
        """Take signals off the desk; how many those were."""
        removed = self._session.remove(signal_ids)
        if removed:
            self._removed.append(_Removal(removed, self._last_edit()))
            self._put_back.clear()
            self.changed.emit()
        return len(removed)

    def undo(self) -> Undone | None:
        """Take back what was done last; None where there is nothing."""
        if not self._removal_is_last():
            edit = self._labelling.undo()
            return None if edit is None else Undone(f"Undone: {lower_first(edit.title)}", self._open(edit))
        removal = self._removed.pop()
        self._session.restore(removal.entries)
        self._put_back.append(removal)
        self.changed.emit()
        count = len(removal.entries)
        return Undone(f"{format_count(count)} signal{'' if count == 1 else 's'} put back", _ids(removal))

    def redo(self) -> Undone | None:
        """Do again what was taken back last; None where there is nothing."""
        if not self._removal_is_next():
            edit = self._labelling.redo()
            return None if edit is None else Undone(f"Done again: {lower_first(edit.title)}", self._open(edit))
        removal = self._put_back.pop()
        self._session.remove(_ids(removal))
        self._removed.append(removal)
        self.changed.emit()
        return Undone(f"Done again: {lower_first(removal.title)}")

    def forget_removed(self) -> None:
        """Another session has taken the place of the one that they were removed from."""
        self._removed.clear()
        self._put_back.clear()
        self.changed.emit()

    def _removal_is_last(self) -> bool:
        return bool(self._removed) and self._is_present(self._removed[-1])

    def _removal_is_next(self) -> bool:
        return bool(self._put_back) and self._is_present(self._put_back[-1])

    def _is_present(self, removal: _Removal) -> bool:
        """Whether the edit before it is the last one now. Where that edit is forgotten, for there were too many since,
        all that are known come after the removal."""
        last = self._last_edit()
        if last is not None:
            return removal.after is last
        return all(removal.after is not edit for edit in self._labelling.book.undone)

    def _last_edit(self) -> Edit | None:
        done = self._labelling.book.done
        return done[-1] if done else None

    def _on_edited(self, _edit: Edit) -> None:
        self._put_back.clear()

    def _open(self, edit: Edit) -> tuple[int, ...]:
        return tuple(filter(None, map(self._labelling.id_of, edit.signals)))


def lower_first(title: str) -> str:
    """A title inside a sentence: "delete 3 labels"."""
    return title[:1].lower() + title[1:]


def _ids(removal: _Removal) -> tuple[int, ...]:
    return tuple(entry.id for entry in removal.entries)
