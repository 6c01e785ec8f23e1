"""Keeps PySide from reading the source of every module that is imported after it.

It looks there for its own name, as a module that never uses PySide need not be told of `__feature__`, another spelling
of Qt's names. SigDesk has no use for that; the search took a tenth of the start, and what was read stayed in memory.
"""

from __future__ import annotations

import sys

import PySide6  # noqa: F401 - brings what is changed here


def arrange() -> None:
    """Call it before the modules are imported. A PySide that searches in another way goes on as it does."""
    feature = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):
        vars(feature)["_mod_uses_pyside"] = lambda _module: True  # what holds for those that do, harms no other
