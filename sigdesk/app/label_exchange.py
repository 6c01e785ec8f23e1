"""Labels of an open signal from and to files of other programs: what the import and export dialogs call."""

from __future__ import annotations

from pathlib import Path

from sigdesk.app.labelling import Labelling
from sigdesk.errors import LabelError
from sigdesk.labels.exchange.choosing import EXCHANGES, Exchange, export_labels, import_labels
from sigdesk.labels.exchange.foreign import Of
from sigdesk.labels.exchange.sigmf import write_annotations
from sigdesk.labels.label import Label, Review
from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import Recording

__all__ = ["EXCHANGES", "Exchange", "export_to", "export_to_sigmf", "import_from"]


def import_from(labelling: Labelling, signal_id: int, recording: Recording, file: Path) -> int:
    """Put the labels that a file holds on a signal, as one step of undo; how many those are.

    Labels that are there already, of the same class over the same time, are passed over, so that a file may be imported
    twice. Raises LabelError, with the line where one is wrong.
    """
    there = {_stretch(label) for label in labelling.labels(signal_id)}
    new = [label for label in import_labels(file, Of.recording(recording)) if _stretch(label) not in there]
    labelling.add_labels(signal_id, new, f"Import {printable_name(file.name)}")
    return len(new)


def export_to(labelling: Labelling, signal_id: int, recording: Recording, file: Path, exchange: Exchange) -> int:
    """Write a signal's labels, those that the operator has rejected left out; how many. Raises LabelError."""
    labels = _to_export(labelling, signal_id)
    export_labels(file, labels, Of.recording(recording), exchange)
    return len(labels)


def export_to_sigmf(labelling: Labelling, signal_id: int, recording: Recording) -> int:
    """Put a SigMF recording's labels into its own `.sigmf-meta`; how many. Raises LabelError."""
    meta = recording.path.with_suffix(".sigmf-meta")
    if not meta.is_file():
        raise LabelError(f"{printable_name(recording.path.name)} is no SigMF recording.", "Export to another format.")
    labels = _to_export(labelling, signal_id)
    write_annotations(meta, labels, recording.time_base)
    return len(labels)


def _to_export(labelling: Labelling, signal_id: int) -> list[Label]:
    return [label for label in labelling.labels(signal_id) if label.review is not Review.REJECTED]


def _stretch(label: Label) -> tuple[object, ...]:
    return label.start, label.stop, label.class_name, label.author, label.channels
