"""The bottom tabs over the program's own models, with rows as a running desk gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from sigdesk.app.history_model import HistoryModel
from sigdesk.app.jobs_model import JobsModel
from sigdesk.app.log_model import LogModel
from sigdesk.app.results_model import ProblemsModel, ResultsModel
from sigdesk.app.rows import ClassMark, JobRow, LogRow, ProblemRow, ResultRow
from sigdesk.pool.jobs import JobState, Origin
from sigdesk.protocol import Level
from sigdesk.ui.bottom.tabs import BottomTabs
from sigdesk.ui.theme.look import Look
from tests.ui.conftest import Shown

CAVITATION = ClassMark("cavitation", "Cavitation", 3)
BEARING = ClassMark("bearing", "Bearing wear", 2)


def job(number: int, state: JobState, **fields: Any) -> JobRow:
    """A job with the full id "J<number>" on signal number `number`."""
    known: dict[str, Any] = {"signal": f"pump-{number}.wav", "model": "Pump condition", "version": "3.2.0"}
    return JobRow(id=f"J{number}", number=number, signal_id=number, state=state, **(known | fields))


def line(text: str, origin: Origin = Origin.LOG, level: Level = Level.INFO, job_number: int = 7) -> LogRow:
    return LogRow("14:32:05.871", f"J{job_number}", job_number, 2, origin, level, text)


def result(signal_id: int, **fields: Any) -> ResultRow:
    known: dict[str, Any] = {
        "job_id": f"J{signal_id}",
        "signal": f"pump-{signal_id}.wav",
        "stretch": "Whole",
        "mark": CAVITATION,
        "confidence": 0.914,
        "unsure": False,
        "runner_up": BEARING,
        "runner_up_confidence": 0.049,
        "model": "Pump condition 3.2.0",
        "time": "14:32:07",
    }
    return ResultRow(signal_id=signal_id, **(known | fields))


def problem(key: str, **fields: Any) -> ProblemRow:
    known: dict[str, Any] = {
        "what": f"Job {key} failed: Pressure is stuck at 0.00 bar",
        "way_out": "No label was written. Check the sensor cable and record again.",
        "time": "14:32:05",
        "job_id": f"J{key}",
        "signal_id": int(key),
    }
    return ProblemRow(key=key, **(known | fields))


@dataclass
class Models:
    jobs: JobsModel
    log: LogModel
    results: ResultsModel
    problems: ProblemsModel
    history: HistoryModel


@pytest.fixture
def models() -> Models:
    jobs = JobsModel()
    return Models(jobs, LogModel(), ResultsModel(), ProblemsModel(), HistoryModel(jobs.find))


@pytest.fixture
def tabs(look: Look, models: Models, shown: Shown[BottomTabs]) -> BottomTabs:
    made = BottomTabs(look)
    made.set_models(models.jobs, models.log, models.results, models.problems, models.history)
    models.jobs.count_changed.connect(lambda count: made.set_count("Jobs", count))
    models.results.count_changed.connect(lambda count: made.set_count("Results", count))
    models.problems.count_changed.connect(lambda count: made.set_count("Problems", count))
    models.log.counts_changed.connect(made.set_log_counts)
    made.jobs_filter_changed.connect(models.jobs.set_filter)
    made.log_levels_chosen.connect(models.log.show_levels)
    made.log_text_changed.connect(models.log.find_text)
    made.log_job_chosen.connect(models.log.show_job)
    made.resize(852, 250)
    return shown(made)
