"""The job protocol from a script's side: a model author writes two functions and calls `main`.

    import sigdesk.script

    def load(model_folder):                 # once a process
        return ...

    def classify(model, windows, params):   # windows: array (n, channels, samples) -> n results
        return [{"label": "kettle", "confidence": 0.93} for window in windows]

    sigdesk.script.main(load, classify)

`main` serves one job (the job file's path as the last argument) or, started with `--serve`, batch after batch with
the model kept in memory. It imports little, because a one-shot script pays for it with every job.
"""

from __future__ import annotations

import gc
import io
import math
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

Model = TypeVar("Model")
Windows = NDArray[Any]
Params = Mapping[str, Any]
Answer = str | Mapping[str, Any]
Classify = Callable[[Model, Windows, Params], Sequence[Answer]]

_DUMP = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
_LEAVE_WITHIN_S = 1.0


class Refusal(Exception):  # noqa: N818 - it is an answer, not a mistake
    """Raise it in `load` or `classify` with a sentence for the operator: the job fails with just this text."""


class _Printed(io.TextIOWrapper):
    """Standard output that knows whether its last line is finished: an answer must begin a line of its own."""

    _unfinished = False

    def write(self, text: str) -> int:
        if text:
            self._unfinished = not text.endswith("\n")
        return super().write(text)

    def finish_line(self) -> None:
        if self._unfinished:
            self.write("\n")


def log(text: str, level: str = "INFO") -> None:
    """Show a line in the operator's live log. `level` is DEBUG, INFO or WARNING."""
    for line in text.splitlines() or [""]:
        print(f"LOG: {level} {line}", flush=True)


def progress(fraction: float) -> None:
    """Show how far the job is, 0 to 1."""
    print(f"PROGRESS: {fraction:.4f}", flush=True)


def main(load: Callable[[Path], Model], classify: Classify[Model]) -> NoReturn:
    """Run as a classifier script: answer the job file named last on the command line, or serve batches.

    `load(model_folder)` gives whatever `classify(model, windows, params)` wants. `windows` has shape
    (n, channels, samples); the answer is a sequence of n results, each a label or an object with `label`,
    `confidence` (0..1) and `probabilities`. Jobs of equal shape and params come in one call. A signal that makes the
    call fail is found by asking again job by job, so it fails alone.
    """
    sys.stdout.flush()  # what was printed so far would wait there until the process ends
    sys.stdout = _Printed(sys.stdout.buffer, encoding="utf-8", errors="replace", line_buffering=True)
    arguments = sys.argv[1:]
    if "--serve" in arguments:
        _serve(load, classify)
    elif arguments:
        _run_once(Path(arguments[-1]), load, classify)
    else:
        print("ERROR: this script wants the path of a job file, or --serve", flush=True)
        sys.exit(2)
    sys.exit(0)


def _run_once(path: Path, load: Callable[[Path], Model], classify: Classify[Model]) -> None:
    try:
        job = orjson.loads(path.read_bytes())
        model = load(Path(job["model"]["folder"]))
    except Exception as error:  # noqa: BLE001 - whatever a model does becomes the job's answer
        _write([_error(error)])
        return
    _write([answer for _, answer in _answers([job], model, classify)])


def _serve(load: Callable[[Path], Model], classify: Classify[Model]) -> None:
    """Answer batches until the end of input. SigDesk starts every script in its model folder."""
    try:
        model = load(Path.cwd())
    except Exception as error:  # noqa: BLE001
        _write([_error(error)])
        sys.exit(1)
    requests = _requests()
    gc.freeze()  # the collector need not look through libraries and model again and again: they stay
    print("READY", flush=True)
    while (request := requests.get()) is not None:
        verb, _, path = request.partition(" ")
        if verb != "RUN":
            print(f"LOG: WARNING unknown request: {verb}", flush=True)
            continue
        jobs = orjson.loads(Path(path).read_bytes())["jobs"]
        lines = [
            b"JOB: %b\n%b" % (jobs[index]["job"].encode(), answer) for index, answer in _answers(jobs, model, classify)
        ]
        _write([*lines, b"DONE: %d" % len(jobs)])


def _requests() -> queue.SimpleQueue[str | None]:
    """Lines of standard input, None at its end. A thread reads them, so that the end is noticed during a long job:
    it means that SigDesk has gone, and a process without it must not go on.

    The model and what it starts get an empty standard input, so that none of them reads a request. The stream is a raw
    one: Python aborts when it ends while a thread waits inside a buffered one.
    """
    requests: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    lines = os.fdopen(os.dup(sys.stdin.fileno()), "rb", buffering=0)
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a device, not a path
        os.dup2(nothing.fileno(), sys.stdin.fileno())

    def read() -> None:
        for line in lines:
            requests.put(os.fsdecode(line.rstrip(b"\r\n")))
        requests.put(None)
        threading.Event().wait(_LEAVE_WITHIN_S)
        os._exit(0)

    threading.Thread(target=read, name="lifeline", daemon=True).start()
    return requests


def _answers(jobs: list[dict[str, Any]], model: Model, classify: Classify[Model]) -> Iterator[tuple[int, bytes]]:
    """The answer line of each job, with the job's index; jobs of equal params are asked for together."""
    maps: dict[str, NDArray[Any]] = {}
    if (stacked := _stacked(jobs, maps)) is not None:
        yield from _answer_stacked(jobs, stacked, model, classify)
        return
    groups: dict[bytes, list[tuple[int, list[NDArray[Any]]]]] = {}
    for index, job in enumerate(jobs):
        try:
            windows = _windows(job, maps)
        except Exception as error:  # noqa: BLE001
            yield index, _error(error)
            continue
        groups.setdefault(orjson.dumps(job.get("params") or {}), []).append((index, windows))
    for members in groups.values():
        yield from _answer_group(jobs, members, model, classify)


def _stacked(jobs: Sequence[Mapping[str, Any]], maps: dict[str, NDArray[Any]]) -> NDArray[Any] | None:
    """What most batches are, in one piece: signals of one shape that stand one after the other in one file, each to be
    looked at whole, with equal params. Shape (n, channels, samples); None for any other batch.
    """
    place = jobs[0]["signal"].get("samples_file") if len(jobs) > 1 else None
    if place is None:
        return None
    path, shape, offset, params = place["path"], place["shape"], place["offset"], jobs[0].get("params")
    size = math.prod(shape)
    expected = offset
    for job in jobs:
        place = job["signal"].get("samples_file")
        if place is None or place["offset"] != expected or place["shape"] != shape or place["path"] != path:
            return None
        if job.get("params") != params or "windows" in job:
            return None
        expected += size
    flat = _flat(path, maps)[offset:expected]
    return np.array(flat).reshape(len(jobs), *shape)  # a copy, which a model may change


def _answer_stacked(
    jobs: list[dict[str, Any]], stacked: NDArray[Any], model: Model, classify: Classify[Model]
) -> Iterator[tuple[int, bytes]]:
    """The answer lines of such a batch; where something goes wrong, it is asked again job by job."""
    try:
        results = [_result(answer) for answer in _counted(classify(model, stacked, jobs[0].get("params") or {}), jobs)]
    except Exception:  # noqa: BLE001
        for index, samples in enumerate(stacked):
            yield from _answer_group(jobs, [(index, [samples])], model, classify)
    else:
        yield from enumerate(map(_output, results))


def _counted(answers: Sequence[Answer], windows: Sequence[object]) -> Sequence[Answer]:
    if len(answers) != len(windows):
        raise ValueError(f"classify gave {len(answers)} results for {len(windows)} windows")
    return answers


def _answer_group(
    jobs: list[dict[str, Any]], members: list[tuple[int, list[NDArray[Any]]]], model: Model, classify: Classify[Model]
) -> Iterator[tuple[int, bytes]]:
    params = jobs[members[0][0]].get("params") or {}
    try:
        results = _ask([window for _, windows in members for window in windows], model, params, classify)
    except Exception as error:  # noqa: BLE001
        if len(members) > 1:
            for member in members:
                yield from _answer_group(jobs, [member], model, classify)
        else:
            yield members[0][0], _error(error)
        return
    taken = iter(results)
    for index, windows in members:
        own = [next(taken) for _ in windows]
        document = {"windows": own} if "windows" in jobs[index] else own[0]
        yield index, _output(document)


def _ask(windows: list[NDArray[Any]], model: Model, params: Params, classify: Classify[Model]) -> list[Any]:
    """One call of `classify` for each shape among the windows; results in the windows' order."""
    by_shape: dict[tuple[int, ...], list[int]] = {}
    for position, window in enumerate(windows):
        by_shape.setdefault(window.shape, []).append(position)
    results: list[Any] = [None] * len(windows)
    for positions in by_shape.values():
        stacked = np.stack([windows[position] for position in positions])
        answers = _counted(classify(model, stacked, params), positions)
        for position, answer in zip(positions, answers, strict=True):
            results[position] = _result(answer)
    return results


def _result(answer: Answer) -> dict[str, Any]:
    result = {"label": answer} if isinstance(answer, str) else answer if type(answer) is dict else dict(answer)
    confidence = result.get("confidence")
    if isinstance(confidence, float | np.floating) and not math.isfinite(confidence):
        raise ValueError(f"confidence is {confidence}, not a number from 0 to 1")  # JSON would say null: "none given"
    return result


def _windows(job: dict[str, Any], maps: dict[str, NDArray[Any]]) -> list[NDArray[Any]]:
    samples = read_samples(job["signal"], maps)
    windows = job.get("windows")
    return [samples] if windows is None else [samples[:, start:stop] for start, stop in windows]


def read_samples(signal: Mapping[str, Any], maps: dict[str, NDArray[Any]] | None = None) -> NDArray[Any]:
    """The samples of a job's `signal`, shape (channels, samples), whichever way they were handed over.

    `null` in JSON becomes NaN. `maps` keeps the sample files of a batch open between its jobs.
    """
    place = signal.get("samples_file")
    if place is None:
        return np.asarray(signal["samples"], dtype=np.float64)
    offset, shape = place["offset"], place["shape"]
    flat = _flat(place["path"], {} if maps is None else maps)
    return flat[offset : offset + math.prod(shape)].reshape(shape)


def _flat(path: str, maps: dict[str, NDArray[Any]]) -> NDArray[Any]:
    flat = maps.get(path)
    if flat is None:
        # Mapped, but as a plain array: each slice of a memmap would look for what it shares memory with.
        flat = maps[path] = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    return flat


def _output(document: object) -> bytes:
    try:
        return b"OUTPUT: " + orjson.dumps(document, option=_DUMP)
    except (TypeError, ValueError) as error:
        return _error(error)


def _error(error: Exception) -> bytes:
    if isinstance(error, Refusal):
        return b"ERROR: " + _one_line(str(error))
    traceback.print_exception(error, file=sys.stderr)
    sys.stderr.flush()
    text = str(error)
    return b"ERROR: " + _one_line(f"{type(error).__name__}: {text}" if text else type(error).__name__)


def _one_line(text: str) -> bytes:
    return " ".join(text.split()).encode("utf-8", "replace")


def _write(lines: list[bytes]) -> None:
    """All lines in one write, after whatever the model printed itself."""
    if isinstance(sys.stdout, _Printed):
        sys.stdout.finish_line()
    sys.stdout.flush()
    rest = memoryview(b"\n".join(lines) + b"\n")
    while rest:  # an unbuffered standard output may take less than it was given
        rest = rest[sys.stdout.buffer.write(rest) :]
    sys.stdout.buffer.flush()
