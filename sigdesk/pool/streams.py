"""Waiting for what a child process says, for its end, or for somebody who wants the worker's attention.

A worker thread blocks here and nowhere else. On POSIX one `poll` watches both pipes, the child and the waker. Windows
cannot poll a pipe, so there a thread a pipe reads and hands on; that branch is written with care, but untested on this
project's machines.
"""

from __future__ import annotations

import contextlib
import os
import queue
import select
import subprocess
import sys
import threading
from collections.abc import Collection
from typing import IO, Protocol

from msgspec import Struct

if sys.platform == "linux":
    import fcntl

_CHUNK = 256 * 1024
_WIDE_PIPE = 512 * 1024
_LOOK_AT_CHILD_S = 0.05


class Heard(Struct):
    """What one wait brought. `out_ended` and `err_ended` say that nothing more will come on that pipe."""

    out: bytes = b""
    err: bytes = b""
    out_ended: bool = False
    exited: bool = False
    woken: bool = False


class Waker(Protocol):
    """Lets another thread end a worker's wait."""

    def wake(self) -> None: ...
    def close(self) -> None: ...


class Streams(Protocol):
    """Both outputs of one child process."""

    @property
    def descriptors(self) -> Collection[int]:
        """What can be polled for news of the child; nothing where the system cannot poll pipes."""
        ...

    def wait(self, timeout_s: float, waker: Waker) -> Heard:
        """Block until something comes, the child has ended, `waker` was used, or the time is over (an empty Heard)."""
        ...

    def close(self) -> None: ...


def make_waker() -> Waker:
    return _QueueWaker() if sys.platform == "win32" else _PipeWaker()


def make_streams(process: subprocess.Popen[bytes]) -> Streams:
    return _ThreadStreams(process) if sys.platform == "win32" else _PollStreams(process)


class _PipeWaker:
    def __init__(self) -> None:
        self.read_end, self._write_end = os.pipe()
        os.set_blocking(self.read_end, False)
        os.set_blocking(self._write_end, False)
        self._lock = threading.Lock()
        self._open = True

    def wake(self) -> None:
        with self._lock, contextlib.suppress(BlockingIOError):  # a full pipe wakes as well
            if self._open:
                os.write(self._write_end, b"!")

    def clear(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self.read_end, _CHUNK)

    def close(self) -> None:
        with self._lock:
            if self._open:
                self._open = False
                os.close(self.read_end)
                os.close(self._write_end)


class _PollStreams:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self._process = process
        self._out, self._err = process.stdout.fileno(), process.stderr.fileno()
        # Where the system has no handle for a child's end, or none to spare, it is asked for in between.
        self._child: int | None = None
        if hasattr(os, "pidfd_open"):
            with contextlib.suppress(OSError):
                self._child = os.pidfd_open(process.pid)
        self._widen(self._out)
        self._poll = select.poll()
        self.descriptors = {self._out, self._err} | ({self._child} if self._child is not None else set())
        for descriptor in self.descriptors:
            self._poll.register(descriptor, select.POLLIN)

    @staticmethod
    def _widen(pipe: int) -> None:
        """Where the system lets a pipe hold the answers of a whole batch, they come in one piece."""
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _WIDE_PIPE)

    def wait(self, timeout_s: float, waker: Waker) -> Heard:
        assert isinstance(waker, _PipeWaker)
        self._poll.register(waker.read_end, select.POLLIN)
        if self._child is None:
            timeout_s = min(timeout_s, _LOOK_AT_CHILD_S)
        try:
            ready = {descriptor for descriptor, _ in self._poll.poll(max(timeout_s, 0.0) * 1000)}
            exited = self._child in ready or (self._child is None and self._process.poll() is not None)
            if exited:  # what it said between the look at its pipes and the look at itself is there now
                ready |= {descriptor for descriptor, _ in self._poll.poll(0)}
        finally:
            self._poll.unregister(waker.read_end)
        heard = Heard(exited=exited)
        if self._out in ready:
            heard.out = self._read(self._out)
            heard.out_ended = not heard.out
        if self._err in ready:
            heard.err = self._read(self._err)
        if waker.read_end in ready:
            waker.clear()
            heard.woken = True
        return heard

    def _read(self, descriptor: int) -> bytes:
        data = os.read(descriptor, _CHUNK)
        if not data:
            self._poll.unregister(descriptor)
            self.descriptors.discard(descriptor)
        return data

    def close(self) -> None:
        if self._child is not None:
            os.close(self._child)
            self._child = None


class _QueueWaker:
    def __init__(self) -> None:
        self.target: queue.SimpleQueue[tuple[str, bytes]] | None = None

    def wake(self) -> None:
        if (target := self.target) is not None:
            target.put(("wake", b""))

    def close(self) -> None:
        self.target = None


class _ThreadStreams:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self._process = process
        self.descriptors: Collection[int] = ()
        self._heard: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
        for name, pipe in (("out", process.stdout), ("err", process.stderr)):
            threading.Thread(target=self._read, args=(name, pipe), name=f"read-{name}", daemon=True).start()

    def _read(self, name: str, pipe: IO[bytes]) -> None:
        with contextlib.suppress(OSError, ValueError):  # closed while reading: the process was ended
            while data := os.read(pipe.fileno(), _CHUNK):
                self._heard.put((name, data))
        self._heard.put((name, b""))

    def wait(self, timeout_s: float, waker: Waker) -> Heard:
        assert isinstance(waker, _QueueWaker)
        waker.target = self._heard
        heard = Heard()
        try:
            name, data = self._heard.get(timeout=min(max(timeout_s, 0.0), _LOOK_AT_CHILD_S))
        except queue.Empty:
            heard.exited = self._process.poll() is not None
            return heard
        heard.woken = name == "wake"
        if name == "out":
            heard.out, heard.out_ended = data, not data
        elif name == "err":
            heard.err = data
        return heard

    def close(self) -> None:
        """The reading threads end with the pipes."""
