"""Model folders: which may run, which may not and why, and finding them all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from sigdesk.classifiers.folder import (
    BrokenFolder,
    Classifier,
    ModelState,
    card_text,
    find_classifiers,
    read_classifier,
)
from sigdesk.errors import ManifestError
from tests.classifiers.model_folders import SCRIPT_MANIFEST, write_folder

FILE_MANIFEST = """\
[model]
name = "{name}"
version = "1"
[output]
classes = ["a", "b"]
[file]
name = "model.skops"
sha256 = "{sha256}"
"""


def test_a_model_whose_file_has_the_named_hash_is_verified(tmp_path: Path) -> None:
    classifier = read_classifier(write_folder(tmp_path, "m", FILE_MANIFEST, model_skops=b"trees"))

    assert classifier.state is ModelState.VERIFIED
    assert classifier.runnable


def test_fault_41_a_changed_file_will_not_run_and_both_hashes_are_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, "m", FILE_MANIFEST, model_skops=b"trees")
    (folder / "model.skops").write_bytes(b"other trees")

    classifier = read_classifier(folder)

    assert classifier.state is ModelState.CHANGED
    assert not classifier.runnable
    then, now = (hashlib.sha256(data).hexdigest()[:12] for data in (b"trees", b"other trees"))
    assert classifier.problem == (
        f"model.skops is not the file that the manifest names (SHA-256 {now}…, not {then}…). "
        "Install the model folder again, or ask its author."
    )


def test_fault_40_a_pickle_is_blocked_whatever_its_hash(tmp_path: Path) -> None:
    manifest = FILE_MANIFEST.replace("model.skops", "model.pkl")

    classifier = read_classifier(write_folder(tmp_path, "m", manifest, model_pkl=b"cos\nsystem\n"))

    assert classifier.state is ModelState.BLOCKED
    assert classifier.problem == (
        "model.pkl is a pickle, which can run anything when it is loaded. "
        "Ask its author for a skops or ONNX file, or trust this very file."
    )


def test_a_missing_model_file_is_named(tmp_path: Path) -> None:
    classifier = read_classifier(write_folder(tmp_path, "m", FILE_MANIFEST))

    assert classifier.state is ModelState.BROKEN
    assert str(tmp_path / "m" / "model.skops") in classifier.problem


def test_the_folder_is_absolute_however_it_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_folder(tmp_path, "m")
    monkeypatch.chdir(folder)

    assert read_classifier(Path()).folder == folder


def test_a_name_that_is_not_the_folders_is_a_mistake(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, "m", SCRIPT_MANIFEST.replace("{name}", "other"))

    with pytest.raises(ManifestError, match="folder is named"):
        read_classifier(folder)


def test_all_models_are_found_by_name_and_the_first_folder_wins(tmp_path: Path) -> None:
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    for folder, names in ((own, ("b", "c")), (shipped, ("a", "b"))):
        for name in names:
            write_folder(folder, name)
    (own / "no-model").mkdir()
    (own / "c" / "model.toml").write_text("[model", encoding="utf-8")

    found = find_classifiers([own, tmp_path / "not-there", shipped])

    assert [model.folder for model in found] == [shipped / "a", own / "b", own / "c"]
    assert isinstance(found[0], Classifier)
    assert isinstance(found[2], BrokenFolder)
    assert found[2].problems[0].startswith("Line 1: ")


def test_a_folder_that_is_none_does_not_stop_the_search(tmp_path: Path) -> None:
    write_folder(tmp_path, "a")
    (tmp_path / "file").write_text("no folder", encoding="utf-8")

    assert len(find_classifiers([tmp_path / "file", tmp_path])) == 1


def test_the_card_is_read_and_may_be_missing(tmp_path: Path) -> None:
    classifier = read_classifier(write_folder(tmp_path, "m", card_md="# Größe\n".encode()))
    bare = read_classifier(write_folder(tmp_path, "bare"))

    assert card_text(classifier) == "# Größe\n"
    assert card_text(bare) == ""
