"""Asked where it looked, a model says it beside its label."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from sigdesk.ui.rows.tenths import Tenths
from sigdesk.ui.start import Desk
from tests.end_to_end.conftest import screenshot
from tests.end_to_end.test_window import classify, open_samples, words


def test_the_result_says_where_on_the_signal_the_model_looked(
    desk: Desk, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    open_samples(desk, qtbot, "microwave.csv")
    inspector = desk.window.inspector
    (explain,) = [one for one in inspector.findChildren(QCheckBox) if one.accessibleName() == "Explain"]
    assert "where on the signal the model looked" in explain.toolTip()
    qtbot.mouseClick(explain, Qt.MouseButton.LeftButton, pos=QPoint(8, explain.height() // 2))
    assert explain.isChecked()

    classify(desk, qtbot)

    screenshot(desk, request, "explained")
    qtbot.waitUntil(lambda: "Where it looked" in words(inspector))
    assert "looked_at" not in words(inspector)
    (tenths,) = [one for one in inspector.findChildren(Tenths) if one.isVisible()]
    assert tenths.accessibleDescription().count("%") == 10
