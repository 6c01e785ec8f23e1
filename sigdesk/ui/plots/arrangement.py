"""In which order channels stand, which are hidden, which lie in one row, and between which values.

A pure value, changed by copying. As JSON it goes with the session.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from operator import index
from types import MappingProxyType
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

Range = tuple[float, float]


class Arrangement(Struct, frozen=True):
    """Channels by their place in the recording. `order` holds all of them; `over` names the channel in whose row
    another one is drawn, which itself is drawn in its own; `ranges` are fixed scales, low and high, the others fit.
    Never are all of them `hidden`."""

    order: tuple[int, ...]
    over: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    ranges: Mapping[int, Range] = field(default_factory=lambda: MappingProxyType({}))
    hidden: frozenset[int] = frozenset()

    @classmethod
    def of(cls, channels: int) -> Arrangement:
        """As the recording has them, each in a row of its own."""
        return cls(tuple(range(channels)))

    @property
    def shown(self) -> tuple[int, ...]:
        """The channels that are not hidden, in order."""
        return tuple(channel for channel in self.order if channel not in self.hidden)

    def sorted(self, shown: Sequence[int]) -> tuple[int, ...]:
        """Shown channels in order."""
        wanted = set(shown)
        return tuple(channel for channel in self.order if channel in wanted)

    def rows(self, shown: Sequence[int]) -> tuple[tuple[int, ...], ...]:
        """The rows of shown channels, from top to bottom: each row's own channel, then those that lie over it. A
        channel whose row is hidden is drawn in one of its own."""
        shown = self.sorted(shown)
        wanted = set(shown)
        hosts = {channel: self.over[channel] for channel in shown if self.over.get(channel) in wanted}
        own = [channel for channel in shown if channel not in hosts]
        return tuple((channel, *(guest for guest in shown if hosts.get(guest) == channel)) for channel in own)

    def showing(self, shown: Sequence[int]) -> Arrangement:
        """Only these channels, at least one; the others keep their places for when they come back."""
        hidden = frozenset(self.order) - frozenset(shown)
        return self if len(hidden) == len(self.order) else replace(self, hidden=hidden)

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

    def to_json(self) -> dict[str, Any]:
        """What differs from a recording's own arrangement, as JSON."""
        value: dict[str, Any] = {}
        if self.order != tuple(range(len(self.order))):
            value["order"] = list(self.order)
        if self.hidden:
            value["hidden"] = sorted(self.hidden)
        if self.over:
            value["over"] = [[guest, host] for guest, host in sorted(self.over.items())]
        if self.ranges:
            value["ranges"] = [[channel, *between] for channel, between in sorted(self.ranges.items())]
        return value

    @classmethod
    def from_json(cls, value: Any, channels: int) -> Arrangement:
        """The arrangement of so many channels that JSON says. Raises ValueError or TypeError where it says none."""
        of = cls.of(channels)
        order = tuple(map(index, value.get("order", of.order)))
        if tuple(sorted(order)) != of.order:
            raise ValueError(f"{order} is no order of {channels} channels")
        hidden = set(value.get("hidden", ()))
        arranged = cls(order).showing([one for one in order if one not in hidden])
        for guest, host in value.get("over", ()):
            if guest in of.order and host in of.order:
                arranged = arranged.laid_over(index(guest), index(host))
        for channel, low, high in value.get("ranges", ()):
            if channel in of.order and -math.inf < low < high < math.inf:
                arranged = arranged.scaled(index(channel), (float(low), float(high)))
        return arranged
