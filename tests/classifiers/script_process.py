"""A classifier script as a real process, spoken to through its standard input and output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
MODEL_SCRIPT = (sys.executable, "-P", "-m", "sigdesk.classifiers.model_script")


def job(
    job_id: str, folder: Path, samples: NDArray[Any], params: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """A job with its samples in the JSON, shape (channels, samples)."""
    rows = [[value if np.isfinite(value) else None for value in row] for row in samples.tolist()]
    channels = [{"name": f"Channel {number}", "unit": ""} for number in range(len(rows))]
    signal = {"name": "run.csv", "sample_rate": None, "start": 0.0, "channels": channels, "samples": rows}
    model = {"name": folder.name, "version": "1", "folder": str(folder), "file": ""}
    return {"protocol": 1, "job": job_id, "model": model, "signal": signal, "params": params or {}, **more}


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def run_once(command: Sequence[str], folder: Path, job_file: Path) -> list[str]:
    """The lines of a one-shot script; whatever it writes to standard error fails the test."""
    ran = subprocess.run(
        [*command, str(job_file)],
        cwd=folder,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert ran.stderr == ""
    return ran.stdout.splitlines()


def output_of(lines: Sequence[str]) -> dict[str, Any]:
    """The JSON of the one OUTPUT line."""
    (line,) = (line for line in lines if line.startswith("OUTPUT: "))
    found: dict[str, Any] = json.loads(line.removeprefix("OUTPUT: "))
    return found


class WarmProcess:
    """`--serve` until the end of input."""

    def __init__(self, folder: Path, temp: Path) -> None:
        self._temp = temp
        self._process = subprocess.Popen(
            [*MODEL_SCRIPT, "--serve"],
            cwd=folder,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        self.first_lines = self._lines_until("READY", "ERROR:")

    def run(self, jobs: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
        """The lines of each job of one batch."""
        path = self._temp / "batch.json"
        path.write_text(json.dumps({"protocol": 1, "jobs": jobs}), encoding="utf-8")
        assert self._process.stdin is not None
        print(f"RUN {path}", file=self._process.stdin, flush=True)
        found: dict[str, list[str]] = {}
        current: list[str] = []
        for line in self._lines_until("DONE:"):
            if line.startswith("JOB: "):
                current = found.setdefault(line.removeprefix("JOB: "), [])
            else:
                current.append(line)
        return found

    def close(self) -> int:
        """End its input, and wait for it to leave."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        code = self._process.wait(10)
        self._process.stdout.close()
        return code

    def _lines_until(self, *ends: str) -> list[str]:
        assert self._process.stdout is not None
        lines = []
        for line in self._process.stdout:
            lines.append(line.rstrip("\n"))
            if line.startswith(ends):
                break
        return lines
