"""What actions can ask about models."""

from __future__ import annotations

from typing import Protocol


class ModelTasks(Protocol):
    """What the Models page does for the table of actions."""

    def train(self) -> None: ...
    def stop_training(self) -> None: ...
    def add_model(self) -> None: ...
