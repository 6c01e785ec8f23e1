"""What stands beside the Log tab: whose lines, which levels, find, follow, copy, save. It gives way to the tabs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from sigdesk.ui.bottom.level_chip import HEIGHT, LevelChip
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.icon_button import IconButton
from sigdesk.ui.widgets.search_field import SearchField

LEVELS: Final = ("LOG", "OUT", "ERROR")
FIND_LEAST: Final = 71
FIND_MOST: Final = 132
_SPACING = 4


class LogTools(QWidget):
    """Emits what the Log should show.

    Where room is short, first words and numbers of the chips go, then copy (Ctrl C does it too), find, save, and the
    levels last.
    """

    all_jobs_wanted = Signal()
    levels_chosen = Signal(object)
    text_changed = Signal(str)
    follow_chosen = Signal(bool)
    copy_wanted = Signal()
    save_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job = JobChip(look)
        self._levels = {level: LevelChip(look, level) for level in LEVELS}
        self._find = SearchField(look, "Find")
        self._find.setProperty("small", True)
        self._find.setFixedHeight(HEIGHT)
        self._find.setMinimumWidth(FIND_LEAST)
        self._find.setMaximumWidth(FIND_MOST)
        self._follow = IconButton(look, "Follow new lines", "arrow-line-down", checkable=True)
        self._follow.setChecked(True)
        self._copy = IconButton(look, "Copy lines", "copy")
        self._save = IconButton(look, "Save log…", "download-simple")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_SPACING)
        row.addStretch(1)
        for tool in (self._job, *self._levels.values()):
            row.addWidget(tool)
        row.addWidget(self._find, 100)
        row.addWidget(self._follow)
        row.addWidget(self._copy)
        row.addWidget(self._save)
        self._job.hide()
        self._connect()

    @property
    def field(self) -> SearchField:
        """Where what to find is typed."""
        return self._find

    def show_job(self, job_id: str, number: int) -> None:
        """Say whose lines are shown; "" for all."""
        self._job.show_number(number)
        self._job.setVisible(bool(job_id))
        self._fit()

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """How many lines each level has."""
        for level, chip in self._levels.items():
            chip.set_count(counts.get(level, 0))
        if self.isVisible():
            self._fit()

    def show_follow(self, follows: bool) -> None:
        """Say whether new lines are followed."""
        self._follow.setChecked(follows)

    def show_savable(self, some: bool) -> None:
        """Say whether there are lines to save."""
        self._save.setEnabled(some)
        self._save.explain("" if some else "No lines to save")

    def minimumSizeHint(self) -> QSize:
        return QSize(0, HEIGHT)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _connect(self) -> None:
        self._job.clicked.connect(self.all_jobs_wanted)
        self._find.textChanged.connect(self.text_changed)
        self._follow.clicked.connect(self.follow_chosen)
        self._copy.clicked.connect(self.copy_wanted)
        self._save.clicked.connect(self.save_wanted)
        for chip in self._levels.values():
            chip.toggled.connect(self._on_level_toggled)

    def _fit(self) -> None:
        """Show as much as there is room for."""
        chips = list(self._levels.values())
        self._job.show_word(True)
        for chip in chips:
            chip.show_count(True)
        for tool in (*chips, self._find, self._copy, self._save):
            tool.setVisible(True)
        if self._needs() > self.width():
            self._job.show_word(False)
            for chip in chips:
                chip.show_count(False)
        for tools in ([self._copy], [self._find], [self._save], chips):
            if self._needs() > self.width():
                for tool in tools:
                    tool.setVisible(False)
        layout = self.layout()
        if layout is not None:
            layout.activate()

    def _needs(self) -> int:
        """Pixels that what is shown takes, the find field at its least."""
        chips: tuple[QWidget, ...] = (self._job, *self._levels.values())
        widths = [chip.sizeHint().width() for chip in chips if not chip.isHidden()]
        widths += [
            tool.minimumWidth() for tool in (self._find, self._follow, self._copy, self._save) if not tool.isHidden()
        ]
        return sum(widths) + _SPACING * (len(widths) - 1)

    def _on_level_toggled(self) -> None:
        self.levels_chosen.emit([level for level, chip in self._levels.items() if chip.isChecked()])


class JobChip(QAbstractButton):
    """ "Job 4130 x": the Log shows this job alone; a click shows all."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._font = look.font(11, QFont.Weight.Medium)
        self._number = 0
        self._word = True
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip("Show the lines of all jobs")
        look.changed.connect(self.update)

    def show_number(self, number: int) -> None:
        """The job's short number; 0 when it isn't known."""
        self._number = number
        self._describe()

    def show_word(self, word: bool) -> None:
        """Whether "Job" has room before the number."""
        self._word = word
        self._describe()

    def sizeHint(self) -> QSize:
        return QSize(6 + self._text_width() + 4 + 12 + 6, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour("selected" if self.underMouse() else "accent_tint"))
        painter.drawRoundedRect(self.rect().toRectF(), 4, 4)
        painter.setFont(self._font)
        painter.setPen(self._look.colour("accent_text"))
        width = self._text_width()
        painter.drawText(QRect(6, 0, width + 1, self.height()), int(Qt.AlignmentFlag.AlignVCenter), self.text())
        self._look.icon("x", "accent_text").paint(painter, QRect(10 + width, (self.height() - 12) // 2, 12, 12))

    def _describe(self) -> None:
        number = str(self._number) if self._number else ""
        self.setText(f"Job {number}" if number and self._word else number or "One job")
        self.setAccessibleName(f"Only the lines of job {number}; show all" if number else "Only one job; show all")
        self.updateGeometry()
        self.update()

    def _text_width(self) -> int:
        return round(QFontMetricsF(self._font).horizontalAdvance(self.text()) + 0.5)
