"""Channels in another order, in one row, and between fixed values."""

from __future__ import annotations

import pytest

from sigdesk.ui.plots.arrangement import Arrangement

ALL = (0, 1, 2, 3)


def test_at_first_each_channel_has_its_row() -> None:
    assert Arrangement.of(4).rows(ALL) == ((0,), (1,), (2,), (3,))
    assert Arrangement.of(4).rows((3, 1)) == ((1,), (3,))


def test_a_row_moves_among_those_that_are_shown() -> None:
    at_first = Arrangement.of(4)
    assert at_first.moved(0, 1, ALL).rows(ALL) == ((1,), (0,), (2,), (3,))
    assert at_first.moved(3, -2, ALL).rows(ALL) == ((0,), (3,), (1,), (2,))
    assert at_first.moved(0, 1, (0, 2, 3)).sorted(ALL) == (1, 2, 0, 3)
    assert at_first.moved(0, -1, ALL) == at_first
    assert at_first.moved(3, 9, ALL) == at_first


def test_channels_lie_in_one_row_and_leave_it_again() -> None:
    two = Arrangement.of(4).laid_over(2, 0)
    assert two.rows(ALL) == ((0, 2), (1,), (3,))
    assert two.rows((1, 2, 3)) == ((1,), (2,), (3,)), "a channel is not hidden with its row"
    assert two.laid_over(0, 3).rows(ALL) == ((1,), (3, 0, 2))
    assert two.laid_over(3, 2).rows(ALL) == ((0, 2, 3), (1,))
    assert two.laid_over(0, 2).rows(ALL) == ((1,), (2, 0), (3,))
    assert two.laid_over(2, None).rows(ALL) == ((0,), (1,), (2,), (3,))
    assert two.laid_over(2, 2).rows(ALL) == ((0,), (1,), (2,), (3,))


def test_a_scale_is_fixed_and_fits_again() -> None:
    fixed = Arrangement.of(2).scaled(1, (0.0, 5.0))
    assert dict(fixed.ranges) == {1: (0.0, 5.0)}
    assert fixed.scaled(1, None) == Arrangement.of(2)


def test_one_channel_at_least_is_shown_and_hidden_ones_keep_their_places() -> None:
    some = Arrangement.of(4).moved(3, -3, ALL).showing((3, 2))
    assert some.shown == (3, 2)
    assert some.showing(()) == some
    assert some.showing(ALL).shown == (3, 0, 1, 2)


def test_json_brings_all_of_it_back() -> None:
    made = Arrangement.of(4).moved(3, -2, ALL).laid_over(2, 0).scaled(1, (-0.5, 5.0)).showing((0, 2, 3))
    assert Arrangement.from_json(made.to_json(), 4) == made
    assert Arrangement.of(4).to_json() == {}


def test_what_fits_no_channels_is_passed_over() -> None:
    odd = {"hidden": [0, 9], "over": [[1, 7], [1, 0]], "ranges": [[1, 3, 2], [5, 0, 1], [0, 0, float("inf")]]}
    assert Arrangement.from_json(odd, 2) == Arrangement.of(2).laid_over(1, 0).showing((1,))
    for wrong in ({"order": [0, 0]}, {"order": [0, 1.0]}, {"over": [1]}, {"ranges": [[0, "a", 1]]}):
        with pytest.raises((TypeError, ValueError)):
            Arrangement.from_json(wrong, 2)
