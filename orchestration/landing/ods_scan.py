"""What the reader does not tell of a sheet in a LibreOffice workbook (.ods).

It gives an error such as `#N/A` as text or as an empty cell, as it does a formula that nobody has
calculated, and does not know merged cells. Rows and cells may be repeated without end.
"""

import zipfile

from orchestration.landing.files import DataFile
from orchestration.landing.sheet_scan import (
    SheetScan,
    column_letters,
    error_in_cell,
    no_value_in_cell,
    parse_xml,
)

_MIME = b"application/vnd.oasis.opendocument.spreadsheet"
_ERRORS = ("#N/A", "#DIV/0!", "#REF!", "#NAME?", "#VALUE!", "#NUM!", "#NULL!")
_CELLS = ("table:table-cell", "table:covered-table-cell")


def is_ods(archive: zipfile.ZipFile) -> bool:
    """Whether an archive is such a workbook."""
    return "mimetype" in archive.namelist() and archive.read("mimetype").strip().startswith(_MIME)


def is_encrypted(archive: zipfile.ZipFile) -> bool:
    """Whether its parts need a password."""
    return b"encryption-data" in archive.read("META-INF/manifest.xml")


def scan_ods_sheet(file: DataFile, archive: zipfile.ZipFile, sheet: str) -> SheetScan:
    """Looks through a sheet.

    Raises:
        DamagedSheetError: It has a document type.
        LookupError: The workbook lacks a part.
        expat.ExpatError: It is no XML.
    """
    cells = _OdsCells(file.label, sheet)
    parse_xml(archive, "content.xml", cells.start, cells.end, cells.read)
    return cells.scan


class _OdsCells:
    """Follows the cells of one sheet among all."""

    def __init__(self, label: str, sheet: str) -> None:
        self.scan = SheetScan(sheet, 0, 0, [])
        self._where = f"{label}: the sheet {sheet!r}"
        self._is_in = False
        self._row = self._column = 0
        self._rows = self._columns = 1
        self._cell: dict[str, str] | None = None
        self._text = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self._is_in = attributes.get("table:name") == self.scan.sheet
            self._row = 0
        elif not self._is_in:
            return
        elif tag == "table:table-row":
            self._rows = int(attributes.get("table:number-rows-repeated", "1"))
            self._column = 0
        elif tag in _CELLS:
            self._columns = int(attributes.get("table:number-columns-repeated", "1"))
            self._cell, self._text = attributes, ""

    def read(self, text: str) -> None:
        if self._cell is not None:
            self._text += text

    def end(self, tag: str) -> None:
        if tag == "table:table":
            self._is_in = False
        elif self._is_in and tag == "table:table-row":
            self._row += self._rows
        elif self._is_in and tag in _CELLS:
            self._end_cell(self._cell or {})
            self._column += self._columns
            self._cell = None

    def _end_cell(self, cell: dict[str, str]) -> None:
        place = f"{column_letters(self._column + 1)}{self._row + 1}"
        text = self._text.strip()
        has_formula = "table:formula" in cell
        if cell.get("calcext:value-type") == "error" or (has_formula and text in _ERRORS):
            self.scan.note(error_in_cell(self._where, place, text))
        elif has_formula and "office:value-type" not in cell:
            self.scan.note(no_value_in_cell(self._where, place))
        if not (text or cell.get("office:value-type")):
            return
        self.scan.last_row = self._row + self._rows
        self.scan.last_column = max(self.scan.last_column, self._column + self._columns)
        down = int(cell.get("table:number-rows-spanned", "1"))
        right = int(cell.get("table:number-columns-spanned", "1"))
        if down * right > 1:
            last = (self._row + down - 1, self._column + right - 1)
            self.scan.merged.append(((self._row, self._column), last))
