"""The rows of the table of actions that are about sessions."""

from __future__ import annotations

from typing import Final

from sigdesk.app.action import Action, When

SESSION_ACTIONS: Final = (
    Action(
        "new-session", "New session", lambda d: d.sessions.new(), "File", icon="file-plus", when=When.SESSION_OPEN,
        group="Session", opens_section=True,
    ),
    Action("open-session", "Open session…", lambda d: d.sessions.open(), "File", icon="folder-open", group="Session"),
    Action(
        "save-session", "Save session", lambda d: d.sessions.save(), "File", ("Ctrl+S",), "floppy-disk",
        When.SESSION_OPEN, "Session",
    ),
    Action(
        "save-session-as", "Save session as…", lambda d: d.sessions.save_as(), "File", ("Ctrl+Shift+S",),
        when=When.SESSION_OPEN, group="Session",
    ),
    Action(
        "notes", "Notes…", lambda d: d.sessions.write_notes(), "Edit", icon="note-pencil", when=When.SESSION_OPEN,
        group="Session",
    ),
    Action(
        "find-moved", "Find moved files…", lambda d: d.sessions.find_moved(), "File", icon="magnifying-glass",
        when=When.FILES_MISSING, group="Session",
    ),
)  # fmt: skip
