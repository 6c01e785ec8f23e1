"""A program without a window that can end and begin again in the same home, as tests of what is kept need it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from sigdesk.app.program import Program
from sigdesk.app.rows import ROW, ProblemRow
from sigdesk.app.settings import Settings
from sigdesk.classifiers.folder import Classifier
from sigdesk.places import Places
from sigdesk.pool.pool import Pool

Start = Callable[[], Program]
"""Begins a program in the same home each time; the last one is ended first."""


def build(home: Path, models: tuple[Classifier, ...] = ()) -> Program:
    """A program with a real pool; close it before another is built in the same home."""
    places = Places(home)
    return Program(places, Settings(places.settings_file), Pool(places.temp_folder, workers=1), models)


def open_all(program: Program, qtbot: QtBot, *paths: Path) -> list[int]:
    with qtbot.waitSignal(program.opened, timeout=20_000):
        program.open(paths)
    return [entry.id for entry in program.session.entries]


def reopen(program: Program, qtbot: QtBot) -> list[int]:
    return open_all(program, qtbot, *program.last_files())


def seen(program: Program, signal_id: int) -> list[tuple[float, float, str]]:
    return [(span.start, span.stop, span.mark.name) for span in program.labelling.spans(signal_id)]


def written(program: Program, qtbot: QtBot) -> None:
    """Wait until the label files are."""
    with qtbot.waitSignal(program.keeping.label_files.written, timeout=20_000):
        program.keeping.label_files.write()


def problems(program: Program) -> dict[str, str]:
    return {row.key: row.what for row in _problem_rows(program)}


def told(program: Program) -> list[str]:
    """What the operator reads of each problem: what happened, and the way out."""
    return [f"{row.what} {row.way_out}" for row in _problem_rows(program)]


def _problem_rows(program: Program) -> list[ProblemRow]:
    model = program.feed.problems
    return [model.index(place, 0).data(ROW) for place in range(model.rowCount())]
