"""`sigdesk.script.main`, as a model author's script calls it: real processes, one-shot and warm."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

import sigdesk

# A script like a model author writes; `do` picks what it does besides.
SCRIPT = """
import os, subprocess, sys, time
import numpy as np
import sigdesk.script as script

def load(folder):
    script.log(f"loaded from {folder.name}")
    return folder.name

def classify(model, windows, params):
    print(f"asked for {len(windows)} of {windows.shape[1:]}")
    match params.get("do"):
        case "refuse":
            raise script.Refusal("this signal is\\n  too quiet")
        case "too few":
            return ["a"] * (len(windows) - 1)
        case "nothing":
            return None
        case "dots":
            print("...", end="")
        case "labels":
            return np.array(["a", "b"])[np.zeros(len(windows), dtype=int)]
        case "numbers":
            return [{"label": "a", "confidence": np.float32(0.5), "counts": np.arange(3)}] * len(windows)
        case "not a number":
            return [{"label": "a", "confidence": float(window.mean())} for window in windows]
        case "an object":
            return [{"label": "a", "model": object()}] * len(windows)
        case "read":
            print("read", repr(sys.stdin.read()), subprocess.run(["cat"], capture_output=True).stdout)
        case "sleep":
            script.log("busy")
            time.sleep(60)
        case "leave":
            sys.exit(3)
        case "talk":
            script.progress(0.5)
            script.log("one\\ntwo", level="WARNING")
            print("caf\\u00e9 \\udcff")
            sys.stderr.write("careful\\n")
    if (windows == 13).any():
        raise ValueError("13 is unlucky")
    return [
        {"label": "a", "sum": float(np.nansum(w)), "gaps": int(np.isnan(w).sum()), "shape": w.shape} for w in windows
    ]

script.main(load, classify)
"""
CLOSES_WITHIN_S = 20.0


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "my-model"
    folder.mkdir()
    path = folder / "classify.py"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def server(script: Path) -> Iterator[Server]:
    with Server(script) as one:
        yield one


class Server:
    """A script started with `--serve`, and batches handed to it as the pool does."""

    def __init__(self, script: Path) -> None:
        self._folder = script.parent
        self._batches = 0
        self.process = start(script, "--serve", stdin=subprocess.PIPE)
        self.greeting = self._until("READY")

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> int:
        """End its input and wait; its exit code."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        with self.process:
            try:
                return self.process.wait(CLOSES_WITHIN_S)
            finally:
                self.process.kill()

    def send(self, jobs: Sequence[Mapping[str, Any]]) -> None:
        self._batches += 1
        path = self._folder.parent / f"batch-{self._batches}.json"
        path.write_bytes(orjson.dumps({"protocol": 1, "jobs": jobs}, option=orjson.OPT_SERIALIZE_NUMPY))
        self.say(f"RUN {path}")

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def run(self, *jobs: Mapping[str, Any]) -> list[str]:
        """Every line up to DONE."""
        self.send(jobs)
        return self._until(f"DONE: {len(jobs)}")

    def answers(self, *jobs: Mapping[str, Any]) -> dict[str, str]:
        """The line of each job, by its id."""
        lines = self.run(*jobs)
        named = [index for index, line in enumerate(lines) if line.startswith("JOB: ")]
        return {lines[index].removeprefix("JOB: "): lines[index + 1] for index in named}

    def read(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().decode().rstrip("\n")

    def _until(self, last: str) -> list[str]:
        lines: list[str] = []
        while (line := self.read()) != last:
            assert line or self.process.poll() is None, f"it ended after {lines}"
            lines.append(line)
        return lines


def start(script: Path, *arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(Path(sigdesk.__file__).parent.parent)}
    return subprocess.Popen(
        [sys.executable, str(script), *arguments],
        cwd=script.parent,
        env=environment,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run_once(script: Path, job: Mapping[str, Any] | bytes) -> tuple[list[str], str, int]:
    """Lines of standard output, standard error, and the exit code."""
    path = script.parent.parent / "job.json"
    path.write_bytes(job if isinstance(job, bytes) else orjson.dumps(job))
    process = start(script, str(path))
    out, err = process.communicate(timeout=20)
    return out.decode().splitlines(), err.decode(), process.returncode


def job(name: str, samples: object, **more: Any) -> dict[str, Any]:
    return {"protocol": 1, "job": name, "signal": {"samples": samples}, **more}


def told(line: str) -> dict[str, Any]:
    """The object of an OUTPUT line."""
    assert line.startswith("OUTPUT: "), line
    document: dict[str, Any] = orjson.loads(line.removeprefix("OUTPUT: "))
    return document


# --- one-shot ---


def test_one_job_in_one_process(script: Path) -> None:
    document = job("j1", [[1.0, 2.0, None]], model={"folder": str(script.parent)}, params={"do": "talk"})
    lines, err, code = run_once(script, document)
    assert lines[:-1] == [
        "LOG: INFO loaded from my-model",
        "asked for 1 of (1, 3)",
        "PROGRESS: 0.5000",
        "LOG: WARNING one",
        "LOG: WARNING two",
        "café ?",
    ]
    assert told(lines[-1]) == {"label": "a", "sum": 3.0, "gaps": 1, "shape": [1, 3]}
    assert (err, code) == ("careful\n", 0)


def test_an_answer_begins_a_line_of_its_own_whatever_was_printed_before(script: Path) -> None:
    lines, _, _ = run_once(script, job("j1", [[1.0]], model={"folder": "."}, params={"do": "dots"}))
    assert lines[-2] == "..."
    assert told(lines[-1])["label"] == "a"


def test_an_exception_becomes_the_job_s_error_and_its_traceback_goes_to_standard_error(script: Path) -> None:
    lines, err, code = run_once(script, job("j1", [[13.0]], model={"folder": "."}))
    assert lines[-1] == "ERROR: ValueError: 13 is unlucky"
    assert "Traceback" in err
    assert code == 0


def test_a_refusal_is_shown_as_it_stands_on_one_line_without_a_traceback(script: Path) -> None:
    lines, err, _ = run_once(script, job("j1", [[1.0]], model={"folder": "."}, params={"do": "refuse"}))
    assert lines[-1] == "ERROR: this signal is too quiet"
    assert err == ""


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"job": "j1"}'])
def test_a_job_file_that_makes_no_sense_is_an_error_not_a_crash(script: Path, content: bytes) -> None:
    lines, _, code = run_once(script, content)
    assert len(lines) == 1
    assert lines[0].startswith("ERROR: ")
    assert code == 0


def test_without_a_job_file_it_says_what_it_wants(script: Path) -> None:
    out, _ = (process := start(script)).communicate(timeout=20)
    assert out == b"ERROR: this script wants the path of a job file, or --serve\n"
    assert process.returncode == 2


# --- warm ---


def test_the_model_is_loaded_once_and_then_ready_is_said(server: Server) -> None:
    assert server.greeting == ["LOG: INFO loaded from my-model"]
    assert "loaded" not in "".join(server.run(job("1", [[1.0]])) + server.run(job("2", [[1.0]])))


def test_jobs_of_equal_shape_and_params_are_asked_for_in_one_call(server: Server) -> None:
    lines = server.run(*[job(str(number), [[float(number)] * 4]) for number in range(3)])
    assert lines[0] == "asked for 3 of (1, 4)"
    assert [line for line in lines if line.startswith("JOB: ")] == ["JOB: 0", "JOB: 1", "JOB: 2"]
    assert [told(line)["sum"] for line in lines if line.startswith("OUTPUT: ")] == [0.0, 4.0, 8.0]


def test_unequal_lengths_and_channels_each_get_their_own_answer(server: Server) -> None:
    answers = server.answers(
        job("long", [[1.0] * 5]), job("short", [[2.0] * 3]), job("two", [[1.0] * 5] * 2), job("again", [[3.0] * 5])
    )
    assert {name: told(line)["sum"] for name, line in answers.items()} == {
        "long": 5.0,
        "short": 6.0,
        "two": 10.0,
        "again": 15.0,
    }


def test_each_group_of_params_is_asked_for_with_its_own(server: Server) -> None:
    answers = server.answers(
        job("plain", [[1.0]]), job("quiet", [[1.0]], params={"do": "refuse"}), job("plain too", [[2.0]], params={})
    )
    assert told(answers["plain"])["sum"] == 1.0
    assert told(answers["plain too"])["sum"] == 2.0
    assert answers["quiet"] == "ERROR: this signal is too quiet"


def test_windows_are_answered_in_their_order_also_when_their_lengths_differ(server: Server) -> None:
    samples = [[float(value) for value in range(10)]]
    answers = server.answers(
        job("windowed", samples, windows=[[0, 4], [8, 10], [4, 8]]),
        job("whole", samples),
        job("one", samples, windows=[[1, 3]]),
    )
    assert [window["sum"] for window in told(answers["windowed"])["windows"]] == [6.0, 17.0, 22.0]
    assert told(answers["whole"])["sum"] == 45.0
    assert [window["sum"] for window in told(answers["one"])["windows"]] == [3.0]


def test_samples_in_a_flat_array_are_the_same_samples(server: Server, tmp_path: Path) -> None:
    first, second = np.arange(6.0).reshape(2, 3), np.array([[1.5, np.nan, 2.5, np.inf]])
    path = tmp_path / "batch.npy"
    np.save(path, np.concatenate([first.ravel(), second.ravel()]))
    places = [
        {"samples_file": {"path": str(path), "offset": 0, "shape": [2, 3]}},
        {"samples_file": {"path": str(path), "offset": 6, "shape": [1, 4]}},
    ]
    mapped = server.answers(*[{"job": str(index), "signal": place} for index, place in enumerate(places)])
    in_json = server.answers(job("0", first.tolist()))
    assert mapped["0"] == in_json["0"]
    assert told(mapped["1"]) == {"label": "a", "sum": None, "gaps": 1, "shape": [1, 4]}


def test_a_sample_file_that_is_not_there_fails_its_own_job_alone(server: Server) -> None:
    gone = {"job": "gone", "signal": {"samples_file": {"path": "/nowhere/batch.npy", "offset": 0, "shape": [1, 2]}}}
    answers = server.answers(job("good", [[1.0]]), gone, job("also good", [[2.0]]))
    assert answers["gone"].startswith("ERROR: FileNotFoundError: ")
    assert told(answers["good"])["sum"] == 1.0
    assert told(answers["also good"])["sum"] == 2.0


def test_a_signal_that_makes_the_call_fail_fails_alone(server: Server) -> None:
    answers = server.answers(job("one", [[1.0]]), job("bad", [[13.0]]), job("two", [[2.0]]))
    assert answers["bad"] == "ERROR: ValueError: 13 is unlucky"
    assert told(answers["one"])["sum"] == 1.0
    assert told(answers["two"])["sum"] == 2.0


@pytest.mark.parametrize(
    ("do", "error"),
    [
        ("too few", "ERROR: ValueError: classify gave 0 results for 1 windows"),
        ("nothing", "ERROR: TypeError: object of type 'NoneType' has no len()"),
        ("not a number", "ERROR: ValueError: confidence is nan, not a number from 0 to 1"),
        ("an object", "ERROR: TypeError: Type is not JSON serializable: object"),
    ],
)
def test_a_result_that_is_none_is_told_job_by_job(server: Server, do: str, error: str) -> None:
    samples = [[np.nan, np.nan]]
    answers = server.answers(job("1", samples, params={"do": do}), job("2", samples, params={"do": do}))
    assert answers == {"1": error, "2": error}


def test_numpy_s_own_texts_numbers_and_arrays_are_results(server: Server) -> None:
    answers = server.answers(job("1", [[1.0]], params={"do": "labels"}), job("2", [[1.0]], params={"do": "numbers"}))
    assert told(answers["1"]) == {"label": "a"}
    assert told(answers["2"]) == {"label": "a", "confidence": 0.5, "counts": [0, 1, 2]}


def test_what_classify_prints_stands_before_its_answers_and_never_joins_them(server: Server) -> None:
    lines = server.run(job("1", [[1.0]], params={"do": "talk"}), job("2", [[1.0]], params={"do": "dots"}))
    names = [line.partition(":")[0] for line in lines]
    assert (
        names
        == ["asked for 1 of (1, 1)", "PROGRESS", "LOG", "LOG", "café ?", "asked for 1 of (1, 1)", "..."]
        + [
            "JOB",
            "OUTPUT",
        ]
        * 2
    )
    assert server.run(job("3", [[1.0]]))[0] == "asked for 1 of (1, 1)"


def test_neither_the_model_nor_what_it_starts_reads_a_request(server: Server) -> None:
    lines = server.run(job("1", [[1.0]], params={"do": "read"}))
    assert "read '' b''" in lines
    assert told(server.answers(job("2", [[2.0]]))["2"])["sum"] == 2.0


def test_a_request_that_it_does_not_know_is_said_and_passed_over(server: Server) -> None:
    server.say("DANCE")
    lines = server.run(job("1", [[1.0]]))
    assert lines[0] == "LOG: WARNING unknown request: DANCE"


# --- the end of a warm script ---


def test_the_end_of_input_ends_an_idle_script(script: Path) -> None:
    assert Server(script).leave() == 0


def test_the_end_of_input_ends_a_busy_script_within_two_seconds(script: Path) -> None:
    server = Server(script)
    server.send([job("1", [[1.0]], params={"do": "sleep"})])
    server.read()
    assert server.read() == "LOG: INFO busy"
    server.leave()  # it would sleep for a minute


@pytest.mark.parametrize("request_of", ["a job that leaves", "a batch file that is not there"])
def test_a_script_that_ends_by_itself_ends_with_its_own_exit_code(script: Path, request_of: str) -> None:
    server = Server(script)
    if request_of == "a job that leaves":
        server.send([job("1", [[1.0]], params={"do": "leave"})])
        expected = 3
    else:
        server.say("RUN /nowhere/batch.json")
        expected = 1
    assert server.process.wait(10) == expected
    assert server.leave() == expected


def test_a_model_that_cannot_be_loaded_is_told_and_ends_the_script(tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    script = folder / "classify.py"
    script.write_text(
        "import sigdesk.script\n"
        "def load(folder): raise sigdesk.script.Refusal('model.skops is not there')\n"
        "sigdesk.script.main(load, lambda model, windows, params: [])\n"
    )
    process = start(script, "--serve", stdin=subprocess.PIPE)
    out, err = process.communicate(timeout=20)
    assert (out, err, process.returncode) == (b"ERROR: model.skops is not there\n", b"", 1)
    once = run_once(script, job("1", [[1.0]], model={"folder": str(folder)}))
    assert once == (["ERROR: model.skops is not there"], "", 0)
