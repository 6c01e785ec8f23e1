"""Small labelled sets as files: signals whose classes differ in frequency, with noise over them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 100.0
CYCLES = {"slow": 3.0, "quick": 11.0, "steady": 0.0}


def signal(kind: str, generator: np.random.Generator, samples: int = 200) -> NDArray[np.float64]:
    """One signal, shape (samples,)."""
    time = np.arange(samples) / RATE_HZ
    phase = generator.uniform(0, 2 * np.pi)
    return np.asarray(np.sin(2 * np.pi * CYCLES[kind] * time + phase) + generator.normal(scale=0.4, size=samples))


def write_ts(path: Path, counts: Mapping[str, int], *, seed: int = 0, lengths: tuple[int, int] = (200, 200)) -> Path:
    """A `.ts` file with so many signals of each class, of lengths between those two."""
    generator = np.random.default_rng(seed)
    kinds = [kind for kind, count in counts.items() for _ in range(count)]
    generator.shuffle(kinds)
    lines = [
        "@problemName made",
        "@timeStamps false",
        "@missing false",
        "@univariate true",
        f"@equalLength {'true' if lengths[0] == lengths[1] else 'false'}",
        f"@classLabel true {' '.join(counts)}",
        "@data",
    ]
    for kind in kinds:
        values = signal(kind, generator, int(generator.integers(lengths[0], lengths[1] + 1)))
        lines.append(",".join(f"{value:.5f}" for value in values) + f":{kind}")
    path.write_text("\n".join(lines) + "\n")
    return path


def write_folders(folder: Path, counts: Mapping[str, int], *, seed: int = 0, rate_hz: float = RATE_HZ) -> Path:
    """A folder a class, with a CSV file a signal."""
    generator = np.random.default_rng(seed)
    for kind, count in counts.items():
        inside = folder / kind
        inside.mkdir(parents=True)
        for number in range(count):
            values = signal(kind, generator)
            rows = [f"{place / rate_hz:.4f},{value:.5f}" for place, value in enumerate(values)]
            (inside / f"{kind}_{number:02d}.csv").write_text("time (s),level (V)\n" + "\n".join(rows) + "\n")
    return folder
