"""One recording alone: split by contiguous blocks of time with gaps, or refused in clear words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from sigdesk.classifiers.training import judging
from sigdesk.classifiers.training.blocks import in_blocks
from sigdesk.classifiers.training.examples import Example, check_counts, groups_of, labels_of
from sigdesk.errors import ModelError

RATE_HZ = 100.0
Stretch = tuple[str, int, int]


def stretches(*labelled: Stretch, name: str = "run.wav") -> list[Example]:
    return [
        Example(np.zeros((1, stop - start)), label, name, Path(name), "", start, stop, RATE_HZ, ("",))
        for label, start, stop in labelled
    ]


def alternating(count: int, length: int = 100, step: int = 100) -> list[Stretch]:
    return [("calm" if place % 2 else "loud", place * step, place * step + length) for place in range(count)]


def test_one_recording_is_split_into_blocks_with_gaps() -> None:
    examples, notes = in_blocks(stretches(*alternating(40)))

    check_counts(examples)
    groups = groups_of(examples)
    own = np.flatnonzero([one.judged for one in examples])
    assert len({one.group for one in examples if one.judged}) == 5
    assert len(examples) == 40, "the delivered model learns from all of them"
    for train, test in judging.folds(labels_of(examples)[own], groups[own], 0):
        trained, tested = ([examples[own[place]] for place in part] for part in (train, test))
        assert all(_distance(one, trained) >= 100 for one in tested)
    (note,) = notes
    assert note.startswith(
        "run.wav is the only recording with calm, loud. It was split by time into 5 blocks, at least"
    )
    assert "1 s apart" in note
    assert "4 labels between the blocks were not judged" in note
    assert note.endswith("On another recording expect less than these figures.")


def _distance(one: Example, others: Sequence[Example]) -> int:
    return min(max(other.start - one.stop, one.start - other.stop) for other in others)


def test_stretches_that_overlap_stay_together() -> None:
    overlapping = [(label, start, start + 150) for label, start, _ in alternating(60, step=300)]
    doubled = [(label, start + 10, stop - 10) for label, start, stop in overlapping]

    examples, _ = in_blocks(stretches(*overlapping, *doubled))

    assert [one.group for one in examples[:60]] == [one.group for one in examples[60:]]


def test_a_class_at_each_end_is_split_too() -> None:
    first, second = ([(label, begin + 200 * place, begin + 200 * place + 100) for place in range(10)]
                     for label, begin in (("calm", 0), ("loud", 5000)))  # fmt: skip

    examples, _ = in_blocks(stretches(*first, *second))

    for label in ("calm", "loud"):
        assert len({one.group for one in examples if one.judged and one.label == label}) > 1


def test_a_class_in_several_recordings_needs_no_blocks() -> None:
    examples = stretches(*alternating(8)) + stretches(*alternating(8), name="other.wav")

    assert in_blocks(examples) == (examples, ())


def test_the_recordings_that_others_can_be_tested_on_stay_whole() -> None:
    calm = [("calm", start, start + 100) for start in (0, 1000, 2000)]
    examples, notes = in_blocks(
        stretches(*calm, name="a.wav") + stretches(*alternating(20, step=400)) + stretches(*calm, name="b.wav")
    )

    assert len(notes) == 1
    assert {one.group for one in examples if one.name != "run.wav"} == {""}
    assert "only recording with loud" in notes[0]


@pytest.mark.parametrize(
    "labelled",
    [
        [("calm", 0, 100), ("calm", 100, 200), ("loud", 5000, 5100), ("loud", 9000, 9100)],
        [("calm", 0, 100), ("calm", 50, 150), ("loud", 5000, 5100), ("loud", 9000, 9100)],
    ],
)
def test_a_class_in_one_place_alone_is_refused_in_words(labelled: list[Stretch]) -> None:
    with pytest.raises(ModelError, match=r"'calm' is labelled in one part of run\.wav only.*or farther away in this"):
        in_blocks(stretches(*labelled))


def test_a_class_that_was_labelled_once_is_refused_in_words() -> None:
    examples, _ = in_blocks(stretches(("calm", 0, 100), ("loud", 5000, 5100), ("loud", 9000, 9100)))

    with pytest.raises(ModelError, match="Too few signals are labelled 'calm'"):
        check_counts(examples)
