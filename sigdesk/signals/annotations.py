"""What a file itself says about stretches of its signal: sleep stages, beats, events of a recorder.

A plain value, so that every format can give it and whoever makes labels of it need not know the formats.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from msgspec import Struct

from sigdesk.signals.names import printable_name

MAX_ANNOTATIONS = 1_000_000
"""Of one signal; a recorder that marks every beat for a week makes fewer."""
MAX_TEXT_CHARS = 4_000


class Annotation(Struct, frozen=True):
    """A text over a stretch of a recording.

    `start_s` and `end_s` are times of the recording's time base: seconds since its first sample, or sample numbers
    where its file names no time. An event without duration ends where it starts. `channels` names the channels that
    it is about, as the recording names them; none means all.
    """

    start_s: float
    end_s: float
    text: str
    channels: tuple[str, ...] = ()


def annotation(start_s: float, end_s: float | None, text: str, channels: Iterable[str] = ()) -> Annotation | None:
    """An annotation as a file gives it, its text fit to be shown; None where it says nothing or lies at no time.

    `end_s` is None for an event without duration; an end that is missing or before the start counts as none.
    """
    shown = printable_name(" ".join(text.split()))[:MAX_TEXT_CHARS]
    if not shown or not math.isfinite(start_s):
        return None
    end = start_s if end_s is None or not math.isfinite(end_s) else max(start_s, end_s)
    return Annotation(float(start_s), float(end), shown, tuple(channels))


def ordered(found: Iterable[Annotation | None]) -> tuple[Annotation, ...]:
    """Annotations by their start, without those that say nothing; at most `MAX_ANNOTATIONS` of them."""
    kept = sorted((each for each in found if each is not None), key=lambda each: (each.start_s, each.end_s))
    return tuple(kept[:MAX_ANNOTATIONS])
