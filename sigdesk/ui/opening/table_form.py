"""What can be corrected of how a table is read: how its lines are cut, its times, and the use of the chosen columns."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from sigdesk.signals.table_preview import TablePreview
from sigdesk.signals.tables.layout import Given
from sigdesk.signals.tables.shape import DATED, EPOCH, MONTH_FIRST, TIME_UNITS, TableShape
from sigdesk.signals.tables.uses import Use, titled, use_of, with_use, without_time
from sigdesk.ui.rows.wording import counted, visible
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.labels import label
from sigdesk.ui.widgets.number_field import NumberField
from sigdesk.ui.widgets.segmented import SegmentedControl

WIDTH: Final = 284
_SEPARATORS: Final = {"\t": "Tab", ";": "Semicolon  ;", ",": "Comma  ,", "|": "Bar  |", " ": "Spaces"}
_POINT, _COMMA = "Point", "Comma"
_UNITS: Final = {
    "s": "seconds", "ms": "milliseconds", "µs": "microseconds", "ns": "nanoseconds", "min": "minutes", "h": "hours",
    DATED: "dates or clock times", MONTH_FIRST: "dates, month first", EPOCH: "counts from 1970",
}  # fmt: skip
_NO_TIME: Final = "No column"
_OFFERED: Final = 200
"""Columns among which the time is chosen here; one farther right is made it by its use."""
_FARTHEST_LINE: Final = 100_000
_FASTEST_HZ: Final = 1e12


class TableForm(QWidget):
    """`cut_changed` carries a Given, by which the table is to be recognised anew; `shape_changed` a TableShape."""

    cut_changed = Signal(object)
    shape_changed = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preview: TablePreview | None = None
        self._columns: tuple[int, ...] = ()
        self.setFixedWidth(WIDTH)
        self.separator = _choice("Separator", _SEPARATORS)
        self.decimal = SegmentedControl(look, (_POINT, _COMMA), "Decimal mark")
        self.first_line = NumberField(look, "First line of values", 1, _FARTHEST_LINE)
        self.heading_line = NumberField(look, "Line of headings", 0, _FARTHEST_LINE)
        self.units_line = NumberField(look, "Line of units", 0, _FARTHEST_LINE)
        self.comments = label("", "muted")
        self.time = _choice("Column of times", {})
        self.time_unit = _choice("What the times are", _UNITS)
        self.rate = NumberField(look, "Sample rate", 0, _FASTEST_HZ, decimals=3, unit="Hz")
        self.use = _choice("Use of the column", {use.value: use.value for use in Use})
        self.heading = _text("Name of the column")
        self.unit = _text("Unit of the column")
        self._column_title = label("", "title")
        self._boxes: list[QWidget] = []
        self._lay_out()
        self._connect()

    def show_preview(self, preview: TablePreview) -> None:
        """Show how the table is read; nothing is emitted."""
        self._preview = preview
        shape = preview.shape
        fields = (self.separator, self.first_line, self.heading_line, self.units_line, self.time, self.time_unit)
        for field in (*fields, self.rate):
            field.blockSignals(True)
        if shape is not None:
            _choose(self.separator, shape.delimiter)
            self.decimal.choose(_COMMA if shape.decimal_comma else _POINT)
            self.first_line.setValue(shape.first_line)
            self._show_time(shape)
        self.heading_line.setValue(preview.heading_line)
        self.units_line.setValue(preview.units_line)
        for field in (*fields, self.rate):
            field.blockSignals(False)
        comments = counted(preview.comments, "comment line") if preview.comments else "No comment lines"
        self.comments.setText(f"{comments} · {preview.encoding.upper()}" if preview.encoding else "")
        for box in self._boxes:
            box.setEnabled(shape is not None)
        self.choose_columns(self._columns)

    def choose_columns(self, columns: tuple[int, ...]) -> None:
        """Show these columns' use, and the name and unit of a single one."""
        shape = self._preview.shape if self._preview is not None else None
        self._columns = columns = tuple(at for at in columns if shape is not None and at < shape.columns)
        single = len(columns) == 1
        for field in (self.use, self.heading, self.unit):
            field.blockSignals(True)
        self.use.setEnabled(bool(columns))
        self.heading.setEnabled(single)
        self.unit.setEnabled(single)
        if shape is not None and columns:
            uses = {use_of(shape, at) for at in columns}
            _choose(self.use, uses.pop().value if len(uses) == 1 else "")
        else:
            self.use.setCurrentIndex(-1)
        self.heading.setText(visible(shape.headings[columns[0]]) if shape is not None and single else "")
        self.unit.setText(visible(shape.units[columns[0]]) if shape is not None and single else "")
        for field in (self.use, self.heading, self.unit):
            field.blockSignals(False)
        self._column_title.setText(_title_of(columns))

    def _show_time(self, shape: TableShape) -> None:
        self.time.clear()
        self.time.addItem(_NO_TIME, -1)
        offered = [*range(min(shape.columns, _OFFERED))]
        if shape.time is not None and shape.time >= _OFFERED:
            offered.append(shape.time)
        for at in offered:
            name = visible(shape.headings[at])
            self.time.addItem(f"{at + 1} · {name}" if name else f"{at + 1}", at)
        self.time.setCurrentIndex(self.time.findData(-1 if shape.time is None else shape.time))
        _choose(self.time_unit, shape.time_unit)
        self.time_unit.setEnabled(shape.time is not None)
        self.rate.setEnabled(shape.time is None)
        self.rate.setValue(shape.rate_hz or 0.0)
        self.rate.setSpecialValueText("unknown" if shape.time is None else "by its times")

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label("Lines", "title"))
        column.addWidget(
            _form(
                ("Separator", self.separator),
                ("Decimal mark", self.decimal),
                ("First values in line", self.first_line),
                ("Headings in line", self.heading_line),
                ("Units in line", self.units_line),
            )
        )
        column.addWidget(self.comments)
        column.addSpacing(8)
        times = _form(("Column", self.time), ("Times are", self.time_unit), ("Sample rate", self.rate))
        uses = _form(("Use as", self.use), ("Name", self.heading), ("Unit", self.unit))
        self._boxes = [times, uses]
        column.addWidget(label("Time", "title"))
        column.addWidget(times)
        column.addSpacing(8)
        column.addWidget(self._column_title)
        column.addWidget(uses)
        column.addStretch(1)
        for field in (self.heading_line, self.units_line):
            field.setSpecialValueText("none")
        for number in (self.first_line, self.heading_line, self.units_line, self.rate):
            number.setKeyboardTracking(False)

    def _connect(self) -> None:
        self.separator.activated.connect(self._on_separator_chosen)
        self.decimal.changed.connect(self._on_decimal_chosen)
        self.first_line.valueChanged.connect(self._on_first_line_changed)
        self.heading_line.valueChanged.connect(self._on_lines_changed)
        self.units_line.valueChanged.connect(self._on_lines_changed)
        self.time.activated.connect(self._on_time_chosen)
        self.time_unit.activated.connect(self._on_time_unit_chosen)
        self.rate.valueChanged.connect(self._on_rate_changed)
        self.use.activated.connect(self._on_use_chosen)
        self.heading.editingFinished.connect(self._on_title_edited)
        self.unit.editingFinished.connect(self._on_title_edited)

    def _on_separator_chosen(self, _: int) -> None:
        """Other cells, so all else is recognised anew."""
        self.cut_changed.emit(Given(delimiter=self.separator.currentData()))

    def _on_decimal_chosen(self, mark: str) -> None:
        delimiter, comma = self.separator.currentData(), mark == _COMMA
        # A comma that is part of the numbers does not stand between them.
        self.cut_changed.emit(Given("\t" if comma and delimiter == "," else delimiter, comma))

    def _on_first_line_changed(self, line: float) -> None:
        if self._shape is None:
            self._on_lines_changed()
        else:
            self.shape_changed.emit(replace(self._shape, first_line=int(line)))

    def _on_lines_changed(self, _: float = 0.0) -> None:
        self.cut_changed.emit(
            Given(
                delimiter=self.separator.currentData(),
                decimal_comma=self.decimal.chosen == _COMMA,
                first_line=int(self.first_line.value()),
                heading_line=int(self.heading_line.value()),
                units_line=int(self.units_line.value()),
            )
        )

    def _on_time_chosen(self, _: int) -> None:
        column = self.time.currentData()
        if self._shape is not None:
            none = column is None or column < 0
            self.shape_changed.emit(without_time(self._shape) if none else with_use(self._shape, [column], Use.TIME))

    def _on_time_unit_chosen(self, place: int) -> None:
        if self._shape is not None:
            self.shape_changed.emit(replace(self._shape, time_unit=TIME_UNITS[place]))

    def _on_rate_changed(self, rate_hz: float) -> None:
        if self._shape is not None:
            self.shape_changed.emit(replace(self._shape, rate_hz=rate_hz or None))

    def _on_use_chosen(self, _: int) -> None:
        if self._shape is not None and self._columns:
            self.shape_changed.emit(with_use(self._shape, self._columns, Use(self.use.currentData())))

    def _on_title_edited(self) -> None:
        if self._shape is None or len(self._columns) != 1:
            return
        shape = titled(self._shape, self._columns[0], self.heading.text().strip(), self.unit.text().strip())
        if shape != self._shape:
            self.shape_changed.emit(shape)

    @property
    def _shape(self) -> TableShape | None:
        return None if self._preview is None else self._preview.shape


def _choice(name: str, options: dict[str, str]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(8)
    for value, words in options.items():
        box.addItem(words, value)
    return box


def _choose(box: QComboBox, value: str) -> None:
    box.setCurrentIndex(box.findData(value))


def _text(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    return field


def _form(*rows: tuple[str, QWidget]) -> QWidget:
    box = QWidget()
    form = QFormLayout(box)
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(12)
    form.setVerticalSpacing(6)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    for text, field in rows:
        form.addRow(_name(text), field)
    return box


def _name(text: str) -> QLabel:
    name = label(text, "secondary")
    name.setFixedWidth(112)
    return name


def _title_of(columns: tuple[int, ...]) -> str:
    if not columns:
        return "Choose a column in the table"
    return f"Column {columns[0] + 1}" if len(columns) == 1 else counted(len(columns), "column")
