"""The line protocol as SigDesk hears it: whatever bytes come, every line is heard once and named as the table says."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigdesk.errors import ProtocolError
from sigdesk.protocol import (
    KEPT_BYTES,
    MAX_LINE_BYTES,
    Dialect,
    DoneLine,
    ErrorLine,
    FailureCode,
    JobLine,
    Level,
    Line,
    LineParser,
    LogLine,
    OtherLine,
    Output,
    OutputLine,
    ProgressLine,
    ReadyLine,
    TooLongLine,
    read_output,
    windows_of,
)

CLASSES = ("kettle", "fridge")


def parse(data: bytes, dialect: Dialect = Dialect.ONE_SHOT, **bounds: int) -> list[Line]:
    parser = LineParser(dialect, **bounds)
    return parser.feed(data) + parser.close()


def output(document: object, windows: int | None = None) -> Output:
    return read_output(OutputLine(json.dumps(document).encode()), classes=CLASSES, windows=windows)


def refusal(payload: bytes, windows: int | None = None, *, whole: bool = True) -> str:
    """What the operator reads of an OUTPUT that cannot be used."""
    with pytest.raises(ProtocolError) as caught:
        read_output(OutputLine(payload, whole), classes=CLASSES, windows=windows)
    assert caught.value.code == FailureCode.BAD_OUTPUT
    assert caught.value.way_out
    return caught.value.what


# --- the table of protocol.md, row by row ---

TABLE: Sequence[tuple[bytes, Line]] = [
    (b"LOG: model loaded", LogLine(Level.INFO, "model loaded")),
    (b"LOG: DEBUG a detail", LogLine(Level.DEBUG, "a detail")),
    (b"LOG: INFO a fact", LogLine(Level.INFO, "a fact")),
    (b"LOG: WARNING signal is short", LogLine(Level.WARNING, "signal is short")),
    (b"LOG: WARNING", LogLine(Level.WARNING, "")),
    (b"LOG: WARNINGS are no level", LogLine(Level.INFO, "WARNINGS are no level")),
    (b"LOG: ERROR is no level", LogLine(Level.INFO, "ERROR is no level")),
    (b"LOG: warning is no level", LogLine(Level.INFO, "warning is no level")),
    (b"LOG:without a space", LogLine(Level.INFO, "without a space")),
    (b"LOG:", LogLine(Level.INFO, "")),
    (b"LOG:   indented", LogLine(Level.INFO, "  indented")),
    (b"PROGRESS: 0.42", ProgressLine(0.42)),
    (b"PROGRESS:1", ProgressLine(1.0)),
    (b"PROGRESS: 0", ProgressLine(0.0)),
    (b"PROGRESS: 1e-2", ProgressLine(0.01)),
    (b"PROGRESS: 1.01", OtherLine("PROGRESS: 1.01")),
    (b"PROGRESS: -0.1", OtherLine("PROGRESS: -0.1")),
    (b"PROGRESS: 42%", OtherLine("PROGRESS: 42%")),
    (b"PROGRESS: nan", OtherLine("PROGRESS: nan")),
    (b"PROGRESS: inf", OtherLine("PROGRESS: inf")),
    (b"PROGRESS:", OtherLine("PROGRESS:")),
    (b'OUTPUT: {"label": "kettle"}', OutputLine(b'{"label": "kettle"}')),
    (b"OUTPUT:{}\r", OutputLine(b"{}")),
    (b"OUTPUT:", OutputLine(b"")),
    (b"ERROR: no signal", ErrorLine("no signal")),
    (b"ERROR:", ErrorLine("")),
    (b"hello", OtherLine("hello")),
    (b"", OtherLine("")),
    (b"with a carriage return\r", OtherLine("with a carriage return")),
    # A prefix counts only at the start of a line, only in capitals, only with its colon.
    (b" OUTPUT: {}", OtherLine(" OUTPUT: {}")),
    (b"say ERROR: no", OtherLine("say ERROR: no")),
    (b"output: {}", OtherLine("output: {}")),
    (b"OUTPUT {}", OtherLine("OUTPUT {}")),
    (b"LOGS: no", OtherLine("LOGS: no")),
    (b"ERROR", OtherLine("ERROR")),
    # Fault 12: shown as the plain text that they are.
    (b"LOG: \x1b[31mred\x1b[0m\x00 <b>bold</b>", LogLine(Level.INFO, "\x1b[31mred\x1b[0m\x00 <b>bold</b>")),
    (b"50 %\r100 %", OtherLine("50 %\r100 %")),
    # Fault 7: bytes that are no UTF-8 are replaced, and nothing else is lost.
    (b"LOG: caf\xe9 \xff!", LogLine(Level.INFO, "caf\ufffd \ufffd!")),
]


@pytest.mark.parametrize(("written", "heard"), TABLE)
def test_each_line_is_named_as_the_table_says(written: bytes, heard: Line) -> None:
    assert parse(written + b"\n") == [heard]


@pytest.mark.parametrize("written", [row[0] for row in TABLE if not row[0].startswith(b"OUTPUT:")])
def test_on_standard_error_no_word_counts(written: bytes) -> None:
    text = written.decode("utf-8", "replace").removesuffix("\r")
    assert parse(written + b"\n", Dialect.PLAIN) == [OtherLine(text)]
    assert parse(b"OUTPUT: {}\n", Dialect.PLAIN) == [OtherLine("OUTPUT: {}")]


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        (b"READY", ReadyLine()),
        (b"READY\r", ReadyLine()),
        (b"READY now", OtherLine("READY now")),
        (b"JOB: 01J9-7", JobLine("01J9-7")),
        (b"JOB:01J9-7 ", JobLine("01J9-7")),
        (b"JOB:", OtherLine("JOB:")),
        (b"JOB:   ", OtherLine("JOB:   ")),
        (b"DONE: 64", DoneLine(64)),
        (b"DONE: all", OtherLine("DONE: all")),
        (b"DONE: -1", OtherLine("DONE: -1")),
        ("DONE: ٣".encode(), OtherLine("DONE: ٣")),
        (b"DONE: " + b"9" * 5000, OtherLine("DONE: " + "9" * 5000)),
        (b"LOG: as ever", LogLine(Level.INFO, "as ever")),
    ],
)
def test_a_warm_script_has_three_words_more(written: bytes, heard: Line) -> None:
    assert parse(written + b"\n", Dialect.WARM) == [heard]


@pytest.mark.parametrize("written", [b"READY", b"JOB: 1", b"DONE: 1"])
def test_the_words_of_warm_scripts_mean_nothing_from_others(written: bytes) -> None:
    assert parse(written + b"\n") == [OtherLine(written.decode())]


# --- the stream: any bytes, any cutting ---

streams = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from(
            [b"\n", b"\r\n", b"LOG: ", b"OUTPUT: ", b"ERROR: ", b"PROGRESS: ", b"JOB: ", b"DONE: 3", b"READY"]
        ),
        st.sampled_from([b'{"label":"kettle"}', b"0.5", b"OUTPUT:" + b"x" * 90, b"y" * 90, "é€😀".encode()]),
    ),
    max_size=30,
).map(b"".join)
dialects = st.sampled_from(Dialect)


@given(streams, dialects, st.lists(st.integers(0, 400), max_size=12), st.integers(7, 60), st.integers(0, 140))
def test_any_cutting_of_the_stream_gives_the_same_lines(
    data: bytes, dialect: Dialect, cuts: list[int], kept: int, more: int
) -> None:
    parser = LineParser(dialect, kept=kept, limit=kept + more)
    edges = [0, *sorted(cuts), len(data)]
    pieces = [data[start:stop] for start, stop in itertools.pairwise(edges)]
    heard = [line for piece in pieces for line in parser.feed(piece)] + parser.close()
    assert heard == parse(data, dialect, kept=kept, limit=kept + more)


@given(streams, dialects)
def test_byte_by_byte_gives_the_same_lines(data: bytes, dialect: Dialect) -> None:
    parser = LineParser(dialect, kept=20, limit=70)
    heard = [line for byte in data for line in parser.feed(bytes([byte]))] + parser.close()
    assert heard == parse(data, dialect, kept=20, limit=70)


@given(streams, dialects)
def test_no_line_is_lost(data: bytes, dialect: Dialect) -> None:
    written = data.split(b"\n")
    if not written[-1]:
        written.pop()
    heard = parse(data, dialect)
    assert len(heard) == len(written)
    for line, raw in zip(heard, written, strict=True):
        assert text_of(line) in raw.decode("utf-8", "replace")
        if isinstance(line, OtherLine):
            assert line.text == raw.decode("utf-8", "replace").removesuffix("\r")


def text_of(line: Line) -> str:
    match line:
        case LogLine(_, text) | ErrorLine(text) | OtherLine(text):
            return text
        case OutputLine(payload):
            return payload.decode("utf-8", "replace")
        case JobLine(job_id):
            return job_id
    return ""


@given(streams, st.integers(16, 80))
def test_with_small_bounds_each_line_still_stands_for_one_line(data: bytes, limit: int) -> None:
    heard = parse(data, kept=16, limit=limit)
    written = data.split(b"\n")
    if not written[-1]:
        written.pop()
    assert len(heard) == len(written)
    for line, raw in zip(heard, written, strict=True):
        assert isinstance(line, TooLongLine) == (len(raw) > limit)


def test_a_last_line_without_its_newline_is_heard_at_the_end() -> None:
    parser = LineParser(Dialect.ONE_SHOT)
    assert parser.feed(b'LOG: one\nOUTPUT: {"la') == [LogLine(Level.INFO, "one")]
    assert parser.close() == [OutputLine(b'{"la', whole=False)]
    assert parser.close() == []


def test_a_long_line_keeps_its_start_and_says_so() -> None:
    (line,) = parse(b"LOG: " + b"x" * 200_000 + b"\n")
    assert isinstance(line, LogLine)
    assert line.text.startswith("x" * (KEPT_BYTES - 5) + " … ")
    assert line.text.endswith("[the first 65,536 of 200,005 bytes of this line]")


def test_a_long_output_is_kept_whole() -> None:
    payload = b'{"label": "' + b"x" * 200_000 + b'"}'
    assert parse(b"OUTPUT: " + payload + b"\n") == [OutputLine(payload)]


def test_a_line_that_passes_the_bound_is_told_at_once_and_its_rest_is_not_kept() -> None:
    parser = LineParser(Dialect.ONE_SHOT, limit=1000)
    assert parser.feed(b"OUTPUT: " + b"x" * 992) == []
    assert parser.feed(b"x") == [TooLongLine("OUTPUT: " + "x" * 192)]
    assert parser.feed(b"x" * 5000) == []
    assert parser.feed(b"x\nLOG: next\n") == [LogLine(Level.INFO, "next")]
    assert parser.close() == []


@pytest.mark.parametrize("dialect", Dialect)
def test_fault_08_an_endless_line_takes_no_memory(dialect: Dialect) -> None:
    parser = LineParser(dialect)
    start = b"OUTPUT: " if dialect is Dialect.PLAIN else b"LOG: "
    heard = parser.feed(start)
    for _ in range(100):
        heard += parser.feed(b"x" * 1024 * 1024)
        assert len(parser._partial) <= KEPT_BYTES
    (line,) = heard
    assert isinstance(line, TooLongLine)


def test_the_bounds_are_those_of_the_protocol() -> None:
    assert KEPT_BYTES == 64 * 1024
    assert MAX_LINE_BYTES == 64 * 1024 * 1024


# --- OUTPUT: what a script promised ---


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
