"""A training in the program: a real process, heard live, stopped, and ended with the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from sigdesk.app.models_library import ModelsLibrary
from sigdesk.app.rows import ROW
from sigdesk.app.training import Training, TrainingOutcome
from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.training.plan import MethodName, Plan, Source
from sigdesk.errors import ModelError
from sigdesk.places import Places
from tests.classifiers.training.labelled_files import write_ts

LONG_MS = 100_000


@pytest.fixture
def library(tmp_path: Path, qtbot: QtBot) -> Iterator[ModelsLibrary]:
    made = ModelsLibrary(Places(tmp_path / "home"), ())
    yield made
    made.close()


@pytest.fixture
def training(library: ModelsLibrary, qtbot: QtBot) -> Iterator[Training]:
    made = Training(library)
    yield made
    made.close()


def plan(library: ModelsLibrary, data: Path, **more: object) -> Plan:
    made: dict[str, object] = {"held_out": 0.0, "method": MethodName.FOREST, "trees": 30, "title": "Bench"} | more
    return Plan("bench", (Source(data),), library.folder, **made)  # type: ignore[arg-type]


def end_of(training: Training, qtbot: QtBot, wish: Plan) -> TrainingOutcome:
    with qtbot.waitSignal(training.ended, timeout=LONG_MS) as told:
        training.start(wish)
    outcome = told.args[0]
    assert isinstance(outcome, TrainingOutcome)
    return outcome


def lines(training: Training) -> str:
    log = training.log
    return "\n".join(log.index(place, 0).data(ROW).text for place in range(log.rowCount()))


def test_a_training_is_heard_live_and_its_model_is_there_at_once(
    training: Training, library: ModelsLibrary, qtbot: QtBot, tmp_path: Path
) -> None:
    data = write_ts(tmp_path / "bench.ts", {"slow": 6, "quick": 6})
    shares: list[float] = []
    training.changed.connect(lambda: shares.append(training.state.share if training.state else -1.0))

    with qtbot.waitSignal(library.changed, timeout=LONG_MS):
        outcome = end_of(training, qtbot, plan(library, data))

    assert outcome.model is not None
    assert outcome.in_use
    assert (outcome.model.manifest.version, outcome.error) == ("1.0.0", "")
    state = training.state
    assert state is not None
    assert (state.classes, state.labels, state.signals, state.folds) == (("quick", "slow"), 12, 12, 5)
    assert state.confusion is not None
    assert state.confusion.sum() == 12, "every signal was tested once"
    assert not state.running
    assert shares == sorted(shares), "it never goes back"
    assert "Read 12 labels from 12 signals" in lines(training)
    assert "Fold 1 of 5 done" in lines(training)
    assert isinstance(library.find("bench"), Classifier)
    assert outcome.report.cell("slow", "slow"), "a cell of the matrix leads to its signals"


def test_a_second_version_waits_to_be_promoted(
    training: Training, library: ModelsLibrary, qtbot: QtBot, tmp_path: Path
) -> None:
    data = write_ts(tmp_path / "bench.ts", {"slow": 3, "quick": 3})
    with qtbot.waitSignal(library.changed, timeout=LONG_MS):
        end_of(training, qtbot, plan(library, data))

    outcome = end_of(training, qtbot, plan(library, data, seed=1))

    assert outcome.model is not None
    assert not outcome.in_use
    assert outcome.model.manifest.version == "1.1.0"
    assert training.state is not None
    assert training.state.present is not None
    with qtbot.waitSignal(library.done, timeout=LONG_MS):
        library.promote("bench", "1.1.0")
    found = library.find("bench")
    assert isinstance(found, Classifier)
    assert found.manifest.version == "1.1.0"


def test_a_stopped_training_writes_nothing(
    training: Training, library: ModelsLibrary, qtbot: QtBot, tmp_path: Path
) -> None:
    data = write_ts(tmp_path / "bench.ts", {"slow": 60, "quick": 60})
    with qtbot.waitSignal(training.ended, timeout=LONG_MS) as told:
        training.start(plan(library, data))
        qtbot.waitUntil(lambda: "Read 120" in lines(training), timeout=LONG_MS)
        training.cancel()
        training.cancel()

    assert told.args[0].cancelled
    assert not (library.folder / "bench").exists()
    assert not training.running


def test_closing_ends_the_process(training: Training, library: ModelsLibrary, qtbot: QtBot, tmp_path: Path) -> None:
    data = write_ts(tmp_path / "bench.ts", {"slow": 60, "quick": 60})
    training.start(plan(library, data))
    qtbot.waitUntil(lambda: "Read 120" in lines(training), timeout=LONG_MS)

    training.close()  # what is left behind fails the test

    assert not (library.folder / "bench").exists()


def test_a_second_training_is_refused_while_one_runs(
    training: Training, library: ModelsLibrary, qtbot: QtBot, tmp_path: Path
) -> None:
    data = write_ts(tmp_path / "bench.ts", {"slow": 60, "quick": 60})
    training.start(plan(library, data))

    with pytest.raises(ModelError, match="is being trained already"):
        training.start(plan(library, data))


def test_what_nobody_can_learn_from_is_told(
    training: Training, library: ModelsLibrary, qtbot: QtBot, tmp_path: Path
) -> None:
    outcome = end_of(training, qtbot, plan(library, write_ts(tmp_path / "one.ts", {"slow": 3})))

    assert outcome.model is None
    assert "nothing to tell apart" in outcome.error
    assert "nothing to tell apart" in lines(training)


def test_a_file_that_is_gone_is_told(training: Training, library: ModelsLibrary, qtbot: QtBot, tmp_path: Path) -> None:
    outcome = end_of(training, qtbot, plan(library, tmp_path / "gone.ts"))

    assert outcome.model is None
    assert "gone.ts" in outcome.error


def test_a_models_folder_that_cannot_be_made_is_told(
    training: Training, library: ModelsLibrary, qtbot: QtBot, tmp_path: Path
) -> None:
    library.folder.parent.mkdir(parents=True)
    library.folder.write_text("no folder")

    outcome = end_of(training, qtbot, plan(library, write_ts(tmp_path / "bench.ts", {"slow": 3, "quick": 3})))

    assert outcome.model is None
    assert "models" in outcome.error
