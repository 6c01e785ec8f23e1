"""The one tree of errors that SigDesk raises on purpose; everything else is a bug.

    SigDeskError
    ├── RecordingError      a signal file cannot be opened or read
    ├── ModelError          a model folder cannot be used
    │   └── ManifestError   its manifest has mistakes, all of them listed with their lines
    ├── ProtocolError       a script broke the job protocol
    ├── JobError            a job cannot be accepted
    │   ├── QueueFull       the bounded queue has no place; try again when jobs have ended
    │   └── JobRejected     the signal does not fit the model
    ├── StartError          a process of SigDesk's own cannot be started
    ├── JournalError        the journal of jobs cannot be read or written
    │   ├── JournalNewer    a newer version wrote it
    │   └── JournalDamaged  what stands in it is not what was written
    ├── LabelError          labels cannot be read, kept or changed
    │   └── LabelsChanged   somebody else has changed a label file since it was read
    ├── SessionError        a session cannot be read or saved
    │   └── SessionChanged  somebody else has changed a session's file since it was read
    ├── CaptureError        an instrument cannot be read
    └── SettingsError       a setting cannot be read or stored

Each carries two sentences, because an operator reads both: what happened to which thing, and the way out.
"""

from __future__ import annotations

from collections.abc import Sequence


class SigDeskError(Exception):
    """What happened (`what`, naming the thing) and what the operator can do about it (`way_out`, may be empty)."""

    def __init__(self, what: str, way_out: str = "") -> None:
        super().__init__(f"{what} {way_out}".rstrip())
        self.what = what
        self.way_out = way_out


class RecordingError(SigDeskError):
    """A signal file cannot be opened or read."""


class ModelError(SigDeskError):
    """A model folder cannot be used."""


class ManifestError(ModelError):
    """A manifest has mistakes. `problems` holds one sentence each, with its line."""

    def __init__(self, what: str, problems: Sequence[str], way_out: str = "") -> None:
        super().__init__(what, way_out)
        self.problems = tuple(problems)


class ProtocolError(SigDeskError):
    """A script broke the job protocol. `code` is one of the failure codes of `sigdesk.protocol`."""

    def __init__(self, code: str, what: str, way_out: str = "") -> None:
        super().__init__(what, way_out)
        self.code = code


class JobError(SigDeskError):
    """A job cannot be accepted."""


class StartError(SigDeskError):
    """The system starts no process that SigDesk needs for itself."""


class QueueFull(JobError):  # noqa: N818 - "queue full" is the field's name for it
    """The bounded queue has no place left; nothing was stored."""


class JobRejected(JobError):  # noqa: N818
    """The signal does not fit what the model says it wants; no process was started."""


class JournalError(SigDeskError):
    """The journal of jobs cannot be read or written."""


class JournalNewer(JournalError):  # noqa: N818 - it is nobody's mistake
    """A newer version wrote the journal; this one leaves it as it is."""


class JournalDamaged(JournalError):  # noqa: N818
    """What stands in a journal that can be written is not what was written there; the next start mends it."""


class LabelError(SigDeskError):
    """Labels cannot be read, kept or changed; of a file, `what` names the line."""


class LabelsChanged(LabelError):  # noqa: N818 - it is nobody's mistake
    """Somebody else has changed a label file since it was read or written here; nothing was overwritten."""


class SessionError(SigDeskError):
    """A session cannot be read or saved."""


class SessionChanged(SessionError):  # noqa: N818 - it is nobody's mistake
    """Somebody else has changed a session's file since it was opened or saved here; nothing was overwritten."""


class CaptureError(SigDeskError):
    """An instrument cannot be read."""


class SettingsError(SigDeskError):
    """A setting cannot be read or stored."""
