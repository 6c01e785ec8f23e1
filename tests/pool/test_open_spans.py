"""Spans of jobs that have not ended say of each number what a table with a row a job would."""

from __future__ import annotations

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from sigdesk.pool.jobs import JobState
from sigdesk.pool.journal_rows import ACCEPTED, Course
from sigdesk.pool.open_spans import Change, OpenSpans, Span, in_spans

JOBS = 30
WAITING = ACCEPTED.then(JobState.QUEUED, 1.0)


def running(worker: int, course: Course) -> Course:
    return course.then(JobState.RUNNING, 2.0, worker=worker)


def by_number(spans: OpenSpans) -> dict[int, tuple[str, Course]]:
    found = {number: span for number in range(JOBS + 5) if (span := spans.at(number)) is not None}
    assert all(span.first <= number <= span.last for number, span in found.items())
    return {number: (span.owner, span.course) for number, span in found.items()}


@given(
    st.lists(
        st.tuples(
            st.one_of(
                st.sets(st.integers(1, JOBS + 3), max_size=JOBS),
                st.tuples(st.integers(1, JOBS), st.integers(0, JOBS)).map(lambda pair: {*range(*sorted(pair))}),
            ),
            st.sampled_from([None, 1, 2]),
            st.sampled_from([None, "another"]),
        ),
        max_size=12,
    )
)
def test_each_job_is_as_far_as_if_it_stood_alone(steps: list[tuple[set[int], int | None, str | None]]) -> None:
    spans = OpenSpans([Span(1, 10, "run", WAITING), Span(11, 25, "run", WAITING), Span(28, JOBS, "run", WAITING)])
    alone = by_number(spans)
    for numbers, worker, owner in steps:
        change = spans.change(numbers, None if worker is None else partial(running, worker), owner)
        before = by_number(spans)
        assert by_number(OpenSpans(change.moved)).keys() == (numbers & alone.keys() if worker is not None else set())
        assert by_number(spans) == before, "nothing has happened until it is applied"
        spans.apply(change)
        for number in numbers & alone.keys():
            if worker is None:
                del alone[number]
            else:
                alone[number] = (owner or alone[number][0], running(worker, alone[number][1]))
        assert by_number(spans) == alone


def test_a_batch_of_neighbours_is_one_span_and_what_is_left_another() -> None:
    spans = OpenSpans()
    spans.apply(Change([], [Span(1, 1000, "run", WAITING)], []))

    change = spans.change(range(1, 65), lambda course: running(3, course))
    spans.apply(change)

    first, second = spans.at(64), spans.at(65)
    assert first is not None
    assert second is not None
    assert (first.first, first.last, first.course.state) == (1, 64, "RUNNING")
    assert (second.first, second.last, second.course.state) == (65, 1000, "QUEUED")
    assert [(span.first, span.last) for span in change.gone] == [(1, 1000)]


def test_neighbours_that_are_equally_far_stand_in_one_span() -> None:
    far = running(1, WAITING)
    jobs = [(1, "run", WAITING), (2, "run", WAITING), (3, "another", WAITING), (4, "another", far), (6, "another", far)]

    assert [(span.first, span.last) for span in in_spans(jobs)] == [(1, 2), (3, 3), (4, 4), (6, 6)]
