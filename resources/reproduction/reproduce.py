"""Run one job's script outside SigDesk and see it end the same way: `python reproduce.py MODEL_FOLDER`.

It stands in an archive that SigDesk made, beside the job file. It needs Python 3.9 or newer and nothing else.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TIMED_OUT_CODE = 124
STARTED, READY = "started", "ready"
LONGEST_LINE = 64 * 1024 * 1024
MB = 1024 * 1024
LOOK_EVERY_S = 0.25


def main() -> int:
    """Run the job and say how it ended; the exit code is the script's own, as a shell would tell it, and never 0 when
    the job failed."""
    parser = argparse.ArgumentParser(description="Run one job of SigDesk again, outside SigDesk.")
    parser.add_argument("model_folder", type=Path, help="the model folder that the job was run with")
    folder = parser.parse_args().model_folder.resolve()
    about = json.loads((HERE / "reproduction.json").read_text(encoding="utf-8"))
    for problem in differences(folder, about["model"]["files"]):
        print(f"[reproduce] {problem}")
    with tempfile.TemporaryDirectory(prefix="reproduce-") as place:
        job_file = write_job_file(Path(place), folder, about["job_file"])
        try:
            run = Run(command_of(about["run"], folder), folder, about["run"], job_file)
        except OSError as error:
            print(f"[reproduce] The script could not be started: {error}")
            return report("FAILED START", about["ended"], 127)
        try:
            return report(run.attend(), about["ended"], run.exit_code)
        finally:
            run.end()


def differences(folder: Path, files: Iterable[dict[str, Any]]) -> list[str]:
    """What is not as it was when the archive was made; a test with another model may end in another way."""
    found = []
    for file in files:
        path = folder / file["path"]
        if not path.is_file():
            found.append(f"{path} is not there")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != file["sha256"]:
            found.append(f"{path} is not the file that the job was run with")
    return found


def write_job_file(place: Path, folder: Path, name: str) -> Path:
    """The job file with the paths of this machine in it."""
    document = json.loads((HERE / name).read_text(encoding="utf-8"))
    for job in document.get("jobs", [document]):
        job["model"]["folder"] = str(folder)
        if "samples_file" in job["signal"]:
            job["signal"]["samples_file"]["path"] = str(HERE / job["signal"]["samples_file"]["path"])
    path = place / name
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def command_of(run: dict[str, Any], folder: Path) -> list[str]:
    """How SigDesk starts the script; the Python that runs this file stands for SigDesk's own."""
    if run["command"]:
        program = run["command"][0]
        own = folder / program
        start = [str(own) if own.is_file() else shutil.which(program) or program, *run["command"][1:]]
    elif run["script"]:
        start = [sys.executable, str(folder / run["script"])]
    else:
        # What stands in the model folder must not stand in for a library; older Pythons cannot be told so.
        safe = ["-P"] if sys.version_info >= (3, 11) else []
        start = [sys.executable, *safe, "-m", run["module"]]
    return [*start, "--serve"] if run["mode"] == "warm" else start


class Run:
    """The script as a process: what it says is printed as it comes, and judged as SigDesk judges it."""

    def __init__(self, command: list[str], folder: Path, run: dict[str, Any], job_file: Path) -> None:
        self._warm = run["mode"] == "warm"
        self._limits = run
        self._job_file = job_file
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._process = subprocess.Popen(
            command if self._warm else [*command, str(job_file)],
            cwd=folder,
            env={**os.environ, **run["environment"]},
            stdin=subprocess.PIPE if self._warm else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=os.name == "posix",
        )
        limit_file_size(self._process.pid, run["file_mb"] * MB)
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def exit_code(self) -> int:
        """That of the process, as a shell tells it."""
        code = self._process.returncode
        if code is None:
            return TIMED_OUT_CODE
        return 128 - code if code < 0 else code

    def attend(self) -> str:
        """Hear it out, and say in one or two words how the job ended."""
        stage = STARTED if self._warm else READY
        deadline = time.monotonic() + self._limits["start_timeout_s" if self._warm else "timeout_s"]
        answer, look_at = "", 0.0
        while True:
            now = time.monotonic()
            if now >= deadline:
                return answer or ("FAILED START" if stage == STARTED else "TIMED_OUT")
            if now >= look_at:
                look_at = now + LOOK_EVERY_S
                if excess := over_limit(self._process.pid, self._limits):
                    return answer or excess
            try:
                line = self._lines.get(timeout=min(deadline, look_at) - now)
            except queue.Empty:
                continue
            if line is None:
                return self._ended(answer)
            if len(line) > LONGEST_LINE:
                return answer or "FAILED LINE_TOO_LONG"
            print(line.decode("utf-8", "replace"), end="" if line.endswith(b"\n") else "\n", flush=True)
            if line.startswith((b"OUTPUT:", b"ERROR:")) and line.endswith(b"\n") and not answer:
                failed = "FAILED START" if stage == STARTED else "FAILED ERROR"
                answer = failed if line.startswith(b"ERROR:") else "OUTPUT"
            if stage == STARTED and line.strip() == b"READY":
                stage, deadline = READY, time.monotonic() + self._limits["timeout_s"]
                self._send(f"RUN {self._job_file}\n")
            elif self._warm and line.startswith(b"DONE:"):
                return answer or "FAILED NO_OUTPUT"

    def end(self) -> None:
        """Nothing that was started stays."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1.0)
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        elif self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def _ended(self, answer: str) -> str:
        code = self._process.wait()
        if answer:
            return answer
        if code < 0:
            return f"CRASHED {signal.Signals(-code).name}"
        return "FAILED EXIT" if code else "FAILED NO_OUTPUT"

    def _send(self, line: str) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # it has gone, and its end says why
            self._process.stdin.write(os.fsencode(line))
            self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            while line := stream.readline(LONGEST_LINE + 1):
                self._lines.put(line)
        self._lines.put(None)


def limit_file_size(pid: int, most: int) -> None:
    """No file that the script writes may be larger (bytes). Linux alone can say so of another process."""
    if sys.platform == "linux":
        import resource

        with contextlib.suppress(ProcessLookupError, PermissionError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))


def over_limit(session: int, limits: dict[str, Any]) -> str:
    """How the job ends if the script and what it has started are over a limit of the manifest, "" if they are not.
    Counted on Linux, where a script that takes all memory would take it from everything else."""
    members, held = 0, 0
    for place in Path("/proc").glob("[0-9]*/stat") if sys.platform == "linux" else ():
        try:
            fields = place.read_bytes().rpartition(b")")[2].split()
        except OSError:
            continue  # it has just ended
        if int(fields[3]) == session and fields[0] not in (b"Z", b"X"):
            members += 1
            held += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    if members > limits["processes"]:
        return "FAILED PROCESSES"
    return "FAILED MEMORY" if held > limits["memory_mb"] * MB else ""


def before_text(ended: dict[str, Any]) -> str:
    """How the job ended in SigDesk, in the words of `Run.attend`."""
    state, code, exit_code = ended["state"], ended["code"], ended["exit_code"]
    if state == "SUCCEEDED" or code == "BAD_OUTPUT":
        return "OUTPUT"
    if code == "POISON" and exit_code:  # both its processes ended as the second did
        return f"CRASHED {signal.Signals(-exit_code).name}" if exit_code < 0 else "FAILED EXIT"
    return state if code in ("", state) else f"{state} {code}"


def report(now: str, ended: dict[str, Any], exit_code: int) -> int:
    """Print how the job ended in SigDesk and how now; returns the exit code of this program."""
    before = before_text(ended)
    print(f"[reproduce] In SigDesk: {ended['what'] or before}", flush=True)
    print(f"[reproduce] Now: {now}. {'The same.' if now == before else f'Not the same: it was {before}.'}", flush=True)
    if now == "OUTPUT" and ended["state"] == "SUCCEEDED":
        return 0
    return exit_code or 1


if __name__ == "__main__":
    sys.exit(main())
