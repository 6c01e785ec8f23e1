"""The measure tool: two cursors by mouse and keyboard, and what stands in its strip."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from sigdesk.signals.opening import open_recordings
from sigdesk.signals.recording import Recording, TimeBase
from sigdesk.ui.plots.area import PlotArea
from sigdesk.ui.plots.measure_strip import MeasureStrip
from sigdesk.ui.plots.measuring import Measuring
from tests.ui.plots.conftest import LENGTH, RATE_HZ, Hands, bench_samples, colours, make_recording

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
SAMPLES = Path(__file__).parents[3] / "resources" / "samples"


@pytest.fixture
def measuring(area: PlotArea, hands: Hands, qtbot: QtBot) -> Measuring:
    """The bench's recording, with the measure tool taken by its key and a first stretch measured."""
    measuring = area.instruments.measuring
    with qtbot.waitSignal(measuring.measured):
        hands.key(Qt.Key.Key_D)
    return measuring


def cursors(measuring: Measuring) -> tuple[int, int]:
    assert measuring.cursors is not None
    return measuring.cursors


def strip(area: PlotArea) -> MeasureStrip:
    found = area.findChild(MeasureStrip)
    assert found is not None
    return found


def test_the_tool_puts_two_cursors_down_and_measures(area: PlotArea, measuring: Measuring) -> None:
    assert area.tool == "measure"
    assert cursors(measuring) == (80_000, 160_000)
    assert strip(area).isVisible()
    text = strip(area).text
    assert "Δt 8.0000 s  1/Δt 0.125 Hz  samples 80\u2009000" in text
    assert text.splitlines()[1].startswith("Current  Δ ")


def test_dragging_sets_both_cursors(area: PlotArea, hands: Hands, measuring: Measuring, qtbot: QtBot) -> None:
    with qtbot.waitSignal(measuring.measured):
        hands.drag(2.0, 3.0)
    found = measuring.found
    assert found is not None
    start, stop = cursors(measuring)
    assert abs(start - 20_000) < 200
    assert abs(stop - 30_000) < 200
    samples = bench_samples()[:, start:stop].astype(np.float64)
    for channel, row in zip(found.channels, samples, strict=True):
        assert channel.rms == pytest.approx(float(np.sqrt(np.mean(row**2))))
        assert channel.mean == pytest.approx(float(row.mean()))
    assert found.channels[3].step == pytest.approx((stop - start) / RATE_HZ, abs=1e-3)
    assert area.selection is None


def test_dragging_to_the_left_measures_the_same(hands: Hands, measuring: Measuring, qtbot: QtBot) -> None:
    with qtbot.waitSignal(measuring.measured):
        hands.drag(9.0, 5.0)
    assert measuring.found is not None
    assert measuring.found.start < measuring.found.stop
    assert measuring.found.span == pytest.approx(4.0, abs=0.05)


def test_a_cursor_is_taken_hold_of_and_the_other_stays(hands: Hands, measuring: Measuring, qtbot: QtBot) -> None:
    with qtbot.waitSignal(measuring.measured):
        hands.drag(8.0, 4.0)
    first, second = cursors(measuring)
    assert abs(first - 40_000) < 200
    assert second == 160_000


def test_a_click_brings_the_nearer_cursor(hands: Hands, measuring: Measuring, qtbot: QtBot) -> None:
    with qtbot.waitSignal(measuring.measured):
        QTest.mouseClick(hands.pad, Qt.MouseButton.LeftButton, pos=hands.at(20.0))
    first, second = cursors(measuring)
    assert first == 80_000
    assert abs(second - 200_000) < 200


def test_the_keyboard_moves_the_cursor_that_was_moved_last(
    area: PlotArea, hands: Hands, measuring: Measuring, qtbot: QtBot
) -> None:
    hands.key(Qt.Key.Key_Right, SHIFT)
    assert cursors(measuring) == (80_000, 162_400)
    hands.key(Qt.Key.Key_Left, CTRL)
    assert cursors(measuring) == (80_000, 162_399)
    hands.key(Qt.Key.Key_Space)
    with qtbot.waitSignal(measuring.measured):
        hands.key(Qt.Key.Key_Left, SHIFT)
    assert cursors(measuring) == (77_600, 162_399)
    assert area.visible_range.span == 24.0  # plain arrows pan, these do not


def test_a_cursor_stops_at_the_ends_and_stays_in_view(area: PlotArea, hands: Hands, measuring: Measuring) -> None:
    area.show_stretch(22.0, 24.0)
    hands.drag(22.5, 23.5)
    for _ in range(40):
        hands.key(Qt.Key.Key_Right, SHIFT)
    assert cursors(measuring)[1] == LENGTH
    hands.key(Qt.Key.Key_Space)
    for _ in range(60):
        hands.key(Qt.Key.Key_Left, SHIFT)
    assert area.visible_range.start < 22.0
    assert area.visible_range.holds(cursors(measuring)[0] / RATE_HZ)


def test_the_tool_measures_the_selection(area: PlotArea, hands: Hands, qtbot: QtBot) -> None:
    area.set_selection((98_000, 124_000))
    with qtbot.waitSignal(area.instruments.measuring.measured):
        hands.key(Qt.Key.Key_D)
    assert cursors(area.instruments.measuring) == (98_000, 124_000)
    assert "Δt 2.6000 s" in strip(area).text


def test_escape_drops_the_tool_with_its_cursors(area: PlotArea, hands: Hands, measuring: Measuring) -> None:
    hands.key(Qt.Key.Key_Escape)
    assert area.tool == "select"
    assert measuring.cursors is None
    assert not strip(area).isVisible()
    hands.drag(3.0, 5.0)
    assert area.selection is not None


def test_the_heads_button_takes_the_tool(area: PlotArea, hands: Hands) -> None:
    button = next(each for each in area.findChildren(QToolButton) if each.accessibleName().startswith("Measure"))
    assert "(D)" in button.toolTip()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert area.tool == "measure"
    assert button.isChecked()


def test_both_cursors_are_painted(area: PlotArea, hands: Hands, measuring: Measuring) -> None:
    hands.point(20)
    for time in (8.0, 16.0):
        x = round(hands.scale.x(time))
        assert "#171b22" in colours(hands.pad, x - 1, 30, 3, 6)


def test_hidden_channels_are_left_out(area: PlotArea, measuring: Measuring) -> None:
    area.show_channels((1, 3))
    assert [line.split("  ")[0] for line in strip(area).text.splitlines()[1:]] == ["Vibration", "Speed"]


def test_what_is_measured_is_copied(area: PlotArea, measuring: Measuring, qtbot: QtBot) -> None:
    button = next(each for each in strip(area).findChildren(QToolButton) if each.accessibleName().startswith("Copy"))
    with qtbot.waitSignal(area.instruments.copy_asked) as copied:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    lines = copied.args[0].splitlines()
    assert lines[0] == "Δt\t8.0000 s"
    assert lines[3] == "Channel\tΔ\tRMS\tmean\tpeak to peak"
    assert lines[6].startswith("Pressure\t1.000 bar\t")


def test_another_signal_is_measured_anew(area: PlotArea, measuring: Measuring, qtbot: QtBot) -> None:
    (recording,) = open_recordings(SAMPLES / "running.csv")
    with qtbot.waitSignal(measuring.measured):
        area.show_recording(recording)
    assert measuring.found is not None
    start, stop = sorted(cursors(measuring))
    assert measuring.found.channels[0].mean == pytest.approx(float(recording.read(start, stop)[0].mean()))
    area.show_recording(None)
    assert measuring.cursors is None
    assert not strip(area).isVisible()


def test_missing_samples_are_told(
    area: PlotArea, drawn: Callable[[Recording], None], hands: Hands, measuring: Measuring, qtbot: QtBot
) -> None:
    samples = bench_samples()[:2]
    samples[0, 100_000:101_000] = np.nan
    with qtbot.waitSignal(measuring.measured):
        area.show_recording(make_recording(samples))
    lines = strip(area).text.splitlines()
    assert lines[1].endswith("1\u2009000 missing")
    assert "missing" not in lines[2]


def test_samples_without_times_have_no_inverse(
    area: PlotArea, hands: Hands, measuring: Measuring, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(measuring.measured):
        area.show_recording(make_recording(bench_samples()[:, :900], base=TimeBase()))
    assert strip(area).text.splitlines()[0] == "samples 300"


def test_uneven_times_are_measured_by_the_times(
    area: PlotArea, hands: Hands, measuring: Measuring, qtbot: QtBot
) -> None:
    times = np.linspace(0, 3, 1000) ** 2
    with qtbot.waitSignal(measuring.measured):
        area.show_recording(make_recording(bench_samples()[:, :1000], base=TimeBase(times=times)))
    assert measuring.found is not None
    start, stop = cursors(measuring)
    assert measuring.found.span == pytest.approx(times[stop] - times[start])


def test_a_file_that_is_gone_is_said(
    area: PlotArea, hands: Hands, measuring: Measuring, qtbot: QtBot, tmp_path: Path
) -> None:
    copy = tmp_path / "running.csv"
    copy.write_bytes((SAMPLES / "running.csv").read_bytes())
    (recording,) = open_recordings(copy)
    with qtbot.waitSignal(area.settled):
        area.show_recording(recording)
    copy.unlink()
    area.instruments.measuring.show_recording(recording)
    qtbot.waitUntil(lambda: "running.csv" in strip(area).text)
    assert not next(each for each in strip(area).findChildren(QToolButton)).isEnabled()


def test_closing_while_a_long_stretch_is_measured_leaves_nothing(
    area: PlotArea, drawn: Callable[[Recording], None], hands: Hands, measuring: Measuring
) -> None:
    area.show_recording(make_recording(np.zeros((4, 5_000_000), dtype=np.float32)))
    area.stop_reading()
