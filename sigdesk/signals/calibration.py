"""The scale of calibrated audio: what a full-scale value of 1 stands for, as the text tags of a file state it.

No field of a WAV or AIFF is meant for it, so recorders and converters write a sentence into the comment. Read are
"A value of 1 is 2.56 mV", "full scale: 10 V" (also several, one a channel: "full scale: 10 V, 5 g"), "1.0 = 20 Pa", and
what Ocean Sonics' hydrophones write: "3.0 V pk, -169 dBV re 1uPa". Nothing is guessed from anything less plain.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from msgspec import Struct

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_UNIT = r"(?:[^\W\d_]|[°%µμΩ])[\w°%µμΩ/²³^·]{0,11}"
_QUANTITY = rf"({_NUMBER})\s*({_UNIT})"
_SENTENCE = (
    r"(?:\ba\s+value\s+of\s+1(?:\.0*)?\s+is|\bfull[ _-]?scale(?:\s+value)?\s*(?:=|:|is)|(?<![\w.])1\.0+\s*=)\s*"
    rf"({_NUMBER}\s*{_UNIT}(?:\s*[,;]\s*{_NUMBER}\s*{_UNIT})*)"
)
_HYDROPHONE = rf"({_NUMBER})\s*V\s*pk,\s*({_NUMBER})\s*dBV\s*re\s*1\s*[uµμ]Pa"
_NO_UNITS = {"db", "dbfs", "bit", "bits", "hz", "khz"}


class Scale(Struct, frozen=True):
    """What a stored value of 1 is: `factor` of `unit`."""

    factor: float
    unit: str


def scales_of(texts: Iterable[str], channels: int) -> tuple[Scale, ...]:
    """The scale of each channel as the first of `texts` that speaks of one states it; empty where none does.

    A sentence with one quantity holds for all channels; one with another number than there are channels for none.
    """
    for text in texts:
        found = _stated(text)
        if len(found) == 1:
            return found * channels
        if found and len(found) == channels:
            return found
    return ()


def scale_sentence(scales: Iterable[Scale]) -> str:
    """The sentence that `scales_of` reads, for files that SigDesk writes."""
    return "Full scale: " + ", ".join(f"{each.factor!r} {each.unit}" for each in scales)


def _stated(text: str) -> tuple[Scale, ...]:
    hydrophone = re.search(_HYDROPHONE, text, re.IGNORECASE)
    if hydrophone:
        volts, sensitivity = float(hydrophone[1]), float(hydrophone[2])
        if volts > 0 and abs(sensitivity) < 400:
            return (Scale(volts * 10 ** (-sensitivity / 20) * 1e-6, "Pa"),)
    sentence = re.search(_SENTENCE, text, re.IGNORECASE)
    if not sentence:
        return ()
    quantities = re.findall(_QUANTITY, sentence[1])
    scales = tuple(Scale(float(number), unit) for number, unit in quantities if unit.lower() not in _NO_UNITS)
    return scales if all(each.factor != 0 and math.isfinite(each.factor) for each in scales) else ()
