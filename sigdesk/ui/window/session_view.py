"""The view that a session remembers, and that comes back with it: page and tab, which signal was shown, what of it and
what was selected, whose labels are listed, how channels are arranged and through which recipes they are seen."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QObject, QTimer

from sigdesk.app.program import Program
from sigdesk.labels.codec import key_in, key_out
from sigdesk.labels.edits import SignalKey
from sigdesk.signals.recording import Recording
from sigdesk.ui.bottom.tabs import TABS
from sigdesk.ui.plots.processing import recipes_in, recipes_out
from sigdesk.ui.shell.header import PAGES
from sigdesk.ui.window.main_window import MainWindow

_LOOK_MS: Final = 300


class SessionView(QObject):
    """Keeps what the plots show a moment after it has changed, and shows it again once, when its signal is there.

    While a session is being opened nothing is kept: the first signals that come are shown for a moment only, and must
    not take the place of the one that the operator has left.
    """

    def __init__(self, program: Program, window: MainWindow) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._autosave = program.keeping.autosave
        self._due = False
        self._look = QTimer(self, singleShot=True, interval=_LOOK_MS)
        self._connect()
        self._restore()

    def _connect(self) -> None:
        self._window.plots_made.connect(self._on_plots_made)
        self._program.session.current_changed.connect(self._on_current_changed)
        self._program.opened.connect(self._on_opened)
        self._autosave.replaced.connect(self._restore)
        self._autosave.moved.connect(self._restore_recipes)
        self._program.keeping.session_file.saving.connect(self.keep)
        self._look.timeout.connect(self.keep)
        self._window.page_changed.connect(self._on_view_changed)
        self._window.bottom.tab_changed.connect(self._on_view_changed)
        self._window.bottom.labels_tab.all_signals_chosen.connect(self._on_view_changed)

    def _on_plots_made(self) -> None:
        plots = self._window.plots
        for changed in (plots.visible_changed, plots.channels_shown_changed, plots.selection_changed, plots.scrolled):
            changed.connect(self._on_view_changed)
        plots.presenting.processed.connect(self._on_view_changed)
        plots.instruments.analysing.toggled.connect(self._on_view_changed)
        self._restore_plots()

    def keep(self) -> None:
        """Have the session remember what is shown now."""
        self._look.stop()
        current = self._program.session.current
        if self._due or (current is not None and self._window.plots.recording is not current.recording):
            return
        bottom = self._window.bottom
        view: dict[str, Any] = {"page": self._window.page, "tab": bottom.tab, "all_labels": bottom.labels_tab.lists_all}
        view |= self._of_plots()
        if current is not None:
            plots = self._window.plots
            visible = plots.visible_range
            view["start"], view["stop"] = visible.start, visible.stop
            view["selection"] = None if plots.selection is None else list(plots.selection)
            view["scroll"] = plots.scroll_place
        before = {name: value for name, value in self._autosave.state.view.items() if name != "signal"}
        key = None if current is None else self._program.labelling.key_of(current.id)
        if view != before or self._autosave.state.view.get("signal") != (key_out(key) if key else None):
            self._autosave.remember_view(current.id if current else 0, view)

    def _of_plots(self) -> dict[str, Any]:
        """How channels are arranged, what is done to them, and whether their spectrum is shown; as it was kept, while
        nothing was drawn yet."""
        state = self._autosave.state
        if not self._window.has_plots:
            return {name: state.view[name] for name in ("spectrum", "arrangements", "processed") if name in state.view}
        presenting = self._window.plots.presenting
        return {
            "spectrum": self._window.plots.instruments.analysing.is_on,
            "arrangements": presenting.arranging.to_json(),
            "processed": [
                {"signal": list(place), "recipes": recipes_out(recipes)}
                for place, recipes in presenting.processing.kept.items()
                if SignalKey(*place) in state.signals
            ],
        }

    def _on_view_changed(self, _: object = None) -> None:
        if not self._due and not self._look.isActive():
            self._look.start()

    def _on_current_changed(self, signal_id: int) -> None:
        view, key = self._autosave.state.view, self._program.labelling.key_of(signal_id)
        current = self._program.session.current
        if self._due and current is not None and key is not None and view.get("signal") == key_out(key):
            self._due = False
            self._show(view, current.recording)
        self._on_view_changed(signal_id)

    def _show(self, view: dict[str, Any], recording: Recording) -> None:
        """Show what fits the file as it is now; a session may come from anywhere, so it is looked at first."""
        plots = self._window.plots
        stretch = _numbers([view.get("start"), view.get("stop")])
        if len(stretch) == 2 and stretch[0] < stretch[1]:
            plots.show_stretch(*stretch)
        selection = _numbers(view.get("selection"), recording.length)
        if len(selection) == 2 and selection[0] < selection[1]:
            plots.set_selection((int(selection[0]), int(selection[1])))
        for scroll in _numbers([view.get("scroll")]):
            plots.scroll_to(int(scroll))

    def _on_opened(self, _: object) -> None:
        self._due = False

    def _restore(self) -> None:
        """Bring back what needs no signal to be there; the rest waits for the one that was shown."""
        self._look.stop()
        state = self._autosave.state
        self._due = bool(state.signals)
        if self._window.has_plots:
            self._restore_plots()
        page, tab = state.view.get("page"), state.view.get("tab")
        if page in [name for name, _, _ in PAGES]:
            self._window.show_page(page)
        if tab in [name for name, _, _ in TABS]:
            self._window.bottom.show_tab(tab)
        self._window.bottom.labels_tab.list_all(state.view.get("all_labels") is True)

    def _restore_plots(self) -> None:
        presenting, analysing = self._window.plots.presenting, self._window.plots.instruments.analysing
        if self._autosave.state.view.get("spectrum") is (not analysing.is_on):
            analysing.toggle()
        presenting.arranging.restore(self._autosave.state.view.get("arrangements"))
        presenting.processing.forget()
        self._restore_recipes()

    def _restore_recipes(self) -> None:
        """Also of files that have moved, as the session knows them now."""
        if not self._window.has_plots:
            return
        processing = self._window.plots.presenting.processing
        for each in self._autosave.state.view.get("processed", ()):
            try:
                processing.keep(key_in(each["signal"]), recipes_in(each["recipes"]))
            except (KeyError, TypeError, ValueError, AttributeError):
                continue


def _numbers(values: Any, most: int | None = None) -> list[float]:
    """The numbers of a list from a file; without those that are none, or beyond 0 to `most` where that is given."""
    found = values if isinstance(values, list) else []
    numbers = [value for value in found if isinstance(value, int | float) and not isinstance(value, bool)]
    return [value for value in numbers if abs(value) < 1e15 and (most is None or 0 <= value <= most)]
