"""A sheet of Excel becomes a CSV copy. It has a million rows at most, so Python may touch them."""

import csv
import struct
import zipfile
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from xml.parsers import expat

from orchestration.errors import PortraitError
from orchestration.landing.files import DataFile
from orchestration.landing.scratch import scratch_file
from orchestration.landing.sheet_scan import (
    DamagedSheetError,
    SheetScan,
    column_letters,
    scan_sheet,
)
from orchestration.landing.table_place import MOST_RECORDS, header_position, told_above
from orchestration.landing.text import most_unpacked
from orchestration.quoting import code_span
from orchestration.warehouse.manifest import RawTable

# The reader holds a sheet in memory, with all cells up to the last.
_MOST_UNPACKED_BYTES = 2 << 30
_MOST_CELLS = 1 << 26
# What Python's own readers raise where a workbook is damaged, or not what Excel writes.
_DAMAGES = (
    *(zipfile.BadZipFile, zlib.error, expat.ExpatError, DamagedSheetError, struct.error),
    *(OSError, EOFError, LookupError, ValueError, ArithmeticError, RuntimeError, StopIteration),
)


@dataclass(frozen=True)
class _Grid:
    """What the reader gives of a sheet.

    Attributes:
        rows: All rows from the first to the last that holds something, of one length.
        first_row: Where the first of them stands, counted from 0.
        first_column: Where their first column stands.
        merged: First and last cell of what is merged, as (row, column) counted from 0.
    """

    rows: Sequence[Sequence[object]]
    first_row: int
    first_column: int
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]

    def value(self, row: int, column: int) -> object:
        """What a cell holds, counted from 0; empty text where it lies outside."""
        row, column = row - self.first_row, column - self.first_column
        is_inside = 0 <= row < len(self.rows) and 0 <= column < len(self.rows[0])
        return self.rows[row][column] if is_inside else ""


def as_csv(file: DataFile, table: RawTable, scratch: Path) -> tuple[Path, list[str]]:
    """Writes a sheet as CSV in UTF-8: comma, double quotes, one record a row that holds something.

    Where no sheet is declared, it is the first that has the declared columns, or any; other sheets
    with the same header follow it.

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
        sheets, notes = _sheets(file, table)
        for number, (_, rows) in enumerate(sheets):
            for row in rows[1 if number else 0 :]:
                writer.writerow(row)
    return copy, notes


def _sheets(file: DataFile, table: RawTable) -> tuple[list[tuple[str, list[list[str]]]], list[str]]:
    """The sheets to read, each from its header on, and what is to be said."""
    declared = {column.name.lower() for column in table.business_columns}
    only = table.options.sheet
    first = _scan(file, only)
    names = [first.sheet] if only else _sheet_names(file)
    read: list[tuple[str, list[list[str]]]] = []
    notes: dict[str, list[str]] = {}
    told: list[str] = []
    for name in names:
        try:
            scan = first if name == first.sheet else _scan(file, name)
            if scan.last_row:
                rows, notes[name] = _rows(file, scan, declared)
                read.append((name, rows))
        except PortraitError as error:
            if name == first.sheet:
                raise
            told.append(f"{file.label}: the sheet {code_span(name)} is not read: {error.message}")
    if not read:
        return [(first.sheet, [])], []
    header = next((rows[0] for _, rows in read if _has(rows, declared)), read[0][1][0])
    alike = [(name, rows) for name, rows in read if rows[0] == header]
    told += [note for name, _ in alike for note in notes[name]]
    if len(alike) > 1:
        told.append(f"{file.label}: sheets read together: {', '.join(n for n, _ in alike)}")
    told += [
        f"{file.label}: the sheet {code_span(name)} is not read: its columns are others"
        for name, rows in read
        if rows[0] != header
    ]
    return alike, told


def _has(rows: Sequence[Sequence[str]], declared: Collection[str]) -> bool:
    names = {name.strip().lower() for name in rows[0]}
    return set(declared) <= names if declared else len(names) > 1 and len(rows) > 1


def _rows(
    file: DataFile, scan: SheetScan, declared: Collection[str]
) -> tuple[list[list[str]], list[str]]:
    """The records of a sheet from its header on, and what is to be said of those above."""
    grid = _read(file, scan.sheet)
    places = [at for at, row in enumerate(grid.rows) if any(value != "" for value in row)]
    rows = [[_text(value) for value in grid.rows[at]] for at in places]
    header = header_position(rows[:MOST_RECORDS], declared)
    _check_merged(file, scan.sheet, grid, grid.first_row + places[header])
    _check_dates(file, scan, grid)
    return rows[header:], told_above(file.label, rows[:header])


def _sheet_names(file: DataFile) -> list[str]:
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(str(file.path)) as workbook:
        return list(workbook.sheet_names)


def _scan(file: DataFile, sheet: str | None) -> SheetScan:
    """Looks through the workbook before the reader sees it."""
    try:
        with zipfile.ZipFile(file.path) as archive:
            _check_archive(file, archive)
            scan = scan_sheet(file, archive, sheet)
    except _DAMAGES as error:
        raise _unreadable(file, error) from error
    if scan.last_row * scan.last_column > _MOST_CELLS:
        raise PortraitError(
            f"{file.label}: the sheet {scan.sheet!r} reaches to the row {scan.last_row:,} and the "
            f"column {column_letters(scan.last_column)}, too far for a table.",
            "Delete what stands far outside of the table, or save the sheet as CSV.",
        )
    return scan


def _check_archive(file: DataFile, archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    size = sum(member.file_size for member in members)
    if size > min(_MOST_UNPACKED_BYTES, most_unpacked(file.path)):
        raise PortraitError(
            f"{file.label} unpacks to {size / 2**30:.1f} GiB, too much for an Excel file.",
            "Save the sheet as CSV.",
        )
    if len({member.filename for member in members}) < len(members):
        raise zipfile.BadZipFile("a part of it is there twice")
    # The reader does not look at every checksum.
    damaged = archive.testzip()
    if damaged:
        raise zipfile.BadZipFile(f"the checksum of {damaged} is wrong")


def _read(file: DataFile, name: str) -> _Grid:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(str(file.path)) as workbook:
            sheet = workbook.get_sheet_by_name(name)
            row, column = sheet.start or (0, 0)
            return _Grid(sheet.to_python(), row, column, sheet.merged_cell_ranges or [])
    # A workbook that is damaged deep inside makes the reader panic, which is no Exception.
    except BaseException as error:
        is_panic = type(error).__name__ == "PanicException"
        if not is_panic and not isinstance(error, (CalamineError, *_DAMAGES)):
            raise
        raise _unreadable(file, error) from error


def _check_merged(file: DataFile, sheet: str, grid: _Grid, header: int) -> None:
    """Sees that no value of the table stands for several cells: only the first would get it."""
    for first, last in grid.merged:
        if grid.value(*first) != "" and last[0] >= header:
            cells = f"{_place(*first)}:{_place(*last)}"
            raise PortraitError(
                f"{file.label}: the sheet {sheet!r} has the merged cells {cells}, of which only "
                "the first holds the value.",
                "Unmerge them in Excel, and fill in what each of them should hold.",
            )


def _check_dates(file: DataFile, scan: SheetScan, grid: _Grid) -> None:
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


def _unreadable(file: DataFile, error: BaseException) -> PortraitError:
    return PortraitError(
        f"{file.label} is no workbook that can be read: {' '.join(str(error).split())[:200]}.",
        "Open it in Excel and save it again as .xlsx, or as CSV.",
    )


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
