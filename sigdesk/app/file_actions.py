"""Actions on the file behind the signal that is shown: how it is read, reading it again, finding it on the disk."""

from __future__ import annotations

from typing import Final

from sigdesk.app.action import Action, When

FILE_ACTIONS: Final = (
    Action(
        "table-reading", "How this table was read…", lambda d: d.files.show_table(), "File", icon="table",
        when=When.TABLE_SHOWN, group="Signals", opens_section=True,
    ),
    Action(
        "reload", "Read again from the disk", lambda d: d.files.reload_shown(), "File", ("F5",), "arrow-clockwise",
        When.FILE_SHOWN, "Signals",
    ),
)  # fmt: skip
