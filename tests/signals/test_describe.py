"""The texts that operators read."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigdesk.signals import ArraySource, Channel, Recording, TimeBase
from sigdesk.signals.describe import (
    detail_text,
    duration_text,
    format_count,
    format_rate,
    format_short_count,
    format_time,
    format_value,
    printable_name,
)


def recording(length: int, channels: int, base: TimeBase) -> Recording:
    named = tuple(Channel(str(i)) for i in range(channels))
    return Recording("x", Path("x"), named, length, base, ArraySource(np.zeros((channels, 1))), "NPY")


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (10_000, "10 kHz"),
        (48_000, "48 kHz"),
        (44_100, "44.1 kHz"),
        (11_025, "11.025 kHz"),
        (500, "500 Hz"),
        (999.9999, "1 kHz"),
        (2_500_000, "2.5 MHz"),
        (100 / 3, "33.333 Hz"),
        (0.5, "0.5 Hz"),
        (1 / 1800, "555.56 µHz"),
    ],
)
def test_rates(rate: float, text: str) -> None:
    assert format_rate(rate) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (-3.6, "A", "−3.60 A"),
        (-0.24, "g", "−0.24 g"),
        (2.02, "bar", "2.02 bar"),
        (1427, "rpm", "1\u2009427 rpm"),
        (0.012, "A", "12.0 mA"),
        (-4.2e-6, "V", "−4.20 µV"),
        (230_000, "V", "230 kV"),
        (999.96, "A", "1.00 kA"),
        (0, "A", "0.00 A"),
        (-0.0, "A", "0.00 A"),
        (0.0042, "g", "0.0042 g"),
        (0.9999, "g", "1.00 g"),
        (99.99, "", "100"),
        (123456.7, "", "123\u2009457"),
        (4.2e-5, "", "4.20 × 10⁻⁵"),
        (-1e10, "counts", "−1.00 × 10¹⁰ counts"),
        (math.nan, "A", "–"),
        (math.inf, "A", "∞ A"),
        (-math.inf, "", "−∞"),
    ],
)
def test_values(value: float, unit: str, text: str) -> None:
    assert format_value(value, unit) == text


@given(
    value=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300),
    unit=st.sampled_from(["A", "g", ""]),
)
def test_any_value_is_short_and_close(value: float, unit: str) -> None:
    text = format_value(value, unit)
    assert len(text) <= 20
    assert "-" not in text
    assert text.startswith("−") or value >= 0 or abs(value) < 1e-12


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.000012, "12.0 µs"),
        (0.0333, "33.3 ms"),
        (0.14, "0.14 s"),
        (2.6, "2.60 s"),
        (12.4, "12.4 s"),
        (24, "24.0 s"),
        (59.96, "1 min"),
        (60, "1 min"),
        (303, "5 min 3 s"),
        (3599.6, "1 h"),
        (7500, "2 h 5 min"),
        (3600 * 2000, "2\u2009000 h"),
        (-2.5, "−2.50 s"),
        (math.nan, "–"),
    ],
)
def test_times(seconds: float, text: str) -> None:
    assert format_time(seconds) == text


def test_a_cursor_asks_for_its_own_decimals() -> None:
    assert format_time(11.8623, 3) == "11.862 s"
    assert format_time(-1234.5, 1) == "−1\u2009234.5 s"


def test_durations_and_details() -> None:
    timed = recording(240_000, 4, TimeBase(rate_hz=10_000))
    assert duration_text(timed) == "24.0 s"
    assert detail_text(timed) == "10 kHz · 4 ch"
    bare = recording(1344, 1, TimeBase())
    assert duration_text(bare) == "1\u2009344 samples"
    assert detail_text(bare) == "1 ch"
    assert duration_text(recording(1, 1, TimeBase())) == "1 sample"
    uneven = recording(3, 2, TimeBase(times=np.array([0, 1, 303.0])))
    assert duration_text(uneven) == "5 min 3 s"
    assert detail_text(uneven) == "uneven times · 2 ch"
    assert format_count(12_480) == "12\u2009480"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("run 1.csv", "run 1.csv"),
        ("Größe 😀.csv", "Größe 😀.csv"),
        ("a\nb\tc", r"a\nb\tc"),
        ("x\u202ey\u200fz", r"x\u202ey\u200fz"),
        ("\udce9", r"\udce9"),
        ("\x1b[31m", r"\x1b[31m"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("a\u2028b", r"a\u2028b"),
    ],
)
def test_names_are_shown_harmless(name: str, shown: str) -> None:
    assert printable_name(name) == shown


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (360, "360"), (100_000_000, "100 M"), (1_234_000_000, "1.234 G"), (123_456_789, "123.46 M")],
)
def test_a_count_is_short_where_there_is_little_room(count: int, text: str) -> None:
    assert format_short_count(count) == text
