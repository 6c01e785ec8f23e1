"""A warm script on `sigdesk.script`; a sample of 13 makes it do what the parameter `do` asks for."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sigdesk.script


def load(model_folder: Path) -> None:
    return None


def classify(model: None, windows: Any, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    if (windows == 13).any():
        do = params.get("do", "")
        if do.startswith("SIG"):
            os.kill(os.getpid(), getattr(signal, do))
        elif do == "exit":
            os._exit(3)
        raise ValueError("13 is unlucky")
    return [{"label": "a" if window.mean() < 0 else "b", "mean": float(window.mean())} for window in windows]


sigdesk.script.main(load, classify)
