"""The way of a signal in the real window: dropped, seen, classified, labelled; and what a restart brings back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QAbstractItemModel, QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from sigdesk.app.program import OpeningSummary
from sigdesk.app.rows import ROW, GroupRow, JobRow, ResultRow, SignalRow, SignalState
from sigdesk.pool.jobs import JobState
from sigdesk.ui.plots.lanes import LabelLane, span_words
from sigdesk.ui.start import Desk
from tests.end_to_end.command_line import SAMPLES
from tests.end_to_end.conftest import MakeDesk, drop, screenshot

CLASSIFY_MS = 30_000


def rows(model: QAbstractItemModel) -> list[object]:
    return [model.index(place, 0).data(ROW) for place in range(model.rowCount())]


def button(parent: QWidget, text: str) -> QAbstractButton:
    found = [b for b in parent.findChildren(QAbstractButton) if b.text() == text and b.isVisible()]
    assert len(found) == 1, f"{len(found)} buttons say {text!r}"
    return found[0]


def words(parent: QWidget) -> str:
    """All text that a panel's labels show."""
    return " | ".join(label.text() for label in parent.findChildren(QLabel) if label.isVisible())


def open_samples(desk: Desk, qtbot: QtBot, *names: str) -> None:
    with qtbot.waitSignal(desk.program.opened):
        drop(desk.window.welcome, *(SAMPLES / name for name in names))


def classify(desk: Desk, qtbot: QtBot, text: str = "Classify") -> None:
    """Press the button, and wait until every job has ended."""
    qtbot.mouseClick(button(desk.window.inspector, text), Qt.MouseButton.LeftButton)
    wait_until_idle(desk, qtbot)


def wait_until_idle(desk: Desk, qtbot: QtBot) -> None:
    def ended() -> bool:
        states = [row.state for row in rows(desk.program.feed.jobs) if isinstance(row, JobRow)]
        return bool(states) and all(state.ended for state in states) and not desk.program.queueing.waiting

    qtbot.waitUntil(ended, timeout=CLASSIFY_MS)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_dropped_sample_is_classified_and_its_label_is_seen(
    desk: Desk, qtbot: QtBot, request: pytest.FixtureRequest, theme: str
) -> None:
    desk.program.settings.put("theme", theme)
    desk.program.classifying.choose_model("appliance-current")
    screenshot(desk, request, "welcome")
    open_samples(desk, qtbot, "microwave.csv")

    classify(desk, qtbot)

    (result,) = rows(desk.program.feed.results)
    assert isinstance(result, ResultRow)
    assert result.mark.name == "microwave"
    qtbot.waitUntil(lambda: "Microwave" in words(desk.window.inspector))
    assert f"{result.confidence:.1%}" in words(desk.window.inspector)
    (entry,) = desk.program.session.entries
    assert [span.mark.name for span in entry.spans] == ["microwave"]

    def lanes() -> list[LabelLane]:  # the plot is told of labels with the next frame
        return [lane for lane in desk.window.plots.findChildren(LabelLane) if lane.spans]

    qtbot.waitUntil(lambda: bool(lanes()))
    (lane,) = lanes()
    assert [span_words(span).split()[0] for span in lane.spans_in_view()] == ["Microwave"], "the label lane names it"
    assert isinstance(rows(desk.program.signals)[1], SignalRow)
    screenshot(desk, request, "classified")


def test_windows_colour_the_signal_and_fill_the_results(
    desk: Desk, qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    file = tmp_path / "steps.csv"
    values = np.concatenate([np.zeros(1000), np.full(1000, 50.0)])
    np.savetxt(
        file, np.column_stack([np.arange(2000) / 1000, values]), delimiter=",", header="t (s),Level (V)", comments=""
    )
    desk.program.classifying.choose_model("level-alarm")
    desk.program.classifying.set_windows(0.5, 0.5)
    with qtbot.waitSignal(desk.program.opened):
        drop(desk.window.welcome, file)
    qtbot.mouseClick(button(desk.window.inspector, "Windows"), Qt.MouseButton.LeftButton)

    classify(desk, qtbot, "Classify 4 windows")

    found = [(row.mark.name, row.stretch) for row in rows(desk.program.feed.results) if isinstance(row, ResultRow)]
    assert [name for name, _ in found] == ["calm", "overload"]
    qtbot.waitUntil(lambda: "2 segments" in words(desk.window.inspector))
    screenshot(desk, request, "windows")


def test_a_selected_stretch_is_classified_alone(desk: Desk, qtbot: QtBot) -> None:
    desk.program.classifying.choose_model("level-alarm")
    open_samples(desk, qtbot, "microwave.csv")
    qtbot.mouseClick(button(desk.window.inspector, "Selection"), Qt.MouseButton.LeftButton)
    assert "Select a stretch" in words(desk.window.inspector)

    desk.window.plots.set_selection((10, 60))
    classify(desk, qtbot, "Classify selection")

    (row,) = rows(desk.program.feed.results)
    assert isinstance(row, ResultRow)
    assert row.stretch != "Whole"
    snapshot = desk.program.feed.outcome_of(row.job_id)
    assert snapshot is not None
    assert (snapshot.request.start, snapshot.request.stop) == (10, 60)


def test_a_model_that_does_not_fit_is_refused_in_words(desk: Desk, qtbot: QtBot) -> None:
    desk.program.classifying.choose_model("appliance-current")
    open_samples(desk, qtbot, "running.csv")

    assert not button(desk.window.inspector, "Classify").isEnabled()
    assert "6" in words(desk.window.inspector)
    assert "channel" in words(desk.window.inspector)

    qtbot.keyClick(desk.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert desk.program.feed.jobs.rowCount() == 0, "the shortcut is no way around it"


def test_what_cannot_be_read_is_named_and_the_rest_is_opened(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    junk = tmp_path / "junk.wav"
    junk.write_bytes(b"RIFF junk that is no sound")
    with qtbot.waitSignal(desk.program.opened) as opened:
        drop(desk.window.welcome, junk, SAMPLES / "microwave.csv")

    assert opened.args == [OpeningSummary(added=1, refused=1)]
    assert desk.window.toast.text == "1 added, 1 not readable"
    (problem,) = rows(desk.program.feed.problems)
    assert "junk.wav" in problem.what  # type: ignore[attr-defined]
    assert problem.way_out  # type: ignore[attr-defined]


def test_the_keyboard_alone_will_do(desk: Desk, qtbot: QtBot) -> None:
    desk.program.classifying.choose_model("appliance-current")
    open_samples(desk, qtbot, "microwave.csv", "hairdryer.csv")
    control = Qt.KeyboardModifier.ControlModifier

    qtbot.keyClick(desk.window, Qt.Key.Key_Return, control | Qt.KeyboardModifier.ShiftModifier)
    wait_until_idle(desk, qtbot)
    assert {entry.state for entry in desk.program.session.entries} <= {SignalState.CLASSIFIED, SignalState.UNSURE}

    qtbot.keyClick(desk.window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert desk.window.bottom.tab == "Log"
    qtbot.keyClick(desk.window, Qt.Key.Key_2, control)
    assert desk.window.page == "Record"
    assert "Until then" in words(desk.window), "the page says honestly that it comes later"
    qtbot.mouseClick(button(desk.window, "Go to the Workspace"), Qt.MouseButton.LeftButton)
    assert desk.window.page == "Workspace"
    qtbot.keyClick(desk.window, Qt.Key.Key_4, control)
    assert "Default for this session" in words(desk.window)
    qtbot.keyClick(desk.window, Qt.Key.Key_1, control)
    first = desk.program.session.current
    qtbot.keyClick(desk.window, Qt.Key.Key_Down, control)
    assert desk.program.session.current is not first
    qtbot.keyClick(desk.window, Qt.Key.Key_F, control)
    focused = desk.window.focusWidget()
    assert focused is not None
    qtbot.keyClicks(focused, "hair")
    shown = [row.name for row in rows(desk.program.signals) if isinstance(row, SignalRow)]
    assert shown == ["hairdryer.csv"]
    qtbot.keyClick(desk.window, Qt.Key.Key_B, control)
    assert not desk.window.signals.isVisible()


def test_retry_is_a_new_job_that_names_the_old(desk: Desk, qtbot: QtBot) -> None:
    desk.program.classifying.choose_model("appliance-current")
    open_samples(desk, qtbot, "microwave.csv")
    classify(desk, qtbot)
    desk.window.bottom.jobs.selectRow(0)

    qtbot.keyClick(desk.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: desk.program.feed.jobs.rowCount() == 2)
    wait_until_idle(desk, qtbot)

    new, old = (row for row in rows(desk.program.feed.jobs) if isinstance(row, JobRow))
    snapshot = desk.program.feed.outcome_of(new.id)
    assert snapshot is not None
    assert snapshot.request.retry_of == old.id
    assert len(rows(desk.program.feed.results)) == 1, "the signal has one result, its latest"


def test_closing_and_reopening_keeps_what_was_there(make_desk: MakeDesk, qtbot: QtBot) -> None:
    first = make_desk()
    first.window.resize(1250, 780)
    first.program.settings.put("theme", "dark")
    open_samples(first, qtbot, "microwave.csv", "hairdryer.csv")
    first.window.close()

    again = make_desk()
    with qtbot.waitSignal(again.program.opened):
        again.program.open(again.program.last_files())

    assert (again.window.width(), again.window.height()) == (1250, 780)
    assert again.program.settings.text("theme") == "dark"
    assert [entry.recording.name for entry in again.program.session.entries] == ["microwave.csv", "hairdryer.csv"]


def test_a_set_of_a_thousand_signals_is_listed_and_classified(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "Bench_TEST.ts"
    noise = np.random.default_rng(7).normal(size=(1000, 60)).round(4)
    head = ["@problemName Bench", "@timeStamps false", "@univariate true", "@classLabel true calm active", "@data"]
    file.write_text("\n".join(head + [",".join(map(str, row)) + ":calm" for row in noise]), encoding="utf-8")
    desk.program.classifying.choose_model("appliance-current")
    with qtbot.waitSignal(desk.program.opened, timeout=20_000):
        drop(desk.window.welcome, file)
    assert rows(desk.program.signals)[0] == GroupRow("Bench_TEST.ts", 1000)

    qtbot.mouseClick(button(desk.window.inspector, "Classify 1\u2009000 remaining signals"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(rows(desk.program.feed.results)) == 1000, timeout=60_000)

    def states() -> set[JobState]:
        return {row.state for row in rows(desk.program.feed.jobs) if isinstance(row, JobRow)}

    qtbot.waitUntil(lambda: states() == {JobState.SUCCEEDED})
    qtbot.waitUntil(lambda: button(desk.window.inspector, "No signals remain") is not None)


def test_every_control_has_a_name_for_those_who_cannot_see_it(desk: Desk, qtbot: QtBot) -> None:
    open_samples(desk, qtbot, "microwave.csv")
    for page in ("Workspace", "Record", "Review", "Models"):
        desk.window.show_page(page)
        nameless = [
            f"{type(control).__name__} {control.objectName()}"
            for control in desk.window.findChildren(QAbstractButton)
            if control.isVisible() and not (control.accessibleName() or control.text())
        ]
        assert not nameless


def test_a_narrow_window_keeps_the_inspector_as_a_tab(desk: Desk, qtbot: QtBot, request: pytest.FixtureRequest) -> None:
    open_samples(desk, qtbot, "microwave.csv")
    desk.window.resize(1100, 700)
    qtbot.waitUntil(lambda: not desk.window.inspector.visibleRegion().boundingRect().isValid())
    screenshot(desk, request, "narrow")
    desk.window.resize(900, 600)
    qtbot.waitUntil(lambda: "micro" in words(desk.window.plots))  # cut in the middle, and told whole in its tip

    desk.window.resize(1440, 900)
    qtbot.waitUntil(lambda: desk.window.inspector.visibleRegion().boundingRect().width() > 250)
    assert desk.window.inspector.mapTo(desk.window, QPoint(0, 0)).x() > 1000
