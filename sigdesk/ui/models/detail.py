"""A model on the right of the Models page: how good it is and where it errs, its card, its versions, its file."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from sigdesk.app.model_report import ModelDetails, ModelReport, scores_in
from sigdesk.app.rows import ClassMark
from sigdesk.classifiers.folder import BrokenFolder, Classifier
from sigdesk.classifiers.manifest import Evaluation
from sigdesk.classifiers.scores import Scores
from sigdesk.ui.models.answered_table import AnsweredTable, AnswerRow
from sigdesk.ui.models.cards import CardRow, trained_on
from sigdesk.ui.models.chart import NO_CURVE, Chart, Line
from sigdesk.ui.models.class_gallery import ClassGallery
from sigdesk.ui.models.comparison_part import ComparisonPart
from sigdesk.ui.models.detail_head import DetailHead
from sigdesk.ui.models.figure_strip import Figure, FigureStrip, weakest_figure
from sigdesk.ui.models.judged import JudgedPart
from sigdesk.ui.models.looked_part import LookedPart
from sigdesk.ui.models.markdown_view import MarkdownView
from sigdesk.ui.models.section import Section, line_across, side_by_side
from sigdesk.ui.models.versions import Versions
from sigdesk.ui.rows.wording import percent
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import ElidedLabel, label
from sigdesk.ui.widgets.numbers import grouped


class ModelDetail(QScrollArea):
    """`signals_requested` carries a tuple of Answered."""

    signals_requested = Signal(object)
    copy_requested = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._row: CardRow | None = None
        self._report = ModelReport()
        self._scores: Scores | None = None
        self._marks: tuple[ClassMark, ...] = ()
        self.head = DetailHead(look)
        self.versions = Versions(look)
        self._strip = FigureStrip(4)
        self._judged = JudgedPart(look, "rows: the label · columns: the model")
        self._curve = Chart(look, "Learning curve")
        self._calibration = Chart(look, "Calibration", x_shares=True)
        self._suspects = AnsweredTable(look, "Labels in doubt", ("Signal", "Label", "The model says", "Confidence"))
        self._card = MarkdownView(look, "Model card")
        self._file = _FileFacts(look)
        self._curves = self._curves_part()
        self._doubts = Section("Labels in doubt", "a model that has not seen them says otherwise, the surest first")
        self._doubts.body.addWidget(self._suspects)
        self._gallery = ClassGallery(look)
        self._gallery_part = Section("Classes", "a signal that each was learnt from")
        self._gallery_part.body.addWidget(self._gallery)
        self._compared = ComparisonPart()
        self._looked = LookedPart(look)
        self._card_part = Section("Model card")
        self._card_part.body.addWidget(self._card)
        self._lay_out()
        self._judged.cell_opened.connect(self._on_cell_opened)
        self._suspects.row_opened.connect(self._on_suspect_opened)
        self._file.copy_requested.connect(self.copy_requested)

    def show_broken(self, row: CardRow) -> None:
        """Show a folder that cannot be read as a model: what is wrong with it."""
        self._row = row
        self.head.show_model(row, "", shipped=not row.can_go)
        for part in self._parts:
            part.hide()
        self._arrange()
        self.verticalScrollBar().setValue(0)

    def show_details(self, row: CardRow, details: ModelDetails, *, shipped: bool) -> None:
        """Show a model with all that is known of it."""
        if self._row is None or self._row.key != row.key:
            self.verticalScrollBar().setValue(0)
        self._row, self._report, self._marks = row, details.report, row.marks
        model = details.model
        self.head.show_model(row, details.note, shipped=shipped)
        self._show_figures(model)
        self._show_curves(details.report, model)
        self._show_suspects(details.report)
        without = f"{row.title} came without a card. Its author would write it as card.md."
        self._card.show_markdown(details.card or without)
        self._compared.show_comparison(model.manifest.version, details.report.comparison)
        self._looked.show_report(details.report)
        self._gallery.show_classes(row.marks, details.outlines)
        self._gallery_part.setVisible(bool(details.outlines))
        self.versions.show_versions(model, details.versions, details.last, details.comparisons, shipped=shipped)
        self._file.show_file(model)
        for part in (self._card_part, self.versions, self._file):
            part.show()
        self._arrange()

    def _arrange(self) -> None:
        """A line stands above every part that is shown."""
        for line, part in zip(self._lines, self._parts, strict=True):
            line.setVisible(not part.isHidden())

    def _show_figures(self, model: Classifier) -> None:
        found = model.manifest.evaluation
        self._scores = scores_in(model.manifest)
        self._strip.setVisible(found is not None)
        self._judged.setVisible(self._scores is not None)
        if found is not None:
            self._strip.show_figures(_figures(model, found, self._scores, self._marks))
        if self._scores is not None:
            can_show = bool(self._report.tested)
            self._judged.show_scores(self._marks, self._scores.confusion, self._scores, can_show=can_show)

    def _show_curves(self, report: ModelReport, model: Classifier) -> None:
        self._curves.setVisible(bool(report.curve or report.calibration))
        known = [(one.signals, one.training) for one in report.curve]
        held_out = [(one.signals, one.test) for one in report.curve]
        self._curve.show_lines(
            (
                Line("Training signals", tuple(known)),
                Line("Held-out signals", tuple(held_out), "accent", dot=True, named_below=True),
            ),
            NO_CURVE,
        )
        points = tuple((one.confidence, one.right) for one in report.calibration)
        ideal = Line("As sure as right", ((0.0, 0.0), (1.0, 1.0)), dashed=True)
        self._calibration.show_lines((ideal, Line(f"{model.manifest.version}", points, "accent", dots=True)))

    def _show_suspects(self, report: ModelReport) -> None:
        marks = {mark.name: mark for mark in self._marks}
        rows = [
            AnswerRow(one.signal, marks[one.label], marks[one.answer], percent(one.confidence), one)
            for one in report.suspects
            if one.label in marks and one.answer in marks
        ]
        self._doubts.setVisible(bool(rows))
        self._suspects.show_rows(rows)

    def _curves_part(self) -> QWidget:
        curve = Section("Learning curve", "accuracy by number of labelled signals")
        curve.body.addWidget(self._curve)
        calibration = Section("Calibration", "share that was right by confidence")
        calibration.body.addWidget(self._calibration)
        return side_by_side(curve, calibration)

    def _lay_out(self) -> None:
        self._parts = (
            self._strip, self._judged, self._compared, self._curves, self._doubts, self._looked, self._gallery_part,
            self._card_part, self.versions, self._file,
        )  # fmt: skip
        inner = QFrame()
        inner.setProperty("role", "panel")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        self._lines = [line_across() for _ in self._parts]
        for line, part in zip(self._lines, self._parts, strict=True):
            column.addWidget(line)
            column.addWidget(part)
        column.addStretch(1)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inner)

    def _on_cell_opened(self, row: int, column: int) -> None:
        self.signals_requested.emit(self._report.cell(self._marks[row].name, self._marks[column].name))

    def _on_suspect_opened(self, row: object) -> None:
        if isinstance(row, AnswerRow):
            self.signals_requested.emit((row.value,))


def _figures(
    model: Classifier, found: Evaluation, scores: Scores | None, marks: tuple[ClassMark, ...]
) -> tuple[Figure, ...]:
    low, high = found.accuracy_interval or (scores.accuracy_interval if scores else (None, None))
    between = f"{percent(low, 1)} to {percent(high, 1)} at 95%" if low is not None else ""
    balanced = found.balanced_accuracy if scores is None else scores.balanced_accuracy
    guess = found.guess if scores is None else scores.guess
    note = f"a trivial guess: {percent(guess, 1)}" if guess is not None else ""
    return (
        Figure("Accuracy", percent(found.accuracy, 1), between),
        Figure("Balanced accuracy", percent(balanced, 1), note),
        weakest_figure(scores, marks),
        Figure("Trained on", trained_on(model), f"tested on {grouped(found.test_size)}"),
    )


class _FileFacts(Section):
    """What identifies the model's file, to be copied."""

    copy_requested = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__("File and hashes")
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setColumnStretch(1, 1)
        self._values: dict[str, ElidedLabel] = {}
        self._text = ""
        for row, name in enumerate(("File", "SHA-256", "Made from", "Folder", "Licence", "Made with")):
            value = ElidedLabel("", "mono", mode=Qt.TextElideMode.ElideMiddle)
            self._values[name] = value
            self._grid.addWidget(label(name, "muted"), row, 0)
            self._grid.addWidget(value, row, 1)
        self.body.addLayout(self._grid)
        copy = ActionButton(look, "Copy", "copy")
        copy.clicked.connect(lambda: self.copy_requested.emit(self._text))
        self.head.addWidget(copy)

    def show_file(self, model: Classifier | BrokenFolder) -> None:
        assert isinstance(model, Classifier)
        file, manifest = model.manifest.file, model.manifest
        libraries = manifest.training.get("libraries")
        made = ", ".join(f"{key} {value}" for key, value in libraries.items()) if isinstance(libraries, dict) else "–"
        facts = {
            "File": file.name if file else manifest.run.script or " ".join(manifest.run.command),
            "SHA-256": model.sha256 or "–",
            "Made from": f"{file.source}  {file.source_sha256}" if file and file.source else "–",
            "Folder": str(model.folder),
            "Licence": manifest.licence or "–",
            "Made with": made,
        }
        for name, text in facts.items():
            self._values[name].set_text(text)
        self._text = "\n".join(f"{name}: {text}" for name, text in facts.items())
