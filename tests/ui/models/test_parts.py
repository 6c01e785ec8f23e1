"""The parts of the Models page on their own: cards, matrix, tables, charts and the form."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import ClassMark
from sigdesk.app.training_sources import LabelSource
from sigdesk.classifiers.comparison import Comparison, Worth
from sigdesk.classifiers.folder import BrokenFolder, Classifier, ModelState
from sigdesk.classifiers.manifest import ClassScore, Evaluation, Manifest, Run
from sigdesk.classifiers.scores import scores_of
from sigdesk.classifiers.training.plan import MethodName, Source
from sigdesk.ui.models.cards import CardRow, ModelCard
from sigdesk.ui.models.chart import Chart, Line
from sigdesk.ui.models.class_line import ClassLine
from sigdesk.ui.models.comparison_part import ComparisonPart
from sigdesk.ui.models.confusion import ConfusionMatrix
from sigdesk.ui.models.figure_strip import Figure, FigureStrip, weakest_figure
from sigdesk.ui.models.judged import JudgedPart
from sigdesk.ui.models.list_column import ListColumn
from sigdesk.ui.models.per_class import class_rows
from sigdesk.ui.models.train_form import TrainForm
from sigdesk.ui.models.train_page import clock_of
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.chip import Chip
from tests.ui.conftest import Shown

LEFT = Qt.MouseButton.LeftButton
MARKS = tuple(ClassMark(name, name.title(), place) for place, name in enumerate(("healthy", "imbalance", "cavitation")))
PUMP = Classifier(
    Path("models/pump-condition"),
    Manifest(
        name="pump-condition",
        version="3.2.0",
        title="Pump condition",
        classes=("healthy", "imbalance", "cavitation"),
        run=Run(),
        training={"signals": 1106},
        evaluation=Evaluation(test_size=221, accuracy=0.964),
    ),
)
ROW = CardRow(PUMP, "Pump condition", MARKS, "Default for this session", is_default=True, can_go=True)


def words(widget: QWidget) -> str:
    return " | ".join(found.text() for found in widget.findChildren(QLabel) if found.isVisible())


def buttons(widget: QWidget) -> dict[str, QAbstractButton]:
    return {found.text(): found for found in widget.findChildren(QAbstractButton) if found.isVisible()}


def test_a_card_says_what_the_model_is(look: Look, shown: Shown[ModelCard], qtbot: QtBot) -> None:
    made = ModelCard(look, ROW)
    made.setFixedWidth(356)
    card = shown(made)

    said = words(card).replace("\u2009", " ")
    for part in ("Pump condition", "3.2.0", "96.4%", "1 106 signals", "Default for this session"):
        assert part in said
    assert card.findChild(ClassLine) is not None
    with qtbot.waitSignal(card.details_requested):
        qtbot.mouseClick(buttons(card)["Model card"], LEFT)
    with qtbot.waitSignal(card.chosen):
        qtbot.keyClick(card, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("state", "chip"),
    [
        (ModelState.BLOCKED, ("Blocked", "error")),
        (ModelState.CHANGED, ("Changed since trusted", "warn")),
        (ModelState.TRUSTED, ("Trusted by you", "accent")),
    ],
)
def test_a_card_has_the_chip_of_its_state(
    look: Look, shown: Shown[ModelCard], state: ModelState, chip: tuple[str, str]
) -> None:
    card = shown(ModelCard(look, replace(ROW, model=replace(PUMP, state=state, problem="It is another file."))))

    (found,) = card.findChildren(Chip)
    assert (found.text, found.status) == chip


def test_a_broken_folder_says_why_and_can_be_removed(look: Look, shown: Shown[ModelCard], qtbot: QtBot) -> None:
    model = BrokenFolder(Path("models/half"), ("Line 3: version is missing.", "classes is empty."))
    card = shown(ModelCard(look, CardRow(model, "half", can_go=True)))

    assert "Line 3: version is missing. classes is empty." in words(card)
    assert "Trust this file…" not in buttons(card)
    with qtbot.waitSignal(card.remove_requested):
        qtbot.mouseClick(buttons(card)["Remove"], LEFT)


def test_the_list_keeps_the_cards_that_have_not_changed(look: Look, shown: Shown[ListColumn]) -> None:
    column = shown(ListColumn(look))
    other = replace(ROW, model=replace(PUMP, folder=Path("models/other")), title="Other", is_default=False)
    column.show_models([ROW, other])
    before = column.findChildren(ModelCard)[0]

    column.show_models([ROW])

    assert [card for card in column.findChildren(ModelCard) if card.isVisible()] == [before]
    assert "No models yet." not in words(column)


def test_no_models_lead_to_a_training(look: Look, shown: Shown[ListColumn], qtbot: QtBot) -> None:
    column = shown(ListColumn(look))
    column.show_models([ROW])
    column.show_models([])

    with qtbot.waitSignal(column.train_requested):
        qtbot.mouseClick(buttons(column)["Train from labels…"], LEFT)


def test_the_commonest_mistake_is_chosen_until_the_operator_chooses(
    look: Look, shown: Shown[ConfusionMatrix], qtbot: QtBot
) -> None:
    matrix = shown(ConfusionMatrix(look))
    counts = np.array([[9, 1, 0], [3, 6, 0], [0, 0, 5]])
    matrix.show_matrix(MARKS, counts, can_show=True)
    assert matrix.words == "3 Imbalance signals were called Healthy."
    view = matrix.view
    qtbot.mouseClick(view.viewport(), LEFT, pos=view.visualRect(view.model().index(0, 1)).center())
    assert matrix.words == "1 Healthy signal was called Imbalance."

    matrix.show_matrix(MARKS, counts * 2, can_show=True)

    assert matrix.words == "2 Healthy signals were called Imbalance."
    with qtbot.waitSignal(matrix.signals_requested) as told:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert told.args == [0, 1]
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert matrix.words == "No signal stands in this cell."
    with qtbot.assertNotEmitted(matrix.signals_requested):
        qtbot.keyClick(view, Qt.Key.Key_Return)


@pytest.mark.parametrize(("count", "width"), [(3, 720), (11, 1060), (11, 740), (25, 740), (36, 1060)])
def test_many_classes_are_seen_without_scrolling(look: Look, shown: Shown[JudgedPart], count: int, width: int) -> None:
    part = JudgedPart(look, "rows: the label")
    part.setFixedWidth(width)
    marks = tuple(ClassMark(f"c{place}", f"Class {place}", place % 8, place > 7) for place in range(count))
    counts = np.full((count, count), 12)
    part.show_scores(marks, counts, scores_of(counts, counts.sum(axis=1), [one.name for one in marks]), can_show=True)

    matrix = shown(part).findChild(ConfusionMatrix)

    assert matrix is not None
    assert matrix.view.horizontalScrollBar().maximum() == 0
    assert matrix.view.columnWidth(0) >= 24
    last = matrix.view.visualRect(matrix.view.model().index(count - 1, count - 1))
    assert matrix.view.viewport().rect().contains(last)


def test_two_versions_stand_beside_each_other(look: Look, shown: Shown[ComparisonPart]) -> None:
    made = ComparisonPart()
    worth = Worth(0.925, (0.8, 0.97), 0.91)
    made.show_comparison("1.1.0", Comparison("1.0.0", "", "held out", 40, worth, worth, 3, 2, 40))
    part = shown(made)

    assert made.accessibleName() == "Compared with version 1.0.0"
    for said in (
        "the same 40 signals · held out",
        "1.1.0",
        "92.5%",
        "80.0% to 97.0%",
        "91.0%",
        "learnt from all of them",
    ):
        assert said in words(part)
    made.show_comparison("1.1.0", Comparison("1.0.0", "It wants 2 channels, and these signals have 1."))
    assert "It was not compared with version 1.0.0. It wants 2 channels" in words(part)
    assert "92.5%" not in words(part)
    made.show_comparison("1.0.0", None)
    assert not part.isVisible()


def test_weak_figures_stand_out() -> None:
    scores = [ClassScore(0.99, 0.99, 0.99, 50), ClassScore(0.80, 0.98, 0.88, 50), ClassScore(0.0, 0.0, 0.0, 0)]

    rows = class_rows(MARKS, scores)

    assert [(row.weak_precision, row.weak_recall) for row in rows] == [(False, False), (True, False), (False, False)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chart_paints_lines_of_any_length(look: Look, shown: Shown[Chart], theme: str) -> None:
    look.use(theme)
    chart = shown(Chart(look, "Learning curve"))
    chart.show_lines((), "Too few signals.")
    assert chart.accessibleDescription() == "Too few signals."

    chart.show_lines((Line("Held-out signals", ((1.0, 0.2), (20_000.0, 1.0)), "accent", dot=True),))
    chart.grab()

    assert chart.accessibleDescription() == "Held-out signals 100.0%"


class Written(QPainter):
    """Keeps where each text was written."""

    boxes: ClassVar[dict[str, QRectF]] = {}

    def drawText(self, box: Any, flags: int, text: str) -> None:  # type: ignore[override] # the form that Chart uses
        self.boxes[text] = QRectF(box)
        super().drawText(box, flags, text)


@pytest.mark.parametrize("end", [1.0, 0.97, 0.5])
def test_names_of_curves_that_end_together_stand_apart(
    look: Look, shown: Shown[Chart], monkeypatch: pytest.MonkeyPatch, end: float
) -> None:
    monkeypatch.setattr("sigdesk.ui.models.chart.QPainter", Written)
    chart = shown(Chart(look, "Learning curve"))
    curves = {"Training signals": end, "Held-out signals": 0.4, "1.0.0": end}
    lines = [Line(name, ((20.0, start), (100.0, end))) for name, start in curves.items()]

    chart.show_lines([*lines, Line("Version 1: 50.0%", ((0.0, end), (100.0, end)), dashed=True)])
    chart.grab()

    boxes = [Written.boxes[name] for name in (*curves, "Version 1: 50.0%")]
    assert not any(one.intersects(other) for one, other in itertools.combinations(boxes, 2))
    assert all(QRectF(chart.rect()).contains(box) for box in boxes)


@pytest.mark.parametrize("width", [720, 779, 1074])
def test_a_confidence_interval_is_read_whole(look: Look, shown: Shown[FigureStrip], width: int) -> None:
    strip = FigureStrip(4)
    strip.setFixedWidth(width)
    notes = ("96.8% to 100.0% at 95%", "a trivial guess: 25.9%", "recall 77.8%", "tested on 116")
    strip.show_figures([Figure("Accuracy", "100.0%", note) for note in notes])

    said = words(shown(strip))

    assert all(note in said for note in notes)


def test_a_model_that_missed_none_has_no_weakest_class() -> None:
    counts = np.array([[9, 0, 0], [0, 9, 0], [0, 0, 5]])
    right = scores_of(counts, counts.sum(axis=1), [mark.name for mark in MARKS])
    counts[1] = [2, 7, 0]
    wrong = scores_of(counts, counts.sum(axis=1), [mark.name for mark in MARKS])

    assert weakest_figure(None, MARKS) == Figure("Weakest class")
    assert weakest_figure(right, MARKS) == Figure("Weakest class", note="none was missed")
    assert weakest_figure(wrong, MARKS) == Figure("Weakest class", "Imbalance", "recall 77.8%", "warn")


def test_classes_without_room_are_counted(look: Look, shown: Shown[ClassLine]) -> None:
    line = ClassLine(look)
    line.setFixedWidth(160)
    line.show_classes([ClassMark(f"c{n}", f"A class of {n}", n % 8, n > 7) for n in range(20)])

    shown(line).grab()

    assert line.heightForWidth(160) == 40
    assert line.heightForWidth(4000) == 20


def test_the_form_says_what_is_missing_and_then_what_is_wanted(
    look: Look, shown: Shown[TrainForm], qtbot: QtBot
) -> None:
    form = shown(TrainForm(look))
    assert form.obstacle == "Choose labels"
    starts = {combo.accessibleName(): combo.currentText() for combo in form.findChildren(QComboBox)}
    assert starts["Start from"] == "A new model", "also where the operator has no model yet"
    labels = LabelSource("This session", (Source(Path("a.csv"), "healthy"),), ("healthy",), "All labels are healthy")
    form.show_sources([labels])
    assert form.obstacle == "All labels are healthy"
    form.show_sources([replace(labels, obstacle="")])
    assert form.obstacle == "Name the model"
    form.show_models([("pump-condition", "Pump condition", "3.2.0")])

    form.choose_start("pump-condition")

    wish = form.wish()
    assert wish is not None
    assert (wish.start_from, wish.title, wish.method, wish.held_out) == (
        "pump-condition", "Pump condition", MethodName.AUTO, 0.2,
    )  # fmt: skip
    form.set_rocket(False)
    form._on_method_chosen(2)
    assert "pip install 'sigdesk[rocket]'" in form.obstacle
    assert form.wish() is None


def test_a_cancelled_choice_of_files_leaves_what_was_chosen(look: Look, shown: Shown[TrainForm], qtbot: QtBot) -> None:
    form = shown(TrainForm(look))
    form.show_sources([LabelSource("This session", (), ())])

    with qtbot.waitSignal(form.files_wanted):
        form._on_labels_chosen(2)

    assert form._labels.currentText() == "This session"
    form.add_source(LabelSource("bench.ts", (Source(Path("bench.ts")),)))
    assert form._labels.currentText() == "bench.ts"
    form.show_test(())
    assert form._held_out.currentText() == "20% of signals"


def test_times_are_said_as_clocks() -> None:
    assert [clock_of(seconds) for seconds in (0, 66, 3723)] == ["00:00", "01:06", "1:02:03"]
