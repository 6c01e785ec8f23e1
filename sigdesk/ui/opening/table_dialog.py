"""The dialog that shows how a table of text is read, lets each point of it be corrected, and shows what comes of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from sigdesk.errors import SigDeskError
from sigdesk.signals.describe import printable_name
from sigdesk.signals.table_preview import TablePreview
from sigdesk.signals.tables.layout import RECOGNISE, Given
from sigdesk.signals.tables.shape import TableShape
from sigdesk.ui.opening.table_form import TableForm
from sigdesk.ui.opening.table_grid import PreviewGrid
from sigdesk.ui.theme.apply import restyle
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import ElidedLabel, IconLabel, WrappedLabel, label


class TableDialog(QDialog):
    """Asks for previews with `recognise_wanted` (a Given) and `try_wanted` (a TableShape, a Given), shows those that it
    is given, and hands over what the operator settles on with `settled` (a TableShape, and whether for tables alike).
    """

    recognise_wanted = Signal(object)
    try_wanted = Signal(object, object)
    settled = Signal(object, bool)
    forget_wanted = Signal()

    def __init__(self, path: Path, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._name = printable_name(path.name)
        self._preview: TablePreview | None = None
        self._recognised: TableShape | None = None
        self._shape: TableShape | None = None
        self._waits = True
        self._accepting = False
        self.setWindowTitle("How a table is read")
        self.resize(1040, 660)
        self.form = TableForm(look)
        self.grid = PreviewGrid(look)
        self._icon = IconLabel(look, "table", "muted", 16)
        self._title = ElidedLabel(f"How {self._name} is read", "head", mode=Qt.TextElideMode.ElideMiddle)
        self._facts = label("", "strong")
        self._says_icon = IconLabel(look, "warning", "warn", 14)
        self._says = WrappedLabel()
        self._says.setProperty("role", "small")
        self._says_row = QWidget()
        self.alike = QCheckBox("Read all tables of this shape so, also those that are opened later")
        self.alike.setChecked(True)
        self.forget = ActionButton(look, "Recognise anew", "arrow-clockwise")
        self.accept_button = ActionButton(look, "Read it so", kind="primary")
        self._lay_out()
        self._connect()
        self._allow("Wait for the preview")

    @property
    def recognised(self) -> TableShape | None:
        """What was recognised in the table, None where that failed."""
        return self._recognised

    @property
    def preview(self) -> TablePreview | None:
        """What is shown."""
        return self._preview

    @property
    def said(self) -> str:
        """The line above the table: what is doubtful or does not fit, "" where there is nothing."""
        return self._says.text()

    def begin(self, preview: TablePreview) -> None:
        """Show the table as it is read now."""
        self._recognised = preview.recognised
        self.alike.setEnabled(preview.recognised is not None)
        if preview.recognised is None:
            self.alike.setChecked(False)
            self.alike.setToolTip("Nothing was recognised by which a table of the same shape could be known again")
        self.forget.setVisible(preview.remembered)
        self.show_preview(preview)

    def show_preview(self, preview: TablePreview) -> None:
        """Show what comes of the last correction."""
        self._preview, self._shape, self._waits = preview, preview.shape, False
        self.form.show_preview(preview)
        self.grid.show_preview(preview)
        self._facts.setText(preview.facts if not preview.problem else "")
        if preview.problem:
            self._say(preview.problem, "error")
        else:
            self._say(preview.doubt and f"{preview.doubt} Check how the table is read.", "warn")
        self._allow(preview.problem)
        if self._accepting:  # it was pressed before this was known
            self._set_busy(False)
            self._allow(preview.problem)
            if not preview.problem:
                self._settle()

    def show_refusal(self, error: SigDeskError) -> None:
        """The table cannot be read so, as its later lines show."""
        self._set_busy(False)
        self._say(f"{error.what} {error.way_out}", "error")
        self._allow("")

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._icon)
        head.addWidget(self._title, 1)
        head.addWidget(self._facts)
        says = QHBoxLayout(self._says_row)
        says.setContentsMargins(0, 0, 0, 0)
        says.setSpacing(8)
        says.addWidget(self._says_icon, 0, Qt.AlignmentFlag.AlignTop)
        says.addWidget(self._says, 1)
        self._says_row.hide()
        frame = QFrame()
        frame.setProperty("role", "card")
        around = QVBoxLayout(frame)
        around.setContentsMargins(1, 1, 1, 1)
        around.addWidget(self.grid)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self._says_row)
        right.addWidget(frame, 1)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(self.form)
        middle.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(16)
        column.addLayout(head)
        column.addLayout(middle, 1)
        column.addLayout(self._make_foot())

    def _make_foot(self) -> QHBoxLayout:
        cancel = ActionButton(self._look, "Cancel")
        cancel.clicked.connect(self.reject)
        for button in (cancel, self.forget, self.accept_button):
            button.setAutoDefault(False)  # Enter ends the typing of a number, not the dialog
        self.forget.explain("Forget what was said of tables of this shape")
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.alike)
        foot.addStretch(1)
        foot.addWidget(self.forget)
        foot.addWidget(cancel)
        foot.addWidget(self.accept_button)
        return foot

    def _connect(self) -> None:
        self.form.cut_changed.connect(self._on_cut_changed)
        self.form.shape_changed.connect(self._on_shape_changed)
        self.grid.columns_chosen.connect(self.form.choose_columns)
        self.accept_button.clicked.connect(self._on_accepted)
        self.forget.clicked.connect(self._on_forget)

    def _on_cut_changed(self, given: Given) -> None:
        self._waits = True
        self.recognise_wanted.emit(given)

    def _on_shape_changed(self, shape: TableShape) -> None:
        self._shape, self._waits = shape, True
        self.try_wanted.emit(shape, self._lines())

    def _on_accepted(self) -> None:
        """The press may have ended the typing of a number, whose preview is still to come."""
        if self._waits:
            self._set_busy(True)
            self._accepting = True
        else:
            self._settle()

    def _settle(self) -> None:
        if self._shape is not None:
            self._set_busy(True)
            self.settled.emit(self._shape, self.alike.isChecked())

    def _on_forget(self) -> None:
        self._set_busy(True)
        self.forget_wanted.emit()

    def _lines(self) -> Given:
        preview = self._preview
        if preview is None:
            return RECOGNISE
        return Given(heading_line=preview.heading_line, units_line=preview.units_line)

    def _set_busy(self, busy: bool) -> None:
        self._accepting = False
        self.form.setEnabled(not busy)
        self.accept_button.set_busy(busy)
        self.forget.setEnabled(not busy)
        self._allow("The table is being read" if busy else "")

    def _allow(self, why_not: str) -> None:
        self.accept_button.setEnabled(not why_not)
        self.accept_button.explain(why_not)

    def _say(self, text: str, status: str) -> None:
        self._says.setText(text)
        restyle(self._says, "status", status)
        self._says_icon.show_icon("warning-circle-fill" if status == "error" else "warning", status)
        self._says_row.setVisible(bool(text))
