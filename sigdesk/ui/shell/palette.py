"""Ctrl K: one field that finds a signal, a page or an action by a few letters, and goes there or runs it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.keys import HEIGHT, hint_size, key_words, paint_hint
from sigdesk.ui.widgets.labels import label
from sigdesk.ui.widgets.search_field import SearchField

_WIDTH = 560
_ROW = 32
_ROWS_SHOWN = 12
MOST_FOUND = 200
"""More than this nobody reads; a longer filter finds the rest."""

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()


class PaletteRow(Struct, frozen=True):
    """What can be chosen. `subtitle` says what it is, `key` is its shortcut, `payload` comes back when it is chosen."""

    title: str
    subtitle: str = ""
    key: str = ""
    payload: object = None
    icon: str = ""


def find_rows(rows: Sequence[PaletteRow], words: str) -> list[PaletteRow]:
    """The rows that hold every word, those first whose title begins with the first one, then as they were given."""
    wanted = words.casefold().split()
    if not wanted:
        return list(rows[:MOST_FOUND])
    found: list[tuple[int, int, PaletteRow]] = []
    for place, row in enumerate(rows):
        title = row.title.casefold()
        text = f"{title} {row.subtitle.casefold()}"
        if all(word in text for word in wanted):
            at_word = f" {wanted[0]}" in f" {title}"
            rank = 0 if title.startswith(wanted[0]) else 1 if at_word else 2
            found.append((rank, place, row))
    found.sort(key=lambda entry: entry[:2])
    return [row for _, _, row in found[:MOST_FOUND]]


class Palette(QFrame):
    """A popup. Typing filters, Up and Down (PgUp, PgDn) move, Enter or a click chooses, Esc closes."""

    chosen = Signal(object)
    """The payload of the chosen row; the palette is closed by then."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setProperty("role", "palette")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Go to or run")
        self._rows: Sequence[PaletteRow] = ()
        self._field = SearchField(look, "Go to or run…")
        self._model = _Rows(self)
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setItemDelegate(_RowDelegate(look, self._list))
        self._list.setUniformItemSizes(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setMouseTracking(True)
        self._list.setAccessibleName("Found")
        self._list.clicked.connect(self._choose)
        self._nothing = label("", "muted")
        self._nothing.setContentsMargins(12, 4, 12, 8)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(9, 9, 9, 9)
        column.setSpacing(8)
        for widget in (self._field, self._list, self._nothing):
            column.addWidget(widget)
        self._field.textChanged.connect(self._on_field_text_changed)
        self._field.installEventFilter(self)

    @property
    def shown(self) -> list[PaletteRow]:
        """The rows that match what was typed, best first."""
        return list(self._model.rows)

    def open_with(self, rows: Sequence[PaletteRow], below: QPoint | None = None) -> None:
        """Show these rows, with an empty field. `below` is the global top centre; the parent's top when None."""
        self._rows = rows
        self._field.clear()
        self._on_field_text_changed("")
        if below is None:
            parent = self.parentWidget()
            below = (
                parent.mapToGlobal(QPoint(parent.width() // 2, 48)) if parent is not None else QPoint(_WIDTH // 2, 0)
            )
        self.move(below.x() - _WIDTH // 2, below.y())
        self.show()
        self._field.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._take_key(event.key())
        return super().eventFilter(watched, event)

    def _take_key(self, key: int) -> bool:
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: _ROWS_SHOWN,
            Qt.Key.Key_PageUp: -_ROWS_SHOWN,
        }
        if key in steps:
            self._move(steps[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self._list.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self.hide()
        else:
            return False
        return True

    def _move(self, step: int) -> None:
        last = self._model.rowCount() - 1
        row = min(max(self._list.currentIndex().row() + step, 0), max(last, 0))
        self._list.setCurrentIndex(self._model.index(row))

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.hide()
            self.chosen.emit(self._model.rows[index.row()].payload)

    def _on_field_text_changed(self, words: str) -> None:
        found = find_rows(self._rows, words)
        self._model.show_rows(found)
        self._list.setCurrentIndex(self._model.index(0))
        self._list.scrollToTop()
        self._list.setVisible(bool(found))
        self._nothing.setVisible(not found)
        self._nothing.setText(f"Nothing matches “{words}”.")
        self._list.setFixedHeight(min(len(found), _ROWS_SHOWN) * _ROW)
        self.setFixedSize(_WIDTH, self._column.sizeHint().height())


class _Rows(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: Sequence[PaletteRow] = ()

    def show_rows(self, rows: Sequence[PaletteRow]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (row.title, row.subtitle, key_words(row.key)) if part)
        return row.title if role == Qt.ItemDataRole.DisplayRole else None


class _RowDelegate(QStyledItemDelegate):
    def __init__(self, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look
        self._title = look.font(13, QFont.Weight.Medium)
        self._subtitle = look.font(12)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(_WIDTH - 20, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model = index.model()
        assert isinstance(model, _Rows)
        row = model.rows[index.row()]
        box: QRect = option.rect
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.colour("selected" if state & QStyle.StateFlag.State_Selected else "hover"))
            painter.drawRoundedRect(box.toRectF(), 4, 4)
        if row.icon:
            self._look.icon(row.icon, "muted").paint(painter, QRect(box.left() + 8, box.top() + 8, 16, 16))
        right = box.right() - 8
        if row.key:
            hint = hint_size(self._look, row.key)
            right -= hint.width()
            hint_box = QRect(right, box.top() + (_ROW - HEIGHT) // 2, hint.width(), HEIGHT)
            paint_hint(painter, hint_box, self._look, row.key)
            right -= 12
        left = box.left() + 32
        left += self._text(painter, QRect(left, box.top(), right - left, _ROW), row.title, self._title, "text") + 8
        self._text(painter, QRect(left, box.top(), right - left, _ROW), row.subtitle, self._subtitle, "muted")
        painter.restore()

    def _text(self, painter: QPainter, box: QRect, text: str, font: QFont, token: str) -> int:
        """One line, elided to the box; returns the pixels it took."""
        if box.width() <= 0:
            return 0
        painter.setFont(font)
        painter.setPen(self._look.colour(token))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, box.width())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown)
        return painter.fontMetrics().horizontalAdvance(shown)
