"""Labels of other programs, as those write them, and back again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sigdesk.errors import LabelError
from sigdesk.labels.exchange import audacity, label_studio, raven, table
from sigdesk.labels.exchange.annotations import from_annotations, to_annotations
from sigdesk.labels.exchange.choosing import EXCHANGES, Exchange, export_labels, import_labels, recognised
from sigdesk.labels.exchange.foreign import Of
from sigdesk.labels.exchange.sigmf import annotations_of, write_annotations
from sigdesk.labels.label import Author, Label, Review, checked
from sigdesk.signals.annotations import Annotation
from sigdesk.signals.opening import open_recordings
from sigdesk.signals.recording import TimeBase
from tests.labels.strategies import model_labels, operator_labels
from tests.signals.real_files import package_file

OF = Of("run.csv", ("x", "y"))
FILE = Path("labels.txt")


def brief(labels: list[Label]) -> list[tuple[float, float, str]]:
    return [(label.start, label.stop, label.class_name) for label in labels]


# Audacity, as its manual shows the format

AUDACITY = (
    "2.150000\t2.150000\tpoint label at 2.15 seconds\n"
    "3.400000\t6.100000\tregion\n"
    "\\\t1484.669312\t2969.338523\n"
    "7,5\t8,25\t\n"
    "9.000000\told style\n"
)


def test_an_audacity_track_is_read_with_points_frequencies_and_nameless_labels() -> None:
    assert brief(audacity.read(AUDACITY.encode(), FILE, OF)) == [
        (2.15, 2.15, "point label at 2.15 seconds"), (3.4, 6.1, "region"), (7.5, 8.25, "Label"),
        (9.0, 9.0, "old style"),
    ]  # fmt: skip


def test_an_audacity_track_from_windows_with_a_mark_is_read() -> None:
    assert brief(audacity.read(AUDACITY.replace("\n", "\r\n").encode("utf-16"), FILE, OF))[1] == (3.4, 6.1, "region")


# Raven, as Raven Pro saves a table with two views, a measurement and a column of the user's

RAVEN = (
    "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)"
    "\tAvg Power Density (dB FS/Hz)\tSpecies\n"
    "1\tWaveform 1\t1\t6.709509878\t15.096397225\t1739.012\t3798.813\t\tEATO\n"
    "1\tSpectrogram 1\t1\t6.709509878\t15.096397225\t1739.012\t3798.813\t-75.87\tEATO\n"
    "2\tSpectrogram 1\t2\t29.383026016\t40.257059266\t1587.060\t4136.485\t-75.64\t\n"
)


def test_a_raven_table_is_read_once_a_selection() -> None:
    labels = raven.read(RAVEN.encode(), FILE, OF)
    assert brief(labels) == [(6.709509878, 15.096397225, "EATO"), (29.383026016, 40.257059266, "Selection")]
    assert [label.channels for label in labels] == [("x",), ("y",)]


# Label Studio, as it exports a project of time series

LABEL_STUDIO = [
    {
        "id": 7,
        "file_upload": "1a2b3c4d-run.csv",
        "data": {"csv": "/data/upload/1/1a2b3c4d-run.csv"},
        "annotations": [
            {
                "id": 1,
                "was_cancelled": False,
                "result": [
                    {
                        "value": {"start": 1.5, "end": 3, "instant": False, "timeserieslabels": ["Run"]},
                        "id": "S1DkU7FSku",
                        "from_name": "label",
                        "to_name": "ts",
                        "type": "timeserieslabels",
                        "meta": {"text": ["on the belt"]},
                    },
                    {"value": {"choices": ["good"]}, "from_name": "quality", "to_name": "ts", "type": "choices"},
                ],
            },
            {"id": 2, "was_cancelled": True, "result": [{"value": {"start": 0, "end": 1, "timeserieslabels": ["no"]}}]},
        ],
        "predictions": [
            {
                "model_version": "model 1",
                "result": [{"value": {"start": 4, "end": 5, "timeserieslabels": ["Walk"]}, "score": 0.5}],
            },
            12,
        ],
    },
    {"id": 8, "data": {"csv": "/data/upload/1/5e6f7a8b-other.csv"}, "annotations": []},
]


def test_a_label_studio_export_gives_the_labels_of_this_signal() -> None:
    labels = label_studio.read(json.dumps(LABEL_STUDIO).encode(), FILE, OF)
    assert brief(labels) == [(1.5, 3, "Run"), (4, 5, "Walk")]
    assert [(label.author, label.note, label.model, label.confidence) for label in labels] == [
        (Author.OPERATOR, "on the belt", "", None), (Author.MODEL, "", "model 1", 0.5),
    ]  # fmt: skip
    with pytest.raises(LabelError, match="no task about third"):
        label_studio.read(json.dumps(LABEL_STUDIO).encode(), FILE, Of("third.csv"))


def test_label_studio_s_short_form_and_its_dates() -> None:
    short = [
        {
            "csv": "/data/run.csv",
            "id": 1,
            "label": [{"start": "2026-11-24T10:00:01.5", "end": "2026-11-24T10:00:03Z", "timeserieslabels": ["Run"]}],
        }
    ]
    began = replace(OF, start=datetime(2026, 11, 24, 10, tzinfo=UTC))
    assert brief(label_studio.read(json.dumps(short).encode(), FILE, began)) == [(1.5, 3, "Run")]
    with pytest.raises(LabelError, match="date"):
        label_studio.read(json.dumps(short).encode(), FILE, OF)


def test_label_studio_s_audio_regions_name_their_channel() -> None:
    task = {"annotations": [{"result": [{"value": {"start": 0, "end": 1, "channel": 1, "labels": ["hum"]}}]}]}
    (label,) = label_studio.read(json.dumps(task).encode(), FILE, OF)
    assert (label.class_name, label.channels) == ("hum", ("y",))


# CSV of anybody's


@pytest.mark.parametrize(
    "text",
    [
        "onset,duration,trial_type\n1.5,0.5,go\n",
        "# made by hand\nLabel;Start (s);End (s)\ngo;1,5;2\n",
        "start_time\tend_time\tevent\n1.5\t2.0\tgo\n",
    ],
)
def test_tables_under_other_names_are_read(text: str) -> None:
    assert brief(table.read(text.encode(), FILE, OF)) == [(1.5, 2.0, "go")]


# All of them


@pytest.mark.parametrize(
    ("exchange", "text", "line"),
    [
        ("CSV", "start,class\n1,a\nx,b\n", "line 3"),
        ("CSV", "first,second\n1,a\n", "line 1"),
        ("Audacity label track", "1.0\t2.0\ta\nb\t1\t2\n", "line 2"),
        ("Raven selection table", RAVEN + "3\tWaveform 1\t1\tx\t2\t0\t0\t\ta\n", "line 5"),
        ("Raven selection table", "Selection\tBegin Time (s)\n", "line 1"),
        ("Label Studio JSON", '[\n{"data": }\n]', "line 2"),
        ("Label Studio JSON", '[{"data": []}, {"data": null}]', "no task"),
        ("Label Studio JSON", '{"annotations": [{"result": [3]}]}', "region"),
        ("CSV", "start,class\n1,\n", "line 2"),
    ],
)
def test_what_cannot_be_read_names_its_line(exchange: str, text: str, line: str) -> None:
    with pytest.raises(LabelError, match=line):
        by_name(exchange).read(text.encode(), FILE, OF)


def by_name(name: str) -> Exchange:
    return next(each for each in EXCHANGES if each.name == name)


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda each: each.name)
@given(drawn=st.lists(st.one_of(operator_labels(), model_labels()), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_what_is_written_is_recognised_and_read_again(
    tmp_path_factory: pytest.TempPathFactory, exchange: Exchange, drawn: list[Label]
) -> None:
    labels = sorted((checked(replace(label, name="")) for label in drawn), key=lambda label: label.order)
    file = tmp_path_factory.mktemp("exchange") / f"out{exchange.suffix}"
    export_labels(file, labels, OF, exchange)
    assert recognised(file.read_bytes()) is exchange
    read = sorted(brief(import_labels(file, OF)))
    wanted = sorted(brief(labels))
    assert set(read) == set(wanted)
    if exchange.name != "Raven selection table":  # a label of two channels has two rows there
        assert read == wanted


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_bytes_are_labels_or_an_error(data: bytes) -> None:
    for exchange in EXCHANGES:
        try:
            exchange.read(data, FILE, OF)
        except LabelError as error:
            told = error
        else:
            continue
        assert told.way_out


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="cannot be read"):
        import_labels(tmp_path / "none.txt", OF)
    with pytest.raises(LabelError, match="could not be written"):
        export_labels(tmp_path / "no folder" / "x.csv", [], OF, EXCHANGES[0])


# What files say themselves


def test_annotations_become_labels_and_labels_annotations() -> None:
    said = [Annotation(1.0, 1.0, "spike", ("x",)), Annotation(2.0, 32.0, "Sleep stage W"), Annotation(3, 4, "x" * 300)]
    labels = from_annotations(said)
    assert brief(labels)[:2] == [(1.0, 1.0, "spike"), (2.0, 32.0, "Sleep stage W")]
    assert (len(labels[2].class_name), labels[2].note) == (200, "x" * 300)
    assert to_annotations(labels[:2]) == said[:2]


SIGMF: dict[str, Any] = {
    "global": {"core:datatype": "cf32_le", "core:sample_rate": 1000.0, "core:version": "1.0.0", "antenna:gain": 3},
    "captures": [{"core:sample_start": 0}],
    "annotations": [
        {
            "core:sample_start": 500,
            "core:sample_count": 250,
            "core:label": "burst",
            "core:freq_lower_edge": 1e6,
            "core:freq_upper_edge": 2e6,
            "core:generator": "receiver",
        },
        {"core:sample_start": 900, "core:sample_count": 1, "core:label": "gone"},
    ],
}


def test_sigmf_annotations_are_rewritten_and_all_else_is_kept(tmp_path: Path) -> None:
    meta = tmp_path / "x.sigmf-meta"
    meta.write_text(json.dumps(SIGMF), encoding="utf-8")
    labels = [
        checked(Label(0.5, 0.75, "burst")),
        checked(Label(0.1, 0.2, "café", note="loud", author=Author.MODEL, model="m", version="1", review=Review.OPEN)),
    ]
    write_annotations(meta, labels, TimeBase(rate_hz=1000.0))
    found = json.loads(meta.read_bytes())
    assert (found["global"], found["captures"]) == (SIGMF["global"], SIGMF["captures"])
    assert found["annotations"] == [
        {
            "core:sample_start": 100, "core:sample_count": 100, "core:label": "café", "core:comment": "loud",
            "core:generator": "m 1",
        },
        SIGMF["annotations"][0],
    ]  # fmt: skip


def test_a_broken_sigmf_file_stays_as_it_is(tmp_path: Path) -> None:
    meta = tmp_path / "x.sigmf-meta"
    for text in ('{"global": ', "[]", '{"captures": []}'):
        meta.write_text(text, encoding="utf-8")
        with pytest.raises(LabelError):
            write_annotations(meta, [], TimeBase(rate_hz=1000.0))
        assert meta.read_text(encoding="utf-8") == text
    with pytest.raises(LabelError, match="could not be stored"):
        write_annotations(tmp_path / "none.sigmf-meta", [], TimeBase(rate_hz=1000.0))


@pytest.mark.parametrize(
    "base", [TimeBase(rate_hz=44100.0), TimeBase(), TimeBase(times=np.cumsum(np.linspace(0.1, 0.3, 2000)))]
)
def test_sample_numbers_survive_the_way_through_time(base: TimeBase) -> None:
    for start in range(0, 1900, 7):
        label = checked(Label(base.time_of(start), base.time_of(start + 50), "a"))
        (annotation,) = annotations_of([label], base)
        assert (annotation["core:sample_start"], annotation["core:sample_count"]) == (start, 50)


# Annotations of other recordings


def test_annotations_of_an_edf_of_a_package_are_imported() -> None:
    file = package_file("pyedflib", "tests", "data", "test_generator.edf")
    (recording,) = open_recordings(file)
    labels = import_labels(file, Of.recording(recording))
    assert labels
    assert brief(labels) == brief(from_annotations(recording.annotations))
    assert recording.start_time is not None
    later = Of("part.csv", (), recording.start_time + timedelta(seconds=2))
    assert [each.start for each in import_labels(file, later)] == [each.start - 2 for each in labels]
    of_another_day = Of("part.csv", (), datetime(1985, 1, 1))  # noqa: DTZ001 - as anonymous files have it
    assert brief(import_labels(file, of_another_day)) == brief(labels)


def test_an_edf_that_holds_nothing_but_annotations_is_imported(tmp_path: Path) -> None:
    """As a sleep laboratory's hypnogram: one channel of annotations, records of no duration."""
    lists = b"+0\x14\x14\x00+0\x1530\x14Sleep stage W\x14\x00+30\x1590.5\x14Sleep stage 2\x14\x00"
    fields = [
        ("0", 8), ("X X X X", 80), ("Startdate X X X X", 80), ("01.03.26", 8), ("23.00.00", 8), ("512", 8),
        ("EDF+C", 44), ("1", 8), ("0", 8), ("1", 4), ("EDF Annotations", 16), ("", 80), ("", 8), ("-1", 8), ("1", 8),
        ("-32768", 8), ("32767", 8), ("", 80), ("60", 8), ("", 32),
    ]  # fmt: skip
    file = tmp_path / "night-Hypnogram.edf"
    file.write_bytes(b"".join(text.encode().ljust(size) for text, size in fields) + lists.ljust(120, b"\0"))
    assert brief(import_labels(file, OF)) == [(0, 30, "Sleep stage W"), (30, 120.5, "Sleep stage 2")]


def test_a_recording_that_cannot_be_read_gives_no_labels(tmp_path: Path) -> None:
    file = tmp_path / "broken.edf"
    file.write_bytes(b"0       cut")
    with pytest.raises(LabelError, match=r"broken\.edf"):
        import_labels(file, OF)
    with pytest.raises(LabelError, match=r"gone\.sigmf-meta"):
        import_labels(tmp_path / "gone.sigmf-meta", OF)


def test_annotations_of_a_sigmf_recording_are_imported(tmp_path: Path) -> None:
    labels = [Label(1.0, 2.0, "knock"), Label(3.0, 3.5, "idle")]
    meta = tmp_path / "run.sigmf-meta"
    head = {"core:datatype": "rf32_le", "core:sample_rate": 100, "core:version": "1.0.0"}
    document = {"global": head, "captures": [{"core:sample_start": 0}], "annotations": []}
    meta.write_text(json.dumps(document), encoding="utf-8")
    np.zeros(1000, "<f4").tofile(tmp_path / "run.sigmf-data")
    write_annotations(meta, labels, TimeBase(100.0))
    assert brief(import_labels(meta, OF)) == brief(labels)
