"""Versions of a model: added, put to use, put back; whole at any instant."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from sigdesk.classifiers.folder import ModelState, read_classifier
from sigdesk.classifiers.versions import (
    add_version,
    check_name,
    next_version,
    other_versions,
    promote,
    roll_back,
    version_key,
)
from sigdesk.errors import ModelError
from tests.classifiers.model_folders import write_folder

MANIFEST = """\
[model]
name = "bench"
version = "{version}"
[output]
classes = ["calm", "active"]
[file]
name = "model-{version}.skops"
sha256 = "{sha256}"
"""


def add(folder: Path, version: str, data: bytes) -> tuple[Path, bool]:
    import hashlib

    def write(draft: Path) -> None:
        (draft / f"model-{version}.skops").write_bytes(data)
        (draft / "card.md").write_text(f"card of {version}")
        text = MANIFEST.replace("{version}", version).replace("{sha256}", hashlib.sha256(data).hexdigest())
        (draft / "model.toml").write_text(text)

    return add_version(folder, version, write)


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    """A model with three versions, of which the first is in use."""
    folder = tmp_path / "models" / "bench"
    assert add(folder, "1.0.0", b"first") == (folder, True)
    assert add(folder, "1.1.0", b"second") == (folder / "versions" / "1.1.0", False)
    add(folder, "1.10.0", b"third")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_versions_sort_as_numbers(bench: Path) -> None:
    assert [one.manifest.version for one in other_versions(bench)] == ["1.10.0", "1.1.0"]
    assert version_key("1.9") < version_key("1.10")
    assert next_version(bench) == "1.11.0"


def test_a_promotion_changes_places(bench: Path) -> None:
    promote(bench, "1.1.0")

    now = read_classifier(bench)
    assert (now.manifest.version, now.state) == ("1.1.0", ModelState.VERIFIED)
    assert (bench / "card.md").read_text() == "card of 1.1.0"
    assert [one.manifest.version for one in other_versions(bench)] == ["1.10.0", "1.0.0"]
    assert all(one.state is ModelState.VERIFIED for one in other_versions(bench))
    assert not (bench / "model-1.0.0.skops").exists()


def test_a_rollback_brings_every_byte_back(bench: Path) -> None:
    before = {name: data for name, data in contents(bench).items() if not name.startswith("versions")}

    promote(bench, "1.10.0")
    roll_back(bench)

    after = {name: data for name, data in contents(bench).items() if not name.startswith("versions")}
    assert after == before
    assert roll_back(bench).manifest.version == "1.10.0", "and forth again"


def test_without_another_version_there_is_nothing_to_go_back_to(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, "alone")

    with pytest.raises(ModelError, match="has had no other version in use"):
        roll_back(folder)
    with pytest.raises(ModelError, match=r"alone has no version 2\.0"):
        promote(folder, "2.0")


def test_a_changed_version_is_not_put_to_use(bench: Path) -> None:
    (bench / "versions" / "1.1.0" / "model-1.1.0.skops").write_bytes(b"something else")

    with pytest.raises(ModelError, match="will not run"):
        promote(bench, "1.1.0")
    assert read_classifier(bench).manifest.version == "1.0.0"


@pytest.mark.parametrize("step", range(1, 12))
def test_a_promotion_that_is_cut_short_leaves_one_whole_model(
    bench: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Every replacement of a file, one after the other, is the last thing that happens."""
    steps = 0
    replace = Path.replace

    def cut(path: Path, target: Path) -> Path:
        nonlocal steps
        steps += 1
        if steps == step:
            raise OSError(28, "No space left on device")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", cut)
    with contextlib.suppress(OSError):
        promote(bench, "1.1.0")
    monkeypatch.undo()

    now = read_classifier(bench)
    assert now.state is ModelState.VERIFIED
    known = {now.manifest.version} | {one.manifest.version for one in other_versions(bench)}
    assert known == {"1.0.0", "1.1.0", "1.10.0"}
    promote(bench, "1.1.0")
    assert read_classifier(bench).manifest.version == "1.1.0"


def test_a_version_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    def fail(draft: Path) -> None:
        (draft / "half").write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        add_version(tmp_path / "models" / "bench", "1.0.0", fail)
    assert list((tmp_path / "models").iterdir()) == []


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "..", "nul\0", "ä", "x" * 65, "ends."])
def test_a_name_that_is_no_folder_everywhere_is_refused(name: str) -> None:
    with pytest.raises(ModelError, match="cannot be the name of a model"):
        check_name(name)
