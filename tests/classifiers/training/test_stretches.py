"""An operator's labels become training data: stretches of a signal, each with its class."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sigdesk.classifiers.training.examples import read_examples
from sigdesk.classifiers.training.plan import Source
from sigdesk.classifiers.training.stretches import stretch_sources
from sigdesk.errors import RecordingError
from sigdesk.labels.label import Author, Label
from sigdesk.signals import open_recordings
from tests.classifiers.training.labelled_files import write_folders, write_ts


@pytest.fixture
def signal_file(tmp_path: Path) -> Path:
    """200 samples at 100 Hz."""
    return next(write_folders(tmp_path / "bench", {"slow": 1}).rglob("*.csv"))


def test_times_become_samples_and_what_a_model_said_is_left_out(signal_file: Path) -> None:
    (recording,) = open_recordings(signal_file)

    sources = stretch_sources(
        recording,
        [
            Label(0.25, 0.75, "calm"),
            Label(0.0, 1.0, "loud", author=Author.MODEL, confidence=0.9, model="bench"),
            Label(0.5, 0.5, "click"),
            Label(1.5, 9.0, "loud"),
            Label(5.0, 9.0, "loud"),
        ],
    )

    assert sources == [Source(signal_file, "calm", "", 25, 75), Source(signal_file, "loud", "", 150, 200)]


def test_stretches_are_read_as_they_are_labelled(tmp_path: Path) -> None:
    path = write_ts(tmp_path / "two.ts", {"slow": 1, "quick": 1})
    recordings = open_recordings(path)
    sources = [
        Source(path, "late", recordings[1].item, 150),
        Source(path, "early", recordings[1].item, 0, 50),
        Source(path, "other", recordings[0].item, 10, 20),
    ]

    examples = read_examples(sources, pytest.fail)

    assert [(one.label, one.start, one.stop) for one in examples] == [
        ("late", 150, 200), ("early", 0, 50), ("other", 10, 20),
    ]  # fmt: skip
    np.testing.assert_array_equal(examples[0].samples, recordings[1].read(150, 200))
    assert examples[0].signal == examples[1].signal != examples[2].signal


@pytest.mark.parametrize(("item", "stop"), [("9", 50), ("", 500)])
def test_a_label_on_what_is_not_there_any_more_is_refused(signal_file: Path, item: str, stop: int) -> None:
    with pytest.raises(RecordingError, match=r"any more\. Open the file again"):
        read_examples([Source(signal_file, "calm", item, 0, stop)], pytest.fail)
