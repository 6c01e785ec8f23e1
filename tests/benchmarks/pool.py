"""Is the pool faster than the pools that a Python user could take instead, and how near is it to what the machine can?
Run: `python tests/benchmarks/pool.py [--small]`. The last line is JSON.

Everything runs side by side in one process tree with one worker count, one thread a process, in rounds that alternate
their order; a ratio is the median of the rounds' own ratios. The forest runs as shipped: a model folder with a skops
file, through SigDesk's own script, which asks the trees of a forest without scikit-learn's dispatch to threads. Peers
and the bare limit call `predict_proba` as anyone would. The same forest runs as ONNX, too, as a training writes it. The
pool's journal is on, and its signals stand in a file, as an operator's do; the peers' are arrays in memory. The pool
tells of jobs that have ended, as on the command line. A peer that is busy with itself runs in its own turn only. Every
answer of the pool is compared with the model's own.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Before numpy is loaded, whose threads would go on for a while after each check of answers, beside the next measure.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import numpy as np
from msgspec.structs import replace

sys.path.append(str(Path(__file__).resolve().parents[2]))  # behind the installed package, which is what is measured

from sigdesk.classifiers.folder import Classifier
from sigdesk.pool.jobs import JobRequest, JobSnapshot
from sigdesk.pool.pool import Pool
from sigdesk.protocol import Result
from sigdesk.signals.recording import Recording
from tests.benchmarks import model_folders, peers
from tests.benchmarks.model_folders import MODEL_FILE, Signals

SHIPPED_BATCH = 1024
"""What a manifest says of a model that answers in microseconds; how long a batch takes is bounded by the pool."""
_WITHIN_S = 120.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured. A peer runs fewer jobs, as it is slow."""

    jobs: int
    peer_jobs: int
    logistic_peer_jobs: int
    rounds: int
    one_jobs: int
    one_shots: int


FULL = Size(jobs=20_000, peer_jobs=300, logistic_peer_jobs=2_000, rounds=5, one_jobs=300, one_shots=40)
SMALL = Size(jobs=200, peer_jobs=10, logistic_peer_jobs=20, rounds=1, one_jobs=5, one_shots=2)


class Bench:
    """A pool, and what it is asked in the rounds: the same recordings again and again."""

    def __init__(self, pool: Pool, items: Sequence[Recording]) -> None:
        self._pool = pool
        self._items = items

    def run(self, classifier: Classifier, count: int | None = None) -> tuple[float, list[Result]]:
        """Have all (or the first `count`) recordings classified; seconds from handing them in to the last result."""
        requests = [JobRequest(classifier, item) for item in self._items[:count]]
        began = time.perf_counter()
        ids = self._pool.submit_many(requests)
        ended = self._ended(len(ids))
        results = {job.id: _result(job) for job in ended}
        seconds = time.perf_counter() - began
        return seconds, [results[job_id] for job_id in ids]

    def one_s(self, classifier: Classifier) -> float:
        """Seconds of one job with nothing else waiting, from handing it in to its result."""
        request = JobRequest(classifier, self._items[0])
        began = time.perf_counter()
        self._pool.submit(request)
        _result(self._ended(1)[0])
        return time.perf_counter() - began

    def _ended(self, count: int) -> list[JobSnapshot]:
        give_up = time.monotonic() + _WITHIN_S
        ended: list[JobSnapshot] = []
        while len(ended) < count:
            if time.monotonic() > give_up:
                raise SystemExit(f"The pool answered {len(ended)} of {count} jobs within {_WITHIN_S:g} s.")
            ended += [job for job in self._pool.take_update(1.0).jobs if job.state.ended]
        return ended


def _result(job: JobSnapshot) -> Result:
    output = job.outcome.output if job.outcome else None
    if output is None:
        raise SystemExit(f"A job failed: {job.outcome}")
    return output.results[0]


def check(results: Sequence[Result], model: Any, signals: Signals, *, within: float) -> None:
    """End the run unless these are the model's own labels and probabilities, but for `within`. BLAS sums a logistic
    regression in an order that depends on how many signals come at once; the trees of a forest are always summed in the
    same one, but by ONNX in single precision, in which an even split may go either way."""
    wanted = model.predict_proba(signals)
    names = list(map(str, model.classes_))
    given = np.array([[result.probabilities[name] for name in names] for result in results])
    worst = np.abs(given - wanted).max()
    said = wanted[np.arange(len(wanted)), [names.index(result.label) for result in results]]
    if worst > within or (said < wanted.max(axis=1) - within).any():
        raise SystemExit(f"The pool's answers are not the model's: they differ by up to {worst:g}.")


class Measures:
    """Runs named measures round after round, every other round backwards, and keeps each one's jobs a second."""

    def __init__(self) -> None:
        self._measures: dict[str, Callable[[], float]] = {}
        self._rates: dict[str, list[float]] = {}

    def add(self, name: str, rate: Callable[[], float]) -> None:
        self._measures[name] = rate

    def run(self, rounds: int) -> None:
        self._rates = {name: [] for name in self._measures}
        for number in range(rounds):
            names = list(self._measures)
            for name in names if number % 2 == 0 else reversed(names):
                self._rates[name].append(self._measures[name]())

    def rate(self, name: str) -> float | None:
        """Jobs a second, the median of the rounds; None when it was not measured."""
        return statistics.median(self._rates[name]) if name in self._rates else None

    def ratio(self, name: str, other: str) -> float | None:
        """How many times as fast as the other, the median of the rounds' own ratios."""
        if name not in self._rates or other not in self._rates:
            return None
        return statistics.median(a / b for a, b in zip(self._rates[name], self._rates[other], strict=True))


def measure_throughput(bench: Bench, running: Sequence[peers.Peer], setup: Setup, size: Size) -> dict[str, Any]:
    measures = Measures()
    for name, classifier, model, within in (
        ("forest", setup.forest, setup.forest_model, 0.0),
        ("forest_batch_64", _with_batch(setup.forest, 64), setup.forest_model, 0.0),
        ("onnx_batch_64", _with_batch(setup.onnx, 64), setup.forest_model, 1e-5),
        ("logistic", setup.logistic, setup.logistic_model, 1e-12),
    ):
        measures.add(name, _pool_rate(bench, classifier, model, setup.signals, within=within))
    measures.add("limit", lambda: len(setup.signals) / setup.limit.run_s())
    for peer in running:
        measures.add(peer.name, _peer_rate(peer, setup.forest, setup.signals[: size.peer_jobs]))
    if running:
        few = setup.signals[: size.logistic_peer_jobs]
        measures.add("logistic_processpool", _peer_rate(running[0], setup.logistic, few))
    measures.run(size.rounds)
    ratios = {f"forest_vs_{name}": measures.ratio("forest", name) for name in ("processpool", "loky", "pebble", "dask")}
    ratios["forest_vs_limit"] = measures.ratio("forest_batch_64", "limit")
    ratios["onnx_vs_limit"] = measures.ratio("onnx_batch_64", "limit")
    ratios["logistic_vs_processpool"] = measures.ratio("logistic", "logistic_processpool")
    names = ("forest", "forest_batch_64", "limit", "processpool", "loky", "pebble", "dask", "logistic", "onnx_batch_64")
    rates = {f"{name}_jobs_per_s": measures.rate(name) for name in (*names, "logistic_processpool")}
    return ratios | rates


def measure_one_job(bench: Bench, processpool: peers.Peer, setup: Setup, count: int) -> dict[str, Any]:
    """One warm job of the forest and one task of ProcessPoolExecutor in turn, with nothing else to do."""
    file, signal = setup.forest.folder / MODEL_FILE, [setup.signals[0]]
    ours, theirs = [], []
    for _ in range(count):
        ours.append(bench.one_s(setup.forest))
        theirs.append(_seconds(lambda: processpool.answers(file, signal)))
    return _times("one_job", "processpool", ours, theirs)


def measure_one_shot(bench: Bench, setup: Setup, recording: Recording, count: int) -> dict[str, Any]:
    """One job of a script that is started anew, and the same script on such a job file without a pool, in turn."""
    command = [sys.executable, "classify.py", str(model_folders.write_job_file(setup.folder, recording))]
    ours, theirs = [], []
    for _ in range(count + 1):
        ours.append(bench.one_s(setup.one_shot))
        theirs.append(
            _seconds(lambda: subprocess.run(command, cwd=setup.one_shot.folder, capture_output=True, check=True))
        )
    return _times("one_shot", "subprocess", ours[1:], theirs[1:])  # the first of each compiled or read the disk


@dataclass(frozen=True, slots=True)
class Setup:
    """Signals, models and their folders, and the bare processes that were started before anything has threads."""

    folder: Path
    signals: Signals
    forest_model: Any
    logistic_model: Any
    forest: Classifier
    onnx: Classifier
    logistic: Classifier
    one_shot: Classifier
    limit: peers.BareLimit

    @property
    def files(self) -> list[Path]:
        return [classifier.folder / MODEL_FILE for classifier in (self.forest, self.logistic)]


@contextmanager
def set_up(size: Size, workers: int) -> Iterator[Setup]:
    with tempfile.TemporaryDirectory() as name:
        folder, signals = Path(name), model_folders.noise(size.jobs, 3)
        forest_model, logistic_model = model_folders.fit_forest(), model_folders.fit_logistic()
        forest = model_folders.write_model_folder(folder, "forest", forest_model, SHIPPED_BATCH)
        onnx = model_folders.write_onnx_folder(folder, "onnx", forest_model, SHIPPED_BATCH)
        logistic = model_folders.write_model_folder(folder, "logistic", logistic_model, SHIPPED_BATCH)
        one_shot = model_folders.write_one_shot_folder(folder, "one-shot")
        limit = peers.BareLimit(workers, forest.folder / MODEL_FILE, signals)
        yield Setup(folder, signals, forest_model, logistic_model, forest, onnx, logistic, one_shot, limit)
        limit.close()


def measure(size: Size, workers: int, *, only_pool: bool = False) -> dict[str, Any]:
    """All rows of the table, by the keys of the last line; with `only_pool` the pool's own rates alone."""
    with ExitStack() as stack:
        setup = stack.enter_context(set_up(size, workers))
        running = [] if only_pool else peers.start_peers(workers, setup.files)
        for peer in running:
            stack.callback(peer.close)
        items = model_folders.recordings(setup.folder, setup.signals)
        pool = Pool(setup.folder / "temp", workers=workers, journal=setup.folder / "journal.sqlite", steps=False)
        bench = Bench(stack.enter_context(pool), items)
        gc.freeze()  # what is there by now, such as scikit-learn, is not the pool's to look through
        for classifier in (setup.forest, setup.onnx, setup.logistic):
            bench.run(classifier, count=max(workers * 2, len(items) // 10))  # starts its processes, learns its pace
        figures: dict[str, Any] = {"workers": workers, "jobs": size.jobs, "batch": SHIPPED_BATCH}
        figures |= measure_throughput(bench, running, setup, size)
        if only_pool:
            return {key: _rounded(value) for key, value in figures.items() if value is not None}
        figures |= measure_one_job(bench, running[0], setup, size.one_jobs)
        figures |= measure_one_shot(bench, setup, items[0], size.one_shots)
    return {key: _rounded(value) for key, value in figures.items()}


def _pool_rate(
    bench: Bench, classifier: Classifier, model: Any, signals: Signals, *, within: float
) -> Callable[[], float]:
    def rate() -> float:
        seconds, results = bench.run(classifier)
        check(results, model, signals, within=within)
        return len(results) / seconds

    return rate


def _peer_rate(peer: peers.Peer, classifier: Classifier, signals: Signals) -> Callable[[], float]:
    file = classifier.folder / MODEL_FILE

    def rate() -> float:
        peer.begin()
        try:
            return len(signals) / _seconds(lambda: peer.answers(file, list(signals)))
        finally:
            peer.rest()

    return rate


def _with_batch(classifier: Classifier, batch: int) -> Classifier:
    """The same folder, so the same processes, with another limit of a batch."""
    manifest = classifier.manifest
    return replace(classifier, manifest=replace(manifest, run=replace(manifest.run, batch=batch)))


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _times(name: str, peer: str, ours: Sequence[float], theirs: Sequence[float]) -> dict[str, Any]:
    mine, other = statistics.median(ours), statistics.median(theirs)
    return {f"{name}_vs_{peer}": mine / other, f"{name}_ms": mine * 1000, f"{name}_{peer}_ms": other * 1000}


def _rounded(value: Any) -> Any:
    """Four digits say enough."""
    if not isinstance(value, float):
        return value
    return round(value, 3 - math.floor(math.log10(value))) if value else 0.0


MARKS = {
    "forest_vs_processpool": "over 60",
    "forest_vs_dask": "over 150",
    "forest_vs_limit": "at least 0.65",
    "onnx_vs_limit": "over 1.3",
    "logistic_vs_processpool": "over 10",
    "one_job_vs_processpool": "at most 1.2",
    "one_shot_vs_subprocess": "at most 1.05",
}


def show(figures: Mapping[str, Any]) -> None:
    for key, value in figures.items():
        shown = "not installed" if value is None else f"{value:,}"
        print(f"{key:32} {shown:>14}   {MARKS.get(key, '')}".rstrip())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="CI's size: shows that it runs")
    parser.add_argument("--workers", type=int, help="as many as processors; one at the small size")
    parser.add_argument("--only-pool", action="store_true", help="the pool's own rates, without its peers")
    arguments = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    workers = arguments.workers or (1 if arguments.small else os.cpu_count() or 1)
    figures = measure(SMALL if arguments.small else FULL, workers, only_pool=arguments.only_pool)
    show(figures)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
