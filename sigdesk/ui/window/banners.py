"""Which banner stands under the header, as there is room for one: what stops the work goes before what is offered."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from PySide6.QtCore import QObject, QTimer, Signal

from sigdesk.app.program import Program
from sigdesk.errors import SigDeskError
from sigdesk.pool.jobs import Paused, PoolStats
from sigdesk.ui.rows.wording import counted
from sigdesk.ui.shell.banner import Banner, BannerAction

SAVE_SESSION_AS: Final = "save-session-as"
_RESUME, _DISCARD, _RESUME_MODEL, _RESUME_ALL = "resume", "discard", "resume-model", "resume-all"
_COUNT_MS: Final = 250
"""How often it is counted anew how many jobs wait: in a long line that takes its time."""


class Offer(Struct, frozen=True):
    """What is offered by whoever has nothing to stop: it stands where nothing else does."""

    what: str
    way_out: str
    actions: tuple[BannerAction, ...]
    severity: str


class Banners(QObject):
    """Shows, in this order: what stops the pool (a journal or a temp folder that cannot be written), that all jobs are
    paused, a model that is, that the session cannot be kept, jobs that wait since before, an offer. `offer_chosen`
    carries the id of an offer's action.
    """

    offer_chosen = Signal(str)

    def __init__(self, program: Program, banner: Banner) -> None:
        super().__init__(banner)
        self._program = program
        self._banner = banner
        self._trouble: SigDeskError | None = None
        self._halted = False
        self._paused: tuple[Paused, ...] = ()
        self._waiting = 0
        self._offer: Offer | None = None
        self._session_trouble: SigDeskError | None = None
        self._count = QTimer(self, singleShot=True, interval=_COUNT_MS)
        self._count.timeout.connect(self._show)
        program.resuming.found.connect(self._on_waiting_found)
        program.feed.stats_changed.connect(self._on_stats_changed)
        program.keeping.autosave.trouble_changed.connect(self._on_session_trouble_changed)
        banner.action_chosen.connect(self._on_action_chosen)

    def offer(self, offer: Offer | None) -> None:
        """Show this as long as nothing goes before it; None ends it."""
        if offer != self._offer:
            self._offer = offer
            self._show()

    def _on_waiting_found(self, count: int) -> None:
        self._waiting = count
        self._show()

    def _on_session_trouble_changed(self, trouble: SigDeskError | None) -> None:
        self._session_trouble = trouble
        self._show()

    def _on_stats_changed(self, stats: PoolStats) -> None:
        now = (self._program.pool.trouble, stats.halted, stats.paused)
        if now != (self._trouble, self._halted, self._paused):
            self._trouble, self._halted, self._paused = now
            self._show()
        elif (self._halted or self._paused) and not self._count.isActive():
            self._count.start()

    def _show(self) -> None:
        if self._trouble is not None:
            self._banner.show_problem(self._trouble.what, self._trouble.way_out, severity="error")
        elif self._halted:
            wait = self._program.pool.stats().queued + self._program.queueing.waiting
            resume = (BannerAction(_RESUME_ALL, "Resume"),)
            self._banner.show_problem("All jobs are paused.", f"{_wait(wait)} What runs goes on to its end.", resume)
        elif self._paused:
            self._show_paused(self._paused)
        elif self._session_trouble is not None:
            trouble, save = self._session_trouble, (BannerAction(SAVE_SESSION_AS, "Save session as…"),)
            self._banner.show_problem(trouble.what, trouble.way_out, save, "error")
        elif self._waiting:
            verb = "was" if self._waiting == 1 else "were"
            self._banner.show_problem(
                f"{counted(self._waiting, 'signal')} {verb} waiting when SigDesk ended.",
                "Nothing runs again by itself.",
                (BannerAction(_RESUME, "Resume"), BannerAction(_DISCARD, "Discard")),
                "accent",
            )
        elif self._offer is not None:
            offer = self._offer
            self._banner.show_problem(offer.what, offer.way_out, offer.actions, offer.severity)
        else:
            self._banner.clear()

    def _show_paused(self, paused: tuple[Paused, ...]) -> None:
        first, others = paused[0], len(paused) - 1
        more = f" {counted(others, 'other model')} {'is' if others == 1 else 'are'}, too." if others else ""
        wait = _wait(self._program.feed.jobs.count_waiting(first.title, first.key[1]))
        reason = "" if first.by_operator else f"{first.reason} "
        resume = (BannerAction(_RESUME_MODEL, "Resume"),)
        self._banner.show_problem(f"{first.title} is paused.{more}", f"{reason}{wait} Other models go on.", resume)

    def _on_action_chosen(self, action: str) -> None:
        if self._offer is not None and action in [each.id for each in self._offer.actions]:
            self.offer_chosen.emit(action)
        elif action == _RESUME:
            self._program.resuming.resume()
        elif action == _DISCARD:
            self._program.resuming.discard()
        elif action == _RESUME_ALL:
            self._program.pool.resume()
        elif action == _RESUME_MODEL and self._paused:
            self._program.pool.resume_classifier(self._paused[0].key)


def _wait(count: int) -> str:
    if not count:
        return "No job waits."
    return f"{counted(count, 'job')} {'waits' if count == 1 else 'wait'}."
