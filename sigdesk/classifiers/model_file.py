"""Model files: scikit-learn models read from skops archives without running anything from them, and written so that
equal models are equal bytes. Only worker processes and training recipes import this: it stands on scikit-learn."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import os
import warnings
import zipfile
from typing import Any, Final

import numpy as np

from sigdesk.classifiers.folder import TRUSTED_VARIABLE
from sigdesk.errors import ModelError

TRUSTED_TYPES: Final = (
    "sklearn.tree._tree.Tree",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.neighbors._ball_tree.BallTree",
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "aeon.transformations.collection.convolution_based._minirocket.MiniRocket",
)
"""What a model file may hold beside skops' own list of estimators: things that hold nothing but numbers. The
list is fixed. A file can say which types it needs, but it cannot make us trust them."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
_HEAD_BYTES = 64
"""Within these a .npy file says whether its type has fields."""
_LEVEL = 6
"""The highest level takes nine times as long for three hundredths less: longer than the fit of a forest."""


def check_hash(data: bytes, sha256: str, name: str) -> None:
    """Raise ModelError unless `data` has this SHA-256; an empty one asks for nothing."""
    found = hashlib.sha256(data).hexdigest()
    if sha256 and found != sha256:
        raise ModelError(
            f"{name} is not the file that the manifest names (SHA-256 {found[:12]}…, not {sha256[:12]}…).",
            "Install the model folder again, or ask its author.",
        )


def load_skops(data: bytes, name: str) -> Any:
    """The model in the bytes of a skops file; `name` is for messages.

    Raises ModelError, naming them, for types that are not trusted, for bytes that are no skops file, and for what this
    scikit-learn cannot make a model of.
    """
    # Imported here: both take a second, and whoever only checks a hash should not pay for them.
    import skops.io
    from sklearn.exceptions import InconsistentVersionWarning
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InconsistentVersionWarning)  # told in our own words, from the manifest
            return skops.io.loads(data, trusted=list(TRUSTED_TYPES))
    except UntrustedTypesFoundException as error:
        unknown = sorted(set(skops.io.get_untrusted_types(data=data)) - set(TRUSTED_TYPES))
        raise ModelError(
            f"{name} was not loaded: it holds types that SigDesk does not trust: {', '.join(unknown)}.",
            "Ask its author for a model made of scikit-learn's own estimators.",
        ) from error
    except (zipfile.BadZipFile, KeyError, json.JSONDecodeError) as error:
        raise ModelError(
            f"{name} is not a skops file ({type(error).__name__}: {error}).", "Ask its author for the file again."
        ) from error
    except Exception as error:  # what is raised here is up to the file
        raise ModelError(
            f"{name} could not be loaded ({type(error).__name__}: {error}).",
            "It is damaged, or was made with a scikit-learn that is too old or too new for this one: ask its author.",
        ) from error


def load_pickle(data: bytes, name: str) -> Any:
    """The model in the bytes of a pickle or joblib file, which may run anything while it is loaded.

    Raises ModelError unless the operator has trusted these very bytes, and for what cannot be loaded.
    """
    if os.environ.get(TRUSTED_VARIABLE, "") != hashlib.sha256(data).hexdigest():
        raise ModelError(
            f"{name} is a pickle, which can run anything when it is loaded, and nobody has trusted it.",
            "Trust this very file, or ask its author for a skops or ONNX file.",
        )
    import joblib  # comes with scikit-learn, and reads plain pickles, too

    try:
        return joblib.load(io.BytesIO(data))
    except Exception as error:
        raise ModelError(
            f"{name} could not be loaded ({type(error).__name__}: {error}).",
            "It may want libraries that are not installed here. Ask its author.",
        ) from error


def dump_skops(model: Any) -> bytes:
    """The model as a skops file in which nothing depends on when or where it was written.

    skops names its members after memory addresses and dates them, and the nodes of a tree are padded with whatever lay
    in memory. Here addresses are numbered in the order in which they are met, dates are fixed, and padding is zero.
    """
    import skops.io

    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(model))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    schema = json.loads(members.pop("schema.json"))
    names: dict[str, str] = {}
    schema = _renumbered(schema, members, names, {}, itertools.count(1))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for old, new in names.items():
            _add(archive, new, _plain_array(members[old]) if old.endswith(".npy") else members[old])
        _add(archive, "schema.json", json.dumps(schema, separators=(",", ":")).encode())
    return out.getvalue()


def _renumbered(
    node: Any, members: dict[str, bytes], names: dict[str, str], ids: dict[int, int], numbers: itertools.count[int]
) -> Any:
    """The schema with addresses and member names replaced; `names` and `ids` collect old and new in order."""
    if isinstance(node, list):
        return [_renumbered(item, members, names, ids, numbers) for item in node]
    if isinstance(node, dict):
        return {
            key: ids.setdefault(value, len(ids) + 1)
            if key == "__id__"
            else _renumbered(value, members, names, ids, numbers)
            for key, value in node.items()
        }
    if isinstance(node, str) and node in members:
        if node not in names:
            names[node] = f"{next(numbers)}.{node.rpartition('.')[2]}"
        return names[node]
    return node


def _plain_array(data: bytes) -> bytes:
    """The same array, with zeros wherever a structured type has no field."""
    if b"'descr': [" not in data[:_HEAD_BYTES]:  # to read every plain array costs more than all the rest here
        return data
    array = np.load(io.BytesIO(data), allow_pickle=False)
    clean = np.zeros(array.shape, array.dtype)  # zeros_like leaves the padding as it finds it
    for field in array.dtype.names or ():
        clean[field] = array[field]
    out = io.BytesIO()
    np.save(out, clean, allow_pickle=False)
    return out.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o644 << 16
    archive.writestr(info, data, compresslevel=_LEVEL)
