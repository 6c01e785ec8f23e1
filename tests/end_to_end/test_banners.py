"""The banner under the header: a model whose processes keep dying is paused, said so, and resumed by a click."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from sigdesk.app.results_model import ProblemsModel
from sigdesk.app.rows import ProblemRow, SignalState
from tests.end_to_end.conftest import MakeDesk, screenshot
from tests.end_to_end.test_failures_in_window import write_model
from tests.end_to_end.test_window import button, open_samples, rows


def test_a_paused_model_is_told_and_resumed_from_the_banner(
    make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    write_model(tmp_path / "home" / "models", "good", 'echo \'OUTPUT: {"label": "good"}\'')
    desk = make_desk()
    desk.program.classifying.choose_model("good")
    classifier = desk.program.classifying.classifier
    assert classifier is not None
    desk.program.pool.pause_classifier(classifier)
    open_samples(desk, qtbot, "microwave.csv")
    desk.program.classifying.classify_current()
    banner = desk.window.banner
    qtbot.waitUntil(lambda: banner.isVisible())
    assert banner.text.startswith("good is paused.")
    screenshot(desk, request, "paused")
    (entry,) = desk.program.session.entries
    assert entry.state is SignalState.QUEUED

    qtbot.mouseClick(button(banner, "Resume"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: entry.state is SignalState.CLASSIFIED)
    qtbot.waitUntil(lambda: not banner.isVisible())


def told(problems: ProblemsModel) -> list[str]:
    return [row.what for row in rows(problems) if isinstance(row, ProblemRow)]


def test_fault_39_a_temp_folder_that_cannot_be_written_is_told_and_the_jobs_go_on_when_it_can_be(
    make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    write_model(tmp_path / "home" / "models", "good", 'echo \'OUTPUT: {"label": "good"}\'')
    desk = make_desk()
    desk.program.classifying.choose_model("good")
    open_samples(desk, qtbot, "microwave.csv", "laptop.csv")
    temp = desk.program.pool.temp_folder.parent
    shutil.rmtree(temp)
    temp.write_text("in the way of a folder")
    desk.program.classifying.classify_remaining()
    banner = desk.window.banner
    qtbot.waitUntil(lambda: banner.isVisible())
    assert banner.text.startswith("No job can be handed to a model")
    entries = desk.program.session.entries
    qtbot.waitUntil(lambda: sorted(entry.state.name for entry in entries) == ["FAILED", "QUEUED"])
    problems = desk.program.feed.problems
    assert any("No job can be handed" in what for what in told(problems))
    screenshot(desk, request, "no room")

    waiting = next(entry for entry in entries if entry.state is SignalState.QUEUED)
    temp.unlink()
    qtbot.waitUntil(lambda: waiting.state is SignalState.CLASSIFIED)
    qtbot.waitUntil(lambda: not banner.isVisible())
    assert not any("No job can be handed" in what for what in told(problems))
