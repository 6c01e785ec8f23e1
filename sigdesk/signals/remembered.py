"""Files are opened as the operator has said before, of them or of files like them; a session's own as it has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from sigdesk.errors import RecordingError
from sigdesk.signals.choices import ChoiceMemory, holding_of
from sigdesk.signals.contents import Content, contents_of, has_choice, open_contents
from sigdesk.signals.formats.table import FORMAT as TABLES
from sigdesk.signals.formats.table import head_of, recognise
from sigdesk.signals.opening import format_of, open_recordings
from sigdesk.signals.recording import Recording
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.tables.encoding import first_control
from sigdesk.signals.tables.memory import ShapeMemory, looks_of
from sigdesk.signals.tables.shape import TableShape

_TABLES_FILE, _CHOICES_FILE = "tables.json", "choices.json"


class Question(Struct, frozen=True):
    """Files that hold the same arrays, of which the operator has not yet said which are to be opened."""

    contents: tuple[Content, ...]
    paths: tuple[Path, ...]


class SessionFileReading(Struct, frozen=True):
    """How a session has one of its files: the shape of a table that the operator has corrected, and which of the
    arrays in it are its signals."""

    table: TableShape | None = None
    items: tuple[str, ...] = ()


class RememberedReading:
    """What is remembered in `folder` of how files are read, and what the session says of its own. Any thread."""

    def __init__(self, folder: Path) -> None:
        self.tables = ShapeMemory(folder / _TABLES_FILE)
        self.choices = ChoiceMemory(folder / _CHOICES_FILE)
        self._session: dict[Path, SessionFileReading] = {}

    def use_session(self, files: Mapping[Path, SessionFileReading]) -> None:
        """Read these files as a session has them, in the place of those of another session."""
        self._session = dict(files)

    def leave_session(self, paths: Iterable[Path]) -> None:
        """The operator has said something else of these files since: that counts from now on."""
        gone = set(paths)
        self._session = {path: reading for path, reading in self._session.items() if path not in gone}

    def open(self, path: Path, shelf: Shelf) -> list[Recording]:
        """The recordings of a file, as `open_recordings` gives them. Raises RecordingError."""
        chosen = self._chosen_of(path)
        return self.open_whole(path, shelf) if chosen is None else open_contents(chosen, path, shelf)

    def open_whole(self, path: Path, shelf: Shelf) -> list[Recording]:
        """The same, with all signals of a file of several arrays."""
        return open_recordings(path, shelf, table=self._table_of(path))

    def question_of(self, path: Path) -> Question | None:
        """What must be asked before a file is opened; None where there is no choice, or it was made before."""
        contents = _contents(path)
        if not has_choice(contents) or self._recall_choice(contents, path) is not None:
            return None
        return Question(tuple(contents), (path,))

    def _chosen_of(self, path: Path) -> tuple[str, ...] | None:
        if self.choices.is_empty and path not in self._session:
            return None
        contents = _contents(path)
        return self._recall_choice(contents, path) if has_choice(contents) else None

    def _recall_choice(self, contents: list[Content], path: Path) -> tuple[str, ...] | None:
        said = self._session.get(path)
        there = {content.path for content in contents if content.is_signal}
        of_session = tuple(item for item in said.items if item in there) if said is not None else ()
        return of_session or self.choices.recall(contents, path)

    def alike(self, recognised: TableShape, paths: Iterable[Path]) -> list[Path]:
        """Those of these tables in which the same is recognised."""
        looks, found = looks_of(recognised), []
        for path in paths:
            try:
                if looks_of(recognise(path)) == looks:
                    found.append(path)
            except (RecordingError, OSError):
                continue  # whatever it is now, it is not that
        return found

    def _table_of(self, path: Path) -> TableShape | None:
        """How a table is to be read; None for what is none, and where nothing was said."""
        said = self._session.get(path)
        if said is not None and said.table is not None:
            return said.table
        if self.tables.is_empty or not is_table(path):
            return None
        try:
            return self.tables.recall(recognise(path), path)
        except (RecordingError, OSError):
            # What cannot be recognised may have been described by hand.
            return self.tables.recall_one(path)


def same_question(questions: Iterable[Question]) -> list[Question]:
    """Questions about files that hold the same as one about all of them."""
    by_holding: dict[str, Question] = {}
    for question in questions:
        key = holding_of(question.contents)
        known = by_holding.get(key)
        by_holding[key] = question if known is None else replace(known, paths=(*known.paths, *question.paths))
    return list(by_holding.values())


def _contents(path: Path) -> list[Content]:
    """What a file holds; nothing where it cannot be read, which opening it will say."""
    try:
        return contents_of(path)
    except (RecordingError, OSError):
        return []


def may_be_table(path: Path) -> bool:
    """Whether a file that could not be opened is text that may be a table, if it is said how to read it."""
    try:
        head, encoding = head_of(path)
    except OSError:
        return False
    return bool(head) and is_table(path) and first_control(head, encoding) is None


def is_table(path: Path) -> bool:
    """Whether a file is opened as a table of text."""
    try:
        return format_of(path) is TABLES
    except (RecordingError, OSError):
        return False
