"""Column headings: the name, and the unit that so many of them carry."""

from __future__ import annotations

import re

_PREFIXES = "fpnuµμmkMGT"
_BASES = {
    "A", "V", "W", "Hz", "s", "g", "m", "Pa", "bar", "K", "C", "N", "Nm", "J", "F", "H", "T", "Ω", "ohm", "Ohm", "VA",
    "var", "lx", "lm", "cd", "S", "Wb", "Gy", "Bq", "l", "L", "rad", "Wh", "Ah", "mol",
}  # fmt: skip
_WHOLE = {
    "rpm", "1/min", "°C", "°F", "degC", "degF", "%", "ppm", "dB", "dBm", "dBV", "°", "deg", "min", "h", "d", "psi", "t",
    "mmHg", "m/s", "m/s²", "m/s^2", "m/s2", "km/h", "cm", "mm/s", "rad/s", "deg/s", "°/s", "l/min", "L/min", "l/h",
    "m³/h", "m3/h", "counts", "ADC", "bit", "a.u.", "pH", "cps", "sec", "seconds",
}  # fmt: skip
_KNOWN = {*_BASES, *_WHOLE, *(prefix + base for prefix in _PREFIXES for base in _BASES)}
_NOT_AFTER_UNDERSCORE = {"min", "d", "t", "bit", "ADC", "pH"}
"""temp_min is the lowest temperature, not one in minutes."""

_BRACKETS = re.compile(r"\s*/?\s*[(\[{<]\s*([^()\[\]{}<>]{0,24}?)\s*[)\]}>]$")
_TRAILING = re.compile(r"^(.*[^\s])\s*(?:/|,|\bin\b)\s*([^\s/,]+(?:/[^\s/,]+)?)$")
_UNDERSCORE = re.compile(r"^(.+)_([^_\s]{1,6})$")

# A single letter after an underscore is more often a phase or a sensor (phase_A) than a unit, so it counts as a unit
# only behind the quantity that is measured in it.
_LETTER_AFTER = {
    "A": {"current", "strom", "i", "amps", "amperage"},
    "V": {"voltage", "spannung", "u", "v", "volt", "volts"},
    "W": {"power", "leistung", "p"},
    "s": {"time", "zeit", "t", "seconds"},
    "h": {"time", "zeit", "t"},
    "g": {"acceleration", "acc", "vibration", "beschleunigung"},
    "m": {"distance", "position", "weg", "height"},
    "K": {"temperature", "temp", "temperatur"},
    "C": {"temperature", "temp", "temperatur"},
    "N": {"force", "kraft"},
}


def is_unit(text: str) -> bool:
    """Whether `text` is a unit of measurement that laboratories use."""
    return text in _KNOWN


def split_unit(heading: str) -> tuple[str, str]:
    """The name and the unit ("" where there is none) of a column heading.

    Read are "Current (A)", "Current [A]", "Current / A", "Current, A", "Current in A" and "current_mA". Whatever
    stands in brackets is taken for a unit, elsewhere only what is known as one.
    """
    heading = heading.strip()
    bracket = _BRACKETS.search(heading)
    if bracket and bracket.start() > 0:
        return heading[: bracket.start()].strip(), bracket[1]
    for pattern in (_TRAILING, _UNDERSCORE):
        found = pattern.match(heading)
        if found and is_unit(found[2]) and (pattern is _TRAILING or _fits(found[1], found[2])):
            return found[1].strip(), found[2]
    return heading, ""


def unit_alone(cell: str) -> str:
    """The unit that a cell of a units row names, without its brackets."""
    return cell.strip().strip("()[]{}<>").strip()


def _fits(name: str, unit: str) -> bool:
    if len(unit) > 1:
        return unit not in _NOT_AFTER_UNDERSCORE
    return name.rpartition("_")[2].lower() in _LETTER_AFTER.get(unit, set())
