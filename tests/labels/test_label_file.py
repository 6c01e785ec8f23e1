"""Labels beside a signal: a file that a person can read and edit, never lost, never overwritten silently (row 53)."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sigdesk.errors import LabelError, LabelsChanged
from sigdesk.labels import label_file
from sigdesk.labels.codec import edit_in, edit_out, label_in, label_out
from sigdesk.labels.edits import accept, create, set_class
from sigdesk.labels.label import Author, Label, Review, checked
from sigdesk.labels.label_file import label_file_of, labels_text, read_labels, write_labels
from sigdesk.labels.label_set import LabelSet
from tests.labels.strategies import SIGNALS, model_labels, operator_labels, texts

HEAD = "start,stop,class\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return label_file_of(tmp_path / "pump.wav")


def read(file: Path) -> list[Label]:
    found = read_labels(file)
    assert found is not None
    return [label for labels in found.labels.values() for label in labels]


def test_it_stands_beside_the_signal_and_names_it(file: Path) -> None:
    assert file.name == "pump.wav.labels.csv"
    assert read_labels(file) is None


@given(st.lists(st.one_of(operator_labels(), model_labels()), max_size=8), texts)
@settings(max_examples=100, deadline=None)
def test_whatever_labels_there_are_come_back(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[Label], item: str
) -> None:
    file = tmp_path_factory.mktemp("labels") / "x.labels.csv"
    labels = [checked(label) for label in drawn]
    write_labels(file, {item: labels}, "")
    found = read_labels(file)
    assert found is not None
    assert found.labels == ({item: tuple(labels)} if labels else {})


@given(st.lists(st.one_of(operator_labels(), model_labels()), min_size=1, max_size=5))
def test_labels_and_edits_come_back_from_json(drawn: list[Label]) -> None:
    labels = LabelSet(map(checked, drawn))
    ids = [label.id for label in labels]
    assert [label_in(label_out(label)) for label in labels] == list(labels)
    for edit in (create(SIGNALS[0], drawn), accept(SIGNALS[1], labels, ids), set_class(SIGNALS[0], labels, ids, "x")):
        assert edit_in(edit_out(edit)) == edit


def test_a_person_needs_no_more_than_three_columns(file: Path) -> None:
    file.write_text("# from the log book\n\nclass, start,stop\nidle,0,1.5\n\nrun,2,3\n", encoding="utf-8")
    labels = read(file)
    assert [(label.start, label.stop, label.class_name, label.review) for label in labels] == [
        (0, 1.5, "idle", Review.MADE), (2, 3, "run", Review.MADE),
    ]  # fmt: skip
    assert all(label.id for label in labels)


def test_a_spreadsheet_s_semicolons_and_decimal_commas_are_read(file: Path) -> None:
    file.write_bytes("\ufeffstart;stop;class;source;confidence\r\n0,25;1,5;idle;Model;0,5\r\n".encode())
    (label,) = read(file)
    assert (label.start, label.stop, label.author, label.confidence) == (0.25, 1.5, Author.MODEL, 0.5)


def test_a_line_that_was_copied_is_a_label_of_its_own(file: Path) -> None:
    file.write_text("start,stop,class,id\n0,1,a,x\n2,3,a,x\n", encoding="utf-8")
    assert len({label.id for label in read(file)}) == 2


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        (b"start,stop\n0,1\n", 1, "is wrong: it names no column class"),
        (b"# a\nstart,stop,class,operator\n0,1,a,me\n", 2, "is wrong: it names columns that are not known: operator"),
        (b"start,stop,class\n0,1,a\n0,x,a\n", 3, "is wrong: the stop “x” is no number"),
        (b"start,stop,class\n0,1,a\n\n0,nan,a\n", 4, "is wrong: A label cannot lie from 0.0 to nan"),
        (b"start,stop,class\n0,1,\n", 2, "is wrong: A label must have a class"),
        (b"start,stop,class\n0,1,a,b,c\n", 2, "is wrong: it has 5 cells, but there are 3 columns"),
        (b"start,stop,class,note\n0,1,a,\"two\nlines\"\n1,2,\n", 4, "is wrong: A label must have a class"),
        (b"start,stop,class,source\n0,1,a,robot\n", 2, "is wrong: the source “robot” is none of model, operator"),
        (
            b"start,stop,class,state\n0,1,a,lost\n",
            2,
            "is wrong: the state “lost” is none of open, accepted, corrected, rejected, made",
        ),
        (b"start,stop,class,confidence\n0,1,a,7\n", 2, "is wrong: The confidence of a label cannot be 7.0"),
        (b"start,stop,class\n0,1,\"a\n", 2, "is wrong: unexpected end of data"),
        (b"start,stop,class\n0,1,a\n1,2,\xff\n", 3, "is not UTF-8 text"),
    ],
)  # fmt: skip
def test_fault_53_a_file_broken_by_hand_names_the_line_and_is_kept(
    file: Path, text: bytes, line: int, why: str
) -> None:
    file.write_bytes(text)
    with pytest.raises(LabelError) as caught:
        read_labels(file)
    assert caught.value.what == f"{file}: line {line} {why}."
    assert caught.value.way_out == "Correct the line in a text editor, or move the file away. It is kept as it is."
    with pytest.raises(LabelsChanged):
        write_labels(file, {"": [checked(Label(0, 1, "mine"))]}, "")
    assert file.read_bytes() == text


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_fault_53_any_bytes_are_labels_or_an_error_with_a_line(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    file = tmp_path_factory.mktemp("labels") / "x.labels.csv"
    file.write_bytes(HEAD.encode() + data)
    problem = ""
    try:
        read_labels(file)
    except LabelError as error:
        problem = error.what
    assert not problem or "line " in problem
    assert file.read_bytes() == HEAD.encode() + data


def test_fault_53_what_somebody_else_has_written_is_not_overwritten(file: Path) -> None:
    labels = [checked(Label(0, 1, "a"))]
    digest = write_labels(file, {"": labels}, "")
    digest = write_labels(file, {"": labels * 1}, digest)
    theirs = HEAD + "5,6,theirs\n"
    file.write_text(theirs, encoding="utf-8")
    with pytest.raises(LabelsChanged) as changed:
        write_labels(file, {"": labels}, digest)
    assert str(changed.value) == (
        f"Somebody else has changed {file}. "
        "Choose whose labels count: those in the file, or yours. Yours are kept in the session meanwhile."
    )
    file.unlink()
    with pytest.raises(LabelsChanged):
        write_labels(file, {"": labels}, digest)
    file.write_text(theirs, encoding="utf-8")
    with pytest.raises(LabelsChanged):
        write_labels(file, {"": labels}, "")
    assert file.read_text(encoding="utf-8") == theirs


def test_fault_53_a_write_that_fails_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = write_labels(file, {"": [checked(Label(0, 1, "a"))]}, "")
    before = file.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LabelError) as failed:
        write_labels(file, {"": [checked(Label(0, 1, "b"))]}, digest)
    assert str(failed.value) == (
        f"The labels could not be stored in {file} (No space left on device). "
        "They are kept in the session. Make room, or see that you may write there."
    )
    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir()] == [file.name], "and nothing beside it"


@pytest.mark.skipif(sys.platform == "win32", reason="permissions as POSIX has them")
def test_a_file_keeps_its_permissions_and_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    digest = write_labels(file, {}, "")
    file.chmod(0o664)
    link = tmp_path / "link.labels.csv"
    link.symlink_to(file)
    write_labels(link, {"": [checked(Label(0, 1, "b"))]}, digest)
    assert stat.S_IMODE(file.stat().st_mode) == 0o664
    assert link.is_symlink()
    assert [label.class_name for label in read(file)] == ["b"]


def test_too_large_a_file_is_not_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text(labels_text({}), encoding="utf-8")
    monkeypatch.setattr(label_file, "MAX_BYTES", 3)
    with pytest.raises(LabelError, match="too large"):
        read_labels(file)
