"""SigMF: labels as the annotations of a `.sigmf-meta` file, which is rewritten atomically, all else in it kept."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from sigdesk.errors import LabelError
from sigdesk.labels.label import Label
from sigdesk.labels.writing import replace_file
from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import TimeBase

GENERATOR: Final = "SigDesk"


def write_annotations(meta: Path, labels: Iterable[Label], time_base: TimeBase) -> None:
    """Put labels in the place of the annotations of a `.sigmf-meta` file.

    Annotations that the labels came from keep what labels do not know of (frequencies, for one). Raises LabelError
    where the file is no SigMF or cannot be written; it is then as it was.
    """
    shown = printable_name(str(meta))
    try:
        document = json.loads(meta.read_bytes())
        if not isinstance(document, dict) or not isinstance(document.get("global"), dict):
            raise LabelError(f"{shown} is no SigMF metadata.", "Choose the .sigmf-meta file of the recording.")
        old = [each for each in document.get("annotations", ()) if isinstance(each, dict)]
        document["annotations"] = annotations_of(labels, time_base, old)
        replace_file(meta, json.dumps(document, indent=4, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise LabelError(f"{shown} is no JSON ({error}).", "Choose the .sigmf-meta file of the recording.") from error
    except OSError as error:
        raise LabelError(
            f"The labels could not be stored in {shown} ({error.strerror or error}).",
            "Make room, or see that you may write there.",
        ) from error


def annotations_of(
    labels: Iterable[Label], time_base: TimeBase, old: Iterable[dict[str, Any]] = ()
) -> list[dict[str, Any]]:
    """Labels as SigMF's annotations, sorted by `core:sample_start` as the standard asks."""
    known = {_place(each): each for each in old}
    found = []
    for label in labels:
        start = _sample(time_base, label.start)
        count = max(_sample(time_base, label.stop) - start, 0)
        new: dict[str, Any] = {"core:sample_start": start, "core:sample_count": count, "core:label": label.class_name}
        kept = known.get(_place(new), {})
        if label.note:
            new["core:comment"] = label.note
        if label.model:
            new["core:generator"] = " ".join(filter(None, (label.model, label.version)))
        elif "core:generator" not in kept:
            new["core:generator"] = GENERATOR
        found.append({**kept, **new})
    return sorted(found, key=lambda each: (each["core:sample_start"], each["core:sample_count"]))


def _place(annotation: dict[str, Any]) -> tuple[object, ...]:
    text = annotation.get("core:label", annotation.get("core:description"))
    return annotation.get("core:sample_start"), annotation.get("core:sample_count"), text


def _sample(time_base: TimeBase, time: float) -> int:
    """The nearest sample: times came from sample numbers, through a division."""
    if time_base.times is not None:
        return time_base.index_of(time)
    return round(time * time_base.rate_hz) if time_base.rate_hz else round(time)
