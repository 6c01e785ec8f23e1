"""Fault 44: a skops file that is all numbers, but whose trees lead out of their own memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from sigdesk.classifiers.folder import read_classifier
from sigdesk.classifiers.model_file import dump_skops
from sigdesk.pool.answer import ASK_AUTHOR
from sigdesk.pool.jobs import JobRequest, JobState
from tests.classifiers.model_folders import write_folder
from tests.factories import MakeRecording, Watch

MANIFEST = """\
[model]
name = "{name}"
version = "1"
[output]
classes = ["a", "b"]
[file]
name = "model.skops"
sha256 = "{sha256}"
"""
LENGTH = 40
FAR = 2**40
"""A node beyond all memory."""


def forest(*, hostile: bool) -> bytes:
    model = RandomForestClassifier(3, random_state=1)
    model.fit(np.random.default_rng(5).normal(size=(20, LENGTH)), ["a", "b"] * 10)
    if hostile:
        for tree in model.estimators_:
            state = tree.tree_.__getstate__()
            for child in ("left_child", "right_child"):
                state["nodes"][child][0] = FAR
            tree.tree_.__setstate__(state)
    return dump_skops(model)


def test_fault_44_hostile_trees_crash_their_process_and_nothing_else(
    watch: Watch, tmp_path: Path, recording: MakeRecording
) -> None:
    models = tmp_path / "models"
    hostile, honest = (
        read_classifier(write_folder(models, name, MANIFEST, model_skops=forest(hostile=name == "hostile")))
        for name in ("hostile", "honest")
    )
    signal = recording(np.zeros(LENGTH))

    (crashed,) = watch.run(JobRequest(hostile, signal), within_s=100)
    (answered,) = watch.run(JobRequest(honest, signal), within_s=100)

    assert crashed.state is JobState.CRASHED, crashed.outcome
    assert crashed.outcome is not None
    assert crashed.outcome.output is None
    assert crashed.outcome.what.endswith(" failed: the script crashed: SIGSEGV")
    assert crashed.outcome.way_out == ASK_AUTHOR
    assert answered.state is JobState.SUCCEEDED, answered.outcome
