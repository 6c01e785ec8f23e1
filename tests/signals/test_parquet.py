"""Parquet and Feather as Arrow's own writer makes them, and damaged."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sigdesk.errors import RecordingError
from sigdesk.signals import Channel, Recording, open_recordings

pa = pytest.importorskip("pyarrow", reason="pyarrow, which writes the files of these tests, is not installed")
pq = pytest.importorskip("pyarrow.parquet")
feather = pytest.importorskip("pyarrow.feather")

SUFFIXES = [".parquet", ".feather"]
WAVE = np.sin(np.arange(100_000) * 0.01)


def written(path: Path, columns: dict[str, Any], said: dict[str, str] | None = None) -> Path:
    table = pa.table(columns)
    if said:
        table = table.replace_schema_metadata(said)
    if path.suffix == ".parquet":
        pq.write_table(table, path, row_group_size=7000)
    else:
        feather.write_feather(table, path, compression="lz4", chunksize=7000)
    return path


def only(path: Path) -> Recording:
    (recording,) = open_recordings(path)
    return recording


def refused(path: Path) -> str:
    with pytest.raises(RecordingError) as caught:
        open_recordings(path)
    assert caught.value.what.startswith(path.name)
    assert caught.value.way_out
    return str(caught.value)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_columns_are_channels_read_by_stretches(tmp_path: Path, suffix: str) -> None:
    columns = {"time [s]": np.arange(100_000) / 500, "force [N]": WAVE, "n": np.arange(100_000), "who": ["x"] * 100_000}
    recording = only(written(tmp_path / f"run{suffix}", columns))
    assert recording.format_name == suffix[1:].capitalize()
    assert recording.channels == (Channel("force", "N"), Channel("n"))
    assert recording.time_base.rate_hz == 500
    assert recording.metadata["columns left out"] == "who"
    np.testing.assert_array_equal(recording.read(), [WAVE, np.arange(100_000)])
    np.testing.assert_array_equal(recording.read(6990, 14_020)[0], WAVE[6990:14_020])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_missing_values_are_gaps_and_moments_are_the_time(tmp_path: Path, suffix: str) -> None:
    moments = np.datetime64("2026-03-01T10:00:00", "ms") + np.array([0, 100, 200, 900]) * np.timedelta64(1, "ms")
    recording = only(written(tmp_path / f"run{suffix}", {"when": moments, "v": [1.5, None, float("nan"), 4.0]}))
    assert recording.start_time == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert recording.time_base.times is not None
    np.testing.assert_allclose(recording.time_base.times, [0, 0.1, 0.2, 0.9], atol=1e-6)
    np.testing.assert_array_equal(recording.read(), [[1.5, np.nan, np.nan, 4.0]])


def test_small_numbers_stay_small_and_a_rate_in_the_metadata_counts(tmp_path: Path) -> None:
    path = written(tmp_path / "run.parquet", {"a": np.arange(9, dtype=np.int16), "b": np.ones(9, bool)}, {"fs": "250"})
    recording = only(path)
    assert recording.read().dtype == np.float32
    assert recording.time_base.rate_hz == 250


def test_seconds_since_1970_are_dates(tmp_path: Path) -> None:
    recording = only(written(tmp_path / "run.parquet", {"timestamp": np.arange(4) + 1_767_225_600, "v": np.arange(4)}))
    assert recording.start_time == datetime(2026, 1, 1, tzinfo=UTC)
    assert recording.time_base.rate_hz == 1


def test_the_index_of_a_data_frame_is_its_time_or_nothing(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas", reason="pandas, which writes data frames, is not installed")
    path = tmp_path / "frame.parquet"
    frame = pandas.DataFrame({"v": np.arange(10.0)}, index=pandas.date_range("2026-01-01", periods=10, freq="10ms"))
    frame.to_parquet(path)
    assert only(path).time_base.rate_hz == 100
    frame.iloc[::2].reset_index(drop=True).iloc[[0, 2, 3]].to_parquet(path)
    assert [channel.name for channel in only(path).channels] == ["v"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_fault_33_a_shortened_file_names_the_byte_where_it_ends(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path / f"cut{suffix}", {"v": WAVE})
    whole = path.read_bytes()
    for size in (len(whole) - 1, len(whole) // 2, 9):
        path.write_bytes(whole[:size])
        assert refused(path) == (
            f"cut{suffix} is cut short: it ends at byte {size}, before its index. "
            "Copy the file again from where it was written."
        )


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_fault_33_an_index_that_lies_is_refused(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path / f"lies{suffix}", {"v": WAVE})
    raw = bytearray(path.read_bytes())
    at = len(raw) - (8 if suffix == ".parquet" else 10)
    raw[at : at + 4] = b"\xff\xff\xff\x7f"
    path.write_bytes(raw)
    assert refused(path) == (
        f"lies{suffix} declares an index of 2147483647 bytes at byte {len(raw) - 8}, but is only {len(raw)} bytes "
        "long. Copy the file again from where it was written."
    )


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("seed", range(25))
def test_fault_33_a_damaged_file_is_read_or_refused(tmp_path: Path, suffix: str, seed: int) -> None:
    path = written(tmp_path / f"damaged{suffix}", {"v": WAVE[:500], "t": np.arange(500)})
    raw = bytearray(path.read_bytes())
    at = np.random.default_rng(seed).integers(8, len(raw) - 12)
    raw[at : at + 2] = b"\xff\x7f"
    path.write_bytes(raw)
    try:
        recording = only(path)
        assert recording.read(0, 5).shape == (len(recording.channels), 5)
    except RecordingError as error:
        assert error.what.startswith(path.name)  # noqa: PT017 - either is right


def test_fault_34_a_feather_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.feather"
    feather.write_feather(pa.table({"v": np.zeros(20_000_000)}), path, compression="zstd")
    assert re.fullmatch(
        r"bomb\.feather would unpack to [\d,]+ times its size\. Save it as Parquet, which is read in pieces\.",
        refused(path),
    )


def test_fault_32_a_long_parquet_of_zeros_is_read_by_pages(tmp_path: Path) -> None:
    path = tmp_path / "long.parquet"
    pq.write_table(pa.table({"v": np.zeros(20_000_000, dtype=np.float32)}), path, row_group_size=20_000_000)
    recording = only(path)
    assert recording.length == 20_000_000
    np.testing.assert_array_equal(recording.read(15_000_000, 15_000_003), [[0, 0, 0]])


def test_fault_31_a_table_of_words_is_refused(tmp_path: Path) -> None:
    assert "holds no column of numbers" in refused(written(tmp_path / "words.parquet", {"a": ["x", "y"]}))
    assert "holds no row of values" in refused(written(tmp_path / "none.parquet", {"a": np.zeros(0)}))


def test_a_name_that_looks_like_a_pattern_is_a_name(tmp_path: Path) -> None:
    written(tmp_path / "a1.parquet", {"v": np.zeros(3)})
    assert only(written(tmp_path / "a[0-9].parquet", {"v": np.ones(4)})).length == 4


def test_fault_37_a_file_that_changed_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path / "run.parquet", {"v": WAVE})
    recording = only(path)
    written(path, {"v": WAVE[:10]})
    with pytest.raises(RecordingError, match="has changed since it was opened"):
        recording.read()
