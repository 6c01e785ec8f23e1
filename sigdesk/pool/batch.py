"""A batch on its way through a worker: jobs of one classifier, and what has been made ready of them."""

from __future__ import annotations

from msgspec import Struct

from sigdesk.classifiers.folder import Classifier
from sigdesk.pool.exchange import Handover, JobFiles
from sigdesk.pool.job_record import JobRecord


class Batch(Struct):
    """`handovers`, by the jobs' ids, are what was read of those that can be used; None until it was. `files` are
    theirs, if they are written already."""

    records: list[JobRecord]
    handovers: dict[str, Handover] | None = None
    files: JobFiles | None = None

    @property
    def classifier(self) -> Classifier:
        return self.records[0].request.classifier

    @property
    def usable(self) -> list[JobRecord]:
        """The jobs that were read, and can be handed over."""
        handovers = self.handovers or {}
        if len(handovers) == len(self.records):
            return self.records
        return [record for record in self.records if record.id in handovers]

    def discard_files(self) -> None:
        if self.files is not None:
            self.files.remove()
            self.files = None
