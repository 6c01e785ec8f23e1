"""Labels of an open signal from and to files of other programs.

Files are written off the window's thread: a network drive may take its time, and EDF+ holds the signal too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from msgspec.structs import replace
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from sigdesk.app.labelling import Labelling
from sigdesk.errors import LabelError, SigDeskError
from sigdesk.labels.exchange.annotations import to_annotations
from sigdesk.labels.exchange.choosing import EXCHANGES, Exchange, export_labels, import_labels
from sigdesk.labels.exchange.foreign import Of
from sigdesk.labels.exchange.sigmf import write_annotations
from sigdesk.labels.label import Label, Review
from sigdesk.signals.export.saving import save
from sigdesk.signals.export.stretch import Stretch
from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import Recording

__all__ = ["EXCHANGES", "Exchange", "LabelExport", "import_from", "sigmf_file"]

_SIGMF: Final = ".sigmf-meta"


def import_from(labelling: Labelling, signal_id: int, recording: Recording, file: Path) -> int:
    """Put the labels that a file holds on a signal, as one step of undo; how many those are.

    Labels that are there already, of the same class over the same time, are passed over, so that a file may be imported
    twice. Raises LabelError, with the line where one is wrong.
    """
    there = {_stretch(label) for label in labelling.labels(signal_id)}
    new = [label for label in import_labels(file, Of.recording(recording)) if _stretch(label) not in there]
    labelling.add_labels(signal_id, new, f"Import {printable_name(file.name)}")
    return len(new)


def sigmf_file(recording: Recording) -> Path | None:
    """Where a SigMF recording keeps its annotations; None for other recordings."""
    meta = recording.path.with_suffix(_SIGMF)
    return meta if meta.is_file() else None


class LabelExport(QObject):
    """Writes one file after another, of all labels but those that the operator has rejected.

    `exported` carries the path and how many labels were written, `failed` a SigDeskError. What was there before stays
    as it was, until all of the new is on the disk.
    """

    exported = Signal(object, int)
    failed = Signal(object)

    def __init__(self, labelling: Labelling, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._labelling = labelling
        self._threads = QThreadPool()
        self._threads.setMaxThreadCount(1)

    def export(self, signal_id: int, recording: Recording, file: Path, exchange: Exchange) -> None:
        """Write the labels alone, as another program reads them."""
        labels = self._labels(signal_id)
        self._start(file, labels, lambda: export_labels(file, labels, Of.recording(recording), exchange))

    def export_edf(self, signal_id: int, recording: Recording, file: Path) -> None:
        """Write the signal as EDF+, with the labels as its annotations."""
        labels = self._labels(signal_id)
        annotated = replace(recording, annotations=tuple(to_annotations(labels)))
        stretch = Stretch(annotated, 0, annotated.length, tuple(range(len(annotated.channels))))
        self._start(file, labels, lambda: save(stretch, file, "edf", overwrite=True))

    def export_sigmf(self, signal_id: int, recording: Recording) -> None:
        """Put the labels in the place of the annotations of a SigMF recording. Raises LabelError for another one."""
        labels, meta = self._labels(signal_id), sigmf_file(recording)
        if meta is None:
            raise LabelError(
                f"{printable_name(recording.path.name)} is no SigMF recording.", "Export to another format."
            )
        self._start(meta, labels, lambda: write_annotations(meta, labels, recording.time_base))

    def close(self) -> None:
        """Wait for the file that is being written; leave out those that wait."""
        self._threads.clear()
        self._threads.waitForDone(-1)

    def _labels(self, signal_id: int) -> list[Label]:
        return [label for label in self._labelling.labels(signal_id) if label.review is not Review.REJECTED]

    def _start(self, file: Path, labels: Sequence[Label], write: Callable[[], None]) -> None:
        done = self.exported.emit
        self._threads.start(_Write(write, lambda: done(file, len(labels)), self.failed.emit))


class _Write(QRunnable):
    def __init__(
        self, write: Callable[[], None], done: Callable[[], object], failed: Callable[[SigDeskError], object]
    ) -> None:
        super().__init__()
        self._write = write
        self._done = done
        self._failed = failed

    def run(self) -> None:
        try:
            self._write()
        except SigDeskError as error:
            self._failed(error)
        else:
            self._done()


def _stretch(label: Label) -> tuple[object, ...]:
    return label.start, label.stop, label.class_name, label.author, label.channels
