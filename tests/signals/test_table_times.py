"""Time columns: in every unit and spelling, even steps become a rate and uneven ones stay as they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sigdesk.errors import RecordingError
from sigdesk.signals import Recording, open_recordings
from tests.signals.conftest import Write


def opened(path: Path) -> Recording:
    (recording,) = open_recordings(path)
    return recording


def column(heading: str, times: list[str], delimiter: str = ",") -> str:
    rows = "".join(f"{time}{delimiter}{index % 5}\n" for index, time in enumerate(times))
    return f"{heading}{delimiter}x\n{rows}"


@pytest.mark.parametrize(
    ("heading", "step", "rate"),
    [
        ("time", 0.001, 1000),
        ("t", 0.5, 2),
        ("Time (s)", 0.25, 4),
        ("Time [ms]", 0.1, 10_000),
        ("t/ms", 2, 500),
        ("time_ms", 1, 1000),
        ("time_us", 20, 50_000),
        ("Zeit / s", 0.01, 100),
        ("Zeit (µs)", 100, 10_000),
        ("seconds", 0.1, 10),
        ("Elapsed time (min)", 1, 1 / 60),
        ("timestamp", 1, 1),
        ("Time stamp", 0.125, 8),
    ],
)
def test_even_steps_are_a_rate(write: Write, heading: str, step: float, rate: float) -> None:
    recording = opened(write(column(heading, [f"{i * step:.6f}" for i in range(40)])))
    assert recording.time_base.rate_hz == pytest.approx(rate, rel=1e-9)
    assert [channel.name for channel in recording.channels] == ["x"]
    assert recording.metadata["time column"]


def test_times_that_were_rounded_still_give_the_round_rate(write: Write) -> None:
    assert opened(write(column("t", [f"{i / 30000:.6f}" for i in range(1000)]))).time_base.rate_hz == 30_000
    assert opened(write(column("t", [f"{i / 64:.3f}" for i in range(1000)]))).time_base.rate_hz == 64
    assert opened(write(column("t", [f"{i / 44100:.7f}" for i in range(1000)]))).time_base.rate_hz == 44_100


def test_uneven_steps_are_kept(write: Write) -> None:
    recording = opened(write(column("t;s", ["10", "10,5", "12", "12"], ";").replace("t;s;x", "t;x")))
    base = recording.time_base
    assert base.rate_hz is None
    assert base.times is not None
    assert base.times.tolist() == [0.0, 0.5, 2.0, 2.0]
    assert recording.metadata["time begins at"] == "10 s"
    assert recording.duration_s == 2.0
    assert base.index_of(0.6) == 2


def test_a_time_column_may_stand_anywhere(write: Write) -> None:
    recording = opened(write("x,time,y\n5,0,1\n6,0.1,2\n7,0.2,3\n"))
    assert recording.time_base.rate_hz == 10
    assert recording.read().tolist() == [[5, 6, 7], [1, 2, 3]]


@pytest.mark.parametrize(
    ("times", "start"),
    [
        (["2021-05-01 10:00:00", "2021-05-01 10:00:01", "2021-05-01 10:00:02"], "2021-05-01T10:00:00+00:00"),
        (["2021-05-01T10:00:00.5Z", "2021-05-01T10:00:01.5Z"], "2021-05-01T10:00:00.500000+00:00"),
        (["2021-05-01T10:00:00+02:00", "2021-05-01T10:00:01+02:00"], "2021-05-01T08:00:00+00:00"),
        (["01.05.2021 10:00:00,25", "01.05.2021 10:00:01,25"], "2021-05-01T10:00:00.250000+00:00"),
        (["2021/05/01 10:00:00", "2021/05/01 10:00:01"], "2021-05-01T10:00:00+00:00"),
        (["13/05/2021 10:00:00", "13/05/2021 10:00:01"], "2021-05-13T10:00:00+00:00"),
        (["05/13/2021 10:00:00", "05/13/2021 10:00:01"], "2021-05-13T10:00:00+00:00"),
        (["1619863200", "1619863201", "1619863202"], "2021-05-01T10:00:00+00:00"),
        (["1619863200000", "1619863201000", "1619863202000"], "2021-05-01T10:00:00+00:00"),
    ],
)
def test_dates_give_the_start_and_the_rate(write: Write, times: list[str], start: str) -> None:
    recording = opened(write(column("timestamp", times, ";")))
    assert recording.start_time is not None
    assert recording.start_time.isoformat() == start
    assert recording.time_base.rate_hz == 1


def test_days_and_months_are_times_too(write: Write) -> None:
    daily = opened(write(column("Date", ["2021-05-01", "2021-05-02", "2021-05-03"])))
    assert daily.time_base.rate_hz == pytest.approx(1 / 86_400)
    monthly = opened(write(column("Date", ["2021-05", "2021-06", "2021-07"])))
    assert monthly.time_base.rate_hz == pytest.approx(1 / (30.5 * 86_400), rel=0.002)


def test_a_date_and_a_clock_time_in_two_columns_belong_together(write: Write) -> None:
    recording = opened(
        write("Datum;Uhrzeit;p\n30.04.2021;23:59:59;1,5\n01.05.2021;00:00:00;2,5\n01.05.2021;00:00:01;3\n")
    )
    assert recording.time_base.rate_hz == 1
    assert recording.read().tolist() == [[1.5, 2.5, 3.0]]
    assert recording.start_time is not None
    assert recording.start_time.isoformat() == "2021-04-30T23:59:59+00:00"


def test_clock_times_go_on_past_midnight(write: Write) -> None:
    recording = opened(write(column("Time", ["23:59:58", "23:59:59", "00:00:00", "00:00:01"])))
    assert recording.time_base.rate_hz == 1
    assert recording.start_time is None


def test_a_first_column_without_heading_that_rises_evenly_is_the_time(write: Write) -> None:
    recording = opened(write("".join(f"{i * 0.002:.3f};{i % 7}\n" for i in range(30))))
    assert recording.time_base.rate_hz == 500
    assert len(recording.channels) == 1


def test_a_first_column_that_stops_rising_was_a_channel_after_all(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sigdesk.signals.tables.blocks.BLOCK_BYTES", 256)
    recording = opened(write("".join(f"{i % 100 * 0.5};{i % 7}\n" for i in range(150))))
    assert len(recording.channels) == 2
    assert recording.read(99, 101).tolist() == [[49.5, 0.0], [1.0, 2.0]]


def test_a_quantity_called_t_in_degrees_is_no_time(write: Write) -> None:
    assert [each.name for each in opened(write("T (°C),x\n20,1\n21,2\n")).channels] == ["T", "x"]


def test_a_file_of_nothing_but_times_keeps_them_as_values(write: Write) -> None:
    assert opened(write("time\n0\n1\n2\n")).read().tolist() == [[0, 1, 2]]


@pytest.mark.parametrize("bad", ["0.1", ""])
def test_a_time_that_falls_or_is_missing_is_named_by_its_line(write: Write, bad: str) -> None:
    with pytest.raises(RecordingError, match=r"run\.csv has a time in line 6 ") as caught:
        open_recordings(write(f"# note\ntime,x\n0,1\n0.2,2\n\n{bad},3\n0.6,4\n"))
    assert caught.value.way_out


def test_a_date_that_is_written_otherwise_is_named_by_its_line(write: Write) -> None:
    text = column("time", [f"2021-05-01 10:00:{i:02d}" for i in range(30)]).replace("2021-05-01 10:00:25", "yesterday")
    with pytest.raises(RecordingError, match=r"line 27"):
        open_recordings(write(text))


def test_times_of_many_blocks_belong_together(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sigdesk.signals.tables.blocks.BLOCK_BYTES", 128)
    times = np.cumsum(np.arange(100) % 3 + 0.5)
    recording = opened(write(column("t", [str(time) for time in times])))
    assert recording.time_base.times is not None
    np.testing.assert_allclose(recording.time_base.times, times - times[0])


def test_times_beyond_all_clocks_are_refused_and_other_values_may_be_as_large(write: Write) -> None:
    with pytest.raises(RecordingError, match="line 3"):
        open_recordings(write("time (h),x\n0,1\n1e308,2\n"))
    rows = "".join(f"{'-' if i % 2 else ''}1e308,{i % 3}\n" for i in range(12))
    assert len(opened(write(rows)).channels) == 2
