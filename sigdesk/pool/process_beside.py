"""A process of SigDesk's own that does something beside this one and has nothing to say."""

from __future__ import annotations

import subprocess

from sigdesk.errors import StartError
from sigdesk.pool.command import module_command
from sigdesk.pool.process_tree import start_options


def start_beside(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start `python -m module`, in a session of its own. By the end of its input it hears that this process is gone, or
    has no more use for it. Raises StartError."""
    command = module_command(module, *arguments)
    try:
        return subprocess.Popen(
            command.arguments,
            env=dict(command.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **start_options(),
        )
    except OSError as error:
        raise StartError(
            f"SigDesk cannot start a process of its own: {command.arguments[0]} ({error.strerror or error}).",
            "Close what you do not need, or install SigDesk again if that program is gone.",
        ) from error
