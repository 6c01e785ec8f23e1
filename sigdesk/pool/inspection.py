"""Looking into a model file from outside: the looking is done by a process that may crash."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any, Final

import orjson

from sigdesk.errors import ModelError
from sigdesk.pool.command import module_command

_MODULE: Final = "sigdesk.classifiers.inspect"
_PATIENCE_S: Final = 60.0


def inspect_model(path: Path) -> dict[str, Any]:
    """What a model file says of itself: `classes`, where it says them. Blocks for seconds.

    Raises ModelError, in the operator's words, for a file that is no model.
    """
    command = module_command(_MODULE, str(path))
    try:
        done = subprocess.run(
            command.arguments, env=dict(command.environment), capture_output=True, timeout=_PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ModelError(f"{path.name} could not be looked into ({error}).", "Ask its author.") from error
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ModelError(told[-1] if told else f"{path.name} crashed the process that looked into it.")
    found: dict[str, Any] = orjson.loads(done.stdout)
    return found
