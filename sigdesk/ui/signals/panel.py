"""The Signals panel: open, sort, filter, and the list of what is on the desk."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPoint, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from sigdesk.app.rows import GroupRow
from sigdesk.app.signals_model import CHIPS, SORTS, SignalsModel
from sigdesk.ui.rows.empty import EmptyState
from sigdesk.ui.rows.menus import Entry, row_menu
from sigdesk.ui.rows.wording import counted
from sigdesk.ui.signals.list import SignalList
from sigdesk.ui.signals.thumbnails import ThumbnailStore
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.filter_chips import FilterChips
from sigdesk.ui.widgets.icon_button import IconButton
from sigdesk.ui.widgets.labels import ElidedLabel, label
from sigdesk.ui.widgets.search_field import SearchField

_NOTHING: Final = {
    "To check": "Nothing to check. No label is unsure.",
    "Queued": "Nothing waits or runs.",
    "Failed": "No signal failed.",
}


class SignalsPanel(QFrame):
    """284 px wide, 240 at least."""

    open_requested = Signal()
    sort_chosen = Signal(str)
    reverse_chosen = Signal()
    fold_all_requested = Signal(bool)
    filter_text_changed = Signal(str)
    filter_chip_chosen = Signal(str)
    group_toggled = Signal(str)
    current_changed = Signal(int)
    selection_changed = Signal(tuple)
    remove_requested = Signal(tuple)
    classify_requested = Signal(tuple)
    table_requested = Signal(int)
    contents_requested = Signal(int)
    reload_requested = Signal(tuple)
    reveal_requested = Signal(int)
    paths_dropped = Signal(list)
    show_all_requested = Signal()
    """Some signals are shown alone, and all others are to be seen again."""

    def __init__(self, look: Look, thumbnails: ThumbnailStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setProperty("role", "panel")
        self.setAccessibleName("Signals")
        self.setMinimumWidth(240)
        self.list = SignalList(look, thumbnails)
        self._open = ActionButton(look, "Open", "folder-open", "Ctrl+O")
        self._sort = IconButton(look, "Sort", "sort-ascending")
        self._sort_menu = self._make_sort_menu()
        self._filter = SearchField(look, "Filter by name, label or state", "Ctrl+F")
        self._chips = FilterChips(look, CHIPS, "Show signals")
        self._subset = ElidedLabel("", "strong")
        self._subset_row = QWidget()
        self._all = ActionButton(look, "Show all", kind="link")
        self._empty = EmptyState(look, "", "", "Clear filter")
        self._pages = QStackedWidget()
        self._lay_out()
        self._connect()

    def set_model(self, model: SignalsModel) -> None:
        """Show the signals of a session."""
        self.list.set_model(model)
        model.modelReset.connect(self._show_or_say)
        model.rowsInserted.connect(self._show_or_say)
        self._show_or_say()

    def set_counts(self, counts: dict[str, int]) -> None:
        """How many signals each chip holds."""
        self._chips.set_counts(counts)

    def selected_ids(self) -> tuple[int, ...]:
        """The signals that are selected."""
        return self.list.selected_ids()

    def show_current(self, index: QModelIndex) -> None:
        """Mark a row as the signal that is shown, and bring it into view."""
        self.list.show_row(index)

    def say_subset(self, title: str) -> None:
        """Say which signals are shown alone; "" where all are."""
        self._subset.set_text(title)
        self._subset_row.setVisible(bool(title))

    def focus_filter(self) -> None:
        """Put the keyboard into the filter field."""
        self._filter.setFocus()
        self._filter.selectAll()

    def clear_filter(self) -> None:
        """Show everything again."""
        if not self._subset_row.isHidden():
            self.show_all_requested.emit()
        self._filter.clear()
        if self._chips.current != "All":
            self._chips.choose("All")
            self.filter_chip_chosen.emit("All")

    def _lay_out(self) -> None:
        head = QFrame()
        head.setProperty("role", "panel")
        head.setFixedHeight(40)
        row = QHBoxLayout(head)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(label("Signals", "title"))
        row.addStretch(1)
        row.addWidget(self._open)
        row.addWidget(self._sort)
        field = QHBoxLayout()
        field.setContentsMargins(12, 0, 12, 7)
        field.addWidget(self._filter)
        chips = QHBoxLayout()
        chips.setContentsMargins(8, 0, 8, 5)
        chips.addWidget(self._chips)
        chips.addStretch(1)
        subset = QHBoxLayout(self._subset_row)
        subset.setContentsMargins(12, 0, 8, 4)
        subset.addWidget(self._subset, 1)
        subset.addWidget(self._all)
        self._subset_row.hide()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addLayout(field)
        column.addLayout(chips)
        column.addWidget(self._subset_row)
        column.addWidget(self._pages, 1)

    def _connect(self) -> None:
        self._open.clicked.connect(self.open_requested)
        self._sort.clicked.connect(self._on_sort_clicked)
        self._filter.textChanged.connect(self.filter_text_changed)
        self._filter.left.connect(self.list.setFocus)
        self._chips.chosen.connect(self.filter_chip_chosen)
        self._all.clicked.connect(self.show_all_requested)
        self._empty.acted.connect(self._on_empty_acted)
        self.list.current_changed.connect(self.current_changed)
        self.list.selection_changed.connect(self.selection_changed)
        self.list.remove_requested.connect(self.remove_requested)
        self.list.group_toggled.connect(self.group_toggled)
        self.list.paths_dropped.connect(self.paths_dropped)
        self.list.menu_wanted.connect(self._on_menu_wanted)

    def _make_sort_menu(self) -> QMenu:
        menu = QMenu(self)
        group = self._orders = QActionGroup(menu)
        for order in SORTS:
            action = menu.addAction(order)
            action.setCheckable(True)
            action.setChecked(order == SORTS[0])
            action.triggered.connect(lambda _=False, order=order: self.sort_chosen.emit(order))
            group.addAction(action)
        menu.addSeparator()
        self._reverse = menu.addAction("Reversed")
        self._reverse.setCheckable(True)
        self._reverse.triggered.connect(self.reverse_chosen)
        return menu

    def show_order(self, order: str, reverse: bool) -> None:
        """In which order the list stands."""
        for action in self._orders.actions():
            action.setChecked(action.text() == order)
        self._reverse.setChecked(reverse)
        self._sort.explain(f"Sort (now by {order.lower()}{', reversed' if reverse else ''})")

    def _on_sort_clicked(self) -> None:
        self._sort_menu.popup(self._sort.mapToGlobal(self._sort.rect().bottomLeft()))

    def _on_menu_wanted(self, place: QPoint) -> None:
        group = self.list.group_at(place)
        if group is not None:
            row_menu(self._look, self._group_entries(group), self).popup(self.list.viewport().mapToGlobal(place))
            return
        chosen = self.selected_ids()
        if not chosen:
            return
        noun = counted(len(chosen), "signal")
        single = len(chosen) == 1
        row = self.list.row_of(chosen[0])
        no_table = "" if single and row is not None and row.table else "Choose one table of text (CSV, TSV, TXT)"
        entries = (
            Entry(f"Classify {noun}", "play", lambda: self.classify_requested.emit(chosen)),
            None,
            Entry("How this table was read…", "table", lambda: self.table_requested.emit(chosen[0]), no_table),
            Entry(
                "What of this file is open…",
                "tree-structure",
                lambda: self.contents_requested.emit(chosen[0]),
                "" if single and row is not None and row.arrays else "Choose one signal of a file of several arrays",
            ),
            Entry("Read again from the disk", "arrow-clockwise", lambda: self.reload_requested.emit(chosen)),
            Entry(
                "Show in the file manager",
                "folder",
                lambda: self.reveal_requested.emit(chosen[0]),
                "" if single else "Choose one signal",
            ),
            None,
            Entry(f"Remove {noun} from the list", "x", lambda: self.remove_requested.emit(chosen)),
        )
        row_menu(self._look, entries, self).popup(self.list.viewport().mapToGlobal(place))

    def _group_entries(self, group: GroupRow) -> list[Entry | None]:
        """What can be done with a group, folded or not."""
        ids = self.list.ids_of_group(group.name)
        noun = counted(len(ids), "signal")
        return [
            Entry(f"Classify {noun}", "play", lambda: self.classify_requested.emit(ids)),
            None,
            Entry("Read again from the disk", "arrow-clockwise", lambda: self.reload_requested.emit(ids)),
            Entry("Show in the file manager", "folder", lambda: self.reveal_requested.emit(ids[0])),
            None,
            Entry("Fold all groups", "caret-right", lambda: self.fold_all_requested.emit(True)),
            Entry("Unfold all groups", "caret-down", lambda: self.fold_all_requested.emit(False)),
            None,
            Entry(f"Remove {noun} from the list", "x", lambda: self.remove_requested.emit(ids)),
        ]

    def _on_empty_acted(self) -> None:
        if self._filters():
            self.clear_filter()
        else:
            self.open_requested.emit()

    def _filters(self) -> bool:
        return bool(self._filter.text()) or self._chips.current != CHIPS[0]

    def _show_or_say(self, *_: object) -> None:
        if self.list.model().rowCount():
            self._pages.setCurrentWidget(self.list)
            return
        text = self._filter.text().strip()
        if text:
            self._empty.say(f'No signal matches "{text}".', "", "Clear filter")
        elif self._filters():
            self._empty.say(_NOTHING[self._chips.current], "", "Show all signals")
        else:
            self._empty.say("No signals are open.", "Drop files or a folder here, or press Ctrl O.", "Open files…")
        self._pages.setCurrentWidget(self._empty)
