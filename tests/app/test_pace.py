"""Views are told at once of a few jobs, and in turn while many end; the last news is told to all."""

from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from sigdesk.app.pace import FEW, Pace


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
