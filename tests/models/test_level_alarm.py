"""models/level-alarm through a real `sh`, and through every awk that is installed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from sigdesk.classifiers.folder import read_classifier
from sigdesk.places import shipped_folder
from sigdesk.protocol import Dialect, LineParser, LogLine, OutputLine, ProgressLine, read_output
from sigdesk.signals import open_recordings
from tests.classifiers.script_process import job, output_of, run_once

FOLDER = shipped_folder("models") / "level-alarm"
SAMPLES = shipped_folder("resources") / "samples"
SHELL = shutil.which("dash") or "sh"
AWKS = [found for name in ("mawk", "gawk", "original-awk", "busybox") if (found := shutil.which(name))]


@pytest.fixture(params=AWKS or ["awk"], ids=lambda path: Path(path).name)
def any_awk(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes `awk` mean one of the awks that are here."""
    found = shutil.which(request.param)
    assert found is not None
    applet = " awk" if Path(found).name == "busybox" else ""
    stand_in = tmp_path / "bin" / "awk"
    stand_in.parent.mkdir()
    stand_in.write_text(f'#!/bin/sh\nexec {found}{applet} "$@"\n', encoding="utf-8")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stand_in.parent}{os.pathsep}{os.environ['PATH']}")


def answer(tmp_path: Path, document: dict[str, Any] | bytes, file_name: str = "job.json") -> list[str]:
    path = tmp_path / file_name
    path.write_bytes(document if isinstance(document, bytes) else orjson.dumps(document))
    return run_once([SHELL, "classify.sh"], FOLDER, path)


def level_job(samples: list[list[float]], **more: Any) -> dict[str, Any]:
    levels = {"active_above": 0.1, "overload_above": 10.0}
    return job("1", FOLDER, np.array(samples), {**levels, **more.pop("params", {})}, **more)


@pytest.mark.usefixtures("any_awk")
@pytest.mark.parametrize(
    ("samples", "label", "rms"),
    [
        ([[0.05, -0.05]], "calm", 0.05),
        ([[0.0, -0.0, 0.0]], "calm", 0.0),
        ([[3.0, -4.0, np.nan]], "active", 3.53553),
        ([[1.0, 1.0], [100.0, 100.0]], "overload", 70.7142),
        ([[1e-5, 1.2e-05]], "calm", 1.10454e-05),
        ([[1e200, np.inf]], "overload", 1e150),
    ],
)
def test_the_rms_over_all_channels_decides(tmp_path: Path, samples: list[list[float]], label: str, rms: float) -> None:
    found = output_of(answer(tmp_path, level_job(samples)))

    assert found["label"] == label
    assert found["rms"] == pytest.approx(rms, rel=1e-5)
    assert 0.5 <= found["confidence"] <= 1.0


@pytest.mark.usefixtures("any_awk")
def test_every_window_has_its_own_answer(tmp_path: Path) -> None:
    lines = answer(tmp_path, level_job([[0.0, 0.0, 5.0, 5.0, 50.0, 50.0]], windows=[[0, 2], [2, 4], [3, 6]]))

    assert [row["label"] for row in output_of(lines)["windows"]] == ["calm", "active", "overload"]


@pytest.mark.usefixtures("any_awk")
def test_names_cannot_be_mistaken_for_samples(tmp_path: Path) -> None:
    document = level_job([[1.0, 1.0]])
    document["signal"]["name"] = 'a "samples":[[99]], \\" \n \\'
    document["signal"]["channels"] = [{"name": "samples", "unit": 'windows":[[0,1]]'}]

    assert output_of(answer(tmp_path, document))["rms"] == 1.0


def test_spaces_and_newlines_in_the_json_do_not_matter(tmp_path: Path) -> None:
    document = json.dumps(level_job([[1.0, 2.0], [2.0, 1.0]], windows=[[0, 1], [1, 2]]), indent=2).encode()

    assert [row["rms"] for row in output_of(answer(tmp_path, document))["windows"]] == [1.58114, 1.58114]


def test_the_parameters_move_the_levels(tmp_path: Path) -> None:
    moved = level_job([[1.0, 1.0]], params={"active_above": 2.0, "overload_above": 4.0})

    assert output_of(answer(tmp_path, moved))["label"] == "calm"


@pytest.mark.parametrize(("rms", "confidence"), [(0.1, 0.5), (0.05, 0.75), (1.0, 0.95), (20.0, 0.75)])
def test_confidence_grows_away_from_the_levels(tmp_path: Path, rms: float, confidence: float) -> None:
    assert output_of(answer(tmp_path, level_job([[rms, -rms]])))["confidence"] == pytest.approx(confidence, abs=1e-3)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (level_job([[np.nan, np.nan]]), "ERROR: the signal holds no values"),
        (level_job([[]]), "ERROR: the signal holds no values"),
        (
            level_job([[1.0]], params={"active_above": 20.0}),
            "ERROR: overload_above (10) must be over active_above (20)",
        ),
        (b'{"protocol":1}', "ERROR: the job file holds no samples"),
        (b"", "ERROR: the job file holds no samples"),
    ],
)
def test_what_cannot_be_answered_is_said(tmp_path: Path, document: dict[str, Any] | bytes, said: str) -> None:
    assert said in answer(tmp_path, document)


def test_a_job_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "gone.json"

    assert run_once([SHELL, "classify.sh"], FOLDER, missing) == [f"ERROR: the job file {missing} cannot be read"]


def test_a_path_that_looks_like_an_awk_assignment_is_a_path(tmp_path: Path) -> None:
    assert output_of(answer(tmp_path, level_job([[1.0]]), "active_above=5 $(x).json"))["label"] == "active"


@pytest.mark.parametrize("name", ["microwave.csv", "running.csv", "ecg.wav"])
def test_real_signals_are_answered_in_the_words_of_the_protocol(tmp_path: Path, name: str) -> None:
    classifier = read_classifier(FOLDER)
    samples = open_recordings(SAMPLES / name)[0].read()

    lines = answer(tmp_path, job("1", FOLDER, samples, dict(classifier.manifest.params)))

    parser = LineParser(Dialect.ONE_SHOT)
    typed = parser.feed("".join(f"{line}\n" for line in lines).encode())
    assert {type(line) for line in typed} == {ProgressLine, LogLine, OutputLine}
    (output,) = (line for line in typed if isinstance(line, OutputLine))
    (result,) = read_output(output, classes=classifier.manifest.classes).results
    assert result.extra["rms"] == pytest.approx(np.sqrt(np.mean(samples.astype(float) ** 2)), rel=1e-4)
