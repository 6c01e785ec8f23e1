"""The right answers of a whole batch, judged together: a fraction of the work of judging them one by one.

Thousands of them are kept for as long as their signals are open, so each is one object, and what few look at is read
from its bytes again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Final, Literal, Protocol, cast

import msgspec
from msgspec import Meta, Struct, defstruct, field

from sigdesk.pool.jobs import JobState, Outcome
from sigdesk.protocol import Output, Result

_Fraction = Annotated[float, Meta(ge=0.0, le=1.0)]
_MODELS_AT_ONCE: Final = 64


class PlainOutcome(Struct, frozen=True, gc=False):
    """The outcome of a job that succeeded with a plain answer and no more to say: it reads as an `Outcome`, as its
    `Output` and as the one `Result` in that, which as objects of their own take three times as much room."""

    label: str
    confidence: float
    raw: bytes

    extra: ClassVar[Mapping[str, object]] = Result("").extra
    windowed: ClassVar[bool] = False
    state: ClassVar[JobState] = JobState.SUCCEEDED
    code: ClassVar[str] = ""
    what: ClassVar[str] = ""
    way_out: ClassVar[str] = ""
    sentences: ClassVar[str] = ""
    warnings: ClassVar[tuple[str, ...]] = ()
    stderr_tail: ClassVar[str] = ""
    exit_code: ClassVar[int | None] = None

    @property
    def output(self) -> PlainOutcome:
        """Itself, which reads as an `Output`."""
        return self

    @property
    def results(self) -> tuple[PlainOutcome]:
        """Itself, which reads as a `Result`."""
        return (self,)

    @property
    def probabilities(self) -> dict[str, float]:
        """What the model gives each class (0..1), read anew each time."""
        return _read_probabilities(self.raw).probabilities

    @property
    def whole(self) -> Outcome:
        """The same in objects of their own, to which something can be added."""
        result = Result(self.label, self.confidence, self.probabilities)
        return Outcome(JobState.SUCCEEDED, Output((result,), windowed=False, raw=self.raw))


class _Probabilities(Struct, gc=False):
    probabilities: dict[str, float] = field(default_factory=dict)


_read_probabilities: Final = msgspec.json.Decoder(_Probabilities).decode


class _Plain(Protocol):
    """An answer without windows, with no other keys than the protocol knows."""

    label: str
    confidence: float


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


def plain_outcomes(payloads: Sequence[bytes], classes: Collection[str]) -> list[Outcome] | None:
    """The outcomes of jobs that answered with these: what `protocol.read_output` makes of each, and nothing else said.

    None unless all of them are right and as most scripts write them: no windows, label and confidence, perhaps
    probabilities, and no more. Then it is for `read_output` to say what is wrong, if anything is.
    """
    if not classes:
        return None
    try:
        answers = list(map(_decoder(tuple(classes)), payloads))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    pairs = zip(answers, payloads, strict=True)
    # They have all that is read of an outcome; whoever adds to one takes its `whole`.
    return cast("list[Outcome]", [PlainOutcome(answer.label, answer.confidence, raw) for answer, raw in pairs])
