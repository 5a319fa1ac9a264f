"""A workbook of any kind: its sheets, looked through and read.

What is wrong with a cell, each kind tells in another way, and python-calamine not at all; so a
sheet is looked through before its values are taken.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from xml.parsers import expat

from orchestration.errors import PortraitError
from orchestration.landing.files import DataFile
from orchestration.landing.formats import most_unpacked
from orchestration.landing.ods_scan import is_encrypted, is_ods, scan_ods_sheet
from orchestration.landing.sheet_scan import (
    Area,
    DamagedSheetError,
    SheetScan,
    column_letters,
    scan_sheet,
    sheet_names,
)

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

# The reader holds a sheet in memory, with all cells up to the last.
_MOST_UNPACKED_BYTES = 2 << 30
_MOST_CELLS = 1 << 26
# What Python's own readers raise where a workbook is damaged, or not what Excel writes.
DAMAGES = (
    *(zipfile.BadZipFile, zlib.error, expat.ExpatError, DamagedSheetError, struct.error),
    *(OSError, EOFError, LookupError, ValueError, ArithmeticError, RuntimeError, StopIteration),
)


@dataclass(frozen=True)
class Grid:
    """What a reader gives of a sheet.

    Attributes:
        rows: All rows from the first to the last that holds something, of one length.
        first_row: Where the first of them stands, counted from 0.
        first_column: Where their first column stands.
        merged: First and last cell of what is merged, as (row, column) counted from 0.
    """

    rows: Sequence[Sequence[object]]
    first_row: int
    first_column: int
    merged: Sequence[Area]

    def value(self, row: int, column: int) -> object:
        """What a cell holds, counted from 0; empty text where it lies outside."""
        row, column = row - self.first_row, column - self.first_column
        is_inside = 0 <= row < len(self.rows) and 0 <= column < len(self.rows[0])
        return self.rows[row][column] if is_inside else ""


class Workbook(Protocol):
    """A file with sheets; whatever is done with it raises PortraitError where it cannot be read."""

    @property
    def sheets(self) -> Sequence[str]:
        """Names of the sheets, in their order."""

    def scan(self, sheet: str) -> SheetScan:
        """Looks through a sheet, before it is read."""

    def read(self, sheet: str) -> Grid:
        """The values of a sheet."""


class PackedWorkbook:
    """A workbook in an archive: of today's Excel (.xlsx), or of LibreOffice (.ods)."""

    def __init__(self, file: DataFile) -> None:
        """Looks at the archive and at the names of the sheets.

        Raises:
            PortraitError: It cannot be read.
        """
        self._file = file
        with self._archive() as archive:
            _check_archive(file, archive)
            self._is_ods = is_ods(archive)
            if self._is_ods and is_encrypted(archive):
                raise with_password(file)
            names = [] if self._is_ods else list(sheet_names(archive))
        if self._is_ods:
            with self._opened() as workbook:
                names = list(workbook.sheet_names)
        self.sheets: Sequence[str] = names

    def scan(self, sheet: str) -> SheetScan:
        """Looks through a sheet before the reader sees it."""
        look = scan_ods_sheet if self._is_ods else scan_sheet
        with self._archive() as archive:
            scan = look(self._file, archive, sheet)
        if scan.last_row * scan.last_column > _MOST_CELLS:
            raise PortraitError(
                f"{self._file.label}: the sheet {sheet!r} reaches to the row {scan.last_row:,} and "
                f"the column {column_letters(scan.last_column)}, too far for a table.",
                "Delete what stands far outside of the table, or save the sheet as CSV.",
            )
        return scan

    def read(self, sheet: str) -> Grid:
        """The values of a sheet."""
        with self._opened() as workbook:
            found = workbook.get_sheet_by_name(sheet)
            row, column = found.start or (0, 0)
            return Grid(found.to_python(), row, column, found.merged_cell_ranges or [])

    @contextmanager
    def _archive(self) -> Iterator[zipfile.ZipFile]:
        try:
            with zipfile.ZipFile(self._file.path) as archive:
                yield archive
        except DAMAGES as error:
            raise unreadable(self._file, error) from error

    @contextmanager
    def _opened(self) -> Iterator["CalamineWorkbook"]:
        from python_calamine import CalamineError, CalamineWorkbook

        try:
            # By its bytes: by its path it would be taken for what its name says.
            content = io.BytesIO(self._file.path.read_bytes())
            with CalamineWorkbook.from_filelike(content) as workbook:
                yield workbook
        # A workbook that is damaged deep inside makes the reader panic, which is no Exception.
        except BaseException as error:
            is_panic = type(error).__name__ == "PanicException"
            if not is_panic and not isinstance(error, (CalamineError, *DAMAGES)):
                raise
            raise unreadable(self._file, error) from error


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


def unreadable(file: DataFile, error: BaseException) -> PortraitError:
    """The error for what no reader can make sense of."""
    return PortraitError(
        f"{file.label} is no workbook that can be read: {' '.join(str(error).split())[:200]}.",
        "Open it in Excel and save it again as .xlsx, or as CSV. If it is being written, wait.",
    )


def with_password(file: DataFile) -> PortraitError:
    """The error for a workbook that is encrypted."""
    return PortraitError(f"{file.label} has a password.", "Save it without a password.")
