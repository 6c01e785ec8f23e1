"""What a script promised in `OUTPUT:`, and what is refused in words; the windows of a signal."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigdesk.errors import ProtocolError
from sigdesk.protocol import (
    FailureCode,
    Output,
    OutputLine,
    read_output,
    windows_of,
)

CLASSES = ("kettle", "fridge")


def output(document: object, windows: int | None = None) -> Output:
    return read_output(OutputLine(json.dumps(document).encode()), classes=CLASSES, windows=windows)


def refusal(payload: bytes, windows: int | None = None, *, whole: bool = True) -> str:
    """What the operator reads of an OUTPUT that cannot be used."""
    with pytest.raises(ProtocolError) as caught:
        read_output(OutputLine(payload, whole), classes=CLASSES, windows=windows)
    assert caught.value.code == FailureCode.BAD_OUTPUT
    assert caught.value.way_out
    return caught.value.what


def test_a_whole_answer_is_read() -> None:
    (result,) = output(
        {"label": "kettle", "confidence": 0.93, "probabilities": {"kettle": 0.93, "fridge": 0.07}, "rms_a": 8.5}
    ).results
    assert (result.label, result.confidence) == ("kettle", 0.93)
    assert result.probabilities == {"kettle": 0.93, "fridge": 0.07}
    assert result.extra == {"rms_a": 8.5}


def test_confidence_and_probabilities_may_be_left_out() -> None:
    for document in ({"label": "fridge"}, {"label": "fridge", "confidence": None, "probabilities": None}):
        (result,) = output(document).results
        assert (result.label, result.confidence, dict(result.probabilities)) == ("fridge", None, {})


def test_without_a_confidence_the_label_s_probability_counts() -> None:
    (result,) = output({"label": "fridge", "probabilities": {"kettle": 0.2, "fridge": 0.8}}).results
    assert result.confidence == 0.8


def test_whole_numbers_and_the_ends_of_the_range_are_probabilities() -> None:
    (result,) = output({"label": "kettle", "confidence": 1, "probabilities": {"kettle": 1, "fridge": 0}}).results
    assert (result.confidence, result.probabilities["fridge"]) == (1.0, 0.0)
    assert isinstance(result.confidence, float)


def test_each_window_has_its_result_in_order() -> None:
    read = output({"windows": [{"label": "kettle"}, {"label": "fridge", "confidence": 0.5}], "note": "x"}, windows=2)
    assert read.windowed
    assert [result.label for result in read.results] == ["kettle", "fridge"]


def test_one_window_that_was_asked_for_is_still_a_list() -> None:
    assert output({"windows": [{"label": "kettle"}]}, windows=1).windowed
    assert not output({"label": "kettle"}).windowed
    assert "no list named windows, though 1 windows" in refusal(b'{"label": "kettle"}', windows=1)


@pytest.mark.parametrize(
    ("payload", "named"),
    [
        (b"", "is not JSON"),
        (b'{"label": "ket', "is not JSON"),
        (b"kettle", "is not JSON"),
        (b'{"label": "kettle"} trailing', "is not JSON"),
        (b'["kettle"]', "is not a JSON object"),
        (b'"kettle"', "is not a JSON object"),
        (b"NaN", "is not a JSON object"),
        (b"{}", "label is missing"),
        (b'{"label": null}', "label is null, not a text"),
        (b'{"label": 3}', "label is 3, not a text"),
        (b'{"label": ["kettle"]}', 'label is ["kettle"], not a text'),
        (b'{"label": "toaster"}', 'label is "toaster", which is not a class of the model (kettle, fridge)'),
        (b'{"label": "kettle", "confidence": NaN}', "confidence is NaN, not a number from 0 to 1"),
        (b'{"label": "kettle", "confidence": -Infinity}', "confidence is -Infinity, not a number"),
        (b'{"label": "kettle", "confidence": 1e999}', "confidence is Infinity, not a number"),
        (b'{"label": "kettle", "confidence": 1' + b"0" * 400 + b"}", "confidence is 1000"),
        (b'{"label": "kettle", "confidence": 1.0001}', "confidence is 1.0001, not a number"),
        (b'{"label": "kettle", "confidence": -0.5}', "confidence is -0.5, not a number"),
        (b'{"label": "kettle", "confidence": "0.9"}', 'confidence is "0.9", not a number'),
        (b'{"label": "kettle", "confidence": true}', "confidence is true, not a number"),
        (b'{"label": "kettle", "probabilities": {"kettle": NaN}}', "probabilities.kettle is NaN, not a number"),
        (b'{"label": "kettle", "probabilities": {"kettle": 7}}', "probabilities.kettle is 7, not a number"),
        (b'{"label": "kettle", "probabilities": {"kettle": null}}', "probabilities.kettle is null, not a number"),
        (b'{"label": "kettle", "probabilities": {"oven": 0.5}}', 'probabilities names "oven", which is not a class'),
        (b'{"label": "kettle", "probabilities": [0.9, 0.1]}', "probabilities is [0.9, 0.1], not an object"),
        (b'{"label": "kettle", "probabilities": []}', "probabilities is [], not an object"),
        (b'{"label": "kettle", "probabilities": 0}', "probabilities is 0, not an object"),
        (b'{"label": "kettle", "snr": NaN}', "is not JSON"),
        (b'{"label": "kettle\xff"}', "is not JSON"),
        (b'{"label": "kettle", "note": "\\ud800"}', "is not JSON"),
        ('{"label": "kettle"}'.encode("utf-16"), "is not JSON"),
        (b'{"label": ' + b"[" * 1000 + b"]" * 1000 + b"}", "label is a list of great depth, not a text"),
        (b'{"label": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "is not JSON"),
        (b'{"label": ' + b"[" * 100_000 + b"NaN", "is not JSON"),
    ],
)
def test_fault_14_a_bad_output_names_the_field_and_its_value(payload: bytes, named: str) -> None:
    assert named in refusal(payload)


@pytest.mark.parametrize(
    ("payload", "named"),
    [
        (b'{"windows": [{"label": "kettle"}]}', "has 1 windows, but 2 were asked for"),
        (b'{"windows": []}', "has 0 windows, but 2 were asked for"),
        (b'{"windows": {"0": {"label": "kettle"}}}', "has no list named windows, though 2 windows were asked for"),
        (b'{"windows": ["kettle", "kettle"]}', 'windows[0] is "kettle", not an object'),
        (b'{"windows": [{"label": "kettle"}, {"label": "oven"}]}', 'windows[1].label is "oven"'),
        (b'{"windows": [{"label": "kettle"}, {}]}', "windows[1].label is missing"),
        (b'{"windows": [{"label": "kettle", "confidence": NaN}, {}]}', "windows[0].confidence is NaN"),
        (
            b'{"windows": [{"label": "kettle", "probabilities": {"kettle": 2}}, {}]}',
            "windows[0].probabilities.kettle is 2",
        ),
    ],
)
def test_fault_14_a_bad_window_is_named(payload: bytes, named: str) -> None:
    assert named in refusal(payload, windows=2)


def test_a_bad_output_quotes_the_start_of_the_line_and_no_more() -> None:
    what = refusal(b'{"label": ' + b"kettle " * 1000)
    assert '{"label": kettle kettle' in what
    assert len(what) < 400
    assert len(refusal(b'{"label": "' + b"x" * 10_000 + b'"}')) < 300


def test_fault_06_half_a_json_says_that_the_script_ended_in_it() -> None:
    assert "the script ended in the middle of the line" in refusal(b'{"label": "ket', whole=False)
    assert "ended in the middle" not in refusal(b'{"label": "ket')


def test_a_model_of_many_classes_does_not_list_them_all() -> None:
    classes = [f"class-{number}" for number in range(500)]
    with pytest.raises(ProtocolError, match=r"class-0, .*class-11, …"):
        read_output(OutputLine(b'{"label": "x"}'), classes=classes)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.sampled_from(["kettle", "fridge", "oven", "é"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["label", "confidence", "probabilities", "windows", "kettle"]), inner)
    ),
    max_leaves=12,
)


@given(
    st.one_of(json_values.map(lambda value: json.dumps(value).encode()), st.binary(max_size=60)), st.none() | st.just(2)
)
def test_any_output_is_read_or_refused(payload: bytes, windows: int | None) -> None:
    try:
        read = read_output(OutputLine(payload), classes=CLASSES, windows=windows)
    except ProtocolError as error:
        assert error.code == FailureCode.BAD_OUTPUT  # noqa: PT017 - either end will do
        return
    assert len(read.results) == (windows or 1)
    for result in read.results:
        assert result.label in CLASSES
        assert result.confidence is None or 0 <= result.confidence <= 1
        assert all(0 <= value <= 1 for value in result.probabilities.values())


# --- windows ---


def test_windows_that_fit_whole() -> None:
    assert windows_of(10, 4, 3) == ((0, 4), (3, 7), (6, 10))
    assert windows_of(9, 4, 3) == ((0, 4), (3, 7))
    assert windows_of(8, 4, 4) == ((0, 4), (4, 8))


def test_a_signal_shorter_than_a_window_is_one_window() -> None:
    assert windows_of(3, 4, 4) == ((0, 3),)
    assert windows_of(0, 4, 4) == ()


@pytest.mark.parametrize(("window", "step"), [(0, 1), (1, 0), (-1, 1)])
def test_a_window_has_at_least_one_sample(window: int, step: int) -> None:
    with pytest.raises(ValueError, match="at least one sample"):
        windows_of(10, window, step)


@given(st.integers(0, 300), st.integers(1, 100), st.integers(1, 100))
def test_windows_lie_inside_the_signal_and_step_evenly(length: int, window: int, step: int) -> None:
    found = windows_of(length, window, step)
    assert all(0 <= start < stop <= length for start, stop in found)
    assert [start for start, _ in found] == [index * step for index in range(len(found))]
    assert bool(found) == bool(length)
    assert not found or len(found) * step + window > length
