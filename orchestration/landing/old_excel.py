"""Workbooks of Excel before 2007 (.xls), read with xlrd, which tells errors from empty cells."""

import os
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path

from orchestration.errors import PortraitError
from orchestration.landing.files import DataFile
from orchestration.landing.sheet_scan import SheetScan, column_letters, error_in_cell
from orchestration.landing.workbook import Grid, unreadable, with_password


class OldWorkbook:
    """A workbook of the old kind; it has 65,536 rows a sheet at most."""

    def __init__(self, file: DataFile) -> None:
        """Reads it whole.

        Raises:
            PortraitError: It cannot be read.
        """
        import xlrd

        self._file = file
        try:
            # Without formatting it says nothing of merged cells, nor which numbers are dates.
            with Path(os.devnull).open("w") as log:
                self._book = xlrd.open_workbook(
                    str(file.path), formatting_info=True, logfile=log, on_demand=False
                )
        # It has no error of its own for damage: whatever its own reading stumbles over comes out.
        except Exception as error:
            told = str(error)
            if "encrypted" in told or "Can't find workbook in OLE2" in told:
                raise with_password(file) from error
            raise unreadable(file, error) from error
        self.sheets: Sequence[str] = self._book.sheet_names()

    def scan(self, sheet: str) -> SheetScan:
        """Looks through a sheet."""
        import xlrd

        found, scan = self._book.sheet_by_name(sheet), SheetScan(sheet)
        where = f"{self._file.label}: the sheet {sheet!r}"
        for row in range(found.nrows):
            for column, cell in enumerate(found.row(row)):
                if cell.ctype == xlrd.XL_CELL_ERROR:
                    told = xlrd.error_text_from_code.get(cell.value, "#N/A")
                    place = f"{column_letters(column + 1)}{row + 1}"
                    scan.note(error_in_cell(where, place, told))
                elif cell.ctype not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                    scan.last_row, scan.last_column = row + 1, max(scan.last_column, column + 1)
        return scan

    def read(self, sheet: str) -> Grid:
        """The values of a sheet.

        Raises:
            PortraitError: A date cannot be one.
        """
        found = self._book.sheet_by_name(sheet)
        rows = [
            [self._value(sheet, row, column) for column in range(found.ncols)]
            for row in range(found.nrows)
        ]
        merged = [
            ((top, left), (bottom - 1, right - 1))
            for top, bottom, left, right in found.merged_cells
        ]
        return Grid(rows, 0, 0, merged)

    def _value(self, sheet: str, row: int, column: int) -> object:
        import xlrd

        found = self._book.sheet_by_name(sheet)
        if column >= found.row_len(row):
            return ""
        cell = found.cell(row, column)
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        if cell.ctype == xlrd.XL_CELL_DATE:
            return self._date(sheet, row, column, cell.value)
        return "" if cell.ctype == xlrd.XL_CELL_ERROR else cell.value

    def _date(self, sheet: str, row: int, column: int, value: float) -> date | datetime | time:
        import xlrd

        try:
            read: datetime = xlrd.xldate_as_datetime(value, self._book.datemode)
            if value < 0:
                raise ValueError("below zero")
        except (ValueError, OverflowError) as error:
            raise PortraitError(
                f"{self._file.label}: the sheet {sheet!r} holds {value} as a date or time in the "
                f"cell {column_letters(column + 1)}{row + 1}, which is none.",
                "Give the cell the format of a number, or write the date as text.",
            ) from error
        if value < 1:
            return read.time()
        return read if read.time() != time(0) else read.date()
