"""The right answers of a whole batch, judged together: a fraction of the work of judging them one by one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import repeat
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from sigdesk.pool.jobs import JobState, Outcome
from sigdesk.protocol import Output, Result

_Fraction = Annotated[float, Meta(ge=0.0, le=1.0)]
_NOTHING: Final = Result("").probabilities


class _Plain(Struct, gc=False, forbid_unknown_fields=True):
    """An answer without windows, with no other keys than the protocol knows."""

    label: str
    confidence: _Fraction
    probabilities: dict[str, _Fraction] = {}


_decode: Final = msgspec.json.Decoder(_Plain).decode


def read_plain_outputs(payloads: Sequence[bytes], classes: Collection[str]) -> list[Output] | None:
    """What `protocol.read_output` makes of each of these.

    None unless all of them are right and as most scripts write them: no windows, label and confidence, perhaps
    probabilities, and no more. Then it is for `read_output` to say what is wrong, if anything is.
    """
    try:
        answers = list(map(_decode, payloads))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    named = {answer.label for answer in answers}.union(*(answer.probabilities for answer in answers))
    if not all(name in classes for name in named):
        return None
    # Results are kept for as long as their signals are open: thousands have the same few names in common, and the same
    # nothing.
    known = {name: name for name in named}
    results = [Result(known[answer.label], answer.confidence, answer.probabilities or _NOTHING) for answer in answers]
    return list(map(Output, zip(results), repeat(False), payloads))


def succeeded(outputs: Sequence[Output]) -> list[Outcome]:
    """The outcomes of jobs that answered with these and said nothing else."""
    return list(map(Outcome, repeat(JobState.SUCCEEDED), outputs))
