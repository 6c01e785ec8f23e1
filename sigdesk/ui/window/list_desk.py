"""The list of signals in the window: its order, which is remembered, and its groups."""

from __future__ import annotations

from PySide6.QtCore import QObject

from sigdesk.app.program import Program
from sigdesk.ui.window.main_window import MainWindow


class ListDesk(QObject):
    """Implements `sigdesk.app.action.ListTasks`."""

    def __init__(self, program: Program, window: MainWindow) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._connect()
        self._show_order()

    def _connect(self) -> None:
        signals, model = self._window.signals, self._program.signals
        signals.sort_chosen.connect(self.sort_by)
        signals.reverse_chosen.connect(self.reverse)
        signals.group_toggled.connect(model.toggle_group)
        signals.fold_all_requested.connect(self.fold_all)

    def sort_by(self, order: str) -> None:
        """Put the list in one of `SORTS`."""
        self._program.settings.put("signals_order", order)
        self._show_order()

    def reverse(self) -> None:
        """Turn the order of the list round."""
        self._program.settings.put("signals_reversed", not self._program.settings.flag("signals_reversed"))
        self._show_order()

    def fold_all(self, folded: bool) -> None:
        """Fold or unfold every group."""
        self._program.signals.fold_all(folded)

    def _show_order(self) -> None:
        order = self._program.settings.text("signals_order")
        reversed_ = self._program.settings.flag("signals_reversed")
        self._program.signals.sort_by(order, reverse=reversed_)
        self._window.signals.show_order(order, reversed_)
