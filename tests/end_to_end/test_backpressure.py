"""More signals than the queue takes: the window shows how many wait outside and lets them flow in, the command line
waits, and neither stumbles over places that were taken a moment ago."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import SignalState
from sigdesk.app.settings import Settings
from sigdesk.classifiers.folder import Classifier
from sigdesk.cli.drain import Progress, Tally, drain
from sigdesk.cli.report import JOB_FIELDS, writer_for
from sigdesk.pool.jobs import JobRequest, JobState
from sigdesk.pool.pool import Pool
from tests.end_to_end.conftest import MakeDesk, screenshot
from tests.end_to_end.test_failures_in_window import write_model
from tests.end_to_end.test_window import open_samples
from tests.factories import MakeModel, MakePool, MakeRecording

SAMPLES = ("microwave.csv", "laptop.csv", "fan.csv", "vacuum.csv", "hairdryer.csv", "air-conditioner.csv")


@pytest.fixture
def good(model_folder: MakeModel) -> Classifier:
    return model_folder('#!/bin/sh\necho \'OUTPUT: {"label": "a"}\'\n')


def test_what_the_queue_does_not_take_is_counted_in_the_window_and_flows_in(
    make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    home = tmp_path / "home"
    write_model(home / "models", "good", 'echo \'OUTPUT: {"label": "good"}\'')
    settings = Settings(home / "settings.json")
    settings.put("queue_size", 2)
    desk = make_desk()
    desk.program.classifying.choose_model("good")
    open_samples(desk, qtbot, *SAMPLES)
    desk.program.pool.pause()
    desk.program.classifying.classify_remaining()
    qtbot.waitUntil(lambda: (desk.program.pool.stats().queued, desk.program.queueing.waiting) == (2, 4))
    outside = "4 more wait outside the queue"
    qtbot.waitUntil(lambda: any(outside in label.text() for label in desk.window.bottom.findChildren(QLabel)))
    screenshot(desk, request, "outside the queue")
    desk.program.settings.put("queue_size", 5)  # as the settings dialog does; used at once
    qtbot.waitUntil(lambda: (desk.program.pool.stats().queued, desk.program.queueing.waiting) == (5, 1))
    desk.program.settings.put("queue_size", 1)
    assert desk.program.pool.stats().queued == 5, "those that wait beyond it stay"

    desk.program.pool.resume()
    entries = desk.program.session.entries
    qtbot.waitUntil(lambda: all(entry.state is SignalState.CLASSIFIED for entry in entries), timeout=20_000)
    assert desk.program.queueing.waiting == 0
    qtbot.waitUntil(lambda: not any("outside" in label.text() for label in desk.window.bottom.findChildren(QLabel)))


def test_what_the_operator_looks_at_is_the_first_to_flow_in(make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path) -> None:
    home = tmp_path / "home"
    write_model(home / "models", "good", 'echo \'OUTPUT: {"label": "good"}\'')
    Settings(home / "settings.json").put("queue_size", 1)
    desk = make_desk()
    desk.program.classifying.choose_model("good")
    open_samples(desk, qtbot, *SAMPLES)
    session = desk.program.session
    shown, *others = [entry.id for entry in session.entries]
    session.show(shown)
    desk.program.pool.pause()
    desk.program.classifying.classify(others)
    desk.program.classifying.classify_current()
    ended: list[int] = []

    def look() -> bool:
        ended.extend(
            entry.id for entry in session.entries if entry.state is SignalState.CLASSIFIED and entry.id not in ended
        )
        return len(ended) == len(SAMPLES)

    desk.program.pool.resume()
    qtbot.waitUntil(look, timeout=20_000)
    assert shown in ended[:3]


class Rival:
    """Takes a place in the queue at the worst of moments, as a batch that failed and is put back does."""

    def __init__(self, pool: Pool, request: JobRequest) -> None:
        self.came = 0
        self._pool = pool
        self._accept = pool.submit_many
        self._request = request

    def submit_many(self, jobs: Sequence[JobRequest]) -> list[str]:
        if not self.came and len(jobs) == self._pool.room:
            self.came += 1
            self._accept([self._request])
        return self._accept(jobs)


def test_the_command_line_waits_for_places_and_for_those_that_were_taken(
    pool: MakePool, good: Classifier, recording: MakeRecording
) -> None:
    one = pool(workers=2, queue_limit=3)
    rival = Rival(one, JobRequest(good, recording()))
    jobs = deque((f"{number}.csv", JobRequest(good, recording())) for number in range(20))
    written, told = io.StringIO(), io.StringIO()
    tally = Tally(writer_for("json", JOB_FIELDS, wide={}, stream=written), Progress(told))
    drain(one, jobs, rival.submit_many, tally)
    assert rival.came == 1
    assert tally.states == {JobState.SUCCEEDED: 20}
    assert len(written.getvalue().splitlines()) == 20


def test_the_window_waits_for_places_that_were_taken(
    make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, good: Classifier,
    recording: MakeRecording,
) -> None:  # fmt: skip
    home = tmp_path / "home"
    write_model(home / "models", "good", 'echo \'OUTPUT: {"label": "good"}\'')
    Settings(home / "settings.json").put("queue_size", 2)
    desk = make_desk()
    desk.program.classifying.choose_model("good")
    open_samples(desk, qtbot, *SAMPLES)
    rival = Rival(desk.program.pool, JobRequest(good, recording()))
    monkeypatch.setattr(desk.program.pool, "submit_many", rival.submit_many)
    desk.program.classifying.classify_remaining()
    entries = desk.program.session.entries
    qtbot.waitUntil(lambda: all(entry.state is SignalState.CLASSIFIED for entry in entries), timeout=20_000)
    assert rival.came == 1
