"""Small files, written as the programs of a bench write them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[..., Path]
"""Called with the text, the file's name ("run.csv") and its encoding ("utf-8"); gives the path."""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(text: str, name: str = "run.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write_file
