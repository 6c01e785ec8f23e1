"""The result card of the Inspector: the label and how sure it is, or the shares of windows, or why there is none."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from sigdesk.app.rows import ClassMark, ResultCard
from sigdesk.ui.rows.tenths import Tenths
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.bars import ConfidenceBar, ShareBar
from sigdesk.ui.widgets.chip import Chip
from sigdesk.ui.widgets.labels import ElidedLabel, label
from sigdesk.ui.widgets.numbers import grouped
from sigdesk.ui.widgets.swatch import ClassSwatch

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ROW = 24
_GIVES = 14
"""Pixels of its padding that a button can do without in a narrow panel."""
_SHOWN = 4
_SHOWN_SHARES = 8
_NOTHING_WAITS = "No label of the model waits here to be accepted"


class ResultView(QFrame):
    """Built anew for each result: a dozen labels cost less than keeping the old ones in step."""

    show_log_requested = Signal(str)
    next_unsure_requested = Signal()
    accept_requested = Signal()
    correct_requested = Signal(QPoint)
    """Where on the screen the classes to choose from are wanted."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._body = QWidget()
        self._column.addWidget(self._body)
        self._accept: ActionButton | None = None
        self._some_wait = False
        self._shown: tuple[ResultCard | None, str] | None = None
        self.show_card(None)

    def show_card(self, card: ResultCard | None, unit: str = "s") -> None:
        """Show a result; None says that there is none yet. `unit` is that of windows' shares ("" for samples)."""
        if (card, unit) == self._shown:
            return  # its signal waits or runs again
        self._shown = card, unit
        body = QWidget()
        self._accept = None
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._add_head(column, card)
        column.addSpacing(4)
        if card is None:
            column.addWidget(label("Nothing was classified here yet.", "muted", wrap=True))
        elif card.failure is not None:
            self._add_failure(column, card)
        elif card.windowed:
            self._add_windows(column, card, unit)
        else:
            self._add_whole(column, card)
        if card is not None:
            for warning in card.warnings:
                column.addWidget(label(warning, "caption", "warn", wrap=True))
        self._column.replaceWidget(self._body, body)
        self._body.deleteLater()
        self._body.hide()
        self._body = body
        body.show()

    def _add_head(self, column: QVBoxLayout, card: ResultCard | None) -> None:
        row = QHBoxLayout()
        row.addWidget(label("Result", "secondary"))
        row.addStretch(1)
        if card is not None:
            row.addWidget(label(card.caption, "caption"))
        column.addLayout(row)

    def _add_whole(self, column: QVBoxLayout, card: ResultCard) -> None:
        assert card.mark is not None
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._swatch(card.mark, 16))
        row.addWidget(ElidedLabel(card.mark.title, "result"), 1)
        if card.confidence is not None:
            row.addWidget(label(f"{card.confidence:.1%}", "result"))
        column.addLayout(row)
        if card.unsure:
            self._add_unsure(column, "Unsure")
        grid = _grid(column)
        for place, (mark, share) in enumerate(card.probabilities[:_SHOWN]):
            bar = ConfidenceBar(self._look)
            bar.show_confidence(mark.slot, share)
            self._add_row(grid, place, mark, bar, f"{share:.1%}", first=place == 0)
        rest = card.probabilities[_SHOWN:]
        if rest:
            words = "1 other class" if len(rest) == 1 else f"{len(rest)} other classes"
            self._add_rest(column, words, f"{sum(share for _, share in rest):.1%}")
        if card.looked_at:
            self._add_looked_at(column, card.looked_at)
        for name, value in card.extra.items():
            self._add_rest(column, name, str(value))
        self._add_review_buttons(column)

    def _add_windows(self, column: QVBoxLayout, card: ResultCard, unit: str) -> None:
        count = len(card.segments)
        row = QHBoxLayout()
        row.addWidget(label("1 segment" if count == 1 else f"{count} segments", "result"))
        row.addStretch(1)
        if card.unsure_count:
            row.addWidget(Chip(self._look, f"{card.unsure_count} unsure", "warning", "warn"))
        column.addLayout(row)
        total = sum(share for _, share in card.shares) or 1.0
        bar = ShareBar(self._look)
        bar.show_shares([(mark.slot, mark.hatched, share) for mark, share in card.shares])
        column.addWidget(bar)
        grid = _grid(column)
        for place, (mark, share) in enumerate(card.shares[:_SHOWN_SHARES]):
            amount = label(f"{share:.1f} {unit}" if unit else grouped(round(share)), "muted")
            amount.setAlignment(_RIGHT)
            self._add_row(grid, place, mark, amount, f"{share / total:.0%}", first=False)
        rest = card.shares[_SHOWN_SHARES:]
        if rest:
            self._add_rest(column, f"{len(rest)} more", f"{sum(share for _, share in rest) / total:.0%}")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        unsure = ActionButton(self._look, "Next unsure", "arrow-right", "N")
        unsure.clicked.connect(self.next_unsure_requested)
        for button in (unsure, self._make_accept("Accept all", "")):
            button.setMinimumWidth(button.sizeHint().width() - _GIVES)
            buttons.addWidget(button, 1)
        column.addLayout(buttons)

    def _add_failure(self, column: QVBoxLayout, card: ResultCard) -> None:
        what, way_out = card.failure or ("", "")
        column.addWidget(label(what, "strong", "error", wrap=True))
        if way_out:
            column.addWidget(label(way_out, "secondary", wrap=True))
        show = ActionButton(self._look, "Show script output", "terminal-window")
        show.clicked.connect(lambda: self.show_log_requested.emit(card.job_id))
        column.addWidget(show)

    def _add_row(
        self, grid: QGridLayout, row: int, mark: ClassMark, middle: QWidget, figure: str, *, first: bool
    ) -> None:
        grid.setRowMinimumHeight(row, _ROW)
        grid.addWidget(self._swatch(mark, 10), row, 0)
        grid.addWidget(ElidedLabel(mark.title, "strong" if first else "secondary"), row, 1)
        grid.addWidget(middle, row, 2)
        number = label(figure, "strong" if first else "secondary")
        number.setMinimumWidth(44)
        number.setAlignment(_RIGHT)
        grid.addWidget(number, row, 3)

    def _add_rest(self, column: QVBoxLayout, words: str, figure: str) -> None:
        row = QHBoxLayout()
        row.addWidget(ElidedLabel(words, "muted"), 1)
        row.addWidget(label(figure, "muted"))
        column.addLayout(row)

    def _add_looked_at(self, column: QVBoxLayout, shares: tuple[float, ...]) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 8, 0, 0)
        row.addWidget(label("Where it looked", "secondary"))
        row.addStretch(1)
        row.addWidget(label("confidence lost without it", "caption"))
        column.addLayout(row)
        if round(100 * max(shares)) == 0:
            column.addWidget(label("No tenth of the signal decides alone.", "muted", wrap=True))
            return
        tenths = Tenths(self._look, "Where it looked")
        tenths.show_shares([shares])
        column.addWidget(tenths)

    def _add_unsure(self, column: QVBoxLayout, words: str) -> None:
        row = QHBoxLayout()
        row.addWidget(Chip(self._look, words, "warning", "warn"))
        row.addStretch(1)
        column.addLayout(row)

    def _add_review_buttons(self, column: QVBoxLayout) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 8, 0, 0)
        row.setSpacing(8)
        correct = ActionButton(self._look, "Correct…", "tag", "1–9")
        correct.explain("Choose another class (T), or press its digit")
        correct.clicked.connect(lambda: self.correct_requested.emit(correct.mapToGlobal(QPoint(0, correct.height()))))
        for button in (self._make_accept("Accept", "A"), correct):
            button.setMinimumWidth(button.sizeHint().width() - _GIVES)
            row.addWidget(button, 1)
        column.addLayout(row)

    def show_some_wait(self, some: bool) -> None:
        """Whether labels of the model wait to be accepted."""
        self._some_wait = some
        if self._accept is not None:
            self._accept.setEnabled(some)
            self._accept.explain("" if some else _NOTHING_WAITS)

    def _make_accept(self, text: str, keys: str) -> ActionButton:
        self._accept = button = ActionButton(self._look, text, "check", keys)
        button.clicked.connect(self.accept_requested)
        self.show_some_wait(self._some_wait)
        return button

    def _swatch(self, mark: ClassMark, pixels: int = 12) -> ClassSwatch:
        swatch = ClassSwatch(self._look, pixels)
        swatch.show_class(mark.slot, mark.hatched)
        return swatch


def _grid(column: QVBoxLayout) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(0)
    grid.setColumnStretch(1, 3)
    grid.setColumnStretch(2, 3)
    column.addLayout(grid)
    return grid
