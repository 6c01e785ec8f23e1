"""A forest as one ONNX node, straight from its trees' arrays: skl2onnx does the same node by node, which takes longer
than all fits of a training."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

_OPSETS = (helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3))
_IR_VERSION = 9
_LEAF = -1


def forest_graph(forest: Any) -> onnx.ModelProto:
    """The graph of a fitted forest whose classes are texts; for features of shape (n, features) it gives the labels,
    shape (n,), and the probabilities, shape (n, classes)."""
    trees = [estimator.tree_ for estimator in forest.estimators_]
    classes = [str(name) for name in forest.classes_]
    sizes = [tree.node_count for tree in trees]
    owner = np.repeat(np.arange(len(trees)), sizes)
    number = np.concatenate([np.arange(size) for size in sizes])
    left, right = (np.concatenate([getattr(tree, f"children_{side}") for tree in trees]) for side in ("left", "right"))
    leaf = left == _LEAF
    feature = np.concatenate([tree.feature for tree in trees])
    shares = np.concatenate([tree.value[:, 0, :] for tree in trees])[leaf]
    shares = shares / shares.sum(axis=1, keepdims=True) / len(trees)
    # Of two classes both must be named, also with a share of 0: onnxruntime would make one of the other.
    place, named = np.nonzero(np.ones_like(shares) if len(classes) == 2 else shares)
    node = helper.make_node(
        "TreeEnsembleClassifier",
        ["features"],
        ["label", "probabilities"],
        domain="ai.onnx.ml",
        nodes_treeids=owner.tolist(),
        nodes_nodeids=number.tolist(),
        nodes_featureids=np.where(leaf, 0, feature).tolist(),
        nodes_values=np.where(leaf, 0.0, _narrow(np.concatenate([tree.threshold for tree in trees]))).tolist(),
        nodes_modes=np.where(leaf, "LEAF", "BRANCH_LEQ").tolist(),
        nodes_truenodeids=np.where(leaf, 0, left).tolist(),
        nodes_falsenodeids=np.where(leaf, 0, right).tolist(),
        class_treeids=owner[leaf][place].tolist(),
        class_nodeids=number[leaf][place].tolist(),
        class_ids=named.tolist(),
        class_weights=shares[place, named].tolist(),
        classlabels_strings=classes,
        post_transform="NONE",
    )
    graph = helper.make_graph(
        [node],
        "forest",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, forest.n_features_in_])],
        [
            helper.make_tensor_value_info("label", TensorProto.STRING, [None]),
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, len(classes)]),
        ],
    )
    return helper.make_model(graph, opset_imports=list(_OPSETS), ir_version=_IR_VERSION)


def _narrow(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """Thresholds in single precision, never over what they were: then the same features lie below them."""
    narrow = thresholds.astype(np.float32)
    return np.where(narrow > thresholds, np.nextafter(narrow, np.float32(-np.inf)), narrow)
