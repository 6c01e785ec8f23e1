"""How a text table is laid out, by its first lines: delimiter, decimal mark, headings, first row, remarks."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from sigdesk.signals.tables.cells import Kind, column_kind, kind_of
from sigdesk.signals.tables.encoding import Encoding
from sigdesk.signals.tables.headings import is_unit, split_unit, unit_alone

SAMPLED_CHARS = 200_000
SAMPLED_LINES = 60
"""How many lines of values are looked at. More would be slow with thousands of files and tell nothing new."""
COMMENTS = ("#", "%")
WHITESPACE = " "

# Tried in this order, and the first of the best wins: a tab or a semicolon is hardly ever part of a value.
_DELIMITERS = ("\t", ";", ",", "|", WHITESPACE)
_LOOKED_AT_ABOVE = 4
_LEAST_LINES = 6
_Numbered = list[tuple[int, str]]
_KEY_VALUE = re.compile(r"\s*([^\W\d][\w .()/\-]{0,40}?)\s*(?::(?=\s|$)|=)\s*(.*)", re.DOTALL)


class Given(Struct, frozen=True):
    """What of a layout the operator has said; None where it is to be recognised. Lines count from 1, and 0 means that
    there is none."""

    delimiter: str | None = None
    decimal_comma: bool | None = None
    first_line: int | None = None
    heading_line: int | None = None
    units_line: int | None = None


RECOGNISE = Given()
"""Nothing is said."""


class Layout(Struct, frozen=True):
    """A table's layout. `first_line` is the number (from 1) of the first row of values; `headings` and `units` are
    empty where the file has none, and `heading_line` and `units_line` (from 1) say where they stand, 0 for nowhere.
    `certain`: it is hardly anything but a table, whatever its name."""

    encoding: Encoding
    delimiter: str
    decimal_comma: bool
    first_line: int
    kinds: tuple[Kind, ...]
    headings: tuple[str, ...]
    units: tuple[str, ...]
    remarks: Mapping[str, str]
    certain: bool
    heading_line: int = 0
    units_line: int = 0

    @property
    def columns(self) -> int:
        return len(self.kinds)


def split_cells(line: str, delimiter: str) -> list[str]:
    """The cells of one line, without quotes and outer spaces."""
    if delimiter == WHITESPACE:
        return line.split()
    if '"' not in line:
        return [cell.strip() for cell in line.split(delimiter)]
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])]
    except csv.Error:
        return [cell.strip() for cell in line.split(delimiter)]


def is_remark(line: str) -> bool:
    """Whether a line holds no values: blank, or a comment."""
    stripped = line.lstrip()
    return not stripped or stripped.startswith(COMMENTS)


def find_layout(text: str, encoding: Encoding, *, whole: bool, given: Given = RECOGNISE) -> Layout | None:
    """The layout of a table that begins with `text`, as far as it is not `given`; None when it holds no numbers.
    `whole`: `text` is all of it."""
    numbered, above, body = _looked_at(_lines_in(text, whole=whole), given.first_line)
    dialect = _best_dialect([line for _, line in body], given) if body else None
    if dialect is None:
        return None
    delimiter, decimal_comma, columns = dialect
    rows = [(number, split_cells(line, delimiter)) for number, line in (*above, *body)]
    first = _first_row(rows, columns, decimal_comma) if given.first_line is None else len(above)
    if first is None:
        return None
    kinds = _column_kinds([cells for _, cells in rows[first:]], columns, decimal_comma)
    share = _even_share([cells for _, cells in rows[first:]], kinds, decimal_comma)
    if Kind.NUMBER not in kinds or (share < 0.5 and given == RECOGNISE):
        return None
    number = rows[first][0]
    heads = _heads(numbered[:number], rows[:first], delimiter, columns, given)
    taken = [line - 1 for line in (heads.heading_line, heads.units_line) if line]
    return Layout(
        encoding=encoding,
        delimiter=delimiter,
        decimal_comma=decimal_comma,
        first_line=number + 1,
        kinds=kinds,
        headings=heads.headings,
        units=heads.units,
        remarks=_remarks(numbered[:number], taken, delimiter),
        certain=share > 0.9 and kinds.count(Kind.TEXT) * 2 <= columns and len(rows) - first > max(1, first // 4),
        heading_line=heads.heading_line,
        units_line=heads.units_line,
    )


def _lines_in(text: str, *, whole: bool) -> Iterator[str]:
    """One after the other, for only the first hundred or so of thousands are looked at. A last one that may be cut
    anywhere is left out, unless it is the only one."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start:end]
        start = end + 1
    if whole or not start:
        yield text[start:]


def _looked_at(lines: Iterable[str], first_line: int | None) -> tuple[_Numbered, _Numbered, _Numbered]:
    """All lines as far as the last that is looked at; of those that hold values, the last ones above the first row,
    where the operator has said which that is; and those that are looked at: a hundred or so, and fewer where they are
    very long. Lines count from 0."""
    all_lines: _Numbered = []
    above: _Numbered = []
    body: _Numbered = []
    size = 0
    for number, line in enumerate(lines):
        line = line.rstrip("\r")
        all_lines.append((number, line))
        if is_remark(line):
            continue
        if first_line is not None and number < first_line - 1:
            above.append((number, line))
            continue
        body.append((number, line))
        size += len(line)
        if len(body) >= 2 * SAMPLED_LINES or (size >= SAMPLED_CHARS and len(body) >= _LEAST_LINES):
            break
    return all_lines, above[-_LOOKED_AT_ABOVE:], body


def _even_share(rows: Sequence[list[str]], kinds: Sequence[Kind], decimal_comma: bool) -> float:
    """The share of rows that have a cell for each column, and numbers where the column has them."""
    sampled = rows[:SAMPLED_LINES]
    numbers = [at for at, kind in enumerate(kinds) if kind is Kind.NUMBER]
    even = 0
    for cells in sampled:
        if len(cells) == len(kinds):
            found = [kind_of(cells[at], decimal_comma=decimal_comma) for at in numbers]
            even += all(kind in (Kind.NUMBER, Kind.MISSING) for kind in found)
    return even / len(sampled)


def _best_dialect(lines: Sequence[str], given: Given) -> tuple[str, bool, int] | None:
    """The delimiter, the decimal mark and the number of columns by which most cells are numbers or times."""
    # The second half of the lines, because what stands above the values follows rules of its own.
    tail = lines[len(lines) // 2 :][-SAMPLED_LINES:]
    best: tuple[float, bool, float] | None = None
    chosen = None
    for delimiter, decimal_comma in _dialects_in(tail, given):
        rows = [split_cells(line, delimiter) for line in tail]
        (columns, common), *_ = Counter(map(len, rows)).most_common(1)
        kinds = [kind_of(cell, decimal_comma=decimal_comma) for row in rows if len(row) == columns for cell in row]
        if Kind.NUMBER not in kinds:
            continue
        # More than one column comes before evenness: the rare uneven row is a fault in the file, not another layout.
        score = (1 - kinds.count(Kind.TEXT) / len(kinds), columns > 1, common / len(rows))
        if best is None or score > best:
            best, chosen = score, (delimiter, decimal_comma, columns)
    said = given.delimiter is not None or given.decimal_comma is not None
    if chosen is not None and chosen[0] == "," and chosen[2] == 2 and not said and _is_decimal_comma(lines, tail):
        return ("\t", True, 1)
    return chosen


def _dialects_in(lines: Sequence[str], given: Given) -> list[tuple[str, bool]]:
    """The dialects whose delimiter occurs; of those where it does not, which all mean one column, the first only."""
    text = "\n".join(lines)
    found = [delimiter for delimiter in _DELIMITERS if delimiter in text or (delimiter == WHITESPACE and "\t" in text)]
    absent = [delimiter for delimiter in _DELIMITERS if delimiter not in found]
    delimiters = (*found, *absent[:1]) if given.delimiter is None else (given.delimiter,)
    marks = (False, True) if given.decimal_comma is None else (given.decimal_comma,)
    return [(delimiter, mark) for delimiter in delimiters for mark in marks]


def _is_decimal_comma(lines: Sequence[str], tail: Sequence[str]) -> bool:
    """Whether two columns by comma are one column of decimal fractions: one heading above them, or fractions that
    begin with a zero, as whole numbers never do."""
    if lines[0] not in tail or kind_of(lines[0].strip(), decimal_comma=True) is Kind.TEXT:
        for line in lines:
            cells = split_cells(line, ",")
            if len(cells) == 2:
                break
            if len(cells) == 1 and kind_of(cells[0], decimal_comma=True) is Kind.TEXT:
                return True
    if not all(re.fullmatch(r"[+\-−]?\d+,\d+", line.strip()) for line in tail):
        return False
    return any(re.search(r",0\d", line) for line in tail)


def _first_row(rows: Sequence[tuple[int, list[str]]], columns: int, decimal_comma: bool) -> int | None:
    """The index of the first row of values: as many cells as the others, and no text where they have numbers."""
    body = [cells for _, cells in rows if len(cells) == columns]
    kinds = _column_kinds(body[-SAMPLED_LINES:], columns, decimal_comma)
    for index, (_, cells) in enumerate(rows):
        if len(cells) != columns:
            continue
        own = [kind_of(cell, decimal_comma=decimal_comma) for cell in cells]
        fits = all(
            kind in (expected, Kind.MISSING) or expected is Kind.TEXT for kind, expected in zip(own, kinds, strict=True)
        )
        if fits and Kind.NUMBER in own and not _is_index_heading(cells, body):
            return index
    return None


def _is_index_heading(cells: list[str], body: Sequence[list[str]]) -> bool:
    """Whether a row of numbers is a heading all the same: `,0,1,2` above rows that all begin with their index."""
    return cells is body[0] and not cells[0] and len(cells) > 1 and len(body) > 2 and all(row[0] for row in body[1:])


def _column_kinds(rows: Sequence[list[str]], columns: int, decimal_comma: bool) -> tuple[Kind, ...]:
    sampled = [row for row in rows[:SAMPLED_LINES] if len(row) == columns]
    return tuple(
        column_kind([kind_of(row[at], decimal_comma=decimal_comma) for row in sampled]) for at in range(columns)
    )


class _Heads(Struct, frozen=True):
    """Headings and units, and the lines (from 1) where they stand."""

    headings: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    heading_line: int = 0
    units_line: int = 0


def _heads(
    lines: Sequence[tuple[int, str]], above: Sequence[tuple[int, list[str]]], delimiter: str, columns: int, given: Given
) -> _Heads:
    """Headings and units in `lines` above the values; `above` are the cells of those that are no remarks."""
    found = _headings(above, columns)
    if not found.headings and lines:
        headings = _commented_headings(lines[-1][1], delimiter, columns)
        found = _Heads(headings, heading_line=lines[-1][0] + 1 if headings else 0)
    if given.heading_line is not None:
        cells = _cells_of(lines, given.heading_line, delimiter, columns)
        found = replace(found, headings=cells, heading_line=given.heading_line if cells else 0)
    if given.units_line is not None:
        cells = tuple(map(unit_alone, _cells_of(lines, given.units_line, delimiter, columns)))
        found = replace(found, units=cells, units_line=given.units_line if cells else 0)
    elif found.units_line == found.heading_line:
        found = replace(found, units=(), units_line=0)
    return found


def _cells_of(lines: Sequence[tuple[int, str]], line: int, delimiter: str, columns: int) -> tuple[str, ...]:
    """The cells of line `line` (from 1), as many as there are columns, also where it is a comment; none for 0."""
    if not 0 < line <= len(lines):
        return ()
    text = lines[line - 1][1].strip() if delimiter != "\t" else lines[line - 1][1]
    cells = split_cells(text.lstrip("".join(COMMENTS)), delimiter)
    fitted = _fitted(cells, columns)
    return tuple(fitted if fitted is not None else [*cells, *[""] * columns][:columns])


def _headings(above: Sequence[tuple[int, list[str]]], columns: int) -> _Heads:
    """The headings and units in the rows just above the values."""
    rows = [_fitted(cells, columns) for _, cells in above]
    if not rows or rows[-1] is None:
        return _Heads()
    last, last_line = rows[-1], above[-1][0] + 1
    before = rows[-2] if len(rows) > 1 else None
    if (
        before is not None
        and any(last)
        and all(not cell or is_unit(unit_alone(cell)) or cell[0] in "([" for cell in last)
    ):
        return _Heads(tuple(before), tuple(map(unit_alone, last)), above[-2][0] + 1, last_line)
    return _Heads(tuple(last), (), last_line)


def _commented_headings(line: str, delimiter: str, columns: int) -> tuple[str, ...]:
    """Headings in a comment just above the values, as `numpy.savetxt` writes them."""
    text = line.strip()
    if not text.startswith(COMMENTS) or _KEY_VALUE.match(text.lstrip("".join(COMMENTS))):
        return ()
    cells = split_cells(text.lstrip("".join(COMMENTS)).strip(), delimiter)
    # A single column's heading looks like any remark, unless it carries a unit.
    known = len(cells) == columns and all(cells) and (columns > 1 or bool(split_unit(cells[0])[1]))
    return tuple(cells) if known else ()


def _fitted(cells: list[str], columns: int) -> list[str] | None:
    """A row of headings as wide as the values; one that lacks only the heading of an index column gets an empty one."""
    if len(cells) == columns - 1 and columns > 1:
        return ["", *cells]
    return cells if len(cells) == columns else None


def remarks_above(lines: Sequence[str]) -> dict[str, str]:
    """What the commented lines among `lines`, which stand above the values, say."""
    return _remarks([(at, line) for at, line in enumerate(lines) if is_remark(line)], (), WHITESPACE)


def _remarks(lines: Sequence[tuple[int, str]], headings: Sequence[int], delimiter: str) -> dict[str, str]:
    """What comments and lines above the headings say: `key: value`, or else notes."""
    remarks: dict[str, str] = {}
    notes: list[str] = []
    for number, line in lines:
        text = line.strip().lstrip("".join(COMMENTS)).strip()
        if number in headings or not text:
            continue
        found = _KEY_VALUE.match(text)
        cells = [] if found or is_remark(line) else [cell for cell in split_cells(line, delimiter) if cell]
        if found:
            remarks[found[1].strip()] = found[2].strip()
        elif len(cells) == 2:
            remarks[cells[0].rstrip(":=")] = cells[1]
        else:
            notes.append(text)
    if notes:
        remarks.setdefault("note", "\n".join(notes))
    return remarks
