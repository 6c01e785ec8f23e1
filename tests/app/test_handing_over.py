"""What happens on the way to the pool."""

from __future__ import annotations

import logging

import pytest
from pytestqt.qtbot import QtBot

from sigdesk.app.handing_over import HandedOver, HandingOver, Portion
from sigdesk.pool.jobs import JobRequest
from tests.factories import MakeModel, MakePool, MakeRecording


@pytest.mark.errors_in_log
def test_a_mistake_in_making_a_job_keeps_back_neither_the_others_nor_the_next(
    pool: MakePool,
    model_folder: MakeModel,
    recording: MakeRecording,
    qtbot: QtBot,
    caplog: pytest.LogCaptureFixture,
) -> None:
    request = JobRequest(model_folder('#!/bin/sh\necho \'OUTPUT: {"label": "a"}\'\n'), recording())

    def mistaken() -> JobRequest:
        raise ZeroDivisionError

    handing_over = HandingOver(pool())
    with qtbot.waitSignal(handing_over.answered, timeout=20_000) as answer, caplog.at_level(logging.ERROR):
        handing_over.give(Portion([(1, mistaken), (2, request)], [], room=2))

    handed = answer.args[0]
    assert isinstance(handed, HandedOver)
    assert [one.signal_id for one in handed.refused] == [1]
    assert "ZeroDivisionError" in handed.refused[0].reason
    assert [signal_id for _, signal_id in handed.accepted] == [2]
    assert not handing_over.signal_ids, "the next portion may go"
    assert "a job could not be made" in caplog.text
    handing_over.close()
