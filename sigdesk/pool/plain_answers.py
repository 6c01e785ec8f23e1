"""The right answers of a whole batch, judged together: a fraction of the work of judging them one by one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Annotated, Any, Final, Literal, Protocol, cast

import msgspec
from msgspec import Meta, defstruct, field

from sigdesk.pool.jobs import JobState, Outcome
from sigdesk.protocol import Output, Result

_Fraction = Annotated[float, Meta(ge=0.0, le=1.0)]
_NOTHING: Final = Result("").probabilities
_MODELS_AT_ONCE: Final = 64


class _Plain(Protocol):
    """An answer without windows, with no other keys than the protocol knows."""

    label: str
    confidence: float
    probabilities: dict[str, float]


@lru_cache(_MODELS_AT_ONCE)
def _decoder(classes: tuple[str, ...]) -> Callable[[bytes], _Plain]:
    """Decodes such an answer of a model that knows these classes. Results are kept for as long as their signals are
    open: thousands have their names in common, which are those of `classes` themselves."""
    name = Literal[classes]  # type: ignore[valid-type]
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = [
        ("label", name),
        ("confidence", _Fraction),
        ("probabilities", dict[name, _Fraction], field(default_factory=dict)),
    ]
    plain = defstruct("_PlainOf", fields, gc=False, forbid_unknown_fields=True)
    return cast("Callable[[bytes], _Plain]", msgspec.json.Decoder(plain).decode)


def read_plain_outputs(payloads: Sequence[bytes], classes: Collection[str]) -> list[Output] | None:
    """What `protocol.read_output` makes of each of these.

    None unless all of them are right and as most scripts write them: no windows, label and confidence, perhaps
    probabilities, and no more. Then it is for `read_output` to say what is wrong, if anything is.
    """
    if not classes:
        return None
    try:
        answers = list(map(_decoder(tuple(classes)), payloads))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    results = [Result(answer.label, answer.confidence, answer.probabilities or _NOTHING) for answer in answers]
    return list(map(Output, zip(results), repeat(False), payloads))


def succeeded(outputs: Sequence[Output]) -> list[Outcome]:
    """The outcomes of jobs that answered with these and said nothing else."""
    return list(map(Outcome, repeat(JobState.SUCCEEDED), outputs))
