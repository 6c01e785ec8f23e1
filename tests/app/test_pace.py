"""Views are told at once of a few jobs, and in turn while many end; the last news is told to all."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from sigdesk.app.pace import FEW, Pace


def test_a_few_jobs_are_told_to_all_views_at_once(qtbot: QtBot) -> None:
    told: list[str] = []
    pace = Pace((lambda: told.append("table"), lambda: told.append("list")))

    pace.news(FEW)

    assert told == ["table", "list"]


def test_while_many_jobs_end_each_view_has_its_own_turn(qtbot: QtBot) -> None:
    told: list[str] = []
    pace = Pace((lambda: told.append("table"), lambda: told.append("list")))

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
    pace = Pace((lambda: seen.append(state[0]), lambda: None))
    pace.news(FEW + 1)
    qtbot.waitUntil(lambda: seen == [1])

    state[0] = 2
    pace.news(FEW + 1)

    qtbot.waitUntil(lambda: seen[-1] == 2)


def test_the_last_news_is_told_to_all_without_a_pause(qtbot: QtBot) -> None:
    told: list[str] = []
    pace = Pace((lambda: told.append("table"), lambda: told.append("list")))
    pace.news(FEW + 1)

    pace.news(FEW + 1, last=True)

    assert told == [], "the window takes its events first"
    qtbot.waitUntil(lambda: told == ["table", "list"])
