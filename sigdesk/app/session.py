"""What is open on the desk: the signals with their state and result, which one is shown, and the colours of classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import QObject, Signal

from sigdesk.app.outcomes import Spans, View
from sigdesk.app.rows import ClassMark, LabelSpan, SignalState
from sigdesk.labels.classes import ClassTable
from sigdesk.pool.jobs import JobSnapshot
from sigdesk.signals.recording import Recording
from sigdesk.signals.stamp import is_of_same_file_state


class SignalEntry(Struct):
    """A signal of the session. The controllers change it through `Session.update`, which tells the views."""

    id: int
    recording: Recording
    group: str
    state: SignalState = SignalState.NOT_CLASSIFIED
    job_id: str = ""
    progress: float | None = None
    cause: str = ""
    mark: ClassMark | None = None
    confidence: float | None = None
    ended_job: JobSnapshot | None = None
    told_job: JobSnapshot | None = None
    """The ended job of which the listeners of the session know."""
    counted: SignalState = SignalState.NOT_CLASSIFIED
    """The state in which the session counts it."""
    view: View | None = None
    """With it the ended job's labels are made; None where that has none."""
    windows: Spans | None = None
    """The labels of windows are kept, for there may be many."""
    you: ClassMark | None = None
    """What the operator calls most of it; `mark` is the model's."""

    @property
    def spans(self) -> Sequence[LabelSpan]:
        """The labels that the ended job puts on it. Those of one that is a single window are made for whoever looks."""
        if self.windows is not None or self.view is None or self.ended_job is None:
            return self.windows or ()
        return Spans(self.ended_job, self.view)


class Session(QObject):
    """Signals in the order in which they were opened. `changed` carries the ids whose state or result changed."""

    added = Signal(object)
    removed = Signal(object)
    changed = Signal(object)
    answered = Signal(object)
    """Of those in `changed`, told before it: the signals whose latest job that has ended is another one now, that job
    (JobSnapshot) by the signal's id."""
    current_changed = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: dict[int, SignalEntry] = {}
        self._by_origin: dict[tuple[str, str], int] = {}
        self._next_id = 1
        self._groups: dict[Path, str] = {}
        self.classes = ClassTable()
        self._marks: dict[str, ClassMark] = {}
        self._current = 0
        self._counts: Counter[SignalState] = Counter()

    @property
    def entries(self) -> Sequence[SignalEntry]:
        return list(self._entries.values())

    @property
    def current(self) -> SignalEntry | None:
        """The signal that is shown."""
        return self._entries.get(self._current)

    @property
    def files(self) -> list[Path]:
        """The files behind the signals, each once, in order."""
        return list(dict.fromkeys(entry.recording.path for entry in self._entries.values()))

    @property
    def newest_id(self) -> int:
        """The id of the signal that was opened last, 0 before the first."""
        return self._next_id - 1

    def count(self, *states: SignalState) -> int:
        """How many signals stand in one of these states; all of them without any."""
        return sum(self._counts[state] for state in states) if states else len(self._entries)

    def find(self, signal_id: int) -> SignalEntry | None:
        return self._entries.get(signal_id)

    @property
    def by_id(self) -> Mapping[int, SignalEntry]:
        """The signals by their ids, to be read only and at once: for whoever looks for thousands."""
        return self._entries

    def recording(self, signal_id: int) -> Recording | None:
        entry = self._entries.get(signal_id)
        return None if entry is None else entry.recording

    def add(self, recordings: Iterable[Recording]) -> list[int]:
        """Add signals that are not open yet; returns the ids of all given, those already open included.

        A signal whose file has changed since it was opened gives way to what the file holds now.
        """
        recordings = list(recordings)
        was_shown = self.current
        self.remove(self._outdated(recordings))
        open_already = self._by_origin
        ids, new = [], []
        for recording in recordings:
            key = _origin(recording)
            if key not in open_already:
                entry = SignalEntry(self._next_id, recording, self._group_of(recording))
                self._next_id += 1
                self._put(entry)
                new.append(entry.id)
            ids.append(open_already[key])
        if new:
            self.added.emit(tuple(new))
        if was_shown is not None and was_shown.id not in self._entries:
            self.show(open_already[_origin(was_shown.recording)])
        return ids

    def reload(self, recordings: Sequence[Recording]) -> list[int]:
        """Put what files hold now in the place of what was open of them. Signals that are still there keep their ids
        and their places, though not the results of what they held before; returns their ids, and those of new ones."""
        paths = {recording.path for recording in recordings}
        shown = self._entries.get(self._current)
        outdated = [entry.id for entry in self._entries.values() if entry.recording.path in paths]
        was = {_origin(entry.recording): entry.id for entry in self._take(outdated)}
        ids = []
        for recording in recordings:
            signal_id = was.get(_origin(recording), 0)
            if not signal_id:
                signal_id, self._next_id = self._next_id, self._next_id + 1
            self._put(SignalEntry(signal_id, recording, self._group_of(recording)))
            ids.append(signal_id)
        self._entries = dict(sorted(self._entries.items()))
        if ids:
            self.added.emit(tuple(ids))
        if shown is not None and shown.recording.path in paths:
            # The same number may stand for other samples now, so whoever shows them must look again.
            self._current = self._current if self._current in self._entries else next(iter(ids or self._entries), 0)
            self.current_changed.emit(self._current)
        return ids

    def remove(self, signal_ids: Iterable[int]) -> list[SignalEntry]:
        """Take signals off the desk; their files stay where they are. Returns them, for `restore`."""
        gone = self._take(signal_ids)
        if any(entry.id == self._current for entry in gone):
            self.show(next(iter(self._entries), 0))
        return gone

    def _take(self, signal_ids: Iterable[int]) -> list[SignalEntry]:
        gone = []
        for signal_id in signal_ids:
            entry = self._entries.pop(signal_id, None)
            if entry is not None:
                gone.append(entry)
                entry.told_job = None  # when it comes back, it is told anew
                del self._by_origin[_origin(entry.recording)]
                self._counts[entry.counted] -= 1
        ids = tuple(entry.id for entry in gone)
        if gone:
            self.removed.emit(ids)
        return gone

    def restore(self, entries: Iterable[SignalEntry]) -> None:
        """Put signals back that were removed, in their old places; one that was opened anew meanwhile stays."""
        back = [entry for entry in entries if _origin(entry.recording) not in self._by_origin]
        for entry in back:
            self._put(entry)
        self._entries = dict(sorted(self._entries.items()))
        if back:
            self.added.emit(tuple(entry.id for entry in back))
        if back and self.current is None:
            self.show(back[0].id)

    def show(self, signal_id: int) -> None:
        """Make a signal the one that is shown; 0 shows none."""
        if signal_id != self._current:
            self._current = signal_id
            self.current_changed.emit(signal_id)

    def touch(self, signal_ids: Iterable[int]) -> None:
        """Tell the views that these entries were changed."""
        ids = frozenset(signal_ids)
        # Of thousands of signals a second each is looked at here alone; the listeners are told which matter to them.
        entries = [entry for entry in map(self._entries.get, ids) if entry is not None]
        moved = [entry for entry in entries if entry.state is not entry.counted]
        self._counts.subtract(Counter([entry.counted for entry in moved]))
        self._counts.update(Counter([entry.state for entry in moved]))
        for entry in moved:
            entry.counted = entry.state
        news = [entry for entry in entries if entry.ended_job is not entry.told_job]
        answered = {entry.id: entry.ended_job for entry in news}
        for entry in news:
            entry.told_job = entry.ended_job
        if answered:
            self.answered.emit(answered)
        if ids:
            self.changed.emit(ids)

    def _outdated(self, recordings: Iterable[Recording]) -> list[int]:
        """The open signals whose files were opened again and have changed."""
        found = []
        for recording in recordings:
            entry = self._entries.get(self._by_origin.get(_origin(recording), 0))
            if entry is not None and not is_of_same_file_state(entry.recording.source, recording.source):
                found.append(entry.id)
        return found

    def _put(self, entry: SignalEntry) -> None:
        self._entries[entry.id] = entry
        self._by_origin[_origin(entry.recording)] = entry.id
        self._counts[entry.state] += 1
        entry.counted = entry.state

    def mark(self, class_name: str, title: str = "") -> ClassMark:
        """How a class is shown. It keeps its colour for the life of the session; from the ninth on they are hatched."""
        mark = self._marks.get(class_name)
        if mark is None:
            known = self.classes.of(class_name, title)
            mark = self._marks[class_name] = ClassMark(known.name, known.title, known.slot, known.hatched)
        return mark

    def _group_of(self, recording: Recording) -> str:
        """The file's name for a set of many signals, else the folder's; of two folders of one name, the second also
        tells where it is."""
        place = recording.path if recording.item else recording.path.parent
        name = self._groups.get(place)
        if name is None:
            plain = place.name or str(place)
            wanted = (plain, f"{plain} ({place.parent.name or place.parent})", str(place))
            taken = set(self._groups.values())
            name = self._groups[place] = next((each for each in wanted if each not in taken), str(place))
        return name

    def forget_marks(self) -> None:
        """The classes are others now, or have other names: the marks are made anew of them."""
        self._marks.clear()


def _origin(recording: Recording) -> tuple[str, str]:
    """Which signal of which file it is."""
    return str(recording.path), recording.item
