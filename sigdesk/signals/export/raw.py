"""WAV and NPY: samples one after another behind a short head."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sigdesk.signals.calibration import Scale, scale_sentence, scales_of
from sigdesk.signals.export.stretch import Stretch
from sigdesk.signals.recording import Samples
from sigdesk.signals.refusal import refusal

_WAV_BYTES = 4 * 1024**3 - 64 * 1024
_MAX_WAV_CHANNELS = 1024


def write_npy(stretch: Stretch, path: Path) -> None:
    """An array of shape (channels, samples). It lies sample by sample in the file, which NumPy calls Fortran order, so
    that it can be written as it is read."""
    first = stretch.recording.read(stretch.start, stretch.start)
    head = {
        "descr": np.lib.format.dtype_to_descr(first.dtype.newbyteorder("<")),
        "fortran_order": True,
        "shape": (len(stretch.rows), stretch.length),
    }
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, head)
        for _, samples in stretch.blocks():
            file.write(np.ascontiguousarray(samples.T, dtype=first.dtype.newbyteorder("<")).tobytes())


def write_wav(stretch: Stretch, path: Path) -> None:
    """Floating-point samples in physical units; the comment says which, so that SigDesk reads the same values again."""
    import soundfile  # 30 ms and a shared library: only when audio is written

    rate = stretch.rate_hz
    if rate is None or not float(rate).is_integer() or rate >= 2**31:
        what = "has uneven or no times" if rate is None else f"has a rate of {rate:g} Hz"
        raise refusal(
            stretch.recording.path,
            f"{what}, which WAV cannot hold: it knows whole rates only.",
            "Convert it to CSV, Parquet or NPY.",
        )
    if len(stretch.rows) > _MAX_WAV_CHANNELS:
        raise refusal(
            stretch.recording.path,
            f"has {len(stretch.rows):,} channels, more than the {_MAX_WAV_CHANNELS:,} that a WAV has.",
            "Choose some of its channels, or convert it to Parquet.",
        )
    first = stretch.recording.read(stretch.start, stretch.start)
    size = stretch.length * len(stretch.rows) * first.dtype.itemsize
    subtype = "FLOAT" if first.dtype == np.float32 else "DOUBLE"
    container = "WAV" if size < _WAV_BYTES else "RF64"
    try:
        with soundfile.SoundFile(path, "w", int(rate), len(stretch.rows), subtype, format=container) as file:
            _say(file, stretch)
            for _, samples in stretch.blocks():
                file.write(_as_frames(samples))
    except soundfile.LibsndfileError as error:
        raise OSError(str(error).rstrip(".").lower()) from error


def _as_frames(samples: Samples) -> Samples:
    return np.ascontiguousarray(samples.T)


def _say(file: Any, stretch: Stretch) -> None:
    """The title, the units and the moment, as far as they can be read again."""
    file.title = stretch.recording.name.encode("ascii", "replace").decode()
    file.software = "SigDesk"
    scales = tuple(Scale(1.0, channel.unit) for channel in stretch.channels)
    sentence = scale_sentence(scales)
    if all(channel.unit for channel in stretch.channels) and scales_of([sentence], len(scales)) == scales:
        file.comment = sentence
    moment = stretch.start_time
    if moment is not None:
        file.date = moment.isoformat()
