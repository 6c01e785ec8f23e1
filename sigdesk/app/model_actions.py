"""The actions of the Models page."""

from __future__ import annotations

from typing import Final

from sigdesk.app.action import Action, When

MODEL_ACTIONS: Final = (
    Action(
        "train", "Train from labels…", lambda d: d.models.train(), "Jobs", ("Ctrl+T",), "graduation-cap",
        group="Models", opens_section=True,
    ),
    Action(
        "stop-training", "Stop training", lambda d: d.models.stop_training(), "Jobs", icon="stop",
        when=When.TRAINING_RUNS, group="Models",
    ),
    Action("add-model", "Add model file…", lambda d: d.models.add_model(), "Jobs", icon="plus", group="Models"),
)  # fmt: skip
