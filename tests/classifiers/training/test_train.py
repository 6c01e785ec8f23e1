"""Real trainings on small real files: what is written, what is refused, and that it is the same every time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from sigdesk.classifiers.features import statistics_spectrum
from sigdesk.classifiers.folder import ModelState, card_text, read_classifier
from sigdesk.classifiers.manifest import FileFormat
from sigdesk.classifiers.training.examples import Example
from sigdesk.classifiers.training.methods import has_rocket
from sigdesk.classifiers.training.plan import MethodName, Plan, Source, plan_from_bytes
from sigdesk.classifiers.training.telling import Teller
from sigdesk.classifiers.training.train import train
from sigdesk.errors import ModelError
from tests.classifiers.training.labelled_files import write_folders, write_ts

TREES = 30  # a tenth of the usual, in a tenth of the time
needs_rocket = pytest.mark.skipif(not has_rocket(), reason="aeon, of the extra rocket, is not installed")


@dataclass
class Heard:
    lines: list[tuple[str, str]] = field(default_factory=list)
    progress: list[float] = field(default_factory=list)

    @property
    def teller(self) -> Teller:
        return Teller(lambda text, level: self.lines.append((level, text)), self.progress.append)

    def warnings(self) -> list[str]:
        return [text for level, text in self.lines if level == "WARNING"]


Train = Callable[..., dict[str, Any]]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def run(models: Path, heard: Heard) -> Train:
    def run(*data: Path, **options: Any) -> dict[str, Any]:
        options = {"name": "bench", "method": MethodName.FOREST, "models_folder": models, "trees": TREES, **options}
        if "test" in options:
            options["test"] = tuple(map(Source, options["test"]))
        return train(Plan(data=tuple(map(Source, data)), **options), heard.teller)

    return run


def test_a_labelled_set_becomes_a_model_that_may_run(tmp_path: Path, models: Path, heard: Heard, run: Train) -> None:
    data = write_ts(tmp_path / "bench.ts", {"slow": 15, "quick": 15, "steady": 15})

    told = run(data, title="Bench state")

    classifier = read_classifier(models / "bench")
    assert classifier.state is ModelState.VERIFIED
    assert classifier.manifest.title == "Bench state"
    assert classifier.manifest.classes == ("quick", "slow", "steady")
    evaluation = classifier.manifest.evaluation
    assert evaluation is not None
    assert evaluation.method == "held out"
    assert evaluation.test_size == 9
    assert evaluation.accuracy == told["accuracy"] > 0.85
    assert "Accuracy" in card_text(classifier)
    assert heard.progress == sorted(heard.progress)
    assert heard.progress[-1] == 1.0
    assert any("36 train, 9 held out" in text for _, text in heard.lines)


def test_stretches_of_one_signal_are_never_on_both_sides(tmp_path: Path, models: Path, heard: Heard) -> None:
    folder = write_folders(tmp_path / "bench", {"slow": 12, "quick": 12})
    stretches = [
        Source(path, path.parent.name, start=start, stop=start + 50)
        for path in sorted(folder.rglob("*.csv"))
        for start in (0, 50, 100, 150)
    ]

    train(Plan("bench", tuple(stretches), models, method=MethodName.FOREST, trees=TREES), heard.teller)

    report = orjson.loads((models / "bench" / "report.json").read_bytes())
    tested = {entry["path"] for entry in report["tested"]}
    assert len(report["tested"]) == 4 * len(tested), "a signal is held out with all its stretches"
    assert any("Read 96 labels from 24 signals" in text for _, text in heard.lines)


def test_a_test_set_is_what_the_figures_are_of(tmp_path: Path, models: Path, run: Train) -> None:
    data = write_ts(tmp_path / "TRAIN.ts", {"slow": 10, "quick": 10})
    test = write_ts(tmp_path / "TEST.ts", {"slow": 7, "quick": 4}, seed=1)

    told = run(data, test=[test])

    assert told["judged_on"] == "a test set"
    assert told["signals"] == 11
    assert told["guess"] == pytest.approx(7 / 11, abs=1e-4)
    report = orjson.loads((models / "bench" / "report.json").read_bytes())
    assert [point["signals"] for point in report["learning_curve"]] == sorted(
        point["signals"] for point in report["learning_curve"]
    )
    assert sum(part["signals"] for part in report["calibration"]) == 11


def test_the_same_data_and_seed_give_the_same_file(tmp_path: Path, models: Path, run: Train) -> None:
    data = write_ts(tmp_path / "bench.ts", {"slow": 8, "quick": 8})

    run(data, seed=7)
    run(data, seed=7, models_folder=tmp_path / "again")
    run(data, seed=8, models_folder=tmp_path / "other")

    hashes = [
        read_classifier(folder / "bench").manifest.file.sha256  # type: ignore[union-attr]
        for folder in (models, tmp_path / "again", tmp_path / "other")
    ]
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_second_training_waits_to_be_promoted(tmp_path: Path, models: Path, run: Train) -> None:
    data = write_ts(tmp_path / "bench.ts", {"slow": 8, "quick": 8})

    first, second = run(data), run(data, seed=1)

    assert (first["version"], first["in_use"]) == ("1.0.0", True)
    assert (second["version"], second["in_use"]) == ("1.1.0", False)
    assert read_classifier(models / "bench").manifest.version == "1.0.0"
    assert read_classifier(models / "bench" / "versions" / "1.1.0").manifest.name == "bench"


def test_two_signals_a_class_are_enough(tmp_path: Path, heard: Heard, run: Train) -> None:
    told = run(write_ts(tmp_path / "few.ts", {"slow": 2, "quick": 2}))

    assert told["judged_on"] == "cross-validation"
    assert told["accuracy_interval"][1] - told["accuracy_interval"][0] > 0.4, "four signals prove little"
    assert "slow has 2 labels. 10 or more is better" in heard.warnings()


def test_wrong_labels_are_suspected_first(tmp_path: Path, models: Path, run: Train) -> None:
    folder = write_folders(tmp_path / "bench", {"slow": 20, "quick": 20})
    wrong = folder / "slow" / "quick_03.csv"
    (folder / "quick" / "quick_03.csv").rename(wrong)

    run(folder)

    report = orjson.loads((models / "bench" / "report.json").read_bytes())
    if any(entry["path"] == str(wrong) for entry in report["tested"]):
        pytest.fail("the seed holds out the wrong label: choose another seed for this test")
    assert report["suspects"][0]["path"] == str(wrong)
    assert report["suspects"][0]["answer"] == "quick"


def test_unequal_lengths_are_taken(tmp_path: Path, run: Train) -> None:
    told = run(write_ts(tmp_path / "unequal.ts", {"slow": 10, "quick": 10}, lengths=(80, 300)))

    assert told["cross_validation"]["accuracy"] > 0.8


def test_other_rates_are_refused_unless_resampling_is_allowed(tmp_path: Path, models: Path, run: Train) -> None:
    folder = write_folders(tmp_path / "bench", {"slow": 6, "quick": 6})
    write_folders(tmp_path / "more", {"slow": 2}, seed=5, rate_hz=50.0)

    with pytest.raises(ModelError, match=r"different sample rates \(100 Hz, 50 Hz\).*Allow resampling to 100 Hz"):
        train(_both(tmp_path, models), Heard().teller)
    assert not models.exists()

    told = train(_both(tmp_path, models, resample=True), Heard().teller)
    assert told["version"] == "1.0.0"
    wanted = read_classifier(models / "bench").manifest.input
    assert wanted.sample_rate_hz == pytest.approx(100.0)
    assert wanted.resample
    assert folder.is_dir()


def _both(tmp_path: Path, models: Path, **options: Any) -> Plan:
    data = (Source(tmp_path / "bench"), Source(tmp_path / "more"))
    return Plan("bench", data, models, method=MethodName.FOREST, trees=TREES, **options)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"slow": 5}, "there is nothing to tell apart"),
        ({"slow": 5, "quick": 1}, "Too few signals are labelled 'quick'"),
    ],
)
def test_what_nobody_can_learn_from_is_refused_in_words(
    tmp_path: Path, models: Path, run: Train, counts: dict[str, int], said: str
) -> None:
    with pytest.raises(ModelError, match=said):
        run(write_ts(tmp_path / "bench.ts", counts))
    assert not models.exists()


def test_signals_without_labels_are_refused(tmp_path: Path, run: Train) -> None:
    np.save(tmp_path / "plain.npy", np.arange(100.0))

    with pytest.raises(ModelError, match=r"plain\.npy does not say which class its signals have"):
        run(tmp_path / "plain.npy")


def test_test_signals_that_were_trained_on_are_refused(tmp_path: Path, run: Train) -> None:
    data = write_ts(tmp_path / "bench.ts", {"slow": 5, "quick": 5})

    with pytest.raises(ModelError, match="in the training set and in the test set"):
        run(data, test=[data])


def test_a_plan_comes_back_as_it_was(tmp_path: Path) -> None:
    plan = Plan("bench", (Source(tmp_path / "ä.ts"), Source(tmp_path, "slow", "3", 5, 9)), tmp_path, seed=4, trees=50)

    assert plan_from_bytes(plan.to_bytes()) == plan
    with pytest.raises(ModelError, match="no plan of a training"):
        plan_from_bytes(b'{"name": 1}')


def test_a_forest_runs_as_onnx_and_answers_as_it_would_by_itself(tmp_path: Path, models: Path, run: Train) -> None:
    from sigdesk.classifiers.model_file import load_skops
    from sigdesk.classifiers.model_script import classify, load
    from sigdesk.signals import open_recordings

    data = write_ts(tmp_path / "bench.ts", {"slow": 10, "quick": 10, "steady": 10})
    run(data)

    file = read_classifier(models / "bench").manifest.file
    assert file is not None
    assert (file.format, file.source) == (FileFormat.ONNX, "model-1.0.0.skops")
    windows = np.stack([recording.read() for recording in open_recordings(data)])
    answers = classify(load(models / "bench"), windows, {})
    forest = load_skops((models / "bench" / file.source).read_bytes(), file.source)
    features = statistics_spectrum(windows)
    assert [answer["label"] for answer in answers] == forest.predict(features).tolist()
    assert set(answers[0]["probabilities"]) == {"slow", "quick", "steady"}


def test_a_worker_of_an_onnx_model_imports_no_scikit_learn(tmp_path: Path, models: Path, run: Train) -> None:
    run(write_ts(tmp_path / "bench.ts", {"slow": 3, "quick": 3}))

    code = (
        "import sys, numpy as np\nfrom pathlib import Path\n"
        "from sigdesk.classifiers.model_script import classify, load\n"
        f"answers = classify(load(Path({str(models / 'bench')!r})), np.zeros((2, 1, 200)), {{}})\n"
        "print(len(answers), 'sklearn' in sys.modules, 'skops' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout == "2 False False\n"


@needs_rocket
def test_auto_compares_the_methods_and_says_why(tmp_path: Path, models: Path, heard: Heard, run: Train) -> None:
    data = write_ts(tmp_path / "bench.ts", {"slow": 10, "quick": 10}, lengths=(60, 120))

    told = run(data, method=MethodName.AUTO)

    assert "was picked by cross-validation" in told["why"]
    report = orjson.loads((models / "bench" / "report.json").read_bytes())
    assert {one["method"] for one in report["methods"]} == {"rocket", "forest"}


@needs_rocket
def test_a_rocket_answers_as_it_did_when_it_was_trained(tmp_path: Path, models: Path, run: Train) -> None:
    from sigdesk.classifiers.model_script import classify, load
    from sigdesk.signals import open_recordings

    data = write_ts(tmp_path / "bench.ts", {"slow": 10, "quick": 10})
    run(data, method=MethodName.ROCKET)

    model = load(models / "bench")
    recordings = open_recordings(data)
    answers = classify(model, np.stack([recording.read() for recording in recordings]), {})

    assert [answer["label"] for answer in answers] == [recording.label for recording in recordings]
    assert all(0.5 < answer["confidence"] < 1.0 for answer in answers)
    longer = classify(model, np.zeros((1, 1, 5000)), {})
    assert set(longer[0]["probabilities"]) == {"slow", "quick"}


@needs_rocket
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("classes", [2, 3])
def test_a_rocket_in_onnx_form_answers_as_the_estimator(channels: int, classes: int) -> None:
    from sigdesk.classifiers.confidence import logits_of_decision, softmax
    from sigdesk.classifiers.onnx_model import OnnxModel
    from sigdesk.classifiers.training.methods import rocket
    from sigdesk.classifiers.training.onnx_form import onnx_form

    generator = np.random.default_rng(0)
    labels = np.array([f"class {place % classes}" for place in range(30)])
    phases = np.arange(90) * (1 + np.arange(30)[:, None, None] % classes) / 9
    signals = np.sin(phases) + generator.normal(scale=0.5, size=(30, channels, 90))
    examples = [
        Example(signal, str(label), "", Path(), "", 0, 90, None, ("",) * channels)
        for signal, label in zip(signals, labels, strict=True)
    ]
    method = rocket(0, examples)
    rows = method.shape(examples)
    estimator = method.make().fit(rows, labels)

    data = onnx_form(estimator, rows, tuple(np.unique(labels)), 0.5)

    assert data is not None
    fresh = (rows + generator.normal(scale=0.3, size=rows.shape)).astype(np.float32)
    found = OnnxModel(data, "it", tuple(np.unique(labels)), 0.5).probabilities(fresh)
    expected = softmax(logits_of_decision(estimator.decision_function(fresh)), 0.5)
    assert found is not None
    np.testing.assert_allclose(found, expected, atol=5e-3)


def test_a_forest_says_what_it_looked_at(tmp_path: Path, models: Path, run: Train) -> None:
    from sigdesk.classifiers.model_script import classify, load

    run(write_ts(tmp_path / "bench.ts", {"slow": 10, "quick": 10}))

    report = orjson.loads((models / "bench" / "report.json").read_bytes())
    assert [entry["share"] for entry in report["importances"]] == sorted(
        (entry["share"] for entry in report["importances"]), reverse=True
    )
    assert {"feature", "channel", "start", "stop", "share"} == set(report["importances"][0])
    assert np.array(report["looked_at"]).shape == (1, 10)
    assert np.sum(report["looked_at"]) == pytest.approx(1.0, abs=0.01)
    model, windows = load(models / "bench"), np.sin(np.arange(200) / 5)[None, None]
    assert read_classifier(models / "bench").manifest.params == {"explain": False}
    assert "looked_at" not in classify(model, windows, {"explain": False})[0]
    assert len(classify(model, windows, {"explain": True})[0]["looked_at"]) == 10
