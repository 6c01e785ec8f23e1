"""What every exchange with another program's labels needs: the signal that they are of, and errors with a line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from sigdesk.errors import LabelError
from sigdesk.signals.names import printable_name
from sigdesk.signals.recording import Recording


class Of(Struct, frozen=True):
    """The signal that labels are of, as far as other programs' formats say something of it: the name of its file, its
    channels, and when it began, where that is known."""

    file: str
    channels: tuple[str, ...] = ()
    start: datetime | None = None

    @classmethod
    def recording(cls, recording: Recording) -> Of:
        channels = tuple(channel.name for channel in recording.channels)
        return cls(recording.path.name, channels, recording.start_time)

    def channel(self, number: int) -> tuple[str, ...]:
        """The channel with a number that counts from 1; none where there is no such, which means all."""
        return (self.channels[number - 1],) if 1 <= number <= len(self.channels) else ()

    def numbers(self, channels: Sequence[str]) -> list[int]:
        """The numbers of channels, from 1."""
        return [self.channels.index(name) + 1 for name in channels if name in self.channels]


def text_of(file: Path, data: bytes) -> str:
    """The text of a file in UTF-8, or UTF-16 with its mark. Raises LabelError."""
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise wrong(file, data[: error.start].count(b"\n") + 1, "is not UTF-8 text") from error


def wrong(file: Path, line: int, what: str) -> LabelError:
    """The error of a line that cannot be read."""
    return LabelError(
        f"{printable_name(str(file))}: line {line} {what}.", "Correct the line, or export the labels once more."
    )


def number_in(text: str) -> float | None:
    """A number, also with a decimal comma; None for what is none."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None
