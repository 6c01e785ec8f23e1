"""Answers that are judged together are judged as each would be alone: none is taken that is not right."""

from __future__ import annotations

import random
from collections.abc import Sequence

from sigdesk.pool.jobs import JobState, Outcome
from sigdesk.pool.plain_answers import plain_outcomes
from sigdesk.protocol import OutputLine, read_output

CLASSES = ["a", "b", "é", 'c"d']
RIGHT = [
    b'{"label":"a","confidence":0.5}',
    b'{"label":"b","confidence":1,"probabilities":{"a":0.25,"b":1e-3}}',
    '{"label":"é","confidence":0.5,"probabilities":{"\\u00e9":0.1,"c\\"d":0}}'.encode(),
    b' {"probabilities":{"a":1.0},"label":"a","confidence":0.0} ',
]
WRONG = [
    b'{"label":"\\ud800","confidence":0.5}',
    b'{"label":"c","confidence":0.5}',
    b'{"label":"a","confidence":NaN}',
    b'{"label":"a","confidence":1.5}',
    b'{"label":"a","confidence":true}',
    b'{"label":"a","confidence":0.5,"probabilities":{"c":0.5}}',
    b'{"label":"a","confidence":0.5,"probabilities":{"a":"0.5"}}',
    b'{"label":"a\xff","confidence":0.5}',
    b'["a",0.5]',
    b"",
]
SIGNS = b'{}[]",:0123456789.eE+-\\ua bNnull\xff\xc3\xa9\t\x00 /*'


def read(payloads: Sequence[bytes]) -> list[Outcome] | None:
    """The outcomes in full, None where not all are right."""
    outcomes = plain_outcomes(payloads, CLASSES)
    return None if outcomes is None else [outcome.whole for outcome in outcomes]


def read_alone(payload: bytes) -> Outcome:
    return Outcome(JobState.SUCCEEDED, read_output(OutputLine(payload), classes=CLASSES))


def test_right_answers_are_what_each_says_alone() -> None:
    assert read(RIGHT) == [read_alone(answer) for answer in RIGHT]


def test_an_answer_reads_as_what_it_is_in_full() -> None:
    for outcome in plain_outcomes(RIGHT, CLASSES) or []:
        whole = outcome.whole
        assert outcome.output is not None
        assert whole.output is not None
        for each in ("state", "code", "what", "way_out", "sentences", "warnings", "stderr_tail", "exit_code"):
            assert getattr(outcome, each) == getattr(whole, each)
        assert (outcome.output.windowed, outcome.output.raw) == (whole.output.windowed, whole.output.raw)
        (result,), (of_whole,) = outcome.output.results, whole.output.results
        for each in ("label", "confidence", "probabilities", "extra"):
            assert getattr(result, each) == getattr(of_whole, each)


def test_the_name_of_a_class_is_held_once_however_many_answers_name_it() -> None:
    for outcome in plain_outcomes(RIGHT, CLASSES) or []:
        assert outcome.output is not None
        assert any(outcome.output.results[0].label is known for known in CLASSES)


def test_without_classes_no_answer_is_right() -> None:
    assert plain_outcomes([RIGHT[0]], []) is None


def test_one_that_is_not_right_leaves_all_to_be_judged_one_by_one() -> None:
    for wrong in WRONG:
        assert plain_outcomes([RIGHT[0], wrong, RIGHT[1]], CLASSES) is None, wrong


def test_whatever_is_taken_is_what_it_says_alone() -> None:
    chance, taken = random.Random(7), 0
    for _ in range(5_000):
        answer = bytearray(chance.choice(RIGHT))
        for _ in range(chance.choice((1, 1, 2, 3))):
            place = chance.randrange(len(answer))
            answer[place : place + chance.randrange(2)] = [chance.choice(SIGNS)] * chance.randrange(2)
        outcomes = read([bytes(answer)])
        if outcomes is not None:
            taken += 1
            assert outcomes == [read_alone(bytes(answer))], answer
    assert taken > 200
