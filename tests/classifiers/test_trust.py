"""Model files that could run anything: nothing of them runs before their very bytes were trusted."""

from __future__ import annotations

import base64
import hashlib
import io
import pickle
import subprocess
import sys
import timeit
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from sigdesk.classifiers.folder import Classifier, ModelState, read_classifier
from sigdesk.classifiers.trust import Decision, TrustBook
from sigdesk.errors import JournalError, ModelError
from sigdesk.pool.jobs import JobRequest, JobState
from sigdesk.pool.pool import Pool
from sigdesk.pool.requests import restore, store_all
from sigdesk.protocol import FailureCode
from tests.classifiers.model_folders import write_folder
from tests.factories import MakePool, MakeRecording

MANIFEST = """\
[model]
name = "{name}"
version = "1"
[run]
batch = 4
[output]
classes = ["calm", "active"]
[file]
name = "model.FORMAT"
"""
UNTRUSTED = (
    " is a pickle, which can run anything when it is loaded, and nobody has trusted it. "
    "Trust this very file, or ask its author for a skops or ONNX file."
)
NO_SKOPS = ("model.skops is not a skops file", "model.skops could not be loaded")
CHANGED = (
    "model.pkl has changed since the model was checked, so it was not loaded. "
    "Look at the model's state in the list of models, then classify again."
)


class Runs:
    """Pickled, it calls a function when it is loaded."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call


def payloads(marker: Path) -> dict[str, tuple[str, bytes]]:
    """Thirteen files, ten of them pickles; each makes `marker` when it is loaded as what it claims to be: their
    endings and bytes."""
    import os

    touch = f"open({str(marker)!r}, 'w').close()"
    shell = f"touch '{marker}'"
    joblib_file = io.BytesIO()
    joblib.dump(Runs(exec, touch), joblib_file)
    compressed = io.BytesIO()
    joblib.dump(Runs(os.system, shell), compressed, compress=("zlib", 3))
    array = io.BytesIO()
    np.save(array, np.array([Runs(exec, touch)], dtype=object), allow_pickle=True)
    disguised = io.BytesIO()
    with zipfile.ZipFile(disguised, "w") as archive:
        archive.writestr("schema.json", "{}")
        archive.writestr("model.pkl", pickle.dumps(Runs(exec, touch)))
    nested = pickle.dumps({"model": [Runs(eval, f"__import__('pathlib').Path({str(marker)!r}).touch()")]})
    return {
        "os.system": ("pkl", pickle.dumps(Runs(os.system, shell))),
        "exec": ("pkl", pickle.dumps(Runs(exec, touch))),
        "eval in a dict": ("pickle", nested),
        "subprocess": ("pkl", pickle.dumps(Runs(subprocess.call, ["touch", str(marker)]))),
        "protocol 0": ("pkl", f"cposix\nsystem\n(S{shell!r}\ntR.".encode()),
        "global by name": ("pkl", b"\x80\x04c__builtin__\nexec\n(V" + touch.encode() + b"\ntR."),
        "joblib": ("joblib", joblib_file.getvalue()),
        "compressed joblib": ("joblib", compressed.getvalue()),
        "called skops": ("skops", pickle.dumps(Runs(exec, touch))),
        "array called skops": ("skops", array.getvalue()),
        "archive called skops": ("skops", disguised.getvalue()),
        "timeit": ("pkl", pickle.dumps(Runs(timeit.timeit, touch, "pass", timeit.default_timer, 1))),
        "base64 in a pickle": ("pkl", pickle.dumps(Runs(exec, f"exec({base64.b64encode(touch.encode())!r})"))),
    }


@pytest.fixture
def book(tmp_path: Path) -> TrustBook:
    return TrustBook(tmp_path / "trust.json")


def folder_with(parent: Path, ending: str, data: bytes) -> Path:
    return write_folder(parent, "hostile", MANIFEST.replace("FORMAT", ending), **{f"model_{ending}": data})


@pytest.mark.parametrize("name", list(payloads(Path("marker"))))
def test_fault_40_nothing_of_a_hostile_file_runs(
    tmp_path: Path, pool: MakePool, recording: MakeRecording, name: str
) -> None:
    marker = tmp_path / "it ran"
    ending, data = payloads(marker)[name]
    folder = folder_with(tmp_path / "models", ending, data)

    classifier = read_classifier(folder)
    # As if somebody had got past the list of models: the worker's own check stands alone.
    forced = Classifier(folder, classifier.manifest, ModelState.VERIFIED, sha256=classifier.sha256)
    our_pool = pool()
    our_pool.submit(JobRequest(forced, recording(), 0, 10))
    outcome = _outcome(our_pool)

    assert not marker.exists()
    assert outcome.state is JobState.FAILED
    said = NO_SKOPS if ending == "skops" else (f"model.{ending}{UNTRUSTED}",)
    assert any(words in outcome.what for words in said), outcome.what
    assert classifier.state is (ModelState.VERIFIED if ending == "skops" else ModelState.BLOCKED)


def _outcome(our_pool: Any) -> Any:
    while True:
        for snapshot in our_pool.take_update(5.0).jobs:
            if snapshot.state.ended:
                return snapshot.outcome


def trained() -> bytes:
    model = LogisticRegression().fit([[0.0] * 10, [1.0] * 10], ["calm", "active"])
    return pickle.dumps(model)


def test_a_pickle_runs_once_its_bytes_are_trusted(
    tmp_path: Path, pool: MakePool, recording: MakeRecording, book: TrustBook
) -> None:
    folder = folder_with(tmp_path / "models", "pkl", trained())
    sha256 = read_classifier(folder).sha256

    entry = book.decide(sha256, folder / "model.pkl", Decision.TRUSTED)
    classifier = read_classifier(folder, book.entries())

    assert classifier.state is ModelState.TRUSTED
    assert entry.who
    our_pool = pool()
    our_pool.submit(JobRequest(classifier, recording(), 0, 10))
    outcome = _outcome(our_pool)
    assert outcome.state is JobState.SUCCEEDED, outcome.what
    assert outcome.output.results[0].label in ("calm", "active")


def test_a_job_of_a_trusted_pickle_is_resumed_as_such(
    tmp_path: Path, recording: MakeRecording, book: TrustBook
) -> None:
    folder = folder_with(tmp_path / "models", "pkl", trained())
    book.decide(read_classifier(folder).sha256, folder / "model.pkl", Decision.TRUSTED)
    journal = tmp_path / "home" / "journal.sqlite"
    with Pool(tmp_path / "home" / "tmp", workers=1, journal=journal) as before:
        before.pause()
        job_id = before.submit(JobRequest(read_classifier(folder, book.entries()), recording(), 0, 10))
        before.close(keep_waiting=True)

    with Pool(tmp_path / "home" / "tmp", workers=1, journal=journal) as after:
        (row,) = after.waiting()
        assert restore(row.stored).classifier.state is ModelState.BLOCKED
        assert after.resume_many([(row, restore(row.stored, trust=book.readable_entries()))]) == [job_id]
        outcome = _outcome(after)

    assert outcome.state is JobState.SUCCEEDED, outcome.what


def test_a_job_is_not_resumed_with_another_file_of_the_same_version(
    tmp_path: Path, recording: MakeRecording, book: TrustBook
) -> None:
    folder = folder_with(tmp_path / "models", "pkl", trained())
    (stored,) = store_all([JobRequest(read_classifier(folder), recording())])
    restore(stored)
    (folder / "model.pkl").write_bytes(trained() + b"\0")
    book.decide(read_classifier(folder).sha256, folder / "model.pkl", Decision.TRUSTED)
    with pytest.raises(JournalError, match="its hash differs"):
        restore(stored, trust=book.readable_entries())


def test_fault_41_one_changed_byte_is_another_file(tmp_path: Path, book: TrustBook) -> None:
    folder = folder_with(tmp_path / "models", "pkl", trained())
    book.decide(read_classifier(folder).sha256, folder / "model.pkl", Decision.TRUSTED)
    (folder / "model.pkl").write_bytes(trained() + b"\0")

    classifier = read_classifier(folder, book.entries())

    assert classifier.state is ModelState.CHANGED
    assert not classifier.runnable
    then, now = (hashlib.sha256(trained() + end).hexdigest()[:12] for end in (b"", b"\0"))
    assert classifier.problem == (
        f"model.pkl has changed since it was trusted on {book.entries()[0].when[:10]} (SHA-256 {now}…, not {then}…). "
        "It will not run unless you trust it as it is now."
    )


@pytest.mark.parametrize("state", [ModelState.BLOCKED, ModelState.CHANGED])
def test_fault_41_a_job_for_a_file_that_is_not_trusted_is_rejected(
    tmp_path: Path, pool: MakePool, recording: MakeRecording, book: TrustBook, state: ModelState
) -> None:
    marker = tmp_path / "it ran"
    folder = folder_with(tmp_path / "models", "pkl", trained())
    if state is ModelState.CHANGED:
        book.decide(read_classifier(folder).sha256, folder / "model.pkl", Decision.TRUSTED)
    (folder / "model.pkl").write_bytes(payloads(marker)["exec"][1])
    classifier = read_classifier(folder, book.entries())
    assert classifier.state is state

    our_pool = pool()
    our_pool.submit(JobRequest(classifier, recording(), 0, 10))
    outcome = _outcome(our_pool)

    assert (outcome.state, outcome.code) == (JobState.REJECTED, FailureCode.UNTRUSTED)
    assert outcome.sentences == f"Job 1 was not accepted: {classifier.problem}"
    assert not marker.exists()


def test_fault_42_a_file_that_changes_after_the_check_is_not_loaded(
    tmp_path: Path, pool: MakePool, recording: MakeRecording, book: TrustBook
) -> None:
    marker = tmp_path / "it ran"
    folder = folder_with(tmp_path / "models", "pkl", trained())
    book.decide(read_classifier(folder).sha256, folder / "model.pkl", Decision.TRUSTED)
    classifier = read_classifier(folder, book.entries())
    (folder / "model.pkl").write_bytes(payloads(marker)["exec"][1])

    our_pool = pool()
    our_pool.submit(JobRequest(classifier, recording(), 0, 10))
    outcome = _outcome(our_pool)

    assert outcome.state is JobState.FAILED
    assert CHANGED in outcome.what
    assert not marker.exists()


def test_a_blocked_file_stays_blocked_whatever_its_format(tmp_path: Path, book: TrustBook) -> None:
    folder = folder_with(tmp_path / "models", "skops", b"trees")
    book.decide(hashlib.sha256(b"trees").hexdigest(), folder / "model.skops", Decision.BLOCKED)

    classifier = read_classifier(folder, book.entries())

    assert classifier.state is ModelState.BLOCKED
    assert "was blocked by" in classifier.problem


def test_the_last_decision_counts_and_survives(tmp_path: Path, book: TrustBook) -> None:
    book.decide("a" * 64, tmp_path / "m.pkl", Decision.TRUSTED)
    book.decide("b" * 64, tmp_path / "n.pkl", Decision.TRUSTED)
    book.decide("a" * 64, tmp_path / "m.pkl", Decision.BLOCKED)

    entries = TrustBook(book.path).entries()

    assert [(one.sha256[0], one.decision) for one in entries] == [("b", Decision.TRUSTED), ("a", Decision.BLOCKED)]
    assert [path.name for path in tmp_path.iterdir()] == ["trust.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"decisions": [{"sha256": 1}]}', '{"decisions": 3}'])
def test_a_damaged_book_trusts_nothing_and_says_so(book: TrustBook, text: str) -> None:
    book.path.write_text(text)

    with pytest.raises(ModelError, match=r"trust\.json, which says which models you trust, cannot be read"):
        book.entries()
    assert sys.modules.get("joblib"), "the payloads of this module are real"
