"""The dialog with all that is known of one job. It is one text, so that any part of it can be selected and copied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QFont,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextLength,
    QTextOption,
    QTextTableFormat,
)
from PySide6.QtWidgets import QDialog, QHBoxLayout, QTextEdit, QVBoxLayout, QWidget

from sigdesk.app.job_details import JobDetails
from sigdesk.ui.rows.states import JOB_STATES
from sigdesk.ui.rows.wording import counted, visible
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import ElidedLabel, IconLabel, label

_REFRESH_MS: Final = 500
_NAME_WIDTH: Final = 96


class JobDialog(QDialog):
    """Shows what `read` gives, and goes on reading while the job has not ended."""

    copy_requested = Signal(str)
    export_requested = Signal(str)
    show_log_requested = Signal(str)

    def __init__(
        self, details: JobDetails, read: Callable[[], JobDetails | None], look: Look, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._read = read
        self._details = details
        self.setWindowTitle("Job details")
        self.resize(680, 640)
        self._icon = IconLabel(look, "circle", "muted", 16)
        self._title = ElidedLabel("", "head", mode=Qt.TextElideMode.ElideMiddle)
        self._state = label("", "strong")
        self.page = QTextEdit()
        self.page.setReadOnly(True)
        self.page.setTabChangesFocus(True)
        self.page.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.page.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.page.setAccessibleName("Job details")
        self.page.document().setDocumentMargin(12)
        self._export = ActionButton(look, "Export reproduction…", "export")
        self._timer = QTimer(self, interval=_REFRESH_MS)
        self._lay_out()
        self._timer.timeout.connect(self._on_time_passed)
        look.changed.connect(self._show)
        self._show()

    @property
    def text(self) -> str:
        """What the page shows."""
        return self.page.toPlainText()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._icon)
        head.addWidget(self._title, 1)
        head.addWidget(self._state)
        copy = ActionButton(self._look, "Copy all", "copy")
        show_log = ActionButton(self._look, "Show log", "terminal-window")
        close = ActionButton(self._look, "Close", kind="primary")
        close.setDefault(True)
        copy.clicked.connect(lambda: self.copy_requested.emit(self._details.text))
        show_log.clicked.connect(self._on_show_log)
        self._export.clicked.connect(lambda: self.export_requested.emit(self._details.job_id))
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (copy, show_log, self._export):
            buttons.addWidget(button)
            button.setAutoDefault(False)
        buttons.addStretch(1)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.page, 1)
        column.addLayout(buttons)
        close.setFocus()

    def _show(self) -> None:
        details, state = self._details, JOB_STATES[self._details.state]
        self._icon.show_icon(state.icon, state.token)
        self._title.set_text(visible(details.title))
        self._state.setText(state.word)
        self._export.setEnabled(details.state.ended)
        self._export.explain("" if details.state.ended else "The job has not ended yet")
        bar = self.page.verticalScrollBar()
        place = bar.value()
        _write(self.page, details, self._look)
        bar.setValue(place)
        if details.state.ended or details.stored:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def _on_time_passed(self) -> None:
        details = self._read()
        if details is None:
            self._timer.stop()  # its signal was removed: what is shown stays
        elif details != self._details and not self.page.textCursor().hasSelection():
            self._details = details
            self._show()

    def _on_show_log(self) -> None:
        self.show_log_requested.emit(self._details.job_id)
        self.accept()


def _write(page: QTextEdit, details: JobDetails, look: Look) -> None:
    """Sections as tables of names and values, then the script's own lines in a fixed width."""
    page.clear()
    cursor = page.textCursor()
    heading = _format(look.font(12, QFont.Weight.DemiBold), look, "text")
    names, values = _format(look.font(12), look, "muted"), _format(look.font(12), look, "text")
    for place, section in enumerate(details.sections):
        _heading(cursor, section.title, heading, first=place == 0)
        table = cursor.insertTable(len(section.fields), 2, _table_format())
        for row, (name, value) in enumerate(section.fields):
            table.cellAt(row, 0).firstCursorPosition().insertText(visible(name), names)
            table.cellAt(row, 1).firstCursorPosition().insertText(visible(value), values)
        cursor.movePosition(QTextCursor.MoveOperation.End)
    before = f"{counted(details.left_out, 'line')} before these in the Log" if details.left_out else ""
    for title, note, lines in (("Standard error", "", details.stderr), ("Log", before, details.log)):
        if lines:
            _heading(cursor, title, heading)
            _lines(cursor, [note] if note else [], names)
            _lines(cursor, lines, _format(look.mono(12), look, "text_2"))
    cursor.movePosition(QTextCursor.MoveOperation.Start)
    page.setTextCursor(cursor)


def _heading(cursor: QTextCursor, title: str, form: QTextCharFormat, *, first: bool = False) -> None:
    block = QTextBlockFormat()
    block.setTopMargin(0 if first else 12)
    block.setBottomMargin(2)
    if first:
        cursor.setBlockFormat(block)
    else:
        cursor.insertBlock(block)
    cursor.insertText(title, form)


def _lines(cursor: QTextCursor, lines: Sequence[str], form: QTextCharFormat) -> None:
    for line in lines:
        cursor.insertBlock(QTextBlockFormat())
        cursor.insertText(visible(line), form)


def _table_format() -> QTextTableFormat:
    form = QTextTableFormat()
    form.setBorder(0)
    form.setCellPadding(1)
    form.setCellSpacing(0)
    form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    form.setColumnWidthConstraints(
        [QTextLength(QTextLength.Type.FixedLength, _NAME_WIDTH), QTextLength(QTextLength.Type.VariableLength, 0)]
    )
    return form


def _format(font: QFont, look: Look, token: str) -> QTextCharFormat:
    form = QTextCharFormat()
    form.setFont(font)
    form.setForeground(look.colour(token))
    return form
