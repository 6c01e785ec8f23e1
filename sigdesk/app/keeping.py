"""Where labels and session are kept: autosave, label files, the operator's session file, and what is told of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from sigdesk.app.autosave import Autosave
from sigdesk.app.job_feed import JobFeed
from sigdesk.app.label_files import LabelFiles
from sigdesk.app.labelling import Labelling
from sigdesk.app.moved_files import Search
from sigdesk.app.outcomes import clock_text
from sigdesk.app.recent_sessions import RecentSessions
from sigdesk.app.rows import ProblemAction, ProblemRow
from sigdesk.app.session import Session
from sigdesk.app.session_file import SessionFile
from sigdesk.classifiers.folder import BrokenFolder, Classifier
from sigdesk.errors import LabelError, LabelsChanged, SessionError, SigDeskError
from sigdesk.signals.names import printable_name

FIND: Final = ProblemAction("find moved", "Find…", "magnifying-glass")
KEEP_MINE: Final = ProblemAction("keep mine", "Keep mine", "user")
TAKE_THEIRS: Final = ProblemAction("take theirs", "Take theirs", "file-text")
WRITE_AGAIN: Final = ProblemAction("write labels again", "Write again", "arrow-clockwise")
SAVE_AS: Final = ProblemAction("save session as", "Save session as…", "floppy-disk")


class Keeping(QObject):
    """Wires the three together. `files_wanted` carries the files that a session wants on the desk.
    `missing_changed`: `some_missing` may be another.
    """

    files_wanted = Signal(object)
    missing_changed = Signal()

    def __init__(
        self,
        folder: Path,
        session: Session,
        labelling: Labelling,
        feed: JobFeed,
        models: Callable[[], Iterable[Classifier | BrokenFolder]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._feed = feed
        self.autosave = Autosave(folder, session, labelling, models, self)
        self.label_files = LabelFiles(session, labelling, self.autosave, self)
        self.recent = RecentSessions(folder.with_name("sessions"), self)
        self.session_file = SessionFile(session, self.autosave, self.recent, self)
        self._expected: set[str] = set()
        self._from_before = set(self.autosave.state.signals)
        self._told: set[str] = set()
        self._connect()
        if self.autosave.notice is not None:
            self._tell("session", self.autosave.notice)

    def _connect(self) -> None:
        self._session.added.connect(self._on_signals_added)
        self.autosave.found_results.connect(self._feed.bring_back)
        self.autosave.replaced.connect(self._on_replaced)
        self.autosave.trouble_changed.connect(self._on_trouble_changed)
        self.autosave.file_changed.connect(self._on_file_changed)
        self.label_files.failed.connect(self._on_labels_failed)
        self.label_files.solved.connect(lambda path: self._solved(f"labels:{path}"))
        self.session_file.failed.connect(lambda error: self._tell("session file", error))
        self.session_file.saved.connect(lambda _: self._solved("session file"))
        self.session_file.opened.connect(lambda _: self._solved("session file"))
        self.session_file.files_wanted.connect(self.files_wanted)
        self.session_file.missing.connect(self.tell_missing)
        self.session_file.searched.connect(self._on_searched)
        self.session_file.leaving.connect(self.label_files.settle)

    def last_files(self) -> list[Path]:
        """The files of the session as it was kept, those that are not there any more told of."""
        self._from_before.clear()
        paths = list(dict.fromkeys(key.path for key in self.autosave.state.signals))
        self.tell_missing([path for path in paths if not Path(path).exists()])
        return [Path(path) for path in paths if Path(path).exists()]

    def tell_missing(self, paths: Sequence[str]) -> None:
        """Say of each file that the session knows it, and that it is not where it was."""
        for path in paths:
            self._tell(
                f"missing:{path}",
                SessionError(
                    f"{printable_name(path)} is in the session, but no longer where it was.",
                    "Name the folder where it is now. Its labels are kept.",
                ),
                FIND,
            )

    @property
    def some_missing(self) -> bool:
        """Whether files of the session are not where they were."""
        return any(key.startswith("missing:") for key in self._told)

    def take_out(self, path: str) -> None:
        """Forget the signals of a file that is missing."""
        self.autosave.forget([record.key for record in self.autosave.missing if record.key.path == path])
        self._solved(f"missing:{path}")

    def close(self) -> None:
        """Bring everything to the disk; signals of an earlier run that nobody asked for in this one are forgotten."""
        self.autosave.forget([record.key for record in self.autosave.missing if record.key in self._from_before])
        self.session_file.close()
        self.label_files.close()
        self.autosave.close()

    def _on_trouble_changed(self, error: SessionError | None) -> None:
        if error is None:
            self._solved("session")
        else:
            self._tell("session", error, SAVE_AS)

    def expect_change(self, paths: Iterable[Path]) -> None:
        """These files are read anew because they have changed: nobody need be told."""
        self._expected.update(map(str, paths))

    def _on_file_changed(self, path: str) -> None:
        if path in self._expected:
            self._expected.discard(path)
            return
        self._tell(
            f"changed:{path}",
            SessionError(
                f"{printable_name(path)} is not what it was when the session was kept.",
                "Check its labels; results were of what it held then.",
            ),
        )

    def _on_labels_failed(self, path: str, error: LabelError) -> None:
        ways: tuple[ProblemAction, ...]
        if isinstance(error, LabelsChanged):
            ways = (KEEP_MINE, TAKE_THEIRS)
        else:
            ways = (KEEP_MINE,) if path in self.label_files.conflicts else (WRITE_AGAIN,)
        self._tell(f"labels:{path}", error, *ways)

    def _on_searched(self, search: Search) -> None:
        self._solved(*(f"missing:{old}" for old, _ in search.pairs))

    def _on_signals_added(self, ids: Sequence[int]) -> None:
        recordings = filter(None, map(self._session.recording, ids))
        self._solved(*({f"missing:{recording.path}" for recording in recordings} & self._told))

    def _on_replaced(self) -> None:
        """What was wrong with the files of the session that has gone is nothing to mend in this one."""
        self._from_before.clear()
        self._solved(*(key for key in self._told if key.startswith(("missing:", "changed:", "labels:"))))

    def _tell(self, key: str, error: SigDeskError, *ways: ProblemAction) -> None:
        self._told.add(key)
        row = ProblemRow(key, error.what, error.way_out, clock_text(time.time()), actions=ways)
        self._feed.put_problem(row)
        self.missing_changed.emit()

    def _solved(self, *keys: str) -> None:
        if not keys:
            return
        self._told.difference_update(keys)
        self._feed.problems.put([], list(keys))
        self.missing_changed.emit()
