"""Answers that are judged together are judged as each would be alone: none is taken that is not right."""

from __future__ import annotations

import random

from sigdesk.pool.plain_answers import read_plain_outputs
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


def test_right_answers_are_what_each_says_alone() -> None:
    assert read_plain_outputs(RIGHT, CLASSES) == [read_output(OutputLine(answer), classes=CLASSES) for answer in RIGHT]


def test_names_of_classes_are_held_once_however_many_answers_name_them() -> None:
    first, second = (read_plain_outputs([answer], CLASSES) for answer in RIGHT[1:3])
    assert first is not None
    assert second is not None
    for output in (*first, *second):
        names = [output.results[0].label, *output.results[0].probabilities]
        assert all(any(name is known for known in CLASSES) for name in names)


def test_without_classes_no_answer_is_right() -> None:
    assert read_plain_outputs([RIGHT[0]], []) is None


def test_one_that_is_not_right_leaves_all_to_be_judged_one_by_one() -> None:
    for wrong in WRONG:
        assert read_plain_outputs([RIGHT[0], wrong, RIGHT[1]], CLASSES) is None, wrong


def test_whatever_is_taken_is_what_it_says_alone() -> None:
    chance, taken = random.Random(7), 0
    for _ in range(5_000):
        answer = bytearray(chance.choice(RIGHT))
        for _ in range(chance.choice((1, 1, 2, 3))):
            place = chance.randrange(len(answer))
            answer[place : place + chance.randrange(2)] = [chance.choice(SIGNS)] * chance.randrange(2)
        outputs = read_plain_outputs([bytes(answer)], CLASSES)
        if outputs is not None:
            taken += 1
            assert outputs == [read_output(OutputLine(bytes(answer)), classes=CLASSES)], answer
    assert taken > 200
