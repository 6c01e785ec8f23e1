"""Reading off the window's thread: slow, huge, vanished and broken signals, and switching between them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRect, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sigdesk.errors import RecordingError
from sigdesk.signals import open_recordings
from sigdesk.signals.recording import ArraySource, Channel, Recording, Samples, TimeBase
from sigdesk.ui.plots.area import PlotArea
from sigdesk.ui.plots.overview import OverviewStrip
from sigdesk.ui.plots.reader import PlotReader
from sigdesk.ui.plots.stack import ChannelStack
from sigdesk.ui.plots.stretch import GUTTER, row_scale
from sigdesk.ui.theme.look import Look
from sigdesk.ui.theme.tokens import LIGHT
from tests.ui.plots.conftest import Hands, bench_samples, colours, make_recording

PEN = LIGHT.pen.lower()
CURVE = (100, 4, 730, 80)


class GatedSource:
    """Samples that are handed out only while the gate is open, as from a disk that hangs."""

    def __init__(self, samples: Samples) -> None:
        self.gate = threading.Event()
        self.asked = threading.Event()
        self._samples = samples

    def read(self, start: int, stop: int) -> Samples:
        self.asked.set()
        self.gate.wait(10)
        return self._samples[:, start:stop]


class VanishingSource:
    """A file that is there until it is taken away."""

    def __init__(self, samples: Samples) -> None:
        self.there = True
        self._samples = samples

    def read(self, start: int, stop: int) -> Samples:
        if not self.there:
            raise FileNotFoundError(2, "No such file or directory")
        return self._samples[:, start:stop]


def test_the_window_lives_while_a_slow_disk_is_read(area: PlotArea, bench: Recording, qtbot: QtBot) -> None:
    source = GatedSource(bench_samples())
    ticks: list[float] = []
    timer = QTimer(area, interval=5)
    timer.timeout.connect(lambda: ticks.append(time.monotonic()))
    timer.start()
    area.show_recording(replace(bench, source=source))
    area.show_stretch(2, 5)
    qtbot.waitUntil(lambda: source.asked.is_set() and len(ticks) > 20)
    assert PEN not in colours(area, 100, 96, 730, 80)
    strip = area.findChild(OverviewStrip)
    assert strip is not None
    qtbot.waitUntil(lambda: strip.range_text == "Reading 0%")
    with qtbot.waitSignal(area.settled):
        source.gate.set()
    assert PEN in colours(area, 100, 96, 730, 80)


def test_what_was_read_for_another_signal_is_never_drawn(area: PlotArea, bench: Recording, qtbot: QtBot) -> None:
    flat = np.zeros_like(bench_samples())
    slow = GatedSource(bench_samples())
    area.show_recording(replace(bench, name="slow", source=slow))
    qtbot.waitUntil(slow.asked.is_set)
    with qtbot.waitSignal(area.settled):
        area.show_recording(replace(bench, name="flat", source=ArraySource(flat)))
        slow.gate.set()
    hands = Hands(area)
    hands.point(12)
    qtbot.waitUntil(lambda: "Pressure 0.00" in area.readout_text)
    middle = hands.stack.height() // 8
    assert PEN not in colours(hands.pad, 100, 4, 730, middle - 10)


def test_what_the_pyramid_knows_is_drawn_at_once_though_the_disk_hangs(area: PlotArea, qtbot: QtBot) -> None:
    source = GatedSource(np.tile(np.array([-1.0, 1.0], dtype=np.float32), (1, 500_000)))
    source.gate.set()
    with qtbot.waitSignal(area.settled):
        area.show_recording(replace(make_recording(np.zeros((1, 1_000_000))), source=source))
    source.gate.clear()
    source.asked.clear()
    area.show_stretch(10, 60)
    assert area.is_settled
    assert not source.asked.is_set()
    with qtbot.waitSignal(area.settled):
        area.show_stretch(10, 10.01)  # samples that only the file knows
        source.gate.set()


def test_flicking_through_many_signals_ends_at_the_last(area: PlotArea, qtbot: QtBot) -> None:
    recordings = [make_recording(np.full((1, 50_000), float(value)), f"s{value}") for value in range(40)]
    with qtbot.waitSignal(area.settled):
        for recording in recordings:
            area.show_recording(recording)
            QApplication.processEvents()
        assert area.recording is recordings[-1]
    Hands(area).point(2)
    qtbot.waitUntil(lambda: "39.0" in area.readout_text)


def test_a_signal_that_cannot_be_read_says_so_and_the_next_one_is_shown(
    area: PlotArea, bench: Recording, qtbot: QtBot
) -> None:
    source = VanishingSource(bench_samples())
    source.there = False
    with qtbot.waitSignal(area.read_failed) as failed:
        area.show_recording(replace(bench, source=source))
    assert isinstance(failed.args[0], RecordingError)
    assert "pump-a_0318.wav can no longer be read (No such file or directory)." in area.notice_text
    assert "open it again" in area.notice_text
    with qtbot.waitSignal(area.settled):
        area.show_recording(bench)
    assert area.notice_text == ""


def test_a_file_that_vanishes_while_it_is_shown_says_so(area: PlotArea, bench: Recording, qtbot: QtBot) -> None:
    source = VanishingSource(bench_samples())
    with qtbot.waitSignal(area.settled):
        area.show_recording(replace(bench, source=source))
    source.there = False
    with qtbot.waitSignal(area.read_failed):
        area.show_stretch(10, 10.1)
    assert "can no longer be read" in area.notice_text


def test_nothing_shown_says_how_to_get_something(area: PlotArea, bench: Recording, qtbot: QtBot) -> None:
    assert "Choose a signal on the left" in area.notice_text
    with qtbot.waitSignal(area.settled):
        area.show_recording(bench)
    assert area.notice_text == ""
    area.set_selection((5, 10))
    area.show_recording(None)
    assert "Choose a signal on the left" in area.notice_text
    assert area.selection is None
    assert area.channels_shown == ()


def test_a_signal_without_samples_says_so(area: PlotArea) -> None:
    area.show_recording(make_recording(np.empty((2, 0), np.float32)))
    assert "no samples" in area.notice_text
    Hands(area).point(0.5)
    assert area.readout_text == ""


@pytest.mark.parametrize("length", [1, 2, 5])
def test_very_short_signals_are_shown(
    area: PlotArea, drawn: Callable[[Recording], None], qtbot: QtBot, length: int
) -> None:
    drawn(make_recording(np.arange(1.0, length + 1)[np.newaxis], base=TimeBase(10.0)))
    hands = Hands(area)
    area.zoom_in()
    hands.drag(0, area.visible_range.stop)
    assert area.selection is not None
    hands.point(area.visible_range.start)
    qtbot.waitUntil(lambda: "Current" in area.readout_text)


@pytest.mark.parametrize("stretch", [(0.0, 24.0), (11.8, 14.2), (11.99, 12.03)])
def test_gaps_stay_gaps_at_every_zoom(
    area: PlotArea, drawn: Callable[[Recording], None], qtbot: QtBot, stretch: tuple[float, float]
) -> None:
    samples = bench_samples()[:1]
    samples[:, 120_000:140_000] = np.nan
    samples[:, 30_000] = np.inf
    drawn(make_recording(samples))
    area.show_stretch(*stretch)
    qtbot.waitUntil(lambda: area.is_settled)
    hands = Hands(area)
    gap = round(hands.scale.x(12.0)) + 2, min(round(hands.scale.x(14.0)), 838) - 2
    assert PEN not in colours(hands.pad, gap[0], 4, gap[1] - gap[0], 300)
    assert colours(hands.pad, gap[0] - 40, 4, 36, 300) - {
        LIGHT.plot.lower(),
        LIGHT.grid.lower(),
        LIGHT.zero_line.lower(),
    }


def test_a_peak_of_one_sample_in_millions_is_seen(area: PlotArea, tmp_path: Path, qtbot: QtBot) -> None:
    samples = np.zeros(3_000_000, np.float32)
    samples[1_234_567] = 1.0
    np.save(tmp_path / "long.npy", samples)
    (recording,) = open_recordings(tmp_path / "long.npy")
    with qtbot.waitSignal(area.settled):
        area.show_recording(recording)
    hands = Hands(area)
    x = round(hands.scale.x(1_234_567))
    assert PEN in colours(hands.pad, x - 1, 60, 3, 5)
    area.show_stretch(1_234_540, 1_234_600)
    qtbot.waitUntil(lambda: area.is_settled)
    seen = colours(hands.pad, round(hands.scale.x(1_234_567)) - 4, 60, 9, 100)
    assert min(QColor(colour).lightness() for colour in seen) <= QColor(PEN).lightness() + 2, (
        "as dark as smooth lines are"
    )
    hands.point(1_234_567)
    qtbot.waitUntil(lambda: "1.00" in area.readout_text)


def test_a_long_file_shows_how_far_it_was_read(area: PlotArea, bench: Recording, qtbot: QtBot) -> None:
    strip = area.findChild(OverviewStrip)
    assert strip is not None
    with qtbot.waitSignal(area.settled):
        area.show_recording(bench)
    assert strip.range_text == "0 – 24.0 s"
    strip.show_progress(0.34)
    assert strip.range_text == "Reading 34%"
    area.show_recording(None)
    assert strip.range_text == ""


def test_the_reading_thread_ends_with_its_window(look: Look, bench: Recording, qtbot: QtBot) -> None:
    area = PlotArea(look)
    with qtbot.waitSignal(area.settled):
        area.show_recording(bench)
    (thread,) = (thread for thread in threading.enumerate() if thread.name == "plot reader")
    area.deleteLater()
    qtbot.waitUntil(lambda: not thread.is_alive())


def test_closing_the_reader_does_not_wait_for_the_rest_of_a_long_file(qtbot: QtBot) -> None:
    class Endless:
        def read(self, start: int, stop: int) -> Samples:
            time.sleep(0.01)
            return np.zeros((1, stop - start), np.float32)

    reader = PlotReader()
    with qtbot.waitSignal(reader.overview):
        reader.open(replace(make_recording(np.zeros((1, 2))), length=10**9, source=Endless()))
    reader.close()  # a time-out of the whole test would tell that it waited for the end of the file
    assert not [thread for thread in threading.enumerate() if thread.name == "plot reader"]


def test_resizing_redraws_as_sharp_as_before(
    area: PlotArea, drawn: Callable[[Recording], None], bench: Recording, qtbot: QtBot
) -> None:
    drawn(bench)
    area.resize(1400, 700)
    qtbot.waitUntil(lambda: area.is_settled)
    hands = Hands(area)
    assert hands.stack.time_scale() == row_scale(area.visible_range, 1400)
    assert PEN in colours(hands.pad, 1300, 4, 60, 100)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_signal_without_a_number_says_so(area: PlotArea, bench: Recording, qtbot: QtBot, value: float) -> None:
    with qtbot.waitSignal(area.settled):
        area.show_recording(replace(bench, source=ArraySource(np.full_like(bench_samples(), value))))
    assert "no values to show" in area.notice_text

    with qtbot.waitSignal(area.settled):
        area.show_recording(bench)
    assert area.notice_text == ""


def test_channels_whose_names_differ_at_the_end_are_told_apart(area: PlotArea, bench: Recording, qtbot: QtBot) -> None:
    values = np.vstack([np.linspace(0.0, 1.0, 100)] * 2)
    axes = ("Accelerometer x", "Accelerometer y")
    signal = replace(
        bench,
        channels=tuple(Channel(name) for name in axes),
        length=100,
        source=ArraySource(values),
        time_base=TimeBase(100.0),
    )
    with qtbot.waitSignal(area.settled):
        area.show_recording(signal)
    QApplication.processEvents()

    stack = area.findChild(ChannelStack)
    assert stack is not None
    height = stack.height() // 2
    above, below = (stack.grab(QRect(0, top + 2, GUTTER, 24)).toImage() for top in (0, height))
    assert above != below
