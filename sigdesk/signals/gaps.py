"""Recordings with holes: pieces that were taken at one rate lie where their times say, and the holes read as NaN.

Nothing is stored for a hole, so a pause of a week costs nothing; plots show it as the gap that it is.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from sigdesk.signals.recording import Samples, SampleSource

MAX_LENGTH = 10**12
"""Samples with their holes. A file that spans more has a clock that jumped."""


class Piece(Struct, frozen=True):
    """`length` samples that begin at index `first` of the recording, and at `stored` of what the file holds."""

    first: int
    length: int
    stored: int

    @property
    def stop(self) -> int:
        return self.first + self.length


class GappySource(Struct, frozen=True):
    """Reads across holes. `pieces` are in order and do not overlap."""

    source: SampleSource
    pieces: tuple[Piece, ...]

    @property
    def stamp(self) -> Any:
        return getattr(self.source, "stamp", None)

    def read(self, start: int, stop: int) -> Samples:
        at = max(bisect.bisect_right(self.pieces, start, key=lambda piece: piece.first) - 1, 0)
        parts: list[tuple[int, Samples]] = []
        while at < len(self.pieces) and self.pieces[at].first < stop:
            piece = self.pieces[at]
            begin, end = max(start, piece.first), min(stop, piece.stop)
            if begin < end:
                moved = piece.stored - piece.first
                parts.append((begin - start, self.source.read(begin + moved, end + moved)))
            at += 1
        if len(parts) == 1 and parts[0][1].shape[1] == stop - start:
            return parts[0][1]
        shape = parts[0][1] if parts else self.source.read(self.pieces[0].stored, self.pieces[0].stored)
        whole = np.full((shape.shape[0], stop - start), np.nan, dtype=shape.dtype)
        for offset, samples in parts:
            whole[:, offset : offset + samples.shape[1]] = samples
        return whole


def pieces_of(starts_s: Sequence[float], lengths: Sequence[int], rate_hz: float) -> tuple[Piece, ...] | None:
    """The pieces of stretches that begin at `starts_s` (the first at 0) and hold so many samples each, on the grid of
    `rate_hz`; what follows without a hole is one piece. None where stretches overlap, or where they span too much.
    """
    pieces: list[Piece] = []
    stored = 0
    for start_s, length in zip(starts_s, lengths, strict=True):
        exact = start_s * rate_hz
        if not abs(exact) < MAX_LENGTH:
            return None
        first, end = round(exact), pieces[-1].stop if pieces else 0
        # A record's time is written with few digits, so half a sample off is no hole.
        if pieces and abs(exact - end) <= 0.75:
            pieces[-1] = Piece(pieces[-1].first, pieces[-1].length + length, pieces[-1].stored)
        elif first < end:
            return None
        else:
            pieces.append(Piece(first, length, stored))
        stored += length
    return tuple(pieces) if pieces and pieces[-1].stop <= MAX_LENGTH else None


def gap_text(pieces: Sequence[Piece], rate_hz: float) -> str:
    """What is said of a recording with holes: "3 gaps, 12.5 s in all"."""
    lost = pieces[-1].stop - pieces[0].first - sum(piece.length for piece in pieces)
    count = len(pieces) - 1
    return f"{count} gap{'' if count == 1 else 's'}, {lost / rate_hz:g} s in all"
