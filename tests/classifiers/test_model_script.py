"""SigDesk's own script for model files, as a process and as what its two functions promise."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sklearn
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier

from sigdesk.classifiers.features import statistics_spectrum
from sigdesk.classifiers.model_file import dump_skops
from sigdesk.classifiers.model_script import classify, load
from sigdesk.script import Refusal
from tests.classifiers.model_folders import write_folder
from tests.classifiers.script_process import MODEL_SCRIPT, WarmProcess, job, output_of, run_once

MANIFEST = """\
[model]
name = "{name}"
version = "1"
title = "Tones"
[output]
classes = ["noise", "tone"]
[file]
name = "model.skops"
sha256 = "{sha256}"
[training]
"""
FEATURES = 'features = "statistics-spectrum-1"\n'
RNG = np.random.default_rng(11)
NOISE = RNG.normal(size=(30, 1, 120))
TONES = np.sin(np.arange(120) * RNG.uniform(0.3, 1.5, (30, 1, 1))) + RNG.normal(0, 0.1, (30, 1, 120))
WINDOWS = np.concatenate([NOISE, TONES])
LABELS = ["noise"] * 30 + ["tone"] * 30


def trained(model: Any, *, raw: bool = False) -> bytes:
    features = WINDOWS.reshape(len(WINDOWS), -1) if raw else statistics_spectrum(WINDOWS)
    return dump_skops(model.fit(features, LABELS))


def refusal_of(folder: Path) -> str:
    with pytest.raises(Refusal) as caught:
        load(folder)
    return str(caught.value)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = trained(ExtraTreesClassifier(20, random_state=1))
    return write_folder(tmp_path_factory.mktemp("models"), "tones", MANIFEST + FEATURES, model_skops=data)


@pytest.fixture(scope="module")
def warm(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmProcess]:
    process = WarmProcess(folder, tmp_path_factory.mktemp("jobs"))
    yield process
    assert process.close() == 0


def test_one_shot_it_answers_the_job_file_with_probabilities(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "job.json"
    path.write_text(json.dumps(job("1", folder, TONES[0])), encoding="utf-8")

    answer = output_of(run_once(MODEL_SCRIPT, folder, path))

    assert answer["label"] == "tone"
    assert answer["confidence"] == answer["probabilities"]["tone"] > 0.5
    assert set(answer["probabilities"]) == {"noise", "tone"}


def test_warm_it_is_ready_without_a_word_and_answers_every_job_of_a_batch(warm: WarmProcess, folder: Path) -> None:
    jobs = [job(f"job-{index}", folder, WINDOWS[index, :, : 120 - index % 7]) for index in range(60)]

    answers = warm.run(jobs)

    assert warm.first_lines == ["READY"]
    assert list(answers) != []
    right = [output_of(answers[f"job-{index}"])["label"] == LABELS[index] for index in range(60)]
    assert np.mean(right) > 0.95


def test_warm_it_answers_each_window(warm: WarmProcess, folder: Path) -> None:
    long = np.concatenate([NOISE[1], TONES[1]], axis=1)

    answers = warm.run([job("w", folder, long, windows=[[0, 120], [120, 240]])])

    assert [row["label"] for row in output_of(answers["w"])["windows"]] == ["noise", "tone"]


def test_warm_gaps_and_one_sample_are_no_reason_to_fail(warm: WarmProcess, folder: Path) -> None:
    gappy = TONES[2].copy()
    gappy[0, 40:44] = np.nan

    answers = warm.run([job("gaps", folder, gappy), job("short", folder, TONES[2][:, :1])])

    assert output_of(answers["gaps"])["label"] == "tone"
    assert output_of(answers["short"])["label"] in ("noise", "tone")


def test_warm_a_signal_of_the_wrong_shape_fails_alone_naming_both_numbers(warm: WarmProcess, folder: Path) -> None:
    answers = warm.run([job("two", folder, np.concatenate([NOISE[0], NOISE[1]])), job("one", folder, NOISE[0])])

    assert answers["two"] == ["ERROR: Tones was trained on 115 values, but this signal gives 230."]
    assert output_of(answers["one"])["label"] == "noise"


def test_a_changed_file_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    broken = write_folder(tmp_path, "tones", MANIFEST + FEATURES, model_skops=b"as it was")
    (broken / "model.skops").write_bytes(b"as it is now")

    process = WarmProcess(broken, tmp_path)

    assert process.close() == 1
    (line,) = process.first_lines
    assert line.startswith("ERROR: model.skops is not the file that the manifest names")


def test_fault_43_another_version_of_scikit_learn_is_told_in_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = MANIFEST + FEATURES + '[training.libraries]\nscikit-learn = "0.20"\n'

    load(write_folder(tmp_path, "tones", manifest, model_skops=trained(ExtraTreesClassifier(3))))

    assert (
        f"LOG: WARNING This model was trained with scikit-learn 0.20; {sklearn.__version__} runs it. "
        "Its results may differ from its evaluation.\n"
    ) in capsys.readouterr().out


def test_fault_40_a_pickle_is_refused(tmp_path: Path) -> None:
    manifest = MANIFEST.replace("model.skops", "model.pkl")

    assert refusal_of(write_folder(tmp_path, "tones", manifest, model_pkl=b"x")) == (
        "model.pkl is a pickle, which can run anything when it is loaded, and nobody has trusted it. "
        "Trust this very file, or ask its author for a skops or ONNX file."
    )


def test_fault_42_the_bytes_that_were_hashed_are_the_bytes_that_are_loaded(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[Path] = []
    read_bytes = Path.read_bytes

    def counted(path: Path) -> bytes:
        reads.append(path)
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", counted)
    load(folder)

    assert reads == [folder / "model.skops"]


def test_classes_that_the_manifest_does_not_name_are_refused(tmp_path: Path) -> None:
    manifest = (MANIFEST + FEATURES).replace('"tone"]', '"hum"]')

    said = refusal_of(write_folder(tmp_path, "tones", manifest, model_skops=trained(ExtraTreesClassifier(3))))

    assert "does not name: tone" in said


def test_an_unknown_recipe_is_refused_naming_those_that_are_known(tmp_path: Path) -> None:
    manifest = MANIFEST + 'features = "wavelets-9"\n'

    said = refusal_of(write_folder(tmp_path, "tones", manifest, model_skops=trained(ExtraTreesClassifier(3))))

    assert "wavelets-9" in said
    assert "statistics-spectrum-1" in said


def test_mistakes_in_the_manifest_are_said(tmp_path: Path) -> None:
    assert "Line 3" in refusal_of(write_folder(tmp_path, "tones", MANIFEST.replace('"1"', "1"), model_skops=b"x"))


def test_something_else_than_a_classifier_is_refused(tmp_path: Path) -> None:
    said = refusal_of(write_folder(tmp_path, "tones", MANIFEST, model_skops=dump_skops({"a": 1})))

    assert "holds a dict" in said


def test_a_model_without_a_recipe_gets_the_samples_themselves(tmp_path: Path) -> None:
    data = trained(LogisticRegression(max_iter=1000), raw=True)
    model = load(write_folder(tmp_path, "tones", MANIFEST, model_skops=data))

    answers = classify(model, WINDOWS, {})

    assert {answer["label"] for answer in answers} == {"noise", "tone"}
    with pytest.raises(Refusal, match="trained on 120 values, but this signal gives 60"):
        classify(model, WINDOWS[:, :, :60], {})


def test_a_model_without_probabilities_gives_labels(tmp_path: Path) -> None:
    model = load(write_folder(tmp_path, "tones", MANIFEST + FEATURES, model_skops=trained(RidgeClassifier())))

    assert classify(model, TONES[:1], {}) == [{"label": "tone"}]


@pytest.mark.parametrize("kind", [ExtraTreesClassifier, RandomForestClassifier])
def test_the_short_way_through_a_forest_gives_scikit_learns_own_numbers(tmp_path: Path, kind: Any) -> None:
    forest = kind(20, random_state=2, max_depth=3, class_weight="balanced")
    model = load(write_folder(tmp_path, "tones", MANIFEST + FEATURES, model_skops=trained(forest)))

    answers = classify(model, WINDOWS, {})

    found = [[answer["probabilities"][name] for name in ("noise", "tone")] for answer in answers]
    np.testing.assert_allclose(found, forest.predict_proba(statistics_spectrum(WINDOWS)), atol=1e-12)


def test_an_onnx_model_without_onnxruntime_is_refused_naming_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    manifest = MANIFEST.replace("model.skops", "model.onnx")

    said = refusal_of(write_folder(tmp_path, "tones", manifest, model_onnx=b"x"))

    assert "onnxruntime" in said
    assert "skops" in said
