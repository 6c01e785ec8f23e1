"""Labels in the window: lanes, tools, menus and the list show what the labelling holds, and hand on what is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QKeySequence

from sigdesk.app.action import When
from sigdesk.app.actions import find_action
from sigdesk.app.program import Program
from sigdesk.app.undoing import lower_first
from sigdesk.ui.window.action_set import ActionSet
from sigdesk.ui.window.label_desk import LabelDesk
from sigdesk.ui.window.label_list import LabelList
from sigdesk.ui.window.label_menus import label_menu
from sigdesk.ui.window.main_window import MainWindow


class Actions(Protocol):
    """What is needed of the window's wiring: its actions, and to say which can be used."""

    actions: ActionSet

    def add_conditions(self, holds: Callable[[], Mapping[When, bool]]) -> None: ...
    def enable_actions(self) -> None: ...


class LabelWiring(QObject):
    """Connects the program's labels with the window."""

    def __init__(self, program: Program, window: MainWindow, desk: LabelDesk, wiring: Actions) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._desk = desk
        self._choice = desk.choice
        self._wiring = wiring
        self._known: dict[When, bool] = {}
        wiring.add_conditions(lambda: self._known)
        self._put_delete_on_labels_only()
        window.plots_made.connect(self._on_plots_made)
        self._list = LabelList(program, window, desk)
        self._connect()
        self._show_history()

    def _connect(self) -> None:
        program, desk = self._program, self._desk
        self._window.bottom.labels_tab.menu_wanted.connect(self._on_menu_wanted)
        self._window.inspector.accept_requested.connect(desk.accept_signal)
        self._window.inspector.correct_requested.connect(desk.open_class_menu)
        self._window.inspector.next_unsure_requested.connect(lambda: desk.step_unsure(1))
        self._choice.changed.connect(self._on_choice_changed)
        program.labelling.changed.connect(self._on_labels_changed)
        program.session.current_changed.connect(self._on_current_changed)
        program.settings.changed.connect(self._on_setting_changed)
        program.undoing.changed.connect(self._show_history)

    def _on_plots_made(self) -> None:
        plots, labels, desk = self._window.plots, self._window.plots.labels, self._desk
        labels.drawn.connect(desk.draw)
        labels.moved.connect(desk.move)
        labels.resized.connect(desk.resize)
        labels.chosen.connect(self._choice.choose)
        labels.opened.connect(desk.open)
        labels.menu_wanted.connect(self._on_menu_wanted)
        plots.selection_changed.connect(self._on_selection_changed)
        plots.addAction(self._wiring.actions["label-delete"])
        self._choice.changed.connect(self._show_choice_in_plots)
        self._show_choice_in_plots()

    def _put_delete_on_labels_only(self) -> None:
        """In the other lists the key means what is chosen there."""
        action = self._wiring.actions["label-delete"]
        action.setShortcuts([QKeySequence(key) for key in find_action("label-delete").keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._window.removeAction(action)
        self._window.bottom.labels_tab.addAction(action)

    def _look(self) -> None:
        """See which actions can be used now. It is asked for in every frame in which a job ends, and found out only
        when something of it is different."""
        choice, undoing = self._choice, self._program.undoing
        count = len(choice.ids)
        self._known = {
            When.CAN_UNDO: bool(undoing.undo_text),
            When.CAN_REDO: bool(undoing.redo_text),
            When.LABELS_THERE: len(self._program.labelling.labels(choice.signal_id)) > 0,
            When.LABEL_TO_ACCEPT: choice.some_to_accept,
            When.LABEL_CHOSEN: count > 0,
            When.ONE_LABEL_CHOSEN: count == 1,
            When.LABELS_CHOSEN: count > 1,
            When.SIGMF_SHOWN: self._desk.files.is_sigmf,
        }
        self._wiring.enable_actions()

    def _show_what_waits(self) -> None:
        """The Inspector's buttons, and the actions, are for what there is."""
        self._window.inspector.show_some_wait(self._choice.some_wait)
        self._look()

    def _show_labels(self) -> None:
        """The labels of the signal that is shown; the model's only where the operator wants to see them."""
        signal_id = self._choice.signal_id
        spans = self._program.labelling.spans(signal_id) if signal_id else ()
        if not self._program.settings.flag("show_result"):
            spans = tuple(span for span in spans if span.by_you)
        if self._window.has_plots:
            self._window.plots.set_labels(spans)
        self._list.show(signal_id, spans)

    def _show_history(self) -> None:
        """What would be undone stands in the Edit menu: "Undo delete 3 labels"."""
        undoing = self._program.undoing
        for action_id, verb, title in (("undo", "Undo", undoing.undo_text), ("redo", "Redo", undoing.redo_text)):
            self._wiring.actions[action_id].setText(f"{verb} {lower_first(title)}".strip().replace("&", "&&"))
        self._look()

    def _on_labels_changed(self, signal_ids: frozenset[int]) -> None:
        if self._choice.signal_id in signal_ids:
            self._show_labels()
            self._show_what_waits()

    def _on_current_changed(self, _: int) -> None:
        self._show_labels()
        self._show_what_waits()

    def _on_setting_changed(self, key: str) -> None:
        if key == "show_result":
            self._show_labels()

    def _show_choice_in_plots(self) -> None:
        labels = self._window.plots.labels
        labels.show_chosen(self._choice.ids)
        labels.show_class(self._choice.current_class)

    def _on_choice_changed(self) -> None:
        self._list.show_chosen()
        self._look()

    def _on_selection_changed(self, selection: object) -> None:
        if selection is not None:
            self._choice.choose(())  # the next digit is for the selection

    def _on_menu_wanted(self, place: QPoint) -> None:
        menu = label_menu(self._wiring.actions, self._desk.class_menu, self._window)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)
