"""Threads that work beside the window wait while it does its own work, and no longer than they must."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from sigdesk.pool import right_of_way
from sigdesk.pool.right_of_way import give_way, window_at_work


@contextmanager
def beside(work: Callable[[], object]) -> Iterator[threading.Event]:
    """A thread that works beside the window; the event says that it is over."""
    over = threading.Event()

    def run() -> None:
        work()
        over.set()

    thread = threading.Thread(target=run)
    thread.start()
    yield over
    thread.join()


def test_while_the_window_is_at_work_another_thread_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(right_of_way, "PATIENCE_S", 60.0)
    began = threading.Event()

    def work() -> None:
        began.set()
        give_way()

    with ExitStack() as turn:
        turn.enter_context(window_at_work)
        with window_at_work:
            pass
        with beside(work) as over:
            began.wait()
            assert not over.is_set(), "the end of what is nested is not the end"
            turn.close()
            assert over.wait(30.0)


def test_no_thread_waits_for_ever_for_a_window_that_is_always_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(right_of_way, "PATIENCE_S", 0.001)
    with window_at_work, beside(give_way) as over:
        assert over.wait(30.0)


def test_nobody_waits_while_the_window_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(right_of_way, "PATIENCE_S", 3600.0)
    with window_at_work:
        pass
    give_way()


def test_after_a_mistake_in_the_window_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(right_of_way, "PATIENCE_S", 3600.0)
    with pytest.raises(ZeroDivisionError), window_at_work:
        _ = 1 / 0
    give_way()


def test_the_window_does_not_wait_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(right_of_way, "PATIENCE_S", 3600.0)
    with window_at_work:
        give_way()
