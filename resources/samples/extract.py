"""Writes the sample signals of this folder from the sets that sktime ships and from the record of a model, to show what
was done to them.

pip install --no-deps 'sktime>=1.2,<2'
python extract.py
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile

HERE: Final = Path(__file__).resolve().parent
APPLIANCES: Final = {
    "air-conditioner": ("0", "air conditioner"),
    "fan": ("2", "fan"),
    "hairdryer": ("4", "hairdryer"),
    "laptop": ("7", "laptop"),
    "microwave": ("8", "microwave"),
    "vacuum": ("9", "vacuum"),
}
"""File name: the set's number of the class, and its name."""
MOTION: Final = "Running"
MOTION_CHANNELS: Final = tuple(f"{sensor} {axis}" for sensor in ("Accelerometer", "Gyroscope") for axis in "xyz")
ECG_RATE_HZ: Final = 360
BEATS_S: Final = (1198, 1238)
ECG_FULL_SCALE_MV: Final = 2.56
"""The recorder's steps are 1/200 mV. With this full scale each is 64 steps of a 16-bit sample: nothing is rounded."""


def main() -> int:
    """Write all samples. Exit code 1 when sktime is not there."""
    found = importlib.util.find_spec("sktime")
    if found is None or not found.submodule_search_locations:
        print("sktime, which ships the sets, is not installed", file=sys.stderr)
        return 1
    data = Path(found.submodule_search_locations[0]) / "datasets" / "data"
    write_appliances(data / "PLAID" / "PLAID_TEST.ts")
    write_motion(data / "BasicMotions" / "BasicMotions_TEST.ts")
    write_ecg(data / "mitdb" / "mitdb.csv")
    write_beats(HERE.parents[1] / "models" / "ecg-rhythm" / "record-100.flac")
    return 0


def write_appliances(path: Path) -> None:
    """The first signal of each chosen class, its values as they stand in the file."""
    for file_name, (number, title) in APPLIANCES.items():
        item, (channel,) = next((item, channels) for item, channels, label in signals(path) if label == number)
        remarks = (
            f"source: {path.name} as sktime ships it, signal {item}",
            "data: PLAID (Gao et al. 2014), edited by Schäfer and Leser (2017); licence and papers in README.md",
            "sample rate: 100 Hz (worked out, not stated by the set: see README.md)",
            f"class: {title}",
        )
        write_table(HERE / f"{file_name}.csv", remarks, ["Current (a.u.)"], [channel])


def write_motion(path: Path) -> None:
    """The first signal of one activity, six channels; the set states 10 Hz and no units."""
    item, channels = next((item, channels) for item, channels, label in signals(path) if label == MOTION)
    remarks = (
        f"source: {path.name} as sktime ships it, signal {item}",
        "data: BasicMotions of the UEA archive (Bagnall et al. 2018); licence and paper in README.md",
        "sample rate: 10 Hz",
        f"class: {MOTION.lower()}",
    )
    write_table(HERE / f"{MOTION.lower()}.csv", remarks, MOTION_CHANNELS, channels)


def write_ecg(path: Path) -> None:
    """All 7,500 samples as 16-bit sound; the beat annotations of the file are left out."""
    millivolts = np.loadtxt(path, delimiter=",", skiprows=1, usecols=0)
    samples: Any = np.round(millivolts / ECG_FULL_SCALE_MV * 32768).astype(np.int16)
    with soundfile.SoundFile(HERE / "ecg.wav", "w", ECG_RATE_HZ, 1, "PCM_16") as file:
        file.title = "Electrocardiogram"
        file.comment = (
            f"MIT-BIH Arrhythmia Database, mitdb.csv of sktime. A value of 1 is {ECG_FULL_SCALE_MV} mV. ODC-BY 1.0"
        )
        file.write(samples)


def write_beats(path: Path) -> None:
    """Forty seconds of the record, sample by sample."""
    start, stop = (seconds * ECG_RATE_HZ for seconds in BEATS_S)
    samples, _ = soundfile.read(path, start=start, stop=stop, dtype="int16")
    with soundfile.SoundFile(HERE / "ecg-premature-beats.flac", "w", ECG_RATE_HZ, 1, "PCM_16", format="FLAC") as file:
        file.title = "Electrocardiogram with premature beats"
        file.comment = (
            "MIT-BIH Arrhythmia Database, record 100, lead MLII, 19:58 to 20:38. A value of 1 is 5.12 mV. ODC-BY 1.0"
        )
        file.write(samples)


def signals(path: Path) -> Iterator[tuple[int, list[list[str]], str]]:
    """Number (from 1), channels as text, and class of each signal of a `.ts` file."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    rows = (line for line in lines if line.strip() and line[0] not in "#@")
    for item, row in enumerate(rows, start=1):
        *channels, label = row.strip().split(":")
        yield item, [channel.split(",") for channel in channels], label


def write_table(path: Path, remarks: tuple[str, ...], headings: Any, columns: list[list[str]]) -> None:
    """Remarks, a line of headings, a row a sample."""
    rows = [f"# {remark}" for remark in remarks] + [",".join(headings)]
    rows += [",".join(row) for row in zip(*columns, strict=True)]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
