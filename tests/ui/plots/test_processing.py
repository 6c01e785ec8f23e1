"""Channels seen through recipes: asked in the dialog, said beside the channel, followed by every instrument."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QComboBox, QDialogButtonBox
from pytestqt.qtbot import QtBot

from sigdesk.signals.recording import Recording, TimeBase
from sigdesk.signals.transform import Recipe
from sigdesk.ui.plots.area import PlotArea
from sigdesk.ui.plots.gutter import ChannelAxis
from sigdesk.ui.plots.recipe_dialog import RecipeDialog
from sigdesk.ui.widgets.number_field import NumberField
from tests.ui.plots.conftest import Hands, bench_samples, make_recording

FIRST_FILTER_MS = 60_000
"""SciPy is loaded with the first one."""


def notes(hands: Hands) -> list[str]:
    axes = [item for item in hands.stack.scene().items() if isinstance(item, ChannelAxis) and item.isVisible()]
    return [axis.note for axis in sorted(axes, key=lambda axis: axis.scenePos().y())]


@pytest.fixture
def dialog(area: PlotArea, hands: Hands, qtbot: QtBot) -> RecipeDialog:
    area.presenting.processing.open_dialog()
    dialog = area.findChild(RecipeDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def tick(dialog: RecipeDialog, begins: str) -> None:
    box = next(each for each in dialog.findChildren(QCheckBox) if each.text().startswith(begins))
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=box.rect().center() - box.rect().center() / 2)
    if not box.isChecked():
        QTest.keyClick(box, Qt.Key.Key_Space)


def type_edge(dialog: RecipeDialog, name: str, text: str) -> None:
    field = next(each for each in dialog.findChildren(NumberField) if each.accessibleName() == name)
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Tab)


def press(dialog: RecipeDialog, kind: QDialogButtonBox.StandardButton) -> None:
    QTest.mouseClick(button(dialog, kind), Qt.MouseButton.LeftButton)


def button(dialog: RecipeDialog, kind: QDialogButtonBox.StandardButton) -> QAbstractButton:
    box = dialog.findChild(QDialogButtonBox)
    assert box is not None
    return box.button(kind)


def test_a_filter_is_asked_for_and_shown(area: PlotArea, hands: Hands, dialog: RecipeDialog, qtbot: QtBot) -> None:
    box = next(each for each in dialog.findChildren(QComboBox) if each.accessibleName() == "Channel")
    while box.currentText() != "Pressure":
        QTest.keyClick(box, Qt.Key.Key_Down)
    tick(dialog, "High-pass")
    type_edge(dialog, "Edge of the high-pass", "5")
    with qtbot.waitSignal(area.settled, timeout=FIRST_FILTER_MS):
        press(dialog, QDialogButtonBox.StandardButton.Ok)
    assert notes(hands) == ["", "", "high-pass 5 Hz", ""]
    assert area.recording is not None
    assert area.shown_recording is not None
    np.testing.assert_array_equal(area.recording.read(), bench_samples())
    shown = area.shown_recording.read(0, 1000)[2]
    assert abs(float(shown.mean())) < 0.01  # the level of 2 bar is gone
    hands.point(4.0)
    qtbot.waitUntil(
        lambda: "Pressure 0.0" in area.readout_text or "Pressure \u22120.0" in area.readout_text,
        timeout=FIRST_FILTER_MS,
    )


def test_what_is_seen_keeps_its_place(area: PlotArea, hands: Hands, qtbot: QtBot) -> None:
    area.show_stretch(6, 16)
    area.set_selection((98_000, 124_000))
    area.show_channels((0, 2))
    with qtbot.waitSignal(area.settled, timeout=FIRST_FILTER_MS):
        area.presenting.processing.apply((0, 1, 2, 3), Recipe(low_pass_hz=100))
    assert (area.visible_range.start, area.visible_range.stop) == (6, 16)
    assert area.selection == (98_000, 124_000)
    assert area.channels_shown == (0, 2)
    assert notes(hands) == ["low-pass 100 Hz"] * 2


def test_each_signal_keeps_its_own(
    area: PlotArea, hands: Hands, bench: Recording, drawn: Callable[[Recording], None]
) -> None:
    area.presenting.processing.apply((1,), Recipe(normalise=True))
    drawn(make_recording(bench_samples()[:2], "other.wav"))
    assert notes(hands) == ["", ""]
    drawn(bench)
    assert notes(hands) == ["", "normalised", "", ""]
    area.presenting.processing.apply((1,), Recipe())
    assert notes(hands) == ["", "", "", ""]
    assert area.shown_recording is area.recording


def test_instruments_work_on_what_is_seen(area: PlotArea, hands: Hands, qtbot: QtBot) -> None:
    measuring = area.instruments.measuring
    with qtbot.waitSignal(measuring.measured):
        hands.key(Qt.Key.Key_D)
    cursors = measuring.cursors
    with qtbot.waitSignal(measuring.measured):
        area.presenting.processing.apply((3,), Recipe(differentiate=True))
    assert measuring.cursors == cursors
    assert measuring.found is not None
    assert measuring.found.channels[3].mean == pytest.approx(1.0, abs=0.01)  # it rises by 1 rpm a second
    assert "rpm/s" in measuring.strip.text


def test_what_cannot_be_done_is_said_and_not_done(area: PlotArea, hands: Hands, dialog: RecipeDialog) -> None:
    tick(dialog, "Low-pass")
    type_edge(dialog, "Edge of the low-pass", "6000")
    assert "5 kHz" in dialog.note or "5000 Hz" in dialog.note
    ok = button(dialog, QDialogButtonBox.StandardButton.Ok)
    assert not ok.isEnabled()
    press(dialog, QDialogButtonBox.StandardButton.Reset)
    assert ok.isEnabled()
    press(dialog, QDialogButtonBox.StandardButton.Ok)
    assert area.shown_recording is area.recording


def test_uneven_times_are_not_filtered(area: PlotArea, hands: Hands, drawn: Callable[[Recording], None]) -> None:
    uneven = make_recording(bench_samples()[:, :500], base=TimeBase(times=np.linspace(0, 3, 500) ** 2))
    drawn(uneven)
    area.presenting.processing.open_dialog()
    dialog = area.findChild(RecipeDialog)
    assert dialog is not None
    tick(dialog, "High-pass")
    assert "uneven" in dialog.note
    press(dialog, QDialogButtonBox.StandardButton.Cancel)


def test_what_is_not_exact_is_marked(area: PlotArea, hands: Hands, drawn: Callable[[Recording], None]) -> None:
    drawn(replace(make_recording(np.zeros((1, 1_500_000), dtype=np.float32)), path=Path("long")))
    area.presenting.processing.apply((0,), Recipe(detrend=True))
    assert notes(hands) == ["≈ detrended"]
