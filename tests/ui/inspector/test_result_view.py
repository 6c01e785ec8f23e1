"""What came of a job: a label and how sure, shares of windows, or why there is none."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from sigdesk.ui.inspector.result_view import ResultView
from sigdesk.ui.rows.tenths import Tenths
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.bars import ConfidenceBar, ShareBar
from sigdesk.ui.widgets.chip import Chip
from tests.ui.conftest import Shown
from tests.ui.inspector.conftest import BEARING, CAVITATION, HEALTHY, button, failed, whole, windowed
from tests.ui.painted import colours_in, name_of

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(look: Look, shown: Shown[ResultView]) -> ResultView:
    made = ResultView(look)
    made.resize(272, 400)
    return shown(made)


def words(view: ResultView) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel) if label.isVisible() and label.text()]


def test_before_anything_was_classified(view: ResultView) -> None:
    assert words(view) == ["Result", "Nothing was classified here yet."]


def test_a_label_with_one_decimal_and_its_rivals(view: ResultView, look: Look) -> None:
    view.show_card(whole())
    bars = [bar.share for bar in view.findChildren(ConfidenceBar) if bar.isVisible()]

    assert words(view)[:4] == ["Result", "14:32:07 · 0.14 s · worker 1", "Cavitation", "91.4%"]
    assert {"Bearing wear", "4.3%", "3 other classes"} <= set(words(view))
    assert bars == sorted(bars, reverse=True)
    assert len(bars) == 4
    fills = {name_of(look.class_colour(mark.slot).fill) for mark in (CAVITATION, BEARING, HEALTHY)}
    assert fills <= colours_in(view)


def test_a_result_that_is_shown_already_is_not_built_again(view: ResultView) -> None:
    view.show_card(whole())
    before = view.findChildren(ConfidenceBar)
    view.show_card(whole())
    assert view.findChildren(ConfidenceBar) == before

    view.show_card(replace(whole(), caption="14:33:00"))
    assert words(view)[1] == "14:33:00"


def test_an_unsure_label_says_so(view: ResultView) -> None:
    view.show_card(whole(0.46, unsure=True))

    assert [chip.text for chip in view.findChildren(Chip) if chip.isVisible()] == ["Unsure"]


def test_windows_are_shares_of_time(view: ResultView, look: Look) -> None:
    view.show_card(windowed())

    assert {"8 segments", "Healthy", "9.0 s", "75%", "Bearing wear", "3.0 s", "25%"} <= set(words(view))
    assert [chip.text for chip in view.findChildren(Chip) if chip.isVisible()] == ["1 unsure"]
    (bar,) = (b for b in view.findChildren(ShareBar) if b.isVisible())
    left, right = bar.grab().toImage().pixelColor(20, 6), bar.grab().toImage().pixelColor(bar.width() - 20, 6)
    assert (left.name(), right.name()) == (
        name_of(look.class_colour(HEALTHY.slot).fill),
        name_of(look.class_colour(BEARING.slot).fill),
    )


def test_windows_of_a_signal_without_time_are_counted_in_samples(view: ResultView) -> None:
    card = windowed()
    view.show_card(replace(card, shares=((HEALTHY, 12000.0), (BEARING, 400.0))), "")

    assert {"12\u2009000", "400"} <= set(words(view))


def test_the_next_unsure_one_is_asked_for(view: ResultView, qtbot: QtBot) -> None:
    view.show_card(windowed())

    with qtbot.waitSignal(view.next_unsure_requested):
        qtbot.mouseClick(button(view, "Next unsure"), LEFT)


def test_a_failure_in_words_with_the_way_to_its_log(view: ResultView, qtbot: QtBot) -> None:
    view.show_card(failed())
    assert words(view)[2:] == [
        "Job 7 failed: Pressure is stuck at 0.00 bar", "No label was written. Check the sensor cable.",
    ]  # fmt: skip

    with qtbot.waitSignal(view.show_log_requested) as shown:
        qtbot.mouseClick(button(view, "Show script output"), LEFT)
    assert shown.args == ["J7"]


def test_a_result_is_accepted_or_corrected(view: ResultView, qtbot: QtBot) -> None:
    view.show_card(whole())
    assert not button(view, "Accept").isEnabled()
    assert button(view, "Accept").toolTip() == "No label of the model waits here to be accepted"

    view.show_some_wait(True)
    with qtbot.waitSignal(view.accept_requested):
        qtbot.mouseClick(button(view, "Accept"), LEFT)
    with qtbot.waitSignal(view.correct_requested):
        qtbot.mouseClick(button(view, "Correct…"), LEFT)

    view.show_card(windowed())
    with qtbot.waitSignal(view.accept_requested):
        qtbot.mouseClick(button(view, "Accept all"), LEFT)
    view.show_some_wait(False)
    assert not button(view, "Accept all").isEnabled()


def test_warnings_and_other_answers_of_the_script_are_shown(view: ResultView) -> None:
    view.show_card(replace(whole(), warnings=("Vibration has 3 gaps",), extra={"rms": 4.25}))

    assert {"Vibration has 3 gaps", "rms", "4.25"} <= set(words(view))


def test_where_the_model_looked_is_painted_and_said(view: ResultView) -> None:
    view.show_card(replace(whole(), looked_at=(0.0, 0.0, 0.42, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)))

    (tenths,) = [one for one in view.findChildren(Tenths) if one.isVisible()]
    assert {"Where it looked", "confidence lost without it"} <= set(words(view))
    assert tenths.accessibleDescription() == f"0.0%, 0.0%, 42.0%, 10.0%{', 0.0%' * 6}"
    assert tenths.height() == 44
    assert len(colours_in(tenths)) > 3

    view.show_card(replace(whole(), looked_at=(0.001,) * 10))
    assert "No tenth of the signal decides alone." in words(view)
    assert not [one for one in view.findChildren(Tenths) if one.isVisible()]


def test_a_label_without_confidence(view: ResultView) -> None:
    view.show_card(replace(whole(), confidence=None, probabilities=()))

    assert words(view)[2:3] == ["Cavitation"]
    assert not [text for text in words(view) if "%" in text]


def test_markup_in_a_class_name_stays_text(view: ResultView) -> None:
    card = whole()
    view.show_card(replace(card, mark=replace(CAVITATION, title="<b>x</b>")))

    (label,) = (lab for lab in view.findChildren(QLabel) if lab.isVisible() and lab.text() == "<b>x</b>")
    assert label.textFormat() is Qt.TextFormat.PlainText


def test_the_newest_result_replaces_the_last(view: ResultView, qtbot: QtBot) -> None:
    view.show_card(whole())
    view.show_card(failed())
    view.show_card(None)

    assert words(view) == ["Result", "Nothing was classified here yet."]
