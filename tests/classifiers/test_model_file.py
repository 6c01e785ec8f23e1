"""Model files: what is loaded is what was checked, nothing unknown is trusted, and equal models are equal bytes."""

from __future__ import annotations

import io
import pickle
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from numpy.lib import recfunctions as rfn
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sigdesk.classifiers.model_file import check_hash, dump_skops, load_skops
from sigdesk.errors import ModelError
from tests.classifiers.hostile_skops import archive, hostile_files, node, text

RNG = np.random.default_rng(5)
FEATURES = RNG.normal(size=(60, 4))
LABELS = np.array(["calm", "not calm"])[(FEATURES[:, 0] > 0).astype(int)]


class HomeMade(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn ships no types
    """A type that scikit-learn does not know."""

    def fit(self, features: NDArray[Any], labels: NDArray[Any]) -> HomeMade:
        self.classes_ = np.unique(labels)
        return self


@pytest.mark.parametrize(
    "model",
    [
        ExtraTreesClassifier(5, class_weight="balanced"),
        RandomForestClassifier(5),
        HistGradientBoostingClassifier(max_iter=3),
        KNeighborsClassifier(),
        make_pipeline(StandardScaler(), LogisticRegression()),
        make_pipeline(StandardScaler(), MLPClassifier(max_iter=1000, tol=0.1, n_iter_no_change=1)),
    ],
    ids=lambda model: str(type(model).__name__),
)
def test_what_scikit_learn_offers_comes_back_as_it_was(model: Any) -> None:
    model.fit(FEATURES, LABELS)

    again = load_skops(dump_skops(model), "model.skops")

    np.testing.assert_array_equal(again.predict_proba(FEATURES), model.predict_proba(FEATURES))


def test_fault_46_a_type_that_is_not_trusted_is_refused_by_name() -> None:
    data = dump_skops(make_pipeline(StandardScaler(), HomeMade()).fit(FEATURES, LABELS))

    with pytest.raises(ModelError) as caught:
        load_skops(data, "odd.skops")

    assert str(caught.value) == (
        "odd.skops was not loaded: it holds types that SigDesk does not trust: "
        "tests.classifiers.test_model_file.HomeMade. "
        "Ask its author for a model made of scikit-learn's own estimators."
    )


@pytest.mark.parametrize("name", list(hostile_files(Path("marker"))))
def test_fault_46_a_hostile_skops_file_is_refused_and_runs_nothing(tmp_path: Path, name: str) -> None:
    marker = tmp_path / "it ran"
    wanted, data = hostile_files(marker)[name]

    with pytest.raises(ModelError) as caught:
        load_skops(data, "odd.skops")

    assert not marker.exists()
    assert str(caught.value) == (
        f"odd.skops was not loaded: it holds types that SigDesk does not trust: {wanted}. "
        "Ask its author for a model made of scikit-learn's own estimators."
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        skops.io.loads(data, trusted=skops.io.get_untrusted_types(data=data))
    assert marker.exists(), "the file is as hostile as it is said to be"


def test_fault_46_a_file_that_leads_back_into_itself_is_refused_in_words() -> None:
    data = archive(node("ListNode", "builtins.list", content=[text("a"), text("b")]), same_number=True)

    with pytest.raises(ModelError) as caught:
        load_skops(data, "odd.skops")

    assert caught.value.what.startswith("odd.skops could not be loaded (RecursionError: maximum recursion depth exceed")


def test_fault_43_what_this_scikit_learn_cannot_load_is_refused_in_words() -> None:
    """As a forest of scikit-learn before 1.3: its nodes lack the last field of today's."""
    out = io.BytesIO()
    today = io.BytesIO(dump_skops(RandomForestClassifier(1).fit(FEATURES, LABELS)))
    with zipfile.ZipFile(today) as new, zipfile.ZipFile(out, "w") as old:
        for name in new.namelist():
            data = new.read(name)
            old.writestr(name, _without_last_field(data) if name.endswith(".npy") else data)

    with pytest.raises(ModelError) as caught:
        load_skops(out.getvalue(), "old.skops")

    assert caught.value.what.startswith("old.skops could not be loaded (ValueError: node array from the pickle has an ")
    assert caught.value.way_out == (
        "It is damaged, or was made with a scikit-learn that is too old or too new for this one: ask its author."
    )


def _without_last_field(data: bytes) -> bytes:
    array = np.load(io.BytesIO(data))
    out = io.BytesIO()
    names = array.dtype.names
    np.save(out, array if names is None else rfn.repack_fields(array[list(names[:-1])]))
    return out.getvalue()


def test_fault_40_a_pickle_that_is_called_skops_is_not_loaded() -> None:
    with pytest.raises(ModelError) as caught:
        load_skops(pickle.dumps({"a": 1}), "model.skops")

    assert str(caught.value) == (
        "model.skops is not a skops file (BadZipFile: File is not a zip file). Ask its author for the file again."
    )


def test_a_zip_that_holds_no_model_is_not_loaded() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "nothing")

    with pytest.raises(ModelError, match="is not a skops file"):
        load_skops(out.getvalue(), "model.skops")


def test_equal_models_are_equal_bytes() -> None:
    first, second = (
        dump_skops(ExtraTreesClassifier(5, random_state=3, class_weight="balanced").fit(FEATURES, LABELS))
        for _ in range(2)
    )

    assert first == second
    assert len(set(zipfile.ZipFile(io.BytesIO(first)).namelist())) > 5


def test_different_models_are_different_bytes() -> None:
    assert dump_skops(LogisticRegression(C=1.0).fit(FEATURES, LABELS)) != dump_skops(
        LogisticRegression(C=2.0).fit(FEATURES, LABELS)
    )


def test_fault_41_other_bytes_than_the_named_hash_are_refused() -> None:
    check_hash(b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "m.skops")
    check_hash(b"abc", "", "m.skops")

    with pytest.raises(ModelError) as caught:
        check_hash(b"abd", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "m.skops")

    assert str(caught.value) == (
        "m.skops is not the file that the manifest names (SHA-256 a52d159f262b…, not ba7816bf8f01…). "
        "Install the model folder again, or ask its author."
    )
