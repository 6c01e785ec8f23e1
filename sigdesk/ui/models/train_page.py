"""Train from labels: what is to be trained, how it goes on, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from sigdesk.app.log_model import LogModel
from sigdesk.app.model_report import Answered, ModelReport, scores_in
from sigdesk.app.rows import ClassMark
from sigdesk.app.training import TrainingState
from sigdesk.classifiers.comparison import Comparison
from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.scores import Scores, scores_of
from sigdesk.ui.bottom.log import LogList
from sigdesk.ui.models.answered_table import AnsweredTable, AnswerRow
from sigdesk.ui.models.chart import NO_CURVE, Chart, Line
from sigdesk.ui.models.comparison_part import ComparisonPart
from sigdesk.ui.models.figure_strip import Figure, FigureStrip, weakest_figure
from sigdesk.ui.models.judged import JudgedPart
from sigdesk.ui.models.outcome_bar import OutcomeBar
from sigdesk.ui.models.section import MARGIN, Section, line_across, side_by_side
from sigdesk.ui.models.train_form import TrainForm
from sigdesk.ui.rows.wording import NONE, counted, percent
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.bars import ProgressPill
from sigdesk.ui.widgets.icon_button import IconButton
from sigdesk.ui.widgets.labels import ElidedLabel, label
from sigdesk.ui.widgets.numbers import grouped

_ABOUT: Final = "Only your labels are used. Stretches you left unlabelled are skipped."


class TrainPage(QScrollArea):
    """`train_requested` and `stop_requested` come from its buttons; `signals_requested` carries a tuple of Answered."""

    train_requested = Signal()
    stop_requested = Signal()
    signals_requested = Signal(object)
    copy_requested = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._marks: tuple[ClassMark, ...] = ()
        self._report = ModelReport()
        self.form = TrainForm(look)
        self.outcome = OutcomeBar(look)
        self._about = ElidedLabel(_ABOUT, "secondary")
        self._obstacle = label("", "muted", wrap=True)
        self._train = ActionButton(look, "Train", "graduation-cap", "Ctrl+T", kind="primary", large=True)
        self._stop = ActionButton(look, "Stop training", "stop", large=True)
        self._strip = FigureStrip(4)
        self._judged = JudgedPart(look, "rows: your label · columns: model")
        self._chart = Chart(look, "Learning progress")
        self._bar = ProgressPill(look)
        self._share = label("", "strong")
        self._left = ElidedLabel("", "muted")
        self.log = LogList(look, narrow=True)
        titles = ("Signal", "Label", "The model says", "Confidence")
        self._suspects = AnsweredTable(look, "Labels in doubt", titles, most=4)
        self._doubts = Section("Labels in doubt", "look at these first: a model that has not seen them says otherwise")
        self._doubts.body.addWidget(self._suspects)
        self._compared = ComparisonPart()
        self._progress = self._progress_part()
        self._lay_out()
        self._train.clicked.connect(self.train_requested)
        self._stop.clicked.connect(self.stop_requested)
        self.log.copy_requested.connect(self.copy_requested)
        self._judged.cell_opened.connect(self._on_cell_opened)
        self._suspects.row_opened.connect(self._on_suspect_opened)
        self.form.changed.connect(self._show_obstacle)
        self.show_idle()

    def set_log(self, model: LogModel) -> None:
        """The lines of the training."""
        self.log.setModel(model)

    def show_idle(self) -> None:
        """Nothing is trained or was: the form alone."""
        for part in self._parts:
            part.hide()
        self._arrange()
        self.set_running(False)

    def set_running(self, running: bool) -> None:
        """While a model is trained, nothing of the form can be changed."""
        self.form.set_locked(running)
        self._stop.setEnabled(running)
        self._stop.explain("" if running else "No model is being trained")
        self._running = running
        self._show_obstacle()
        if running:
            self.outcome.hide()
            self._doubts.hide()
            self._compared.hide()
            self._arrange()

    def show_state(self, state: TrainingState, marks: Sequence[ClassMark]) -> None:
        """How far a training is; `marks` are its classes, in its order."""
        self._marks = tuple(marks)
        self._report = ModelReport()
        confusion = state.confusion if state.confusion is not None else np.zeros((len(marks),) * 2, np.int64)
        scores = scores_of(confusion, confusion.sum(axis=1), state.classes) if confusion.any() else None
        self._strip.show_figures(_figures(state, scores, self._marks))
        self._show_scores(confusion, scores, can_show=False)
        folds = f"{state.fold} of {state.folds} folds · " if state.folds else ""
        self._judged.per_class.say(f"{folds}bars start at 50%")
        self._show_progress(state)
        for part in (self._strip, self._progress):
            part.show()
        self._judged.setVisible(bool(marks))
        self._about.set_text(f"{state.title} {state.version} draft. {_ABOUT}")
        self._arrange()

    def show_result(
        self, state: TrainingState, model: Classifier, report: ModelReport, marks: Sequence[ClassMark]
    ) -> None:
        """What a training came to: its figures on signals that had no part in it, and the labels in doubt."""
        self._marks = tuple(marks)
        self._report = report
        scores = scores_in(model.manifest)
        if scores is not None:
            self._strip.show_figures(_figures(state, scores, self._marks, report.comparison))
            self._show_scores(scores.confusion, scores, can_show=bool(report.tested))
        judged = model.manifest.evaluation.method if model.manifest.evaluation else ""
        self._judged.per_class.say(f"{judged} · bars start at 50%" if judged else "bars start at 50%")
        known = {mark.name: mark for mark in marks}
        rows = [
            AnswerRow(one.signal, known[one.label], known[one.answer], percent(one.confidence), one)
            for one in report.suspects
            if one.label in known and one.answer in known
        ]
        self._suspects.show_rows(rows)
        self._doubts.setVisible(bool(rows))
        self._compared.show_comparison(model.manifest.version, report.comparison)
        self._show_progress(state)
        self._arrange()
        self.verticalScrollBar().setValue(0)

    def _show_scores(self, confusion: np.typing.NDArray[np.int64], scores: Scores | None, *, can_show: bool) -> None:
        if self._marks:
            self._judged.show_scores(self._marks, confusion, scores, can_show=can_show)

    def _show_progress(self, state: TrainingState) -> None:
        self._bar.show_progress(state.share)
        self._share.setText(percent(state.share))
        fold = f"Fold {min(state.fold + 1, state.folds)} of {state.folds}" if state.folds and state.running else ""
        self._left.set_text(" · ".join(filter(None, (fold, _left_text(state)))))
        test = tuple((float(one.signals), one.test) for one in state.curve)
        train = tuple((float(one.signals), one.training) for one in state.curve)
        lines = [Line("Training signals", train), Line("Held-out signals", test, "accent", dot=True, named_below=True)]
        present = _present(state, self._report.comparison)
        if present is not None and state.curve:
            last = float(max(state.labels, *(one.signals for one in state.curve)))
            version, accuracy = present
            name = f"Version {version}: {percent(accuracy, 1)}"
            lines.append(Line(name, ((0.0, accuracy), (last, accuracy)), "text_2", dashed=True, named_below=True))
        waits = "The curve is drawn once the folds are done." if state.running else NO_CURVE
        self._chart.show_lines(lines, waits)

    def _show_obstacle(self) -> None:
        obstacle = "A model is being trained" if self._running else self.form.obstacle
        self._train.setEnabled(not obstacle)
        self._train.explain(obstacle)
        self._obstacle.setText("" if self._running or not obstacle else f"{obstacle.rstrip('.')}.")
        self._obstacle.setVisible(bool(self._obstacle.text()))

    def _progress_part(self) -> QWidget:
        progress = Section("Learning progress", "accuracy by number of labelled segments")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._bar, 2)
        row.addWidget(self._share)
        row.addWidget(self._left, 3)
        progress.body.addLayout(row)
        progress.body.addWidget(self._chart, 1)
        log = Section("Training log")
        follow = IconButton(self._look, "Follow new lines", "arrow-line-down", checkable=True)
        follow.setChecked(True)
        follow.toggled.connect(self.log.set_follow)
        self.log.follow_changed.connect(follow.setChecked)
        copy = IconButton(self._look, "Copy the log", "copy")
        copy.clicked.connect(lambda: self.copy_requested.emit(self.log.all_text()))
        log.head.addWidget(follow)
        log.head.addWidget(copy)
        log.body.setContentsMargins(0, 0, 0, 0)
        log.body.addWidget(self.log)
        pair = side_by_side(progress, log)
        pair.setMinimumHeight(280)
        return pair

    def _lay_out(self) -> None:
        self._parts = (self._strip, self._doubts, self._compared, self._judged, self._progress)
        inner = QFrame()
        inner.setProperty("role", "panel")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(self.outcome)
        self._lines = [line_across() for _ in self._parts]
        for line, part in zip(self._lines, self._parts, strict=True):
            column.addWidget(line)
            column.addWidget(part, 1 if part is self._progress else 0)
        column.addStretch(0)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inner)

    def _head(self) -> QWidget:
        head = QWidget()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label("Train from labels", "result"))
        words.addWidget(self._about)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addLayout(words, 1)
        top.addWidget(self._train)
        top.addWidget(self._stop)
        column = QVBoxLayout(head)
        column.setContentsMargins(MARGIN, 12, MARGIN, 12)
        column.setSpacing(12)
        column.addLayout(top)
        column.addWidget(self.form)
        column.addWidget(self._obstacle)
        return head

    def _arrange(self) -> None:
        for line, part in zip(self._lines, self._parts, strict=True):
            line.setVisible(not part.isHidden())

    def _on_cell_opened(self, row: int, column: int) -> None:
        self.signals_requested.emit(self._report.cell(self._marks[row].name, self._marks[column].name))

    def _on_suspect_opened(self, row: object) -> None:
        if isinstance(row, AnswerRow) and isinstance(row.value, Answered):
            self.signals_requested.emit((row.value,))


def _present(state: TrainingState, comparison: Comparison | None) -> tuple[str, float] | None:
    """The version in use and its accuracy: on the signals of this training once it has answered them; till then what it
    was found to have on its own."""
    if comparison is not None and comparison.present is not None:
        return comparison.version, comparison.present.accuracy
    known = state.present.manifest if state.present is not None else None
    return None if known is None or known.evaluation is None else (known.version, known.evaluation.accuracy)


def _figures(
    state: TrainingState, scores: Scores | None, marks: Sequence[ClassMark], comparison: Comparison | None = None
) -> tuple[Figure, ...]:
    present = _present(state, comparison)
    against = f"vs {percent(present[1], 1)} in {present[0]}" if present is not None else ""
    accuracy = "Accuracy so far" if state.running else "Accuracy"
    read = f"{len(state.classes)} classes, {counted(state.signals, 'signal')}" if state.signals else ""
    return (
        Figure(accuracy, percent(scores.accuracy if scores else None, 1), against),
        weakest_figure(scores, marks),
        Figure("Labels used", grouped(state.labels) if state.labels else NONE, read),
        Figure("Elapsed", clock_of(state.elapsed_s), _left_text(state)),
    )


def clock_of(seconds: float) -> str:
    """ "01:06"; hours in front where there are some."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"


def _left_text(state: TrainingState) -> str:
    left = state.left_s
    if left is None:
        return "" if state.running else "done"
    if left >= 90:
        return f"about {round(left / 60)} min left"
    return f"about {max(5, round(left / 5) * 5)} s left"
