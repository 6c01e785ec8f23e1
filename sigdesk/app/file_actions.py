"""Actions on the file behind the signal that is shown: how it is read, reading it again, finding it on the disk."""

from __future__ import annotations

from typing import Final

from sigdesk.app.action import Action, When

FILE_ACTIONS: Final = (
    Action(
        "table-reading", "How this table was read…", lambda d: d.reading.show_table(), "File", icon="table",
        when=When.TABLE_SHOWN, group="Signals", opens_section=True,
    ),
    Action(
        "contents", "What of this file is open…", lambda d: d.reading.show_contents(), "File", icon="tree-structure",
        when=When.ARRAYS_SHOWN, group="Signals",
    ),
    Action(
        "reload", "Read again from the disk", lambda d: d.disk.reload_shown(), "File", ("F5",), "arrow-clockwise",
        When.FILE_SHOWN, "Signals",
    ),
    Action(
        "follow", "Follow the file as it grows", lambda d: d.disk.follow_shown(), "File", icon="arrow-line-down",
        when=When.FILE_SHOWN, group="Signals",
    ),
    Action(
        "reveal", "Show in the file manager", lambda d: d.disk.reveal_shown(), "File", icon="folder",
        when=When.FILE_SHOWN, group="Signals",
    ),
)  # fmt: skip
