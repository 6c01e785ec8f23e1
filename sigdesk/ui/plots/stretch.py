"""Stretches of the time axis and how they lie on the screen: pure values that every row of the plot shares."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

GUTTER: Final = 96
"""Pixels at the left of every row, for names and tick labels."""
RIGHT_MARGIN: Final = 12
"""Pixels at the right of every row, where nothing is drawn."""


class Stretch(Struct, frozen=True):
    """A part of the time axis from `start` to `stop`, in seconds, or in samples where a recording names no time."""

    start: float
    stop: float

    @property
    def span(self) -> float:
        return self.stop - self.start

    @property
    def middle(self) -> float:
        return (self.start + self.stop) / 2

    def holds(self, time: float) -> bool:
        return self.start <= time <= self.stop

    def covers(self, other: Stretch) -> bool:
        """Whether all of `other` lies inside."""
        return self.start <= other.start and other.stop <= self.stop

    def moved(self, by: float) -> Stretch:
        return Stretch(self.start + by, self.stop + by)

    def zoomed(self, factor: float, about: float) -> Stretch:
        """Shorter by `factor` (longer when it is below 1), so that the time `about` stays where it is."""
        return Stretch(about - (about - self.start) / factor, about + (self.stop - about) / factor)

    def inside(self, limits: Stretch, least: float) -> Stretch:
        """The nearest stretch that lies in `limits` and is no shorter than `least`."""
        span = min(max(self.span, least), limits.span)
        start = self.start if span == self.span else self.middle - span / 2
        start = min(max(start, limits.start), limits.stop - span)
        return Stretch(start, start + span)


class Scale(Struct, frozen=True):
    """Where times lie on a row: `visible` fills the pixels from `left` over `width`."""

    visible: Stretch
    left: float
    width: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def per_pixel(self) -> float:
        """Time units a pixel."""
        return self.visible.span / self.width

    def x(self, time: float) -> float:
        return self.left + (time - self.visible.start) / self.per_pixel

    def time(self, x: float) -> float:
        return self.visible.start + (x - self.left) * self.per_pixel


def row_scale(visible: Stretch, row_width: int) -> Scale:
    """The scale of a row that is `row_width` pixels wide, gutter and margin included."""
    return Scale(visible, GUTTER, max(1, row_width - GUTTER - RIGHT_MARGIN))
