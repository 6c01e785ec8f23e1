"""Does a training in SigDesk take longer than the same estimator in a bare script?
Run: `python tests/benchmarks/training.py [--small]`. The last line is JSON.

Like is compared with like. Both read the same labelled set from the same file, fit the same estimator on the same
features as often (five folds, and once on everything), convert the forest to ONNX and write the model: what an author
does who judges a model honestly. The bare script reads the file with NumPy, knows nothing of SigDesk but its features,
and uses scikit-learn alone. Both are processes, from their start to their end, imports and all, in turn; the ratio is
the median of the rounds' own ratios. What SigDesk does
besides (classes checked, temperature, suspected labels, report, card, manifest) is its overhead.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).resolve().parents[2]))  # behind the installed package, which is what is measured

from sigdesk.classifiers.training.plan import TREES, MethodName, Plan, Source

ROOT = Path(__file__).resolve().parents[2]

BARE = """
import os, sys
import numpy as np
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.model_selection import StratifiedKFold
from sigdesk.classifiers.features import statistics_spectrum
import skops.io
from skl2onnx import to_onnx

rows, labels = [], []
with open(sys.argv[1]) as file:
    for line in file:
        if line[0] != "@":
            values, label = line.rstrip().rsplit(":", 1)
            rows.append(np.fromstring(values, sep=","))
            labels.append(label)
features = statistics_spectrum(np.stack(rows)[:, None])
labels = np.array(labels)
forest = ExtraTreesClassifier(int(sys.argv[3]), max_features=0.2, random_state=0, n_jobs=os.cpu_count())
right = []
for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(features, labels):
    fitted = clone(forest).fit(features[train], labels[train])
    answers = fitted.classes_[fitted.predict_proba(features[test]).argmax(axis=1)]
    right.append(np.mean(answers == labels[test]))
forest.fit(features, labels)
skops.io.dump(forest, sys.argv[2] + "/model.skops")
narrow = features.astype(np.float32)
with open(sys.argv[2] + "/model.onnx", "wb") as out:
    out.write(to_onnx(forest, narrow[:1], options={"zipmap": False}).SerializeToString())
print(np.mean(right))
"""


@dataclass(frozen=True, slots=True)
class Size:
    signals: int
    samples: int
    rounds: int
    trees: int


FULL, SMALL = Size(1_000, 1_000, 6, TREES), Size(40, 100, 1, 20)


def write_set(path: Path, size: Size) -> None:
    """Four classes of noisy sines."""
    generator = np.random.default_rng(0)
    lines = ["@problemName bench", "@timeStamps false", "@missing false", "@univariate true", "@equalLength true"]
    lines += ["@classLabel true a b c d", "@data"]
    time_s = np.arange(size.samples) / 100
    for number in range(size.signals):
        kind = number % 4
        values = np.sin(2 * np.pi * (3 + kind) * time_s + generator.uniform(0, 6)) + generator.normal(
            0, 1, size.samples
        )
        lines.append(",".join(f"{value:.5f}" for value in values) + ":" + "abcd"[kind])
    path.write_text("\n".join(lines) + "\n")


def ours_s(data: Path, folder: Path, trees: int) -> float:
    """Seconds of a training's process."""
    plan = Plan("bench", (Source(data),), folder, method=MethodName.FOREST, trees=trees, held_out=0.0)
    return _seconds([sys.executable, "-m", "sigdesk.classifiers.training"], plan.to_bytes() + b"\n")


def bare_s(data: Path, folder: Path, trees: int) -> float:
    script = folder / "bare.py"
    script.write_text(BARE)
    return _seconds([sys.executable, "-W", "ignore", str(script), str(data), str(folder), str(trees)], b"")


def _seconds(command: list[str], entry: bytes) -> float:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    began = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(entry)
    process.stdin.flush()  # its end would end a training
    out = process.stdout.read()
    if process.wait() != 0:
        raise SystemExit(f"{command} failed: {out.decode()}")
    seconds = time.perf_counter() - began
    process.stdin.close()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="CI's size: shows that it runs")
    size = SMALL if parser.parse_args().small else FULL
    ours, bare = [], []
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "bench.ts"
        write_set(data, size)
        for number in range(size.rounds):
            folder = Path(name) / str(number)
            folder.mkdir()
            pair = {
                call: call(data, folder, size.trees) for call in ((ours_s, bare_s) if number % 2 else (bare_s, ours_s))
            }
            ours.append(pair[ours_s])
            bare.append(pair[bare_s])
    if size.rounds > 1:  # the first of each compiled, or read the disk
        ours, bare = ours[1:], bare[1:]
    figures = {
        "train_vs_bare": round(statistics.median(a / b for a, b in zip(ours, bare, strict=True)), 3),
        "train_s": round(statistics.median(ours), 3),
        "bare_s": round(statistics.median(bare), 3),
    }
    print(f"train_vs_bare {figures['train_vs_bare']}   at most 1.1")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
