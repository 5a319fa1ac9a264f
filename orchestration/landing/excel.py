"""A sheet of a workbook becomes a CSV copy. It has a million rows at most: Python may touch them.

A workbook may hold several tables. Each of its sheets belongs to the declared table of which it has
all columns, and of several to that with most, so that a sheet that is added next month is read too.
"""

import csv
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from orchestration.errors import PortraitError
from orchestration.landing.files import DataFile
from orchestration.landing.formats import is_old_excel
from orchestration.landing.header import names_by_place, unique_names
from orchestration.landing.scratch import scratch_file
from orchestration.landing.sheet_scan import SheetScan, column_letters
from orchestration.landing.table_place import (
    MOST_RECORDS,
    header_position,
    speaks_of_returns,
    told_above,
)
from orchestration.landing.workbook import Grid, PackedWorkbook, Workbook
from orchestration.quoting import code_span
from orchestration.warehouse.manifest import RawTable
from orchestration.warehouse.options import NO_HEADER

_Columns = Collection[str]


@dataclass(frozen=True)
class _Sheet:
    """A sheet that holds something.

    Attributes:
        scan: What was seen of it before.
        grid: Its values.
        places: Rows of the grid that hold something.
        records: The same as text.
    """

    scan: SheetScan
    grid: Grid
    places: Sequence[int]
    records: Sequence[Sequence[str]]

    @property
    def is_returns(self) -> bool:
        """Whether its name says that what it lists was given back."""
        return speaks_of_returns(self.scan.sheet)

    def header(self, declared: _Columns) -> list[str]:
        """The names of its columns, if it is a table with those declared."""
        return list(self.records[self.header_at(declared)])

    def header_at(self, declared: _Columns) -> int:
        """Which record its header is."""
        return header_position(self.records[:MOST_RECORDS], declared)

    def is_of(self, declared: _Columns) -> bool:
        """Whether it has all the declared columns; without such, whether it is a table at all."""
        names = _names(self.header(declared))
        return set(declared) <= names if declared else len(names) > 1 and len(self.records) > 1


def as_csv(file: DataFile, table: RawTable, scratch: Path) -> tuple[Path, list[str]]:
    """Writes sheets as CSV in UTF-8: comma, double quotes, one record a row that holds something.

    Where no sheet is declared, these are the first that has the declared columns, or any, and all
    with the same header.

    Returns:
        The copy, and what is to be said of how the workbook was read.

    Raises:
        PortraitError: It is no workbook, has no such sheet, would not fit into memory, or has a
            cell of which it is not plain what it holds.
    """
    copy = scratch_file(scratch, ".csv")
    with copy.open("w", encoding="utf-8", newline="") as target:
        # All in quotes: a carriage return in a cell would end the record.
        writer = csv.writer(target, lineterminator="\n", quoting=csv.QUOTE_ALL)
        is_unnamed = table.options.header == NO_HEADER
        sheets, notes = (_first_sheet if is_unnamed else _sheets)(file, table)
        for number, rows in enumerate(sheets):
            for row in rows[1 if number else 0 :]:
                writer.writerow(row)
    return copy, notes


def tables_in(file: DataFile) -> dict[str, list[str]]:
    """Name of a sheet → its columns, for each kind of table in a workbook.

    Sheets with the same columns are one table, but for those that are called returns.

    Raises:
        PortraitError: It is no workbook, or would not fit into memory.
    """
    found, _ = _read_all(file, _open(file), None)
    tables: dict[str, list[str]] = {}
    kinds: list[_Sheet] = []
    for sheet in found:
        header = sheet.header(())
        if sheet.is_of(()) and not any(
            _is_alike(header, known.header(())) and sheet.is_returns == known.is_returns
            for known in kinds
        ):
            kinds.append(sheet)
            tables[sheet.scan.sheet] = unique_names(header)
    return tables


def _open(file: DataFile) -> Workbook:
    if is_old_excel(file.path):
        from orchestration.landing.old_excel import OldWorkbook

        return OldWorkbook(file)
    return PackedWorkbook(file)


def _sheets(file: DataFile, table: RawTable) -> tuple[list[list[list[str]]], list[str]]:
    """The sheets to read, each from its header on, and what is to be said."""
    declared = {column.name.lower() for column in table.business_columns}
    sheets, told = _read_all(file, _open(file), table.options.sheet)
    if not sheets:
        return [[]], told
    alike = sheets
    if table.options.sheet is None:
        owned = [one for one in sheets if _is_owned(one, declared, table.beside)]
        chosen = owned[0] if owned else max(sheets, key=lambda one: _shared(one, declared))
        header = chosen.header(declared)
        alike = [chosen] + [
            one
            for one in sheets
            if one is not chosen
            and one.is_returns == chosen.is_returns
            and ((declared and one in owned) or _is_alike(one.header(declared), header))
        ]
        others = [one for one in sheets if one not in alike]
        told += [
            f"{file.label}: the sheet {code_span(one.scan.sheet)} is not read: {_why(one, chosen)}"
            for one in others
            if not any(one.is_of(columns) for columns in table.beside)
        ]
    read = [_rows(file, one, declared) for one in alike]
    notes = [note for _, notes in read for note in notes]
    if len(alike) > 1:
        listed = ", ".join(one.scan.sheet for one in alike)
        notes.append(f"{file.label}: sheets read together: {listed}")
    return _in_order([rows for rows, _ in read]), [*notes, *told]


def _first_sheet(file: DataFile, table: RawTable) -> tuple[list[list[list[str]]], list[str]]:
    """The first sheet, or the one that is declared, whose columns no row names."""
    sheets, told = _read_all(file, _open(file), table.options.sheet)
    if not sheets:
        return [[]], told
    sheet, *others = sheets
    records = _checked(file, sheet, 0)
    names = names_by_place(table, file, records[0])
    told += [f"{file.label}: the sheet {code_span(one.scan.sheet)} is not read" for one in others]
    return [[names, *records] if names else records], told


def _why(sheet: _Sheet, chosen: _Sheet) -> str:
    """Why a sheet is not read with another."""
    is_other = sheet.is_returns != chosen.is_returns
    return "what it lists was given back, by its name" if is_other else "its columns are others"


def _read_all(file: DataFile, book: Workbook, only: str | None) -> tuple[list[_Sheet], list[str]]:
    """All sheets that hold something, or one, and what is to be said of those that are damaged."""
    if only is not None and only not in book.sheets:
        raise PortraitError(
            f"{file.label} has no sheet {only!r}.",
            f"It has {', '.join(book.sheets)}. Declare one of them as `sheet`.",
        )
    found: list[_Sheet] = []
    told: list[str] = []
    for name in [only] if only else book.sheets:
        scan = SheetScan(name)
        try:
            scan = book.scan(name)
            grid = book.read(name) if scan.last_row else Grid([], 0, 0, [])
        except PortraitError as error:
            if only or scan.problem or name == book.sheets[0]:
                raise scan.problem or error from error
            told.append(f"{file.label}: the sheet {code_span(name)} is not read: {error.message}")
            continue
        places = [at for at, row in enumerate(grid.rows) if any(value != "" for value in row)]
        if places:
            records = [[_text(value) for value in grid.rows[at]] for at in places]
            found.append(_Sheet(scan, grid, places, records))
    return found, told


def _is_owned(sheet: _Sheet, declared: _Columns, beside: Iterable[_Columns]) -> bool:
    """Whether it is a sheet of the table, and of no other that declares more of its columns."""
    if not sheet.is_of(declared):
        return False
    return not any(len(one) > len(declared) and sheet.is_of(one) for one in beside)


def _shared(sheet: _Sheet, declared: _Columns) -> int:
    """How many of the declared columns it has; without such, whether it is a table."""
    if not declared:
        return sheet.is_of(declared)
    return len(_names(sheet.header(declared)).intersection(declared))


def _names(header: Iterable[str]) -> set[str]:
    return {name.strip().lower() for name in header if name.strip()}


def _is_alike(header: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two headers have the same names; in another order only where each is there once."""
    names = sorted(name.strip().lower() for name in header)
    is_told_apart = all(names) and len(set(names)) == len(names)
    others = sorted(name.strip().lower() for name in other)
    return list(header) == list(other) or (is_told_apart and names == others)


def _in_order(tables: list[list[list[str]]]) -> list[list[list[str]]]:
    """Rows of several sheets under one header: that of the first, and what others have more."""
    headers = [unique_names(rows[0]) for rows in tables]
    if all(header == headers[0] for header in headers):
        return tables
    union: dict[str, str] = {}
    for name in (name for header in headers for name in header):
        union.setdefault(name.lower(), name)
    ordered = []
    for header, rows in zip(headers, tables, strict=True):
        places = {name.lower(): place for place, name in enumerate(header)}
        order = [places.get(name) for name in union]
        listed = [["" if place is None else row[place] for place in order] for row in rows[1:]]
        ordered.append([list(union.values()), *listed])
    return ordered


def _rows(file: DataFile, sheet: _Sheet, declared: _Columns) -> tuple[list[list[str]], list[str]]:
    """The records of a sheet from its header on, and what is to be said of those above."""
    header = sheet.header_at(declared)
    records = _checked(file, sheet, header)
    return records[header:], told_above(file.label, records[:header])


def _checked(file: DataFile, sheet: _Sheet, first: int) -> list[list[str]]:
    """All records of a sheet, whose table begins at one of them, once nothing is against it."""
    if sheet.scan.problem:
        raise sheet.scan.problem
    _check_merged(file, sheet, sheet.grid.first_row + sheet.places[first])
    _check_dates(file, sheet.scan, sheet.grid)
    return [list(record) for record in sheet.records]


def _check_merged(file: DataFile, sheet: _Sheet, header: int) -> None:
    """Sees that no value of the table stands for several cells: only the first would get it."""
    for first, last in [*sheet.grid.merged, *sheet.scan.merged]:
        if sheet.grid.value(*first) != "" and last[0] >= header:
            cells = f"{_place(*first)}:{_place(*last)}"
            raise PortraitError(
                f"{file.label}: the sheet {sheet.scan.sheet!r} has the merged cells {cells}, of "
                "which only the first holds the value.",
                "Unmerge them in Excel, and fill in what each of them should hold.",
            )


def _check_dates(file: DataFile, scan: SheetScan, grid: Grid) -> None:
    """Sees that no number below zero is shown as a date: the reader makes a time of day of it."""
    for row, column in scan.below_zero:
        if isinstance(grid.value(row - 1, column - 1), date | time):
            raise PortraitError(
                f"{file.label}: the sheet {scan.sheet!r} holds a number below zero as a date or "
                f"time in the cell {_place(row - 1, column - 1)}.",
                "Give the cell the format of a number, or write the date as text.",
            )


def _place(row: int, column: int) -> str:
    """A cell as Excel calls it, its row and column counted from 0."""
    return f"{column_letters(column + 1)}{row + 1}"


def _text(value: object) -> str:
    """A cell as text. Excel has only one kind of number: 3.0 is how it keeps 3."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)
