"""What plots need is loaded beside the window, not before it stands and not once it closes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from sigdesk.ui.signals.thumbnails import ThumbnailStore
from sigdesk.ui.theme.look import Look
from sigdesk.ui.window import plots_ahead
from sigdesk.ui.window.main_window import MainWindow
from sigdesk.ui.window.plots_ahead import PlotsAhead

NAME = "stands_for_the_plots"


@pytest.fixture
def window(look: Look, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """A window whose plots' module, which other tests have loaded long ago, is one that nobody has."""
    (tmp_path / f"{NAME}.py").write_text("import threading\nLOADED_BY = threading.current_thread().name\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(plots_ahead, "_PLOTS", NAME)
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    window = MainWindow(look, ThumbnailStore(look, lambda _: None))
    qtbot.addWidget(window)
    return window


def test_they_are_loaded_in_a_thread_after_the_first_picture(window: MainWindow, qtbot: QtBot) -> None:
    ahead = PlotsAhead(window)
    assert NAME not in sys.modules

    window.show()

    qtbot.waitUntil(lambda: hasattr(sys.modules.get(NAME), "LOADED_BY"), timeout=30_000)
    assert sys.modules[NAME].LOADED_BY == "plots ahead"
    ahead.close()


def test_a_window_that_closes_at_once_loads_nothing(window: MainWindow, qtbot: QtBot) -> None:
    ahead = PlotsAhead(window)
    with qtbot.waitExposed(window):
        window.show()

    window.close()

    ahead.close()  # a second time does nothing
    assert NAME not in sys.modules
