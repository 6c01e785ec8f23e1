"""Whether a signal and parameters are what a model wants: asked before any process is started, answered in the
operator's words."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence

from sigdesk.classifiers.folder import BrokenFolder, Classifier
from sigdesk.classifiers.manifest import Manifest, ParamValue
from sigdesk.errors import ModelError
from sigdesk.protocol import windows_of
from sigdesk.signals.describe import format_count
from sigdesk.signals.recording import Recording
from sigdesk.signals.resampling import same_rate

MAX_WINDOWS = 100_000
"""One job's windows: beyond this nobody meant it, and the list alone would fill the memory."""
_FLAGS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def refusal(
    classifier: Classifier,
    recording: Recording,
    start: int,
    stop: int,
    channels: Sequence[int] | None,
    windows: Sequence[tuple[int, int]] | None = None,
) -> str | None:
    """Why samples `start` to `stop` of these channels (all if None) do not fit `[input]`; None when they do.

    With `windows` the wanted length is that of each window. A channel that states no unit passes: nobody can say that
    it is the wrong one.
    """
    wanted = classifier.manifest.input
    if stop <= start:
        return f"{recording.name} has no samples here: there is nothing to classify."
    title = classifier.manifest.title or classifier.name
    return (
        _channel_refusal(title, wanted.channels, recording, channels)
        or _unit_refusal(title, wanted.unit, recording, channels)
        or _rate_refusal(title, wanted.sample_rate_hz, wanted.resample, recording)
        or _length_refusal(title, wanted.length, _as_handed_over(classifier, recording, windows or [(start, stop)]))
    )


def _as_handed_over(
    classifier: Classifier, recording: Recording, stretches: Sequence[tuple[int, int]]
) -> Sequence[tuple[int, int]]:
    """The stretches in samples at the rate that the model gets."""
    scale = resampling(classifier, recording)
    return stretches if scale is None else [(round(start * scale), round(stop * scale)) for start, stop in stretches]


def resampling(classifier: Classifier, recording: Recording) -> float | None:
    """How many samples the model gets for one of the recording's, where its manifest lets signals be resampled and this
    one has another rate; else None."""
    wanted, rate = classifier.manifest.input, recording.time_base.rate_hz
    if not wanted.resample or wanted.sample_rate_hz is None or rate is None or same_rate(rate, wanted.sample_rate_hz):
        return None
    return wanted.sample_rate_hz / rate


def windows_for(
    recording: Recording, length_s: float, step_s: float, start: int, stop: int
) -> tuple[tuple[int, int], ...]:
    """Windows of `length_s` every `step_s` seconds that fit into samples `start` to `stop`, counted from `start`.

    Where the file names no time, lengths are in samples. Where it names times, windows follow the times, so they may
    hold unequal numbers of samples; stretches without a sample are left out.

    Raises ModelError when there would be more than `MAX_WINDOWS`.
    """
    times = recording.time_base
    _check_count(recording, length_s, step_s, start, stop)
    if times.times is None:
        rate = times.rate_hz or 1.0
        return windows_of(stop - start, max(1, round(length_s * rate)), max(1, round(step_s * rate)))
    if stop <= start:
        return ()
    first, last = float(times.times[start]), float(times.times[stop - 1])
    if last - first < length_s:
        return ((0, stop - start),)
    # Half a millionth of a step: rounding in the sums must not lose the last window.
    count = int((last - first - length_s) / step_s + 5e-7) + 1
    edges = [first + number * step_s for number in range(count)]
    spans = [(times.index_of(edge), times.index_of(edge + length_s)) for edge in edges]
    return tuple((max(begin, start) - start, min(end, stop) - start) for begin, end in spans if end > begin)


def _check_count(recording: Recording, length_s: float, step_s: float, start: int, stop: int) -> None:
    if stop <= start:
        return
    times = recording.time_base
    span = times.time_of(stop - 1) - times.time_of(start)
    step = step_s if times.unit else max(1, round(step_s))
    count = int(max(0.0, span - length_s) / step) + 1
    if count > MAX_WINDOWS:
        raise ModelError(
            f"That would be {format_count(count)} windows; a signal can have {format_count(MAX_WINDOWS)} at most.",
            "Choose a longer step.",
        )


def best_fit(classifiers: Sequence[Classifier | BrokenFolder], recording: Recording) -> Classifier | None:
    """The runnable model that fits a recording best: the one whose `[input]` asks for most, then the first by name.

    Stricter than `refusal`: a model that asks for a unit is picked only for a recording that states it.
    """
    fitting = [
        classifier
        for classifier in classifiers
        if isinstance(classifier, Classifier)
        and classifier.runnable
        and refusal(classifier, recording, 0, recording.length, None) is None
        and _states_the_unit(classifier, recording)
    ]
    return min(fitting, key=lambda classifier: (-_strictness(classifier), classifier.name), default=None)


def params_from_text(manifest: Manifest, texts: Sequence[str]) -> dict[str, ParamValue]:
    """`["threshold=0.7"]` as values of the types of the manifest's defaults. Raises ModelError with all mistakes."""
    values: dict[str, object] = {}
    problems = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            problems.append(f"{text!r} is not of the form KEY=VALUE.")
        else:
            values[name.strip()] = _from_text(value.strip(), manifest.params.get(name.strip()))
    checked, found = _check(manifest, values)
    if problems or found:
        raise _refused(manifest, problems + found)
    return checked


def check_params(manifest: Manifest, values: Mapping[str, object]) -> dict[str, ParamValue]:
    """The values in the types of the manifest's defaults. Raises ModelError with all mistakes."""
    checked, problems = _check(manifest, values)
    if problems:
        raise _refused(manifest, problems)
    return checked


def _strictness(classifier: Classifier) -> int:
    """A unit says more about what was measured than any count of samples."""
    wanted = classifier.manifest.input
    counts = (wanted.channels, wanted.length, wanted.sample_rate_hz)
    return 4 * (wanted.unit is not None) + sum(value is not None for value in counts)


def _states_the_unit(classifier: Classifier, recording: Recording) -> bool:
    return classifier.manifest.input.unit is None or all(channel.unit for channel in recording.channels)


def _channel_refusal(title: str, wanted: int | None, recording: Recording, chosen: Sequence[int] | None) -> str | None:
    count = len(recording.channels) if chosen is None else len(chosen)
    if wanted is None or count == wanted:
        return None
    way_out = f" Choose {wanted} of them." if count > wanted else ""
    if chosen is None:
        return f"{title} wants {_counted(wanted, 'channel')}, but {recording.name} has {count}.{way_out}"
    return f"{title} wants {_counted(wanted, 'channel')}, but {count} of {recording.name} are chosen.{way_out}"


def _unit_refusal(title: str, wanted: str | None, recording: Recording, chosen: Sequence[int] | None) -> str | None:
    if wanted is None:
        return None
    indices = range(len(recording.channels)) if chosen is None else chosen
    for channel in (recording.channels[index] for index in indices):
        if channel.unit and _plain(channel.unit) != _plain(wanted):
            told = f"{title} wants values in {wanted}, but {channel.name} of {recording.name} is in {channel.unit}"
            return told if told.endswith(".") else f"{told}."  # as that of "a.u."
    return None


def _rate_refusal(title: str, wanted: float | None, resample: bool, recording: Recording) -> str | None:
    if wanted is None:
        return None
    rate = recording.time_base.rate_hz
    if rate is None:
        has = "has unevenly spaced times" if recording.time_base.times is not None else "states no sample rate"
        return f"{title} wants {_hertz(wanted)}, but {recording.name} {has}."
    if resample or same_rate(rate, wanted):
        return None
    return f"{title} wants {_hertz(wanted)}, but {recording.name} was sampled at {_hertz(rate)}."


def _length_refusal(title: str, wanted: int | None, stretches: Sequence[tuple[int, int]]) -> str | None:
    if wanted is None:
        return None
    for start, stop in stretches:
        if stop - start != wanted:
            return f"{title} wants {_counted(wanted, 'sample')}, but here are {stop - start:,}."
    return None


def _plain(unit: str) -> str:
    """The micro sign and the Greek letter are one; capital letters still count (mV, MV)."""
    return unicodedata.normalize("NFKC", unit).strip()


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _hertz(rate: float) -> str:
    return f"{rate:,.6f}".rstrip("0").rstrip(".") + " Hz"


def _check(manifest: Manifest, values: Mapping[str, object]) -> tuple[dict[str, ParamValue], list[str]]:
    checked: dict[str, ParamValue] = {}
    problems = []
    for name, value in values.items():
        if name not in manifest.params:
            known = ", ".join(manifest.params) or "it has none"
            problems.append(f"There is no parameter {name!r} (known: {known}).")
            continue
        fitting = _fitted(value, manifest.params[name])
        if fitting is None:
            problems.append(f"{name} is {value!r}, but must be {_kind(manifest.params[name])}.")
        else:
            checked[name] = fitting
    return checked, problems


def _fitted(value: object, default: ParamValue) -> ParamValue | None:
    """The value in the default's type, None if it has no place there. True is no number, 3.0 is a whole number."""
    if isinstance(default, bool) or isinstance(value, bool):
        return value if isinstance(default, bool) and isinstance(value, bool) else None
    if isinstance(default, str):
        return value if isinstance(value, str) else None
    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    if isinstance(default, float):
        return float(value)
    return int(value) if value == int(value) else None


def _from_text(text: str, default: ParamValue | None) -> object:
    """The value that a text means where the default is of that type; the text itself when it means none."""
    if isinstance(default, bool):
        return _FLAGS.get(text.lower(), text)
    if isinstance(default, int | float):
        try:
            return int(text) if text.lstrip("+-").isdecimal() else float(text)
        except ValueError:
            return text
    return text


def _kind(default: ParamValue) -> str:
    if isinstance(default, bool):
        return "true or false"
    if isinstance(default, int):
        return "a whole number"
    return "a number" if isinstance(default, float) else "a text"


def _refused(manifest: Manifest, problems: Sequence[str]) -> ModelError:
    return ModelError(f"{manifest.title or manifest.name}: {' '.join(problems)}", "Correct the parameters.")
