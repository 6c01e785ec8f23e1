"""Whether a signal fits a model, which model fits it best, and how it is cut into windows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from sigdesk.classifiers.fit import best_fit, refusal, windows_for
from sigdesk.classifiers.folder import BrokenFolder, Classifier, ModelState
from sigdesk.classifiers.manifest import Input, Manifest, Run
from sigdesk.errors import ModelError
from sigdesk.signals.recording import Recording
from tests.classifiers.model_folders import recording


def classifier(name: str = "m", state: ModelState = ModelState.VERIFIED, **wanted: Any) -> Classifier:
    manifest = Manifest(name, "1", ("a", "b"), Run(script="a.py"), title=name.upper(), input=Input(**wanted))
    return Classifier(Path(name), manifest, state)


def said(wanted: Classifier, signal: Recording, channels: tuple[int, ...] | None = None) -> str | None:
    return refusal(wanted, signal, 0, signal.length, channels)


def test_a_model_that_asks_for_nothing_takes_anything() -> None:
    assert said(classifier(), recording(1, ("", "V"), rate_hz=None)) is None


@pytest.mark.parametrize(
    ("wanted", "signal", "words"),
    [
        ({"channels": 1}, recording(units=("A", "V", "")), ("1 channel,", "run.csv has 3", "Choose 1 of them")),
        ({"channels": 2}, recording(units=("A",)), ("2 channels", "has 1")),
        ({"sample_rate_hz": 1000.0}, recording(rate_hz=48000.0), ("1,000 Hz", "48,000 Hz")),
        ({"sample_rate_hz": 0.1}, recording(rate_hz=0.25), ("0.1 Hz", "0.25 Hz")),
        ({"sample_rate_hz": 1000.0}, recording(rate_hz=None), ("1,000 Hz", "no sample rate")),
        ({"sample_rate_hz": 1000.0}, recording(times=[0.0, 1.0, 5.0]), ("1,000 Hz", "unevenly spaced")),
        ({"sample_rate_hz": 10.0, "resample": True}, recording(rate_hz=None), ("10 Hz", "no sample rate")),
        ({"sample_rate_hz": 500.0, "resample": True, "length": 300}, recording(300), ("300 samples", "150")),
        ({"length": 1460}, recording(300), ("1,460 samples", "300")),
        ({"unit": "A"}, recording(units=("A", "mA")), ("in A", "Channel 2", "in mA")),
    ],
)
def test_what_does_not_fit_is_said_in_both_numbers(
    wanted: dict[str, Any], signal: Recording, words: tuple[str, ...]
) -> None:
    reason = said(classifier(**wanted), signal)

    assert reason is not None
    assert reason.startswith("M wants ")
    for word in words:
        assert word in reason


def test_only_the_chosen_channels_count() -> None:
    signal = recording(units=("A", "V", "V"))

    assert said(classifier(channels=1, unit="A"), signal, (0,)) is None
    assert "V" in (said(classifier(channels=1, unit="A"), signal, (1,)) or "")
    assert "2 of run.csv are chosen" in (said(classifier(channels=1), signal, (0, 1)) or "")


def test_a_rate_read_off_time_stamps_may_be_a_thousandth_off() -> None:
    assert said(classifier(sample_rate_hz=1000.0), recording(rate_hz=999.9)) is None
    assert said(classifier(sample_rate_hz=1000.0), recording(rate_hz=998.0)) is not None


def test_another_rate_passes_where_the_manifest_lets_signals_be_resampled() -> None:
    assert said(classifier(sample_rate_hz=10.0, resample=True), recording()) is None
    assert said(classifier(sample_rate_hz=500.0, resample=True, length=150), recording(300)) is None


def test_a_channel_that_states_no_unit_passes_and_the_two_micro_signs_are_one() -> None:
    assert said(classifier(unit="A"), recording(units=("",))) is None
    assert said(classifier(unit="\u00b5V"), recording(units=("\u03bcV",))) is None
    assert said(classifier(unit="mV"), recording(units=("MV",))) is not None


def test_a_unit_that_ends_in_a_full_stop_ends_the_sentence() -> None:
    assert (said(classifier(unit="A"), recording(units=("a.u.",))) or "").endswith("is in a.u.")
    assert (said(classifier(unit="A"), recording(units=("V",))) or "").endswith("is in V.")


def test_with_windows_their_length_counts() -> None:
    wanted, signal = classifier(length=100), recording(300)

    assert refusal(wanted, signal, 0, 300, None, windows=((0, 100), (50, 150))) is None
    assert "50" in (refusal(wanted, signal, 0, 300, None, windows=((0, 100), (0, 50))) or "")


def test_an_empty_stretch_is_refused() -> None:
    assert "nothing to classify" in (refusal(classifier(), recording(), 5, 5, None) or "")


def test_the_most_demanding_model_that_fits_is_the_best() -> None:
    models: list[Classifier | BrokenFolder] = [
        BrokenFolder(Path("broken"), ("Line 1",)),
        classifier("anything"),
        classifier("amperes", unit="A"),
        classifier("counted", channels=1, length=300, sample_rate_hz=1000.0),
        classifier("changed", ModelState.CHANGED, unit="A", channels=1),
        classifier("volts", unit="V", channels=1),
    ]

    def best(signal: Recording) -> str | None:
        found = best_fit(models, signal)
        return found.name if found else None

    assert best(recording(units=("A",))) == "amperes"
    assert best(recording(units=("",))) == "counted"
    assert best(recording(units=("g", "g"))) == "anything"
    assert best_fit(models[2:3], recording(units=("",))) is None


def test_equal_models_are_ordered_by_name() -> None:
    found = best_fit([classifier("b"), classifier("a")], recording())

    assert found is not None
    assert found.name == "a"


def test_windows_are_counted_from_the_start_of_the_stretch() -> None:
    assert windows_for(recording(1000, rate_hz=1000.0), 0.3, 0.15, 500, 1000) == ((0, 300), (150, 450))


def test_without_a_time_base_window_lengths_are_samples() -> None:
    assert windows_for(recording(10, rate_hz=None), 4, 3, 0, 10) == ((0, 4), (3, 7), (6, 10))


def test_a_signal_shorter_than_a_window_is_one_window() -> None:
    assert windows_for(recording(10, rate_hz=10.0), 5.0, 1.0, 0, 10) == ((0, 10),)
    assert windows_for(recording(times=[0.0, 1.0, 1.5]), 5.0, 1.0, 0, 3) == ((0, 3),)
    assert windows_for(recording(10, rate_hz=10.0), 5.0, 1.0, 3, 3) == ()


def test_a_window_is_never_under_one_sample() -> None:
    assert windows_for(recording(3, rate_hz=10.0), 0.001, 0.001, 0, 3) == ((0, 1), (1, 2), (2, 3))


def test_windows_follow_uneven_times_and_leave_gaps_out() -> None:
    signal = recording(times=[0.0, 0.5, 1.0, 1.5, 2.0, 9.0, 9.5, 10.0, 11.0])

    windows = windows_for(signal, 1.0, 1.0, 0, signal.length)

    assert windows == ((0, 2), (2, 4), (4, 5), (5, 7), (7, 8))


def test_windows_over_uneven_times_start_within_the_stretch() -> None:
    signal = recording(times=[0.0, 1.0, 2.0, 3.0, 5.0, 6.0, 7.0, 8.0])

    assert windows_for(replace(signal), 2.0, 2.0, 2, 8) == ((0, 2), (2, 3), (3, 5))


def test_more_windows_than_anybody_means_are_refused_before_they_are_made() -> None:
    long = recording(length=1_000_000, rate_hz=1000.0)

    with pytest.raises(ModelError, match="Choose a longer step") as refused:
        windows_for(long, 0.001, 0.001, 0, long.length)

    assert "windows" in refused.value.what
    assert len(windows_for(long, 0.1, 0.1, 0, long.length)) == 10_000
