"""Labels by mouse: drawn with the label tool, chosen, moved and resized in their lanes, and given up with Esc."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import ClassMark, LabelSpan
from sigdesk.ui.plots.area import PlotArea
from sigdesk.ui.plots.lanes import LabelLane, span_words
from sigdesk.ui.theme.tokens import LIGHT
from tests.ui.plots.conftest import Hands, colours, name_of

LEFT = Qt.MouseButton.LeftButton
NO_KEYS = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
IDLE = ClassMark("idle", "Idle", 0)
RUN = ClassMark("run", "Run", 3)
UNKNOWN = ClassMark("Unknown", "Unknown", 8)
YOURS = (
    LabelSpan(2.0, 5.0, IDLE, by_you=True, id="a"),
    LabelSpan(8.0, 10.0, RUN, by_you=True, id="b"),
    LabelSpan(12.0, 15.0, IDLE, by_you=True, id="c"),
)
SAID = LabelSpan(0.0, 24.0, RUN, 0.9, id="m")


@pytest.fixture
def lane(area: PlotArea, hands: Hands) -> LabelLane:
    """The operator's lane, with three labels, under a label of the model."""
    area.set_labels((*YOURS, SAID))
    area.labels.chosen.connect(area.labels.show_chosen)
    return _lane(area, "You")


def _lane(area: PlotArea, name: str) -> LabelLane:
    return next(lane for lane in area.findChildren(LabelLane) if lane.accessibleName() == f"{name} labels")


def _at(lane: LabelLane, time: float) -> QPoint:
    assert lane.scale is not None
    return QPoint(round(lane.scale.x(time)), 14)


def _drag(lane: LabelLane, start: float, stop: float, *, let_go: bool = True) -> None:
    QTest.mousePress(lane, LEFT, pos=_at(lane, start))
    for part in (0.3, 0.6, 1.0):
        QTest.mouseMove(lane, _at(lane, start + (stop - start) * part))
    if let_go:
        QTest.mouseRelease(lane, LEFT, pos=_at(lane, stop))


def _chosen(area: PlotArea) -> tuple[str, ...]:
    return area.labels.chosen_ids


def _near(value: float, wanted: float) -> bool:
    return abs(value - wanted) < 0.05


def test_the_label_tool_draws_over_the_channels(area: PlotArea, hands: Hands, qtbot: QtBot) -> None:
    hands.key(Qt.Key.Key_L)
    assert area.tool == "label"
    area.labels.show_class(RUN)
    with qtbot.waitSignal(area.labels.drawn) as drawn:
        hands.drag(6.0, 9.0)
    start, stop = drawn.args
    assert _near(start, 6.0)
    assert _near(stop, 9.0)
    assert start * 10_000 == pytest.approx(round(start * 10_000)), "labels begin at samples"
    assert area.selection is None


def test_what_is_drawn_is_seen_in_its_colour_while_the_drag_lasts(area: PlotArea, hands: Hands) -> None:
    area.use_tool("label")
    area.labels.show_class(RUN)
    QTest.mousePress(hands.pad, LEFT, pos=hands.at(6))
    QTest.mouseMove(hands.pad, hands.at(9))
    assert name_of(LIGHT.classes[3].fill) in colours(_lane(area, "You"), hands.at(7).x(), 10, 20, 4)
    hands.key(Qt.Key.Key_Escape)
    assert name_of(LIGHT.classes[3].fill) not in colours(_lane(area, "You"), hands.at(7).x(), 10, 20, 4)
    assert area.tool == "label", "Esc gives up the drag first"
    hands.key(Qt.Key.Key_Escape)
    assert area.tool == "select"


def test_the_label_tool_draws_in_the_lane_too(area: PlotArea, lane: LabelLane, qtbot: QtBot) -> None:
    area.use_tool("label")
    with qtbot.waitSignal(area.labels.drawn) as drawn:
        _drag(lane, 18.0, 17.0)
    assert _near(drawn.args[0], 17.0)
    assert _near(drawn.args[1], 18.0)


def test_a_click_with_the_label_tool_draws_nothing_and_chooses_what_lies_there(
    area: PlotArea, lane: LabelLane, hands: Hands
) -> None:
    area.use_tool("label")
    QTest.mouseClick(hands.pad, LEFT, pos=hands.at(9))
    assert _chosen(area) == ("b",), "the operator's before the model's"
    QTest.mouseClick(hands.pad, LEFT, pos=hands.at(20))
    assert _chosen(area) == ("m",)


def test_without_the_label_tool_a_drag_on_the_plot_selects(area: PlotArea, lane: LabelLane, hands: Hands) -> None:
    hands.drag(6.0, 7.0)
    assert area.selection is not None


def test_labels_are_chosen_by_clicks(area: PlotArea, lane: LabelLane) -> None:
    QTest.mouseClick(lane, LEFT, NO_KEYS, _at(lane, 3))
    assert _chosen(area) == ("a",)
    QTest.mouseClick(lane, LEFT, CTRL, _at(lane, 13))
    assert _chosen(area) == ("a", "c")
    QTest.mouseClick(lane, LEFT, CTRL, _at(lane, 3))
    assert _chosen(area) == ("c",)
    QTest.mouseClick(lane, LEFT, NO_KEYS, _at(lane, 3))
    QTest.mouseClick(lane, LEFT, SHIFT, _at(lane, 13))
    assert _chosen(area) == ("a", "b", "c")
    QTest.mouseClick(lane, LEFT, NO_KEYS, _at(lane, 20))
    assert _chosen(area) == ()


def test_a_chosen_label_has_a_ring_and_marks_its_stretch_on_the_plot(
    area: PlotArea, lane: LabelLane, hands: Hands
) -> None:
    x = hands.at(9).x()
    before = colours(hands.pad, x, 4, 10, 10)
    QTest.mouseClick(lane, LEFT, NO_KEYS, _at(lane, 9))
    assert name_of(LIGHT.accent) in colours(lane, x - 10, 4, 20, 3)
    assert colours(hands.pad, x, 4, 10, 10) != before
    hands.key(Qt.Key.Key_Escape)
    assert _chosen(area) == ()
    assert name_of(LIGHT.accent) not in colours(lane, x - 10, 4, 20, 3)


def test_a_label_is_dragged_with_all_that_are_chosen(area: PlotArea, lane: LabelLane, qtbot: QtBot) -> None:
    area.labels.show_chosen(("a", "b"))
    with qtbot.waitSignal(area.labels.moved) as moved:
        _drag(lane, 9.0, 10.5)
    ids, by = moved.args
    assert set(ids) == {"a", "b"}
    assert _near(by, 1.5)


def test_labels_cannot_be_dragged_out_of_the_recording(area: PlotArea, lane: LabelLane, qtbot: QtBot) -> None:
    with qtbot.waitSignal(area.labels.moved) as moved:
        _drag(lane, 3.0, -20.0)
    assert moved.args[1] == pytest.approx(-2.0)


def test_an_edge_is_taken_hold_of_and_dragged(area: PlotArea, lane: LabelLane, qtbot: QtBot) -> None:
    QTest.mouseMove(lane, _at(lane, 10.0))
    assert lane.cursor().shape() is Qt.CursorShape.SizeHorCursor
    QTest.mouseMove(lane, _at(lane, 9.0))
    assert lane.cursor().shape() is Qt.CursorShape.OpenHandCursor
    with qtbot.waitSignal(area.labels.resized) as resized:
        _drag(lane, 10.0, 11.0)
    label_id, start, stop = resized.args
    assert (label_id, start) == ("b", 8.0)
    assert _near(stop, 11.0)
    with qtbot.waitSignal(area.labels.resized) as resized:
        _drag(lane, 8.0, 7.0)
    assert _near(resized.args[1], 7.0)


def test_an_edge_dragged_over_the_other_turns_the_label_round(area: PlotArea, lane: LabelLane, qtbot: QtBot) -> None:
    with qtbot.waitSignal(area.labels.resized) as resized:
        _drag(lane, 10.0, 6.5)
    assert _near(resized.args[1], 6.5)
    assert resized.args[2] == 8.0


def test_a_drag_given_up_or_no_drag_at_all_changes_nothing(area: PlotArea, lane: LabelLane, hands: Hands) -> None:
    told: list[object] = []
    for signal in (area.labels.moved, area.labels.resized, area.labels.drawn):
        signal.connect(lambda *what: told.append(what))
    _drag(lane, 9.0, 11.0, let_go=False)
    hands.key(Qt.Key.Key_Escape)
    QTest.mouseRelease(lane, LEFT, pos=_at(lane, 11))
    QTest.mouseClick(lane, LEFT, NO_KEYS, _at(lane, 9))
    assert told == []


def test_another_recording_ends_a_drag(area: PlotArea, lane: LabelLane) -> None:
    recording = area.recording
    told: list[object] = []
    area.labels.moved.connect(lambda *what: told.append(what))
    _drag(lane, 9.0, 11.0, let_go=False)
    area.show_recording(recording)
    QTest.mouseRelease(lane, LEFT, pos=_at(lane, 11))
    assert told == []
    assert _chosen(area) == ()


def test_the_menu_is_asked_for_over_a_label_only(area: PlotArea, lane: LabelLane, qtbot: QtBot) -> None:
    def ask(time: float) -> None:
        spot = _at(lane, time)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, spot, lane.mapToGlobal(spot))
        QApplication.sendEvent(lane, event)

    with qtbot.assertNotEmitted(area.labels.menu_wanted):
        ask(20.0)
    with qtbot.waitSignal(area.labels.menu_wanted):
        ask(13.0)
    assert _chosen(area) == ("c",)


def test_of_labels_that_overlap_the_shorter_one_is_on_top(area: PlotArea, hands: Hands) -> None:
    long = LabelSpan(2.0, 20.0, IDLE, by_you=True, id="long")
    area.set_labels((long, *(LabelSpan(5.0 + n, 5.4 + n, RUN, by_you=True, id=f"{n}") for n in range(4))))
    lane = _lane(area, "You")
    for time, label_id in ((3.0, "long"), (6.2, "1"), (6.7, "long"), (15.0, "long")):
        span = lane.span_at(_at(lane, time).x())
        assert span is not None
        assert span.id == label_id
    area.show_stretch(12.0, 14.0)
    assert [span.id for span in lane.spans_in_view()] == ["long"], "although it began long before"


def test_unknown_has_a_dashed_edge_and_no_fill(area: PlotArea, hands: Hands) -> None:
    area.set_labels((LabelSpan(2.0, 20.0, UNKNOWN, by_you=True, id="u"),))
    lane = _lane(area, "You")
    x = hands.at(12).x()
    assert colours(lane, x, 10, 20, 6) == {name_of(LIGHT.surface)}
    assert len(colours(lane, x, 4, 40, 1)) > 1


def test_what_a_label_says_of_itself(area: PlotArea) -> None:
    own = LabelSpan(2.0, 20.0, IDLE, by_you=True, id="u", title="Start-up 3", note="loose cable")
    assert span_words(own) == "Start-up 3, Idle, by you, 2.0 to 20.0, note: loose cable"


def test_ten_thousand_labels_are_painted_as_few(area: PlotArea, hands: Hands) -> None:
    step = 24.0 / 10_000
    spans = [LabelSpan(i * step, (i + 0.8) * step, (IDLE, RUN)[i % 2], by_you=True, id=f"{i}") for i in range(10_000)]
    area.set_labels(spans)
    lane = _lane(area, "You")
    assert len(list(lane.spans_in_view())) < 1600
    area.show_stretch(10.0, 10.05)
    seen = list(lane.spans_in_view())
    assert [span.id for span in seen] == [f"{i}" for i in range(4166, 4188) if spans[i].stop >= 10.0][: len(seen)]
    assert len(seen) == pytest.approx(21, abs=1)


def test_a_field_asks_over_the_lanes_and_is_gone_with_the_answer(area: PlotArea, hands: Hands, qtbot: QtBot) -> None:
    answers: list[str] = []
    area.labels.ask("Name of the label", "old", 12.0).answered.connect(answers.append)
    field = area.findChild(QPlainTextEdit)
    assert field is not None
    assert field.hasFocus()
    QTest.keyClicks(field, "pump on")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert answers == ["pump on"]
    assert hands.stack.hasFocus()
    area.labels.ask("Note on the label", "", 23.9, long=True).answered.connect(answers.append)
    field = next(each for each in area.findChildren(QPlainTextEdit) if each.isVisible())
    QTest.keyClicks(field, "one")
    QTest.keyClick(field, Qt.Key.Key_Return, SHIFT)
    QTest.keyClicks(field, "two")
    card = field.parentWidget()
    assert card is not None
    assert area.rect().contains(card.geometry())
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert answers[-1] == "one\ntwo"
    area.labels.ask("Name of the label", "", 1.0).answered.connect(answers.append)
    field = next(each for each in area.findChildren(QPlainTextEdit) if each.isVisible())
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert len(answers) == 2


def test_lanes_are_painted_in_both_themes(area: PlotArea, lane: LabelLane, hands: Hands) -> None:
    image: QImage = lane.grab().toImage()
    assert image.pixelColor(_at(lane, 3.9)).name() == name_of(LIGHT.classes[0].fill)
