"""What two versions of a model say of the open signals, and where they differ."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from sigdesk.app.rows import ClassMark
from sigdesk.app.shadow_run import Answer, ShadowRow, ShadowState
from sigdesk.ui.models.answered_table import AnsweredTable, AnswerRow
from sigdesk.ui.models.figure_strip import Figure, FigureStrip
from sigdesk.ui.models.section import MARGIN, Section, line_across
from sigdesk.ui.rows.wording import NONE, counted, percent
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.bars import ProgressPill
from sigdesk.ui.widgets.labels import label
from sigdesk.ui.widgets.numbers import grouped

_NO_ANSWER = ClassMark("", NONE, 7)


class ShadowView(QFrame):
    """`signal_requested` carries the ShadowRow of a signal that is to be seen."""

    signal_requested = Signal(object)
    promote_requested = Signal()
    back_requested = Signal()
    stop_requested = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._title = label("Shadow run", "result")
        self._words = label("", "secondary", wrap=True)
        self._promote = ActionButton(look, "Promote", kind="primary")
        self._stop = ActionButton(look, "Stop", "stop")
        self._back = ActionButton(look, "Back to the model")
        self._bar = ProgressPill(look)
        self._strip = FigureStrip(3)
        titles = ("Signal", "Old version", "New version", "Confidence")
        self._table = AnsweredTable(look, "Differences", titles, most=16)
        self._part = Section("Differences", "Enter shows the signal")
        self._part.body.addWidget(self._table)
        self._none = label("", "muted")
        self._part.body.addWidget(self._none)
        self._lay_out()
        self._promote.clicked.connect(self.promote_requested)
        self._back.clicked.connect(self.back_requested)
        self._stop.clicked.connect(self.stop_requested)
        self._table.row_opened.connect(self._on_row_opened)

    def show_state(self, state: ShadowState, marks: Mapping[str, ClassMark]) -> None:
        """How far it is and what differs so far; `marks` by the name of a class."""
        old, new = state.old.manifest.version, state.new.manifest.version
        name = state.new.manifest.title or state.new.name
        self._title.setText(f"Shadow run: {name} {old} and {new}")
        left_out = f" {counted(state.refused, 'open signal')} left out: they do not fit." if state.refused else ""
        failed = f" {counted(state.failed, 'answer')} failed: {state.failure}" if state.failed else ""
        about = "Both versions classify the open signals, whole. Your results stay as they are."
        self._words.setText(state.error or f"{about}{left_out}{failed}")
        self._bar.show_progress(state.done / state.total if state.total else 0.0)
        self._bar.setVisible(state.running)
        self._stop.setVisible(state.running)
        self._promote.setText(f"Promote {new}")
        self._promote.setEnabled(not state.running)
        differ = state.differences
        same = len(state.rows) - len(differ)
        self._strip.show_figures(
            (
                Figure("Classified by both", f"{grouped(state.done)} of {grouped(state.total)}"),
                Figure("Same label", grouped(same), percent(same / len(state.rows), 1) if state.rows else ""),
                Figure("Different label", grouped(len(differ)), status="warn" if differ else ""),
            )
        )
        self._table.show_rows([_row(one, marks) for one in differ])
        self._table.setVisible(bool(differ))
        if not state.total:
            self._none.setText("No open signal fits both versions. Open some, then run it again.")
        else:
            self._none.setText("" if differ else "No difference so far." if state.running else "No difference.")
        self._none.setVisible(not differ)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._words)
        top = QHBoxLayout()
        top.setContentsMargins(MARGIN, 12, MARGIN, 8)
        top.setSpacing(8)
        top.addLayout(words, 1)
        for button in (self._promote, self._stop, self._back):
            top.addWidget(button)
        bar = QHBoxLayout()
        bar.setContentsMargins(MARGIN, 0, MARGIN, 12)
        bar.addWidget(self._bar)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(bar)
        column.addWidget(line_across())
        column.addWidget(self._strip)
        column.addWidget(line_across())
        column.addWidget(self._part)
        column.addStretch(1)

    def _on_row_opened(self, row: object) -> None:
        if isinstance(row, AnswerRow):
            self.signal_requested.emit(row.value)


def _row(row: ShadowRow, marks: Mapping[str, ClassMark]) -> AnswerRow:
    both = f"{_share(row.old)} → {_share(row.new)}"
    return AnswerRow(row.recording.name, _mark(row.old, marks), _mark(row.new, marks), both, row)


def _mark(answer: Answer | None, marks: Mapping[str, ClassMark]) -> ClassMark:
    return _NO_ANSWER if answer is None else marks.get(answer[0], ClassMark(answer[0], answer[0], 7))


def _share(answer: Answer | None) -> str:
    return percent(answer[1] if answer else None)
