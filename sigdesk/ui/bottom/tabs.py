"""The bottom tabs: Jobs, Log, Results, Problems, Labels, and beside the tabs what belongs to the one that is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QAbstractItemModel, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from sigdesk.app.action import When
from sigdesk.app.history_model import HistoryModel
from sigdesk.app.jobs_model import JobsModel
from sigdesk.app.log_model import LogModel
from sigdesk.app.rows import JobRow
from sigdesk.ui.bottom.jobs_tab import JobsTab
from sigdesk.ui.bottom.labels_tab import LabelsTab
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
    ("Labels", "tag", "Alt+5"),
)
NONE_WAITING: Final = "No job is waiting"
_PAUSE_TOOL: Final = Tool("Pause", "pause", about="Pause all jobs", goes=2)
_RESUME_TOOL: Final = Tool("Resume", "play", about="Resume all jobs", goes=2)
_JOBS_TOOLS: Final = (
    Tool("All jobs", "clock-counter-clockwise", about="Search the jobs of all runs", goes=3, checkable=True),
    _PAUSE_TOOL,
    Tool("Retry all failed", "arrow-clockwise", goes=1),
    Tool("Cancel queued", "x", goes=4),
)
_ALL, _PAUSE, _RETRY, _CANCEL = range(4)
_EMPTY: Final = {
    "Results": ("No results yet.", "What signals are called appears here as their jobs end."),
    "Problems": ("No problems.", "What goes wrong appears here, with the way out."),
}


class BottomTabs(QFrame):
    """32 px of tabs, then the chosen one."""

    cancel_requested = Signal(tuple)
    cancel_queued_requested = Signal()
    retry_requested = Signal(tuple)
    retry_failed_requested = Signal()
    run_next_requested = Signal(tuple)
    run_last_requested = Signal(tuple)
    pause_requested = Signal()
    resume_requested = Signal()
    all_jobs_chosen = Signal(bool)
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
    tab_changed = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setProperty("role", "panel")
        self.setAccessibleName("Jobs, log, results, problems and labels")
        self.jobs_tab = JobsTab(look)
        self.jobs, self.history = self.jobs_tab.table, self.jobs_tab.history
        self.log = LogTab(look)
        self.results = ResultsTable(look)
        self.problems = ProblemsList(look)
        self.labels_tab = LabelsTab(look)
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
        self._paused = False
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
        history: HistoryModel,
    ) -> None:
        """Give each tab what it shows."""
        self.jobs_tab.set_models(jobs, history)
        self.log.set_model(log)
        self.log.lines_changed.connect(self.log_tools.show_savable)
        self.log_tools.show_savable(log.rowCount() > 0)
        self.results.set_model(results)
        self.problems.setModel(problems)
        for name, model in (("Results", results), ("Problems", problems)):
            for signal in (model.rowsInserted, model.modelReset, model.layoutChanged):
                signal.connect(lambda *_, name=name, model=model: self._show_or_say(name, model))
            self._show_or_say(name, model)
        jobs.count_changed.connect(lambda: self._show_waiting(jobs.some_queued))
        self._show_waiting(False)
        self.set_retry_obstacle(When.SOME_FAILED.value)

    def show_tab(self, name: str) -> None:
        """Show Jobs, Log, Results, Problems or Labels."""
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

    def show_paused(self, paused: bool) -> None:
        """The pool was halted, or goes on: the button offers the other."""
        self._paused = paused
        self._jobs_tools.set_tool(_PAUSE, _RESUME_TOOL if paused else _PAUSE_TOOL)

    def show_all_jobs(self, all_jobs: bool) -> None:
        """Show the jobs of all runs in the Jobs tab, or of this session; `all_jobs_chosen` says so."""
        self._jobs_tools.buttons[_ALL].setChecked(all_jobs)

    def focus_field(self) -> bool:
        """Give the keyboard to the field of the shown tab; False where it has none."""
        fields = {"Jobs": self._jobs_filter, "Log": self.log_tools.field, "Labels": self.labels_tab.field}
        field = fields.get(self.tab)
        if field is None or field.isHidden():
            return False
        field.setFocus()
        field.selectAll()
        return True

    def selected_jobs(self) -> list[JobRow]:
        """The jobs that are selected in the table that is shown."""
        return (self.history if self.jobs_tab.shows_all else self.jobs).selected_jobs()

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
        for tools in (self._jobs_tools, self.log_tools, self._results_tools, QWidget(), self.labels_tab.tools):
            self._tools.addWidget(tools)
        for name, view in (
            ("Jobs", self.jobs_tab),
            ("Log", self.log),
            ("Results", self.results),
            ("Problems", self.problems),
            ("Labels", self.labels_tab),
        ):
            self._pages.addWidget(self._with_empty(name, view) if name in _EMPTY else view)
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
        self._jobs_tools.buttons[_ALL].toggled.connect(self._on_all_jobs_toggled)
        self._jobs_tools.buttons[_PAUSE].clicked.connect(self._on_pause_clicked)
        self._jobs_filter.textChanged.connect(self._on_jobs_filter_changed)
        self._jobs_filter.left.connect(self._on_jobs_filter_left)
        self.jobs.retry_requested.connect(self.retry_requested)
        self.jobs.job_activated.connect(self.job_activated)
        for table in (self.jobs, self.history):
            table.cancel_requested.connect(self.cancel_requested)
            table.job_chosen.connect(self.job_chosen)
            table.show_log_requested.connect(self.show_log_requested)
            table.details_requested.connect(self.details_requested)
            table.export_requested.connect(self.reproduction_requested)
            table.copy_requested.connect(self.copy_requested)
            table.run_next_requested.connect(self.run_next_requested)
            table.run_last_requested.connect(self.run_last_requested)
        self.log.retry_requested.connect(self.retry_requested)
        self.log.copy_requested.connect(self.copy_requested)
        self.log.follow_changed.connect(self.log_tools.show_follow)
        self.log.list.job_wanted.connect(self.log_job_chosen)
        self.log.list.details_requested.connect(self.details_requested)
        self.log.list.save_wanted.connect(self.save_log_requested)
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
        self.tab_changed.emit(name)

    def _on_jobs_filter_changed(self, text: str) -> None:
        self.jobs_tab.say_filter(text)
        self.jobs_filter_changed.emit(text)

    def _on_jobs_filter_left(self) -> None:
        (self.history if self.jobs_tab.shows_all else self.jobs).setFocus()

    def _on_all_jobs_toggled(self, all_jobs: bool) -> None:
        self.jobs_tab.show_all(all_jobs)
        placeholder = "Search all jobs" if all_jobs else "Filter jobs"
        self._jobs_filter.setPlaceholderText(placeholder)
        self._jobs_filter.setAccessibleName(placeholder)
        self.all_jobs_chosen.emit(all_jobs)
        self.job_chosen.emit("")

    def _on_pause_clicked(self) -> None:
        (self.resume_requested if self._paused else self.pause_requested).emit()

    def _show_waiting(self, some: bool) -> None:
        self._jobs_tools.set_obstacle("" if some else NONE_WAITING, _CANCEL)

    def _show_or_say(self, name: str, model: QAbstractItemModel) -> None:
        self._stacks[name].setCurrentIndex(1 if model.rowCount() else 0)
