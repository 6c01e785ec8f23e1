"""Who listens to whom: every connection between the program and its window, in one visible block."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer

from sigdesk.app.action import When
from sigdesk.app.classifying import Plan
from sigdesk.app.history_rows import StoredLog, number_in
from sigdesk.app.pace import ROUND_MS, Throttle
from sigdesk.app.program import Program
from sigdesk.app.rows import BUSY, SignalState
from sigdesk.app.session import SignalEntry
from sigdesk.classifiers.folder import Classifier
from sigdesk.pool.jobs import JobState, Paused, PoolStats
from sigdesk.ui.plots.state_chip import StateChip
from sigdesk.ui.theme.look import Look
from sigdesk.ui.window.action_set import ActionSet
from sigdesk.ui.window.closing import Closing
from sigdesk.ui.window.desk import WindowDesk
from sigdesk.ui.window.history_wiring import HistoryWiring
from sigdesk.ui.window.label_wiring import LabelWiring
from sigdesk.ui.window.main_window import MainWindow
from sigdesk.ui.window.opening_wiring import OpeningWiring
from sigdesk.ui.window.plot_menu import fill_plot_menu
from sigdesk.ui.window.session_view import SessionView
from sigdesk.ui.window.session_wiring import SessionWiring

_CHIPS: Final = {
    SignalState.NOT_CLASSIFIED: ("Not classified", "circle", "muted"),
    SignalState.QUEUED: ("Queued", "clock", "muted"),
    SignalState.RUNNING: ("Running", "spinner-gap", "accent"),
    SignalState.CLASSIFIED: ("Classified", "check-circle", "ok"),
    SignalState.UNSURE: ("Unsure", "warning", "warn"),
    SignalState.FAILED: ("Failed", "warning-circle-fill", "error"),
    SignalState.CANCELLED: ("Cancelled", "prohibit", "muted"),
}


class Wiring(QObject):
    """Connects a program with its window and brings the state of the one into the other."""

    def __init__(self, program: Program, window: MainWindow, look: Look) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._look = look
        self.desk = WindowDesk(program, window, look)
        self.actions = ActionSet(self.desk, look, window)
        self._shown_id = 0
        self._shown_plan: Plan | None = None
        self._pauses: tuple[bool, tuple[Paused, ...]] = (False, ())
        self._conditions: list[Callable[[], Mapping[When, bool]]] = []
        self.actions.fill(window.header.menu_bar)
        self.add_conditions(self.desk.plots.conditions)
        self.desk.plots.sound.changed.connect(self.enable_actions)
        window.signals.set_model(program.signals)
        feed = program.feed
        window.bottom.set_models(feed.jobs, feed.log, feed.results, feed.problems, program.history.jobs)
        self._history = HistoryWiring(program, window, self.desk.jobs)
        window.inspector.set_models(program.classifying.models)
        self._closing = Closing(program, window, look)
        self._opening = OpeningWiring(program, window, self.desk, self)
        self.add_conditions(self.desk.reading.conditions)
        self.add_conditions(self.desk.disk.conditions)
        self._connect()
        self._labels = LabelWiring(program, window, self.desk.labels, self)
        self._sessions = SessionWiring(program, window, self.desk.sessions, self.actions, look)
        self.add_conditions(self._sessions.conditions)
        self._view = SessionView(program, window)
        program.keeping.missing_changed.connect(self.enable_actions)
        self._show_everything()

    def _connect(self) -> None:
        self._connect_window()
        self._connect_signals()
        self._connect_inspector()
        self._connect_bottom()
        self._connect_program()

    def _connect_window(self) -> None:
        program, window, desk = self._program, self._window, self.desk
        window.closing.connect(self._on_window_closing)
        window.plots_made.connect(self._on_plots_made)
        window.models_page_made.connect(self._on_models_page_made)
        program.library.changed.connect(window.inspector.set_models)
        window.paths_dropped.connect(program.open)
        window.header.page_chosen.connect(window.show_page)
        window.header.go_to_requested.connect(desk.go_to_or_run)
        window.header.theme_toggle_requested.connect(desk.toggle_theme)
        window.header.shortcuts_requested.connect(desk.show_shortcuts)
        window.header.settings_requested.connect(desk.show_settings)
        window.toast.undo_requested.connect(lambda _: desk.undo())

    def _connect_signals(self) -> None:
        program, window, desk = self._program, self._window, self.desk
        window.signals.open_requested.connect(desk.open_files)
        window.signals.paths_dropped.connect(program.open)
        window.signals.current_changed.connect(program.session.show)
        window.signals.remove_requested.connect(desk.remove)
        window.signals.classify_requested.connect(program.classifying.classify)
        window.signals.filter_text_changed.connect(program.signals.set_filter)
        window.signals.filter_chip_chosen.connect(program.signals.choose_chip)
        program.signals.modelReset.connect(self._mark_current)
        program.signals.counts_changed.connect(window.signals.set_counts)

    def _connect_inspector(self) -> None:
        program, window, desk = self._program, self._window, self.desk
        classifying = program.classifying
        window.inspector.model_chosen.connect(classifying.choose_model)
        window.inspector.scope_chosen.connect(classifying.choose_scope)
        window.inspector.params_changed.connect(classifying.set_params)
        window.inspector.channels_chosen.connect(classifying.choose_channels)
        window.inspector.windows_changed.connect(classifying.set_windows)
        window.inspector.unsure_changed.connect(lambda percent: program.settings.put("unsure_below", percent))
        window.inspector.show_result_changed.connect(self._on_show_result_changed)
        window.inspector.classify_requested.connect(desk.classify_current)
        window.inspector.classify_remaining_requested.connect(desk.classify_remaining)
        window.inspector.cancel_requested.connect(self._on_cancel_current)
        window.inspector.show_log_requested.connect(self._on_show_log)
        window.inspector.card_requested.connect(desk.show_model_card)
        window.inspector.pause_model_requested.connect(desk.pause_model)
        window.inspector.resume_model_requested.connect(desk.resume_model)

    def _connect_bottom(self) -> None:
        window, desk, feed = self._window, self.desk, self._program.feed
        window.bottom.cancel_requested.connect(feed.cancel)
        window.bottom.cancel_queued_requested.connect(feed.cancel_queued)
        window.bottom.retry_requested.connect(feed.retry)
        window.bottom.retry_failed_requested.connect(desk.retry_failed)
        window.bottom.run_next_requested.connect(desk.pool.run_next)
        window.bottom.run_last_requested.connect(desk.pool.run_last)
        window.bottom.pause_requested.connect(desk.pause_jobs)
        window.bottom.resume_requested.connect(desk.resume_jobs)
        window.bottom.job_activated.connect(self._on_job_activated)
        window.bottom.job_chosen.connect(self._on_job_chosen)
        window.bottom.show_log_requested.connect(self._on_show_log)
        window.bottom.details_requested.connect(desk.jobs.show_details)
        window.bottom.reproduction_requested.connect(desk.jobs.export_reproduction)
        window.bottom.save_log_requested.connect(desk.jobs.save_log)
        window.bottom.copy_requested.connect(desk.copy)
        window.bottom.export_requested.connect(desk.export_results)
        window.bottom.signal_activated.connect(self._on_signal_activated)
        window.bottom.jobs_filter_changed.connect(feed.jobs.set_filter)
        window.bottom.log_job_chosen.connect(self._on_log_job_chosen)
        window.bottom.log_levels_chosen.connect(feed.log.show_levels)
        window.bottom.log_text_changed.connect(feed.log.find_text)
        window.bottom.collapse_requested.connect(lambda: window.toggle_panel("Bottom tabs"))

    def _connect_program(self) -> None:
        program, window = self._program, self._window
        session, classifying, feed = program.session, program.classifying, program.feed
        session.added.connect(self._on_signals_added)
        session.removed.connect(self._on_signals_removed)
        session.changed.connect(self._on_signals_changed)
        session.current_changed.connect(self._on_current_changed)
        classifying.plan_changed.connect(self._on_plan_changed)
        classifying.model_changed.connect(self._on_model_changed)
        waiting = Throttle(lambda: window.bottom.jobs_tab.show_outside(program.queueing.waiting), ROUND_MS, self)
        program.queueing.waiting_changed.connect(waiting.ask)
        feed.jobs.count_changed.connect(lambda count: window.bottom.set_count("Jobs", count))
        feed.results.count_changed.connect(lambda count: window.bottom.set_count("Results", count))
        feed.problems.count_changed.connect(lambda count: window.bottom.set_count("Problems", count))
        feed.log.counts_changed.connect(window.bottom.set_log_counts)
        feed.stats_changed.connect(self._on_stats_changed)
        program.settings.changed.connect(self._on_setting_changed)
        program.history.log_read.connect(self._on_log_read)

    def _show_everything(self) -> None:
        settings = self._program.settings
        for key in ("theme", "scope", "unsure_below", "window_length_s", "show_result"):
            self._on_setting_changed(key)
        self._window.restore_layout(settings.text("geometry"), settings.text("layout"))
        self._window.hide_panels(settings.texts("hidden_panels"))
        self._on_model_changed(self._program.classifying.classifier)
        self._on_current_changed(0)
        self._on_signals_added(())
        self._on_plan_changed(self._program.classifying.plan())
        self._on_stats_changed(self._program.pool.stats())
        QTimer.singleShot(0, self._window, self._program.resuming.look)
        if self._program.feed.problems.rowCount():
            self.desk.show_tab("Problems")  # what went wrong at the start is read before anything else

    def _on_plots_made(self) -> None:
        plots = self._window.plots
        fill_plot_menu(plots, self.actions)
        plots.selection_changed.connect(self._on_selection_changed)
        plots.read_failed.connect(self._on_read_failed)
        plots.instruments.copy_asked.connect(self.desk.copy)

    def _on_models_page_made(self) -> None:
        from sigdesk.ui.window.models_part import ModelsPart

        self.models = ModelsPart(self._program, self._window, self.desk, self._look, self.enable_actions)
        self.add_conditions(self.models.conditions)

    def _on_window_closing(self) -> None:
        self._view.keep()
        self._program.settings.put("geometry", self._window.geometry_state())
        self._program.settings.put("layout", self._window.layout_state())
        self._program.settings.put("hidden_panels", self._window.hidden_panels)
        if self._window.has_plots:
            self._window.plots.stop_reading()
        self._window.thumbnails.close()
        self._program.close()

    def _on_signals_added(self, _: object) -> None:
        count = self._program.session.count()
        self._window.show_workspace(empty=not count)
        if not count:
            self._opening.show_welcome()
        self._enable_actions()

    def _on_signals_removed(self, ids: Sequence[int]) -> None:
        for signal_id in ids:
            self._window.thumbnails.forget(signal_id)
        self._on_signals_added(ids)

    def _on_signals_changed(self, ids: frozenset[int]) -> None:
        if self._shown_id in ids:
            self._show_result()

    def _on_current_changed(self, signal_id: int) -> None:
        entry = self._program.session.find(signal_id)
        self._shown_id = signal_id if entry else 0
        if entry is not None or self._window.has_plots:
            self._window.plots.show_recording(entry.recording if entry else None, self._chip(entry))
        if entry is not None:
            self._window.inspector.show_channels(entry.recording.channels, entry.recording.time_base.unit)
            self._window.inspector.show_windows(*self._program.classifying.windows())
        self._mark_current()
        self._show_result()
        self._enable_actions()

    def _mark_current(self) -> None:
        """The list forgets what is current when its rows are made anew, as by a filter."""
        self._window.signals.show_current(self._program.signals.index_of(self._shown_id))

    def _show_result(self) -> None:
        entry = self._program.session.current
        unit = entry.recording.time_base.unit if entry else "s"
        card = self._program.feed.card_of(entry) if entry else None
        if self._window.has_plots:
            coloured = self._program.settings.flag("colour_by_class")
            self._window.plots.set_chip(self._chip(entry))
            self._window.plots.set_coloured(bool(coloured and card and card.windowed))
        self._window.inspector.show_card(card, unit)
        waits = entry is not None and entry.state in BUSY
        self._window.inspector.set_busy(waits)
        self._on_plan_changed(self._program.classifying.plan())

    def _chip(self, entry: SignalEntry | None) -> StateChip | None:
        return None if entry is None else StateChip(*_CHIPS[entry.state])

    def _on_selection_changed(self, selection: tuple[int, int] | None) -> None:
        self._program.classifying.set_selection(selection)
        self._enable_actions()

    def _on_read_failed(self, error: Exception) -> None:
        self._window.plots.show_error(getattr(error, "what", str(error)), getattr(error, "way_out", ""))

    def _on_show_result_changed(self, on: bool) -> None:
        self._program.settings.put(self._shown_by(), on)

    def _shown_by(self) -> str:
        """The setting behind the Inspector's one box: windows colour the signal, the other results have their lane."""
        return "colour_by_class" if self._program.settings.text("scope") == "windows" else "show_result"

    def _on_cancel_current(self) -> None:
        entry = self._program.session.current
        if entry is not None:
            self._program.feed.cancel_signal(entry)

    def _on_show_log(self, job_id: str) -> None:
        self._on_log_job_chosen(job_id)
        self._window.bottom.show_tab("Log")

    def _on_log_job_chosen(self, job_id: str) -> None:
        """The Log shows one job ("" for all); a job that failed says so above its lines."""
        log = self._program.feed.log
        log.show_job(job_id)
        row = self._program.feed.jobs.find(job_id)
        if job_id and not log.has_lines and (row is None or row.state.ended):
            self._program.history.read_log(job_id)  # of an earlier run, or so old that the Log has let it go
        snapshot = self._program.feed.outcome_of(job_id)
        outcome = snapshot.outcome if snapshot else None
        quiet = (JobState.SUCCEEDED, JobState.CANCELLED)
        failed = outcome is not None and outcome.state not in quiet and bool(outcome.what)
        self._window.bottom.show_log_job(
            job_id, number_in(job_id) if job_id else 0, (outcome.what, outcome.way_out) if outcome and failed else None
        )

    def _on_log_read(self, log: StoredLog) -> None:
        if self._program.feed.log.job_id == log.job_id:
            self._program.feed.log.show_stored(log.lines)
            self._window.bottom.show_log_job(log.job_id, number_in(log.job_id), log.failure)

    def _on_job_activated(self, job_id: str) -> None:
        self._on_signal_activated(self._program.feed.signal_of(job_id))

    def _on_job_chosen(self, _: str) -> None:
        self._enable_actions()

    def _on_signal_activated(self, signal_id: int) -> None:
        if self._program.session.find(signal_id) is not None:
            self._program.session.show(signal_id)

    def _on_plan_changed(self, plan: Plan) -> None:
        if plan != self._shown_plan:  # told of in every frame in which a job ends
            self._shown_plan = plan
            self._window.inspector.show_plan(plan.button, plan.scope_text, plan.obstacle, plan.remaining)
        self._enable_actions(plan)

    def _on_model_changed(self, classifier: Classifier | None) -> None:
        self._window.inspector.show_model(classifier)
        self._enable_actions()

    def _on_stats_changed(self, stats: PoolStats) -> None:
        self._window.status.show_pool(stats, self._program.queueing.waiting)
        self._window.bottom.show_paused(stats.halted)
        if (stats.halted, stats.paused) != self._pauses:
            self._pauses = stats.halted, stats.paused
            self._enable_actions()

    def _on_setting_changed(self, key: str) -> None:
        settings, inspector = self._program.settings, self._window.inspector
        if key == "theme":
            self._look.use(settings.text("theme"))
        elif key == "scope":
            inspector.show_scope(settings.text("scope"))
            inspector.show_show_result(settings.flag(self._shown_by()))
        elif key == "unsure_below":
            inspector.show_unsure_below(settings.whole("unsure_below"))
        elif key.startswith("window_"):
            inspector.show_windows(*self._program.classifying.windows())
        elif key in ("show_result", "colour_by_class"):
            inspector.show_show_result(settings.flag(self._shown_by()))
            self._show_result()

    def add_conditions(self, holds: Callable[[], Mapping[When, bool]]) -> None:
        """Have a part of the window say which of its actions can be used, whenever that is asked."""
        self._conditions.append(holds)

    def enable_actions(self) -> None:
        """Look anew which actions can be used."""
        self._enable_actions()

    def _enable_actions(self, plan: Plan | None = None) -> None:
        plan = plan or self._program.classifying.plan()
        session, chosen = self._program.session, self._window.bottom.selected_jobs()
        model_paused = self.desk.pool.chosen_model_is_paused
        holds = {
            When.SIGNAL_SHOWN: session.current is not None,
            When.SIGNALS_OPEN: session.count() > 0,
            When.CAN_CLASSIFY: session.current is not None and session.current.state not in BUSY and not plan.obstacle,
            When.SOME_REMAIN: plan.remaining > 0,
            When.ENDED_JOB_CHOSEN: any(row.can_retry for row in chosen),
            When.SOME_FAILED: session.count(SignalState.FAILED) > 0,
            When.OPEN_JOB_CHOSEN: any(row.can_cancel for row in chosen),
            When.ONE_JOB_CHOSEN: len(chosen) == 1,
            When.ONE_ENDED_JOB_CHOSEN: len(chosen) == 1 and chosen[0].state.ended,
            When.JOBS_QUEUED: self._program.feed.jobs.some_queued,
            When.WAITING_JOB_CHOSEN: any(row.state is JobState.QUEUED and row.can_cancel for row in chosen),
            When.JOBS_GO_ON: not self._pauses[0],
            When.JOBS_PAUSED: self._pauses[0],
            When.MODEL_GOES_ON: self._program.classifying.classifier is not None and not model_paused,
            When.MODEL_PAUSED: model_paused,
            When.LOG_HAS_LINES: self._program.feed.log.rowCount() > 0,
            When.RESULTS_THERE: self._program.feed.results.rowCount() > 0,
            When.STRETCH_SELECTED: self._window.has_plots and self._window.plots.selection is not None,
        }
        for more in self._conditions:
            holds.update(more())
        self._window.inspector.show_paused(model_paused)
        self.actions.enable(when for when, true in holds.items() if true)
        self._window.bottom.set_retry_obstacle("" if holds[When.SOME_FAILED] else When.SOME_FAILED.value)
