"""models/appliance-current: what its manifest claims, measured again, and its recipe, run again."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sigdesk.classifiers.folder import ModelState, card_text, read_classifier
from sigdesk.classifiers.manifest import FileFormat, RunMode, SamplesForm
from sigdesk.classifiers.recipes import RECIPES
from sigdesk.places import shipped_folder
from sigdesk.signals import open_recordings
from tests.classifiers.script_process import ROOT, WarmProcess, environment, job, output_of

FOLDER = shipped_folder("models") / "appliance-current"
SAMPLES = shipped_folder("resources") / "samples"
APPLIANCES = ("air-conditioner", "fan", "hairdryer", "laptop", "microwave", "vacuum")
EVERY = 3


def plaid() -> Path:
    found = importlib.util.find_spec("sktime")
    if found is None or not found.submodule_search_locations:
        pytest.skip("sktime, which ships the PLAID set, is not installed")
    return Path(found.submodule_search_locations[0]) / "datasets" / "data" / "PLAID"


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmProcess]:
    process = WarmProcess(FOLDER, tmp_path_factory.mktemp("jobs"))
    yield process
    assert process.close() == 0


def test_the_folder_is_complete_and_verified() -> None:
    classifier = read_classifier(FOLDER)

    manifest = classifier.manifest
    assert classifier.state is ModelState.VERIFIED
    assert (manifest.run.mode, manifest.run.samples) == (RunMode.WARM, SamplesForm.NPY)
    assert manifest.file is not None
    assert manifest.file.format is FileFormat.ONNX
    assert len(manifest.file.sha256) == 64
    assert (FOLDER / manifest.file.name).stat().st_size < 10_000_000
    assert manifest.training["features"] in RECIPES
    assert all(manifest.title_of(name) != "" for name in manifest.classes)
    for text in (manifest.title, manifest.description, manifest.licence, manifest.author):
        assert text


def test_the_evaluation_agrees_with_itself_and_with_the_card() -> None:
    classifier = read_classifier(FOLDER)
    evaluation = classifier.manifest.evaluation
    assert evaluation is not None
    confusion = np.array(evaluation.confusion)

    assert evaluation.test_size == confusion.sum() == 537
    assert evaluation.accuracy >= 0.94
    assert evaluation.accuracy == pytest.approx(np.trace(confusion) / 537, abs=1e-4)
    card = card_text(classifier)
    assert f"{evaluation.accuracy:.1%}".replace("%", " %") in card
    for place, name in enumerate(classifier.manifest.classes):
        score = evaluation.per_class[name]
        assert score.tested == confusion[place].sum()
        assert score.recall == pytest.approx(confusion[place, place] / score.tested, abs=1e-3)
        assert score.precision == pytest.approx(confusion[place, place] / confusion[:, place].sum(), abs=1e-3)
        assert f"| {name} | {score.precision:.3f} | {score.recall:.3f} | {score.tested} |" in card


def test_the_samples_that_ship_are_named_rightly(warm: WarmProcess) -> None:
    recordings = [open_recordings(SAMPLES / f"{name}.csv")[0] for name in APPLIANCES]

    answers = warm.run([job(recording.name, FOLDER, recording.read()) for recording in recordings])

    assert [output_of(answers[recording.name])["label"] for recording in recordings] == [
        recording.label for recording in recordings
    ]


def test_a_part_of_the_evaluation_measured_again(warm: WarmProcess) -> None:
    """Every third signal of the test half. The rows of the confusion matrix bound how often each class was found."""
    classes = read_classifier(FOLDER).manifest.classes
    evaluation = read_classifier(FOLDER).manifest.evaluation
    assert evaluation is not None
    recordings = open_recordings(plaid() / "PLAID_TEST.ts")[::EVERY]

    answers = warm.run([job(recording.item, FOLDER, recording.read()) for recording in recordings])

    pairs = Counter(
        (classes[int(recording.label or "")], str(output_of(answers[recording.item])["label"]))
        for recording in recordings
    )
    right = sum(count for (true, found), count in pairs.items() if true == found)
    assert len(recordings) == 179
    assert right / 179 == pytest.approx(evaluation.accuracy, abs=0.05)
    for (true, found), count in pairs.items():
        assert count <= evaluation.confusion[classes.index(true)][classes.index(found)]


def recipe(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "models" / "appliance-current" / "train.py"), *arguments],
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=280,
        check=False,
    )


@pytest.mark.timeout(300)
def test_the_recipe_gives_the_same_model_again() -> None:
    plaid()
    libraries = read_classifier(FOLDER).manifest.training["libraries"]
    assert isinstance(libraries, dict)
    for name in ("scikit-learn", "skops"):
        if importlib.metadata.version(name) != libraries[name]:
            pytest.skip(f"the model was trained with {name} {libraries[name]}")

    ran = recipe("--check")

    assert ran.stderr == ""
    assert ran.returncode == 0, ran.stdout
    assert "the same as the model that is there" in ran.stdout
