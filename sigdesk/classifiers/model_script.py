"""SigDesk's own script for model files: `python -m sigdesk.classifiers.model_script [--serve] [JOB_FILE]`, started in
the model folder. It runs scikit-learn models from skops files, and ONNX models where onnxruntime is installed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from sigdesk import script
from sigdesk.classifiers.confidence import logits_of_decision, logits_of_probabilities, softmax
from sigdesk.classifiers.folder import CHECKED_VARIABLE
from sigdesk.classifiers.looking import EXPLAIN, LOOKED_AT, looked_at
from sigdesk.classifiers.manifest import FileFormat, Manifest
from sigdesk.classifiers.manifest_parser import read_manifest
from sigdesk.classifiers.model_file import check_hash, load_pickle, load_skops
from sigdesk.classifiers.onnx_model import OnnxModel, answers_of
from sigdesk.classifiers.recipes import RECIPES
from sigdesk.classifiers.shaping import PADDED, padded
from sigdesk.errors import ModelError

Array = NDArray[Any]


class Predictor(Protocol):
    """A trained model: features of shape (n, features) give n answers of the job protocol."""

    classes: tuple[str, ...]
    wanted_features: int | None

    def answers(self, features: Array) -> list[dict[str, Any]]: ...


class LoadedModel(Struct, frozen=True):
    """What one process keeps: the model, and how windows become what it was trained on."""

    title: str
    predictor: Predictor
    features: Callable[[Array], Array]


def load(model_folder: Path) -> LoadedModel:
    """Read, check and load the model file. The bytes that are hashed are the bytes that are loaded.

    Raises script.Refusal with the operator's sentence.
    """
    try:
        manifest = read_manifest(model_folder)
        predictor = _load_predictor(model_folder, manifest)
    except ModelError as error:
        raise script.Refusal(str(error)) from error
    unknown = [name for name in predictor.classes if name not in manifest.classes]
    if unknown:
        raise script.Refusal(f"The model knows classes that its manifest does not name: {', '.join(unknown)}.")
    return LoadedModel(manifest.title or manifest.name, predictor, _recipe(manifest))


def classify(model: LoadedModel, windows: Array, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Label, confidence and probabilities of each window; all windows go through the model in one call. With the
    parameter `explain` each says, too, where on the window the model looked."""
    answers = _answers(model, windows)
    if params.get(EXPLAIN) is True:
        for window, answer in zip(windows, answers, strict=True):
            shares = looked_at(window, answer, lambda some: _answers(model, some))
            if shares is not None:
                answer[LOOKED_AT] = shares
    return answers


def _answers(model: LoadedModel, windows: Array) -> list[dict[str, Any]]:
    features = model.features(windows)
    wanted = model.predictor.wanted_features
    if wanted is not None and features.shape[1] != wanted:
        raise script.Refusal(
            f"{model.title} was trained on {wanted} values, but this signal gives {features.shape[1]}."
        )
    return model.predictor.answers(features)


def _recipe(manifest: Manifest) -> Callable[[Array], Array]:
    """How the manifest says windows become features; a model that names no recipe gets the samples themselves."""
    name, length = manifest.training.get("features"), manifest.training.get("length")
    if name is None:
        return lambda windows: windows.reshape(len(windows), -1)
    if name == PADDED and isinstance(length, int) and length > 0:
        return lambda windows: padded(windows, length)
    if name not in RECIPES:
        raise script.Refusal(
            f"The model wants the features {name!r}, which this SigDesk does not know (known: {', '.join(RECIPES)})."
        )
    return RECIPES[str(name)].compute


def _load_predictor(folder: Path, manifest: Manifest) -> Predictor:
    file = manifest.file
    if file is None or file.format is FileFormat.NONE:
        what = f"{file.name} is a {file.format.value} file" if file else "The manifest names no model file"
        raise ModelError(f"{what}, which SigDesk does not load.", "Ask the author for a skops or ONNX file.")
    try:
        data = (folder / file.name).read_bytes()
    except OSError as error:
        raise ModelError(f"{folder / file.name} cannot be read: {error.strerror}.") from error
    check_hash(data, file.sha256, file.name)
    _check_unchanged(data, file.name)
    if file.format is FileFormat.ONNX:
        return OnnxModel(data, file.name, manifest.classes, _temperature(manifest))
    _warn_of_other_version(manifest)  # first: it may be why the model cannot be loaded
    model = load_pickle(data, file.name) if file.format is FileFormat.PICKLE else load_skops(data, file.name)
    return _SklearnModel(model, file.name, _temperature(manifest))


def _check_unchanged(data: bytes, name: str) -> None:
    """What is loaded is what was checked when the job was accepted, whatever has happened to the folder since."""
    checked = os.environ.get(CHECKED_VARIABLE, "")
    if checked and hashlib.sha256(data).hexdigest() != checked:
        raise ModelError(
            f"{name} has changed since the model was checked, so it was not loaded.",
            "Look at the model's state in the list of models, then classify again.",
        )


def _temperature(manifest: Manifest) -> float | None:
    value = manifest.training.get("temperature")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise ModelError(f"The manifest's [training] temperature is {value!r}, but must be a number over 0.")
    return float(value)


def _warn_of_other_version(manifest: Manifest) -> None:
    libraries = manifest.training.get("libraries")
    trained_with = libraries.get("scikit-learn") if isinstance(libraries, Mapping) else None
    if trained_with is None:
        return
    import sklearn  # it takes a second or two: a file that is refused anyhow is refused without it

    if trained_with != sklearn.__version__:
        script.log(
            f"This model was trained with scikit-learn {trained_with}; {sklearn.__version__} runs it. "
            "Its results may differ from its evaluation.",
            "WARNING",
        )


class _SklearnModel:
    """A fitted scikit-learn classifier."""

    def __init__(self, model: Any, name: str, temperature: float | None = None) -> None:
        if not hasattr(model, "predict") or not hasattr(model, "classes_"):
            raise ModelError(f"{name} holds a {type(model).__name__}, which is no trained classifier.")
        self._model = model
        self.classes = tuple(map(str, model.classes_))
        count = getattr(model, "n_features_in_", None)
        self.wanted_features = None if count is None else int(count)
        self._trees = _trees_of(model)
        self._temperature = temperature

    def answers(self, features: Array) -> list[dict[str, Any]]:
        probabilities = self._probabilities(features)
        if probabilities is None:
            return [{"label": str(label)} for label in self._model.predict(features)]
        return answers_of(self.classes, np.clip(probabilities, 0.0, 1.0))  # a sum may pass 1 by a rounding error

    def _probabilities(self, features: Array) -> Array | None:
        """Shape (n, classes); None for a model that knows labels only."""
        if self._temperature is not None and not hasattr(self._model, "predict_proba"):
            return softmax(logits_of_decision(self._model.decision_function(features)), self._temperature)
        raw = self._raw_probabilities(features)
        if raw is None or self._temperature is None:
            return raw
        return softmax(logits_of_probabilities(raw), self._temperature)

    def _raw_probabilities(self, features: Array) -> Array | None:
        if not hasattr(self._model, "predict_proba"):
            return None
        narrow = np.ascontiguousarray(features, dtype=np.float32) if self._trees else features
        if self._trees and np.isfinite(narrow).all():
            return np.asarray(sum(tree.predict(narrow) for tree in self._trees) / len(self._trees))
        return np.asarray(self._model.predict_proba(features))


def _trees_of(model: Any) -> list[Any]:
    """The bare trees of a forest, else none.

    `predict_proba` of a forest checks its input once a tree and starts a thread pool: 7 ms for 150 trees and one
    signal. Their mean, taken directly, is the same number in 0.5 ms, and signals of unequal length come one by one.
    """
    from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier  # loaded by now

    if type(model) in (ExtraTreesClassifier, RandomForestClassifier) and model.n_outputs_ == 1:
        return [estimator.tree_ for estimator in model.estimators_]
    return []


if __name__ == "__main__":
    script.main(load, classify)
