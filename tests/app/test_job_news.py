"""What the views of jobs have not been told yet."""

from __future__ import annotations

from msgspec.structs import replace

from sigdesk.app.job_news import JobNews
from sigdesk.pool.jobs import JobSnapshot, JobState, PoolStats

NO_STATS = PoolStats(workers=(), queued=0, running=0, jobs_per_min=0.0)


def snapshot(number: int, state: JobState) -> JobSnapshot:
    return JobSnapshot(f"r-{number:06d}", number, None, state, 0.0)  # type: ignore[arg-type]  # nobody asks for what


def test_of_a_job_only_its_last_word_is_told_and_the_latest_word_comes_last() -> None:
    waits = [snapshot(number, JobState.QUEUED) for number in range(4)]
    runs = [replace(job, state=JobState.RUNNING) for job in waits[:2]]
    done = [replace(job, state=JobState.SUCCEEDED) for job in runs[:1]]
    news = JobNews(NO_STATS, jobs=[*waits, *runs, *done])

    told = [*news.take_jobs(3), *news.take_jobs(3)]

    assert [(job.number, job.state) for job in told] == [
        (2, JobState.QUEUED),
        (3, JobState.QUEUED),
        (1, JobState.RUNNING),
        (0, JobState.SUCCEEDED),
    ]
    assert not news.untold


def test_what_comes_while_a_round_is_told_waits_for_the_next_with_what_it_superseded() -> None:
    older, newer, third = (snapshot(number, JobState.SUCCEEDED) for number in range(3))
    news = JobNews(NO_STATS, jobs=[older, newer])
    assert news.take_jobs(1) == [older]

    news.jobs.append(third)
    news.superseded.append(older)

    assert news.untold == [newer, third]
    assert news.take_jobs(5) == [newer]
    assert not news.take_over()
    assert news.take_jobs(5) == [third]
    assert news.take_over() == [older]
