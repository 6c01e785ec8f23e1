"""A new file holds the parts that it was given, however little of them the system takes at once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from sigdesk.pool.new_file import write_new_file


def test_parts_stand_one_after_the_other(tmp_path: Path) -> None:
    parts = [np.arange(number % 7, dtype=np.float32).reshape(1, -1) + number for number in range(3000)]
    write_new_file(tmp_path / "new", b"head", *parts, b"", b"tail")
    assert (tmp_path / "new").read_bytes() == b"head" + b"".join(part.tobytes() for part in parts) + b"tail"


@pytest.mark.skipif(not hasattr(os, "writev"), reason="the system has no such call")
@pytest.mark.parametrize("most", [0, 1, 5, 11])
def test_what_the_system_did_not_take_at_once_is_written_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    def take_few(descriptor: int, parts: Sequence[bytes]) -> int:
        return os.write(descriptor, b"".join(parts)[:most])

    monkeypatch.setattr(os, "writev", take_few)
    write_new_file(tmp_path / "new", b"head", np.arange(3, dtype=np.int16), b"tail")
    assert (tmp_path / "new").read_bytes() == b"head" + np.arange(3, dtype=np.int16).tobytes() + b"tail"


def test_what_stands_there_already_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"mine")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("there", "link"):
        with pytest.raises(FileExistsError):
            write_new_file(tmp_path / name, b"other")
    assert (tmp_path / "there").read_bytes() == b"mine"
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights elsewhere")
def test_it_is_for_this_user_alone(tmp_path: Path) -> None:
    write_new_file(tmp_path / "new", b"")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600
