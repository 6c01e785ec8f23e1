"""Skops files that would run something, written by hand: skops itself writes no such file, but whoever wants to can."""

from __future__ import annotations

import io
import itertools
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import skops

Node = dict[str, Any]
PROTOCOL = 2


def node(loader: str, name: str, **more: Any) -> Node:
    """A node of a schema; `name` is the dotted name of what it claims to be."""
    module, _, own = name.rpartition(".")
    return {"__class__": own, "__module__": module, "__loader__": loader, **more}


def text(value: str) -> Node:
    return node("JsonNode", "builtins.str", content=json.dumps(value), is_json=True)


def several(*values: Node) -> Node:
    return node("TupleNode", "builtins.tuple", content=list(values))


def table(values: Mapping[str, Node]) -> Node:
    keys = node("ListNode", "builtins.list", content=[node("TypeNode", "builtins.str") for _ in values])
    return node("DictNode", "builtins.dict", content=dict(values), key_types=keys)


def calls(name: str, *values: str) -> Node:
    """What calls a function of that name with texts while it is loaded."""
    return node("ConstructorFromReduceNode", name, content=several(*map(text, values)))


def archive(schema: Node, *, same_number: bool = False) -> bytes:
    """The file of a schema. Where all its nodes have the same number, they lead back to the first."""
    numbers = itertools.count(1)
    for inner in _nodes(schema):
        inner["__id__"] = 1 if same_number else next(numbers)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("schema.json", json.dumps({**schema, "protocol": PROTOCOL, "_skops_version": skops.__version__}))
    return out.getvalue()


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, list):
        for one in value:
            yield from _nodes(one)
    elif isinstance(value, dict):
        if "__loader__" in value:
            yield value
        for one in value.values():
            yield from _nodes(one)


def hostile_files(marker: Path) -> dict[str, tuple[str, bytes]]:
    """A dozen files, each of which makes `marker` once it is trusted: the types that it needs, and its bytes."""
    shell, code = f"touch '{marker}'", f"open({str(marker)!r}, 'w').close()"

    def system() -> Node:
        return calls("posix.system", shell)

    def command() -> list[Node]:
        return [text("touch"), text(str(marker))]

    estimator = "sklearn.linear_model._logistic.LogisticRegression"
    found = {
        "a shell": ("posix.system", system()),
        "code": ("builtins.exec", calls("builtins.exec", code)),
        "an expression": ("builtins.eval", calls("builtins.eval", code)),
        "a list that is none": ("subprocess.call", node("ListNode", "subprocess.call", content=command())),
        "a set that is none": ("subprocess.run", node("SetNode", "subprocess.run", content=command())),
        "a function to be called": (
            "operator.call, posix.system",
            node("OperatorFuncNode", "operator.call", attrs=several(node("FunctionNode", "posix.system"), text(shell))),
        ),
        "a type to be called": (
            "operator.call, posix.system",
            node("OperatorFuncNode", "operator.call", attrs=several(node("TypeNode", "posix.system"), text(shell))),
        ),
        "a loss": (
            "builtins.exec",
            node("LossNode", "builtins.exec", content=table({}), __reduce__={"args": several(text(code))}),
        ),
        "in a list": ("posix.system", node("ListNode", "builtins.list", content=[text("a"), system()])),
        "in a table": ("posix.system", table({"a": text("a"), "b": system()})),
        "in an array": (
            "posix.system",
            node("NdArrayNode", "numpy.ndarray", type="json", content=[system()], shape=several()),
        ),
        "in an honest estimator": (
            "posix.system",
            node("ObjectNode", estimator, content=table({"classes_": system()})),
        ),
    }
    return {name: (wanted, archive(schema)) for name, (wanted, schema) in found.items()}
