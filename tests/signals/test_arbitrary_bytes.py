"""Whatever bytes a file holds, opening it gives recordings that can be read, or a refusal in words; nothing else."""

from __future__ import annotations

import io
from pathlib import Path

import h5py
import numpy as np
import polars as pl
import pytest
import scipy.io
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from nptdms import ChannelObject, TdmsWriter

from sigdesk.errors import RecordingError
from sigdesk.signals import Recording, open_recordings, readable_suffixes, thumbnail


def _audio(container: str) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, np.sin(np.arange(200)).reshape(100, 2), 8000, format=container)
    return buffer.getvalue()


def _array() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.arange(12.0).reshape(3, 4))
    return buffer.getvalue()


def _archive() -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, data=np.arange(12.0), fs=5, label="fan", t=np.arange(12))
    return buffer.getvalue()


def _hdf5() -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file["x"] = np.arange(24.0).reshape(2, 12)
        file["x"].attrs["fs"] = 5
        file["a/t"] = np.arange(12)
        file["a/y"] = np.arange(12, dtype=np.int16)
    return buffer.getvalue()


def _matlab(*, packed: bool) -> bytes:
    buffer = io.BytesIO()
    held = {"x": np.arange(12.0), "fs": 5, "s": {"y": np.arange(4), "t": np.arange(4)}, "c": [[1, 2, 3], "z"]}
    scipy.io.savemat(buffer, held, do_compression=packed)
    return buffer.getvalue()


def _edf(version: bytes = b"0       ") -> bytes:
    """A file of two channels of two rates and annotations, two records."""
    fields = [("EMG", 16), ("", 80), ("uV", 8), ("-100", 8), ("100", 8), ("-2048", 8), ("2047", 8), ("", 80)]
    head = version + b" " * 160 + b"01.03.2610.20.30" + b"1024    " + b"EDF+C".ljust(44) + b"2       1       3   "
    for text, size in fields:
        head += b"".join(each.encode().ljust(size) for each in (text, text, "EDF Annotations" if size == 16 else text))
    head += b"4       2       12      " + b" " * 96
    width = 2 if version.startswith(b"0") else 3
    record = bytes(range(6 * width)) + b"+0\x14\x14\0+0.5\x151\x14knock\x14\0".ljust(12 * width, b"\0")
    return head + record * 2


def _tdms() -> bytes:
    buffer = io.BytesIO()
    with TdmsWriter(buffer) as writer:
        for _ in range(2):
            writer.write_segment([ChannelObject("g", name, np.arange(6.0), {"wf_increment": 0.1}) for name in "ab"])
    return buffer.getvalue()


def _columns(kind: str) -> bytes:
    buffer = io.BytesIO()
    frame = pl.DataFrame({"t": np.arange(20), "a (V)": np.arange(20.0), "b": ["x"] * 20})
    if kind == "parquet":
        frame.write_parquet(buffer)
    else:
        frame.write_ipc(buffer, compression="lz4")
    return buffer.getvalue()


SEEDS: dict[str, list[bytes]] = {
    ".csv": [
        b"# rate: 5\ntime,b (A),c\n0,1.5,x\n0.5,2,x\n1,3,y\n",
        b"2021-05-01 10:00:00;1,5\n2021-05-01 10:00:01;2,5\n",
        "a;b\n1,5;2\n3;4\n".encode("utf-16"),
        b'"a","b"\n"1,5","2"\n',
    ],
    ".tsv": [b"\n".join(b"\t".join([b"1", *[b"0.5"] * 20]) for _ in range(4))],
    ".txt": [b"1 2 3\n4 5 6\n", b"Time,A\n(ms),(V)\n1,2\n2,3\n"],
    ".ts": [b"#c\n@problemName x\n@univariate false\n@classLabel true a b\n@data\n1,2,3:4,?,6:a\n1,2:3,4:b\n"],
    ".arff": [
        b"@relation x\n@attribute a numeric\n@attribute b real\n@attribute class {x,'y z'}\n@data\n1,2,x\n3,?,'y z'\n",
        b"@relation x\n@attribute r relational\n@attribute a real\n@end r\n@attribute class {x,y}\n@data\n'1\\n3',x\n",
    ],
    ".json": [b'{"jobs":[{"signal":{"name":"x","sample_rate":5,"channels":[{"name":"a"}],"samples":[[1,null,3]]}}]}'],
    ".npy": [_array()],
    ".npz": [_archive()],
    ".wav": [_audio("WAV"), _audio("RF64")],
    ".flac": [_audio("FLAC")],
    ".ogg": [_audio("OGG")],
    ".aiff": [_audio("AIFF")],
    ".w64": [_audio("W64")],
    ".h5": [_hdf5()],
    ".parquet": [_columns("parquet")],
    ".feather": [_columns("ipc")],
    ".tdms": [_tdms()],
    ".edf": [_edf()],
    ".bdf": [_edf(b"\xffBIOSEMI")],
    ".mat": [_matlab(packed=False), _matlab(packed=True)],
}
PIECES = [*(bytes([byte]) for byte in b"\n,;\t\"'\x00\xff-#:?{["), b"nan", b"1e999", b"@data\n"]


@st.composite
def damaged(draw: st.DrawFn, seed: bytes) -> bytes:
    """`seed` with a few places overwritten, cut out, doubled or filled with what means something to a parser."""
    raw = bytearray(seed)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(raw)))
        kind = draw(st.sampled_from(["overwrite", "cut", "insert", "end", "double"]))
        if kind == "overwrite":
            raw[at : at + 1] = draw(st.binary(min_size=1, max_size=4))
        elif kind == "cut":
            del raw[at : at + draw(st.integers(1, 20))]
        elif kind == "insert":
            raw[at:at] = draw(st.sampled_from(PIECES))
        elif kind == "end":
            del raw[at:]
        else:
            raw[at:at] = raw[max(at - 20, 0) : at]
    return bytes(raw)


def opened(path: Path) -> list[Recording]:
    """The file's recordings; none when it is refused as operators expect it."""
    try:
        return open_recordings(path)
    except RecordingError as error:
        refusal = error
    assert path.name in refusal.what
    assert refusal.way_out
    assert "\n" not in refusal.what
    return []


def check(path: Path, raw: bytes) -> None:
    path.write_bytes(raw)
    for recording in opened(path):
        try:
            samples = recording.read()
        except RecordingError as error:  # damage inside packed values shows when they are unpacked
            assert path.name in error.what  # noqa: PT017 - either is right
            continue
        assert samples.shape == (len(recording.channels), recording.length)
        assert samples.dtype in (np.float32, np.float64)
        assert recording.length > 0
        assert recording.time_base.rate_hz is None or recording.time_base.rate_hz > 0
        assert recording.name.isprintable()
        thumbnail(recording)


@pytest.mark.parametrize("suffix", sorted(SEEDS))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, data: st.DataObject
) -> None:
    seed = data.draw(st.sampled_from(SEEDS[suffix]))
    check(tmp_path_factory.getbasetemp() / f"damaged{suffix}", data.draw(damaged(seed)))


@settings(max_examples=100, deadline=None)
@given(raw=st.binary(max_size=200), suffix=st.sampled_from([*readable_suffixes(), ".bin", ""]))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, raw: bytes, suffix: str) -> None:
    check(tmp_path_factory.getbasetemp() / f"bytes{suffix}", raw)


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=100), suffix=st.sampled_from([".csv", ".tsv", ".txt", ".json", ".ts", ".arff"]))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str, suffix: str) -> None:
    check(tmp_path_factory.getbasetemp() / f"text{suffix}", text.encode("utf-8", "surrogatepass"))
