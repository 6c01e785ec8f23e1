"""The bottom tabs: Jobs, Log, Results, Problems, and beside the tabs what belongs to the one that is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QAbstractItemModel, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from sigdesk.app.actions import When
from sigdesk.app.jobs_model import JobsModel
from sigdesk.app.log_model import LogModel
from sigdesk.app.rows import JobRow
from sigdesk.ui.bottom.jobs import JobsTable
from sigdesk.ui.bottom.log import LogTab
from sigdesk.ui.bottom.log_tools import LogTools
from sigdesk.ui.bottom.problems import ProblemsList
from sigdesk.ui.bottom.results import ResultsTable
from sigdesk.ui.bottom.tool_row import Tool, ToolRow
from sigdesk.ui.rows.empty import EmptyState
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.icon_button import IconButton
from sigdesk.ui.widgets.search_field import SearchField
from sigdesk.ui.widgets.tab_strip import TabStrip

TABS: Final = (
    ("Jobs", "list-dashes", "Alt+1"),
    ("Log", "terminal-window", "Alt+2"),
    ("Results", "table", "Alt+3"),
    ("Problems", "warning-circle", "Alt+4"),
)
NONE_WAITING: Final = "No job is waiting"
_JOBS_TOOLS: Final = (Tool("Retry all failed", "arrow-clockwise"), Tool("Cancel queued", "x"))
_RETRY, _CANCEL = range(2)
_EMPTY: Final = {
    "Jobs": ("No jobs yet.", "Choose a model and press Ctrl Enter."),
    "Results": ("No results yet.", "What signals are called appears here as their jobs end."),
    "Problems": ("No problems.", "What goes wrong appears here, with the way out."),
}


class BottomTabs(QFrame):
    """32 px of tabs, then the chosen one."""

    cancel_requested = Signal(tuple)
    cancel_queued_requested = Signal()
    retry_requested = Signal(tuple)
    retry_failed_requested = Signal()
    job_activated = Signal(str)
    job_chosen = Signal(str)
    show_log_requested = Signal(str)
    details_requested = Signal(str)
    reproduction_requested = Signal(str)
    save_log_requested = Signal()
    copy_requested = Signal(str)
    export_requested = Signal()
    signal_activated = Signal(int)
    jobs_filter_changed = Signal(str)
    log_job_chosen = Signal(str)
    log_levels_chosen = Signal(object)
    log_text_changed = Signal(str)
    collapse_requested = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setProperty("role", "panel")
        self.setAccessibleName("Jobs, log, results and problems")
        self.jobs = JobsTable(look)
        self.log = LogTab(look)
        self.results = ResultsTable(look)
        self.problems = ProblemsList(look)
        self._strip = TabStrip(look, "Bottom tabs")
        self._tools = QStackedWidget()
        self._tools.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._pages = QStackedWidget()
        self._empty: dict[str, EmptyState] = {}
        self._stacks: dict[str, QStackedWidget] = {}
        self.log_tools = LogTools(look)
        self._jobs_filter = SearchField(look, "Filter jobs")
        self._jobs_tools = ToolRow(look, _JOBS_TOOLS, self._jobs_filter)
        self._results_tools = ToolRow(look, (Tool("Copy table", "copy"), Tool("Export CSV", "export", "Ctrl+E")))
        self._collapse = IconButton(look, "Hide these tabs", "caret-down", "Ctrl+J")
        self._lay_out()
        self._connect()
        self.set_count("Results", 0)

    @property
    def tab(self) -> str:
        """The tab that is shown."""
        return self._strip.current

    def set_models(
        self,
        jobs: JobsModel,
        log: LogModel,
        results: QAbstractItemModel,
        problems: QAbstractItemModel,
    ) -> None:
        """Give each tab what it shows."""
        self.jobs.set_model(jobs)
        self.log.set_model(log)
        self.log.lines_changed.connect(self.log_tools.show_savable)
        self.log_tools.show_savable(log.rowCount() > 0)
        self.results.set_model(results)
        self.problems.setModel(problems)
        for name, model in (("Jobs", jobs), ("Results", results), ("Problems", problems)):
            for signal in (model.rowsInserted, model.modelReset, model.layoutChanged):
                signal.connect(lambda *_, name=name, model=model: self._show_or_say(name, model))
            self._show_or_say(name, model)

        jobs.count_changed.connect(lambda: self._show_waiting(bool(jobs.queued_ids())))
        self._show_waiting(False)
        self.set_retry_obstacle(When.SOME_FAILED.value)

    def show_tab(self, name: str) -> None:
        """Show Jobs, Log, Results or Problems."""
        self._strip.show_tab(name)
        self._on_tab_chosen(name)

    def set_count(self, name: str, count: int) -> None:
        """The number beside a tab's name; problems stand in red."""
        if name == "Results":
            self._results_tools.set_obstacle("" if count else "Nothing was classified yet")
        self._strip.set_count(name, count or None, "error" if name == "Problems" and count else "muted")

    def set_log_counts(self, counts: Mapping[str, int]) -> None:
        """How many lines each level has."""
        self.log_tools.set_counts(counts)

    def show_log_job(self, job_id: str, number: int, failure: tuple[str, str] | None) -> None:
        """The Log shows one job's lines ("" for all), and above them why it failed, if it did."""
        self.log_tools.show_job(job_id, number)
        self.log.card.show_failure(job_id, *(failure or ("", "")))

    def set_retry_obstacle(self, why: str) -> None:
        """Why "Retry all failed" cannot be used now; "" when it can."""
        self._jobs_tools.set_obstacle(why, _RETRY)

    def selected_jobs(self) -> list[JobRow]:
        """The jobs that are selected in the table."""
        return self.jobs.selected_jobs()

    def _lay_out(self) -> None:
        for name, icon, keys in TABS:
            self._strip.add(name, icon, keys)
        head = QFrame()
        head.setProperty("role", "panel-head")
        head.setFixedHeight(32)
        row = QHBoxLayout(head)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(4)
        row.addWidget(self._strip)
        row.addWidget(self._tools, 1)
        row.addWidget(self._collapse)
        for tools in (self._jobs_tools, self.log_tools, self._results_tools, QWidget()):
            self._tools.addWidget(tools)
        for name, view in (
            ("Jobs", self.jobs),
            ("Log", self.log),
            ("Results", self.results),
            ("Problems", self.problems),
        ):
            self._pages.addWidget(view if name == "Log" else self._with_empty(name, view))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._pages, 1)

    def _with_empty(self, name: str, view: QWidget) -> QStackedWidget:
        stack = QStackedWidget()
        self._empty[name] = EmptyState(self._look, *_EMPTY[name])
        stack.addWidget(self._empty[name])
        stack.addWidget(view)
        self._stacks[name] = stack
        return stack

    def _connect(self) -> None:
        self._strip.chosen.connect(self._on_tab_chosen)
        self._collapse.clicked.connect(self.collapse_requested)
        copy_table, export = self._results_tools.buttons
        copy_table.clicked.connect(self.results.copy_rows)
        export.clicked.connect(self.export_requested)
        self._jobs_tools.buttons[_RETRY].clicked.connect(self.retry_failed_requested)
        self._jobs_tools.buttons[_CANCEL].clicked.connect(self.cancel_queued_requested)
        self._jobs_filter.textChanged.connect(self._on_jobs_filter_changed)
        self.jobs.cancel_requested.connect(self.cancel_requested)
        self.jobs.retry_requested.connect(self.retry_requested)
        self.jobs.job_activated.connect(self.job_activated)
        self.jobs.job_chosen.connect(self.job_chosen)
        self.jobs.show_log_requested.connect(self.show_log_requested)
        self.jobs.details_requested.connect(self.details_requested)
        self.jobs.export_requested.connect(self.reproduction_requested)
        self.jobs.copy_requested.connect(self.copy_requested)
        self.log.retry_requested.connect(self.retry_requested)
        self.log.copy_requested.connect(self.copy_requested)
        self.log.follow_changed.connect(self.log_tools.show_follow)
        self.log_tools.follow_chosen.connect(self.log.list.set_follow)
        self.log_tools.copy_wanted.connect(lambda: self.copy_requested.emit(self.log.list.selected_text()))
        self.log_tools.save_wanted.connect(self.save_log_requested)
        self.log_tools.all_jobs_wanted.connect(lambda: self.log_job_chosen.emit(""))
        self.log_tools.levels_chosen.connect(self.log_levels_chosen)
        self.log_tools.text_changed.connect(self.log_text_changed)
        self.results.signal_activated.connect(self.signal_activated)
        self.results.copy_requested.connect(self.copy_requested)
        self.problems.retry_requested.connect(self.retry_requested)
        self.problems.show_log_requested.connect(self.show_log_requested)
        self.problems.signal_activated.connect(self.signal_activated)
        self.problems.copy_requested.connect(self.copy_requested)

    def _on_tab_chosen(self, name: str) -> None:
        place = [tab for tab, _, _ in TABS].index(name)
        self._pages.setCurrentIndex(place)
        self._tools.setCurrentIndex(place)

    def _on_jobs_filter_changed(self, text: str) -> None:
        what, way = _EMPTY["Jobs"]
        self._empty["Jobs"].say(f'No job matches "{text}".' if text else what, "" if text else way)
        self.jobs_filter_changed.emit(text)

    def _show_waiting(self, some: bool) -> None:
        self._jobs_tools.set_obstacle("" if some else NONE_WAITING, _CANCEL)

    def _show_or_say(self, name: str, model: QAbstractItemModel) -> None:
        self._stacks[name].setCurrentIndex(1 if model.rowCount() else 0)
