"""Real files, written by other programs, that ship inside installed packages; nothing of a package is imported."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest


def package_file(package: str, *parts: str) -> Path:
    """A file or folder of an installed package; the test is skipped where it is not there."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        pytest.skip(f"{package} is not installed, so its sample files are not here")
    path = Path(found.submodule_search_locations[0]).joinpath(*parts)
    if not path.exists():
        pytest.skip(f"this build of {package} ships no {path.name}")
    return path
