"""A program in one home that ends and begins again, and an operator's signals, for tests of what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sigdesk.app.program import Program
from sigdesk.classifiers.folder import Classifier
from tests.app.keeping_desk import Start, build
from tests.factories import MakeModel


@pytest.fixture
def model(model_folder: MakeModel) -> Classifier:
    return model_folder(
        '#!/bin/sh\necho \'OUTPUT: {"label": "a", "confidence": 0.5, "probabilities": {"a": 0.5, "b": 0.5}}\'\n',
        classes=("a", "b"),
        name="steady",
    )


@pytest.fixture
def start(tmp_path: Path, model: Classifier) -> Iterator[Start]:
    """A program in the same home each time; the last one is ended first."""
    running: list[Program] = []

    def begin() -> Program:
        while running:
            running.pop().close()
        running.append(build(tmp_path / "home", (model,)))
        return running[-1]

    yield begin
    while running:
        running.pop().close()


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """Two signals of an operator's."""
    folder = tmp_path / "lab"
    folder.mkdir()
    for name in ("pump.csv", "fan.csv"):
        rows = "".join(f"{number / 10},{number % 7}\n" for number in range(100))
        (folder / name).write_text(f"time (s),{name}\n{rows}", encoding="utf-8")
    return folder
