"""The Models page in the real window: models are seen, used, trusted, promoted, removed; nothing hostile is opened."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from sigdesk.app.model_report import Answered
from sigdesk.classifiers.adding import Wrapped, add_model
from sigdesk.classifiers.folder import Classifier, ModelState
from sigdesk.ui.models.cards import ModelCard
from sigdesk.ui.models.class_gallery import ClassGallery
from sigdesk.ui.models.trust_dialog import TrustDialog
from sigdesk.ui.start import Desk
from sigdesk.ui.widgets.action_button import ActionButton
from tests.app.test_models_library import Hostile, write_versions
from tests.end_to_end.command_line import SAMPLES
from tests.end_to_end.conftest import MakeDesk, screenshot
from tests.end_to_end.test_window import button, classify, open_samples, words

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """The folder of the operator's models, before a desk is opened."""
    folder = tmp_path / "home" / "models"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def hostile(tmp_path: Path, models: Path) -> Path:
    """A pickle that makes a file when it is opened, among the models; the file that it would make."""
    marker = tmp_path / "it ran"
    file = tmp_path / "appliance_rf.pkl"
    file.write_bytes(pickle.dumps(Hostile(marker)))
    add_model(Wrapped(file, classes=("a", "b")), models)
    return marker


def open_page(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(desk.program.library.looked):
        qtbot.keyClick(desk.window, Qt.Key.Key_4, CONTROL)


def card(desk: Desk, key: str) -> ModelCard:
    found = [one for one in desk.window.models_page.list.findChildren(ModelCard) if one.row.key == key]
    live = [one for one in found if not one.isHidden()]
    assert len(live) == 1, f"{len(live)} cards of {key}"
    return live[0]


def choose(desk: Desk, qtbot: QtBot, key: str) -> None:
    with qtbot.waitSignal(desk.program.library.looked):
        qtbot.mouseClick(card(desk, key), LEFT)


def press(qtbot: QtBot, parent: QWidget, text: str) -> None:
    qtbot.mouseClick(button(parent, text), LEFT)


def state_of(desk: Desk, key: str) -> ModelState | None:
    model = desk.program.library.find(key)
    return model.state if isinstance(model, Classifier) else None


def chosen_runs(desk: Desk) -> bool:
    chosen = desk.program.classifying.classifier
    return chosen is not None and chosen.runnable


def until(qtbot: QtBot, holds: Callable[[], bool]) -> None:
    qtbot.waitUntil(holds, timeout=20_000)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_shows_the_model_that_is_used_and_leads_to_others(
    desk: Desk, qtbot: QtBot, request: pytest.FixtureRequest, theme: str
) -> None:
    desk.program.settings.put("theme", theme)
    open_page(desk, qtbot)
    page = desk.window.models_page

    assert "Appliance current" in words(page.detail)
    assert "Default for this session" in words(page.list)
    choose(desk, qtbot, "basic-motions")
    screenshot(desk, request, "basic-motions")
    assert "Tells standing, walking, running and badminton apart" in words(page.detail)
    looked = {one.accessibleName(): one for one in page.detail.findChildren(QWidget) if one.isVisible()}
    assert "Standard deviation, 50–100%, ch. 1: 2.9%" in looked["What counts most"].accessibleDescription()
    assert looked["Where it looks"].accessibleDescription().startswith("Channel 1: 2.8%, 2.8%")
    gallery = page.detail.findChild(ClassGallery)
    assert gallery is not None
    assert gallery.isVisible()
    assert "Walking: BasicMotions_TRAIN 27, the first 3 of 6 channels" in gallery.accessibleDescription()

    press(qtbot, page.detail, "Use this model")

    assert desk.program.classifying.classifier is not None
    assert desk.program.classifying.classifier.name == "basic-motions"
    assert "Default for this session" in words(card(desk, "basic-motions"))
    assert "Default for this session" not in words(card(desk, "appliance-current"))


def test_the_filter_finds_a_class_and_is_cleared(desk: Desk, qtbot: QtBot) -> None:
    open_page(desk, qtbot)
    qtbot.keyClick(desk.window, Qt.Key.Key_F, CONTROL)
    qtbot.keyClicks(desk.window.focusWidget(), "badminton")

    shown = [one.row.key for one in desk.window.models_page.list.findChildren(ModelCard) if one.isVisible()]
    assert shown == ["basic-motions"]
    qtbot.keyClicks(desk.window.focusWidget(), "x")
    assert 'No model matches "badmintonx".' in words(desk.window.models_page.list)
    qtbot.keyClick(desk.window.focusWidget(), Qt.Key.Key_Escape)
    assert card(desk, "appliance-current").isVisible()


def test_the_keyboard_goes_from_card_to_card(desk: Desk, qtbot: QtBot) -> None:
    open_page(desk, qtbot)
    first = card(desk, "appliance-current")
    first.setFocus()

    with qtbot.waitSignal(desk.program.library.looked):
        qtbot.keyClick(first, Qt.Key.Key_Down)

    assert card(desk, "basic-motions").hasFocus()
    assert card(desk, "basic-motions").is_selected
    assert "Basic motions" in words(desk.window.models_page.detail)


def test_fits_this_signal_says_why_not(desk: Desk, qtbot: QtBot) -> None:
    open_samples(desk, qtbot, "microwave.csv", "running.csv")
    open_page(desk, qtbot)
    choose(desk, qtbot, "basic-motions")
    head = desk.window.models_page.detail.head
    microwave = next(one for one in desk.program.session.entries if "microwave" in one.recording.name)
    desk.program.session.show(microwave.id)

    press(qtbot, head, "Fits this signal?")

    assert "Basic motions wants 6 channels, but" in words(head)
    assert "Of the 1 other open signals, 1 fit." in words(head)


def test_fault_41_a_hostile_pickle_is_blocked_and_the_default_answer_leaves_it_so(
    hostile: Path, make_desk: MakeDesk, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    desk = make_desk()
    open_page(desk, qtbot)
    assert "Unknown pickle file." in words(card(desk, "appliance_rf"))
    choose(desk, qtbot, "appliance_rf")
    assert "can run anything" in words(desk.window.models_page.detail)

    press(qtbot, card(desk, "appliance_rf"), "Trust this file…")
    box = desk.window.findChild(TrustDialog)
    assert box is not None
    box.grab().save(str(screenshot(desk, request, "trust")))
    model = desk.program.library.find("appliance_rf")
    assert isinstance(model, Classifier)
    assert model.sha256 in box.facts.text()
    qtbot.keyClick(box, Qt.Key.Key_Return)

    assert not box.isVisible()
    assert state_of(desk, "appliance_rf") is ModelState.BLOCKED
    names = [one.name for one in desk.program.classifying.models if isinstance(one, Classifier) and one.runnable]
    assert "appliance_rf" not in names
    assert not hostile.exists(), "nothing of it ran"


def test_a_trusted_file_may_be_used_at_once_and_undone(hostile: Path, make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk = make_desk()
    open_page(desk, qtbot)
    press(qtbot, card(desk, "appliance_rf"), "Trust this file…")
    box = desk.window.findChild(TrustDialog)
    assert box is not None

    with qtbot.waitSignal(desk.program.library.done, timeout=20_000):
        press(qtbot, box, "Trust this file")

    assert state_of(desk, "appliance_rf") is ModelState.TRUSTED
    desk.program.classifying.choose_model("appliance_rf")
    assert chosen_runs(desk)
    with qtbot.waitSignal(desk.program.library.done, timeout=20_000):
        press(qtbot, desk.window.toast, "Undo")
    assert state_of(desk, "appliance_rf") is ModelState.BLOCKED
    assert not chosen_runs(desk), "what classifies knows it, too"
    assert not hostile.exists()


def test_a_model_is_removed_and_put_back(hostile: Path, make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk = make_desk()
    open_page(desk, qtbot)

    with qtbot.waitSignal(desk.program.library.done, timeout=20_000):
        press(qtbot, card(desk, "appliance_rf"), "Remove")
    assert desk.program.library.find("appliance_rf") is None
    with qtbot.waitSignal(desk.program.library.done, timeout=20_000):
        press(qtbot, desk.window.toast, "Undo")

    assert card(desk, "appliance_rf").isVisible()
    assert not hostile.exists()


def test_a_version_is_promoted_by_one_click_and_the_inspector_has_it(
    models: Path, make_desk: MakeDesk, qtbot: QtBot
) -> None:
    write_versions(models / "pump", "1.0.0", "1.1.0")
    desk = make_desk()
    desk.program.classifying.choose_model("pump")
    open_page(desk, qtbot)

    with qtbot.waitSignal(desk.program.library.looked, timeout=20_000):
        press(qtbot, desk.window.models_page.detail, "Promote")

    chosen = desk.program.classifying.classifier
    assert chosen is not None
    assert chosen.manifest.version == "1.1.0"
    assert "pump 1.1.0 is in use" in words(desk.window.toast)
    with qtbot.waitSignal(desk.program.library.looked, timeout=20_000):
        press(qtbot, desk.window.models_page.detail, "Roll back to 1.0.0")
    assert desk.program.classifying.classifier is not None
    assert desk.program.classifying.classifier.manifest.version == "1.0.0"


def test_signals_that_are_shown_have_their_stretch_selected(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    files = [shutil.copy(SAMPLES / name, tmp_path) for name in ("microwave.csv", "fan.csv")]
    one, other = (
        Answered(Path(file).name, Path(file), "", start, stop, "a", "b", 0.9)
        for file, (start, stop) in zip(files, ((10, 40), (100, 104)), strict=True)
    )

    with qtbot.waitSignal(desk.program.opened):
        desk.window.models_page.detail.signals_requested.emit((one, other))

    plots, entries = desk.window.plots, desk.program.session.entries
    qtbot.waitUntil(lambda: plots.selection == (10, 40), timeout=30_000)
    desk.program.session.show(entries[1].id)
    qtbot.waitUntil(lambda: plots.selection == (100, 104), timeout=30_000)
    assert plots.visible_samples[1] - plots.visible_samples[0] < 20, "the plot goes to what is so short"
    press(qtbot, desk.window.signals, "Show all")
    desk.program.session.show(entries[0].id)
    qtbot.waitUntil(lambda: plots.recording is entries[0].recording and plots.selection is None, timeout=30_000)


def test_a_card_says_when_its_model_was_used_last(desk: Desk, qtbot: QtBot) -> None:
    desk.program.classifying.choose_model("level-alarm")
    open_samples(desk, qtbot, "microwave.csv")
    classify(desk, qtbot)
    desk.program.classifying.choose_model("appliance-current")

    with qtbot.waitSignal(desk.program.library.used, timeout=20_000):
        open_page(desk, qtbot)

    assert "Last used today" in words(card(desk, "level-alarm"))


def test_a_broken_folder_says_what_is_wrong(models: Path, make_desk: MakeDesk, qtbot: QtBot) -> None:
    (models / "half").mkdir()
    (models / "half" / "model.toml").write_text("[model]\n")
    desk = make_desk()
    open_page(desk, qtbot)

    press(qtbot, card(desk, "half"), "Why?")

    assert "[output] is missing or empty" in words(desk.window.models_page.detail)


def test_a_narrow_window_clips_nothing(
    hostile: Path, make_desk: MakeDesk, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    desk = make_desk()
    desk.window.resize(1100, 700)
    open_page(desk, qtbot)
    choose(desk, qtbot, "basic-motions")
    screenshot(desk, request, "narrow")

    page = desk.window.models_page
    for one in page.findChildren(ActionButton):
        if one.isVisible() and page.list.isAncestorOf(one):
            assert one.width() >= one.minimumSizeHint().width(), one.text()
    assert page.detail.horizontalScrollBar().maximum() == 0
    inner = page.detail.widget()
    assert inner is not None
    assert inner.minimumSizeHint().width() <= page.detail.viewport().width()
