"""Where a class was labelled in one recording only, that recording is split by time, so that it can be judged at all.

Stretches of one recording resemble each other, and the more, the nearer they are; so it is split into whole blocks of
time with gaps between them, and what lies in a gap has no part in the judgement. That is less than another recording
would prove, and the report says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from msgspec.structs import replace

from sigdesk.classifiers.training.examples import Example
from sigdesk.errors import ModelError
from sigdesk.signals.describe import format_count, printable_name

_COUNTS: Final = (5, 4, 3, 2, 6, 7, 8, 9, 10)
"""Numbers of blocks that are tried; of those that serve a class equally well the first is taken."""
_ENOUGH: Final = _COUNTS[0]
_BETWEEN: Final = -1


def in_blocks(examples: Sequence[Example]) -> tuple[list[Example], tuple[str, ...]]:
    """The examples, those of recordings that are the only one with a class as parts of blocks; and what is to be known
    of it, a sentence a recording.

    Raises ModelError where a class was labelled in one part of one recording only.
    """
    alone = _classes_alone(examples)
    found = list(examples)
    notes = []
    for signal in dict.fromkeys(example.signal for example in examples if example.label in alone):
        places = [place for place, example in enumerate(examples) if example.signal == signal]
        places.sort(key=lambda place: (examples[place].start, examples[place].stop))
        mine = [examples[place] for place in places]
        needy = sorted({example.label for example in mine} & alone)
        gap = int(np.median([example.stop - example.start for example in mine]))
        numbers = _best_numbers(mine, needy, gap)
        for place, number in zip(places, numbers, strict=True):
            judged = number != _BETWEEN
            found[place] = replace(examples[place], group=f"block {number}" if judged else "", judged=judged)
        notes.append(_note(mine[0], needy, numbers, gap))
    return found, tuple(notes)


def _classes_alone(examples: Sequence[Example]) -> set[str]:
    """Classes with several stretches, all of one signal that nobody has split yet."""
    signals: dict[str, set[tuple[str, str, str]]] = {}
    for example in examples:
        signals.setdefault(example.label, set()).add(example.signal)
    counts = Counter(example.label for example in examples)
    return {label for label, (mine, *others) in signals.items() if counts[label] > 1 and not others and not mine[2]}


def _best_numbers(mine: Sequence[Example], needy: Sequence[str], gap: int) -> list[int]:
    """The block of each example, in the order of time, so that the class that is in the fewest is in many."""
    tried = [_numbered(mine, count, gap) for count in _COUNTS]
    best = max(tried, key=lambda numbers: min(_ENOUGH, *(_blocks_with(label, mine, numbers) for label in needy)))
    for label in needy:
        if _blocks_with(label, mine, best) < 2:
            raise ModelError(
                f"{label!r} is labelled in one part of {printable_name(mine[0].name)} only, so nothing is left to "
                "test it on.",
                "Label it in another recording, or farther away in this one.",
            )
    return best


def _blocks_with(label: str, mine: Iterable[Example], numbers: Iterable[int]) -> int:
    pairs = zip(mine, numbers, strict=True)
    return len({number for example, number in pairs if example.label == label and number != _BETWEEN})


def _numbered(mine: Sequence[Example], count: int, gap: int) -> list[int]:
    """About as many examples a block; at least `gap` samples lie between two blocks, and what begins in them is in
    none. Examples that overlap are never parted."""
    runs = _runs(mine)
    numbers: list[int] = []
    block, wanted_before, end = 0, 0, 0
    for place, (begin, stop, size) in enumerate(runs):
        wanted = place * count // len(runs)
        if wanted == wanted_before:
            number = block
        elif begin - end >= gap:
            block, wanted_before, number = block + 1, wanted, block + 1
        else:
            number = _BETWEEN
        if number != _BETWEEN:
            end = max(end, stop)
        numbers += [number] * size
    return numbers


def _runs(mine: Sequence[Example]) -> list[tuple[int, int, int]]:
    """First sample, sample after the last, and number of the examples that overlap each other."""
    runs: list[tuple[int, int, int]] = []
    for example in mine:
        if runs and example.start < runs[-1][1]:
            begin, stop, size = runs[-1]
            runs[-1] = (begin, max(stop, example.stop), size + 1)
        else:
            runs.append((example.start, example.stop, 1))
    return runs


def _note(first: Example, needy: Sequence[str], numbers: Sequence[int], gap: int) -> str:
    name = printable_name(first.name)
    seconds = gap * first.samples.shape[1] / (first.stop - first.start) / (first.rate_hz or 1.0)  # maybe resampled
    apart = f"{seconds:.3g} s" if first.rate_hz else f"{format_count(gap)} samples"
    between = numbers.count(_BETWEEN)
    left = f" {format_count(between)} labels between the blocks were not judged." if between else ""
    blocks = len(set(numbers) - {_BETWEEN})
    return (
        f"{name} is the only recording with {', '.join(needy)}. It was split by time into {blocks} blocks, at least "
        f"{apart} apart, and tested block by block.{left} On another recording expect less than these figures."
    )
