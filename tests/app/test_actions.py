"""The table of actions is sound: no key means two things, and every row can be found and done."""

from __future__ import annotations

from collections import Counter

from sigdesk.app.action import MENUS, When
from sigdesk.app.actions import ACTIONS, find_action


def test_no_key_means_two_things() -> None:
    keys = Counter(key for action in ACTIONS for key in action.keys)
    assert [key for key, count in keys.items() if count > 1] == []


def test_ids_are_unique_and_found() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)
    assert all(find_action(action.id) is action for action in ACTIONS)


def test_menus_are_the_ones_of_the_header() -> None:
    assert {action.menu for action in ACTIONS} - {""} == set(MENUS)


def test_an_action_that_can_be_disabled_says_why() -> None:
    assert all(when.value for when in When if when is not When.ALWAYS)


def test_single_keys_are_those_that_typing_into_a_field_would_take() -> None:
    assert {action.keys[0] for action in ACTIONS if action.single_key} >= {"H", "S", "0", "?", "N"}
    assert not any(find_action(name).single_key for name in ("open-files", "help", "next-pane", "tab-jobs"))
