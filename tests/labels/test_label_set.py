"""What the labels of a signal answer, also where there are ten thousand of them and they overlap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigdesk.labels.label import Label, checked
from sigdesk.labels.label_set import LabelSet
from tests.labels.strategies import operator_labels, times


def labels_of(*stretches: tuple[float, float]) -> LabelSet:
    return LabelSet(checked(Label(start, stop, f"{start}-{stop}")) for start, stop in stretches)


def names(labels: list[Label]) -> list[str]:
    return [label.class_name for label in labels]


@given(st.lists(operator_labels(), max_size=20), times, times)
def test_what_touches_a_stretch_is_found(drawn: list[Label], one: float, other: float) -> None:
    labels = LabelSet(map(checked, drawn))
    start, stop = sorted((one, other))
    assert labels.between(start, stop) == [each for each in labels if each.start <= stop and each.stop >= start]


@given(st.lists(operator_labels(), min_size=1, max_size=20), times)
def test_edges_to_both_sides(drawn: list[Label], time: float) -> None:
    labels = LabelSet(map(checked, drawn))
    edges = {edge for label in labels for edge in (label.start, label.stop)}
    assert labels.edge_after(time) == min((edge for edge in edges if edge > time), default=None)
    assert labels.edge_before(time) == max((edge for edge in edges if edge < time), default=None)


@given(st.lists(operator_labels(), max_size=90), st.lists(st.integers(0, 89), max_size=80))
def test_changes_few_or_many_end_the_same(drawn: list[Label], places: list[int]) -> None:
    all_of_them = list(map(checked, drawn))
    gone = [all_of_them[place].id for place in places if place < len(all_of_them)]
    grown = LabelSet()
    for label in all_of_them:
        grown.change([], [label])
    for label_id in gone:
        grown.change([label_id], [])
    at_once = LabelSet(all_of_them)
    at_once.change(gone, [])
    assert grown == at_once == LabelSet(label for label in all_of_them if label.id not in gone)
    assert grown.between(0, 40) == list(at_once)


def test_next_and_previous_go_through_all_even_where_they_begin_together() -> None:
    labels = labels_of((0, 1), (1, 2), (1, 2), (1, 3))
    walked, label = [], labels.next(-1.0)
    while label is not None:
        walked.append(label)
        label = labels.next(label)
    assert walked == list(labels)
    assert labels.previous(walked[-1]) == walked[-2]
    assert labels.previous(walked[0]) is None
    assert labels.next(0.0, lambda each: each.stop == 3) == walked[-1]


def test_over_a_time_the_shortest_is_meant() -> None:
    labels = labels_of((0, 10), (4, 5), (6, 7))
    assert names(labels.at(4.5)) == ["4-5", "0-10"]


def test_a_label_put_again_takes_its_own_place() -> None:
    labels = labels_of((0, 1))
    (label,) = labels
    moved = checked(Label(5, 6, "b", id=label.id))
    labels.change([], [moved, moved])
    assert list(labels) == [moved]
    assert labels.find(label.id) == moved


@pytest.mark.timeout(30)
def test_ten_thousand_labels_are_quick() -> None:
    """Hundreds of edits with a look at the screen after each; what is too slow runs into the timeout."""
    labels = labels_of(*((float(at), at + 0.9) for at in range(10_000)))
    for number in range(250):
        at = float(number * 29 % 10_000)
        (label,) = labels.between(at, at + 0.5)
        labels.change([label.id], [checked(Label(at, at + 0.8, "x"))])
        assert labels.edge_after(at + 0.1) == at + 0.8
    assert len(labels) == 10_000
