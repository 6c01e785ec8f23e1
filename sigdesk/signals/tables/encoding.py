"""Which encoding a text file has, and its bytes as UTF-8."""

from __future__ import annotations

from msgspec import Struct

_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13} | {127})


class Encoding(Struct, frozen=True):
    """A codec, how many bytes of mark stand before the text, and what ends a line."""

    codec: str
    mark: int = 0

    @property
    def newline(self) -> bytes:
        return "\n".encode(self.codec)

    @property
    def width(self) -> int:
        """Bytes a unit of text takes."""
        return len(self.newline)

    def decode(self, raw: bytes) -> str:
        return raw.decode(self.codec, "replace")

    def as_utf8(self, raw: bytes) -> bytes:
        """`raw` as UTF-8. Bytes of one-byte encodings are left as they are: numbers are the same in all of them."""
        return self.decode(raw).encode("utf-8") if self.width > 1 else raw

    def line_end_before(self, raw: bytes) -> int:
        """The end of the last whole line in `raw`, or 0 when there is none."""
        at = raw.rfind(self.newline)
        while at > 0 and at % self.width:
            at = raw.rfind(self.newline, 0, at)
        return at + self.width if at >= 0 and at % self.width == 0 else 0

    def line_start(self, raw: bytes, line: int) -> int:
        """The byte at which line `line` (from 1) of `raw` starts, its mark included."""
        at = self.mark
        for _ in range(line - 1):
            end = raw.index(self.newline, at)
            while (end - self.mark) % self.width:
                end = raw.index(self.newline, end + 1)
            at = end + self.width
        return at


def encoding_of(head: bytes) -> Encoding:
    """By its mark, by the zero bytes that UTF-16 puts between letters, or by being valid UTF-8; else Latin-1."""
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return Encoding(codec, len(mark))
    sample = head[:1024]
    if sample[1::2].count(0) > len(sample) // 4 and 0 not in sample[::2]:
        return Encoding("utf-16-le")
    if sample[::2].count(0) > len(sample) // 4 and 0 not in sample[1::2]:
        return Encoding("utf-16-be")
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # The head may end in the middle of a character.
        if error.start < len(head) - 3:
            return Encoding("cp1252" if _is_cp1252(head) else "latin-1")
    return Encoding("utf-8")


def _is_cp1252(head: bytes) -> bool:
    try:
        head.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return True


def first_control(head: bytes, encoding: Encoding) -> int | None:
    """The byte of the first control character, which no text holds, or None."""
    if encoding.width > 1:
        at = encoding.decode(head).find("\0")
        return None if at < 0 else at * encoding.width
    if len(head.translate(None, _CONTROL)) == len(head):
        return None
    return next(index for index, byte in enumerate(head) if byte in _CONTROL)
