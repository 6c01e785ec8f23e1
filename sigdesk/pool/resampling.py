"""A job for a model that wants another sample rate, and whose manifest lets signals be resampled."""

from __future__ import annotations

from msgspec.structs import replace

from sigdesk.classifiers.fit import resampling
from sigdesk.pool.jobs import JobRequest
from sigdesk.signals.recording import Samples, TimeBase
from sigdesk.signals.resampling import resampled


def at_wanted_rate(request: JobRequest, samples: Samples) -> tuple[JobRequest, Samples]:
    """The request and its samples, shape (channels, n), as the model is handed them: with its rate, and with windows
    that count samples at that rate. The same objects where nothing is to be done."""
    scale = resampling(request.classifier, request.recording)
    if scale is None:
        return request, samples
    wanted, rate = request.classifier.manifest.input.sample_rate_hz, request.recording.time_base.rate_hz
    assert wanted is not None
    assert rate is not None
    values = resampled(samples, rate, wanted)
    length = values.shape[1]
    windows = request.windows
    if windows is not None:
        windows = tuple(
            (min(round(start * scale), length - 1), min(max(round(stop * scale), round(start * scale) + 1), length))
            for start, stop in windows
        )
    start = round(request.start * scale)
    recording = replace(request.recording, time_base=TimeBase(rate_hz=wanted))
    return replace(request, recording=recording, start=start, stop=start + length, windows=windows), values
