"""Settings keep their values over a restart, refuse what is out of bounds, and survive a broken file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from sigdesk.app.settings import SETTINGS, Settings, write_atomically
from sigdesk.errors import SettingsError
from tests.app.keeping_desk import build


def test_a_value_is_there_again_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "home" / "settings.json"
    settings = Settings(file)
    settings.put("theme", "dark")
    settings.put("recent_files", ["/a.csv", "/b.csv"])

    again = Settings(file)

    assert again.text("theme") == "dark"
    assert again.texts("recent_files") == ["/a.csv", "/b.csv"]
    assert again.whole("unsure_below") == 60, "what was never changed keeps its default"


def test_a_change_is_told_once_and_no_change_is_not_told(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    told: list[str] = []
    settings.changed.connect(told.append)

    settings.put("unsure_below", 70)
    settings.put("unsure_below", 70)

    assert told == ["unsure_below"]


@pytest.mark.parametrize(
    ("key", "value"), [("theme", "pink"), ("unsure_below", 101), ("workers", -1), ("workers", "two"), ("model", 3)]
)
def test_a_value_out_of_bounds_is_refused_in_words(tmp_path: Path, key: str, value: object) -> None:
    settings = Settings(tmp_path / "settings.json")

    with pytest.raises(SettingsError) as refusal:
        settings.put(key, value)  # type: ignore[arg-type]

    assert repr(value) in refusal.value.what
    assert refusal.value.way_out


def test_a_broken_file_is_set_aside_and_told_of(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text('{"theme": "dark"', encoding="utf-8")

    settings = Settings(file)

    assert settings.text("theme") == "light"
    assert settings.problem is not None
    assert str(file) in settings.problem.what
    assert (tmp_path / "settings.broken.json").read_text(encoding="utf-8") == '{"theme": "dark"'


def test_values_of_another_kind_in_the_file_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text('{"theme": 7, "unsure_below": 80, "unheard_of": 1}', encoding="utf-8")

    settings = Settings(file)

    assert settings.text("theme") == "light"
    assert settings.whole("unsure_below") == 80


def test_a_disk_that_takes_nothing_is_told_and_the_value_holds_for_now(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder", encoding="utf-8")
    settings = Settings(blocked / "settings.json")
    told: list[SettingsError | None] = []
    settings.store_problem_changed.connect(told.append)

    settings.put("theme", "dark")

    assert settings.text("theme") == "dark"
    assert settings.store_problem is not None
    assert "could not be stored" in settings.store_problem.what

    blocked.unlink()
    settings.put("theme", "light")

    assert [problem is None for problem in told] == [False, True], "it is told when it begins and when it is over"


def test_names_of_files_that_are_no_utf8_are_kept(tmp_path: Path) -> None:
    name = os.fsdecode(b"/lab/pump\xff.csv")
    settings = Settings(tmp_path / "settings.json")
    settings.put("open_files", [name])

    assert Settings(tmp_path / "settings.json").texts("open_files") == [name]


def test_a_broken_file_that_cannot_be_moved_is_no_reason_not_to_start(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(b"\xff\xfe[")
    (tmp_path / "settings.broken.json").mkdir()

    settings = Settings(file)

    assert settings.problem is not None
    settings.put("theme", "dark")
    assert Settings(file).text("theme") == "dark"


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "labels.json"
    write_atomically(file, b"old")
    write_atomically(file, b"new")

    assert file.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["labels.json"], "no half-written file is left"


def test_every_row_of_the_table_accepts_its_own_default() -> None:
    assert [row.key for row in SETTINGS if not row.accepts(row.default)] == []
    assert len({row.key for row in SETTINGS}) == len(SETTINGS)


def test_another_number_of_workers_is_used_at_once(tmp_path: Path, qtbot: QtBot) -> None:
    program = build(tmp_path / "home")
    program.settings.put("workers", 3)
    assert len(program.pool.stats().workers) == 3
    program.settings.put("workers", 2)
    qtbot.waitUntil(lambda: len(program.pool.stats().workers) == 2, timeout=30_000)
    program.close()
