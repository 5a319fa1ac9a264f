"""What the reader of workbooks does not tell of a sheet: cells without a value, and where it ends.

The reader gives an error such as `#N/A`, and a formula that nobody has calculated, as an empty
cell, and makes room for every cell up to the last before it can be asked. So the sheet's XML is
looked through first.
"""

import posixpath
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from orchestration.errors import PortraitError
from orchestration.landing.files import DataFile

_DIGITS = "0123456789"
_DOCUMENT = "/officeDocument"

# First and last cell, as (row, column) counted from 0.
Area = tuple[tuple[int, int], tuple[int, int]]
_OnStart = Callable[[str, dict[str, str]], None]


class DamagedSheetError(Exception):
    """The sheet's XML is not what Excel writes."""


@dataclass
class SheetScan:
    """A sheet that has been looked through.

    Attributes:
        sheet: Its name.
        last_row: Number of the last row that holds something.
        last_column: Number of the last column that does.
        below_zero: Row and column of numbers below zero.
        merged: What is merged and holds something, where the reader does not tell it.
        problem: What stands against reading it, if it is read.
    """

    sheet: str
    last_row: int = 0
    last_column: int = 0
    below_zero: list[tuple[int, int]] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)
    problem: PortraitError | None = None

    def note(self, problem: PortraitError) -> None:
        """Keeps the first problem."""
        self.problem = self.problem or problem


def sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name → path of the part, for each sheet in its order.

    Raises:
        LookupError: The workbook lacks a part.
        expat.ExpatError: It is no XML.
    """
    workbook = next(iter(_relations(archive, "", _DOCUMENT).values()))
    sheets: dict[str, str] = {}

    def note(tag: str, attributes: dict[str, str]) -> None:
        if tag.endswith("sheet"):
            (identifier,) = (value for name, value in attributes.items() if name.endswith(":id"))
            sheets[attributes["name"]] = identifier

    parse_xml(archive, workbook, note)
    parts = _relations(archive, workbook)
    return {name: parts[identifier] for name, identifier in sheets.items()}


def scan_sheet(file: DataFile, archive: zipfile.ZipFile, sheet: str) -> SheetScan:
    """Looks through a sheet.

    Raises:
        DamagedSheetError: It has a document type, or cells out of order.
        LookupError: The workbook lacks a part.
        expat.ExpatError: It is no XML.
    """
    cells = _Cells(file.label, sheet)
    parse_xml(archive, sheet_names(archive)[sheet], cells.start, cells.end, cells.read)
    return cells.scan


def _relations(archive: zipfile.ZipFile, part: str, kind: str = "") -> dict[str, str]:
    """Id → path of the parts that a part refers to."""
    folder, name = posixpath.split(part)
    targets: dict[str, str] = {}

    def note(tag: str, attributes: dict[str, str]) -> None:
        if tag.endswith("Relationship") and attributes["Type"].endswith(kind):
            path = posixpath.normpath(posixpath.join("/", folder, attributes["Target"]))
            targets[attributes["Id"]] = path.lstrip("/")

    parse_xml(archive, posixpath.join(folder, "_rels", f"{name}.rels"), note)
    return targets


def parse_xml(
    archive: zipfile.ZipFile,
    part: str,
    start: _OnStart,
    end: Callable[[str], None] | None = None,
    read: Callable[[str], None] | None = None,
) -> None:
    """Runs through a part's XML; tags come with the prefix that they have there."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = read
    parser.StartDoctypeDeclHandler = _refuse_document_type
    with archive.open(part) as stream:
        parser.ParseFile(stream)


def _refuse_document_type(*_: object) -> None:
    """No workbook has one; entities are declared there, which can grow without end."""
    raise DamagedSheetError("it has a document type")


class _Cells:
    """Follows the cells of a sheet."""

    def __init__(self, label: str, sheet: str) -> None:
        self.scan = SheetScan(sheet)
        self._where = f"{label}: the sheet {sheet!r}"
        self._row = self._column = 0
        self._place = self._kind = self._text = ""
        self._has_formula = self._has_value = self._is_value = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2] if ":" in tag else tag
        if tag == "c":
            self._start_cell(attributes)
        elif tag in ("v", "t"):
            self._has_value = self._is_value = True
        elif tag == "f":
            self._has_formula = True
        elif tag == "row":
            self._start_row(attributes.get("r"))

    def read(self, text: str) -> None:
        if self._is_value:
            self._text += text

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2] if ":" in tag else tag
        if tag in ("v", "t"):
            self._is_value = False
        elif tag == "c":
            self._end_cell()

    def _start_row(self, given: str | None) -> None:
        row = int(given) if given else self._row + 1
        if row <= self._row:
            raise DamagedSheetError(f"row {row} stands out of order")
        self._row, self._column = row, 0

    def _start_cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        if place is None:
            self._column += 1
            place = f"{column_letters(self._column)}{self._row}"
        else:
            column = _column_number(place.rstrip(_DIGITS))
            if column <= self._column or not place.endswith(str(self._row)):
                raise DamagedSheetError(f"the cell {place[:20]} stands out of order")
            self._column = column
        self._place, self._kind, self._text = place, attributes.get("t", "n"), ""
        self._has_formula = self._has_value = self._is_value = False

    def _end_cell(self) -> None:
        if self._kind == "e":
            self.scan.note(error_in_cell(self._where, self._place, self._text))
        # Text may be empty: a formula's, too.
        is_empty = not (self._text or (self._has_value and self._kind == "str"))
        if self._has_formula and is_empty:
            self.scan.note(no_value_in_cell(self._where, self._place))
        if self._text:
            self.scan.last_row = self._row
            self.scan.last_column = max(self.scan.last_column, self._column)
            if self._kind == "n" and self._text.startswith("-"):
                self.scan.below_zero.append((self._row, self._column))


def error_in_cell(where: str, place: str, text: str) -> PortraitError:
    """What is said of an error such as `#N/A`."""
    return PortraitError(
        f"{where} holds the error {text[:20]} in the cell {place}.",
        "Correct its formula in Excel, or clear the cell, and save the file.",
    )


def no_value_in_cell(where: str, place: str) -> PortraitError:
    """What is said of a formula without a value."""
    return PortraitError(
        f"{where} holds a formula in the cell {place} that has no value: nobody has calculated it.",
        "Open the file in Excel and save it, which calculates it, or paste the values.",
    )


@lru_cache(maxsize=1 << 15)
def _column_number(letters: str) -> int:
    """`A` is 1, `AA` is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """1 is `A`, 27 is `AA`."""
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
