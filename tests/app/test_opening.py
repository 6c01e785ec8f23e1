"""Opening off the window's thread: portions come one at a time, and what is cancelled is left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from sigdesk.app.opening import PORTION, Opened, Opener
from sigdesk.signals.remembered import RememberedReading


@pytest.fixture
def opener(qapp: object, tmp_path: Path) -> Iterator[Opener]:
    made = Opener(RememberedReading(tmp_path / "reading"))
    yield made
    made.close()


def labelled_set(file: Path, count: int) -> Path:
    head = ["@problemName Bench", "@timeStamps false", "@univariate true", "@classLabel true a", "@data"]
    file.write_text("\n".join(head + [f"{number},1,2,3:a" for number in range(count)]), encoding="utf-8")
    return file


def test_between_two_portions_the_window_takes_its_events(opener: Opener, qtbot: QtBot, tmp_path: Path) -> None:
    happened: list[str] = []

    def on_opened(opened: Opened) -> None:
        happened.append(f"{len(opened.recordings)} signals")
        QTimer.singleShot(0, lambda: happened.append("an event"))

    opener.opened.connect(on_opened)
    opener.open([labelled_set(tmp_path / "Bench_TRAIN.ts", 3 * PORTION)])
    qtbot.waitUntil(lambda: happened.count(f"{PORTION} signals") == 3 and happened[-1] == "an event")

    assert happened == [f"{PORTION} signals", "an event"] * 3


def test_what_is_cancelled_before_it_was_opened_is_left_out(opener: Opener, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(opener.opened) as first:
        opener.open([labelled_set(tmp_path / "a.ts", 3)])
        opener.cancel()
    with qtbot.waitSignal(opener.opened) as second:
        opener.open([labelled_set(tmp_path / "b.ts", 3)])

    assert first.args is not None
    assert second.args is not None
    assert first.args[0].finished
    assert not first.args[0].refusals, "nothing is wrong with what was not looked at"
    assert len(second.args[0].recordings) == 3
