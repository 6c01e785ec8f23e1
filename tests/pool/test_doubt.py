"""Jobs that run alone, in a process whose earlier deeds come to light just as it is handed one of them."""

from __future__ import annotations

import pytest

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode, SamplesForm
from sigdesk.pool.jobs import JobRequest, JobState
from sigdesk.protocol import FailureCode
from tests.factories import MakeModel, MakeRecording, Watch
from tests.pool.conftest import Trial

SCRIPT = """
import json, os, signal, sys
print("READY", flush=True)
for number, line in enumerate(sys.stdin):
    if number == 1:
        {deed}
    for job in json.load(open(line.removeprefix("RUN ").rstrip("\\n")))["jobs"]:
        print("JOB:", job["job"], flush=True)
        if job["params"]["do"] == "die":
            os.kill(os.getpid(), signal.SIGSEGV)
        print('OUTPUT: {{"label": "a"}}', flush=True)
    print("DONE: 1", flush=True)
"""


@pytest.mark.parametrize("deed", ["os._exit(3)", """print('OUTPUT: {"label": "b"}', flush=True)"""])
def test_what_a_rested_process_does_before_it_names_a_job_is_not_the_job_s_fault(
    watch: Watch, model_folder: MakeModel, recording: MakeRecording, deed: str
) -> None:
    script = SCRIPT.format(deed=deed)
    warm = model_folder(script, mode=RunMode.WARM, samples=SamplesForm.JSON, params={"do": ""})
    requests = [JobRequest(warm, recording(), params={"do": do}) for do in ("die", "", "", "", "")]
    guilty, *others = watch.run(*requests)
    Trial(guilty, watch).is_failed(
        FailureCode.POISON,
        "two processes of the model have died of it (SIGSEGV), so it is not tried again",
        "No label was written. Look at the signal, or show the script output to the model's author.",
    )
    assert [job.state for job in others] == [JobState.SUCCEEDED] * 4
    assert [Trial(job, watch).label for job in others] == ["a"] * 4


def test_a_job_for_which_the_script_names_nobody_is_not_tried_for_ever(
    watch: Watch, warm: Classifier, recording: MakeRecording
) -> None:
    (before,) = watch.run(JobRequest(warm, recording(), params={"do": ""}))
    (job,) = watch.run(JobRequest(warm, recording(), params={"do": "answer namelessly"}))
    assert before.state is JobState.SUCCEEDED
    Trial(job, watch).is_failed(FailureCode.BAD_OUTPUT, "the script answered without naming its job")
