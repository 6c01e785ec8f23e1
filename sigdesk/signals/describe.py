"""What operators read of a signal: rates, durations, counts and values, in the typography of the design.

The minus is U+2212, a thin space groups thousands, and a unit stands behind a space.
"""

from __future__ import annotations

import math

from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import Recording

THIN_SPACE = "\u2009"
MINUS = "\u2212"
NOTHING = "–"

_PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"), (1e-12, "p"))
_PREFIXED = {"A", "V", "W", "Hz", "s", "Pa", "N", "Nm", "J", "F", "H", "T", "Ω", "m", "VA", "Wh", "S", "Wb", "Bq"}
"""Units that take a prefix. The gram is not among them: on a bench g is mostly the acceleration."""
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def format_number(value: float, decimals: int) -> str:
    """`value` with so many decimals, thousands grouped."""
    if not math.isfinite(value):
        return NOTHING if math.isnan(value) else MINUS * (value < 0) + "∞"
    text = f"{abs(value):,.{decimals}f}".replace(",", THIN_SPACE)
    return (MINUS if value < 0 and any(digit in text for digit in "123456789") else "") + text


def format_count(count: int) -> str:
    """A whole number, thousands grouped."""
    return format_number(count, 0)


def format_short_count(count: int) -> str:
    """A whole number to five digits at most: "360", "100 M", "1.234 G"."""
    scale, prefix = _prefix_of(count)
    return _joined(_shortest(count / scale), prefix)


def format_value(value: float, unit: str = "") -> str:
    """A measured value to about three digits: "−3.60 A", "12.0 mA", "1 427 rpm"; "–" where it is missing."""
    if math.isnan(value):
        return NOTHING
    scale, prefixed = prefixed_unit(value, unit)
    return _joined(_three_digits(value / scale), prefixed)


def prefixed_unit(size: float, unit: str) -> tuple[float, str]:
    """What to divide values of about that size by, and the unit that they have then: (0.001, "mA")."""
    scale, prefix = _prefix_of(size) if unit in _PREFIXED else (1.0, "")
    return scale, prefix + unit


def format_rate(rate_hz: float) -> str:
    """A sample rate: "10 kHz", "44.1 kHz", "500 Hz"."""
    # Half a hertz is read more easily than 500 mHz.
    scale, prefix = (1.0, "") if 0.01 <= rate_hz < 1 else _prefix_of(rate_hz)
    return _joined(_shortest(rate_hz / scale), prefix + "Hz")


def format_time(seconds: float, decimals: int | None = None) -> str:
    """A time or a span: "33.3 ms", "0.14 s", "12.4 s", "5 min 3 s", "2 h 5 min".

    `decimals` sets how many decimals the seconds have, and asks for seconds whatever the size.
    """
    if not math.isfinite(seconds):
        return NOTHING
    if decimals is not None:
        return _joined(format_number(seconds, decimals), "s")
    size = abs(seconds)
    sign = MINUS if seconds < 0 else ""
    if size == 0:
        return "0 s"
    if size < 0.1:
        scale, prefix = _prefix_of(size)
        return sign + _joined(_three_digits(size / scale), prefix + "s")
    if size < 59.95:
        return sign + _joined(format_number(size, 2 if size < 9.995 else 1), "s")
    if size < 3599.5:
        minutes, rest = divmod(round(size), 60)
        return f"{sign}{minutes} min" + (f" {rest} s" if rest else "")
    hours, minutes = divmod(round(size / 60), 60)
    return f"{sign}{format_count(hours)} h" + (f" {minutes} min" if minutes else "")


def stretch_text(start: float, stop: float, unit: str) -> str:
    """From when to when, both with the decimals that their distance asks for: "9.80 − 12.40 s", or sample numbers."""
    decimals = 0
    if unit and stop > start:
        decimals = min(6, max(0, 2 - math.floor(math.log10(stop - start) + 1e-9)))
    return _joined(f"{format_number(start, decimals)} {MINUS} {format_number(stop, decimals)}", unit)


def duration_text(recording: Recording) -> str:
    """How long a signal is: "24.0 s", or "1 344 samples" where its file names no time."""
    seconds = recording.duration_s
    if seconds is None:
        return f"{format_count(recording.length)} sample{'' if recording.length == 1 else 's'}"
    return format_time(seconds)


def detail_text(recording: Recording) -> str:
    """Rate and channels: "10 kHz · 4 ch". Without a rate, how its times lie instead."""
    base = recording.time_base
    count = f"{len(recording.channels)} ch"
    if base.rate_hz is not None:
        return f"{format_rate(base.rate_hz)} · {count}"
    return f"uneven times · {count}" if base.times is not None else count


def _joined(number: str, unit: str) -> str:
    return f"{number} {unit}" if unit else number


def _prefix_of(value: float) -> tuple[float, str]:
    """The power of a thousand by which three digits of `value` stand before the point."""
    size = abs(value)
    if size == 0 or not math.isfinite(size):
        return 1.0, ""
    # Rounding to three digits may carry into the next prefix: 999.9 is 1.00 k.
    return next(((scale, prefix) for scale, prefix in _PREFIXES if size >= scale * 0.9995), _PREFIXES[-1])


def _three_digits(value: float) -> str:
    size = abs(value)
    if not math.isfinite(value):
        return format_number(value, 0)
    if size and (size < 1e-4 or size >= 1e9):
        return _scientific(value)
    if size >= 1:
        return format_number(value, max(0, 2 - math.floor(math.log10(size * 1.0005))) if size < 1000 else 0)
    return format_number(value, 2 if size >= 0.0995 or not size else 1 - math.floor(math.log10(size)))


def _scientific(value: float) -> str:
    mantissa, _, exponent = f"{abs(value):.2e}".partition("e")
    sign = MINUS if value < 0 else ""
    return f"{sign}{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPTS)}"


def _shortest(value: float) -> str:
    """Up to five digits, without zeros at the end."""
    decimals = max(0, 4 - math.floor(math.log10(abs(value)))) if value else 0
    text = format_number(value, decimals)
    return text.rstrip("0").rstrip(".") if decimals else text


__all__ = [
    "MINUS",
    "NOTHING",
    "THIN_SPACE",
    "detail_text",
    "duration_text",
    "format_count",
    "format_number",
    "format_rate",
    "format_time",
    "format_value",
    "prefixed_unit",
    "printable_name",
]
