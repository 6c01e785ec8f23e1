"""The view that a session remembers: which signal was shown, what of it, what was selected. It comes back with it."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QObject, QTimer

from sigdesk.app.program import Program
from sigdesk.labels.codec import key_out
from sigdesk.signals.recording import Recording
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
        self._due = True
        self._look = QTimer(self, singleShot=True, interval=_LOOK_MS)
        self._connect()

    def _connect(self) -> None:
        plots = self._window.plots
        self._program.session.current_changed.connect(self._on_current_changed)
        self._program.opened.connect(self._on_opened)
        self._autosave.replaced.connect(self._on_replaced)
        for ends in (self._window.closing, self._program.keeping.session_file.saving):
            ends.connect(self.keep)
        self._look.timeout.connect(self.keep)
        for changed in (plots.visible_changed, plots.channels_shown_changed, plots.selection_changed, plots.scrolled):
            changed.connect(self._on_view_changed)

    def keep(self) -> None:
        """Have the session remember what is shown now."""
        self._look.stop()
        current, plots = self._program.session.current, self._window.plots
        if self._due or current is None or plots.recording is not current.recording:
            return
        visible = plots.visible_range
        view = {
            "start": visible.start,
            "stop": visible.stop,
            "channels": list(plots.channels_shown),
            "selection": None if plots.selection is None else list(plots.selection),
            "scroll": plots.scroll_place,
        }
        before = {name: value for name, value in self._autosave.state.view.items() if name != "signal"}
        key = self._program.labelling.key_of(current.id)
        if view != before or self._autosave.state.view.get("signal") != (key_out(key) if key else None):
            self._autosave.remember_view(current.id, view)

    def _on_view_changed(self, _: object) -> None:
        if not self._due and not self._look.isActive():
            self._look.start()

    def _on_current_changed(self, signal_id: int) -> None:
        view, key = self._autosave.state.view, self._program.labelling.key_of(signal_id)
        recording = self._window.plots.recording
        if self._due and recording is not None and key is not None and view.get("signal") == key_out(key):
            self._due = False
            self._show(view, recording)
        self._on_view_changed(signal_id)

    def _show(self, view: dict[str, Any], recording: Recording) -> None:
        """Show what fits the file as it is now; a session may come from anywhere, so it is looked at first."""
        plots = self._window.plots
        channels = _numbers(view.get("channels"), len(recording.channels) - 1)
        plots.show_channels([int(channel) for channel in channels])
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

    def _on_replaced(self) -> None:
        self._look.stop()
        self._due = True


def _numbers(values: Any, most: int | None = None) -> list[float]:
    """The numbers of a list from a file; without those that are none, or beyond 0 to `most` where that is given."""
    found = values if isinstance(values, list) else []
    numbers = [value for value in found if isinstance(value, int | float) and not isinstance(value, bool)]
    return [value for value in numbers if abs(value) < 1e15 and (most is None or 0 <= value <= most)]
