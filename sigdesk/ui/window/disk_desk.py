"""The files behind signals as they are on the disk: what has changed is told, read again, followed, or shown there."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct
from PySide6.QtCore import QObject

from sigdesk.app.action import When
from sigdesk.app.file_watch import DiskState, FileNews
from sigdesk.app.outcomes import clock_text
from sigdesk.app.program import Program
from sigdesk.app.reloading import Reloaded
from sigdesk.app.rows import READ_AGAIN, ProblemRow
from sigdesk.signals.describe import format_count, printable_name
from sigdesk.signals.recording import Recording
from sigdesk.ui.rows.wording import counted
from sigdesk.ui.shell.banner import BannerAction
from sigdesk.ui.window.banners import Banners, Offer
from sigdesk.ui.window.file_manager import FileManager
from sigdesk.ui.window.main_window import MainWindow

_AGAIN: Final = BannerAction("disk-again", "Read again")
_FOLLOW: Final = BannerAction("disk-follow", "Follow")
_LEAVE: Final = BannerAction("disk-leave", "Stop following")
_WAYS_OUT: Final = {
    DiskState.GROWN: "What is shown is what it held when it was read. Labels stay.",
    DiskState.CHANGED: "Read it again to see what it holds now. Labels stay, results go.",
    DiskState.GONE: "Put the file back, or open it from its new place. Its labels are kept.",
}


class _Stand(Struct, frozen=True):
    """What the plot showed of a signal before it was read anew."""

    recording: Recording
    start: float
    stop: float
    followed: bool


class DiskDesk(QObject):
    """Implements `sigdesk.app.action.DiskTasks`."""

    def __init__(self, program: Program, window: MainWindow, banners: Banners) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._banners = banners
        self._stand: _Stand | None = None
        self._manager = FileManager(self)
        self._connect()

    def _connect(self) -> None:
        program, window = self._program, self._window
        program.watch.news.connect(self._on_news)
        program.reloading.starting.connect(self._on_reload_starting)
        program.reloading.done.connect(self._on_reloaded)
        program.session.current_changed.connect(lambda _: self._show_offer())
        self._banners.offer_chosen.connect(self._on_offer_chosen)
        self._manager.failed.connect(self._on_reveal_failed)
        window.plots_made.connect(self._on_plots_made)
        window.signals.reload_requested.connect(self.reload)
        window.signals.reveal_requested.connect(self._on_reveal_requested)
        window.bottom.problems.action_requested.connect(self._on_problem_action)

    def _on_problem_action(self, problem: ProblemRow, action: str) -> None:
        if action == READ_AGAIN.id:
            self._program.reloading.reload([Path(problem.about)])

    def _on_plots_made(self) -> None:
        self._window.plots.read_failed.connect(lambda _: self._program.watch.look())

    def conditions(self) -> Mapping[When, bool]:
        """Which of the actions on files can be used now."""
        return {When.FILE_SHOWN: self._program.session.current is not None}

    def reload_shown(self) -> None:
        """Read the file of the signal that is shown again."""
        self.reload(self._shown_ids())

    def reload(self, signal_ids: Sequence[int]) -> None:
        """Read the files of these signals again, as they are now."""
        recordings = filter(None, map(self._program.session.recording, signal_ids))
        self._program.reloading.reload([recording.path for recording in recordings])

    def follow_shown(self) -> None:
        """Follow the file of the signal that is shown as it grows, or follow it no more."""
        path = self._shown_path()
        if path is not None:
            self._follow(path, not self._program.watch.is_followed(path))

    def reveal_shown(self) -> None:
        """Show the file of the signal that is shown in the system's file manager."""
        path = self._shown_path()
        if path is not None:
            self._manager.reveal(path)

    def _follow(self, path: Path, on: bool) -> None:
        self._program.watch.follow(path, on)
        self._window.toast.say(f"{'Following' if on else 'No longer following'} {printable_name(path.name)}")
        self._show_offer()

    def _shown_ids(self) -> list[int]:
        entry = self._program.session.current
        return [] if entry is None else [entry.id]

    def _shown_path(self) -> Path | None:
        entry = self._program.session.current
        return None if entry is None else entry.recording.path

    def _on_reveal_requested(self, signal_id: int) -> None:
        recording = self._program.session.recording(signal_id)
        if recording is not None:
            self._manager.reveal(recording.path)

    def _on_reveal_failed(self, path: Path) -> None:
        self._window.toast.say(f"No file manager answers. {printable_name(path.name)} is in {path.parent}")

    def _on_news(self, news: FileNews) -> None:
        now = clock_text(time.time())
        rows = [_problem(path, state, now) for path, state in news.states if state is not DiskState.SAME]
        well = [_key(path) for path, state in news.states if state is DiskState.SAME]
        self._program.feed.problems.put(rows, well)
        self._show_offer()

    def _show_offer(self) -> None:
        """The banner is about the signal that is shown; Problems has all of them."""
        path = self._shown_path()
        if path is None:
            self._banners.offer(None)
            return
        name, state = printable_name(path.name), self._program.watch.state_of(path)
        if self._program.watch.is_followed(path):
            self._banners.offer(Offer(f"Following {name} as it grows.", "", (_LEAVE,), "accent"))
        elif state is DiskState.SAME:
            self._banners.offer(None)
        else:
            ways = {DiskState.GROWN: (_AGAIN, _FOLLOW), DiskState.CHANGED: (_AGAIN,), DiskState.GONE: ()}
            self._banners.offer(Offer(f"{name} {state.value}.", _WAYS_OUT[state], ways[state], "warn"))

    def _on_offer_chosen(self, action: str) -> None:
        path = self._shown_path()
        if path is None:
            return
        if action == _AGAIN.id:
            self._program.reloading.reload([path])
        elif action in (_FOLLOW.id, _LEAVE.id):
            self._follow(path, action == _FOLLOW.id)

    def _on_reload_starting(self, paths: frozenset[Path]) -> None:
        """Note what the plot shows of a signal that comes back in a moment."""
        recording, plots = self._window.plots.recording, self._window.plots
        self._stand = None
        if recording is not None and recording.path in paths:
            visible, followed = plots.visible_range, self._program.watch.is_followed(recording.path)
            self._stand = _Stand(recording, visible.start, visible.stop, followed)

    def _on_reloaded(self, reloaded: Reloaded) -> None:
        stand, self._stand = self._stand, None
        if stand is not None:
            self._stand_again(stand)
        read = set(reloaded.paths)
        recordings = [e.recording for e in self._program.session.entries if e.recording.path in read]
        self._program.tell_read(recordings, reloaded.refusals)
        about = (*reloaded.paths, *(refusal.path for refusal in reloaded.refusals))
        if not all(map(self._program.watch.is_followed, about)):  # one that is followed comes every second
            self._window.toast.say(_told(reloaded))

    def _stand_again(self, stand: _Stand) -> None:
        """Show the stretch that was shown; of a file that is followed, its end if that was in view."""
        now, was, plots = self._window.plots.recording, stand.recording, self._window.plots
        if now is None or (now.path, now.item) != (was.path, was.item):
            return
        start, end = _ends(was)
        whole = stand.start <= start and stand.stop >= end
        if now.time_base.unit != was.time_base.unit or whole:
            return
        by = _ends(now)[1] - end if stand.followed and stand.stop >= end else 0.0
        plots.show_stretch(stand.start + by, stand.stop + by)


def _ends(recording: Recording) -> tuple[float, float]:
    base = recording.time_base
    return base.time_of(0), base.time_of(max(recording.length - 1, 0))


def _key(path: Path) -> str:
    return f"disk:{path}"


def _problem(path: Path, state: DiskState, now: str) -> ProblemRow:
    gone = state is DiskState.GONE
    what = f"{printable_name(path.name)} {state.value}."
    return ProblemRow(_key(path), what, _WAYS_OUT[state], now, serious=gone, actions=() if gone else (READ_AGAIN,))


def _told(reloaded: Reloaded) -> str:
    refused = f"{counted(len(reloaded.refusals), 'file')} not readable" if reloaded.refusals else ""
    if not reloaded.paths:
        return refused
    name = printable_name(reloaded.paths[0].name)
    if reloaded.added:
        return f"{format_count(reloaded.added)} added" + (f", {refused}" if refused else "")
    read = f"{name if len(reloaded.paths) == 1 else counted(len(reloaded.paths), 'file')} read again"
    return f"{read}, {refused}" if refused else read
