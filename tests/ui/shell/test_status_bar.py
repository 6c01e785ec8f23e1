"""The status bar says what the pool does, and stays still."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from sigdesk.errors import JobError
from sigdesk.pool.isolation import Isolation, IsolationLevel
from sigdesk.pool.jobs import PoolStats, WorkerState
from sigdesk.ui.shell.status_bar import StatusBar
from sigdesk.ui.theme.look import Look
from tests.ui.conftest import Shown
from tests.ui.painted import pixel_colours

BUSY, STARTING, IDLE = WorkerState.BUSY, WorkerState.STARTING, WorkerState.IDLE


def make(look: Look, shown: Shown[StatusBar]) -> StatusBar:
    bar = StatusBar(look)
    bar.resize(1440, 24)
    return shown(bar)


def places(bar: StatusBar) -> list[tuple[int, int]]:
    QApplication.processEvents()
    return [(child.x(), child.width()) for child in bar.findChildren(QWidget) if child.isVisible()]


def test_an_idle_pool(look: Look, shown: Shown[StatusBar]) -> None:
    bar = make(look, shown)

    bar.show_pool(PoolStats((IDLE,) * 4, queued=0, running=0, jobs_per_min=0.0))

    assert bar.height() == 24
    assert bar.texts() == ["Workers 0/4 busy", "Queue empty", "Not recording", "No session open"]


def test_a_busy_pool(look: Look, shown: Shown[StatusBar]) -> None:
    bar = make(look, shown)

    bar.show_pool(PoolStats((BUSY, BUSY, STARTING, STARTING), queued=1284, running=2, jobs_per_min=811.6))
    bar.show_disk(412_000_000_000)
    bar.show_saved("Saved 14:32")

    assert bar.texts() == [
        "Workers 2/4 busy · 2 starting",
        "Queue 1\u2009284",
        "812 jobs/min",
        "412 GB free",
        "Not recording",
        "Saved 14:32",
    ]


def test_nothing_jumps_while_the_queue_shrinks(look: Look, shown: Shown[StatusBar]) -> None:
    bar = make(look, shown)
    bar.show_pool(PoolStats((BUSY,) * 4, queued=1284, running=4, jobs_per_min=1000))
    before = places(bar)

    bar.show_pool(PoolStats((BUSY, BUSY, BUSY, IDLE), queued=97, running=3, jobs_per_min=88))

    assert places(bar) == before


def test_little_room_on_the_disk_is_a_warning_in_words_and_colour(look: Look, shown: Shown[StatusBar]) -> None:
    bar = make(look, shown)
    bar.show_disk(900_000_000)

    image = bar.grab().toImage()

    assert "900 MB free" in bar.texts()
    colours = pixel_colours(image, QRect(image.width() // 2, 4, image.width() // 2, 16))
    assert look.colour("warn").name() in colours


def test_it_reaches_from_edge_to_edge_of_the_window(look: Look, shown: Shown[QMainWindow]) -> None:
    window = QMainWindow()
    window.setStatusBar(StatusBar(look))
    window.resize(600, 300)
    image = shown(window).grab().toImage()

    assert [image.pixelColor(x, 299) for x in (0, 599)] == [look.colour("surface")] * 2
    assert [image.pixelColor(x, 276) for x in (0, 599)] == [look.colour("border")] * 2


def test_it_follows_the_theme(look: Look, shown: Shown[StatusBar]) -> None:
    bar = make(look, shown)

    look.use("dark")

    assert bar.grab().toImage().pixelColor(700, 12) == look.colour("surface")


@pytest.mark.parametrize(
    ("isolation", "word", "kept_from"),
    [
        (Isolation(IsolationLevel.SANDBOXED, ("memory", "time")), "Sandboxed", "no network"),
        (Isolation(IsolationLevel.LIMITED, ("memory", "time")), "Limited", "can read your files"),
        (
            Isolation(IsolationLevel.BLOCKED, ("memory", "time"), JobError("It needs Linux.", "Switch it off.")),
            "No sandbox",
            "It needs Linux. Switch it off.",
        ),
    ],
)
def test_the_level_of_isolation_in_a_word_and_under_the_mouse(
    look: Look, shown: Shown[StatusBar], isolation: Isolation, word: str, kept_from: str
) -> None:
    bar = make(look, shown)
    bar.show_isolation(isolation)

    assert word in bar.texts()
    (item,) = [child for child in bar.findChildren(QWidget) if child.accessibleName() == f"Models: {word}"]
    assert kept_from in " ".join(item.toolTip().split())
    assert item.accessibleDescription() == item.toolTip()
