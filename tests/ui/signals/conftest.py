"""A session with signals in two folders, and the panel that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sigdesk.app.session import Session
from sigdesk.app.signals_model import SignalsModel
from sigdesk.signals.recording import ArraySource, Channel, Recording, TimeBase
from sigdesk.ui.signals.panel import SignalsPanel
from sigdesk.ui.signals.thumbnails import ThumbnailStore
from sigdesk.ui.theme.look import Look
from tests.ui.conftest import Shown


def make_recording(name: str, folder: str = "Pump A", seconds: float = 2.0) -> Recording:
    """A sine of 100 Hz on one channel."""
    values = np.sin(np.arange(round(seconds * 100)) / 5)[np.newaxis]
    return Recording(
        name,
        Path("/data") / folder / name,
        (Channel("x"),),
        values.shape[1],
        TimeBase(100.0),
        ArraySource(values),
        "CSV",
    )


@pytest.fixture
def session() -> Session:
    made = Session()
    made.add([make_recording(f"a{number}.csv", seconds=10 - number) for number in range(4)])
    made.add([make_recording(f"b{number}.csv", "Pump B") for number in range(2)])
    return made


@pytest.fixture
def thumbnails(look: Look, session: Session) -> Iterator[ThumbnailStore]:
    store = ThumbnailStore(look, session.recording)
    yield store
    store.close()


@pytest.fixture
def model(session: Session) -> SignalsModel:
    return SignalsModel(session)


@pytest.fixture
def panel(look: Look, thumbnails: ThumbnailStore, model: SignalsModel, shown: Shown[SignalsPanel]) -> SignalsPanel:
    made = SignalsPanel(look, thumbnails)
    made.resize(284, 600)
    made.filter_text_changed.connect(model.set_filter)
    made.filter_chip_chosen.connect(model.choose_chip)
    made.sort_chosen.connect(model.sort_by)
    made.group_toggled.connect(model.toggle_group)
    model.counts_changed.connect(made.set_counts)
    model.sort_by("Order added")  # tells the counts
    made.set_model(model)
    return shown(made)
