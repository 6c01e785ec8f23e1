"""A training in its own process: what is heard while it runs, and how it ends."""

from __future__ import annotations

from pathlib import Path

from sigdesk.classifiers.training.plan import MethodName, Plan, Source
from sigdesk.pool.training_run import TrainingNews, TrainingRun
from tests.classifiers.training.labelled_files import write_ts


def test_figures_are_heard_while_a_training_runs(tmp_path: Path) -> None:
    data = write_ts(tmp_path / "bench.ts", {"slow": 20, "quick": 20})
    heard: list[TrainingNews] = []
    plan = Plan("bench", (Source(data),), tmp_path / "models", method=MethodName.FOREST, trees=30)

    end = TrainingRun(plan, heard.append).run()

    assert end.result is not None, end.error
    figures = [one for news in heard for one in news.figures]
    assert figures[0] == {"of": "read", "labels": 40, "signals": 40, "classes": ["quick", "slow"]}
    folds = [one for one in figures if one["of"] == "folds"]
    assert [one["fold"] for one in folds] == [1, 2, 3, 4, 5]
    tested = [sum(map(sum, one["confusion"])) for one in folds]
    assert tested == sorted(tested)
    assert tested[-1] == 32  # of 40 signals a fifth is held out
    assert [len(one["points"]) for one in figures if one["of"] == "curve"] == [1, 2, 3, 4, 5]
    assert not any("FIGURES" in text for news in heard for _, text in news.lines)


def test_a_training_that_is_cancelled_leaves_no_model(tmp_path: Path) -> None:
    data = write_ts(tmp_path / "bench.ts", {"slow": 20, "quick": 20})
    plan = Plan("bench", (Source(data),), tmp_path / "models", method=MethodName.FOREST, trees=30)
    run = TrainingRun(plan, lambda news: run.cancel() if news.figures else None)

    end = run.run()

    assert end.cancelled
    assert not (tmp_path / "models" / "bench").exists()
