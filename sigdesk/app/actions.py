"""Every action of the program, in one table: menus, tooltips, shortcut sheet, Ctrl K and tests read it.

A part of the program with many actions keeps them in a module of its own and is added to ACTIONS here; the order here
is the order in the menus.
"""

from __future__ import annotations

from typing import Final

from sigdesk.app.action import Action, When
from sigdesk.app.file_actions import FILE_ACTIONS
from sigdesk.app.label_actions import LABEL_ACTIONS, LABEL_FILE_ACTIONS, LABEL_TOOL
from sigdesk.app.list_actions import LIST_ACTIONS
from sigdesk.app.model_actions import MODEL_ACTIONS
from sigdesk.app.plot_actions import PLOT_ACTIONS, PLOT_EDIT_ACTIONS, PLOT_FILE_ACTIONS
from sigdesk.app.session_actions import SESSION_ACTIONS

ACTIONS: Final = (
    Action("open-files", "Open files…", lambda d: d.open_files(), "File", ("Ctrl+O",), "folder-open"),
    Action("open-folder", "Open folder…", lambda d: d.open_folder(), "File", ("Ctrl+Shift+O",), "folder"),
    Action("open-samples", "Open sample signals", lambda d: d.open_samples(), "File", icon="activity"),
    *FILE_ACTIONS,
    *SESSION_ACTIONS,
    *LIST_ACTIONS,
    Action(
        "export-results", "Export results as CSV…", lambda d: d.export_results(), "File", ("Ctrl+E",), "export",
        When.RESULTS_THERE, opens_section=True,
    ),
    *PLOT_FILE_ACTIONS,
    *LABEL_FILE_ACTIONS,
    Action(
        "settings", "Settings…", lambda d: d.show_settings(), "File", ("Ctrl+,",), "gear-six", opens_section=True
    ),
    Action("quit", "Quit", lambda d: d.quit(), "File", ("Ctrl+Q",), opens_section=True),
    Action(
        "undo", "Undo", lambda d: d.undo(), "Edit", ("Ctrl+Z",), "arrow-counter-clockwise", When.CAN_UNDO, "Labels"
    ),
    Action(
        "redo", "Redo", lambda d: d.redo(), "Edit", ("Ctrl+Shift+Z", "Ctrl+Y"), "arrow-clockwise", When.CAN_REDO,
        "Labels",
    ),
    Action(
        "remove", "Remove from the list", lambda d: d.remove_selected(), "Edit", ("Ctrl+Backspace",), "x",
        When.SIGNAL_SHOWN, "Signals", opens_section=True,
    ),
    *PLOT_EDIT_ACTIONS,
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
    *LABEL_ACTIONS,
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
    Action("tab-labels", "Labels", lambda d: d.show_tab("Labels"), "View", ("Alt+5",), "tag"),
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
    LABEL_TOOL,
    Action(
        "tool-measure", "Measure tool", lambda d: d.use_tool("measure"), "View", ("D",), "ruler",
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
    *PLOT_ACTIONS,
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
    *MODEL_ACTIONS,
    Action("shortcuts", "Shortcuts of this page", lambda d: d.show_shortcuts(), "Help", ("?",), "keyboard"),
    Action("help", "Help", lambda d: d.show_help(), "Help", ("F1",), "question"),
    Action("about", "About SigDesk", lambda d: d.show_about(), "Help", icon="info", opens_section=True),
)  # fmt: skip


def find_action(action_id: str) -> Action:
    """The row of an id; KeyError when there is none."""
    return next(action for action in ACTIONS if action.id == action_id)
