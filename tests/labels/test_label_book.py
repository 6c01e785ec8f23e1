"""What an operator does to labels, and that all of it can be taken back and done again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sigdesk.errors import LabelError
from sigdesk.labels import edits
from sigdesk.labels.edits import Edit, SignalKey
from sigdesk.labels.label import Author, Label, Review
from sigdesk.labels.label_book import UNDO_KEPT, LabelBook
from tests.labels.strategies import SIGNALS, acts, model_labels

A = SIGNALS[0]


def said(start: float, stop: float, class_name: str, confidence: float = 0.9) -> Label:
    return Label(start, stop, class_name, Author.MODEL, confidence, "Pump", "3.2.0", review=Review.OPEN)


def book_with(*labels: Label) -> LabelBook:
    book = LabelBook()
    book.load(A, labels)
    return book


def ids(book: LabelBook, *, model: bool | None = None) -> list[str]:
    return [label.id for label in book.labels(A) if model is None or label.by_model is model]


def seen(book: LabelBook, *, model: bool) -> list[tuple[float, float, str, Review]]:
    """What a lane shows."""
    labels = [label for label in book.labels(A) if label.by_model is model]
    return [(label.start, label.stop, label.class_name, label.review) for label in labels]


def state(book: LabelBook) -> dict[SignalKey, list[Label]]:
    return {signal: list(book.labels(signal)) for signal in SIGNALS}


def test_a_created_label_has_a_class_with_key_and_colour() -> None:
    book = LabelBook()
    assert book.do(edits.create(A, [Label(2.0, 1.0, "  Bearing\nwear ")]))
    (label,) = book.labels(A)
    assert (label.start, label.stop, label.class_name, label.review) == (1.0, 2.0, "Bearing wear", Review.MADE)
    known = book.classes.find("Bearing wear")
    assert known is not None
    assert (known.key, known.slot) == (1, 0)


@pytest.mark.parametrize("label", [Label(0, 1, "  "), Label(float("nan"), 1, "a"), Label(0, 1, "a", confidence=1.5)])
def test_a_label_that_cannot_be_is_refused(label: Label) -> None:
    with pytest.raises(LabelError) as caught:
        edits.create(A, [label])
    assert caught.value.way_out


def test_accepting_copies_a_model_s_label_to_the_operator_s_lane() -> None:
    book = book_with(said(0, 2, "a", 0.46))
    assert book.do(edits.accept(A, book.labels(A), ids(book)))
    assert seen(book, model=True) == [(0, 2, "a", Review.ACCEPTED)]
    assert seen(book, model=False) == [(0, 2, "a", Review.ACCEPTED)]
    (own,) = (label for label in book.labels(A) if not label.by_model)
    assert (own.model, own.version, own.confidence, own.said) == ("Pump", "3.2.0", 0.46, "a")
    assert not book.do(edits.accept(A, book.labels(A), ids(book))), "it is accepted once"


def test_correcting_keeps_what_the_model_had_said() -> None:
    book = book_with(said(0, 2, "a"))
    book.do(edits.set_class(A, book.labels(A), ids(book), "b"))
    assert seen(book, model=True) == [(0, 2, "a", Review.CORRECTED)]
    assert seen(book, model=False) == [(0, 2, "b", Review.CORRECTED)]
    book.do(edits.set_class(A, book.labels(A), ids(book, model=True), "a"))
    assert seen(book, model=True) == [(0, 2, "a", Review.ACCEPTED)]
    assert seen(book, model=False) == [(0, 2, "a", Review.ACCEPTED)], "one copy, not two"


def test_deleting_the_own_label_opens_the_model_s_again_and_a_model_s_is_rejected() -> None:
    book = book_with(said(0, 2, "a"))
    book.do(edits.accept(A, book.labels(A), ids(book)))
    book.do(edits.delete(A, book.labels(A), ids(book, model=False)))
    assert seen(book, model=True) == [(0, 2, "a", Review.OPEN)]
    assert not seen(book, model=False)
    book.do(edits.delete(A, book.labels(A), ids(book)))
    assert seen(book, model=True) == [(0, 2, "a", Review.REJECTED)]


def test_a_half_of_a_split_label_can_go_without_opening_the_model_s() -> None:
    book = book_with(said(0, 2, "a"))
    book.do(edits.split(A, book.labels(A), ids(book), 0.5))
    assert seen(book, model=False) == [(0, 0.5, "a", Review.ACCEPTED), (0.5, 2, "a", Review.ACCEPTED)]
    book.do(edits.delete(A, book.labels(A), ids(book, model=False)[:1]))
    assert seen(book, model=True) == [(0, 2, "a", Review.ACCEPTED)]
    book.do(edits.delete(A, book.labels(A), ids(book, model=False)))
    assert seen(book, model=True) == [(0, 2, "a", Review.OPEN)]


def test_moving_and_resizing() -> None:
    book = book_with(Label(1, 2, "a"), said(4, 5, "b"))
    book.do(edits.move(A, book.labels(A), ids(book), 0.5))
    assert [span[:3] for span in seen(book, model=False)] == [(1.5, 2.5, "a"), (4.5, 5.5, "b")]
    assert seen(book, model=True) == [(4, 5, "b", Review.ACCEPTED)], "what the model said stays where it was"
    book.do(edits.resize(A, book.labels(A), ids(book, model=False)[0], 3, 1))
    assert seen(book, model=False)[0][:2] == (1, 3)


def test_a_cut_outside_a_label_changes_nothing() -> None:
    book = book_with(Label(1, 2, "a"))
    for at in (0.5, 1, 2, 3):
        assert not book.do(edits.split(A, book.labels(A), ids(book), at))


def test_merging_takes_all_the_time_and_the_class_of_most_of_it() -> None:
    book = book_with(Label(0, 1, "a", note="one"), Label(2, 5, "b", note="two"), Label(5, 6, "a"))
    book.do(edits.merge(A, book.labels(A), ids(book)))
    (label,) = book.labels(A)
    assert (label.start, label.stop, label.class_name, label.note) == (0, 6, "b", "one\ntwo")
    assert not edits.merge(A, book.labels(A), ids(book)), "one alone is nothing to merge"


def test_names_and_notes() -> None:
    book = book_with(Label(0, 1, "a"))
    book.do(edits.rename(A, book.labels(A), ids(book)[0], "first knock"))
    book.do(edits.annotate(A, book.labels(A), ids(book)[0], " loose\r\nscrew \x00"))
    (label,) = book.labels(A)
    assert label.title == "first knock"
    assert label.note == "loose\nscrew \\x00"


def test_a_new_word_of_the_model_replaces_the_old_where_it_was_asked() -> None:
    book = book_with(said(0, 10, "a"), Label(1, 2, "mine"))
    assert book.replace_model(A, [said(4, 6, "b")], 4, 6)
    assert [span[:3] for span in seen(book, model=True)] == [(0, 4, "a"), (4, 6, "b"), (6, 10, "a")]
    assert [span[:3] for span in seen(book, model=False)] == [(1, 2, "mine")]
    assert not book.done, "that is nothing to undo"


def test_the_same_word_again_keeps_what_was_made_of_it() -> None:
    book = book_with()
    book.replace_model(A, [said(0, 1, "a"), said(1, 2, "b")], 0, 2)
    book.do(edits.accept(A, book.labels(A), ids(book)[:1]))
    before = list(book.labels(A))
    assert not book.replace_model(A, [said(0, 1, "a"), said(1, 2, "b")], 0, 2)
    assert list(book.labels(A)) == before


def test_undo_passes_over_what_the_model_has_replaced() -> None:
    book = book_with(said(0, 2, "a"))
    book.do(edits.set_class(A, book.labels(A), ids(book), "b"))
    book.replace_model(A, [said(0, 2, "c")], 0, 2)
    assert book.undo() is not None
    assert seen(book, model=True) == [(0, 2, "c", Review.OPEN)]
    assert not seen(book, model=False)
    assert book.redo() is not None
    assert [span[:3] for span in seen(book, model=False)] == [(0, 2, "b")]
    assert seen(book, model=True) == [(0, 2, "c", Review.OPEN)]


def test_a_signal_that_was_found_elsewhere_keeps_labels_and_history() -> None:
    book = book_with(Label(0, 1, "a"))
    book.do(edits.delete(A, book.labels(A), ids(book)))
    moved = SignalKey("/elsewhere/a.wav")
    book.rekey(A, moved)
    book.undo()
    assert [label.class_name for label in book.labels(moved)] == ["a"]
    assert not len(book.labels(A))


def test_the_oldest_edits_are_forgotten() -> None:
    book = LabelBook()
    for number in range(UNDO_KEPT + 3):
        book.do(edits.create(A, [Label(number, number + 1, "a")]))
    while book.undo():
        pass
    assert len(book.labels(A)) == 3


@given(loaded=st.lists(model_labels(), max_size=5), chain=st.lists(acts(), max_size=12))
@settings(max_examples=150, deadline=None)
def test_any_chain_of_edits_undone_is_the_start_and_redone_the_end(
    loaded: list[Label], chain: list[Callable[[LabelBook], Edit]]
) -> None:
    book = LabelBook()
    for signal in SIGNALS:
        book.load(signal, loaded)
    states = [state(book)]
    states += [state(book) for act in chain if book.do(act(book))]
    for before in reversed(states[:-1]):
        assert book.undo() is not None
        assert state(book) == before
    assert book.undo() is None
    for after in states[1:]:
        assert book.redo() is not None
        assert state(book) == after
    assert book.redo() is None


@given(chain=st.lists(acts(), max_size=12), words=st.lists(model_labels(), max_size=4))
@settings(max_examples=80, deadline=None)
def test_models_that_speak_in_between_spoil_no_label_of_the_operator(
    chain: list[Callable[[LabelBook], Edit]], words: list[Label]
) -> None:
    book = LabelBook()
    for number, act in enumerate(chain):
        if number < len(words):
            book.replace_model(A, [words[number]], 0, 40)
        book.do(act(book))
    own = [label for label in book.labels(A) if not label.by_model]
    done = len(book.done)
    while book.undo():
        pass
    assert not [label for label in book.labels(A) if not label.by_model]
    while book.redo():
        pass
    assert [label for label in book.labels(A) if not label.by_model] == own
    assert len(book.done) == done
