"""Labels, edits and classes as JSON values, for sessions and for the journal of edits; what is usual is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sigdesk.labels.classes import LabelClass
from sigdesk.labels.edits import ClassChange, Edit, LabelChange, NoteChange, SignalKey
from sigdesk.labels.label import Author, Label, Review, checked

Json = dict[str, Any]
KeyOut = Callable[[SignalKey], Any]
KeyIn = Callable[[Any], SignalKey]

_TEXTS = ("model", "version", "name", "note", "said", "origin")


def label_out(label: Label) -> Json:
    """A label as JSON: {"id", "start", "stop", "class", …}."""
    value: Json = {"id": label.id, "start": label.start, "stop": label.stop, "class": label.class_name}
    if label.by_model:
        value["author"] = label.author.value
    if label.review is not Review.MADE:
        value["state"] = label.review.value
    if label.confidence is not None:
        value["confidence"] = label.confidence
    if label.channels:
        value["channels"] = list(label.channels)
    value.update((name, text) for name in _TEXTS if (text := getattr(label, name)))
    return value


def label_in(value: Any) -> Label:
    """A label of JSON. Raises ValueError, TypeError or KeyError for what is none, LabelError for what cannot be one."""
    author = Author(value.get("author", "operator"))
    usual = Review.OPEN if author is Author.MODEL else Review.MADE
    confidence = value.get("confidence")
    return checked(
        Label(
            start=float(value["start"]),
            stop=float(value["stop"]),
            class_name=text_in(value["class"]),
            author=author,
            confidence=None if confidence is None else float(confidence),
            channels=tuple(text_in(channel) for channel in value.get("channels", ())),
            review=Review(value.get("state", usual.value)),
            id=text_in(value["id"]),
            **{name: text_in(value.get(name, "")) for name in _TEXTS},
        )
    )


def class_out(each: LabelClass) -> Json:
    return {"name": each.name, "title": each.title, "key": each.key, "slot": each.slot, "hatched": each.hatched}


def class_in(value: Any) -> LabelClass:
    key = value["key"]
    return LabelClass(
        text_in(value["name"]),
        text_in(value["title"]),
        None if key is None else int(key),
        int(value["slot"]),
        bool(value["hatched"]),
    )


def key_out(key: SignalKey) -> list[str]:
    return [key.path, key.item]


def key_in(value: Any) -> SignalKey:
    path, item = value
    return SignalKey(text_in(path), text_in(item))


def edit_out(edit: Edit, key: KeyOut = key_out) -> Json:
    """An edit as JSON; `key` says how its signals are named there."""
    value: Json = {"title": edit.title}
    if edit.labels:
        value["labels"] = [
            [key(one.signal), one.before and label_out(one.before), one.after and label_out(one.after)]
            for one in edit.labels
        ]
    if edit.classes:
        value["classes"] = [
            [one.before and class_out(one.before), one.after and class_out(one.after)] for one in edit.classes
        ]
    if edit.notes:
        value["notes"] = [[one.signal and key(one.signal), one.before, one.after] for one in edit.notes]
    return value


def edit_in(value: Mapping[str, Any], key: KeyIn = key_in) -> Edit:
    """An edit of JSON. Raises as `label_in` does."""
    return Edit(
        text_in(value["title"]),
        tuple(
            LabelChange(key(signal), before and label_in(before), after and label_in(after))
            for signal, before, after in value.get("labels", ())
        ),
        tuple(
            ClassChange(before and class_in(before), after and class_in(after))
            for before, after in value.get("classes", ())
        ),
        tuple(
            NoteChange(None if signal is None else key(signal), text_in(before), text_in(after))
            for signal, before, after in value.get("notes", ())
        ),
    )


def text_in(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
