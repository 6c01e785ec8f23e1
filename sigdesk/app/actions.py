"""Every action of the program, in one table: menus, tooltips, shortcut sheet, Ctrl K and tests read it."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol


class Desk(Protocol):
    """What actions can ask of the program. The window implements it; a test may do so too."""

    def open_files(self) -> None: ...
    def open_folder(self) -> None: ...
    def open_samples(self) -> None: ...
    def remove_selected(self) -> None: ...
    def undo(self) -> None: ...
    def export_results(self) -> None: ...
    def quit(self) -> None: ...
    def show_page(self, page: str) -> None: ...
    def show_tab(self, tab: str) -> None: ...
    def focus_filter(self) -> None: ...
    def focus_next_pane(self, step: int) -> None: ...
    def step_signal(self, step: int, *, unsure: bool = False) -> None: ...
    def go_to_or_run(self) -> None: ...
    def escape(self) -> None: ...
    def classify_current(self) -> None: ...
    def classify_remaining(self) -> None: ...
    def retry_selected(self) -> None: ...
    def retry_failed(self) -> None: ...
    def show_job_details(self) -> None: ...
    def export_reproduction(self) -> None: ...
    def cancel_selected(self) -> None: ...
    def cancel_queued(self) -> None: ...
    def run_next(self) -> None: ...
    def run_last(self) -> None: ...
    def pause_jobs(self) -> None: ...
    def resume_jobs(self) -> None: ...
    def pause_model(self) -> None: ...
    def resume_model(self) -> None: ...
    def search_all_jobs(self) -> None: ...
    def export_jobs(self) -> None: ...
    def save_log(self) -> None: ...
    def use_tool(self, tool: str) -> None: ...
    def plot(self, command: str) -> None: ...
    def toggle_panel(self, panel: str) -> None: ...
    def toggle_full_screen(self) -> None: ...
    def toggle_theme(self) -> None: ...
    def show_settings(self) -> None: ...
    def show_shortcuts(self) -> None: ...
    def show_help(self) -> None: ...
    def show_about(self) -> None: ...


class When(enum.Enum):
    """When an action can be used; the value says why it cannot."""

    ALWAYS = ""
    SIGNAL_SHOWN = "Open a signal first"
    SIGNALS_OPEN = "Open some signals first"
    CAN_CLASSIFY = "Choose a signal, and a model that fits it"
    SOME_REMAIN = "Every open signal has its label"
    ENDED_JOB_CHOSEN = "Choose an ended job in the Jobs tab"
    SOME_FAILED = "No signal has a job that failed"
    OPEN_JOB_CHOSEN = "Choose a waiting or running job in the Jobs tab"
    ONE_JOB_CHOSEN = "Choose one job in the Jobs tab"
    ONE_ENDED_JOB_CHOSEN = "Choose one ended job in the Jobs tab"
    JOBS_QUEUED = "No job is waiting"
    WAITING_JOB_CHOSEN = "Choose a waiting job in the Jobs tab"
    JOBS_GO_ON = "All jobs are paused already"
    JOBS_PAUSED = "All jobs were not paused"
    MODEL_GOES_ON = "Choose a model that is not paused"
    MODEL_PAUSED = "The chosen model is not paused"
    LOG_HAS_LINES = "The Log shows no lines"
    RESULTS_THERE = "Nothing was classified yet"
    STRETCH_SELECTED = "Select a stretch on the plot first"


@dataclass(frozen=True, slots=True)
class Action:
    """One row. `keys` are in Qt's portable notation; `menu` is "" where no menu shows it. `single_key` shortcuts work
    while no text field has the focus; those `in_plot` while the plot has it, for they mean other things elsewhere."""

    id: str
    text: str
    handler: Callable[[Desk], None]
    menu: str = ""
    keys: tuple[str, ...] = ()
    icon: str = ""
    when: When = When.ALWAYS
    group: str = "Program"
    opens_section: bool = False
    in_plot: bool = False

    @property
    def single_key(self) -> bool:
        return bool(self.keys) and not any(word in self.keys[0] for word in ("Ctrl", "Alt", "F1", "F6"))


MENUS: Final = ("File", "Edit", "View", "Jobs", "Help")

ACTIONS: Final = (
    Action("open-files", "Open files…", lambda d: d.open_files(), "File", ("Ctrl+O",), "folder-open"),
    Action("open-folder", "Open folder…", lambda d: d.open_folder(), "File", ("Ctrl+Shift+O",), "folder"),
    Action("open-samples", "Open sample signals", lambda d: d.open_samples(), "File", icon="activity"),
    Action(
        "export-results", "Export results as CSV…", lambda d: d.export_results(), "File", ("Ctrl+E",), "export",
        When.RESULTS_THERE, opens_section=True,
    ),
    Action(
        "settings", "Settings…", lambda d: d.show_settings(), "File", ("Ctrl+,",), "gear-six", opens_section=True
    ),
    Action("quit", "Quit", lambda d: d.quit(), "File", ("Ctrl+Q",), opens_section=True),
    Action("undo", "Undo", lambda d: d.undo(), "Edit", ("Ctrl+Z",), group="Signals"),
    Action(
        "remove", "Remove from the list", lambda d: d.remove_selected(), "Edit", ("Ctrl+Backspace",), "x",
        When.SIGNAL_SHOWN, "Signals",
    ),
    Action("filter", "Filter", lambda d: d.focus_filter(), "Edit", ("Ctrl+F",), "magnifying-glass", group="Signals"),
    Action("go-to", "Go to or run…", lambda d: d.go_to_or_run(), "Edit", ("Ctrl+K",), "magnifying-glass"),
    Action(
        "next-signal", "Next signal", lambda d: d.step_signal(1), "Edit", ("Ctrl+Down",), when=When.SIGNALS_OPEN,
        group="Signals", opens_section=True,
    ),
    Action(
        "previous-signal", "Previous signal", lambda d: d.step_signal(-1), "Edit", ("Ctrl+Up",),
        when=When.SIGNALS_OPEN, group="Signals",
    ),
    Action(
        "next-unsure", "Next unsure", lambda d: d.step_signal(1, unsure=True), "Edit", ("N",), "warning",
        When.SIGNALS_OPEN, "Signals",
    ),
    Action(
        "previous-unsure", "Previous unsure", lambda d: d.step_signal(-1, unsure=True), "Edit", ("Shift+N",),
        when=When.SIGNALS_OPEN, group="Signals",
    ),
    Action("escape", "Drop tool, selection, then filter", lambda d: d.escape(), keys=("Esc",), group="Signals"),
    Action("page-workspace", "Workspace", lambda d: d.show_page("Workspace"), "View", ("Ctrl+1",), "squares-four"),
    Action("page-record", "Record", lambda d: d.show_page("Record"), "View", ("Ctrl+2",), "record"),
    Action("page-review", "Review", lambda d: d.show_page("Review"), "View", ("Ctrl+3",), "check-square"),
    Action("page-models", "Models", lambda d: d.show_page("Models"), "View", ("Ctrl+4",), "cube"),
    Action(
        "tab-jobs", "Jobs", lambda d: d.show_tab("Jobs"), "View", ("Alt+1",), "list-dashes", opens_section=True
    ),
    Action("tab-log", "Log", lambda d: d.show_tab("Log"), "View", ("Alt+2",), "terminal-window"),
    Action("tab-results", "Results", lambda d: d.show_tab("Results"), "View", ("Alt+3",), "table"),
    Action("tab-problems", "Problems", lambda d: d.show_tab("Problems"), "View", ("Alt+4",), "warning-circle"),
    Action(
        "panel-signals", "Signals panel", lambda d: d.toggle_panel("Signals"), "View", ("Ctrl+B",),
        opens_section=True,
    ),
    Action("panel-inspector", "Inspector", lambda d: d.toggle_panel("Inspector"), "View", ("Ctrl+I",)),
    Action("panel-bottom", "Bottom tabs", lambda d: d.toggle_panel("Bottom tabs"), "View", ("Ctrl+J",)),
    Action("full-screen", "Full screen", lambda d: d.toggle_full_screen(), "View", ("F11",)),
    Action("theme", "Light or dark theme", lambda d: d.toggle_theme(), "View", ("Ctrl+Shift+D",), "moon"),
    Action("next-pane", "Next pane", lambda d: d.focus_next_pane(1), keys=("F6",)),
    Action("previous-pane", "Previous pane", lambda d: d.focus_next_pane(-1), keys=("Shift+F6",)),
    Action(
        "tool-pan", "Pan tool", lambda d: d.use_tool("pan"), "View", ("H",), "hand", When.SIGNAL_SHOWN, "Plot",
        opens_section=True,
    ),
    Action(
        "tool-select", "Select tool", lambda d: d.use_tool("select"), "View", ("S",), "selection",
        When.SIGNAL_SHOWN, "Plot",
    ),
    Action(
        "zoom-in", "Zoom in", lambda d: d.plot("zoom-in"), "View", ("+", "="), "magnifying-glass-plus",
        When.SIGNAL_SHOWN, "Plot",
    ),
    Action(
        "zoom-out", "Zoom out", lambda d: d.plot("zoom-out"), "View", ("-",), "magnifying-glass-minus",
        When.SIGNAL_SHOWN, "Plot",
    ),
    Action(
        "fit-all", "Fit all", lambda d: d.plot("fit-all"), "View", ("0",), "arrows-out-line-horizontal",
        When.SIGNAL_SHOWN, "Plot",
    ),
    Action(
        "fit-selection", "Fit selection", lambda d: d.plot("fit-selection"), "View", ("F",), "arrows-out",
        When.STRETCH_SELECTED, "Plot",
    ),
    Action("channels", "Show channels list", lambda d: d.plot("channels"), "View", ("C",), "eye",
           When.SIGNAL_SHOWN, "Plot"),
    Action("to-start", "To the start", lambda d: d.plot("to-start"), keys=("Home",), when=When.SIGNAL_SHOWN,
           group="Plot", in_plot=True),
    Action("to-end", "To the end", lambda d: d.plot("to-end"), keys=("End",), when=When.SIGNAL_SHOWN,
           group="Plot", in_plot=True),
    Action(
        "classify", "Classify", lambda d: d.classify_current(), "Jobs", ("Ctrl+Return", "Ctrl+Enter"), "play",
        When.CAN_CLASSIFY, "Jobs",
    ),
    Action(
        "classify-remaining", "Classify all remaining", lambda d: d.classify_remaining(), "Jobs",
        ("Ctrl+Shift+Return", "Ctrl+Shift+Enter"), "play", When.SOME_REMAIN, "Jobs",
    ),
    Action(
        "retry", "Retry selected jobs", lambda d: d.retry_selected(), "Jobs", ("Ctrl+Shift+R",), "arrow-clockwise",
        When.ENDED_JOB_CHOSEN, "Jobs", opens_section=True,
    ),
    Action(
        "retry-failed", "Retry all failed", lambda d: d.retry_failed(), "Jobs", icon="arrow-clockwise",
        when=When.SOME_FAILED, group="Jobs",
    ),
    Action(
        "cancel", "Cancel selected jobs", lambda d: d.cancel_selected(), "Jobs", ("Ctrl+.",), "x",
        When.OPEN_JOB_CHOSEN, "Jobs",
    ),
    Action(
        "cancel-queued", "Cancel queued", lambda d: d.cancel_queued(), "Jobs", icon="x", when=When.JOBS_QUEUED,
        group="Jobs",
    ),
    Action(
        "run-next", "Run next", lambda d: d.run_next(), "Jobs", ("Ctrl+Shift+Up",), "arrow-line-up",
        When.WAITING_JOB_CHOSEN, "Jobs", opens_section=True,
    ),
    Action(
        "run-last", "Run last", lambda d: d.run_last(), "Jobs", ("Ctrl+Shift+Down",), "arrow-line-down",
        When.WAITING_JOB_CHOSEN, "Jobs",
    ),
    Action(
        "pause-jobs", "Pause all jobs", lambda d: d.pause_jobs(), "Jobs", ("Ctrl+Alt+P",), "pause",
        When.JOBS_GO_ON, "Jobs", opens_section=True,
    ),
    Action(
        "resume-jobs", "Resume all jobs", lambda d: d.resume_jobs(), "Jobs", ("Ctrl+Alt+R",), "play",
        When.JOBS_PAUSED, "Jobs",
    ),
    Action(
        "pause-model", "Pause the chosen model", lambda d: d.pause_model(), "Jobs", icon="pause",
        when=When.MODEL_GOES_ON, group="Jobs",
    ),
    Action(
        "resume-model", "Resume the chosen model", lambda d: d.resume_model(), "Jobs", icon="play",
        when=When.MODEL_PAUSED, group="Jobs",
    ),
    Action(
        "job-details", "Job details…", lambda d: d.show_job_details(), "Jobs", ("Alt+Return", "Alt+Enter"), "info",
        When.ONE_JOB_CHOSEN, "Jobs", opens_section=True,
    ),
    Action(
        "export-reproduction", "Export reproduction…", lambda d: d.export_reproduction(), "Jobs", icon="export",
        when=When.ONE_ENDED_JOB_CHOSEN, group="Jobs",
    ),
    Action(
        "search-jobs", "Search all jobs…", lambda d: d.search_all_jobs(), "Jobs", ("Ctrl+Shift+F",),
        "clock-counter-clockwise", group="Jobs", opens_section=True,
    ),
    Action("export-jobs", "Export all jobs as CSV…", lambda d: d.export_jobs(), "Jobs", icon="export", group="Jobs"),
    Action(
        "save-log", "Save log…", lambda d: d.save_log(), "Jobs", icon="download-simple", when=When.LOG_HAS_LINES,
        group="Jobs",
    ),
    Action("shortcuts", "Shortcuts of this page", lambda d: d.show_shortcuts(), "Help", ("?",), "keyboard"),
    Action("help", "Help", lambda d: d.show_help(), "Help", ("F1",), "question"),
    Action("about", "About SigDesk", lambda d: d.show_about(), "Help", icon="info", opens_section=True),
)  # fmt: skip


def find_action(action_id: str) -> Action:
    """The row of an id; KeyError when there is none."""
    return next(action for action in ACTIONS if action.id == action_id)
