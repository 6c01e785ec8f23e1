"""The session's log made short: `python -m sigdesk.app.shortening FOLDER NUMBER EVENT_BYTES FILE`.

A process of its own does it, which needs 100 to 150 MB for a moment where there are 20,000 signals. In the window
they would be no window's any more either, but pieces that are left between what stays, and its memory for good.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import threading
from pathlib import Path

from sigdesk.app.event_log import json_bytes
from sigdesk.app.event_reading import Json, each_event, events_file, read_snapshot, snapshot_file
from sigdesk.app.session_document import document_in, document_out
from sigdesk.errors import SessionError


def main() -> int:
    """Write the snapshot; 0 when it is on the disk."""
    folder, number, event_bytes, into = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    threading.Thread(target=_leave_with_the_input, daemon=True).start()
    gc.disable()  # nothing of it is thrown away before the end
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(10)
    document = happened_again(folder, number, event_bytes)
    if document is None:
        return 1
    with into.open("wb") as stream:
        stream.write(json_bytes(document))
        stream.flush()
        os.fsync(stream.fileno())
    return 0


def happened_again(folder: Path, number: int, event_bytes: int) -> Json | None:
    """The snapshot that this one and so many bytes of the events since amount to, as the next start would find it.
    None where something of them is damaged: then they stay as they are. Raises OSError."""
    snapshot = read_snapshot(snapshot_file(folder, number))
    if snapshot is None:
        return None
    try:
        state = document_in(snapshot)
        for event in each_event(events_file(folder, number), event_bytes):
            if event is None:
                return None
            state.apply(event)
    except (SessionError, ValueError):
        return None
    state.prune()
    return document_out(state)


def _leave_with_the_input() -> None:
    """The end of the input means that the window is gone, or does not wait any more."""
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    # At an ordinary end the interpreter stumbles over the thread that still listens to the input.
    os._exit(main())
