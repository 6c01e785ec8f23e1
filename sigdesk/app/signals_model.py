"""The Signals list as a Qt model: groups as rows of their own, filter, sort, and one `dataChanged` for many changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from msgspec.structs import replace
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from sigdesk.app.pace import ROUND_MS, Throttle
from sigdesk.app.rows import ROW, GroupRow, SignalRow, SignalState
from sigdesk.app.session import Session, SignalEntry
from sigdesk.signals.contents import is_of_arrays
from sigdesk.signals.describe import detail_text, duration_text, printable_name
from sigdesk.signals.discovery import natural_key
from sigdesk.signals.tables.source import is_of_table

Index = QModelIndex | QPersistentModelIndex

CHIPS: Final = ("All", "To check", "Queued", "Failed")
SORTS: Final = ("Order added", "Name", "State", "Duration")

_OF_CHIP: Final[dict[str, tuple[SignalState, ...]]] = {
    "All": (),
    "To check": (SignalState.UNSURE,),
    "Queued": (SignalState.QUEUED, SignalState.RUNNING),
    "Failed": (SignalState.FAILED,),
}
"""The states that a chip holds; none means all."""


_MOST_STRETCHES: Final = 16
"""Of changed rows that views are told of; signals that stand together mostly change together."""


class SignalsModel(QAbstractListModel):
    """Rows are GroupRow and SignalRow under `ROW`. `counts_changed` tells the chips how many signals each holds."""

    counts_changed = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: list[GroupRow | SignalEntry] = []
        self._place: dict[int, int] = {}
        self._groups: dict[str, int] = {}
        """The row of each group, from top to bottom."""
        self._newest = 0
        self._collapsed: set[str] = set()
        self._text = ""
        self._chip = "All"
        self._only: frozenset[int] = frozenset()
        self._sort = SORTS[0]
        self._reverse = False
        self._recount = Throttle(self._count, ROUND_MS, self)
        session.added.connect(self._on_session_added)
        session.removed.connect(self._rebuild)
        session.changed.connect(self._on_session_changed)

    @property
    def filter_text(self) -> str:
        return self._text

    @property
    def chip(self) -> str:
        return self._chip

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            shown = self._rows[index.row()]
            return None if isinstance(shown, GroupRow) else _tooltip(shown)
        row = self._row(index)
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _spoken(row)
        return None

    def groups_among(self, first: int, last: int) -> list[int]:
        """Which of these rows are groups'."""
        return [row for row in self._groups.values() if first <= row <= last]

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and isinstance(self._rows[index.row()], GroupRow):
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index)

    def set_filter(self, text: str) -> None:
        """Show signals whose name, label or state holds every word of `text`."""
        self._text = text
        self._rebuild()

    def choose_chip(self, chip: str) -> None:
        """Show the signals of one chip ("All", "To check", "Queued", "Failed")."""
        self._chip = chip
        self._rebuild()

    def show_only(self, signal_ids: Iterable[int]) -> None:
        """Show these signals and no others, as long as the other filters let them through; all again for none."""
        self._only = frozenset(signal_ids)
        self._rebuild()

    def sort_by(self, order: str, *, reverse: bool = False) -> None:
        """One of `SORTS`; the groups stay where they are."""
        self._sort, self._reverse = order, reverse
        self._rebuild()

    def fold_all(self, folded: bool) -> None:
        """Fold or unfold every group."""
        self._collapsed = {printable_name(name) for name in self._groups} if folded else set()
        self._rebuild()

    def ids_of_group(self, name: str) -> tuple[int, ...]:
        """The signals of a group that the filter lets through, also while it is folded."""
        return tuple(entry.id for entry in self._shown() if printable_name(entry.group) == name)

    def toggle_group(self, name: str) -> None:
        """Fold or unfold a group."""
        self._collapsed.symmetric_difference_update({name})
        self._rebuild()

    def index_of(self, signal_id: int) -> QModelIndex:
        """Where a signal stands; an invalid index when it is filtered out or folded away."""
        place = self._place.get(signal_id)
        return QModelIndex() if place is None else self.index(place)

    def signal_id_at(self, index: Index) -> int:
        """The signal of a row, 0 for a group's."""
        row = self._rows[index.row()] if index.isValid() else None
        return row.id if isinstance(row, SignalEntry) else 0

    @property
    def shown_ids(self) -> list[int]:
        """The signals that filter and chip let through, from top to bottom; folded groups are left out."""
        return list(self._place)

    def neighbour(self, signal_id: int, step: int) -> int:
        """The next shown signal in a direction; 0 when there is none."""
        place = self._place.get(signal_id, -1 if step > 0 else len(self._rows)) + step
        while 0 <= place < len(self._rows):
            row = self._rows[place]
            if isinstance(row, SignalEntry):
                return row.id
            place += step
        return 0

    def _rebuild(self, _: object = None) -> None:
        self.beginResetModel()
        self._rows, self._place, self._groups = [], {}, {}
        groups: dict[str, list[SignalEntry]] = {}
        self._newest = max(self._newest, self._session.newest_id)
        for entry in self._shown():
            groups.setdefault(entry.group, []).append(entry)
        for name, members in groups.items():
            shown = printable_name(name)
            collapsed = shown in self._collapsed
            self._groups[name] = len(self._rows)
            self._rows.append(GroupRow(shown, len(members), collapsed))
            if collapsed:
                continue
            for entry in sorted(members, key=_SORT_KEYS[self._sort], reverse=self._reverse):
                self._place[entry.id] = len(self._rows)
                self._rows.append(entry)
        self.endResetModel()
        self._count()

    def _shown(self) -> Iterator[SignalEntry]:
        """What filter and chip let through, in the order in which it was opened."""
        words, states = self._text.casefold().split(), _OF_CHIP[self._chip]
        for entry in self._session.entries:
            if self._only and entry.id not in self._only:
                continue
            if (not states or entry.state in states) and _holds(entry, words):
                yield entry

    def _row(self, index: Index) -> GroupRow | SignalRow:
        """A row is made when somebody looks at it: of thousands that change in a frame a dozen are in view."""
        row = self._rows[index.row()]
        return row if isinstance(row, GroupRow) else _row(row)

    def _on_session_added(self, ids: Sequence[int]) -> None:
        """What comes portion by portion is put at the end, where it belongs there: it costs no more however much there
        is already."""
        entries = [entry for entry in map(self._session.find, ids) if entry is not None]
        if not self._go_last(entries):
            self._rebuild()
            return
        for name, members in groupby(entries, key=lambda entry: entry.group):
            self._append(name, list(members))
        self._count()

    def _go_last(self, entries: Sequence[SignalEntry]) -> bool:
        """Whether these new entries belong behind all others: in the last group, or in new ones."""
        if self._text or self._only or self._chip != "All" or self._sort != SORTS[0] or self._reverse or not entries:
            return False
        if any(entry.id <= self._newest for entry in entries):
            return False  # they come back to where they were
        seen = list(self._groups)
        for entry in entries:
            if entry.group not in self._groups and entry.group not in seen:
                seen.append(entry.group)
            elif entry.group != seen[-1]:
                return False
        return True

    def _append(self, name: str, members: list[SignalEntry]) -> None:
        self._newest = max(self._newest, members[-1].id)
        first = len(self._rows)
        shown = printable_name(name)
        new: list[GroupRow | SignalEntry] = [] if shown in self._collapsed else list(members)
        place = self._groups.get(name)
        if place is None:
            self._groups[name] = first
            new.insert(0, GroupRow(shown, len(members), shown in self._collapsed))
        if new:
            self.beginInsertRows(QModelIndex(), first, first + len(new) - 1)
            self._rows += new
            for row, entry in enumerate(new, start=first):
                if isinstance(entry, SignalEntry):
                    self._place[entry.id] = row
            self.endInsertRows()
        if place is not None:
            before = self._rows[place]
            assert isinstance(before, GroupRow)
            self._rows[place] = replace(before, count=before.count + len(members))
            self.dataChanged.emit(self.index(place), self.index(place))

    def _on_session_changed(self, ids: frozenset[int]) -> None:
        if self._chip != "All" or self._text:
            self._rebuild()
            return
        places = map(self._place.get, ids)
        for first, last in _stretches([place for place in places if place is not None]):
            self.dataChanged.emit(self.index(first), self.index(last))
        self._recount.ask()

    def _count(self) -> None:
        self.counts_changed.emit({chip: self._session.count(*states) for chip, states in _OF_CHIP.items()})


_SORT_KEYS: Final[dict[str, Callable[[SignalEntry], Any]]] = {
    "Order added": lambda entry: entry.id,
    "Name": lambda entry: natural_key(entry.recording.name),
    "State": lambda entry: (list(SignalState).index(entry.state), entry.id),
    "Duration": lambda entry: (entry.recording.duration_s or 0.0, entry.recording.length),
}


def _stretches(rows: Iterable[int]) -> list[tuple[int, int]]:
    """The first and last of rows that stand together; of a great many stretches, those of all."""
    ordered = sorted(rows)
    if ordered and ordered[-1] - ordered[0] == len(ordered) - 1:  # as it mostly is
        return [(ordered[0], ordered[-1])]
    begins = [place for place, row in enumerate(ordered) if not place or row != ordered[place - 1] + 1]
    if len(begins) > _MOST_STRETCHES:
        begins = begins[:1]
    ends = [*begins[1:], len(ordered)]
    return [(ordered[begin], ordered[end - 1]) for begin, end in zip(begins, ends, strict=True)]


def _holds(entry: SignalEntry, words: list[str]) -> bool:
    if not words:
        return True
    mark = entry.you or entry.mark
    label = mark.title if mark else ""
    text = f"{entry.recording.name} {label} {entry.state.value}".casefold()
    return all(word in text for word in words)


def _row(entry: SignalEntry) -> SignalRow:
    recording = entry.recording
    return SignalRow(
        id=entry.id,
        name=printable_name(recording.name),
        group=entry.group,
        duration=duration_text(recording),
        detail=detail_text(recording),
        state=entry.state,
        mark=entry.you or entry.mark,
        confidence=None if entry.you else entry.confidence,
        progress=entry.progress,
        cause=entry.cause,
        table=is_of_table(recording),
        arrays=is_of_arrays(recording),
        by_you=entry.you is not None,
    )


def _tooltip(entry: SignalEntry) -> str:
    lines = [printable_name(str(entry.recording.path))]
    if entry.recording.item:
        lines.append(f"Signal {entry.recording.item} of the file")
    if entry.recording.label is not None:
        lines.append(f"The file calls it {printable_name(entry.recording.label)}")
    if entry.cause:
        lines.append(entry.cause)
    return "\n".join(lines)


def _spoken(row: GroupRow | SignalRow) -> str:
    if isinstance(row, GroupRow):
        return f"{row.name}, {row.count} signals"
    label = f"{row.mark.title} " if row.mark else ""
    sure = "" if row.confidence is None else f"{row.confidence:.0%} "
    return f"{row.name}, {label}{sure}{row.state.value}"
