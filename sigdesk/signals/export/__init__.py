"""Signals as files for other programs: WAV, NPY, CSV, Parquet and EDF, written block by block."""

from __future__ import annotations

from sigdesk.signals.export.saving import KINDS, save, target_name
from sigdesk.signals.export.stretch import Stretch, choose

__all__ = ["KINDS", "Stretch", "choose", "save", "target_name"]
