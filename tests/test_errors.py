"""The error tree: drawn as it is, and every error speaks two sentences."""

from __future__ import annotations

import inspect

import pytest

from sigdesk import errors
from sigdesk.errors import ManifestError, ProtocolError, SigDeskError

CLASSES = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, SigDeskError)]


def drawn() -> dict[str, str]:
    """Each class in the picture at the top of the module, with the one that it hangs on."""
    parents: dict[str, str] = {}
    branch: list[tuple[int, str]] = []
    for line in inspect.getdoc(errors).splitlines():  # type: ignore[union-attr]
        depth = len(line) - len(line.lstrip(" │├└─"))
        name = line.lstrip(" │├└─").partition(" ")[0]
        if not (name == "SigDeskError" or "─" in line):
            continue
        branch = [(at, one) for at, one in branch if at < depth]
        parents[name] = branch[-1][1] if branch else ""
        branch.append((depth, name))
    return parents


def test_the_tree_is_drawn_as_it_is() -> None:
    actual = {one.__name__: "" if one is SigDeskError else one.__mro__[1].__name__ for one in CLASSES}
    assert drawn() == actual


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_says_what_happened_and_the_way_out(kind: type[SigDeskError]) -> None:
    arguments: dict[str, object] = {"what": "a.csv cannot be read.", "way_out": "Open another."}
    if kind is ProtocolError:
        arguments["code"] = "BAD_OUTPUT"
    if kind is ManifestError:
        arguments["problems"] = ["line 3: no such key"]
    error = kind(**arguments)  # type: ignore[arg-type]
    assert (error.what, error.way_out) == ("a.csv cannot be read.", "Open another.")
    assert str(error) == "a.csv cannot be read. Open another."


def test_an_error_without_a_way_out_is_one_sentence() -> None:
    assert str(SigDeskError("It is so.")) == "It is so."


def test_a_manifest_s_mistakes_are_kept_apart() -> None:
    assert ManifestError("model.toml has mistakes.", ["one", "two"]).problems == ("one", "two")
