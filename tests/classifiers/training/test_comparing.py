"""The version in use beside a new one, on the same signals: the basic-motions model that ships plays it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import orjson
import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from sigdesk.app.model_report import read_report
from sigdesk.classifiers.comparison import Comparison, comparison_from
from sigdesk.classifiers.manifest_parser import MANIFEST_NAME
from sigdesk.classifiers.model_script import classify, load
from sigdesk.classifiers.scores import score
from sigdesk.classifiers.training.comparing import TRAINED_ON, compare, prints
from sigdesk.classifiers.training.examples import Example
from sigdesk.classifiers.training.findings import Evaluated
from sigdesk.places import shipped_folder

CLASSES = ("Badminton", "Running", "Standing", "Walking")


@pytest.fixture
def present(tmp_path: Path) -> Path:
    folder = tmp_path / "basic-motions"
    shutil.copytree(shipped_folder("models") / "basic-motions", folder)
    return folder


@pytest.fixture
def examples(present: Path) -> list[Example]:
    """Eight motions of noise, labelled as the version in use names them, but for the last one."""
    noise = np.random.default_rng(0).normal(size=(8, 6, 100)) * np.arange(1, 9)[:, None, None]
    said = [str(one["label"]) for one in classify(load(present), noise, {})]
    said[-1] = next(name for name in CLASSES if name != said[-1])
    return [
        Example(samples, label, f"run{place}", Path(f"/bench/run{place}.csv"), "", 0, 100, 10.0, ("",) * 6)
        for place, (samples, label) in enumerate(zip(noise, said, strict=True))
    ]


def evaluated(examples: list[Example], answers: list[str]) -> Evaluated:
    truth = [one.label for one in examples]
    return Evaluated(examples, np.array(answers), score(truth, answers, CLASSES), "held out", np.zeros((8, 4)))


def compared(folder: Path, examples: list[Example], answers: list[str] | None = None) -> Comparison:
    found = compare(folder, evaluated(examples, answers or [one.label for one in examples]), CLASSES)
    assert found is not None
    assert comparison_from(to_builtins(found)) == found, "a report brings it back"
    return found


def test_both_answer_the_same_signals(present: Path, examples: list[Example]) -> None:
    answers = [one.label for one in examples]
    answers[0] = next(name for name in CLASSES if name != answers[0])

    found = compared(present, examples, answers)

    assert found.present is not None
    assert found.new is not None
    assert (found.present.accuracy, found.new.accuracy) == (0.875, 0.875)
    assert (found.only_new, found.only_present, found.signals) == (1, 1, 8)
    assert found.headline == "On the same 8 signals version 1.0.0 gets 87.5% right."
    assert found.sentences()[0].startswith("Nobody noted what version 1.0.0 was trained on.")


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (0, "Neither version was trained on any of them."),
        (
            8,
            "Version 1.0.0 has learnt from all of them, or from stretches beside them in the same signals, so its "
            "figure is too good.",
        ),
    ],
)
def test_what_the_version_in_use_has_seen_is_said(present: Path, examples: list[Example], seen: int, said: str) -> None:
    (present / "report.json").write_bytes(orjson.dumps({TRAINED_ON: prints(examples[:seen])}))

    found = compared(present, examples)

    assert (found.seen, found.unseen) == (seen, None)
    assert found.sentences() == (said,)


def test_what_neither_has_seen_is_compared_by_itself(present: Path, examples: list[Example]) -> None:
    moved = replace(examples[0], path=Path("/elsewhere/a.csv"))
    cut = replace(examples[1], samples=examples[1].samples[:, :50], stop=50)
    (present / "report.json").write_bytes(orjson.dumps({TRAINED_ON: prints([moved, cut])}))

    found = compared(present, examples)

    assert found.seen == 2, "a file that was moved, and a label with other ends, are known again"
    assert found.unseen is not None
    assert (found.unseen.signals, found.unseen.new) == (6, 1.0)
    assert found.sentences()[1] == "On the other 6: 100.0% now, 83.3% before."


def test_a_class_that_the_version_in_use_does_not_know_counts_as_wrong(present: Path, examples: list[Example]) -> None:
    others = [replace(examples[0], label="Rowing"), *examples[1:]]
    answers = [one.label for one in others]
    found = compare(
        present,
        Evaluated(
            others, np.array(answers), score(answers, answers, (*CLASSES, "Rowing")), "held out", np.zeros((8, 5))
        ),
        (*CLASSES, "Rowing"),
    )

    assert found is not None
    assert found.only_new == 2
    assert found.sentences()[-1] == "Version 1.0.0 does not know Rowing: such signals count as wrong."


def test_what_cannot_be_compared_says_why(present: Path, examples: list[Example], tmp_path: Path) -> None:
    one_channel = [replace(one, samples=one.samples[:1]) for one in examples]
    other_rate = [replace(one, rate_hz=50.0) for one in examples]

    assert "It wants 6 channels, and these signals have 1." in compared(present, one_channel).headline
    assert "It wants 10 Hz, and these signals have 50 Hz." in compared(present, other_rate).headline
    script = (present / MANIFEST_NAME).read_text().replace("[run]\n", '[run]\nscript = "classify.py"\n')
    (present / MANIFEST_NAME).write_text(script)
    assert "run by a script of its own. Compare them by a shadow run." in compared(present, examples).headline
    assert compare(tmp_path / "new", evaluated(examples, ["Standing"] * 8), CLASSES) is None


def test_a_report_brings_the_comparison_to_the_window(present: Path, examples: list[Example]) -> None:
    found = compared(present, examples)
    (present / "report.json").write_bytes(orjson.dumps({"comparison": found}, to_builtins))

    assert read_report(present).comparison == found
