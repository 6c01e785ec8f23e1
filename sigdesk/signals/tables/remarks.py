"""What the comments of a table say about its signal: its rate, unit, class and start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from sigdesk.signals.names import printable_name

_RATES = {
    "rate", "ratehz", "samplerate", "sampleratehz", "samplingrate", "samplingratehz", "samplefrequency",
    "samplingfrequency", "fs", "fshz", "samplespersecond", "abtastrate",
}  # fmt: skip
_INTERVALS = {"sampleinterval", "samplinginterval", "sampleperiod", "samplingperiod", "timestep", "dt", "interval"}
_LABELS = {"class", "label", "klasse"}
_UNITS = {"unit", "units", "einheit"}
_STARTS = {"start", "starttime", "startedat", "recorded", "recordedat", "date", "datetime", "timestamp"}
_QUANTITY = re.compile(r"([+]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?)\s*(\S*).*", re.DOTALL)
_PER_SECOND = {"": 1.0, "hz": 1.0, "khz": 1e3, "mhz": 1e6, "s/s": 1.0, "sps": 1.0, "samples/s": 1.0, "1/s": 1.0}
_SECONDS = {"": 1.0, "s": 1.0, "sec": 1.0, "seconds": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9, "min": 60.0}


def rate_of(remarks: Mapping[str, str]) -> float | None:
    """The sample rate (Hz) that the remarks state, as a rate or as an interval; None where they do not."""
    for key, value in remarks.items():
        plain = _plain(key)
        scales = _PER_SECOND if plain in _RATES else _SECONDS if plain in _INTERVALS else None
        found = _QUANTITY.match(value)
        if scales is None or not found or found[2].lower() not in scales:
            continue
        quantity = float(found[1].replace(",", ".")) * scales[found[2].lower()]
        if 0 < quantity < 1e15:
            return quantity if scales is _PER_SECOND else 1.0 / quantity
    return None


def label_of(remarks: Mapping[str, str]) -> str | None:
    """The class that the remarks state."""
    return printable_name(_first(remarks, _LABELS)) or None


def units_of(remarks: Mapping[str, str]) -> list[str]:
    """The units that the remarks state, one a channel or one for all."""
    return [printable_name(unit.strip()) for unit in re.split(r"[,;\t]", _first(remarks, _UNITS)) if unit.strip()]


def start_time_of(remarks: Mapping[str, str]) -> datetime | None:
    """The moment of the first sample that the remarks state."""
    try:
        return datetime.fromisoformat(_first(remarks, _STARTS))
    except ValueError:
        return None


def _first(remarks: Mapping[str, str], keys: set[str]) -> str:
    return next((value for key, value in remarks.items() if _plain(key) in keys), "")


def _plain(key: str) -> str:
    return re.sub(r"[\W_]", "", key.lower())
