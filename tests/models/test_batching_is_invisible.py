"""Signals handed over one by one or many at a time: what a shipped model answers is the same to the byte."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from sigdesk.classifiers.fit import refusal
from sigdesk.classifiers.folder import Classifier, find_classifiers
from sigdesk.places import shipped_folder
from sigdesk.pool.jobs import JobRequest
from sigdesk.signals import open_recordings
from sigdesk.signals.discovery import signal_files
from sigdesk.signals.recording import Recording
from tests.factories import MakePool, Watch

MODELS = [found for found in find_classifiers([shipped_folder("models")]) if isinstance(found, Classifier)]
RECORDINGS = [open_recordings(path)[0] for path in signal_files([shipped_folder("resources") / "samples"])]


def stretches(classifier: Classifier, recording: Recording) -> Iterator[JobRequest]:
    """Jobs of one shape and of several, as the model takes them."""
    wanted = classifier.manifest.input.length
    lengths = [wanted] * 6 if wanted else [recording.length - 8] * 6 + [recording.length - 8 - cut for cut in (1, 5)]
    for start, length in enumerate(lengths):
        stop = start + length
        if stop <= recording.length and not refusal(classifier, recording, start, stop, None):
            yield JobRequest(classifier, recording, start, stop)


def with_batch(classifier: Classifier, batch: int) -> Classifier:
    manifest = classifier.manifest
    return replace(classifier, manifest=replace(manifest, run=replace(manifest.run, batch=batch)))


@pytest.mark.parametrize("classifier", MODELS, ids=lambda classifier: str(classifier.name))
def test_answers_are_the_same_one_by_one_and_in_batches(pool: MakePool, classifier: Classifier) -> None:
    asked = [request for recording in RECORDINGS for request in stretches(classifier, recording)]
    assert len(asked) >= 1
    watch = Watch(pool(workers=1))

    raws = []
    for batch in (1, len(asked)):
        requests = [replace(request, classifier=with_batch(classifier, batch)) for request in asked]
        outcomes = [job.outcome for job in watch.run(*requests, within_s=60.0)]
        raws.append([outcome.output.raw for outcome in outcomes if outcome is not None and outcome.output is not None])

    assert len(raws[0]) == len(asked), "all were answered"
    assert raws[0] == raws[1]
