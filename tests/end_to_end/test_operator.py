"""What an operator does besides the straight way: presses twice, changes the signal, cancels, retries, waits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTextBrowser
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import JobRow, ProblemRow, SignalState
from sigdesk.pool.jobs import JobState
from sigdesk.ui.plots.stack import ChannelStack
from sigdesk.ui.start import Desk
from sigdesk.ui.window.text_dialog import TextDialog
from tests.end_to_end.command_line import SAMPLES
from tests.end_to_end.conftest import MakeDesk
from tests.end_to_end.test_failures_in_window import write_model
from tests.end_to_end.test_window import button, open_samples, rows, words
from tests.ui.painted import colours_in, name_of

CONTROL = Qt.KeyboardModifier.ControlModifier
GOOD = 'echo \'OUTPUT: {"label": "good", "confidence": 0.9}\''


@pytest.fixture
def slow_desk(make_desk: MakeDesk, tmp_path: Path) -> Desk:
    """Two models: one that answers at once, one that takes its time."""
    models = tmp_path / "home" / "models"
    write_model(models, "good", GOOD)
    write_model(models, "slow", f"sleep 0.8; {GOOD}")
    return make_desk()


def jobs(desk: Desk) -> list[JobRow]:
    return [row for row in rows(desk.program.feed.jobs) if isinstance(row, JobRow)]


def states(desk: Desk) -> list[SignalState]:
    return [entry.state for entry in desk.program.session.entries]


def wait_until_answered(desk: Desk, qtbot: QtBot) -> None:
    """Until no signal waits for an answer, also where older jobs have ended before."""
    busy = (SignalState.QUEUED, SignalState.RUNNING)
    qtbot.waitUntil(lambda: not desk.program.session.count(*busy), timeout=20_000)


def open_files(desk: Desk, qtbot: QtBot, *paths: Path) -> None:
    with qtbot.waitSignal(desk.program.opened):
        desk.program.open(paths)


def test_pressing_twice_makes_one_job(slow_desk: Desk, qtbot: QtBot) -> None:
    desk = slow_desk
    open_samples(desk, qtbot, "microwave.csv")
    desk.program.classifying.choose_model("slow")

    for _ in range(3):
        qtbot.keyClick(desk.window, Qt.Key.Key_Return, CONTROL)
    (entry,) = desk.program.session.entries
    desk.window.signals.classify_requested.emit([entry.id])
    wait_until_answered(desk, qtbot)

    assert len(jobs(desk)) == 1


def test_nothing_remains_while_all_are_being_classified(slow_desk: Desk, qtbot: QtBot) -> None:
    desk = slow_desk
    open_samples(desk, qtbot, "microwave.csv")
    desk.program.classifying.choose_model("slow")
    assert button(desk.window.inspector, "Classify 1 remaining signal").isEnabled()

    desk.program.classifying.classify_current()

    assert not button(desk.window.inspector, "No signals remain").isEnabled()
    wait_until_answered(desk, qtbot)


def test_a_channel_is_chosen_for_one_signal_only(desk: Desk, qtbot: QtBot) -> None:
    desk.program.classifying.choose_model("level-alarm")
    open_samples(desk, qtbot, "running.csv", "microwave.csv")
    first, second = desk.program.session.entries
    desk.program.session.show(first.id)
    desk.window.inspector.channels_chosen.emit((1,))
    desk.program.session.show(second.id)
    desk.program.session.show(first.id)

    desk.program.classifying.classify_current()
    wait_until_answered(desk, qtbot)

    snapshot = desk.program.feed.outcome_of(jobs(desk)[0].id)
    assert snapshot is not None
    assert snapshot.request.channels is None, "the Inspector shows all channels again"


def test_what_is_cancelled_leaves_the_label_that_was_there(slow_desk: Desk, qtbot: QtBot) -> None:
    desk = slow_desk
    open_samples(desk, qtbot, "microwave.csv")
    desk.program.classifying.choose_model("good")
    desk.program.classifying.classify_current()
    wait_until_answered(desk, qtbot)
    desk.program.classifying.choose_model("slow")
    desk.program.classifying.classify_current()
    qtbot.waitUntil(lambda: any(row.state is JobState.RUNNING for row in jobs(desk)))

    qtbot.mouseClick(button(desk.window.inspector, "Cancel"), Qt.MouseButton.LeftButton)
    wait_until_answered(desk, qtbot)

    assert jobs(desk)[0].state is JobState.CANCELLED
    (entry,) = desk.program.session.entries
    assert entry.state is SignalState.CLASSIFIED
    assert [span.mark.name for span in entry.spans] == ["good"]
    assert "90.0%" in words(desk.window.inspector)


def test_another_threshold_changes_what_is_unsure_and_leaves_what_is_running(slow_desk: Desk, qtbot: QtBot) -> None:
    desk = slow_desk
    open_samples(desk, qtbot, "microwave.csv", "hairdryer.csv")
    desk.program.classifying.choose_model("good")
    desk.program.classifying.classify_remaining()
    wait_until_answered(desk, qtbot)
    again = desk.program.session.entries[1]
    desk.program.classifying.choose_model("slow")
    desk.program.classifying.classify([again.id])

    desk.window.inspector.unsure_changed.emit(95)

    assert states(desk)[0] is SignalState.UNSURE
    assert states(desk)[1] in (SignalState.QUEUED, SignalState.RUNNING)
    unsure = {row.signal_id: row.unsure for row in rows(desk.program.feed.results)}  # type: ignore[attr-defined]
    assert unsure == {desk.program.session.entries[0].id: True, again.id: False}, "whichever of them ended first"
    wait_until_answered(desk, qtbot)
    assert states(desk) == [SignalState.UNSURE] * 2, "the threshold holds for what comes later"
    desk.window.inspector.unsure_changed.emit(60)
    assert states(desk) == [SignalState.CLASSIFIED] * 2


def test_a_failure_takes_the_old_label_from_the_plot_and_from_the_results(slow_desk: Desk, qtbot: QtBot) -> None:
    desk = slow_desk
    open_samples(desk, qtbot, "microwave.csv")
    desk.program.classifying.choose_model("good")
    desk.program.classifying.classify_current()
    wait_until_answered(desk, qtbot)
    classifier = desk.program.classifying.classifier
    assert classifier is not None
    (classifier.folder / "run.sh").write_text("echo 'ERROR: the sensor is stuck'\n", encoding="utf-8")

    desk.program.classifying.classify_current()
    wait_until_answered(desk, qtbot)

    (entry,) = desk.program.session.entries
    assert entry.state is SignalState.FAILED
    assert not entry.spans
    assert desk.program.feed.results.rowCount() == 0


def test_cancelled_signals_remain_to_be_classified(slow_desk: Desk, qtbot: QtBot) -> None:
    desk = slow_desk
    open_samples(desk, qtbot, "microwave.csv", "hairdryer.csv", "fan.csv", "laptop.csv", "vacuum.csv")
    desk.program.classifying.choose_model("slow")
    desk.program.classifying.classify_remaining()
    qtbot.waitUntil(lambda: any(row.state is JobState.RUNNING for row in jobs(desk)))

    qtbot.mouseClick(button(desk.window.bottom, "Cancel queued"), Qt.MouseButton.LeftButton)
    wait_until_answered(desk, qtbot)

    cancelled = sum(row.state is JobState.CANCELLED for row in jobs(desk))
    assert cancelled >= 1
    noun = "signal" if cancelled == 1 else "signals"
    assert button(desk.window.inspector, f"Classify {cancelled} remaining {noun}").isEnabled()


def test_what_does_not_fit_one_model_remains_for_another(desk: Desk, qtbot: QtBot) -> None:
    desk.program.classifying.choose_model("appliance-current")
    open_samples(desk, qtbot, "running.csv", "ecg.wav")
    first = desk.program.session.entries[0]
    desk.program.classifying.classify([first.id])
    qtbot.waitUntil(lambda: states(desk)[0] is SignalState.FAILED)  # six channels are refused

    desk.program.classifying.choose_model("level-alarm")
    qtbot.mouseClick(button(desk.window.inspector, "Classify 2 remaining signals"), Qt.MouseButton.LeftButton)
    wait_until_answered(desk, qtbot)

    assert states(desk) == [SignalState.CLASSIFIED] * 2
    assert desk.program.feed.problems.rowCount() == 0
    assert not button(desk.window.inspector, "No signals remain").isEnabled()


def test_the_time_of_a_running_job_and_the_rate_go_on_without_news(slow_desk: Desk, qtbot: QtBot) -> None:
    desk = slow_desk
    open_samples(desk, qtbot, "microwave.csv")
    desk.program.classifying.choose_model("slow")
    repaints: list[object] = []
    desk.program.feed.jobs.dataChanged.connect(lambda *_: repaints.append(jobs(desk)[0].run_s))

    desk.program.classifying.classify_current()
    qtbot.waitUntil(lambda: any(row.state is JobState.RUNNING for row in jobs(desk)))
    qtbot.waitUntil(lambda: any(isinstance(seconds, float) and seconds > 0.3 for seconds in repaints))
    wait_until_answered(desk, qtbot)

    assert "6 jobs/min" in desk.window.status.texts()
    for _ in range(2):  # the pool has no more news, and yet the rate is looked at until it is 0
        qtbot.waitSignal(desk.program.feed.stats_changed).wait()


def test_a_problem_names_its_signal_once(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    np.save(tmp_path / "infinite.npy", np.full(50, np.inf))
    desk.program.classifying.choose_model("level-alarm")
    open_files(desk, qtbot, tmp_path / "infinite.npy")

    desk.program.classifying.classify_current()
    wait_until_answered(desk, qtbot)

    assert jobs(desk)[0].state is JobState.REJECTED
    (problem,) = (row for row in rows(desk.program.feed.problems) if isinstance(row, ProblemRow))
    assert problem.what.count("infinite.npy") == 1
    assert "no number" in problem.what


def test_a_removed_signal_is_forgotten_with_its_jobs(slow_desk: Desk, qtbot: QtBot) -> None:
    desk = slow_desk
    open_samples(desk, qtbot, "microwave.csv", "hairdryer.csv")
    desk.program.classifying.choose_model("good")
    desk.program.classifying.classify_remaining()
    wait_until_answered(desk, qtbot)
    first, second = desk.program.session.entries
    desk.program.classifying.choose_model("slow")
    desk.program.classifying.classify([first.id])
    qtbot.waitUntil(lambda: any(row.state is JobState.RUNNING for row in jobs(desk)))

    desk.window.signals.remove_requested.emit([first.id])
    qtbot.waitUntil(lambda: all(row.state.ended for row in jobs(desk)))

    assert [entry.id for entry in desk.program.session.entries] == [second.id]
    assert [row.state for row in jobs(desk)].count(JobState.CANCELLED) == 1
    kept = [row.number for row in jobs(desk) if desk.program.feed.outcome_of(row.id) is not None]
    assert kept == [2], "a signal that is gone is not held by its jobs"


def test_the_box_of_the_inspector_means_colours_for_windows_and_the_lane_else(desk: Desk, qtbot: QtBot) -> None:
    desk.program.classifying.choose_model("level-alarm")
    open_samples(desk, qtbot, "microwave.csv")
    desk.program.classifying.choose_scope("windows")
    desk.program.classifying.classify_current()
    wait_until_answered(desk, qtbot)
    stack = desk.window.plots.findChild(ChannelStack)
    assert stack is not None
    (entry,) = desk.program.session.entries
    assert entry.mark is not None
    ink = name_of(desk.look.theme.classes[entry.mark.slot].line)
    qtbot.waitUntil(lambda: ink in colours_in(stack))

    qtbot.mouseClick(button(desk.window.inspector, "Colour the signal by class"), Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: ink not in colours_in(stack))
    assert not desk.program.settings.flag("colour_by_class")
    assert desk.program.settings.flag("show_result"), "the lane is there still"
    desk.program.classifying.choose_scope("whole")
    assert button(desk.window.inspector, "Show result on the plot").isChecked()


def test_windows_are_in_samples_where_a_signal_has_no_time(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    np.save(tmp_path / "timeless.npy", np.arange(1000.0))
    desk.program.classifying.choose_model("level-alarm")
    desk.program.classifying.choose_scope("windows")
    desk.program.classifying.set_windows(0.5, 0.5)
    open_files(desk, qtbot, SAMPLES / "microwave.csv", tmp_path / "timeless.npy")
    timed, timeless = desk.program.session.entries
    assert button(desk.window.inspector, "Classify 10 windows").isEnabled(), "5 s in pieces of 0.5 s"

    desk.program.session.show(timeless.id)
    assert button(desk.window.inspector, "Classify 10 windows").isEnabled(), "1000 samples in pieces of 100"
    desk.window.inspector.windows_changed.emit(250, 250)
    assert button(desk.window.inspector, "Classify 4 windows").isEnabled()

    desk.program.session.show(timed.id)
    assert button(desk.window.inspector, "Classify 10 windows").isEnabled(), "the seconds are as they were"
    desk.program.classifying.classify([timed.id, timeless.id])
    wait_until_answered(desk, qtbot)
    assert sorted(row.result_text for row in jobs(desk)) == ["10 windows", "4 windows"]


def test_a_model_that_is_gone_gives_way_to_one_that_is_there(make_desk: MakeDesk) -> None:
    first = make_desk()
    first.program.settings.put("model", "of-old")
    first.window.close()

    again = make_desk()

    assert again.program.classifying.classifier is not None


def test_a_name_that_is_no_utf8_is_opened_and_remembered(make_desk: MakeDesk, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "pump\udcff.csv"
    path.write_bytes((SAMPLES / "microwave.csv").read_bytes())
    first = make_desk()
    open_files(first, qtbot, path)
    assert len(first.program.session.entries) == 1
    first.window.close()

    assert make_desk().program.last_files() == [path]


@pytest.mark.parametrize(("card", "said"), [(None, "came without a card"), ("folder", "cannot be read")])
def test_a_model_without_a_readable_card_says_so(slow_desk: Desk, qtbot: QtBot, card: str | None, said: str) -> None:
    desk = slow_desk
    desk.program.classifying.choose_model("good")
    classifier = desk.program.classifying.classifier
    assert classifier is not None
    if card is not None:
        (classifier.folder / "card.md").mkdir()

    desk.window.inspector.card_requested.emit("good")

    (dialog,) = desk.window.findChildren(TextDialog)
    page = dialog.findChild(QTextBrowser)
    assert page is not None
    assert said in page.toPlainText()
    dialog.close()


def test_removed_signals_come_back_with_what_was_known_of_them(slow_desk: Desk, qtbot: QtBot) -> None:
    desk = slow_desk
    open_samples(desk, qtbot, "microwave.csv", "hairdryer.csv", "fan.csv")
    desk.program.classifying.choose_model("good")
    first, second, third = desk.program.session.entries
    desk.program.classifying.classify([first.id, second.id])
    wait_until_answered(desk, qtbot)
    desk.program.classifying.choose_model("slow")
    desk.program.classifying.classify([second.id, third.id])

    desk.window.signals.remove_requested.emit((second.id, third.id))
    assert desk.window.toast.text == "2 signals removed"
    assert desk.program.feed.results.rowCount() == 1
    qtbot.mouseClick(button(desk.window.toast, "Undo"), Qt.MouseButton.LeftButton)

    assert [entry.id for entry in desk.program.session.entries] == [first.id, second.id, third.id]
    assert states(desk) == [SignalState.CLASSIFIED, SignalState.CLASSIFIED, SignalState.CANCELLED]
    assert desk.program.feed.results.rowCount() == 2
    qtbot.waitUntil(lambda: all(row.state.ended for row in jobs(desk)))
    assert states(desk) == [SignalState.CLASSIFIED, SignalState.CLASSIFIED, SignalState.CANCELLED]
    undo = desk.wiring.actions["undo"]
    assert (undo.text(), undo.isEnabled()) == ("Undo", False), "nothing is left to undo"
    qtbot.keyClick(desk.window, Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert len(desk.program.session.entries) == 1, "but it can be done again"


def test_undo_brings_back_the_last_signal_of_an_empty_desk(desk: Desk, qtbot: QtBot) -> None:
    open_samples(desk, qtbot, "microwave.csv")
    desk.window.signals.remove_requested.emit((desk.program.session.entries[0].id,))
    assert desk.window.welcome.isVisible()

    qtbot.keyClick(desk.window, Qt.Key.Key_Z, CONTROL)

    assert not desk.window.welcome.isVisible()
    assert desk.program.session.current is not None


def test_a_file_that_has_changed_is_read_anew_when_it_is_opened_again(
    slow_desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    desk = slow_desk
    path = tmp_path / "bench.csv"
    path.write_text("v\n1\n2\n3\n4\n", encoding="utf-8")
    open_files(desk, qtbot, path, SAMPLES / "microwave.csv")
    desk.program.session.show(desk.program.session.entries[0].id)
    desk.program.classifying.choose_model("good")
    path.write_text("v\n1\n2\n3\n4\n5\n6\n", encoding="utf-8")
    desk.program.classifying.classify_current()
    wait_until_answered(desk, qtbot)
    problems = [row for row in rows(desk.program.feed.problems) if isinstance(row, ProblemRow)]
    assert any("Open it again" in problem.way_out for problem in problems)

    open_files(desk, qtbot, path)

    entry = desk.program.session.current
    assert entry is not None
    assert (entry.recording.name, entry.recording.length) == ("bench.csv", 6)
    assert len(desk.program.session.entries) == 2
    assert desk.program.feed.problems.rowCount() == 0
    desk.program.classifying.classify_current()
    wait_until_answered(desk, qtbot)
    assert states(desk)[-1] is SignalState.CLASSIFIED


def test_a_file_that_is_open_already_is_shown_and_not_added(desk: Desk, qtbot: QtBot) -> None:
    open_samples(desk, qtbot, "microwave.csv", "hairdryer.csv")

    open_files(desk, qtbot, SAMPLES / "hairdryer.csv")

    assert desk.window.toast.text == "0 added, 1 already open"
    assert desk.program.session.current is not None
    assert desk.program.session.current.recording.name == "hairdryer.csv"
