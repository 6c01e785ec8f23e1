"""By what the columns of Jobs and Results sort. A row's key is made once and kept, for making it is what takes time."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct
from PySide6.QtCore import Qt

from sigdesk.app.rows import ClassMark, JobRow, ResultRow
from sigdesk.pool.jobs import JobState
from sigdesk.signals.discovery import natural_key

Key = tuple[Any, ...]

_STATES: Final = {state: place for place, state in enumerate(JobState)}


class Order(Struct, frozen=True):
    """A column and a direction; the natural order of the model while `column` is -1."""

    column: int = -1
    descending: bool = False

    @classmethod
    def of(cls, column: int, order: Qt.SortOrder, columns: tuple[str, ...]) -> Order:
        """What Qt asks for; a column without a title sorts nothing."""
        if not 0 <= column < len(columns) or not columns[column]:
            return cls()
        return cls(column, order == Qt.SortOrder.DescendingOrder)

    def __bool__(self) -> bool:
        return self.column >= 0

    def key(self, value: Any, serial: int) -> Key:
        """A key for `sorted` with `reverse=descending`. Rows without a value stand last in both directions; equal ones
        keep the order of their serial numbers, so that none jumps."""
        missing = value is None
        return missing is not self.descending, 0 if missing else value, serial


def job_value(row: JobRow, column: str) -> Any:
    """What a row of the Jobs table sorts by in a column, None where there is nothing."""
    match column:
        case "Signal":
            return natural_key(row.signal)
        case "Model":
            return natural_key(f"{row.model} {row.version}")
        case "State":
            return _STATES[row.state], row.result_text or row.cause, row.confidence or 0.0
        case "Worker":
            return row.worker
        case "Queued":
            return row.queued_s
        case "Ran":
            return row.run_s
    return row.number


def result_value(row: ResultRow, column: str) -> Any:
    """What a row of the Results table sorts by in a column, None where there is nothing."""
    match column:
        case "Stretch":
            return natural_key(row.stretch)
        case "Label":
            return _class_value(row.mark, row.confidence)
        case "Confidence":
            return row.confidence
        case "Runner-up":
            return None if row.runner_up is None else _class_value(row.runner_up, row.runner_up_confidence)
        case "Model":
            return natural_key(row.model)
        case "Time":
            return row.time
    return natural_key(row.signal)


def _class_value(mark: ClassMark, confidence: float | None) -> tuple[str, float]:
    return mark.title.casefold(), confidence or 0.0
