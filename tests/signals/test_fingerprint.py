"""A file is known again by what it holds, whatever it is called."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from sigdesk.signals import fingerprint as module
from sigdesk.signals.fingerprint import fingerprint


def test_a_file_has_the_hash_of_all_of_it(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert fingerprint(tmp_path / "a") == f"sha256:{hashlib.sha256(b'abc').hexdigest()}"
    with pytest.raises(OSError, match="none"):
        fingerprint(tmp_path / "none")


def test_of_a_large_file_parts_from_start_to_end_are_hashed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WHOLE_BYTES", 1000)
    monkeypatch.setattr(module, "_PART_BYTES", 16)
    data = bytearray(range(256)) * 16
    (tmp_path / "a").write_bytes(data)
    whole = fingerprint(tmp_path / "a")
    assert whole.startswith("sha256-parts:")
    for place in (0, len(data) - 1):
        changed = bytearray(data)
        changed[place] ^= 1
        (tmp_path / "b").write_bytes(changed)
        assert fingerprint(tmp_path / "b") != whole
    (tmp_path / "b").write_bytes(data)
    assert fingerprint(tmp_path / "b") == whole
    (tmp_path / "b").write_bytes(data + b"x")
    assert fingerprint(tmp_path / "b") != whole
