"""A recording as a pump bench gives it, and the plot area that shows it, with hands to drive it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from sigdesk.signals.recording import ArraySource, Channel, Recording, Samples, TimeBase
from sigdesk.ui.plots.area import PlotArea
from sigdesk.ui.plots.stack import ChannelStack
from sigdesk.ui.plots.stretch import Scale, row_scale
from sigdesk.ui.theme.look import Look
from tests.ui.painted import pixel_colours

RATE_HZ = 10_000.0
LENGTH = 240_000
CHANNELS = (Channel("Current", "A"), Channel("Vibration", "g"), Channel("Pressure", "bar"), Channel("Speed", "rpm"))


def bench_samples() -> Samples:
    """Four channels over 24 s: a 5 Hz current, noise, a step at 10 s, and a ramp."""
    times = np.arange(LENGTH) / RATE_HZ
    noise = np.random.default_rng(1).normal(0, 0.5, LENGTH)
    rows = (8 * np.sin(2 * np.pi * 5 * times), noise, np.where(times < 10, 2.0, 3.0), 1400 + times)
    return np.vstack(rows).astype(np.float32)


def make_recording(samples: Samples, name: str = "pump-a_0318.wav", base: TimeBase | None = None) -> Recording:
    channels = CHANNELS[: len(samples)] if len(samples) <= len(CHANNELS) else tuple(
        Channel(f"Channel {number}", "V") for number in range(1, len(samples) + 1)
    )  # fmt: skip
    return Recording(
        name, Path(name), channels, samples.shape[1], base or TimeBase(RATE_HZ), ArraySource(samples), "WAV"
    )


class Hands:
    """Does on the plot what an operator does, at times instead of pixels."""

    def __init__(self, area: PlotArea) -> None:
        stack = area.findChild(ChannelStack)
        assert stack is not None
        self.stack = stack
        self.area = area
        self.pad: QWidget = stack.viewport()

    @property
    def scale(self) -> Scale:
        return row_scale(self.area.visible_range, self.area.width())

    def at(self, time: float, y: int = 60) -> QPoint:
        return QPoint(round(self.scale.x(time)), y)

    def point(self, time: float) -> None:
        QTest.mouseMove(self.pad, self.at(time))

    def drag(self, start: float, stop: float, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        begin, end = self.at(start), self.at(stop)
        QTest.mouseMove(self.pad, begin)
        QTest.mousePress(self.pad, button, pos=begin)
        for step in (0.25, 0.5, 0.75, 1.0):
            QTest.mouseMove(self.pad, begin + (end - begin) * step)
        QTest.mouseRelease(self.pad, button, pos=end)

    def wheel(self, time: float, notches: float, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.turn(self.at(time), notches, keys)

    def turn(self, spot: QPoint, notches: float, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Turn the wheel over a pixel of the stack, as the window system does; above 0 away from the operator."""
        window = self.area.window()
        place = QPointF(self.pad.mapTo(window, spot))
        QTest.wheelEvent(window.windowHandle(), place, QPoint(0, round(120 * notches)), QPoint(), keys)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.stack, key, keys)


@pytest.fixture
def bench() -> Recording:
    return make_recording(bench_samples())


@pytest.fixture
def area(look: Look, shown: Callable[[PlotArea], PlotArea]) -> Iterator[PlotArea]:
    """An empty plot area, 852 x 574 px as on the design's Workspace."""
    area = PlotArea(look)
    area.resize(852, 574)
    shown(area)
    yield area
    area.stop_reading()


@pytest.fixture
def drawn(area: PlotArea, qtbot: QtBot) -> Callable[[Recording], None]:
    """Show a recording and wait until its traces are drawn."""

    def show(recording: Recording) -> None:
        with qtbot.waitSignal(area.settled):
            area.show_recording(recording)

    return show


@pytest.fixture
def hands(area: PlotArea, drawn: Callable[[Recording], None], bench: Recording) -> Hands:
    """Hands on a plot that shows the bench's recording."""
    drawn(bench)
    return Hands(area)


def colours(widget: QWidget, left: int, top: int, width: int, height: int) -> set[str]:
    """The colours in a part of what a widget shows."""
    return pixel_colours(widget.grab().toImage(), QRect(left, top, width, height))


def name_of(colour: str) -> str:
    return QColor(colour).name()
