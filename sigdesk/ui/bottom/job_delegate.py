"""Paints the cells of the Jobs table: state with icon, word, bar or label, and the two actions of a row."""

from __future__ import annotations

import enum
from collections.abc import Hashable
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from sigdesk.app.jobs_model import seconds_text
from sigdesk.app.rows import ROW, JobRow
from sigdesk.pool.jobs import JobState
from sigdesk.ui.rows.columns import Column
from sigdesk.ui.rows.ink import MARGIN, Face
from sigdesk.ui.rows.states import JOB_STATES
from sigdesk.ui.rows.table import CellDelegate, RowTable, text_box
from sigdesk.ui.rows.wording import in_line, percent, visible
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.bars import PROGRESS

COLUMNS: Final = (
    Column(52, 52),
    Column(148, 116, 3, elide=Qt.TextElideMode.ElideMiddle),
    Column(160, 112, 2, goes=3),
    Column(196, 176, 3),
    Column(72, 64, goes=2),
    Column(60, 60, right=True, goes=1),
    Column(60, 60, right=True),
    Column(104, 76),
)
"""Job, Signal, Model, State, Worker, Queued, Ran, and the actions."""

_JOB, _SIGNAL, _MODEL, _STATE, _WORKER, _QUEUED, _RAN, ACTIONS = range(8)
_TARGET = 24
_ACTIONS_LEFT = 28
_WORD_LEFT = 18
_BAR_LEFT = 80
_GAP = 8


class Action(enum.Enum):
    """What can be clicked in a row: cancel a job or run it again, and its menu."""

    CANCEL = "Cancel job"
    RETRY = "Retry job"
    MENU = "More"


class JobDelegate(CellDelegate):
    """One delegate for all columns; the plain ones show the model's text."""

    def __init__(self, look: Look, table: RowTable) -> None:
        super().__init__(look, table)
        self.hot: tuple[int, Action] | None = None

    def shows(self, column: int, number: int, row: object) -> Hashable | None:
        if not isinstance(row, JobRow) or column in (_JOB, _SIGNAL):
            return None
        if column == ACTIONS:
            return None if self.hot is not None and self.hot[0] == number else row.can_cancel
        if column == _MODEL:
            return row.model, row.version
        if column == _WORKER:
            return row.worker or 0
        if not row.state.ended:
            return None  # its times go on, and so does its place in the line
        if column == _STATE:
            share = "" if row.confidence is None else percent(row.confidence)
            return row.state, row.result_text, row.mark and row.mark.title, share, row.unsure, row.cause
        return seconds_text(row.queued_s if column == _QUEUED else row.run_s)

    def paint_cell(self, painter: QPainter, rect: QRect, index: QModelIndex, row: object) -> None:
        if not isinstance(row, JobRow):
            return
        column = index.column()
        if column == _STATE:
            # The place in the line is worked out for this column alone.
            self._paint_state(painter, text_box(rect, COLUMNS[_STATE]), index.model().data(index, ROW))
        elif column == ACTIONS:
            self._paint_actions(painter, rect, index.row(), row)
        elif column == _MODEL:
            self._paint_model(painter, text_box(rect, COLUMNS[_MODEL]), row)
        elif column == _SIGNAL:
            self.plain(painter, rect, index, Face.SMALL_MEDIUM, "text")
        else:
            self.plain(painter, rect, index, Face.SMALL, "muted" if column == _JOB else "text_2")

    def tip(self, place: QPoint, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> str:
        row = index.data(ROW)
        if not isinstance(row, JobRow):
            return ""
        if index.column() == ACTIONS:
            action = action_at(row, rect, place)
            return action.value if action else ""
        return about(row)

    def _paint_model(self, painter: QPainter, box: QRectF, row: JobRow) -> None:
        version_room = self.ink.width(row.version, Face.SMALL) + 4
        title = QRectF(box)
        title.setRight(box.right() - version_room)
        used = self.ink.text(painter, title, visible(row.model), Face.SMALL, "text_2")
        box.setLeft(box.left() + used + 4)
        self.ink.text(painter, box, row.version, Face.SMALL, "muted")

    def _paint_state(self, painter: QPainter, box: QRectF, row: JobRow) -> None:
        ink, look = self.ink, JOB_STATES[row.state]
        middle = box.center().y()
        ink.icon(painter, box.left(), middle, look.icon, look.token)
        left = box.left()
        box.setLeft(left + _WORD_LEFT)
        quiet = look.token == "muted"
        used = ink.text(painter, box, look.word, Face.SMALL if quiet else Face.SMALL_MEDIUM, look.token)
        if row.state is JobState.RUNNING:
            if row.progress is not None:
                self._paint_progress(painter, left, box, row.progress)
            return
        box.setLeft(box.left() + used + _GAP)
        self._paint_rest(painter, box, row)

    def _paint_progress(self, painter: QPainter, left: float, box: QRectF, progress: float) -> None:
        self.ink.progress(painter, left + _BAR_LEFT, box.center().y(), progress)
        box.setLeft(left + _BAR_LEFT + PROGRESS.width())
        self.ink.text(painter, box, percent(progress), Face.SMALL, "muted", right=True)

    def _paint_rest(self, painter: QPainter, box: QRectF, row: JobRow) -> None:
        """What stands beside the word: the place in line, the label and how sure it is, or the cause in two words."""
        ink = self.ink
        if row.state is JobState.QUEUED:
            ink.text(painter, box, "" if row.place is None else in_line(row.place), Face.SMALL, "muted")
        elif row.state is JobState.SUCCEEDED:
            share = "" if row.confidence is None else percent(row.confidence)
            title = QRectF(box)
            title.setRight(box.right() - (ink.width(share, Face.SMALL_MEDIUM) + 4 if share else 0))
            text = row.result_text or (row.mark.title if row.mark else "")
            box.setLeft(box.left() + ink.text(painter, title, visible(text), Face.SMALL, "muted") + 4)
            face, token = (Face.SMALL_MEDIUM, "warn") if row.unsure else (Face.SMALL, "muted")
            ink.text(painter, box, share, face, token)
        else:
            ink.text(painter, box, visible(row.cause), Face.SMALL, "text_2")

    def _paint_actions(self, painter: QPainter, rect: QRect, number: int, row: JobRow) -> None:
        for action, target in targets(row, rect):
            if self.hot == (number, action):
                painter.save()
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self.ink.colour("selected"))
                painter.drawRoundedRect(target, 4, 4)
                painter.restore()
            name = {Action.CANCEL: "x", Action.RETRY: "arrow-clockwise", Action.MENU: "dots-three"}[action]
            self.ink.icon(painter, target.left() + 5, target.top() + _TARGET / 2, name, "text_2")


def targets(row: JobRow, cell: QRect) -> list[tuple[Action, QRect]]:
    """What can be clicked in the last cell of a row, and where."""
    top = cell.top() + (cell.height() - _TARGET) // 2
    first = QRect(cell.left() + min(_ACTIONS_LEFT, max(MARGIN, cell.width() - 3 * _TARGET)), top, _TARGET, _TARGET)
    what = Action.CANCEL if row.can_cancel else Action.RETRY
    return [(what, first), (Action.MENU, first.translated(_TARGET, 0))]


def action_at(row: object, cell: QRect, place: QPoint) -> Action | None:
    """The action under the mouse in the last cell of a row."""
    if not isinstance(row, JobRow):
        return None
    return next((action for action, target in targets(row, cell) if target.contains(place)), None)


def about(row: JobRow) -> str:
    """What the tooltip of a job says: its full id, what it is, and its warnings."""
    lines = [f"Job {row.number} · {JOB_STATES[row.state].word}", f"{row.signal} · {row.model} {row.version}"]
    return "\n".join([*lines, *row.warnings, row.id])
