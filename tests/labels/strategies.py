"""Labels and edits as hypothesis draws them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st

from sigdesk.labels import edits
from sigdesk.labels.edits import Edit, SignalKey
from sigdesk.labels.label import Author, Label, Review
from sigdesk.labels.label_book import LabelBook
from sigdesk.labels.label_set import LabelSet

SIGNALS = tuple(SignalKey(str(Path("/data") / name)) for name in ("a.wav", "b.csv"))
CLASSES = ("idle", "run", "fault", "Unknown")

times = st.integers(0, 40).map(lambda quarter: quarter / 4)
names = st.sampled_from(CLASSES)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@st.composite
def operator_labels(draw: st.DrawFn) -> Label:
    start, stop = sorted((draw(times), draw(times)))
    channels = draw(st.sampled_from([(), ("x",), ("x", "y;z")]))
    return Label(start, stop, draw(names), channels=channels, name=draw(texts), note=draw(texts))


@st.composite
def model_labels(draw: st.DrawFn) -> Label:
    start, stop = sorted((draw(times), draw(times)))
    confidence = draw(st.one_of(st.none(), st.integers(0, 100).map(lambda share: share / 100)))
    return Label(start, stop, draw(names), Author.MODEL, confidence, "m", "1.0.0", review=Review.OPEN)


KINDS = ("create", "delete", "accept", "class", "move", "resize", "split", "merge", "rename", "note")


def make(kind: str, signal: SignalKey, among: LabelSet, ids: list[str], at: float, word: str) -> Edit:
    """An edit of one kind, of labels with these ids."""
    first = ids[0] if ids else ""
    match kind:
        case "create":
            return edits.create(signal, [Label(at, at + 1, word)])
        case "delete":
            return edits.delete(signal, among, ids)
        case "accept":
            return edits.accept(signal, among, ids)
        case "class":
            return edits.set_class(signal, among, ids, word)
        case "move":
            return edits.move(signal, among, ids, at - 5)
        case "resize":
            return edits.resize(signal, among, first, at, at / 2)
        case "split":
            return edits.split(signal, among, ids, at)
        case "merge":
            return edits.merge(signal, among, ids)
        case "rename":
            return edits.rename(signal, among, first, word)
        case _:
            return edits.annotate(signal, among, first, word)


@st.composite
def acts(draw: st.DrawFn) -> Callable[[LabelBook], Edit]:
    """An edit of some labels of some signal; which ones there are is known only when it is made."""
    signal, kind = draw(st.sampled_from(SIGNALS)), draw(st.sampled_from(KINDS))
    places, at, word = draw(st.lists(st.integers(0, 30), max_size=4)), draw(times), draw(names)

    def act(book: LabelBook) -> Edit:
        labels = book.labels(signal)
        there = [label.id for label in labels]
        ids = [there[place % len(there)] for place in places] if there else []
        return make(kind, signal, labels, ids, at, word)

    return act
