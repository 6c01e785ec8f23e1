"""Names of runs sort by time and are never the same."""

from __future__ import annotations

import time

import pytest

from sigdesk.pool.run_id import new_run_id


def test_a_name_is_a_ulid_of_now() -> None:
    name = new_run_id()
    assert len(name) == 26
    milliseconds = 0
    for digit in name[:10]:
        milliseconds = milliseconds * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(digit)
    assert abs(time.time() - milliseconds / 1000) < 60


def test_names_of_one_instant_differ_and_later_ones_come_after(monkeypatch: pytest.MonkeyPatch) -> None:
    first = [new_run_id() for _ in range(1000)]
    assert len(set(first)) == 1000
    later = time.time_ns() + 5_000_000
    monkeypatch.setattr(time, "time_ns", lambda: later)
    assert new_run_id() > max(first)
