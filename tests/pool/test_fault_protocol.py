"""Faults 1 to 16: what scripts say wrong, or too much of, through the real pool."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest
from msgspec.structs import replace

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode
from sigdesk.pool.jobs import JobRequest, JobSnapshot, JobState, Origin
from sigdesk.protocol import FailureCode, Level
from tests.factories import MakeRecording, Watch
from tests.pool.conftest import SHOW_AUTHOR, Faulty, Trial, Try, processes_of


def test_a_good_script_succeeds(attempt: Try) -> None:
    trial = attempt("good.sh")
    assert trial.job.state is JobState.SUCCEEDED
    assert trial.outcome.output is not None
    (result,) = trial.outcome.output.results
    assert (result.label, result.confidence) == ("a", 0.75)
    assert (trial.outcome.code, trial.outcome.what, trial.outcome.warnings) == ("", "", ())


def test_an_error_of_the_script_s_own_is_what_the_operator_reads(attempt: Try) -> None:
    trial = attempt("says_error.sh")
    trial.is_failed(FailureCode.ERROR, "the signal is too quiet to judge")
    assert trial.log(Origin.ERROR) == ["the signal is too quiet to judge"]
    assert trial.outcome.stderr_tail == "careful\n"


def test_fault_01_exit_0_without_a_result(attempt: Try) -> None:
    trial = attempt("ends_silently.sh", "0")
    trial.is_failed(FailureCode.NO_OUTPUT, "the script ended without a result, exit code 0")


def test_an_exit_code_without_a_result_is_named(attempt: Try) -> None:
    trial = attempt("ends_silently.sh", "3")
    trial.is_failed(FailureCode.EXIT, "the script ended without a result, exit code 3")
    assert trial.outcome.exit_code == 3


def test_fault_02_a_second_output(attempt: Try) -> None:
    trial = attempt("answers_twice.sh")
    trial.succeeded_with_warning("The script gave a second answer after its first; the first was kept.")
    assert trial.log(Origin.OUT) == ['OUTPUT: {"label": "b"} (late, ignored)']


def test_fault_02_answers_without_end_are_marked_once(attempt: Try) -> None:
    trial = attempt("answers_without_end.sh")
    trial.succeeded_with_warning("The script gave a second answer after its first; the first was kept.")
    assert len(trial.outcome.warnings) <= 10


def test_fault_03_an_output_after_an_error(attempt: Try) -> None:
    trial = attempt("error_then_output.sh")
    trial.is_failed(FailureCode.ERROR, "no")


def test_fault_04_an_error_after_the_output(attempt: Try) -> None:
    attempt("output_then_error.sh").succeeded_with_warning(
        "The script reported an error after its answer, which was kept: on second thoughts, no"
    )


@pytest.mark.parametrize(
    ("end", "warning"),
    [
        ("3", "The script ended with exit code 3 after its answer, which was kept."),
        ("SEGV", "The script crashed: SIGSEGV after its answer, which was kept."),
    ],
)
def test_fault_05_an_output_and_then_a_bad_end(attempt: Try, end: str, warning: str) -> None:
    attempt("answers_then_ends.sh", end).succeeded_with_warning(warning)


def test_fault_06_a_last_line_without_its_newline(attempt: Try) -> None:
    trial = attempt("no_last_newline.sh", 'OUTPUT: {"label": "a"}')
    assert (trial.job.state, trial.label) == (JobState.SUCCEEDED, "a")


def test_fault_06_half_a_json(attempt: Try) -> None:
    trial = attempt("no_last_newline.sh", 'OUTPUT: {"label": "a')
    trial.is_failed(
        FailureCode.BAD_OUTPUT,
        re.compile(
            r"failed: The script's OUTPUT is not JSON \(.+\), the script ended in the middle of the line: "
            r'\{"label": "a'
        ),
    )


def test_a_log_line_without_its_newline_is_shown(attempt: Try) -> None:
    trial = attempt("no_last_newline.sh", "LOG: last words")
    trial.is_failed(FailureCode.NO_OUTPUT, "the script ended without a result, exit code 0")
    assert trial.log(Origin.LOG) == ["last words"]


def test_fault_07_invalid_utf8_in_a_log_is_shown(attempt: Try) -> None:
    trial = attempt("invalid_utf8.sh", "log")
    assert trial.job.state is JobState.SUCCEEDED
    assert trial.log(Origin.LOG) == ["caf\ufffd \ufffd here"]


def test_fault_07_invalid_utf8_in_the_answer(attempt: Try) -> None:
    attempt("invalid_utf8.sh", "answer").is_failed(
        FailureCode.BAD_OUTPUT,
        re.compile(r"failed: The script's OUTPUT is not JSON \(.+ not valid UTF-8.+\): " + '\\{"label": "a\ufffd"\\}'),
    )


@pytest.mark.parametrize("beginning", ["LOG: ", "OUTPUT: "])
def test_fault_08_a_line_of_100_mb(
    watch: Watch, faulty: Faulty, good: Classifier, recording: MakeRecording, beginning: str
) -> None:
    classifier = faulty("endless_line.sh", beginning)
    before = peak = psutil.Process().memory_info().rss
    ids = watch.pool.submit_many([JobRequest(classifier, recording()), JobRequest(good, recording())])
    while not all(job_id in watch.jobs and watch.jobs[job_id].state.ended for job_id in ids):
        watch.look(0.05)
        peak = max(peak, psutil.Process().memory_info().rss)
    bad, after = watch.ended(ids)
    Trial(bad, watch).is_failed(FailureCode.LINE_TOO_LONG, "the script wrote a line over 64 MiB")
    assert after.state is JobState.SUCCEEDED
    if beginning == "LOG: ":
        assert peak - before < 10_000_000


def test_fault_09_a_flood_of_lines(attempt: Try) -> None:
    trial = attempt("flood.sh", "200000", within_s=90, timeout_s=60.0)
    assert trial.job.state is JobState.SUCCEEDED
    shown = trial.log(Origin.LOG)
    assert shown[:1000] == [f"line {number}" for number in range(1, 1001)]
    assert shown[1000:] == [f"line {number}" for number in range(199_001, 200_001)]
    assert trial.log(Origin.JOB) == ["198 000 lines not kept"]


def test_fault_10_a_flood_on_standard_error(attempt: Try) -> None:
    trial = attempt("flood_of_errors.sh")
    assert trial.job.state is JobState.SUCCEEDED
    assert len(trial.outcome.stderr_tail) <= 64 * 1024
    assert trial.outcome.stderr_tail.endswith("\nthe last words\n")
    shown = trial.log(Origin.STDERR)
    assert len(shown) == 2000
    assert shown[-1] == "the last words"


def test_fault_11_a_trickle_is_stopped_at_the_job_s_deadline(attempt: Try) -> None:
    trial = attempt("trickle.sh", timeout_s=0.5)
    assert trial.job.state is JobState.TIMED_OUT
    trial.reads(
        "was stopped: it gave no answer within 0.5 s",
        "No label was written. Retry it, or raise timeout_s in the model's manifest.",
    )
    assert 0.5 <= trial.run_s < 2.0


def test_fault_12_markup_is_shown_as_the_text_that_it_is(attempt: Try) -> None:
    trial = attempt("markup.sh")
    assert trial.job.state is JobState.SUCCEEDED
    assert trial.log() == [
        "\x1b[31mred\x1b[0m and a NUL \x00 here",
        "<b>bold</b> <img src=x onerror=alert(1)> &amp;",
        "50 %\r100 %",
    ]


def test_fault_13_anything_else_is_plain_output(attempt: Try) -> None:
    trial = attempt("plain_output.sh")
    assert (trial.job.state, trial.label) == (JobState.SUCCEEDED, "a")
    assert trial.log(Origin.OUT) == [
        "RESULT: a",
        'now OUTPUT: {"label": "b"}',
        "ERROR without its colon",
        "PROGRESS: 150",
    ]


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('OUTPUT: {"label": "a", "confidence": NaN}', "confidence is NaN, not a number from 0 to 1"),
        ('OUTPUT: {"label": "a", "probabilities": {"a": 1.5}}', "probabilities.a is 1.5, not a number from 0 to 1"),
        ('OUTPUT: {"label": "toaster"}', r'label is "toaster", which is not a class of the model \(a, b\)'),
        ("OUTPUT: a", r"is not JSON \(.+\): a"),
    ],
)
def test_fault_14_a_bad_answer_names_the_field_and_its_value(attempt: Try, line: str, named: str) -> None:
    trial = attempt("answers_as_told.py", params={"line": line})
    trial.is_failed(FailureCode.BAD_OUTPUT, re.compile(f"failed: The script's OUTPUT {named}"))
    assert trial.log(Origin.OUT) == [line]


def test_fault_14_a_wrong_number_of_windows(watch: Watch, faulty: Faulty, recording: MakeRecording) -> None:
    line = 'OUTPUT: {"windows": [{"label": "a"}, {"label": "b"}]}'
    classifier = faulty("answers_as_told.py", params={"line": line})
    right, wrong, none = watch.run(
        JobRequest(classifier, recording(), windows=((0, 50), (50, 100))),
        JobRequest(classifier, recording(), windows=((0, 50), (25, 75), (50, 100))),
        JobRequest(classifier, recording()),
    )
    assert right.outcome is not None
    assert right.outcome.output is not None
    assert [result.label for result in right.outcome.output.results] == ["a", "b"]
    Trial(wrong, watch).is_failed(
        FailureCode.BAD_OUTPUT,
        f"The script's OUTPUT has 2 windows, but 3 were asked for: {line.removeprefix('OUTPUT: ')}",
    )
    Trial(none, watch).is_failed(FailureCode.BAD_OUTPUT, "The script's OUTPUT label is missing")


# --- warm scripts, which have more to say ---


def asked(warm: Classifier, recording: MakeRecording, *wishes: str) -> list[JobRequest]:
    """A job a wish; its samples add up to its place in the list."""
    return [JobRequest(warm, recording([float(place), 0.0]), params={"do": wish}) for place, wish in enumerate(wishes)]


def states(jobs: list[JobSnapshot]) -> list[str]:
    return [job.state.value for job in jobs]


def said(job: JobSnapshot) -> Mapping[str, object]:
    """What a warm script's answer holds besides its label."""
    assert job.outcome is not None
    assert job.outcome.output is not None, job.outcome
    return job.outcome.output.results[0].extra


def right(jobs: list[JobSnapshot], *places: int) -> None:
    """These jobs got the answer to their own samples."""
    for place in places:
        assert jobs[place].state is JobState.SUCCEEDED, jobs[place].outcome
        assert said(jobs[place])["sum"] == place


def test_each_job_of_a_batch_has_its_own_lines(watch: Watch, warm: Classifier, recording: MakeRecording) -> None:
    jobs = watch.run(*asked(warm, recording, "", "talk", "talk", ""))
    right(jobs, 0, 1, 2, 3)
    for job in jobs[1:3]:
        assert watch.texts(job, Origin.LOG) == [f"about {job.id}"]
    assert not watch.texts(jobs[0], Origin.LOG) + watch.texts(jobs[3], Origin.LOG)
    assert [line.level for line in watch.lines if line.origin is Origin.LOG] == [Level.WARNING] * 2


def test_an_error_in_a_batch_is_its_own_job_s(watch: Watch, warm: Classifier, recording: MakeRecording) -> None:
    jobs = watch.run(*asked(warm, recording, "", "fail", ""))
    right(jobs, 0, 2)
    Trial(jobs[1], watch).is_failed(FailureCode.ERROR, "this one fails")
    assert said(jobs[0])["pid"] == said(jobs[2])["pid"], "the process is kept"


def test_a_job_of_a_batch_that_gets_no_answer(watch: Watch, warm: Classifier, recording: MakeRecording) -> None:
    jobs = watch.run(*asked(warm, recording, "", "say nothing", ""))
    right(jobs, 0, 2)
    Trial(jobs[1], watch).is_failed(FailureCode.NO_OUTPUT, "the script finished its batch without a result for it")


def test_fault_02_a_second_output_in_a_batch(watch: Watch, warm: Classifier, recording: MakeRecording) -> None:
    jobs = watch.run(*asked(warm, recording, "", "answer twice", ""))
    right(jobs, 0, 1, 2)
    Trial(jobs[1], watch).succeeded_with_warning("The script gave a second answer after its first; the first was kept.")
    assert not Trial(jobs[2], watch).outcome.warnings


def test_fault_05_a_warm_process_that_dies_after_its_answer_is_replaced(
    watch: Watch, warm: Classifier, recording: MakeRecording
) -> None:
    (job,) = watch.run(*asked(warm, recording, "die after the answer"))
    watch.until(lambda: bool(Trial(watch.jobs[job.id], watch).outcome.warnings))
    Trial(watch.jobs[job.id], watch).succeeded_with_warning(
        "The script crashed: SIGSEGV after its answer, which was kept."
    )
    (after,) = watch.run(*asked(warm, recording, ""))
    right([after], 0)
    assert said(after)["pid"] != said(job)["pid"]


def test_fault_06_half_an_answer_of_a_killed_process_is_none(
    watch: Watch, warm: Classifier, recording: MakeRecording, tmp_path: Path
) -> None:
    requests = asked(warm, recording, "", "be cut once", "")
    requests[1] = replace(requests[1], params={"do": "be cut once", "mark": str(tmp_path / "mark")})
    jobs = watch.run(*requests)
    right(jobs, 0, 1, 2)
    assert [said(job)["size"] for job in jobs[1:]] == [1, 1], "run again alone"
    assert 'OUTPUT: {"label": "a", "su' in watch.texts(jobs[1], Origin.OUT)


@pytest.mark.parametrize("neighbours", [0, 2])
def test_fault_06_a_job_whose_answer_is_cut_by_a_signal_each_time(
    watch: Watch, warm: Classifier, recording: MakeRecording, tmp_path: Path, neighbours: int
) -> None:
    requests = asked(warm, recording, "be cut", *[""] * neighbours)
    requests[0] = replace(requests[0], params={"do": "be cut", "mark": str(tmp_path / "mark")})
    cut, *others = watch.run(*requests)
    outcome = Trial(cut, watch).outcome
    ends = ("CRASHED", "SIGKILL") if not neighbours else ("FAILED", "POISON")
    assert (cut.state.value, outcome.code) == ends, "its second death counts as such"
    assert [job.state for job in others] == [JobState.SUCCEEDED] * neighbours


def test_fault_08_a_line_too_long_ends_its_job_alone(watch: Watch, warm: Classifier, recording: MakeRecording) -> None:
    jobs = watch.run(*asked(warm, recording, "", "say too much", ""))
    right(jobs, 0, 2)
    Trial(jobs[1], watch).is_failed(FailureCode.LINE_TOO_LONG, "the script wrote a line over 64 MiB")


def test_fault_15_a_job_that_was_not_given(watch: Watch, warm: Classifier, recording: MakeRecording) -> None:
    jobs = watch.run(*asked(warm, recording, "", "name another", ""))
    right(jobs, 0, 2)
    Trial(jobs[1], watch).is_failed(
        FailureCode.BAD_OUTPUT, "the script answered for a job that it was not given (another-job)"
    )
    assert said(jobs[2])["pid"] != said(jobs[0])["pid"]
    assert said(jobs[2])["size"] == 1, "run again alone"


def test_fault_15_an_answer_that_names_no_job_is_nobody_s(
    watch: Watch, warm: Classifier, recording: MakeRecording
) -> None:
    jobs = watch.run(*asked(warm, recording, "answer namelessly", "", ""))
    right(jobs, 1, 2)
    Trial(jobs[0], watch).is_failed(FailureCode.BAD_OUTPUT, "the script answered without naming its job")


def run_and_then(watch: Watch, warm: Classifier, recording: MakeRecording, mark: Path, deed: str) -> JobSnapshot:
    """A job whose process does something unasked after its batch; back when that is done."""
    params = {"do": f"then, idle, {deed}", "mark": str(mark)}
    (job,) = watch.run(JobRequest(warm, recording(), params=params))
    watch.until(mark.exists)
    return job


def test_fault_16_a_warm_process_that_talks_while_idle_is_kept_and_logged_under_nobody(
    watch: Watch, warm: Classifier, recording: MakeRecording, tmp_path: Path
) -> None:
    job = run_and_then(watch, warm, recording, tmp_path / "mark", "talk")
    watch.until(lambda: watch.texts(None) == ["nobody asked"])
    assert {line.worker for line in watch.lines if line.text == "nobody asked"} == {job.worker}
    (after,) = watch.run(*asked(warm, recording, ""))
    assert said(after)["pid"] == said(job)["pid"]
    assert watch.texts(None) == ["nobody asked"]
    assert not watch.texts(after)


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("answer", "gave an answer that nobody asked for and is ended"),
        ("die", "died while idle; a new one is started in 0.1 s"),
    ],
)
def test_fault_16_a_warm_process_that_answers_or_dies_while_idle_is_replaced_at_once(
    watch: Watch, warm: Classifier, recording: MakeRecording, tmp_path: Path, deed: str, told: str
) -> None:
    job = run_and_then(watch, warm, recording, tmp_path / "mark", deed)
    watch.until(lambda: f"A process of {warm.name} {told}" in watch.texts(None))
    watch.until(lambda: bool(processes_of(warm)))
    anew = processes_of(warm)
    assert said(job)["pid"] not in anew
    (after,) = watch.run(*asked(warm, recording, ""))
    assert after.outcome is not None
    assert after.outcome.output is not None
    assert after.outcome.output.results[0].label == "a"
    assert not after.outcome.warnings
    assert {said(after)["pid"]} == anew
    assert ('OUTPUT: {"label": "b"}' in watch.texts(None)) == (deed == "answer"), "what it said is in the log"


@pytest.mark.parametrize(
    ("how", "code", "why"),
    [
        ("error", FailureCode.START, "model.skops is not there"),
        ("exit", FailureCode.EXIT, "the script ended without a result, exit code 3"),
        ("hang", FailureCode.START, "the model was not ready within 0.3 s"),
    ],
)
def test_a_model_that_does_not_get_ready(attempt: Try, how: str, code: FailureCode, why: str) -> None:
    start_s = 0.3 if how == "hang" else 30.0
    trial = attempt("loads_badly.py", how, mode=RunMode.WARM, start_timeout_s=start_s)
    late = "Retry it, or raise start_timeout_s in the model's manifest."
    trial.is_failed(code, why, late if how == "hang" else SHOW_AUTHOR)
