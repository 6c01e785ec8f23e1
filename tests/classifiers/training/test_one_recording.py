"""One long recording with an operator's labels, from its file to a model folder; then once more, beside the first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from sigdesk.app.class_outlines import read_outlines
from sigdesk.app.model_report import read_report
from sigdesk.classifiers.folder import card_text, read_classifier
from sigdesk.classifiers.training.plan import MethodName, Plan, Source
from sigdesk.classifiers.training.stretches import stretch_sources
from sigdesk.classifiers.training.telling import Teller
from sigdesk.classifiers.training.train import train
from sigdesk.classifiers.versions import promote
from sigdesk.errors import ModelError
from sigdesk.labels.label import Label
from sigdesk.signals import open_recordings
from tests.classifiers.training.labelled_files import signal

TREES = 5  # what is told apart here takes no forest of three hundred
NOTE = "run.csv is the only recording with quick, slow. It was split by time into 5 blocks, at least 1 s apart"


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A minute at 100 Hz: two seconds of each kind in turn."""
    generator = np.random.default_rng(0)
    values = np.concatenate([signal("slow" if place % 2 else "quick", generator) for place in range(30)])
    rows = [f"{place / 100:.2f},{value:.5f}" for place, value in enumerate(values)]
    path = tmp_path / "run.csv"
    path.write_text("time (s),level (V)\n" + "\n".join(rows) + "\n")
    return path


def labelled(path: Path, count: int = 30) -> tuple[Source, ...]:
    (found,) = open_recordings(path)
    kinds = [(place, "slow" if place % 2 else "quick") for place in range(count)]
    return tuple(stretch_sources(found, [Label(2 * place + 0.5, 2 * place + 1.5, kind) for place, kind in kinds]))


def test_it_is_judged_by_blocks_of_time_and_says_so(tmp_path: Path, recording: Path) -> None:
    lines: list[tuple[str, str]] = []
    plan = Plan("bench", labelled(recording), tmp_path / "models", method=MethodName.FOREST, trees=TREES)

    told = run(plan, lines)

    model = read_classifier(tmp_path / "models" / "bench")
    assert told["judged_on"] == "cross-validation by time"
    assert model.manifest.evaluation is not None
    assert model.manifest.evaluation.method == "cross-validation by time"
    assert any(level == "WARNING" and NOTE in text for text, level in lines)
    assert [text for text, _ in lines if "held out" in text or "hold" in text] == [
        "Blocks of one recording are too few to hold some out: the model is judged by cross-validation alone"
    ]
    assert NOTE in card_text(model)
    assert any(NOTE in note for note in orjson.loads((model.folder / "report.json").read_bytes())["notes"])
    assert model.manifest.training["signals"] == 30, "the delivered model learns from every label"
    assert read_report(model.folder).comparison is None, "there was nothing to compare with"
    outlines = read_outlines(model)
    assert list(outlines) == ["quick", "slow"]
    assert [one.signal for one in read_report(model.folder).tested[:2]] == [
        "run.csv, 0.50 − 1.50 s",
        "run.csv, 2.50 − 3.50 s",
    ]
    assert model.manifest.examples is not None
    assert dict(model.manifest.examples.signals) == {name: one.signal for name, one in outlines.items()}
    assert len(outlines["slow"].lows[0]) == len(outlines["slow"].highs[0]) == 96

    run(plan, lines)

    second = read_classifier(model.folder / "versions" / "1.1.0")
    comparison = read_report(second.folder).comparison
    assert comparison is not None
    assert (comparison.version, comparison.judged_on) == ("1.0.0", "cross-validation by time")
    assert comparison.seen == comparison.signals == told["signals"]
    assert "Version 1.0.0 has learnt from all of them, or from stretches beside them" in card_text(second)
    assert any(text == comparison.headline for text, _ in lines)
    promoted = promote(model.folder, "1.1.0")
    assert {path.name for path in model.folder.glob("examples*")} == {"examples-1.1.0.json"}
    assert list(read_outlines(promoted)) == ["quick", "slow"]


def run(plan: Plan, lines: list[tuple[str, str]]) -> dict[str, Any]:
    return train(plan, Teller(lambda text, level: lines.append((text, level)), lambda _: None))


def test_too_little_of_it_is_refused_in_words(tmp_path: Path, recording: Path) -> None:
    plan = Plan("bench", labelled(recording, 3), tmp_path / "models", method=MethodName.FOREST)

    with pytest.raises(ModelError, match="Too few signals are labelled 'slow'"):
        run(plan, [])

    assert not (tmp_path / "models").exists()


def test_outlines_that_are_damaged_are_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "bench"
    folder.mkdir()
    (folder / "model.toml").write_text(
        '[model]\nname = "bench"\nversion = "1"\n[run]\nscript = "a.py"\n[output]\nclasses = ["a", "b"]\n'
        '[examples]\nfile = "examples.json"\nsignals = { a = "run 1" }\n'
    )
    model = read_classifier(folder)
    assert not read_outlines(model)
    for damaged in (b"{", b"[]", b'{"a": {"signal": "run 1"}}', b'{"a": {"lows": [[1]], "highs": [[]]}}'):
        (folder / "examples.json").write_bytes(damaged)
        assert not read_outlines(model)
