"""The line protocol as SigDesk hears it: whatever bytes come, every line is heard once and named as the table says."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigdesk.protocol import (
    KEPT_BYTES,
    MAX_LINE_BYTES,
    AnswerLines,
    Dialect,
    DoneLine,
    ErrorLine,
    JobLine,
    Level,
    Line,
    LineParser,
    LogLine,
    OtherLine,
    OutputLine,
    ProgressLine,
    ReadyLine,
    TooLongLine,
    singly,
)


def parse(data: bytes, dialect: Dialect = Dialect.ONE_SHOT, **bounds: int) -> list[Line]:
    parser = LineParser(dialect, **bounds)
    return parser.feed(data) + parser.close()


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


@given(st.integers(0, 400))
def test_a_batch_s_plain_answers_come_in_one_wherever_the_stream_is_cut(cut: int) -> None:
    said = [(f"run-{number:06d}", b'{"label":"a","confidence":0.%d}' % number) for number in range(8)]
    data = b"".join(b"JOB: %b\nOUTPUT: %b\n" % (job_id.encode(), payload) for job_id, payload in said) + b"DONE: 8\n"
    parser = LineParser(Dialect.WARM)

    heard = [*parser.feed_answers(data[:cut]), *parser.feed_answers(data[cut:])]

    assert singly(heard) == [line for job_id, payload in said for line in (JobLine(job_id), OutputLine(payload))] + [
        DoneLine(8)
    ]
    assert sum(not isinstance(line, AnswerLines) for line in heard) <= 3, "the last, and an answer that was cut"


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
