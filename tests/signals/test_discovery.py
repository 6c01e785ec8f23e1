"""What a drop means: files as given, folders by the signals in them, in the order in which people count."""

from __future__ import annotations

from pathlib import Path

import pytest

from sigdesk.signals.discovery import signal_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("run 10.csv", "run 2.csv", "Run 1.WAV", "notes.md", ".hidden.csv", "sub/b.npy", "sub/deep/a.npz"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x\n1\n2\n")
    return tmp_path


def names(folder: Path, files: list[Path]) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in files]


def test_a_folder_gives_its_signals_in_natural_order(folder: Path) -> None:
    expected = [
        "Run 1.WAV",
        "run 2.csv",
        "run 10.csv",
        "sub/b.npy",
        "sub/deep/a.npz",
    ]
    assert names(folder, signal_files([folder])) == expected


def test_files_are_taken_as_given_also_missing_ones_and_each_once(folder: Path) -> None:
    given = [folder / "notes.md", folder / "gone.csv", folder / ".hidden.csv", folder / "notes.md"]
    assert signal_files(given) == given[:3]
    assert names(folder, signal_files([folder / "run 10.csv", folder]))[:2] == ["run 10.csv", "Run 1.WAV"]


def test_hidden_folders_are_passed_over(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".git" / "x.csv").write_text("1\n2\n")
    assert ".git" not in str(signal_files([folder]))


def test_a_text_beside_the_signals_counts_only_when_it_holds_one(folder: Path) -> None:
    sub = folder / "texts"
    sub.mkdir()
    (sub / "LICENCE.txt").write_text("Permission is granted, free of charge, to 1 person.\nAnd no other.\n")
    (sub / "values.txt").write_text("0.5 1\n0.25 3\n")
    (sub / "settings.json").write_text('{"theme": "dark"}')
    (sub / "job.json").write_text('{"samples": [[1, 2]]}')
    (sub / "app.ts").write_text("export const x = 1;\n")
    (sub / "set.ts").write_text("@problemName x\n@classLabel false\n@data\n1,2\n")
    (sub / "empty.txt").touch()
    (sub / "broken.wav").write_bytes(b"RIFF")
    assert [path.name for path in signal_files([sub])] == ["broken.wav", "job.json", "set.ts", "values.txt"]


def test_links_that_lead_in_circles_end(folder: Path) -> None:
    try:
        (folder / "sub" / "again").symlink_to(folder, target_is_directory=True)
        (folder / "sub" / "self").symlink_to(folder / "sub", target_is_directory=True)
        (folder / "dangling.csv").symlink_to(folder / "nowhere.csv")
    except OSError:
        pytest.skip("this system does not let us make links")
    files = signal_files([folder])
    assert len([path for path in files if path.name == "a.npz"]) == 1
    assert folder / "dangling.csv" in files


def test_a_folder_without_signals_gives_none(tmp_path: Path) -> None:
    assert signal_files([tmp_path]) == []


def test_labels_beside_a_signal_are_no_signal(tmp_path: Path) -> None:
    for name in ("run.csv", "run.csv.labels.csv"):
        (tmp_path / name).write_text("start,stop\n1,2\n2,3\n", encoding="utf-8")
    assert [file.name for file in signal_files([tmp_path])] == ["run.csv"]
