"""What import-linter cannot express: which part of Qt may be imported where, what a start may load, how long a module
may be. The direction of the arrows between the layers is import-linter's, with the contracts in pyproject.toml.
"""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sigdesk

PACKAGE = Path(sigdesk.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES = 400

QT_FREE = ("signals", "labels", "classifiers", "protocol", "script", "errors", "places")
ONLY_QT_CORE = ("app", "pool", "cli", "__main__")
ANY_QT = ("ui",)


@functools.cache
def tree_of(path: Path) -> ast.Module:
    """A module, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE.parent).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Full names of all that a module imports, wherever in it: `from PySide6 import QtGui` is PySide6.QtGui."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def qt_modules(path: Path) -> set[str]:
    return {".".join(name.split(".")[:2]) for name in imports(path) if name.split(".")[0] in ("PySide6", "shiboken6")}


def test_every_layer_has_its_rule() -> None:
    layers = {layer_of(path) for path in MODULES} - {"__init__", "_shipped"}
    assert layers <= {*QT_FREE, *ONLY_QT_CORE, *ANY_QT}


def test_qt_is_imported_only_where_it_belongs() -> None:
    allowed = {layer: {"PySide6.QtCore"} for layer in ONLY_QT_CORE}
    found = {
        name_of(path): unwanted
        for path in MODULES
        if layer_of(path) not in ANY_QT and (unwanted := qt_modules(path) - allowed.get(layer_of(path), set()))
    }
    assert not found


def test_a_module_begins_by_saying_what_it_is_for() -> None:
    assert not [name_of(path) for path in MODULES if not ast.get_docstring(tree_of(path))]


def test_no_module_is_too_long() -> None:
    tests = Path(__file__).parent
    lengths = {
        path.relative_to(folder.parent).as_posix(): len(path.read_text("utf-8").splitlines())
        for folder in (PACKAGE, tests)
        for path in folder.rglob("*.py")
    }
    assert not {name: length for name, length in lengths.items() if length > MOST_LINES}


def test_no_import_climbs_by_dots_or_hides_in_a_star() -> None:
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and (node.level or node.names[0].name == "*")
    ]
    assert not found


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "misc", "common"}
    assert not [name_of(path) for path in MODULES if drawers & set(name_of(path).split("."))]


HEAVY = {"sklearn", "scipy", "polars", "soundfile", "skops", "joblib", "pandas", "sktime"}
WINDOWS = {"PySide6.QtGui", "PySide6.QtWidgets", "pyqtgraph", "qtawesome"}


def loaded_by(statement: str) -> set[str]:
    """Every module that stands in a fresh interpreter after the statement."""
    code = f"{statement}\nimport sys\nprint(*sys.modules, sep='\\n')"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.split())


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("sigdesk.protocol", HEAVY | WINDOWS | {"PySide6", "numpy"}),
        ("sigdesk.script", HEAVY | WINDOWS | {"PySide6", "asyncio", "sigdesk.signals", "sigdesk.pool"}),
        ("sigdesk.signals", HEAVY | WINDOWS | {"PySide6"}),
        ("sigdesk.pool.pool", HEAVY | WINDOWS),
        ("sigdesk.cli.commands", HEAVY | WINDOWS | {"PySide6"}),
        ("sigdesk.pool.reaping", HEAVY | WINDOWS | {"PySide6", "numpy", "msgspec", "psutil", "pathlib"}),
        ("sigdesk.__main__", HEAVY | WINDOWS),
    ],
)
def test_an_import_loads_no_more_than_it_needs(module: str, unwanted: set[str]) -> None:
    loaded = loaded_by(f"import {module}")
    assert not loaded & unwanted


def test_a_start_reads_no_source_and_loads_nothing_that_can_wait() -> None:
    statement = "\n".join(
        [
            "from sigdesk.__main__ import window_module",
            "window_module()",
            "import linecache",
            "assert not [name for name in linecache.cache if 'sigdesk' in name], 'PySide has read the sources'",
        ]
    )
    assert not loaded_by(statement) & (HEAVY | {"pyqtgraph", "importlib.metadata", "email"})


def test_the_command_line_loads_no_widgets_when_it_runs() -> None:
    """Up to its answer, with the pool's module at hand."""
    statement = "\n".join(
        [
            "import sys",
            "sys.argv = ['sigdesk', '--version']",
            "import sigdesk.pool.pool",
            "from sigdesk.__main__ import main",
            "try:",
            "    main()",
            "except SystemExit as end:",
            "    assert not end.code, end.code",
        ]
    )
    assert not loaded_by(statement) & (HEAVY | WINDOWS)


def test_the_window_s_process_never_names_model_code() -> None:
    model_code = {"sklearn", "skops", "joblib", "onnxruntime", "pickle"}
    for path in MODULES:
        if layer_of(path) in ("ui", "app", "pool", "cli", "signals", "labels", "__main__"):
            assert not {name.split(".")[0] for name in imports(path)} & model_code, name_of(path)
