"""Which banner stands under the header, as there is room for one: what stops the work goes before what is offered."""

from __future__ import annotations

from PySide6.QtCore import QObject

from sigdesk.app.program import Program
from sigdesk.errors import SigDeskError
from sigdesk.pool.jobs import Paused, PoolStats
from sigdesk.ui.rows.wording import counted
from sigdesk.ui.shell.banner import Banner, BannerAction

_RESUME, _DISCARD, _RESUME_MODEL = "resume", "discard", "resume-model"


class Banners(QObject):
    """Shows, in this order: a journal that cannot be written, a model that is paused, jobs that wait since before."""

    def __init__(self, program: Program, banner: Banner) -> None:
        super().__init__(banner)
        self._program = program
        self._banner = banner
        self._trouble: SigDeskError | None = None
        self._paused: tuple[Paused, ...] = ()
        self._waiting = 0
        program.resuming.found.connect(self._on_waiting_found)
        program.feed.stats_changed.connect(self._on_stats_changed)
        banner.action_chosen.connect(self._on_action_chosen)

    def _on_waiting_found(self, count: int) -> None:
        self._waiting = count
        self._show()

    def _on_stats_changed(self, stats: PoolStats) -> None:
        trouble = self._program.pool.trouble
        if (trouble, stats.paused) != (self._trouble, self._paused):
            self._trouble, self._paused = trouble, stats.paused
            self._show()

    def _show(self) -> None:
        if self._trouble is not None:
            self._banner.show_problem(self._trouble.what, self._trouble.way_out, severity="error")
        elif self._paused:
            first = self._paused[0]
            actions = (BannerAction(_RESUME_MODEL, "Resume"),)
            self._banner.show_problem(f"{first.title} is paused.", first.reason, actions, "warn")
        elif self._waiting:
            verb = "was" if self._waiting == 1 else "were"
            self._banner.show_problem(
                f"{counted(self._waiting, 'signal')} {verb} waiting when SigDesk ended.",
                "Nothing runs again by itself.",
                (BannerAction(_RESUME, "Resume"), BannerAction(_DISCARD, "Discard")),
                "accent",
            )
        else:
            self._banner.clear()

    def _on_action_chosen(self, action: str) -> None:
        if action == _RESUME:
            self._program.resuming.resume()
        elif action == _DISCARD:
            self._program.resuming.discard()
        elif self._paused:
            self._program.pool.resume_classifier(self._paused[0].key)
