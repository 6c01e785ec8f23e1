"""What the actions on labels do in the window: to the chosen labels, the selection, or the signal that is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu, QWidget

from sigdesk.app.label_choice import LabelChoice
from sigdesk.app.labelling import Labelling
from sigdesk.app.program import Program
from sigdesk.app.signal_labels import give_class, meant
from sigdesk.errors import LabelError
from sigdesk.labels.label import Label, Review, clean_name
from sigdesk.signals.names import printable_name
from sigdesk.ui.rows.wording import counted
from sigdesk.ui.shell.toast import ToastAction
from sigdesk.ui.theme.look import Look
from sigdesk.ui.window.label_files_desk import LabelFilesDesk
from sigdesk.ui.window.label_menus import class_menu
from sigdesk.ui.window.main_window import MainWindow

_STEP_SHARE: Final = 0.005
"""Of what is visible: how far a key moves a label or an end of it."""
_KEYS: Final = ToastAction("keys of classes", "Keys…")


class LabelDesk(QObject):
    """Implements `LabelCommands`."""

    def __init__(self, program: Program, window: MainWindow, look: Look) -> None:
        super().__init__(window)
        self._program = program
        self._window = window
        self._look = look
        self._edge: tuple[float, float] | None = None
        self.choice = LabelChoice(program.session, program.labelling, self)
        self.files = LabelFilesDesk(program, window)
        window.toast.action_chosen.connect(lambda action: self.set_keys() if action == _KEYS.id else None)

    def draw(self, start: float, stop: float) -> None:
        """The label tool has drawn a label; where no class is known yet, its name is asked for."""
        mark = self.choice.current_class
        create = partial(self._labelling.create_label, self._shown, start, stop)
        if mark is not None:
            self._try(partial(create, mark.name))
        else:
            self._ask("Class of the label", "", (start + stop) / 2, create)

    def set_class_by_key(self, key: int) -> None:
        chosen = self._labelling.class_of_key(key)
        if chosen is not None:
            self.give_class(chosen.name)
        elif self._shown:
            words = f"No class has the key {key}: name one with Correct… (T)"
            self._window.toast.say(words, action=_KEYS if self._labelling.classes else None)

    def give_class(self, name: str) -> None:
        """Give a class to all signals that are chosen in the list, where those are several and nothing on the plot is
        meant instead; else as `set_class`."""
        signals, plots = self._window.signals, self._window.plots
        several = signals.selected_ids()
        on_plot = self.choice.ids or plots.labels.selected_times is not None
        if len(several) > 1 and (signals.list.hasFocus() or not on_plot):
            self._try(partial(self._label_signals, several, name))
            self.choice.use_class(name)
        else:
            self.set_class(name)

    def set_class(self, name: str) -> None:
        """Give a class to the chosen labels, else to the selected stretch, else to what the shown signal is called."""
        shown, stretch = self._shown, self._window.plots.labels.selected_times
        if self.choice.ids:
            self._try(partial(self._labelling.set_class, shown, self.choice.ids, name))
        elif stretch is not None:
            self._try(partial(self._labelling.label_stretch, shown, *stretch, name))
        elif shown:
            self._try(partial(self._label_signal, shown, name))
        self.choice.use_class(name)

    def correct(self) -> None:
        labels = self.choice.labels
        time = labels[0].start if labels else self._window.plots.visible_range.middle
        self._pop_up(self._class_menu(self._window, self.give_class), self._window.plots.labels.place(time))

    def open_class_menu(self, place: QPoint) -> None:
        """The classes with their keys, to be set on what is chosen of the signal that is shown."""
        self._pop_up(self.class_menu(self._window), place)

    def class_menu(self, parent: QWidget) -> QMenu:
        return self._class_menu(parent, self.set_class)

    def accept(self) -> None:
        ids = self.choice.to_accept
        if self._try(partial(self._labelling.accept, self._shown, ids)):
            self._say_done(f"{counted(len(ids), 'label')} accepted")
        else:
            self._window.toast.say("No label of a model waits here to be accepted")

    def accept_signal(self) -> None:
        """All that models say of the signal that is shown, whatever is chosen."""
        count = self._labelling.accept_all([self._shown])
        if count:
            self._say_done(f"{counted(count, 'label')} accepted")

    def accept_all_shown(self) -> None:
        count = self._labelling.accept_all(self._program.signals.shown_ids)
        if count:
            self._say_done(f"{counted(count, 'label')} accepted")
        else:
            self._window.toast.say("No label of a model waits to be accepted")

    def delete(self) -> None:
        count = len(self.choice.labels)
        if self._try(partial(self._labelling.delete, self._shown, self.choice.ids)):
            self._say_done(f"{counted(count, 'label')} deleted")

    def move(self, ids: Sequence[str], by: float) -> None:
        """Labels were dragged to another time."""
        self._try(partial(self._labelling.move, self._shown, ids, by))

    def resize(self, label_id: str, start: float, stop: float) -> None:
        """An end of a label was dragged."""
        self._try(partial(self._labelling.resize, self._shown, label_id, start, stop))

    def shift(self, steps: float) -> None:
        labels = self.choice.labels
        by = self._window.plots.labels.step_inside(
            self._step(steps), min(each.start for each in labels), max(each.stop for each in labels)
        )
        self.move(self.choice.ids, by)

    def stretch(self, edge: int, steps: float) -> None:
        label = self.choice.labels[0]
        ends = [label.start, label.stop]
        ends[edge] += self._window.plots.labels.step_inside(self._step(steps), ends[edge], ends[edge])
        if ends[0] < ends[1]:
            self.resize(label.id, *ends)

    def split(self) -> None:
        at = self._window.plots.labels.cursor_time
        if at is None:
            self._window.toast.say("Point at the place where the label is to be split")
        elif not self._try(partial(self._labelling.split, self._shown, at, self.choice.ids or None)):
            self._window.toast.say("No label lies under the cursor")

    def merge(self) -> None:
        self._try(partial(self._labelling.merge, self._shown, self.choice.ids))

    def rename(self) -> None:
        label = self.choice.labels[0]
        self._ask_of(label, "Name of the label", label.name, partial(self._labelling.rename, self._shown, label.id))

    def annotate(self) -> None:
        label = self.choice.labels[0]
        annotate = partial(self._labelling.annotate, self._shown, label.id)
        self._ask_of(label, "Note on the label", label.note, annotate, long=True)

    def rename_class(self) -> None:
        label = self.choice.labels[0]
        rename = partial(self._labelling.rename_class, label.class_name)
        self._ask_of(label, "New name of the class", label.class_name, rename)

    def set_keys(self) -> None:
        """Ask which classes have which keys."""
        # Loaded when it is first opened: it is no part of the start.
        from sigdesk.ui.window.class_keys_dialog import ClassKeysDialog

        dialog = ClassKeysDialog(self._look, self._labelling.classes, self._window)
        dialog.chosen.connect(self._labelling.set_keys)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def import_labels(self) -> None:
        self.files.import_labels()

    def export_labels(self) -> None:
        self.files.export_labels()

    def store_in_sigmf(self) -> None:
        self.files.store_in_sigmf()

    def choose_all(self) -> None:
        self.choice.choose_all()

    def step_label(self, step: int) -> None:
        labels, visible = self.choice.labels, self._window.plots.visible_range
        # With none chosen, the first one that begins in view, or the last one.
        before_view = visible.start - 1e-9 * visible.span if step > 0 else visible.stop
        after: Label | float = (labels[-1] if step > 0 else labels[0]) if labels else before_view
        found = self._labelling.next_label(self._shown, after, step)
        if found is None:
            self._window.toast.say("No more labels in this direction")
        else:
            self.show(found)

    def step_unsure(self, step: int) -> None:
        found_at = map(self._labelling.labels(self._shown).find, self.choice.ids)
        last = next((label for label in found_at if label is not None), None)
        found = self._labelling.next_unsure(self._shown, last, step)
        if found is None:
            self._window.toast.say("No other label is unsure")
            return
        signal_id, label = found
        self._window.show_page("Workspace")
        self._program.session.show(signal_id)
        self.show(label)

    def step_edge(self, step: int) -> None:
        plots = self._window.plots
        cursor = plots.labels.cursor_time
        time = plots.visible_range.middle if cursor is None else cursor
        if self._edge is not None and self._edge[0] == cursor:
            time = self._edge[1]  # the cursor stands on the sample beside that edge, and would find it again
        walk = self._labelling.next_edge if step > 0 else self._labelling.previous_edge
        found = walk(self._shown, time)
        if found is None:
            self._window.toast.say("No more label edges in this direction")
            return
        plots.labels.put_cursor(found)
        self._edge = None if plots.labels.cursor_time is None else (plots.labels.cursor_time, found)

    def show(self, label: Label) -> None:
        """Choose a label and bring it into view."""
        self.choice.choose([label.id])
        self._window.plots.labels.reveal(label.start, label.stop)

    def open(self, label_id: str) -> None:
        """Zoom to a label of the signal that is shown."""
        label = self._labelling.find(self._shown, label_id)
        if label is not None:
            room = 0.1 * (label.stop - label.start)
            self._window.plots.show_stretch(label.start - room, label.stop + room)

    def show_id(self, label_id: str) -> None:
        """The same for the id of a label of the signal that is shown."""
        label = self._labelling.find(self._shown, label_id)
        if label is not None:
            self.show(label)

    @property
    def _labelling(self) -> Labelling:
        return self._program.labelling

    @property
    def _shown(self) -> int:
        return self.choice.signal_id

    def _class_menu(self, parent: QWidget, choose: Callable[[str], None]) -> QMenu:
        name_new = partial(self._ask_for_class, choose)
        return class_menu(self._look, self._labelling.classes, choose, name_new, self.set_keys, parent)

    def _pop_up(self, menu: QMenu, place: QPoint) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _label_signals(self, signal_ids: Sequence[int], name: str) -> None:
        entries = filter(None, map(self._program.session.find, signal_ids))
        given = give_class(self._labelling, [(entry.id, entry.recording) for entry in entries], name)
        words = [f"{counted(given.signals, 'signal')} labelled {printable_name(name)}" if given.signals else ""]
        words += [f"{counted(given.left, 'signal')} with several labels left as they are" if given.left else ""]
        self._window.toast.say(", ".join(filter(None, words)), self._labelling.undo_text if given.is_new else "")

    def _label_signal(self, signal_id: int, name: str) -> None:
        """With nothing chosen: the one label that the signal has, or the one under the cursor; all of the signal, where
        it has none."""
        ones = meant(self._labelling.labels(signal_id))
        at = self._window.plots.labels.cursor_time
        if not ones:
            self._labelling.create_label(signal_id, *self._window.plots.labels.whole_range, name)
            return
        if len(ones) > 1 and at is not None:
            over = [each for each in self._labelling.labels(signal_id).at(at) if each.review is not Review.REJECTED]
            ones = sorted(over, key=lambda label: label.by_model)[:1]  # the operator's own before a model's
        if len(ones) == 1:
            self._labelling.set_class(signal_id, [ones[0].id], name)
        else:
            self._window.toast.say("Choose a label, or select a stretch on the plot")

    def _ask_for_class(self, then: Callable[[str], None]) -> None:
        labels, stretch = self.choice.labels, self._window.plots.labels.selected_times
        if labels:
            stretch = labels[0].start, labels[0].stop
        time = self._window.plots.visible_range.middle if stretch is None else sum(stretch) / 2
        self._ask("Name of the new class", "", time, partial(self._begin_class, then))

    def _begin_class(self, then: Callable[[str], None], name: str) -> None:
        """Where all keys are taken, a new class has none, and the operator is told how to give it one."""
        then(name)
        new = next((each for each in self._labelling.classes if each.name == clean_name(name)), None)
        if new is not None and new.key is None:
            self._window.toast.say(f"{printable_name(new.title)} has no key: all are taken", action=_KEYS)

    def _ask_of(
        self, label: Label, prompt: str, text: str, then: Callable[[str], object], *, long: bool = False
    ) -> None:
        self._ask(prompt, text, (label.start + label.stop) / 2, then, long=long)

    def _ask(self, prompt: str, text: str, time: float, then: Callable[[str], object], *, long: bool = False) -> None:
        field = self._window.plots.labels.ask(prompt, text, time, long=long)
        field.answered.connect(lambda answer: self._try(partial(then, answer)))

    def _try(self, act: Callable[[], object]) -> object:
        """Do it; what cannot be is said in the operator's words."""
        try:
            return act()
        except LabelError as error:
            self._window.toast.say(f"{error.what} {error.way_out}".strip())
            return None

    def _say_done(self, text: str) -> None:
        self._window.toast.say(text, self._labelling.undo_text)

    def _step(self, steps: float) -> float:
        return steps * _STEP_SHARE * self._window.plots.visible_range.span
