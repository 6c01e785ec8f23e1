"""The line of jobs in the window: paused and resumed, reordered, and counted where the queue is full."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import JobRow
from sigdesk.pool.jobs import JobState
from sigdesk.ui.shell.palette import Palette
from sigdesk.ui.start import Desk
from tests.end_to_end.command_line import SAMPLES
from tests.end_to_end.conftest import MakeDesk, screenshot
from tests.end_to_end.test_failures_in_window import write_model
from tests.end_to_end.test_jobs_in_window import jobs, named
from tests.end_to_end.test_window import button, wait_until_idle

LEFT = Qt.MouseButton.LeftButton
CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
NONE = Qt.KeyboardModifier.NoModifier
FILES = 6


@pytest.fixture
def desk(make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path) -> Desk:
    """Six signals, and two models that answer at once."""
    for name in ("good", "other"):
        write_model(tmp_path / "home" / "models", name, 'echo \'OUTPUT: {"label": "good", "confidence": 0.9}\'')
    files = [tmp_path / f"pump-{number}.csv" for number in range(FILES)]
    for file in files:
        shutil.copy(SAMPLES / "microwave.csv", file)
    desk = make_desk()
    with qtbot.waitSignal(desk.program.opened):
        desk.program.open(files)
    desk.program.classifying.choose_model("good")
    return desk


@pytest.fixture
def paused(desk: Desk, qtbot: QtBot) -> Desk:
    """All jobs are paused, and six wait."""
    qtbot.keyClick(desk.window, Qt.Key.Key_P, CONTROL | ALT)
    desk.program.classifying.classify_remaining()
    qtbot.waitUntil(lambda: len(jobs(desk)) == FILES)
    return desk


def states(desk: Desk) -> set[JobState]:
    return {row.state for row in jobs(desk)}


def by_palette(desk: Desk, qtbot: QtBot, words: str) -> None:
    desk.window.activateWindow()  # a popup that has closed gives the window back a moment later
    qtbot.waitUntil(desk.window.isActiveWindow)
    qtbot.keyClick(desk.window, Qt.Key.Key_K, CONTROL)
    (palette,) = (p for p in desk.window.findChildren(Palette) if p.isVisible())
    qtbot.keyClicks(palette.focusWidget(), words)
    qtbot.keyClick(palette.focusWidget(), Qt.Key.Key_Return)


def by_keys(desk: Desk, qtbot: QtBot, key: Qt.Key) -> None:
    qtbot.keyClick(desk.window, key, CONTROL | ALT)


Way = Callable[[Desk, QtBot], None]
PAUSE: dict[str, Way] = {
    "button": lambda desk, qtbot: qtbot.mouseClick(named(desk.window.bottom, "Pause all jobs"), LEFT),
    "palette": lambda desk, qtbot: by_palette(desk, qtbot, "pause all"),
    "keys": lambda desk, qtbot: by_keys(desk, qtbot, Qt.Key.Key_P),
}
RESUME: dict[str, Way] = {
    "button": lambda desk, qtbot: qtbot.mouseClick(named(desk.window.bottom, "Resume all jobs"), LEFT),
    "palette": lambda desk, qtbot: by_palette(desk, qtbot, "resume all"),
    "keys": lambda desk, qtbot: by_keys(desk, qtbot, Qt.Key.Key_R),
}


@pytest.mark.parametrize("way", list(PAUSE))
def test_all_jobs_are_paused_and_go_on(desk: Desk, qtbot: QtBot, way: str) -> None:
    PAUSE[way](desk, qtbot)
    qtbot.waitUntil(lambda: desk.program.pool.stats().halted)
    desk.program.classifying.classify_remaining()
    qtbot.waitUntil(lambda: "6 jobs wait." in desk.window.banner.text)
    assert desk.window.banner.text.startswith("All jobs are paused.")
    qtbot.waitUntil(lambda: "Queue 6, paused" in desk.window.status.texts())
    qtbot.waitUntil(lambda: states(desk) == {JobState.QUEUED})
    assert not desk.wiring.actions["pause-jobs"].isEnabled()

    RESUME[way](desk, qtbot)
    wait_until_idle(desk, qtbot)
    assert states(desk) == {JobState.SUCCEEDED}
    qtbot.waitUntil(lambda: not desk.window.banner.isVisible())
    assert not desk.wiring.actions["resume-jobs"].isEnabled()
    assert named(desk.window.bottom, "Pause all jobs").isEnabled()


def test_the_banner_resumes_and_keeps_the_keyboard_while_it_counts(
    paused: Desk, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    banner = paused.window.banner
    qtbot.waitUntil(lambda: "6 jobs wait." in banner.text)
    for theme in ("light", "dark"):
        paused.program.settings.put("theme", theme)
        for size in ((1440, 900), (1100, 700)):
            paused.window.resize(*size)
            screenshot(paused, request, f"{theme}-{size[0]}")
    resume = button(banner, "Resume")
    resume.setFocus()

    paused.program.feed.cancel([jobs(paused)[0].id])
    qtbot.waitUntil(lambda: "5 jobs wait." in banner.text)
    assert resume.hasFocus()

    qtbot.keyClick(resume, Qt.Key.Key_Space)
    wait_until_idle(paused, qtbot)


def test_one_model_is_paused_from_its_menu_and_others_go_on(desk: Desk, qtbot: QtBot) -> None:
    inspector = desk.window.inspector
    qtbot.mouseClick(named(inspector, "More"), LEFT)
    press(qtbot, "Pause this model")
    desk.program.classifying.classify_remaining()
    qtbot.waitUntil(lambda: desk.window.banner.text.startswith("good is paused. 6 jobs wait."))

    desk.program.classifying.choose_model("other")
    assert desk.wiring.actions["pause-model"].isEnabled()
    assert not desk.wiring.actions["resume-model"].isEnabled()
    desk.program.feed.cancel([jobs(desk)[0].id])
    qtbot.waitUntil(lambda: JobState.CANCELLED in states(desk))
    desk.program.classifying.classify_remaining()
    qtbot.waitUntil(lambda: JobState.SUCCEEDED in states(desk))
    assert JobState.QUEUED in states(desk), "those of the paused model still wait"

    desk.program.classifying.choose_model("good")
    by_palette(desk, qtbot, "resume the chosen")
    wait_until_idle(desk, qtbot)
    assert not desk.window.banner.isVisible()
    assert not desk.program.feed.problems.rowCount(), "what the operator has paused is no problem"


def press(qtbot: QtBot, entry: str) -> None:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    (action,) = (action for action in menu.actions() if action.text() == entry)
    assert action.isEnabled(), action.toolTip()
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def shown(desk: Desk) -> list[int]:
    """The numbers of the waiting jobs as they stand in the table."""
    return [row.number for row in jobs(desk) if row.state is JobState.QUEUED]


def places(desk: Desk) -> list[int | None]:
    model = desk.program.feed.jobs
    found = [model.index(place, 3).data(int(Qt.ItemDataRole.UserRole) + 1) for place in range(model.rowCount())]
    return [row.place for row in found if isinstance(row, JobRow)]


def click(desk: Desk, qtbot: QtBot, row: int, modifier: Qt.KeyboardModifier = NONE) -> None:
    table = desk.window.bottom.jobs
    qtbot.mouseClick(table.viewport(), LEFT, modifier, table.visualRect(desk.program.feed.jobs.index(row, 1)).center())


@pytest.mark.parametrize("way", ["keys", "menu", "palette"])
def test_chosen_jobs_run_next_or_last(paused: Desk, qtbot: QtBot, way: str) -> None:
    desk = paused
    assert shown(desk) == [1, 2, 3, 4, 5, 6]
    assert places(desk) == [1, 2, 3, 4, 5, 6]
    click(desk, qtbot, 3)
    click(desk, qtbot, 4, CONTROL)
    move(desk, qtbot, way, "Run next", Qt.Key.Key_Up)
    assert shown(desk) == [4, 5, 1, 2, 3, 6]
    assert places(desk) == [1, 2, 3, 4, 5, 6]
    assert desk.window.toast.text == "2 jobs run next"
    assert [row.number for row in desk.window.bottom.selected_jobs()] == [4, 5], "what is chosen stays chosen"

    click(desk, qtbot, 2)
    move(desk, qtbot, way, "Run last", Qt.Key.Key_Down)
    assert shown(desk) == [4, 5, 2, 3, 6, 1]
    assert places(desk) == [1, 2, 3, 4, 5, 6]

    ended: list[int] = []
    desk.program.pool.updated.connect(lambda update: ended.extend(job.number for job in update.jobs if job.state.ended))
    qtbot.keyClick(desk.window, Qt.Key.Key_R, CONTROL | ALT)
    wait_until_idle(desk, qtbot)
    assert set(ended) == {1, 2, 3, 4, 5, 6}
    assert 1 in ended[-2:], "the last to be run ends with the last, as there are two workers"


def move(desk: Desk, qtbot: QtBot, way: str, text: str, key: Qt.Key) -> None:
    table = desk.window.bottom.jobs
    if way == "keys":
        qtbot.keyClick(table, key, CONTROL | SHIFT)
    elif way == "palette":
        by_palette(desk, qtbot, text)
    else:
        place: QPoint = table.visualRect(table.currentIndex()).center()
        table.customContextMenuRequested.emit(place)
        press(qtbot, text)


def test_what_has_ended_cannot_be_moved(desk: Desk, qtbot: QtBot) -> None:
    desk.program.classifying.classify_remaining()
    wait_until_idle(desk, qtbot)
    click(desk, qtbot, 0)

    assert not desk.wiring.actions["run-next"].isEnabled()
    assert "Choose a waiting job" in desk.wiring.actions["run-next"].toolTip()


def test_a_full_queue_is_counted_and_flows_in(
    make_desk: MakeDesk, desk: Desk, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    desk.program.settings.put("queue_size", 2)
    desk.window.close()
    desk = make_desk()
    with qtbot.waitSignal(desk.program.opened):
        desk.program.open(desk.program.last_files())
    desk.program.pool.pause()

    desk.program.classifying.classify_remaining()
    foot = desk.window.bottom.jobs_tab
    qtbot.waitUntil(lambda: len(jobs(desk)) == 2)
    qtbot.waitUntil(lambda: foot.foot_text == "4 more wait outside the queue")
    qtbot.waitUntil(lambda: "6 jobs wait." in desk.window.banner.text)
    assert "Queue 6, paused" in desk.window.status.texts()
    screenshot(desk, request, "counted")

    desk.program.pool.resume()
    qtbot.waitUntil(lambda: len(jobs(desk)) == FILES)
    wait_until_idle(desk, qtbot)
    qtbot.waitUntil(lambda: foot.foot_text == "")
