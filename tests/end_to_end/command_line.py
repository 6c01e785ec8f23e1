"""Running the real command line as a process of its own, for the tests of this folder."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "resources" / "samples"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run left: its exit code and everything it wrote."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def table(self) -> list[dict[str, str]]:
        """Standard output as CSV."""
        return list(csv.DictReader(io.StringIO(self.out)))


def environment(home: Path) -> dict[str, str]:
    """The test's own environment with SigDesk's home elsewhere and this checkout as the package."""
    return {**os.environ, "SIGDESK_HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}


def sigdesk(home: Path, *arguments: str | Path, timeout_s: float = 100.0) -> Ran:
    """Run `sigdesk ARGUMENTS` to its end."""
    ran = subprocess.run(
        [sys.executable, "-m", "sigdesk", *map(str, arguments)],
        env=environment(home),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout_s,
        check=False,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)
