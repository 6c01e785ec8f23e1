"""Tries what a sandbox keeps a script from, says how far it got, and answers all the same."""

import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

import sigdesk.script


def connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=2).close()


def classify(_model: None, windows: NDArray[Any], params: Mapping[str, Any]) -> list[dict[str, Any]]:
    job_folder = Path(params["folder"])
    tries: dict[str, Callable[[], object]] = {
        "home": Path(params["home"]).read_text,
        "sigdesk": Path(params["sigdesk"]).read_text,
        "other model": Path(params["other"]).read_text,
        "network": lambda: connect(int(params["port"])),
        "beside": Path("written").touch,
        "process": lambda: os.kill(int(params["pid"]), 0),
        "jobs": lambda: job_folder.joinpath(".lock").stat(),
        "tmp": Path("/tmp/sigdesk-test-written").touch,
    }
    for name, attempt in tries.items():
        try:
            attempt()
            sigdesk.script.log(f"{name}: done")
        except OSError as error:
            sigdesk.script.log(f"{name}: {type(error).__name__}")
    return [{"label": "a", "sum": float(window.sum())} for window in windows]


sigdesk.script.main(lambda _folder: None, classify)
