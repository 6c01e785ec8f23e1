"""Pictures of signals: made off the GUI thread, asked for once, empty where a signal cannot be read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from sigdesk.errors import RecordingError
from sigdesk.signals.recording import Recording
from sigdesk.ui.signals.thumbnails import THUMBNAIL, ThumbnailStore
from sigdesk.ui.theme.look import Look
from tests.factories import MakeRecording
from tests.ui.painted import name_of

Provider = Callable[[int], Recording | None]


@pytest.fixture
def store_of(look: Look) -> Iterator[Callable[[Provider], ThumbnailStore]]:
    stores: list[ThumbnailStore] = []

    def make(provider: Provider) -> ThumbnailStore:
        stores.append(ThumbnailStore(look, provider))
        return stores[-1]

    yield make
    for store in stores:
        store.close()


def ink(image: QImage, colour: str) -> set[tuple[int, int]]:
    """Where a colour stands."""
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return {(x, y) for x, y in places if image.pixelColor(x, y).name() == name_of(colour)}


def made(store: ThumbnailStore, qtbot: QtBot, signal_id: int = 1) -> QImage:
    with qtbot.waitSignal(store.ready, check_params_cb=lambda ready: ready == signal_id):
        store.pixmap(signal_id)
    return store.pixmap(signal_id).toImage()


def test_it_is_empty_first_and_shows_the_signal_then(
    store_of: Callable[[Provider], ThumbnailStore], recording: MakeRecording, look: Look, qtbot: QtBot
) -> None:
    rising = recording(np.linspace(0, 1, 1000))
    store = store_of(lambda _: rising)

    first = store.pixmap(1).toImage()
    assert not ink(first, look.theme.pen)

    picture = made(store, qtbot)

    places = ink(picture, look.theme.pen)
    assert min(y for x, y in places if x > 45) < 8, "the end is high"
    assert max(y for x, y in places if x < 10) > 23, "the beginning is low"
    assert picture.size() == THUMBNAIL


def test_recordings_are_read_off_the_gui_thread_and_once(
    store_of: Callable[[Provider], ThumbnailStore], recording: MakeRecording, qtbot: QtBot
) -> None:
    asked: list[tuple[int, str]] = []
    one = recording()

    def provider(signal_id: int) -> Recording:
        asked.append((signal_id, threading.current_thread().name))
        return one

    store = store_of(provider)
    made(store, qtbot)
    store.pixmap(1)

    ((signal_id, thread),) = asked
    assert signal_id == 1
    assert thread != threading.main_thread().name


def test_a_signal_that_cannot_be_read_stays_empty(
    store_of: Callable[[Provider], ThumbnailStore], look: Look, qtbot: QtBot
) -> None:
    def provider(signal_id: int) -> Recording | None:
        if signal_id == 1:
            raise RecordingError("lost.csv cannot be read: there is no such file.")
        return None

    store = store_of(provider)

    assert not ink(made(store, qtbot, 1), look.theme.pen)
    assert not ink(made(store, qtbot, 2), look.theme.pen)


@pytest.mark.parametrize("values", [np.zeros(50), np.full(50, np.nan), np.array([np.inf, 1.0, -np.inf]), np.zeros(0)])
def test_odd_values_do_no_harm(
    values: np.ndarray, store_of: Callable[[Provider], ThumbnailStore], recording: MakeRecording, qtbot: QtBot
) -> None:
    odd = recording(values)
    store = store_of(lambda _: odd)

    assert made(store, qtbot).size() == THUMBNAIL


def test_a_switch_of_the_theme_paints_anew_without_reading(
    store_of: Callable[[Provider], ThumbnailStore], recording: MakeRecording, look: Look, qtbot: QtBot
) -> None:
    asked: list[int] = []
    one = recording(np.linspace(0, 1, 1000))

    def provider(signal_id: int) -> Recording:
        asked.append(signal_id)
        return one

    store = store_of(provider)
    made(store, qtbot)
    look.use("dark")

    assert ink(store.pixmap(1).toImage(), look.theme.pen)
    assert asked == [1]


def test_what_was_forgotten_is_read_again(
    store_of: Callable[[Provider], ThumbnailStore], recording: MakeRecording, qtbot: QtBot
) -> None:
    asked: list[int] = []
    one = recording()

    def provider(signal_id: int) -> Recording:
        asked.append(signal_id)
        return one

    store = store_of(provider)
    made(store, qtbot)
    store.forget(1)
    made(store, qtbot)

    assert asked == [1, 1]


def test_fast_scrolling_asks_for_the_newest_and_gives_up_the_oldest(
    store_of: Callable[[Provider], ThumbnailStore], recording: MakeRecording, qtbot: QtBot
) -> None:
    asked: list[int] = []
    gate = threading.Event()
    one = recording()

    def provider(signal_id: int) -> Recording:
        gate.wait(10)
        asked.append(signal_id)
        return one

    store = store_of(provider)
    store.pixmap(0)
    qtbot.waitUntil(lambda: bool(store._making))  # the first is being made, the others wait
    for signal_id in range(1, 1001):
        store.pixmap(signal_id)
    with qtbot.waitSignal(store.ready, check_params_cb=lambda ready: ready == 1000):
        gate.set()
    qtbot.waitUntil(lambda: len(asked) == 129)

    assert asked[:3] == [0, 1000, 999]
    assert min(asked[1:]) == 873


def test_close_waits_and_nothing_is_made_afterwards(
    store_of: Callable[[Provider], ThumbnailStore], recording: MakeRecording, qtbot: QtBot
) -> None:
    asked: list[int] = []
    one = recording()

    def provider(signal_id: int) -> Recording:
        asked.append(signal_id)
        return one

    store = store_of(provider)
    store.pixmap(1)
    store.close()
    before = list(asked)
    store.pixmap(2)
    store.close()

    assert asked == before
