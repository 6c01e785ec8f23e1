"""MiniRocket and ridge as one ONNX graph: dilated convolutions, shares of what lies over a bias, one matrix.

So a model of that method runs without aeon, which compiles for half a minute, and without scikit-learn.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from msgspec import Struct, field
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from sigdesk.classifiers.onnx_model import DECISION

_OPSET, _IR_VERSION = 18, 9
_ENTRY = "samples"


def rocket_graph(pipeline: Any, channels: int, length: int) -> onnx.ModelProto:
    """The graph of a fitted pipeline of aeon's MiniRocket, StandardScaler and RidgeClassifierCV, for samples of shape
    (n, channels, length); its output has a logit a class, shape (n, classes)."""
    rocket, scale, ridge = (step for _, step in pipeline.steps)
    counts, chosen, dilations, features, biases = rocket.parameters
    masks = _masks(counts, chosen, channels)
    kernels = _kernels(rocket)
    graph = _Graph()
    begin = 0
    for place, (dilation, many) in enumerate(zip(dilations.tolist(), features.tolist(), strict=True)):
        for padded in (True, False):
            mine = np.flatnonzero((place % 2 + np.arange(len(kernels))) % 2 == (0 if padded else 1))
            weights = kernels[mine][:, None, :] * masks[place * len(kernels) + mine][:, :, None]
            columns = begin + mine[:, None] * many + np.arange(many)
            graph.add(weights, biases[columns], columns.ravel(), dilation, 4 * dilation if padded else 0)
        begin += len(kernels) * many
    return graph.finish(*_matrix(scale, ridge, np.concatenate(graph.columns)), channels, length)


class _Graph(Struct):
    """Grows by the kernels of one dilation and one padding at a time; `columns` says which features those are."""

    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)
    columns: list[NDArray[np.intp]] = field(default_factory=list)

    def add(
        self, weights: NDArray[Any], biases: NDArray[Any], columns: NDArray[np.intp], dilation: int, padding: int
    ) -> None:
        """`weights` of shape (kernels, channels, 9), `biases` and the numbers of their features (kernels, many)."""
        part = len(self.columns)
        self.columns.append(columns)
        kernel, bias = (
            self._constant(f"kernels{part}", weights),
            self._constant(f"biases{part}", biases[None, :, :, None]),
        )
        pads = [padding, padding]
        steps: tuple[tuple[str, list[str], dict[str, Any]], ...] = (
            ("Conv", [_ENTRY, kernel], {"dilations": [dilation], "pads": pads}),
            ("Unsqueeze", ["", "axis_of_biases"], {}),
            ("Greater", ["", bias], {}),
            ("Cast", [""], {"to": TensorProto.FLOAT}),
            ("ReduceMean", ["", "axis_of_time"], {"keepdims": 0}),
            ("Flatten", [""], {}),
        )
        before = ""
        for number, (kind, inputs, attributes) in enumerate(steps):
            after = f"features{part}" if kind == "Flatten" else f"step{part}_{number}"
            self.nodes.append(helper.make_node(kind, [one or before for one in inputs], [after], **attributes))
            before = after

    def finish(self, matrix: NDArray[Any], offset: NDArray[Any], channels: int, length: int) -> onnx.ModelProto:
        """The whole model. `matrix` has shape (features, classes), `offset` (classes,)."""
        parts = [f"features{part}" for part in range(len(self.columns))]
        self.constants += [
            numpy_helper.from_array(np.array([2], dtype=np.int64), "axis_of_biases"),
            numpy_helper.from_array(np.array([3], dtype=np.int64), "axis_of_time"),
        ]
        self.nodes += [
            helper.make_node("Concat", parts, ["features"], axis=1),
            helper.make_node(
                "Gemm", ["features", self._constant("matrix", matrix), self._constant("offset", offset)], [DECISION]
            ),
        ]
        entry = helper.make_tensor_value_info(_ENTRY, TensorProto.FLOAT, [None, channels, length])
        out = helper.make_tensor_value_info(DECISION, TensorProto.FLOAT, [None, len(offset)])
        graph = helper.make_graph(self.nodes, "minirocket", [entry], [out], self.constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values, dtype=np.float32), name))
        return name


def _kernels(rocket: Any) -> NDArray[np.float64]:
    """All 84: six times -1 and three times 2, shape (84, 9)."""
    kernels = np.full((len(rocket._indices), 9), -1.0)
    np.put_along_axis(kernels, np.asarray(rocket._indices, dtype=np.intp), 2.0, axis=1)
    return kernels


def _masks(counts: NDArray[Any], chosen: NDArray[Any], channels: int) -> NDArray[np.float64]:
    """Which channels each kernel at each dilation adds up, shape (dilations x 84, channels)."""
    if channels == 1:
        return np.ones((len(counts), 1))
    masks = np.zeros((len(counts), channels))
    masks[np.repeat(np.arange(len(counts)), counts), chosen] = 1.0
    return masks


def _matrix(scale: Any, ridge: Any, columns: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Scaling and ridge in one: features, in the order of `columns`, times the matrix, plus the offset, are logits."""
    weights = np.atleast_2d(ridge.coef_) / scale.scale_
    offset = np.atleast_1d(ridge.intercept_) - weights @ scale.mean_
    if len(weights) == 1:  # of two classes, one number says both
        weights, offset = np.concatenate([-weights, weights]), np.concatenate([-offset, offset])
    return weights[:, columns].T, offset
