"""What stands beside the Log tab: whose lines, which levels, find, follow, copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.icon_button import IconButton
from sigdesk.ui.widgets.search_field import SearchField

LEVELS: Final = ("LOG", "OUT", "ERROR")


class LogTools(QWidget):
    """Emits what the Log should show."""

    all_jobs_wanted = Signal()
    levels_chosen = Signal(object)
    text_changed = Signal(str)
    follow_chosen = Signal(bool)
    copy_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job = ActionButton(look, "", "x", kind="plain")
        self._job.setProperty("small", True)
        self._job.hide()
        self._levels: dict[str, QPushButton] = {}
        self._find = SearchField(look, "Find")
        self._find.setFixedWidth(132)
        self._follow = IconButton(look, "Follow new lines", "arrow-line-down", checkable=True)
        self._follow.setChecked(True)
        self._copy = IconButton(look, "Copy lines", "copy")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._job)
        for level in LEVELS:
            row.addWidget(self._level(level))
        row.addWidget(self._find)
        row.addWidget(self._follow)
        row.addWidget(self._copy)
        self._job.clicked.connect(self.all_jobs_wanted)
        self._find.textChanged.connect(self.text_changed)
        self._follow.clicked.connect(self.follow_chosen)
        self._copy.clicked.connect(self.copy_wanted)

    def show_job(self, job_id: str, number: int) -> None:
        """Say whose lines are shown; "" for all."""
        self._job.setVisible(bool(job_id))
        self._job.setText(f"Job {number}" if number else "One job")
        self._job.explain("Show the lines of all jobs")

    def set_counts(self, counts: Mapping[str, int]) -> None:
        for level, button in self._levels.items():
            count = counts.get(level, 0)
            button.setText(f"{level} {count}" if count else level)

    def show_follow(self, follows: bool) -> None:
        """Say whether new lines are followed."""
        self._follow.setChecked(follows)

    def _level(self, level: str) -> QPushButton:
        button = QPushButton(level)
        button.setCheckable(True)
        button.setChecked(True)
        button.setProperty("kind", "level")
        button.setProperty("status", "error" if level == "ERROR" else "muted")
        button.setProperty("small", True)
        button.setAccessibleName(f"Show {level} lines")
        button.setToolTip(f"Show or hide {level} lines")
        button.toggled.connect(self._on_level_toggled)
        self._levels[level] = button
        return button

    def _on_level_toggled(self) -> None:
        self.levels_chosen.emit([level for level, button in self._levels.items() if button.isChecked()])
