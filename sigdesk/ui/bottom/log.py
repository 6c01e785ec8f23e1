"""The Log tab: lines as they come, in a fixed-width font, following the end until the operator looks back."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QMenu,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from sigdesk.app.log_model import LogModel
from sigdesk.app.rows import ROW, LogRow
from sigdesk.ui.bottom.failure_card import FailureCard
from sigdesk.ui.rows.empty import EmptyState
from sigdesk.ui.rows.ink import MARGIN, Face, Ink
from sigdesk.ui.rows.menus import Entry, row_menu
from sigdesk.ui.rows.wording import counted, plain_tooltip, visible
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.labels import label

ROW_HEIGHT: Final = 20
_TOKENS: Final = {"LOG": "text_2", "WARN": "warn", "ERROR": "error", "OUT": "muted", "JOB": "muted"}
_TEXT_TOKENS: Final = {**_TOKENS, "LOG": "text"}
_WIDE: Final = (0, 104, 160, 184)
_NARROW: Final = (0, 76, 124, 124)
"""Where clock, level, worker and text begin."""
_NOTHING: Final = ("Nothing was said yet.", "What scripts say while they run appears here, live.")
_NO_MATCH: Final = ("No line matches.", "Other levels or another text show more.")
_ERROR_GROUND: Final = 26
"""10 % of 255, as the tokens want the ground of an error."""


class LogDelegate(QStyledItemDelegate):
    """Paints a line: clock, level, worker, text. A narrow one has no room for workers and thousandths of a second."""

    def __init__(self, look: Look, parent: QWidget, *, narrow: bool = False) -> None:
        super().__init__(parent)
        self._ink = Ink(look)
        self._places = _NARROW if narrow else _WIDE

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = index.data(ROW)
        if not isinstance(row, LogRow):
            return
        rect = QRect(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(rect, self._ink.colour("selected" if selected else "sunken"))
        if row.word == "ERROR":
            ground = QColor(self._ink.colour("error"))
            ground.setAlpha(_ERROR_GROUND)
            painter.fillRect(rect, ground)
        worker = f"w{row.worker}" if row.worker else ""
        at_clock, at_word, at_worker, at_text = self._places
        for left, room, text, token in (
            (at_clock, at_word, row.clock, "muted"),
            (at_word, at_worker - at_word, row.word, _TOKENS[row.word]),
            (at_worker, at_text - at_worker, worker, "muted"),
            (at_text, self._text_room(rect), visible(row.text), _TEXT_TOKENS[row.word]),
        ):
            box = QRectF(rect.left() + MARGIN + left, rect.top(), room, rect.height())
            self._ink.text(painter, box, text, Face.MONO, token)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """A line that is cut off at the right is whole in its tooltip."""
        row = index.data(ROW)
        if event.type() != QEvent.Type.ToolTip or not isinstance(row, LogRow):
            return super().helpEvent(event, view, option, index)
        cut = self._ink.width(visible(row.text), Face.MONO) > self._text_room(QRect(option.rect))
        QToolTip.showText(event.globalPos(), plain_tooltip(row.text) if cut else "", view)
        return True

    def _text_room(self, rect: QRect) -> int:
        """Pixels for the text of a line."""
        return rect.width() - self._places[-1] - 2 * MARGIN


class LogList(QListView):
    """Follows new lines while it stands at the end; `follow_changed` says when that begins or ends."""

    follow_changed = Signal(bool)
    copy_requested = Signal(str)
    job_wanted = Signal(str)
    """The job whose lines alone are to be shown, "" for all jobs."""
    details_requested = Signal(str)
    save_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None, *, narrow: bool = False) -> None:
        super().__init__(parent)
        self._look = look
        self._follows = True
        self._moving = False
        self.setObjectName("log")
        self.setProperty("role", "sunken")
        self.setProperty("ringed", True)
        self.setAccessibleName("Log")
        self.setItemDelegate(LogDelegate(look, self, narrow=narrow))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu_wanted)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)
        look.changed.connect(self.viewport().update)

    @property
    def follows(self) -> bool:
        return self._follows

    def set_follow(self, follow: bool) -> None:
        """Follow new lines, or stay where the operator looks."""
        if follow:
            self._to_end()
        if follow != self._follows:
            self._follows = follow
            self.follow_changed.emit(follow)

    def selected_text(self) -> str:
        """The selected lines as they are shown, all lines when none is selected."""
        indexes = sorted(self.selectedIndexes(), key=lambda index: index.row())
        return "\n".join(str(index.data()) for index in indexes) or self.all_text()

    def all_text(self) -> str:
        """All lines as they are shown."""
        model = self.model()
        return "\n".join(str(model.index(place, 0).data()) for place in range(model.rowCount()))

    def rowsAboutToBeRemoved(self, parent: QModelIndex | QPersistentModelIndex, first: int, last: int) -> None:
        """The oldest lines go: whoever looks back keeps the same lines before the eyes."""
        super().rowsAboutToBeRemoved(parent, first, last)
        if not self._follows and first == 0:
            bar = self.verticalScrollBar()
            self._move_to(max(0, bar.value() - (last + 1) * ROW_HEIGHT))

    def keyboardSearch(self, search: str) -> None:
        """Nothing: digits are labels."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit(self.selected_text())
        else:
            super().keyPressEvent(event)

    def menu(self, row: LogRow | None) -> QMenu:
        """What can be done with a line, and with all of them."""
        job_id = row.job_id if row is not None else ""
        whose = "" if job_id else "The line is of no job"
        entries = (
            Entry("Only this job", "terminal-window", lambda: self.job_wanted.emit(job_id), whose),
            Entry("All jobs", "list-dashes", lambda: self.job_wanted.emit("")),
            Entry("Job details…", "info", lambda: self.details_requested.emit(job_id), whose),
            None,
            Entry("Copy", "copy", lambda: self.copy_requested.emit(self.selected_text())),
            Entry("Save log…", "download-simple", self.save_wanted.emit),
            Entry("Stay here" if self._follows else "Follow new lines", "arrow-line-down", self._on_follow_wanted),
        )
        return row_menu(self._look, entries, self)

    def _on_menu_wanted(self, place: QPoint) -> None:
        """Over the line under the mouse; by the keyboard, over the line that is current."""
        index = self.indexAt(place)
        row = (index if index.isValid() else self.currentIndex()).data(ROW)
        self.menu(row if isinstance(row, LogRow) else None).popup(self.viewport().mapToGlobal(place))

    def _on_follow_wanted(self) -> None:
        self.set_follow(not self._follows)

    def _to_end(self) -> None:
        self._move_to(self.verticalScrollBar().maximum())

    def _move_to(self, value: int) -> None:
        """Scroll without taking it for the operator's hand."""
        self._moving = True
        self.verticalScrollBar().setValue(value)
        self._moving = False

    def _on_scrolled(self, value: int) -> None:
        if not self._moving:
            self.set_follow(value >= self.verticalScrollBar().maximum())

    def _on_range_changed(self) -> None:
        if self._follows:
            self._to_end()


class LogTab(QFrame):
    """The list, above it the card of a failed job, and a word where there is nothing."""

    retry_requested = Signal(tuple)
    copy_requested = Signal(str)
    follow_changed = Signal(bool)
    lines_changed = Signal(bool)
    """Whether there are lines to show."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "sunken")
        self.card = FailureCard(look)
        self.list = LogList(look)
        self._empty = EmptyState(look, *_NOTHING)
        self._cut = label("", "caption")
        self._cut.setContentsMargins(MARGIN, 0, MARGIN, 0)
        self._cut.setFixedHeight(ROW_HEIGHT)
        self._cut.hide()
        self._model: LogModel | None = None
        self._pages = QStackedLayout()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.card)
        column.addWidget(self._cut)
        column.addLayout(self._pages, 1)
        self.card.retry_requested.connect(lambda job_id: self.retry_requested.emit((job_id,)))
        self.card.show_output_requested.connect(self.list.setFocus)
        self.list.copy_requested.connect(self.copy_requested)
        self.list.follow_changed.connect(self.follow_changed)

    def set_model(self, model: LogModel) -> None:
        """Show the lines of a log."""
        self._model = model
        self.list.setModel(model)
        model.rowsInserted.connect(self._on_rows_changed)
        model.modelReset.connect(self._on_rows_changed)
        model.counts_changed.connect(self._on_counts_changed)
        self._on_rows_changed()

    def _on_counts_changed(self) -> None:
        """Where no line is shown, say whether there are some that are filtered away."""
        if self._model is not None and not self._model.rowCount():
            self._empty.say(*(_NO_MATCH if self._model.has_lines else _NOTHING))

    def _on_rows_changed(self) -> None:
        assert self._model is not None
        some = self._model.rowCount() > 0
        if self._pages.currentIndex() != int(some):
            self._pages.setCurrentIndex(int(some))
            self.lines_changed.emit(some)
        self._on_counts_changed()
        dropped = self._model.dropped
        self._cut.setVisible(dropped > 0)
        self._cut.setText(f"{counted(dropped, 'line')} not kept")
