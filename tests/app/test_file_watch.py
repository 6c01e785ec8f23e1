"""Files that change on the disk are noticed in turns, and read again where they are followed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from sigdesk.app import file_watch
from sigdesk.app.file_watch import DiskState, FileNews, FileWatch
from sigdesk.app.reloading import Reloading
from sigdesk.app.session import Session
from sigdesk.signals.remembered import RememberedReading
from sigdesk.signals.shelf import Shelf


class Bench:
    """A session of files with what watches them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.session = Session()
        self.shelf = Shelf()
        self.remembered = RememberedReading(folder / "reading")
        self.reloading = Reloading(self.session, self.remembered, self.shelf)
        self.watch = FileWatch(self.session, self.reloading)

    def open(self, name: str, rows: int = 10) -> Path:
        path = self.folder / name
        write(path, rows)
        self.session.add(self.remembered.open(path, self.shelf))
        return path

    def has_rows(self, rows: int) -> bool:
        return self.session.entries[0].recording.length == rows


def write(path: Path, rows: int) -> None:
    path.write_text("v\n" + "".join(f"{number}\n" for number in range(rows)), encoding="utf-8")


@pytest.fixture
def bench(qapp: object, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.watch.close()
    made.reloading.close()


def news_of(bench: Bench, qtbot: QtBot) -> dict[str, DiskState]:
    with qtbot.waitSignal(bench.watch.news) as told:
        bench.watch.look()
    assert told.args is not None
    news = told.args[0]
    assert isinstance(news, FileNews)
    return {path.name: state for path, state in news.states}


def test_growing_changing_and_going_are_told_once(bench: Bench, qtbot: QtBot) -> None:
    grown, changed, gone, same = (bench.open(f"{name}.csv") for name in ("grown", "changed", "gone", "same"))
    write(grown, 20)
    write(changed, 5)
    gone.unlink()
    assert news_of(bench, qtbot) == {
        "grown.csv": DiskState.GROWN,
        "changed.csv": DiskState.CHANGED,
        "gone.csv": DiskState.GONE,
    }
    assert bench.watch.state_of(same) is DiskState.SAME
    write(grown, 30)
    write(changed, 50)  # says what is now, not what it was before
    assert news_of(bench, qtbot) == {"changed.csv": DiskState.GROWN}


def test_a_file_that_comes_back_as_it_was_is_well(bench: Bench, qtbot: QtBot) -> None:
    path = bench.open("run.csv")
    status, content = path.stat(), path.read_bytes()
    path.unlink()
    assert news_of(bench, qtbot) == {"run.csv": DiskState.GONE}
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert news_of(bench, qtbot) == {"run.csv": DiskState.SAME}


def test_reading_again_keeps_the_place_and_is_well(bench: Bench, qtbot: QtBot) -> None:
    first, second = bench.open("first.csv"), bench.open("second.csv")
    ids = [entry.id for entry in bench.session.entries]
    write(first, 25)
    assert news_of(bench, qtbot) == {"first.csv": DiskState.GROWN}
    with qtbot.waitSignal(bench.watch.news):
        bench.reloading.reload([first])
    assert bench.watch.state_of(first) is DiskState.SAME
    assert [(entry.id, entry.recording.length) for entry in bench.session.entries] == [(ids[0], 25), (ids[1], 10)]
    assert bench.session.entries[1].recording.path == second


def test_a_followed_file_is_read_whenever_it_grows(bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_watch, "_REST", 0.0)
    path = bench.open("log.csv")
    bench.watch.follow(path, True)
    for rows in (20, 30, 5):
        write(path, rows)
        qtbot.waitUntil(partial(bench.has_rows, rows))
    bench.watch.follow(path, False)
    write(path, 50)
    assert news_of(bench, qtbot) == {"log.csv": DiskState.GROWN}


def test_of_thousands_of_files_a_portion_is_looked_at_and_the_shown_one_always(
    bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_watch, "PORTION", 3)
    paths = [bench.open(f"{number}.csv") for number in range(10)]
    bench.session.show(bench.session.entries[9].id)
    write(paths[9], 20)
    qtbot.waitUntil(lambda: bench.watch.state_of(paths[9]) is DiskState.GROWN)
    for path in paths:
        write(path, 20)
    while any(bench.watch.state_of(path) is DiskState.SAME for path in paths):
        news_of(bench, qtbot)


def test_what_lies_in_memory_is_not_looked_at(bench: Bench, qtbot: QtBot) -> None:
    np.save(bench.folder / "a.npy", np.arange(10.0))
    bench.session.add(bench.remembered.open(bench.folder / "a.npy", bench.shelf))
    bench.session.remove([entry.id for entry in bench.session.entries])
    (bench.folder / "a.npy").unlink()
    with qtbot.assertNotEmitted(bench.watch.news):
        bench.watch.look()
        bench.watch.close()
