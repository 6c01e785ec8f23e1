"""Paints the rows of the Signals list: a head for each group, and a signal with thumbnail, state and size."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from sigdesk.app.rows import ROW, GroupRow, SignalRow, SignalState
from sigdesk.ui.rows.cell_pictures import CellPictures
from sigdesk.ui.rows.ink import MARGIN, SWATCH, Face, Ink
from sigdesk.ui.rows.states import SIGNAL_STATES
from sigdesk.ui.rows.wording import counted, percent, plain_tooltip, visible
from sigdesk.ui.signals.thumbnails import THUMBNAIL, ThumbnailStore
from sigdesk.ui.theme.look import Look
from sigdesk.ui.theme.sharpness import pixels_per_unit

GROUP_HEIGHT: Final = 28
SIGNAL_HEIGHT: Final = 48

_TEXT_LEFT = MARGIN + THUMBNAIL.width() + 8
_NAME_MIDDLE = 15
_STATE_MIDDLE = 33
_GAP = 4
_PERSON = 12
_LINE: Final = 20
_ROWS: Final = 48
"""Pictures of rows, each of some 55 kB on a plain screen: twice as many as are in view."""
_LABELLED = (SignalState.CLASSIFIED, SignalState.UNSURE)
_OWN_STATES = (*_LABELLED, SignalState.NOT_CLASSIFIED, SignalState.CANCELLED)
"""Where the operator's label stands in place of the state; what runs or has failed is told first."""

MIDDLE = Qt.TextElideMode.ElideMiddle
"""Names of one series differ at their end."""


class SignalDelegate(QStyledItemDelegate):
    """For rows of two heights: 28 px for a GroupRow, 48 px for a SignalRow."""

    def __init__(self, look: Look, thumbnails: ThumbnailStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ink = Ink(look)
        self._lasting = CellPictures(look, _ROWS)
        self._states = CellPictures(look)
        self._thumbnails = thumbnails

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        if event.type() != QEvent.Type.ToolTip:
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), plain_tooltip(str(index.data(Qt.ItemDataRole.ToolTipRole) or "")), view)
        return True

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = index.model().data(index, ROW)
        if isinstance(row, GroupRow):
            self._paint_group(painter, option, row)
        elif isinstance(row, SignalRow):
            self._paint_signal(painter, option, row)
        if option.state & QStyle.StateFlag.State_HasFocus:
            self._ink.focus_ring(painter, option.rect)

    def _paint_group(self, painter: QPainter, option: QStyleOptionViewItem, row: GroupRow) -> None:
        ink, rect = self._ink, QRect(option.rect)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.fillRect(rect, ink.colour("hover" if hovered else "sunken"))
        for edge in (rect.top(), rect.bottom()):
            painter.fillRect(QRect(rect.left(), edge, rect.width(), 1), ink.colour("border"))
        middle = rect.top() + rect.height() / 2
        ink.icon(painter, rect.left() + MARGIN, middle, "caret-right" if row.collapsed else "caret-down", "text_2", 12)
        count = counted(row.count, "signal")
        count_left = rect.right() + 1 - MARGIN - ink.width(count, Face.CAPTION)
        right = QRectF(count_left, rect.top(), rect.right() + 1 - MARGIN - count_left, rect.height())
        ink.text(painter, right, count, Face.CAPTION, "muted", right=True)
        name_left = rect.left() + MARGIN + 16
        name = QRectF(name_left, rect.top(), count_left - 8 - name_left, rect.height())
        ink.text(painter, name, row.name, Face.CAPTION_BOLD, "text_2")

    def _paint_signal(self, painter: QPainter, option: QStyleOptionViewItem, row: SignalRow) -> None:
        rect = QRect(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        thumbnail = self._thumbnails.pixmap(row.id, pixels_per_unit(painter))
        for pictures in (self._lasting, self._states):
            pictures.suit(painter)
        lasting = partial(self._paint_lasting, row, thumbnail, selected, hovered)
        ground = rect.width(), selected, hovered
        self._lasting.paint(painter, (row.id, row.name, row.duration, thumbnail.cacheKey(), *ground), rect, lasting)
        numbers = [None if number is None else percent(number) for number in (row.progress, row.confidence)]
        shows = row.detail, row.state, row.mark, row.by_you, row.cause, *numbers, *ground
        left, right = rect.left() + _TEXT_LEFT - _GAP, rect.right() + 1 - MARGIN
        box = QRect(left, rect.top() + _STATE_MIDDLE - _LINE // 2, right - left, _LINE)
        self._states.paint(painter, shows, box, partial(self._paint_changing, row, selected, hovered))

    def _paint_lasting(
        self, row: SignalRow, thumbnail: QPixmap, selected: bool, hovered: bool, painter: QPainter, rect: QRect
    ) -> None:
        """What stays as it is while a signal's jobs wait, run and end: the row's ground, thumbnail, name and length."""
        ink = self._ink
        ink.ground(painter, rect, "surface", selected=selected, hovered=hovered, bar=True)
        top = rect.top() + (rect.height() - THUMBNAIL.height()) // 2
        painter.drawPixmap(rect.left() + MARGIN, top, thumbnail)
        name = QRectF(rect.left() + _TEXT_LEFT, rect.top() + _NAME_MIDDLE - _LINE / 2, 0, _LINE)
        name.setRight(rect.right() + 1 - MARGIN)
        name.setRight(name.right() - self._at_right(painter, name, row.duration))
        ink.text(painter, name, row.name, Face.SMALL_MEDIUM, "text", elide=MIDDLE)

    def _paint_changing(self, row: SignalRow, selected: bool, hovered: bool, painter: QPainter, box: QRect) -> None:
        """The second line, which looks the same for all that wait or run."""
        self._ink.ground(painter, box, "surface", selected=selected, hovered=hovered)
        line = QRectF(box.adjusted(_GAP, 0, 0, 0))
        line.setRight(line.right() - self._at_right(painter, line, row.detail))
        self._paint_state(painter, line, row)

    def _at_right(self, painter: QPainter, line: QRectF, text: str) -> float:
        """Caption at the right end of a line; returns what it took, with a gap."""
        if not text:
            return 0.0
        # The left text may always keep half of the line: a name says more than a size.
        space = QRectF(line)
        space.setLeft(line.left() + line.width() / 2)
        return self._ink.text(painter, space, text, Face.CAPTION, "muted", right=True) + 8

    def _paint_state(self, painter: QPainter, line: QRectF, row: SignalRow) -> None:
        if row.mark is not None and row.state in (_OWN_STATES if row.by_you else _LABELLED):
            self._paint_label(painter, line, row)
            return
        ink, look = self._ink, SIGNAL_STATES[row.state]
        ink.icon(painter, line.left() - 1, line.center().y(), look.icon, look.token, 12)
        line.setLeft(line.left() + SWATCH + _GAP)
        word = look.word
        if row.state is SignalState.RUNNING and row.progress is not None:
            word = f"{word} {percent(row.progress)}"
        strong = row.state in (SignalState.RUNNING, SignalState.FAILED)
        line.setLeft(line.left() + ink.text(painter, line, word, _weight(strong), look.token) + _GAP)
        # A cause of which there is no room for the whole says nothing; the tooltip has it.
        cause = visible(row.cause)
        if ink.width(cause, Face.CAPTION) <= line.width():
            ink.text(painter, line, cause, Face.CAPTION, "muted")

    def _paint_label(self, painter: QPainter, line: QRectF, row: SignalRow) -> None:
        assert row.mark is not None
        ink, unsure = self._ink, row.state is SignalState.UNSURE and not row.by_you
        ink.swatch(painter, line.left(), line.center().y(), row.mark)
        line.setLeft(line.left() + SWATCH + _GAP)
        word = "You" if row.by_you else "" if row.confidence is None else percent(row.confidence)
        face = _weight(unsure or row.by_you)
        icon = _PERSON + _GAP if row.by_you else 0.0
        room = icon + ink.width(word, face) + _GAP if word else 0.0
        title = QRectF(line)
        title.setRight(line.right() - room)
        line.setLeft(line.left() + ink.text(painter, title, visible(row.mark.title), Face.CAPTION, "text_2") + _GAP)
        if row.by_you:
            ink.icon(painter, line.left(), line.center().y(), "user-fill", "accent_text", _PERSON)
            line.setLeft(line.left() + icon)
        ink.text(painter, line, word, face, "accent_text" if row.by_you else "warn" if unsure else "muted")


def _weight(strong: bool) -> Face:
    return Face.CAPTION_MEDIUM if strong else Face.CAPTION
