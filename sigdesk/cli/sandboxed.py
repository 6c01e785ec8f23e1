"""Whether the command line runs scripts in the sandbox: as its option says, else a variable, else as the operator has
set it in the window. Who has asked for the sandbox there must not run without it here."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from sigdesk.pool.isolation import SANDBOX_SETTING

SANDBOX_VARIABLE: Final = "SIGDESK_SANDBOX"


def sandbox_option() -> Callable[[Any], Any]:
    """`--sandbox` or `--no-sandbox`; None when neither is given."""
    return click.option(
        "--sandbox/--no-sandbox",
        default=None,
        help="Run scripts without network, and with their model and the signal as all they can read (Linux with "
        f"bubblewrap). Else as ${SANDBOX_VARIABLE} or the window's settings say.",
    )


def wants_sandbox(option: bool | None, settings_file: Path) -> bool:
    """What holds. Settings that cannot be read are those of an operator who has set nothing, as in the window.

    Raises click.BadParameter when the variable says neither yes nor no.
    """
    if option is not None:
        return option
    if named := os.environ.get(SANDBOX_VARIABLE, ""):
        return bool(click.BOOL.convert(named, None, None))
    try:
        stored = json.loads(settings_file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(stored, dict) and stored.get(SANDBOX_SETTING) is True
