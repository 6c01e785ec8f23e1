"""The models of the program: read anew, promoted, trusted, added, removed and put back, off the window's thread."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from sigdesk.app.model_report import class_marks, library_note, read_report, scores_in
from sigdesk.app.models_library import Done, ModelsLibrary, can_be_trusted, is_shipped
from sigdesk.classifiers.adding import Wrapped
from sigdesk.classifiers.folder import BrokenFolder, Classifier, ModelState, find_classifiers
from sigdesk.errors import ModelError
from sigdesk.labels.classes import ClassTable
from sigdesk.places import Places, shipped_folder


class Hostile:
    """Whoever unpickles it makes a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.marker),)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    file = tmp_path / "appliance_rf.pkl"
    file.write_bytes(pickle.dumps(Hostile(tmp_path / "it ran")))
    return file


@pytest.fixture
def library(tmp_path: Path, qtbot: QtBot) -> Iterator[ModelsLibrary]:
    places = Places(tmp_path / "home")
    made = ModelsLibrary(places, find_classifiers([places.models_folder, shipped_folder("models")]))
    yield made
    made.close()


def write_versions(folder: Path, *versions: str) -> None:
    """A model folder whose first version is in use."""
    for version in versions:
        inside = folder if version == versions[0] else folder / "versions" / version
        inside.mkdir(parents=True)
        (inside / "classify.py").write_text(f"# {version}\n")
        (inside / "model.toml").write_text(
            f'[model]\nname = "{folder.name}"\nversion = "{version}"\n[output]\nclasses = ["a", "b"]\n'
            '[run]\nscript = "classify.py"\n'
        )


def after(library: ModelsLibrary, qtbot: QtBot, act: object, *arguments: object) -> Done:
    assert callable(act)
    with qtbot.waitSignal(library.done, timeout=20_000) as told:
        act(*arguments)
    done = told.args[0]
    assert isinstance(done, Done)
    return done


def refused(library: ModelsLibrary, qtbot: QtBot, act: object, *arguments: object) -> str:
    assert callable(act)
    with qtbot.waitSignal(library.failed, timeout=20_000) as told:
        act(*arguments)
    error = told.args[0]
    assert isinstance(error, ModelError)
    return error.what


def found(library: ModelsLibrary, name: str) -> Classifier:
    model = library.find(name)
    assert isinstance(model, Classifier)
    return model


def test_what_others_have_changed_is_seen_after_a_refresh(library: ModelsLibrary, qtbot: QtBot) -> None:
    write_versions(library.folder / "pump", "1.0.0")

    with qtbot.waitSignal(library.changed) as told:
        library.refresh()

    assert "pump" in [model.folder.name for model in told.args[0]]


def test_nothing_is_told_where_nothing_has_changed(library: ModelsLibrary, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(library.changed), qtbot.waitSignal(library.looked):
        library.refresh()
        library.look(found(library, "appliance-current"))


def test_a_version_is_promoted_and_taken_back(library: ModelsLibrary, qtbot: QtBot) -> None:
    write_versions(library.folder / "pump", "1.0.0", "1.1.0")
    with qtbot.waitSignal(library.changed):
        library.refresh()

    done = after(library, qtbot, library.promote, "pump", "1.1.0")

    assert done.text == "pump 1.1.0 is in use"
    assert found(library, "pump").manifest.version == "1.1.0"
    assert done.undo is not None
    assert after(library, qtbot, done.undo).text == "pump 1.0.0 is in use"
    assert after(library, qtbot, library.roll_back, "pump").text == "pump 1.1.0 is in use again"


def test_what_ships_is_neither_promoted_nor_removed(library: ModelsLibrary, qtbot: QtBot) -> None:
    assert "comes with SigDesk" in refused(library, qtbot, library.promote, "appliance-current", "2.0.0")
    assert "comes with SigDesk" in refused(library, qtbot, library.remove, "appliance-current")
    assert is_shipped(found(library, "appliance-current"))


def test_a_hostile_pickle_is_added_shown_and_trusted_without_being_opened(
    library: ModelsLibrary, qtbot: QtBot, hostile: Path, tmp_path: Path
) -> None:
    with qtbot.waitSignal(library.inspected) as told:
        library.inspect(hostile)
    assert told.args == [hostile, ()], "a pickle is not opened to find out"
    after(library, qtbot, library.add, Wrapped(hostile, classes=("a", "b")))
    model = found(library, "appliance_rf")
    assert model.state is ModelState.BLOCKED
    assert can_be_trusted(model)
    with qtbot.waitSignal(library.looked):
        library.look(model)

    done = after(library, qtbot, library.trust, model)

    assert found(library, "appliance_rf").state is ModelState.TRUSTED
    assert done.undo is not None
    after(library, qtbot, done.undo)
    blocked = found(library, "appliance_rf")
    assert blocked.state is ModelState.BLOCKED
    assert "was blocked by" in blocked.problem
    assert not (tmp_path / "it ran").exists()


def test_what_was_shown_is_what_is_trusted(library: ModelsLibrary, qtbot: QtBot, hostile: Path) -> None:
    after(library, qtbot, library.add, Wrapped(hostile, classes=("a", "b")))
    shown = found(library, "appliance_rf")
    (library.folder / "appliance_rf" / "appliance_rf.pkl").write_bytes(pickle.dumps("another one"))

    after(library, qtbot, library.trust, shown)

    now = found(library, "appliance_rf")
    assert now.state is ModelState.CHANGED, "other bytes are another file"
    assert not can_be_trusted(now)


def test_a_removed_model_is_put_back(library: ModelsLibrary, qtbot: QtBot) -> None:
    write_versions(library.folder / "pump", "1.0.0")
    (library.folder / "pump" / "notes.txt").write_text("mine")
    with qtbot.waitSignal(library.changed):
        library.refresh()

    done = after(library, qtbot, library.remove, "pump")
    assert library.find("pump") is None
    assert done.undo is not None
    after(library, qtbot, done.undo)

    assert (library.folder / "pump" / "notes.txt").read_text() == "mine"
    found(library, "pump")


def test_a_removed_model_is_not_put_over_another(library: ModelsLibrary, qtbot: QtBot) -> None:
    write_versions(library.folder / "pump", "1.0.0")
    with qtbot.waitSignal(library.changed):
        library.refresh()
    done = after(library, qtbot, library.remove, "pump")
    write_versions(library.folder / "pump", "2.0.0")

    assert done.undo is not None
    assert "another model named pump" in refused(library, qtbot, done.undo)
    with qtbot.waitSignal(library.looked):
        library.look(found(library, "pump"))
    assert found(library, "pump").manifest.version == "2.0.0"


def test_a_broken_folder_is_removed_too(library: ModelsLibrary, qtbot: QtBot) -> None:
    (library.folder / "half").mkdir(parents=True)
    (library.folder / "half" / "model.toml").write_text("[model]\n")
    with qtbot.waitSignal(library.changed):
        library.refresh()
    assert isinstance(library.find("half"), BrokenFolder)

    after(library, qtbot, library.remove, "half")

    assert library.find("half") is None


def test_a_name_that_is_taken_is_refused(library: ModelsLibrary, qtbot: QtBot, hostile: Path) -> None:
    wish = Wrapped(hostile, classes=("a", "b"))
    after(library, qtbot, library.add, wish)

    assert "There is a model named appliance_rf already" in refused(library, qtbot, library.add, wish)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the system's administrator may write anywhere")
def test_a_folder_that_cannot_be_written_is_told(library: ModelsLibrary, qtbot: QtBot, hostile: Path) -> None:
    library.folder.mkdir(parents=True)
    library.folder.chmod(0o500)
    try:
        assert "could not be changed" in refused(library, qtbot, library.add, Wrapped(hostile, classes=("a", "b")))
    finally:
        library.folder.chmod(0o700)


def test_a_file_in_place_of_the_models_folder_is_told(library: ModelsLibrary, qtbot: QtBot, hostile: Path) -> None:
    library.folder.parent.mkdir(parents=True)
    library.folder.write_text("no folder")

    assert "could not be changed" in refused(library, qtbot, library.add, Wrapped(hostile, classes=("a", "b")))


def test_removed_models_go_for_good_after_a_month(tmp_path: Path, qtbot: QtBot) -> None:
    places = Places(tmp_path / "home")
    for name, days in (("old", 31), ("young", 3)):
        kept = places.models_folder / ".removed" / name
        kept.mkdir(parents=True)
        stamp = kept.stat().st_mtime - days * 86_400
        os.utime(kept, (stamp, stamp))

    ModelsLibrary(places, ()).close()

    assert [one.name for one in (places.models_folder / ".removed").iterdir()] == ["young"]


def test_figures_follow_from_the_matrix(library: ModelsLibrary) -> None:
    scores = scores_in(found(library, "basic-motions").manifest)

    assert scores is not None
    assert scores.count == 40
    assert scores_in(found(library, "level-alarm").manifest) is None


def test_looking_at_a_model_takes_no_colour_from_the_session() -> None:
    known = ClassTable()
    known.of("b")

    marks = class_marks(("a", "b"), {"a": "Calm"}, known)

    assert [(mark.title, mark.slot) for mark in marks] == [("Calm", 0), ("b", 0)]
    assert len(known) == 1


def test_another_scikit_learn_is_told(library: ModelsLibrary, tmp_path: Path, qtbot: QtBot) -> None:
    folder = library.folder / "basic-motions"
    shutil.copytree(shipped_folder("models") / "basic-motions", folder)
    manifest = (folder / "model.toml").read_text()
    (folder / "model.toml").write_text(manifest.replace('scikit-learn = "', 'scikit-learn = "0.'))
    with qtbot.waitSignal(library.changed):
        library.refresh()

    here = metadata.version("scikit-learn")
    assert library_note(found(library, "basic-motions").manifest) == (
        f"It was trained with scikit-learn 0.{here}, and here is {here}. Answers may differ a little: "
        "compare it on signals that you know, or train it again."
    )


@pytest.mark.parametrize("text", ["", "[]", "{", '{"tested": [{"signal": 1}]}', '{"learning_curve": 3}'])
def test_a_damaged_report_is_an_empty_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "report.json").write_text(text)

    assert read_report(tmp_path).tested == ()


def test_a_closed_library_removes_nothing_more(library: ModelsLibrary, qtbot: QtBot) -> None:
    write_versions(library.folder / "late", "1.0.0")
    with qtbot.waitSignal(library.changed, timeout=20_000):
        library.refresh()
    library.close()
    library.remove("late")
    library.close()  # waits for whatever was begun
    assert (library.folder / "late" / "model.toml").exists()
