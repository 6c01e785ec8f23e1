"""JSON: the signal of a job file, read as scripts get it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sigdesk.errors import RecordingError
from sigdesk.signals import Channel, Shelf, open_recordings

SIGNAL: dict[str, Any] = {
    "name": "run-17.csv",
    "sample_rate": 1000.0,
    "start": 0.0,
    "channels": [{"name": "current", "unit": "A"}, {"name": "voltage", "unit": "V"}],
    "samples": [[0.12, None, 0.5], [230, 231.5, -1e3]],
}


def saved(folder: Path, document: Any) -> Path:
    path = folder / "job.json"
    path.write_text(json.dumps(document))
    return path


def refused(path: Path) -> RecordingError:
    with pytest.raises(RecordingError) as caught:
        open_recordings(path)
    assert caught.value.what.startswith("job.json ")
    assert caught.value.way_out
    return caught.value


@pytest.mark.parametrize(
    "document",
    [SIGNAL, {"protocol": 1, "job": "01J9", "signal": SIGNAL}, {"protocol": 1, "jobs": [{"signal": SIGNAL}]}],
)
def test_the_signal_object_is_read_wherever_it_stands(tmp_path: Path, document: Any) -> None:
    (recording,) = open_recordings(saved(tmp_path, document))
    assert recording.name == "run-17.csv"
    assert recording.channels == (Channel("current", "A"), Channel("voltage", "V"))
    assert recording.time_base.rate_hz == 1000
    assert recording.format_name == "JSON"
    np.testing.assert_array_equal(recording.read(), [[0.12, np.nan, 0.5], [230, 231.5, -1e3]])


def test_a_batch_gives_each_of_its_signals(tmp_path: Path) -> None:
    jobs = [{"job": str(i), "signal": {"samples": [[i, i + 1]], "label": "fan"}} for i in range(11)]
    recordings = open_recordings(saved(tmp_path, {"protocol": 1, "jobs": jobs}))
    assert [each.name for each in recordings][::10] == ["job 01", "job 11"]
    assert [each.item for each in recordings][::10] == ["1", "11"]
    assert recordings[10].read().tolist() == [[10, 11]]
    assert recordings[3].label == "fan"


def test_samples_alone_are_enough(tmp_path: Path) -> None:
    (recording,) = open_recordings(saved(tmp_path, {"samples": [1, 2.5, None]}))
    assert recording.name == "job.json"
    assert recording.channels == (Channel("Channel 1"),)
    assert recording.time_base.unit == ""
    np.testing.assert_array_equal(recording.read(1), [[2.5, np.nan]])


def test_samples_that_left_the_shelf_are_read_again(tmp_path: Path) -> None:
    jobs = [{"signal": {"samples": [[i, i + 1]]}} for i in range(3)]
    recordings = open_recordings(saved(tmp_path, {"jobs": jobs}), Shelf(budget_bytes=16))
    assert [each.read().tolist() for each in recordings] == [[[0, 1]], [[1, 2]], [[2, 3]]]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({}, "no signal"),
        ([1, 2], "no signal"),
        ({"signal": {"name": "x"}}, "no signal"),
        ({"jobs": [{"signal": SIGNAL}, {}]}, "no signal in jobs[1]"),
        ({"samples": []}, "no list of channels"),
        ({"samples": "1,2"}, "no list of channels"),
        ({"samples": [[]]}, "no samples in samples[0]"),
        ({"samples": [[1, 2], [3]]}, "has 1 samples in samples[1], but 2"),
        ({"samples": [[1, 2], 3]}, "no list in samples[1]"),
        ({"samples": [[1, "2"]]}, "'2' in samples[0][1]"),
        ({"samples": [[1, True]]}, "True in samples[0][1]"),
        ({"samples": [[[1, 2], [3, 4]]]}, "a list in samples[0][0]"),
        (
            {"jobs": [{"signal": SIGNAL}, {"signal": {"samples": [[1, {}]]}}]},
            "an object in jobs[1].signal.samples[0][1]",
        ),
        ({"samples": [[1, 2]], "sample_rate": 0}, "0 as sample_rate"),
        ({"samples": [[1, 2]], "sample_rate": "fast"}, "'fast' as sample_rate"),
        ({"samples": [[1, 2]], "channels": []}, "1 rows of samples"),
        ({"samples_file": {"path": "x.npy"}}, "samples_file points to another file"),
    ],
)
def test_what_is_no_signal_is_refused_by_its_place(tmp_path: Path, document: Any, words: str) -> None:
    assert words in refused(saved(tmp_path, document)).what


def test_broken_json_names_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "job.json"
    path.write_text('{"samples":\n [[1, NaN]]}')
    assert "at line 2, column" in refused(path).what
    path.write_bytes(b'{"samples": [[1, 2\xff]]}')
    refused(path)


@pytest.mark.parametrize("opening", ["[", '{"samples":[', '{"signal":', '{"jobs":['])
def test_fault_34_deep_nesting_is_refused(tmp_path: Path, opening: str) -> None:
    path = tmp_path / "job.json"
    path.write_text('{"samples":' + opening * 200_000)
    refused(path)
    closing = {"[": "]", '{"samples":[': "]}", '{"signal":': "}", '{"jobs":[': "]}"}[opening]
    path.write_text(opening * 400 + "1" + closing * 400)
    refused(path)
