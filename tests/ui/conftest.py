"""What tests of widgets share: the look, showing a widget, and a picture of it when the test fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from sigdesk.ui.theme.apply import apply_look
from sigdesk.ui.theme.look import Look

ARTEFACTS = Path(__file__).parents[1] / "artefacts"
_FAILED = pytest.StashKey[bool]()

_W = TypeVar("_W", bound=QWidget)
Shown = Callable[[_W], _W]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


@pytest.fixture
def look(qapp: QApplication) -> Generator[Look]:
    """The light look, on the whole application while the test runs."""
    look = Look()
    apply_look(qapp, look)
    yield look
    # Widgets that wait to be deleted would be told of the next test's colours, and might be collected meanwhile.
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.setStyleSheet("")
    look.deleteLater()


@pytest.fixture
def shown(qtbot: QtBot, request: pytest.FixtureRequest) -> Generator[Callable[[_W], _W]]:
    """Show a widget, wait until it is exposed, hand it back. A failed test leaves its picture in tests/artefacts."""
    widgets: list[QWidget] = []

    def show(widget: _W) -> _W:
        qtbot.addWidget(widget)
        widgets.append(widget)
        with qtbot.waitExposed(widget):
            widget.show()
        with qtbot.waitActive(widget):  # only then it gets the keyboard
            widget.activateWindow()
        return widget

    yield show
    if request.node.stash.get(_FAILED, False):
        ARTEFACTS.mkdir(exist_ok=True)
        name = re.sub(r"\W+", "-", request.node.name)
        for number, widget in enumerate(widgets, 1):
            widget.grab().save(str(ARTEFACTS / f"{name}-{number}.png"))
