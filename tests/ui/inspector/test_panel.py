"""The Inspector: model, scope, button and busy state, by what an operator presses and reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu, QScrollArea
from pytestqt.qtbot import QtBot

from sigdesk.classifiers.folder import BrokenFolder, ModelState
from sigdesk.ui.inspector.model_picker import ModelPicker
from sigdesk.ui.inspector.panel import Inspector
from sigdesk.ui.inspector.scope_line import ScopeLine
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.chip import Chip
from sigdesk.ui.widgets.number_field import NumberField
from tests.ui.inspector.conftest import button, failed, model, whole, windowed
from tests.ui.painted import colours_in, name_of

LEFT = Qt.MouseButton.LeftButton


def words(inspector: Inspector) -> list[str]:
    return [label.text() for label in inspector.findChildren(QLabel) if label.isVisible() and label.text()]


def scope_words(inspector: Inspector) -> str:
    line = inspector.findChild(ScopeLine)
    assert line is not None
    return line.text


def open_models(inspector: Inspector, qtbot: QtBot) -> QMenu:
    picker = inspector.findChild(ModelPicker)
    assert picker is not None
    qtbot.mouseClick(picker, LEFT)
    menu = picker.findChild(QMenu)
    assert menu is not None
    qtbot.waitUntil(menu.isVisible)
    return menu


def test_the_card_says_which_model_is_chosen(inspector: Inspector) -> None:
    (chip,) = (c for c in inspector.findChildren(Chip) if c.isVisible())

    assert {"Pump condition", "3.2.0", "8 classes · 96.4% accuracy"} <= set(words(inspector))
    assert (chip.text, chip.status) == ("Verified", "ok")


@pytest.mark.parametrize(
    ("state", "text", "status"),
    [(ModelState.CHANGED, "Changed since trusted", "warn"), (ModelState.BLOCKED, "Blocked", "error")],
)
def test_the_card_says_when_a_model_may_not_run(
    inspector: Inspector, state: ModelState, text: str, status: str
) -> None:
    inspector.show_model(model(state=state))
    (chip,) = (c for c in inspector.findChildren(Chip) if c.isVisible())

    assert (chip.text, chip.status) == (text, status)


def test_another_model_is_chosen_from_the_list(inspector: Inspector, qtbot: QtBot) -> None:
    broken = BrokenFolder(Path("/models/half"), ("model.toml, line 3: version is missing",))
    blocked = model("old", "Old & <b>bold</b>", state=ModelState.BLOCKED, problem="A pickle can run any code.")
    inspector.set_models([model(), model("valves", "Valve state"), blocked, broken])
    menu = open_models(inspector, qtbot)
    pump, valves, old, half = menu.actions()

    assert [action.isEnabled() for action in (pump, valves, old, half)] == [True, True, False, False]
    assert old.text() == "Old && <b>bold</b>  3.2.0  (blocked)"
    assert "A pickle can run any code." in old.toolTip()
    assert "line 3: version is missing" in half.toolTip()
    with qtbot.waitSignal(inspector.model_chosen) as chosen:
        qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(valves).center())
    assert chosen.args == ["valves"]


def test_without_models_the_list_says_so(inspector: Inspector, qtbot: QtBot) -> None:
    inspector.set_models([])

    (only,) = open_models(inspector, qtbot).actions()

    assert only.text() == "No models are installed"
    assert not only.isEnabled()


def test_scopes_are_chosen(inspector: Inspector, qtbot: QtBot) -> None:
    chosen: list[str] = []
    inspector.scope_chosen.connect(chosen.append)

    for text in ("Selection", "Windows", "Whole"):
        qtbot.mouseClick(button(inspector, text), LEFT)

    assert chosen == ["selection", "windows", "whole"]


def test_a_shown_scope_is_no_choice_of_the_operator(inspector: Inspector, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(inspector.scope_chosen):
        inspector.show_scope("windows")

    assert button(inspector, "Windows").isChecked()


@pytest.mark.parametrize(
    "text", ["9.80 \u2013 12.40 s  26\u2009000 samples", "48 windows over 24.0 s", "Whole signal, 24.0 s"]
)
def test_the_line_says_over_what(inspector: Inspector, text: str) -> None:
    inspector.show_plan("Classify", text, "", 0)

    assert scope_words(inspector) == text


def test_an_obstacle_greys_the_button_and_is_told(inspector: Inspector) -> None:
    inspector.show_plan("Classify", "Whole signal, 24.0 s", "Appliance current wants 1 channel", 0)
    classify = button(inspector, "Classify")

    assert not classify.isEnabled()
    assert classify.toolTip() == "Appliance current wants 1 channel"
    assert scope_words(inspector) == "Appliance current wants 1 channel"
    inspector.show_plan("Classify", "Whole signal, 24.0 s", "", 0)
    assert classify.isEnabled()


def test_classify_is_asked_for(inspector: Inspector, look: Look, qtbot: QtBot) -> None:
    inspector.show_plan("Classify 48 windows", "48 windows over 24.0 s", "", 0)
    classify = button(inspector, "Classify 48 windows")
    assert name_of(look.theme.accent) in colours_in(classify)
    assert classify.height() == 36

    with qtbot.waitSignal(inspector.classify_requested):
        qtbot.mouseClick(classify, LEFT)


def test_the_remaining_signals(inspector: Inspector, qtbot: QtBot) -> None:
    with qtbot.waitSignal(inspector.classify_remaining_requested):
        qtbot.mouseClick(button(inspector, "Classify 3 remaining signals"), LEFT)

    inspector.show_plan("Classify", "", "", 1)
    assert button(inspector, "Classify 1 remaining signal").isEnabled()
    inspector.show_plan("Classify", "", "", 0)
    assert button(inspector, "No signals remain").toolTip() == "Every open signal has its label"


def test_while_busy_there_is_a_way_to_cancel(inspector: Inspector, qtbot: QtBot) -> None:
    inspector.set_busy(True)
    assert not button(inspector, "Classifying…").isEnabled()
    with qtbot.waitSignal(inspector.cancel_requested):
        qtbot.mouseClick(button(inspector, "Cancel"), LEFT)

    inspector.show_plan("Classify selection", "", "", 0)
    assert not button(inspector, "Classifying…").isEnabled(), "a new plan does not end the job"
    inspector.set_busy(False)
    assert button(inspector, "Classify selection").isEnabled()
    assert not [b for b in inspector.findChildren(QAbstractButton) if b.text() == "Cancel" and b.isVisible()]


def test_the_model_card_is_asked_for(inspector: Inspector, qtbot: QtBot) -> None:
    with qtbot.waitSignal(inspector.card_requested) as card:
        qtbot.mouseClick(button(inspector, "Model card: Pump condition 3.2.0"), LEFT)

    assert card.args == ["pump"]
    inspector.show_model(None)
    QApplication.processEvents()
    assert "Choose a model" in words(inspector)


@pytest.mark.parametrize("card", [None, whole(), whole(0.46, unsure=True), windowed(), failed()])
@pytest.mark.parametrize("busy", [False, True])
def test_nothing_is_wider_than_the_panel(inspector: Inspector, card: object, busy: bool) -> None:
    inspector.show_card(card)  # type: ignore[arg-type]
    inspector.set_busy(busy)
    inspector.resize(280, 500)  # a scroll bar takes its part, too
    scroll = inspector.findChild(QScrollArea)
    assert scroll is not None

    QApplication.processEvents()
    content = scroll.widget()
    assert content is not None
    assert inspector.width() == 280
    assert content.width() <= scroll.viewport().width()


def test_no_field_is_cut_where_the_scroll_bar_takes_its_part(inspector: Inspector) -> None:
    inspector.resize(304, 500)
    QApplication.processEvents()
    scroll = inspector.findChild(QScrollArea)
    assert scroll is not None
    assert scroll.verticalScrollBar().isVisible()

    for field in inspector.findChildren(NumberField):
        if field.isVisible():
            right = field.mapTo(inspector, field.rect().topRight()).x()
            assert right <= scroll.viewport().width() - 16, field.accessibleName()


def test_it_scrolls_in_a_low_window(inspector: Inspector) -> None:
    inspector.show_card(whole())
    inspector.resize(304, 400)
    scroll = inspector.findChild(QScrollArea)
    assert scroll is not None

    assert scroll.verticalScrollBar().maximum() > 0
