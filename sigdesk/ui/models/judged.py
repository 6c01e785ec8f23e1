"""How a model was judged: the confusion matrix, and how well each class is recognised."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QWidget

from sigdesk.app.rows import ClassMark
from sigdesk.classifiers.scores import Scores
from sigdesk.ui.models.confusion import ConfusionMatrix, Matrix
from sigdesk.ui.models.per_class import PerClass, class_rows
from sigdesk.ui.models.section import MARGIN, Section
from sigdesk.ui.theme.look import Look


class JudgedPart(QWidget):
    """Side by side; the one above the other where the matrix has more columns than half of the width shows.

    `cell_opened` carries row and column of a cell whose signals are to be shown.
    """

    cell_opened = Signal(int, int)

    def __init__(self, look: Look, matrix_note: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._matrix = ConfusionMatrix(look)
        self._classes = PerClass(look)
        self.per_class = Section("Per class", "bars start at 50%")
        matrix = Section("Confusion matrix", matrix_note)
        matrix.body.addWidget(self._matrix)
        self.per_class.body.setContentsMargins(4, 0, 4, 12)
        self.per_class.body.addWidget(self._classes)
        self.per_class.body.addStretch(1)
        self._line = QFrame()
        self._line.setProperty("role", "separator")
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self._box.addWidget(matrix, 1)
        self._box.addWidget(self._line)
        self._box.addWidget(self.per_class, 1)
        self._matrix.cell_chosen.connect(lambda row, _: self._classes.mark_class(row))
        self._matrix.signals_requested.connect(self.cell_opened)
        self._arrange()

    def show_scores(
        self, marks: Sequence[ClassMark], confusion: Matrix, scores: Scores | None, *, can_show: bool
    ) -> None:
        """Counts of shape (classes, classes), and the figures of the classes where there are some. `can_show`: it is
        known which signals stand in a cell."""
        self._matrix.show_matrix(marks, confusion, can_show=can_show)
        if scores is not None:
            self._classes.show_rows(class_rows(marks, list(scores.per_class.values())))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        stacked = self._matrix.least_width + 2 * MARGIN > self.width() // 2
        self._box.setDirection(QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight)
        most = (self.maximumWidth(), 1) if stacked else (1, self.maximumHeight())
        self._line.setMaximumSize(*most)
