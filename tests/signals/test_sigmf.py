"""SigMF as its own library writes it: real and complex samples, annotations, captures with holes, and damage."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sigdesk.errors import RecordingError
from sigdesk.signals import Annotation, Recording, TimeBase, open_recordings


def refused(path: Path) -> str:
    with pytest.raises(RecordingError) as caught:
        open_recordings(path)
    assert caught.value.way_out
    return str(caught.value)


def written(folder: Path, samples: Any, top: dict[str, Any], **rest: Any) -> Path:
    """A recording by hand; gives its `.sigmf-meta`."""
    meta = folder / "rec.sigmf-meta"
    samples.tofile(folder / "rec.sigmf-data")
    meta.write_text(json.dumps({"global": {"core:version": "1.2.0", **top}, "captures": [], **rest}))
    return meta


def only(path: Path) -> Recording:
    (recording,) = open_recordings(path)
    return recording


def test_a_recording_of_the_format_s_own_library(tmp_path: Path) -> None:
    sigmf = pytest.importorskip("sigmf", reason="sigmf, which writes the files of this test, is not installed")
    signal = np.exp(2j * np.pi * 0.01 * np.arange(2000)).astype(np.complex64)
    signal.tofile(tmp_path / "iq.sigmf-data")
    top = {"core:datatype": "cf32_le", "core:sample_rate": 48_000, "core:author": "Kim", "core:description": "tone"}
    meta = sigmf.SigMFFile(data_file=str(tmp_path / "iq.sigmf-data"), global_info=top)
    meta.add_capture(0, metadata={"core:datetime": "2026-03-01T10:00:00Z", "core:frequency": 915e6})
    meta.add_annotation(480, 960, metadata={"core:label": "burst", "core:comment": "strong"})
    meta.tofile(str(tmp_path / "iq.sigmf-meta"))

    for path in (tmp_path / "iq.sigmf-meta", tmp_path / "iq.sigmf-data"):
        recording = only(path)
        assert (recording.name, recording.format_name) == ("iq", "SigMF")
        assert [channel.name for channel in recording.channels] == ["I", "Q"]
        assert recording.time_base == TimeBase(rate_hz=48_000)
        assert recording.start_time == datetime(2026, 3, 1, 10, tzinfo=UTC)
        assert recording.annotations == (Annotation(0.01, 0.03, "burst: strong"),)
        assert recording.metadata["description"] == "tone"
        np.testing.assert_array_equal(recording.read(100, 300), [signal.real[100:300], signal.imag[100:300]])


@pytest.mark.parametrize(
    ("datatype", "stored"), [("ri16_be", ">i2"), ("ru8", "u1"), ("rf64_le", "<f8"), ("ri32", "<i4")]
)
def test_every_type_of_real_samples(tmp_path: Path, datatype: str, stored: str) -> None:
    samples = np.arange(60).reshape(20, 3).astype(stored)
    recording = only(written(tmp_path, samples, {"core:datatype": datatype, "core:num_channels": 3}))
    assert recording.time_base == TimeBase()
    np.testing.assert_array_equal(recording.read(), samples.T)


def test_captures_that_began_later_leave_a_hole(tmp_path: Path) -> None:
    captures = [
        {"core:sample_start": 0, "core:datetime": "2026-03-01T10:00:00Z"},
        {"core:sample_start": 100, "core:datetime": "2026-03-01T10:00:05Z"},
    ]
    path = written(
        tmp_path,
        np.arange(200.0),
        {"core:datatype": "rf64_le", "core:sample_rate": 100},
        captures=captures,
        annotations=[{"core:sample_start": 150, "core:sample_count": 10, "core:label": "late"}],
    )
    recording = only(path)
    assert recording.metadata["gaps"] == "1 gap, 4 s in all"
    assert recording.annotations == (Annotation(5.5, 5.6, "late"),)
    samples = recording.read()[0]
    assert np.isnan(samples[100:500]).all()
    np.testing.assert_array_equal(samples[500:], np.arange(100.0, 200))


@pytest.mark.parametrize(
    ("top", "said"),
    [
        ({"core:datatype": "rf16"}, "has “rf16” as core:datatype, which is no type of SigMF"),
        ({}, "does not say the type of its samples: it has no core:datatype"),
        ({"core:datatype": "rf32", "core:sample_rate": -1}, "has a core:sample_rate that is no rate in Hz"),
        ({"core:datatype": "rf32", "core:num_channels": 0}, "declares 0 channels"),
        ({"core:datatype": "rf32", "core:num_channels": "two"}, "has “two” as core:num_channels, which is no count"),
        (
            {"core:datatype": "rf32", "core:dataset": "../../secret"},
            "names samples in another folder, which SigDesk does not follow",
        ),
    ],
)
def test_fault_33_a_description_that_lies_is_refused(tmp_path: Path, top: dict[str, Any], said: str) -> None:
    told = f"rec.sigmf-meta {said}. Mend its .sigmf-meta, or have the program that wrote it write it again."
    assert refused(written(tmp_path, np.zeros(100, np.float32), top)) == told


def test_fault_33_samples_that_end_between_two_channels_are_cut_short(tmp_path: Path) -> None:
    path = written(tmp_path, np.zeros(100, np.float32), {"core:datatype": "rf32", "core:num_channels": 3})
    assert refused(path) == (
        "rec.sigmf-data is cut short: it ends at byte 400, inside sample 33. "
        "Copy the file again from where it was recorded."
    )


def test_missing_samples_and_broken_descriptions_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, np.zeros(0, np.float32), {"core:datatype": "rf32"})
    assert refused(path) == "rec.sigmf-data ends at byte 0 with no samples. Copy it again."
    (tmp_path / "rec.sigmf-data").unlink()
    assert refused(path) == (
        "rec.sigmf-meta describes the samples in rec.sigmf-data, which is not in its folder. "
        "Copy both files again, into one folder."
    )
    for broken, said in (
        ("{", "is not valid JSON at line 1, column 2"),
        ("[]", "has no object where the document should be"),
        ('{"global": 5}', "has no object where global should be"),
    ):
        path.write_text(broken)
        mend = "Mend its .sigmf-meta, or have the program that wrote it write it again."
        assert refused(path) == f"rec.sigmf-meta {said}. {mend}"


def test_fault_37_samples_that_changed_are_noticed(tmp_path: Path) -> None:
    recording = only(written(tmp_path, np.zeros(100, np.float32), {"core:datatype": "rf32"}))
    (tmp_path / "rec.sigmf-data").write_bytes(bytes(8))
    with pytest.raises(RecordingError, match="has changed since it was opened"):
        recording.read()
