"""In which order channels stand, which lie in one row, and between which values: a pure value, changed by copying."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Channels by their place in the recording. `order` holds all of them; `over` names the channel in whose row
    another one is drawn, which itself is drawn in its own; `ranges` are fixed scales, low and high, the others fit."""

    order: tuple[int, ...]
    over: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    ranges: Mapping[int, Range] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, channels: int) -> Arrangement:
        """As the recording has them, each in a row of its own."""
        return cls(tuple(range(channels)))

    def sorted(self, shown: Sequence[int]) -> tuple[int, ...]:
        """Shown channels in order."""
        return tuple(channel for channel in self.order if channel in shown)

    def rows(self, shown: Sequence[int]) -> tuple[tuple[int, ...], ...]:
        """The rows of shown channels, from top to bottom: each row's own channel, then those that lie over it. A
        channel whose row is hidden is drawn in one of its own."""
        shown = self.sorted(shown)
        hosts = {channel: self.over[channel] for channel in shown if self.over.get(channel) in shown}
        own = [channel for channel in shown if channel not in hosts]
        return tuple((channel, *(guest for guest in shown if hosts.get(guest) == channel)) for channel in own)

    def moved(self, channel: int, steps: int, shown: Sequence[int]) -> Arrangement:
        """A row so many places further down (below 0: up) among those that are shown."""
        rows = self.rows(shown)
        heads = [row[0] for row in rows]
        place = heads.index(channel)
        target = min(max(place + steps, 0), len(heads) - 1)
        if target == place:
            return self
        order = [one for one in self.order if one != channel]
        at = order.index(heads[target])
        order.insert(at + 1 if target > place else at, channel)
        return replace(self, order=tuple(order))

    def laid_over(self, channel: int, host: int | None) -> Arrangement:
        """A channel in the row of another one, or in its own again. What lay over it goes with it."""
        over = {guest: on for guest, on in self.over.items() if guest != channel}
        if host is not None and host != channel:
            row = over.get(host, host)
            host = host if row == channel else row  # one that lay over this channel changes places with it
            over = {guest: host if on == channel else on for guest, on in over.items() if guest != host}
            over[channel] = host
        return replace(self, over=MappingProxyType(over))

    def scaled(self, channel: int, values: Range | None) -> Arrangement:
        """A channel between two values, or fitted again."""
        ranges = {one: between for one, between in self.ranges.items() if one != channel}
        if values is not None:
            ranges[channel] = values
        return replace(self, ranges=MappingProxyType(ranges))
