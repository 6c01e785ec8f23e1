"""From label to label: the next one on a signal, and the next to check over all signals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sigdesk.labels.label import Label
from sigdesk.labels.label_set import LabelSet

Wanted = Callable[[Label], bool]


def step_in(labels: LabelSet, after: Label | float, step: int, wanted: Wanted) -> Label | None:
    """The next wanted label of a signal (`step` 1) or the previous one (-1)."""
    return labels.next(after, wanted) if step > 0 else labels.previous(after, wanted)


def step_over(
    order: Sequence[int],
    signal_id: int,
    after: Label | float | None,
    step: int,
    labels_of: Callable[[int], LabelSet],
    wanted: Wanted,
) -> tuple[int, Label] | None:
    """The next wanted label from `after` on a signal, then on those that follow in `order`, around its end.

    `after` None begins at the signal's edge. None where there is no such label but the one that it starts from.
    """
    edge = float("-inf") if step > 0 else float("inf")
    here = order.index(signal_id) if signal_id in order else -1
    if here >= 0:
        found = step_in(labels_of(signal_id), edge if after is None else after, step, wanted)
        if found is not None:
            return signal_id, found
    # The signal itself comes last once more: what lies before `after` is reached around the end.
    count = len(order)
    for offset in range(1, count + 1):
        other = order[(here + step * offset) % count]
        found = step_in(labels_of(other), edge, step, wanted)
        if found is not None:
            is_start = isinstance(after, Label) and other == signal_id and found.id == after.id
            return None if is_start else (other, found)
    return None
