"""The job that an order makes of a signal is the last request of that where both ask for the same, and never else."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from sigdesk.app.orders import Order, job_or_reason
from sigdesk.classifiers.folder import Classifier
from sigdesk.pool.jobs import JobRequest
from tests.factories import MakeRecording


@pytest.fixture
def order(model: Classifier) -> Order:
    return Order(
        classifier=model,
        scope="whole",
        channels=None,
        params={"active": 1},
        selection=None,
        windows_s=(1.0, 1.0),
        windows_samples=(10.0, 10.0),
    )


def test_a_signal_that_is_classified_again_in_the_same_way_keeps_its_request(
    order: Order, recording: MakeRecording
) -> None:
    signal = recording()
    last = job_or_reason(signal, order)
    assert isinstance(last, JobRequest)
    assert job_or_reason(signal, order, last) is last, "thousands are kept"


def test_who_asks_for_anything_else_gets_that(order: Order, recording: MakeRecording) -> None:
    signal = recording()
    last = job_or_reason(signal, order)
    assert isinstance(last, JobRequest)
    for other in (replace(order, params={"active": True}), replace(order, channels=(0,)), replace(order, priority=10)):
        made = job_or_reason(signal, other, last)
        assert isinstance(made, JobRequest)
        assert (made.params, made.channels, made.priority) == (other.params, other.channels, other.priority)
        assert made.params["active"] is other.params["active"], "1 is equal to True, and not the same"
    read_anew = recording()
    made = job_or_reason(read_anew, order, last)
    assert isinstance(made, JobRequest)
    assert made.recording is read_anew, "its file may hold other samples now"
