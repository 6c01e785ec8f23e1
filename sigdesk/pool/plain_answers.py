"""The right answers of a whole batch, judged together: a fraction of the work of judging them one by one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain, repeat
from typing import Final

import orjson

from sigdesk.pool.jobs import JobState, Outcome
from sigdesk.protocol import Output, Result

_KEYS: Final = ("label", "confidence", "probabilities")
_NOTHING: Final = Result("").probabilities


def read_plain_outputs(payloads: Sequence[bytes], classes: Collection[str]) -> list[Output] | None:
    """What `protocol.read_output` makes of each of these.

    None unless all of them are right and as most scripts write them: no windows, the keys that the protocol knows in
    its own order, the same in each and without the last or with it, and fractions for numbers. Then it is for
    `read_output` to say what is wrong, if anything is.
    """
    try:
        documents = list(map(orjson.loads, payloads))
    except orjson.JSONDecodeError:
        return None
    if set(map(type, documents)) != {dict}:
        return None
    forms = set(map(tuple, documents))
    if len(forms) != 1 or not forms <= {_KEYS, _KEYS[:2]}:
        return None
    labels, confidences, *rest = zip(*map(dict.values, documents), strict=True)
    probabilities = rest[0] if rest else ({},) * len(labels)
    if set(map(type, labels)) != {str} or set(map(type, probabilities)) != {dict}:
        return None
    named = set(labels).union(*set(map(tuple, probabilities)))
    numbers = [*confidences, *chain.from_iterable(map(dict.values, probabilities))]
    if not all(name in classes for name in named) or set(map(type, numbers)) != {float}:
        return None
    if min(numbers) < 0.0 or max(numbers) > 1.0:
        return None
    # Results are kept for as long as their signals are open: thousands have the same few names in common, and the same
    # nothing.
    known = {name: name for name in named}
    shares: list[Mapping[str, float]] = [each or _NOTHING for each in probabilities]
    results = map(Result, map(known.__getitem__, labels), confidences, shares)
    return list(map(Output, zip(results), repeat(False), payloads))


def succeeded(outputs: Sequence[Output]) -> list[Outcome]:
    """The outcomes of jobs that answered with these and said nothing else."""
    return list(map(Outcome, repeat(JobState.SUCCEEDED), outputs))
