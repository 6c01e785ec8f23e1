"""The details of a job say all that is known of it, in words, for jobs that wait, run and have ended."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from sigdesk.app.job_details import LINES_SHOWN, JobDetails, details_of
from sigdesk.app.outcomes import View
from sigdesk.app.rows import ClassMark, LogRow
from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import FileFormat, Manifest, ModelFile, Run
from sigdesk.pool.jobs import JobRequest, JobSnapshot, JobState, Origin, Outcome
from sigdesk.protocol import Level, Output, Result
from sigdesk.signals.recording import ArraySource, Channel, Recording, TimeBase

VIEW = View(lambda name: ClassMark(name, name.capitalize(), 0), 0.6)


def line(number: int) -> LogRow:
    return LogRow("10:00:00.000", "J7", 7, 1, Origin.LOG, Level.INFO, f"line {number}")


@pytest.fixture
def request_() -> JobRequest:
    file = ModelFile("pump.skops", FileFormat.SKOPS, "ab" * 32)
    model = Manifest(
        "pump", "1.2.0", ("good",), Run(script="run.py"), title="Pump condition", params={"gain": 2}, file=file
    )
    signal = Recording(
        path=Path("/data/pump-7.wav"),
        format_name="WAV",
        name="pump-7.wav",
        channels=(Channel("Current", "A"), Channel("Pressure", "bar")),
        time_base=TimeBase(rate_hz=100.0),
        length=500,
        source=ArraySource(np.zeros((2, 500))),
    )
    return JobRequest(
        Classifier(Path("/models/pump"), model),
        signal,
        start=100,
        stop=300,
        channels=(1,),
        windows=((0, 100), (100, 200)),
        params={"offset": 0.5},
        retry_of="J3",
    )


def value(details: JobDetails, section: str, name: str) -> str:
    (fields,) = (dict(each.fields) for each in details.sections if each.title == section)
    return fields[name]


def test_what_was_asked_for_stands_there_whole(request_: JobRequest) -> None:
    details = details_of(JobSnapshot("J7", 7, request_, JobState.QUEUED, 1000.0), [], VIEW)

    assert details.title == "Job 7 · pump-7.wav"
    assert value(details, "Signal", "File") == "/data/pump-7.wav"
    assert value(details, "Signal", "Stretch") == "A part, 1.00 − 3.00 s, 200 samples"
    assert value(details, "Signal", "Windows").startswith("2 of 1.00 s each")
    assert value(details, "Signal", "Channels") == "1 of 2: Pressure (bar)"
    assert value(details, "Model", "Name") == "Pump condition (pump)"
    assert value(details, "Model", "Folder") == "/models/pump"
    assert value(details, "Model", "Model file") == "pump.skops"
    assert value(details, "Model", "SHA-256") == "ab" * 32
    assert value(details, "Times", "Retry of") == "J3"
    assert (value(details, "Parameters", "gain"), value(details, "Parameters", "offset")) == ("2", "0.5")
    assert value(details, "Times", "Started") == value(details, "Times", "Ended") == "–"


def test_times_are_those_of_the_latest_attempt(request_: JobRequest) -> None:
    running = JobSnapshot("J7", 7, request_, JobState.RUNNING, 1000.0, progress=0.25, queued_s=2.0)
    assert value(details_of(running, [], VIEW), "Times", "Started").endswith(":42.000, after 2.0 s waiting")
    assert value(details_of(running, [], VIEW), "Outcome", "Progress") == "25%"

    ended = replace(
        running,
        state=JobState.SUCCEEDED,
        ended=1010.5,
        run_s=3.0,
        attempt=2,
        outcome=Outcome(JobState.SUCCEEDED, Output((Result("good", 0.914),), windowed=False), warnings=("careful",)),
    )
    details = details_of(ended, [], VIEW)
    assert value(details, "Times", "Started").endswith(":47.500, after 2.0 s waiting")
    assert value(details, "Times", "Ended").endswith(":50.500, after 3.0 s running")
    assert value(details, "Times", "Attempt") == "2"
    assert value(details, "Outcome", "Result") == "Good 91.4%"
    assert value(details, "Outcome", "Warning") == "careful"


def test_the_last_lines_are_kept_and_the_rest_is_counted(request_: JobRequest) -> None:
    said = "\n".join(f"err {number}" for number in range(LINES_SHOWN + 5))
    outcome = Outcome(JobState.CRASHED, code="SIGSEGV", what="Job 7 failed", exit_code=-11, stderr_tail=said)
    crashed = JobSnapshot("J7", 7, request_, JobState.CRASHED, 1000.0, ended=1001.0, outcome=outcome)

    details = details_of(crashed, map(line, range(LINES_SHOWN + 3)), VIEW)

    assert (details.stderr[0], details.stderr[-1]) == ("err 5", f"err {LINES_SHOWN + 4}")
    assert (details.left_out, details.log[0]) == (3, "10:00:00.000  LOG    line 3")
    assert value(details, "Outcome", "Exit code") == "-11"
    assert details.text.splitlines()[0] == "Job 7 · pump-7.wav"
    assert "  Code: SIGSEGV" in details.text
    assert f"  err {LINES_SHOWN + 4}" in details.text
