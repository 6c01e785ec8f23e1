"""Labelled sets as the UCR/UEA archive writes them: one recording a signal, with its class."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sigdesk.errors import RecordingError
from sigdesk.signals import Recording, Shelf, open_recordings
from tests.signals.conftest import Write

TS = """\
#A set of two appliances, cut down.
#Second line of the note.
@problemName Kettles
@timeStamps false
@missing false
@univariate true
@equalLength false
@classLabel true 0 10
@data
-0.5,0.25,1e-3,4:0
1.5,?,NaN:10
"""
TS_CHANNELS = """\
@problemName Motions
@timeStamps false
@univariate false
@dimensions 2
@equalLength true
@seriesLength 3
@classLabel true Standing Running
@data
1,2,3:4,5,6:Standing
-1,-2,-3:-4,-5,-6:Running
"""
ARFF = """\
%The comments of the archive
@Relation Gun_Point

@attribute att0 numeric
@attribute att1 REAL
@attribute 'att 2' numeric
@attribute  target {1,2,'no gun'}

@data
-0.5,0.25,1,2
1.5,?,3,'no gun'
"""
ARFF_CHANNELS = """\
@relation 'BasicMotions'
@attribute relationalAtt relational
@attribute att0 numeric
@attribute att1 numeric
@attribute att2 numeric
@end relationalAtt
@attribute activity {Standing,Running}
@data
'1,2,3\\n4,5,6',Standing
"-1,-2,-3\\n-4,?,-6",Running
"""


def refused(path: Path) -> RecordingError:
    with pytest.raises(RecordingError) as caught:
        open_recordings(path)
    assert caught.value.what.startswith(path.name)
    assert caught.value.way_out
    return caught.value


def told(recordings: list[Recording]) -> list[tuple[str, str, str | None]]:
    return [(each.name, each.item, each.label) for each in recordings]


def test_ts_gives_each_signal_with_its_class(write: Write) -> None:
    recordings = open_recordings(write(TS, "Kettles_TEST.ts"))
    assert told(recordings) == [("Kettles_TEST 1", "1", "0"), ("Kettles_TEST 2", "2", "10")]
    assert [each.length for each in recordings] == [4, 3]
    assert recordings[0].read().tolist() == [[-0.5, 0.25, 1e-3, 4]]
    np.testing.assert_array_equal(recordings[1].read(), [[1.5, np.nan, np.nan]])
    assert recordings[0].metadata["problemname"] == "Kettles"
    assert recordings[0].metadata["description"].startswith("A set of two appliances, cut down.\nSecond")
    assert recordings[0].time_base.unit == ""


def test_ts_with_several_channels(write: Write) -> None:
    first, second = open_recordings(write(TS_CHANNELS, "Motions.ts"))
    assert (first.label, second.label) == ("Standing", "Running")
    assert first.read().tolist() == [[1, 2, 3], [4, 5, 6]]
    assert second.read(1, 2).tolist() == [[-2], [-5]]
    assert [channel.name for channel in first.channels] == ["Channel 1", "Channel 2"]


def test_ts_whose_channels_differ_in_length_ends_the_shorter_in_a_gap(write: Write) -> None:
    (recording,) = open_recordings(write(TS_CHANNELS.partition("1,2,3")[0] + "1,2,3:4:Standing\n", "Motions.ts"))
    np.testing.assert_array_equal(recording.read(), [[1, 2, 3], [4, np.nan, np.nan]])


def test_ts_without_classes_and_with_targets_has_no_label(write: Write) -> None:
    (recording,) = open_recordings(write("@problemName x\n@classLabel false\n@data\n1,2,3\n", "x.ts"))
    assert recording.label is None
    assert recording.read().tolist() == [[1, 2, 3]]
    (recording,) = open_recordings(write("@problemName x\n@targetlabel true\n@data\n1,2,3:0.75\n", "x.ts"))
    assert recording.label is None
    assert recording.read().tolist() == [[1, 2, 3]]


def test_arff_with_one_column_a_sample(write: Write) -> None:
    recordings = open_recordings(write(ARFF, "GunPoint.arff"))
    assert told(recordings) == [("GunPoint 1", "1", "2"), ("GunPoint 2", "2", "no gun")]
    assert recordings[0].read().tolist() == [[-0.5, 0.25, 1]]
    np.testing.assert_array_equal(recordings[1].read(), [[1.5, np.nan, 3]])
    assert recordings[0].metadata == {"relation": "Gun_Point", "description": "The comments of the archive"}


def test_arff_with_a_relation_of_channels(write: Write) -> None:
    first, second = open_recordings(write(ARFF_CHANNELS, "Motions.arff"))
    assert (first.label, second.label) == ("Standing", "Running")
    assert first.read().tolist() == [[1, 2, 3], [4, 5, 6]]
    np.testing.assert_array_equal(second.read(), [[-1, -2, -3], [-4, np.nan, -6]])


def test_tsv_of_the_archive_has_its_class_first(write: Write) -> None:
    signals = [[float(i * j) for j in range(20)] for i in range(4)]
    signals[1][12:] = [float("nan")] * 8
    rows = ["\t".join(map(str, [label, *signal])) for label, signal in zip([1, -1, 2, 1], signals, strict=True)]
    recordings = open_recordings(write("\n".join(rows) + "\n", "GunPoint_TRAIN.tsv"))
    assert [each.label for each in recordings] == ["1", "-1", "2", "1"]
    assert [each.length for each in recordings] == [20, 12, 20, 20]
    assert recordings[2].read().tolist() == [signals[2]]
    assert recordings[0].name == "GunPoint_TRAIN 1"


def test_a_tsv_of_measurements_is_a_table(write: Write) -> None:
    names = "\t".join(f"ch{i}" for i in range(20))
    rows = "".join("\t".join(str((i * j) % 7) for j in range(20)) + "\n" for i in range(1, 9))
    (recording,) = open_recordings(write(f"{names}\n{rows}", "wide.tsv"))
    assert len(recording.channels) == 20
    counted = "".join(f"{i}\t" + "\t".join(str((i * j) % 7 + 0.5) for j in range(20)) + "\n" for i in range(9))
    (recording,) = open_recordings(write(counted, "counted.tsv"))
    assert len(recording.channels) == 20
    (recording,) = open_recordings(write("1\t2\n3\t4\n1\t5\n", "small.tsv"))
    assert len(recording.channels) == 2


def test_names_sort_as_their_numbers_do(write: Write) -> None:
    recordings = open_recordings(write(TS + "1,2:0\n" * 120, "Kettles.ts"))
    names = [each.name for each in recordings]
    assert names[:2] == ["Kettles 001", "Kettles 002"]
    assert names == sorted(names)
    assert recordings[11].item == "12"


@pytest.mark.parametrize(
    ("text", "name"), [(TS, "a.ts"), (TS_CHANNELS, "b.ts"), (ARFF, "a.arff"), (ARFF_CHANNELS, "b.arff")]
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_signal_that_left_the_shelf_is_read_again(write: Write, text: str, name: str, newline: str) -> None:
    path = write("\ufeff" + text.replace("\n", newline), name)
    kept = [each.read().tolist() for each in open_recordings(path)]
    shelf = Shelf(budget_bytes=1)
    again = [each.read().tolist() for each in open_recordings(path, shelf)]
    assert str(again) == str(kept)
    assert shelf.held_bytes == 0


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        (TS + "1,2,x3:0\n", "a.ts", "line 12 (byte 212): it has “x3” as value 3"),
        (TS + "1,2,3\n", "a.ts", "line 12"),
        (TS + "1,2:3,4:0\n", "a.ts", "has 2 channels in line 12, but 1"),
        (TS + ":0\n", "a.ts", "empty channel"),
        (TS.partition("@data")[0], "a.ts", "no line @data"),
        (TS.partition("-0.5")[0], "a.ts", "without a signal"),
        (TS.replace("@data\n", ""), "a.ts", "values in line 9"),
        (TS.replace("@timeStamps false", "@timeStamps true"), "a.ts", "time stamp"),
        (ARFF + "1,2,2\n", "a.arff", "line 12"),
        (ARFF + "1,2,x,1\n", "a.arff", "“x” as value 3"),
        (ARFF + "{0 1, 2 3}\n", "a.arff", "sparsely"),
        (ARFF.replace("REAL", "string"), "a.arff", "neither numbers nor one class"),
        (ARFF.replace("@data", "@dada"), "a.arff", "line 9 before @data"),
        (ARFF_CHANNELS + "1,2,3,Standing\n", "a.arff", "in quotes"),
        (ARFF_CHANNELS + "'1,2,3\\n4,5,6'\n", "a.arff", "no class"),
        (ARFF_CHANNELS + "'1,2,3',Running\n", "a.arff", "has 1 channels in line 11, but 2"),
    ],
)
def test_a_damaged_set_names_the_line(write: Write, text: str, name: str, words: str) -> None:
    assert words in refused(write(text, name)).what


def test_a_damaged_line_of_a_tsv_is_named(write: Write) -> None:
    row = "\t".join(["1", *["0.5"] * 20])
    text = f"{row}\n" * 300 + row.replace("0.5", "half", 1) + "\n"
    assert "line 301" in refused(write(text, "x.tsv")).what


def test_a_thousand_signals_are_read(write: Write) -> None:
    values = np.random.default_rng(1).normal(size=(1000, 300)).round(5)
    lines = "".join(",".join(map(str, row)) + f":{i % 3}\n" for i, row in enumerate(values))
    path = write(TS.partition("-0.5")[0] + lines, "Many.ts")
    recordings = open_recordings(path)
    np.testing.assert_array_equal(np.concatenate([each.read() for each in recordings]), values)
    assert [each.label for each in recordings[:4]] == ["0", "1", "2", "0"]
