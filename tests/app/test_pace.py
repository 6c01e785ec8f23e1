"""Views are told at once of a few jobs, and in turn while many end; the last news is told to all."""

from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from sigdesk.app.pace import FEW, Pace, Throttle


def note(told: list[str], view: str) -> Callable[[], bool]:
    """A view that takes all news in at once, and writes down that it was told."""

    def tell() -> bool:
        told.append(view)
        return False

    return tell


def test_a_few_jobs_are_told_to_all_views_at_once(qtbot: QtBot) -> None:
    told: list[str] = []
    pace = Pace((note(told, "table"), note(told, "list")))

    pace.news(FEW)

    assert told == ["table", "list"]


def test_while_many_jobs_end_each_view_has_its_own_turn(qtbot: QtBot) -> None:
    told: list[str] = []
    pace = Pace((note(told, "table"), note(told, "list")))

    pace.news(FEW + 1)
    assert told == [], "the window takes its events first"
    pace.news(1)
    assert told == [], "what comes meanwhile waits for the turn"

    qtbot.waitUntil(lambda: len(told) == 1)
    assert told == ["table"]
    qtbot.waitUntil(lambda: told == ["table", "list"])


def test_news_that_come_between_two_turns_reach_the_view_that_had_its_turn(qtbot: QtBot) -> None:
    seen: list[int] = []
    state = [1]

    def look() -> bool:
        seen.append(state[0])
        return False

    pace = Pace((look, lambda: False))
    pace.news(FEW + 1)
    qtbot.waitUntil(lambda: seen == [1])

    state[0] = 2
    pace.news(FEW + 1)

    qtbot.waitUntil(lambda: seen[-1] == 2)


def test_the_last_news_is_told_to_all_without_a_pause(qtbot: QtBot) -> None:
    told: list[str] = []
    pace = Pace((note(told, "table"), note(told, "list")))
    pace.news(FEW + 1)

    pace.news(FEW + 1, last=True)

    assert told == [], "the window takes its events first"
    qtbot.waitUntil(lambda: told == ["table", "list"])


def test_a_view_that_has_more_news_goes_on_before_the_next_one(qtbot: QtBot) -> None:
    told: list[str] = []
    left = [2]

    def table() -> bool:
        told.append("table")
        left[0] -= 1
        return left[0] > 0

    pace = Pace((table, note(told, "list")))
    pace.news(FEW + 1)

    qtbot.waitUntil(lambda: len(told) == 3)
    assert told == ["table", "table", "list"]


def test_a_throttled_call_comes_at_once_and_what_is_asked_meanwhile_once_more_at_the_end(qtbot: QtBot) -> None:
    calls: list[int] = []
    state = [0]
    throttle = Throttle(lambda: calls.append(state[0]), 30)

    for state[0] in range(5):
        throttle.ask()
    assert calls == [0], "the first at once, the others wait"

    qtbot.waitUntil(lambda: calls == [0, 4], timeout=30_000)


def test_a_throttled_call_that_nobody_asks_for_does_not_come(qtbot: QtBot) -> None:
    calls: list[int] = []
    throttle = Throttle(lambda: calls.append(1), 1)
    throttle.ask()
    later = Throttle(lambda: calls.append(2), 20)
    later.ask()
    later.ask()

    qtbot.waitUntil(lambda: calls.count(2) == 2, timeout=30_000)
    assert calls.count(1) == 1
