"""A signal of another rate reaches a model at the model's own rate, where its manifest allows that."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sigdesk.classifiers.fit import refusal
from sigdesk.classifiers.folder import read_classifier
from sigdesk.pool.jobs import JobRequest
from tests.classifiers.model_folders import write_folder
from tests.factories import MakeRecording, Watch

MANIFEST = """\
[model]
name = "{name}"
version = "1"
[run]
script = "classify.py"
samples = "json"
[input]
sample_rate = 100.0
resample = true
[output]
classes = ["seen"]
"""
SCRIPT = b"""
import json, sys
job = json.load(open(sys.argv[-1]))
signal = job["signal"]
one = {"label": "seen", "rate": signal["sample_rate"], "start": signal["start"], "samples": len(signal["samples"][0])}
windows = job.get("windows")
print("OUTPUT:", json.dumps({"windows": [{**one, "window": window} for window in windows]} if windows else one))
"""


@pytest.mark.parametrize("rate_hz", [400.0, 50.0])
def test_the_script_gets_the_rate_that_it_wants(
    watch: Watch, tmp_path: Path, recording: MakeRecording, rate_hz: float
) -> None:
    model = read_classifier(write_folder(tmp_path / "models", "rated", MANIFEST, classify_py=SCRIPT))
    signal = recording(np.sin(np.arange(round(6 * rate_hz)) / rate_hz), rate_hz=rate_hz)
    second = round(rate_hz)
    assert refusal(model, signal, 0, signal.length, None) is None

    whole, parts = watch.run(
        JobRequest(model, signal, 2 * second, 5 * second),
        JobRequest(model, signal, 0, 4 * second, windows=((0, second), (2 * second, 4 * second))),
    )

    for job, windows in ((whole, [None]), (parts, [[0, 100], [200, 400]])):
        assert job.outcome is not None
        assert job.outcome.output is not None, job.outcome
        seen = [result.extra for result in job.outcome.output.results]
        assert [one.get("window") for one in seen] == windows
        assert {one["rate"] for one in seen} == {100.0}
    assert whole.outcome is not None
    assert whole.outcome.output is not None
    extra = whole.outcome.output.results[0].extra
    assert (extra["start"], extra["samples"]) == (2.0, 300)
