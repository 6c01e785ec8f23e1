"""A model file is added in the window, and two versions are compared on the open signals."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from sigdesk.app.models_library import model_kind
from sigdesk.app.rows import SignalState
from sigdesk.classifiers.folder import Classifier, ModelState
from sigdesk.places import shipped_folder
from sigdesk.ui.models.add_dialog import AddDialog
from sigdesk.ui.start import Desk
from tests.app.test_models_library import Hostile
from tests.classifiers.test_trust import payloads
from tests.end_to_end.conftest import MakeDesk, screenshot
from tests.end_to_end.test_models_page import card, choose, models, open_page, press, state_of
from tests.end_to_end.test_window import open_samples, words

__all__ = ["models"]

LEFT = Qt.MouseButton.LeftButton


def dialog_of(desk: Desk, qtbot: QtBot, path: Path) -> AddDialog:
    press(qtbot, desk.window.models_page.list, "Add model file…")
    box = next(one for one in desk.window.findChildren(AddDialog) if one.isVisible())
    desk.wiring.models.adding.show_path(path)
    return box


def field(box: AddDialog, name: str) -> QLineEdit:
    return next(one for one in box.findChildren(QLineEdit) if one.accessibleName() == name)


def test_fault_40_a_pickle_is_added_blocked_and_asked_for_what_it_cannot_say(
    desk: Desk, qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    file = tmp_path / "pump.pkl"
    file.write_bytes(pickle.dumps(Hostile(tmp_path / "it ran")))
    open_page(desk, qtbot)
    box = dialog_of(desk, qtbot, file)
    assert "to open it is to run it" in box.words.text()

    press(qtbot, box, "Add")
    assert "Name its classes" in box.problem.text()
    qtbot.keyClicks(field(box, "Classes"), "active, calm")
    qtbot.keyClicks(field(box, "Channels"), "two")
    press(qtbot, box, "Add")
    assert "two is no number of channels" in box.problem.text()
    field(box, "Channels").setText("2")
    qtbot.keyClicks(field(box, "Sample rate (Hz)"), "100")
    box.grab().save(str(screenshot(desk, request, "add")))
    with qtbot.waitSignal(desk.program.library.done, timeout=30_000):
        press(qtbot, box, "Add")

    assert not box.isVisible()
    assert state_of(desk, "pump") is ModelState.BLOCKED
    model = desk.program.library.find("pump")
    assert isinstance(model, Classifier)
    assert model.manifest.classes == ("active", "calm")
    assert (model.manifest.input.channels, model.manifest.input.sample_rate_hz) == (2, 100.0)
    assert card(desk, "pump").isVisible()
    assert not (tmp_path / "it ran").exists()


def test_fault_40_ten_hostile_pickles_are_added_blocked_and_none_of_them_runs(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    marker = tmp_path / "it ran"
    pickles = [(ending, data) for ending, data in payloads(marker).values() if ending != "skops"]
    assert len(pickles) == 10
    open_page(desk, qtbot)

    for place, (ending, data) in enumerate(pickles):
        file = tmp_path / f"hostile{place}.{ending}"
        file.write_bytes(data)
        box = dialog_of(desk, qtbot, file)
        field(box, "Classes").setText("a, b")
        with qtbot.waitSignal(desk.program.library.done, timeout=30_000):
            press(qtbot, box, "Add")

    names = [f"hostile{place}" for place in range(10)]
    assert {state_of(desk, name) for name in names} == {ModelState.BLOCKED}
    assert all("Unknown pickle file." in words(card(desk, name)) for name in names)
    assert not marker.exists()


def test_a_skops_file_says_its_classes_itself_and_a_taken_name_is_told_in_the_dialog(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    (source,) = (shipped_folder("models") / "basic-motions").glob("*.skops")
    open_page(desk, qtbot)
    box = dialog_of(desk, qtbot, source)
    qtbot.waitUntil(lambda: "Badminton" in field(box, "Classes").text(), timeout=60_000)
    field(box, "Name of its folder").setText("motions")
    (desk.program.library.folder / "motions").mkdir(parents=True)

    with qtbot.waitSignal(desk.program.library.failed, timeout=30_000):
        press(qtbot, box, "Add")
    assert "There is a model named motions already" in box.problem.text()
    assert box.isVisible()
    field(box, "Name of its folder").setText("motions-2")
    with qtbot.waitSignal(desk.program.library.done, timeout=30_000):
        press(qtbot, box, "Add")

    assert state_of(desk, "motions-2") is ModelState.VERIFIED


def test_a_hostile_skops_file_is_refused_and_does_not_run(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "bad.skops"
    file.write_bytes(pickle.dumps(Hostile(tmp_path / "it ran")))
    open_page(desk, qtbot)
    box = dialog_of(desk, qtbot, file)

    qtbot.waitUntil(lambda: "bad.skops is not a skops file" in box.problem.text(), timeout=60_000)

    assert not (tmp_path / "it ran").exists()
    press(qtbot, box, "Cancel")
    assert not (desk.program.library.folder / "bad").exists()


def test_a_folder_with_a_script_says_that_adding_is_trusting(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "classifier"
    folder.mkdir()
    (folder / "classify.py").write_text('print(\'OUTPUT: {"label": "a"}\')\n')
    assert model_kind(folder) == "script"
    open_page(desk, qtbot)
    box = dialog_of(desk, qtbot, folder)
    assert "to add it is to trust it" in box.words.text()
    qtbot.keyClicks(field(box, "Classes"), "a, b")

    with qtbot.waitSignal(desk.program.library.done, timeout=30_000):
        press(qtbot, box, "Add")

    assert state_of(desk, "classifier") is ModelState.VERIFIED


def write_scripts(folder: Path) -> None:
    """A model whose version in use says "a" of everything, the other "b" of what is long."""
    answers = {"1.0.0": "'a'", "1.1.0": "'b' if len(samples[0]) > 1000 else 'a'"}
    for version, answer in answers.items():
        inside = folder if version == "1.0.0" else folder / "versions" / version
        inside.mkdir(parents=True)
        (inside / "model.toml").write_text(
            f'[model]\nname = "{folder.name}"\nversion = "{version}"\ntitle = "Length"\n'
            '[output]\nclasses = ["a", "b"]\n[run]\nscript = "classify.py"\nsamples = "json"\nmode = "one-shot"\n'
        )
        (inside / "classify.py").write_text(
            "import json, sys\n"
            "samples = json.load(open(sys.argv[1]))['signal']['samples']\n"
            f"print('OUTPUT: ' + json.dumps({{'label': {answer}, 'confidence': 0.9}}))\n"
        )


def test_a_shadow_run_lists_the_differences_and_leaves_the_session_alone(
    models: Path, make_desk: MakeDesk, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    write_scripts(models / "length")
    desk = make_desk()
    open_samples(desk, qtbot, "microwave.csv", "ecg.wav")
    open_page(desk, qtbot)
    choose(desk, qtbot, "length")
    detail = desk.window.models_page.detail
    qtbot.waitUntil(lambda: "1.1.0" in words(detail))
    press(qtbot, detail, "Shadow run…")

    def ended() -> bool:
        return desk.program.shadow.state is not None and not desk.program.shadow.running

    qtbot.waitUntil(ended, timeout=60_000)

    state = desk.program.shadow.state
    assert state is not None
    assert state.error == ""
    assert (state.done, state.failed) == (2, 0)
    (row,) = state.differences
    assert (row.old, row.new) == (("a", 0.9), ("b", 0.9))
    screenshot(desk, request, "shadow")
    view = desk.window.models_page.shadow
    assert "Shadow run: Length 1.0.0 and 1.1.0" in words(view)
    assert {entry.state for entry in desk.program.session.entries} == {SignalState.NOT_CLASSIFIED}
    assert desk.program.feed.jobs.rowCount() == 0
    with qtbot.waitSignal(desk.program.library.done, timeout=30_000):
        press(qtbot, view, "Promote 1.1.0")
    found = desk.program.library.find("length")
    assert isinstance(found, Classifier)
    assert found.manifest.version == "1.1.0"
