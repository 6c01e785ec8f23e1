"""Pages that are not there yet say so, and the models that are installed can be read."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from sigdesk.ui.shell.later_page import LaterPage
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.chip import Chip
from tests.ui.conftest import Shown


def texts(widget: QWidget) -> list[str]:
    QApplication.processEvents()  # lays out what was just added
    return [found.text() for found in widget.findChildren(QLabel) if found.isVisible()]


def chips(widget: QWidget) -> list[tuple[str, str]]:
    return [(chip.text, chip.status) for chip in widget.findChildren(Chip) if chip.isVisible()]


@pytest.mark.parametrize("page", ["Record", "Review"])
def test_a_page_says_that_it_comes_later_and_leads_back(
    look: Look, shown: Shown[LaterPage], qtbot: QtBot, page: str
) -> None:
    later = shown(LaterPage(look, page))
    assert page in texts(later)
    assert ("Comes in a later version", "accent") in chips(later)

    with qtbot.waitSignal(later.workspace_requested):
        qtbot.mouseClick(later.findChild(QPushButton), Qt.MouseButton.LeftButton)
