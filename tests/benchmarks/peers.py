"""The pools that a Python user could take instead of SigDesk's, and the limit that none can pass.

Each peer keeps its processes, each of which has the model loaded; a task is one signal and answers with its
probabilities. The limit is as many bare processes that have their signals before the clock starts.
"""

from __future__ import annotations

import functools
import importlib
import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sigdesk.classifiers.model_file import load_skops

Values = NDArray[np.float64]
LIMIT_BATCH = 64

_WARM_UP_S = 0.3


@functools.cache
def loaded(file: Path) -> Any:
    """The model of a skops file, loaded once a process."""
    return load_skops(file.read_bytes(), file.name)


def answer(file: Path, signal: Values) -> list[float]:
    """A task: the probabilities of one signal of shape (samples,)."""
    row: list[float] = loaded(file).predict_proba(signal[None])[0].tolist()
    return row


def warm_up(files: Sequence[Path]) -> None:
    """A task that loads the models, and takes so long that every process gets one."""
    for file in files:
        answer(file, np.zeros(loaded(file).n_features_in_))
    time.sleep(_WARM_UP_S)


@dataclass(frozen=True, slots=True)
class Peer:
    """`answers(file, signals)` runs a task a signal and gives all results in order; `close` ends its processes. One
    that is not quiet while it has nothing to do runs from `begin` to `rest` only."""

    name: str
    answers: Callable[[Path, Sequence[Values]], list[list[float]]]
    close: Callable[[], None]
    begin: Callable[[], None] = lambda: None
    rest: Callable[[], None] = lambda: None


def start_processpool(workers: int, files: Sequence[Path]) -> Peer:
    executor = ProcessPoolExecutor(workers)
    _finish([executor.submit(warm_up, files) for _ in range(2 * workers)])
    return Peer("processpool", _by_submitting(executor.submit), executor.shutdown)


def start_loky(workers: int, files: Sequence[Path]) -> Peer:
    executor = importlib.import_module("loky").ProcessPoolExecutor(workers)
    _finish([executor.submit(warm_up, files) for _ in range(2 * workers)])
    return Peer("loky", _by_submitting(executor.submit), executor.shutdown)


def start_pebble(workers: int, files: Sequence[Path]) -> Peer:
    pool = importlib.import_module("pebble").ProcessPool(max_workers=workers)
    _finish([pool.schedule(warm_up, args=(files,)) for _ in range(2 * workers)])

    def close() -> None:
        pool.close()
        pool.join()

    return Peer("pebble", _by_submitting(lambda task, *args: pool.schedule(task, args=args)), close)


def start_dask(workers: int, files: Sequence[Path]) -> Peer:
    """Its processes take samples of their own stacks a hundred times a second and report to a scheduler, which is a
    thread of this process: whatever else uses all processors is a fifth slower for as long as it runs."""
    distributed = importlib.import_module("distributed")
    stack = ExitStack()
    client: Any = None

    def begin() -> None:
        nonlocal client
        cluster = stack.enter_context(
            distributed.LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
        )
        client = stack.enter_context(distributed.Client(cluster))
        client.run(warm_up, files)

    def answers(file: Path, signals: Sequence[Values]) -> list[list[float]]:
        # Not pure: dask would otherwise look up what it has answered before instead of running it.
        futures = [client.submit(answer, file, signal, pure=False) for signal in signals]
        results: list[list[float]] = client.gather(futures)
        return results

    return Peer("dask", answers, stack.close, begin, stack.close)


STARTS = (start_processpool, start_loky, start_pebble, start_dask)


def start_peers(workers: int, files: Sequence[Path]) -> list[Peer]:
    """All peers that are installed, their processes running with the models of these files loaded."""
    peers = []
    for start in STARTS:
        try:
            peers.append(start(workers, files))
        except ImportError as error:
            print(f"{start.__name__.removeprefix('start_')} is left out: {error}")
    return peers


class BareLimit:
    """As many processes as there are workers, each with its share of the signals, and nothing between them.

    They call `predict_proba` with 64 signals at a time; the clock stops when the last of them has its answers.
    """

    def __init__(self, workers: int, file: Path, signals: Values) -> None:
        self._pipes: list[Connection] = []
        self._processes = []
        for share in np.array_split(signals, workers):
            ours, theirs = multiprocessing.Pipe()
            process = multiprocessing.Process(target=_serve_share, args=(theirs, file, share), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)
        self._gather()  # ready

    def run_s(self) -> float:
        """Seconds until all signals are answered."""
        began = time.perf_counter()
        for pipe in self._pipes:
            pipe.send(True)
        self._gather()
        return time.perf_counter() - began

    def close(self) -> None:
        for pipe in self._pipes:
            pipe.send(False)
        for process in self._processes:
            process.join()

    def _gather(self) -> None:
        for pipe in self._pipes:
            pipe.recv()


def _serve_share(pipe: Connection, file: Path, share: Values) -> None:
    model = loaded(file)
    model.predict_proba(share[:LIMIT_BATCH])
    pipe.send(0)
    while pipe.recv():
        answers = [
            model.predict_proba(share[start : start + LIMIT_BATCH]) for start in range(0, len(share), LIMIT_BATCH)
        ]
        pipe.send(sum(map(len, answers)))


def _by_submitting(submit: Callable[..., Any]) -> Callable[[Path, Sequence[Values]], list[list[float]]]:
    def answers(file: Path, signals: Sequence[Values]) -> list[list[float]]:
        return _finish([submit(answer, file, signal) for signal in signals])

    return answers


def _finish(futures: Sequence[Any]) -> list[Any]:
    return [future.result() for future in futures]
