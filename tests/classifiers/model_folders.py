"""Model folders and recordings as the tests of this package want them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from sigdesk.signals.recording import ArraySource, Channel, Recording, TimeBase

SCRIPT_MANIFEST = """\
[model]
name = "{name}"
version = "1.0.0"
[run]
command = ["sh", "classify.sh"]
[output]
classes = ["calm", "active"]
"""


def write_folder(parent: Path, name: str, manifest: str = SCRIPT_MANIFEST, **files: bytes) -> Path:
    """A model folder; its manifest may say {name} and {sha256} (of the first file). In `files` _ stands for the dot."""
    folder = parent / name
    folder.mkdir(parents=True)
    for file_name, data in files.items():
        (folder / file_name.replace("_", ".")).write_bytes(data)
    first = next(iter(files.values()), b"")
    text = manifest.replace("{name}", name).replace("{sha256}", hashlib.sha256(first).hexdigest())
    (folder / "model.toml").write_text(text, encoding="utf-8")
    return folder


def recording(
    length: int = 300,
    units: tuple[str, ...] = ("A",),
    rate_hz: float | None = 1000.0,
    times: list[float] | None = None,
) -> Recording:
    """A recording of zeros named run.csv, one channel a unit."""
    base = TimeBase(times=np.array(times)) if times is not None else TimeBase(rate_hz)
    length = len(times) if times is not None else length
    channels = tuple(Channel(f"Channel {number}", unit) for number, unit in enumerate(units, start=1))
    source = ArraySource(np.zeros((len(units), length)))
    return Recording("run.csv", Path("run.csv"), channels, length, base, source, "CSV")
