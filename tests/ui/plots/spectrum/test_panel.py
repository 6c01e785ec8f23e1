"""The spectrum panel: opened by key and button, following what is selected or visible, honest about its limits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from sigdesk.signals.recording import Recording, TimeBase
from sigdesk.ui.plots.area import PlotArea
from sigdesk.ui.plots.spectrum.analysing import Analysing
from sigdesk.ui.plots.spectrum.panel import SPECTROGRAM, SpectrumPanel
from sigdesk.ui.plots.stretch import GUTTER
from tests.ui.plots.conftest import RATE_HZ, Hands, bench_samples, colours, make_recording


def spectrum_button(area: PlotArea) -> QPushButton:
    return next(each for each in area.findChildren(QPushButton) if each.accessibleName() == "Spectrum")


@pytest.fixture
def analysing(area: PlotArea, hands: Hands, qtbot: QtBot) -> Analysing:
    """The bench's recording with its spectrum shown."""
    area.resize(852, 800)
    analysing = area.instruments.analysing
    with qtbot.waitSignal(analysing.drawn, timeout=60_000):  # SciPy is loaded now
        QTest.mouseClick(spectrum_button(area), Qt.MouseButton.LeftButton)
    return analysing


def choose(panel: SpectrumPanel, name: str, text: str) -> None:
    """Choose in a box by the keyboard."""
    box = next(each for each in panel.findChildren(QComboBox) if each.accessibleName() == name)
    while box.currentText() != text:
        QTest.keyClick(box, Qt.Key.Key_Down if box.findText(text) > box.currentIndex() else Qt.Key.Key_Up)


def test_the_button_shows_the_spectrum_of_what_is_visible(area: PlotArea, analysing: Analysing) -> None:
    assert spectrum_button(area).isChecked()
    assert analysing.panel.isVisible()
    assert "peak 4.88 Hz" in analysing.panel.note  # 5 Hz, as near as segments of 8192 samples tell
    assert "57 segments of 8\u2009192" in analysing.panel.note
    QTest.mouseClick(spectrum_button(area), Qt.MouseButton.LeftButton)
    assert not analysing.panel.isVisible()
    assert not spectrum_button(area).isChecked()


def test_the_cross_closes_it(area: PlotArea, analysing: Analysing) -> None:
    close = next(
        each for each in analysing.panel.findChildren(QToolButton) if each.accessibleName().startswith("Close")
    )
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not analysing.panel.isVisible()
    assert not spectrum_button(area).isChecked()


def test_it_follows_the_selection_and_the_view(
    area: PlotArea, hands: Hands, analysing: Analysing, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(analysing.drawn):
        hands.drag(2.0, 4.0)
    assert "1.99" in analysing.panel.note or "2.0" in analysing.panel.note
    assert "s" in analysing.panel.note.split(" · ")[-1]
    with qtbot.waitSignal(analysing.drawn):
        hands.key(Qt.Key.Key_Escape)
    with qtbot.waitSignal(analysing.drawn):
        area.show_stretch(10.0, 10.5)
    assert "segments of 512" in analysing.panel.note


def test_window_length_overlap_and_channel_are_chosen(analysing: Analysing, qtbot: QtBot) -> None:
    panel = analysing.panel
    for name, text in (
        ("Window function", "Blackman"),
        ("Samples a segment", "1\u2009024"),
        ("Overlap of the segments", "75%"),
    ):
        with qtbot.waitSignal(analysing.drawn):
            choose(panel, name, text)
    assert panel.cut.window == "Blackman"
    assert "934 segments of 1\u2009024" in panel.note
    with qtbot.waitSignal(analysing.drawn):
        choose(panel, "Channel of the spectrum", "Vibration")
    assert panel.channel == 1


def test_the_curve_is_drawn_and_read_under_the_pointer(analysing: Analysing) -> None:
    curve = analysing.panel.curve
    assert "#27405f" in colours(curve, GUTTER, 2, 40, 60)
    QTest.mouseMove(curve, QPoint(GUTTER, 30))
    QTest.mouseMove(curve, QPoint(GUTTER + 372, 30))
    frequency, _, level = curve.pointed.partition("  ")
    assert frequency == "2.50 kHz"
    assert level.endswith(" dB")


def test_the_spectrogram_lies_on_the_time_axis(
    area: PlotArea, hands: Hands, analysing: Analysing, qtbot: QtBot
) -> None:
    times = np.arange(240_000) / RATE_HZ
    tones = np.where(times < 12, np.sin(2 * np.pi * 1000 * times), np.sin(2 * np.pi * 4000 * times))
    area.show_recording(make_recording(tones[None, :].astype(np.float32)))
    with qtbot.waitSignal(analysing.drawn):
        analysing.panel.choose_kind(SPECTROGRAM)
    image = analysing.panel.image
    shown, plot = image.grab().toImage(), image.plot_rect()

    def light(time: float, hertz: float) -> int:
        y = plot.bottom() - hertz / 5000 * plot.height()
        return shown.pixelColor(round(hands.scale.x(time)), round(y)).lightness()

    assert light(6, 1000) > light(6, 4000) + 60
    assert light(18, 4000) > light(18, 1000) + 60
    QTest.mouseMove(image, QPoint(GUTTER + 10, 10))
    QTest.mouseMove(image, QPoint(round(hands.scale.x(6)), round(plot.bottom() - plot.height() / 5)))
    assert image.pointed.startswith(("0.99 kHz", "1.00 kHz", "1.01 kHz", "99", "1.02 kHz", "98"))


def test_the_picture_stays_at_its_time_while_the_view_moves(
    area: PlotArea, hands: Hands, analysing: Analysing, qtbot: QtBot
) -> None:
    area.set_selection((100_000, 120_000))
    with qtbot.waitSignal(analysing.drawn):
        analysing.panel.choose_kind(SPECTROGRAM)
    area.show_stretch(9.0, 13.0)
    image = analysing.panel.image
    y = int(image.plot_rect().center().y())
    assert colours(image, round(hands.scale.x(9.5)), y, 4, 1) == {"#ffffff"}
    assert colours(image, round(hands.scale.x(11.0)), y, 4, 1) != {"#ffffff"}


def test_uneven_times_are_said(area: PlotArea, analysing: Analysing, qtbot: QtBot) -> None:
    times = np.linspace(0, 3, 5000) ** 2
    area.show_recording(make_recording(bench_samples()[:, :5000], base=TimeBase(times=times)))
    qtbot.waitUntil(lambda: analysing.panel.note == "")
    assert "uneven" in analysing.panel.curve.notice
    assert "uneven" in analysing.panel.image.notice


def test_a_stretch_that_is_too_short_is_said(area: PlotArea, analysing: Analysing, qtbot: QtBot) -> None:
    area.set_selection((100, 110))
    qtbot.waitUntil(lambda: "16 samples" in analysing.panel.curve.notice)
    with qtbot.waitSignal(analysing.drawn):
        area.set_selection((100, 2000))
    assert analysing.panel.curve.notice == ""


def test_gaps_are_said(area: PlotArea, analysing: Analysing, qtbot: QtBot) -> None:
    samples = bench_samples()[:1]
    samples[0, 50_000:60_000] = np.nan
    with qtbot.waitSignal(analysing.drawn):
        area.show_recording(make_recording(samples))
    assert "left out: samples missing" in analysing.panel.note
    with qtbot.waitSignal(analysing.drawn):
        area.set_selection((50_000, 60_000))
    assert "missing everywhere" in analysing.panel.curve.notice


def test_hidden_channels_are_not_offered(area: PlotArea, analysing: Analysing) -> None:
    area.show_channels((1, 3))
    box = next(each for each in analysing.panel.findChildren(QComboBox) if each.accessibleName().startswith("Channel"))
    assert [box.itemText(place) for place in range(box.count())] == ["Vibration", "Speed"]


def test_closing_while_a_long_one_is_made_leaves_nothing(
    area: PlotArea, drawn: Callable[[Recording], None], analysing: Analysing, qtbot: QtBot
) -> None:
    area.show_recording(make_recording(np.zeros((4, 4_000_000), dtype=np.float32)))
    choose(analysing.panel, "Overlap of the segments", "90%")
    area.stop_reading()
