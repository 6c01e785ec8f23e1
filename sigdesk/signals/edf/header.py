"""The header of an EDF or BDF file: text fields of fixed width, checked against the file's size."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from sigdesk.signals.names import printable_name, shown_bytes
from sigdesk.signals.refusal import missing, refusal

EDF_MAGIC, BDF_MAGIC = b"0       ", b"\xffBIOSEMI"
_FIXED_BYTES = 256
_FIELDS = (("label", 16), ("transducer", 80), ("unit", 8), ("physical minimum", 8), ("physical maximum", 8),
           ("digital minimum", 8), ("digital maximum", 8), ("prefilter", 80), ("samples", 8), ("", 32))  # fmt: skip
_ANNOTATIONS = ("EDF Annotations", "BDF Annotations")
_START_DATE = re.compile(r"Startdate\s+(\d{1,2}-[A-Z]{3}-\d{4})")
_SAVE = "Save it again with the program that recorded it."


class EdfChannel(Struct, frozen=True):
    """One signal of a file. `offset` is its first byte inside a record; values are `gain` × stored + `shift`."""

    label: str
    unit: str
    gain: float
    shift: float
    samples: int
    offset: int
    transducer: str
    prefilter: str

    @property
    def is_annotations(self) -> bool:
        return self.label in _ANNOTATIONS


class EdfHeader(Struct, frozen=True):
    """What the head of a file declares. `records` counts the whole records, `width` the bytes of a sample."""

    channels: tuple[EdfChannel, ...]
    records: int
    record_s: float
    record_bytes: int
    data_at: int
    width: int
    plus: str
    start: datetime | None
    patient: str
    recording: str
    unfinished: bool

    @property
    def name(self) -> str:
        kind = "EDF" if self.width == 2 else "BDF"
        return f"{kind}+" if self.plus else kind

    @property
    def is_discontinuous(self) -> bool:
        return self.plus == "D"


def read_header(path: Path) -> EdfHeader:
    """The header of a file. Raises RecordingError naming the field and its byte where it is wrong or lies."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        return _Reader(file, path, size).read()


class _Reader(Struct):
    file: BinaryIO
    path: Path
    size: int

    def read(self) -> EdfHeader:
        magic = self.file.read(8)
        if magic not in (EDF_MAGIC, BDF_MAGIC):
            raise refusal(
                self.path, f"is no EDF or BDF file: it begins with {shown_bytes(magic)}.", "Name it after what it is."
            )
        patient, recording = self._text(80), self._text(80)
        date, clock = self._text(8), self._text(8)
        header_bytes = self._whole("header size", 8)
        reserved = self._text(44)
        records = self._whole("number of records", 8)
        record_s = self._number("duration of a record", 8)
        count = self._whole("number of signals", 4)
        if not 0 < count <= 9999 or header_bytes != _FIXED_BYTES * (count + 1):
            raise self._lie("number of signals", 252, str(count), f"does not fit a header of {header_bytes} bytes")
        if record_s < 0 or (record_s == 0 and records > 1):
            raise self._lie("duration of a record", 244, f"{record_s:g}", "is no duration")
        width = 3 if magic == BDF_MAGIC else 2
        channels, record_bytes = self._channels(count, width)
        plus = re.match(r"[EB]DF\+([CD])", reserved)
        return EdfHeader(
            channels=channels,
            records=self._records(records, record_bytes, header_bytes),
            record_s=record_s,
            record_bytes=record_bytes,
            data_at=header_bytes,
            width=width,
            plus=plus[1] if plus else "",
            start=_moment(date, clock, recording),
            patient=patient,
            recording=recording,
            unfinished=records == -1,
        )

    def _channels(self, count: int, width: int) -> tuple[tuple[EdfChannel, ...], int]:
        columns: dict[str, list[str]] = {}
        begin: dict[str, int] = {}
        for name, field_bytes in _FIELDS:
            begin[name] = self.file.tell()
            columns[name] = [self._text(field_bytes) for _ in range(count)]
        numbers = {
            name: [
                self._parsed(name, text, begin[name] + 8 * at, is_whole=name == "samples")
                for at, text in enumerate(columns[name])
            ]
            for name, _ in _FIELDS[3:7] + _FIELDS[8:9]
        }
        channels, offset = [], 0
        for at in range(count):
            samples = int(numbers["samples"][at])
            if samples < 0:
                raise self._lie("samples", begin["samples"] + 8 * at, str(samples), "is no number of samples")
            low, high = numbers["digital minimum"][at], numbers["digital maximum"][at]
            least, most = numbers["physical minimum"][at], numbers["physical maximum"][at]
            scaled = high != low and most != least
            gain = (most - least) / (high - low) if scaled else 1.0
            unit = columns["unit"][at] if scaled else ""
            channels.append(
                EdfChannel(
                    label=columns["label"][at],
                    unit="µ" + unit[1:] if re.match("u[A-ZΩ]", unit) else unit,
                    gain=gain,
                    shift=least - gain * low if scaled else 0.0,
                    samples=samples,
                    offset=offset,
                    transducer=columns["transducer"][at],
                    prefilter=columns["prefilter"][at],
                )
            )
            offset += samples * width
        return tuple(channels), offset

    def _records(self, declared: int, record_bytes: int, data_at: int) -> int:
        there = max(self.size - data_at, 0)
        if not record_bytes:
            raise refusal(self.path, "holds no sample in any of its records.", "Check that the recording was saved.")
        if declared == -1:  # what a recorder writes until it knows
            return there // record_bytes
        if declared < 0:
            raise self._lie("number of records", 236, str(declared), "is no number of records")
        if declared * record_bytes > there:
            end = data_at + declared * record_bytes
            raise refusal(
                self.path,
                f"is cut short: its header declares {declared} records up to byte {end}, but the file ends at byte "
                f"{self.size} ({missing(end - self.size)}).",
                "Copy the file again from where it was recorded.",
            )
        return declared

    def _text(self, count: int) -> str:
        raw = self.file.read(count)
        if len(raw) < count:
            raise refusal(
                self.path,
                f"is cut short: it ends at byte {self.size}, inside its header.",
                "Copy the file again from where it was recorded.",
            )
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
        return printable_name(text.replace("\0", " ").strip())

    def _whole(self, name: str, count: int) -> int:
        at = self.file.tell()
        return int(self._parsed(name, self._text(count), at, is_whole=True))

    def _number(self, name: str, count: int) -> float:
        at = self.file.tell()
        return self._parsed(name, self._text(count), at)

    def _parsed(self, name: str, text: str, at: int, *, is_whole: bool = False) -> float:
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            number = float("nan")
        if not abs(number) < 1e15 or (is_whole and not number.is_integer()):
            raise self._lie(name, at, text, "is no number")
        return number

    def _lie(self, name: str, at: int, text: str, why: str) -> Exception:
        return refusal(self.path, f"has “{text}” as {name} at byte {at}, which {why}.", _SAVE)


def _moment(date: str, clock: str, recording: str) -> datetime | None:
    """The start as the header gives it: EDF+ states the whole year in its text, EDF two digits of 1985 to 2084."""
    stated = _START_DATE.search(recording)
    try:
        hour, minute, second = (int(part) for part in re.split(r"[.:]", clock))
        if stated:
            day = datetime.strptime(stated[1].title(), "%d-%b-%Y")  # noqa: DTZ007 - the file names no zone
            return day.replace(hour=hour, minute=minute, second=second)
        day_number, month, year = (int(part) for part in re.split(r"[./-]", date))
        return datetime(year + (2000 if year < 85 else 1900), month, day_number, hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return None
