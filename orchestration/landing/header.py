"""The header of a CSV file: its delimiter, and the names of its columns.

Both follow from the file's own first record and from what is declared, never from its neighbours in
the folder, so that a file reads the same whenever it arrives.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from orchestration.errors import PortraitError
from orchestration.landing.files import DataFile
from orchestration.landing.table_place import MOST_RECORDS, header_position, told_above
from orchestration.landing.text import wrong_encoding
from orchestration.warehouse.manifest import RawTable
from orchestration.warehouse.options import NO_HEADER

_DELIMITERS = (",", ";", "\t", "|")
_MOST_HEADER_BYTES = 1 << 20
# A line of text that holds nothing else is no row.
BLANKS = " \t\v\f\r\n"


@dataclass(frozen=True)
class Header:
    """What is known of a CSV file before its rows are read.

    Attributes:
        delimiter: Between fields.
        names: Of the columns, each another.
        line_end: What ends its first record. DuckDB takes a line feed within quotes there for
            it, and then finds no row.
        lines_above: Lines above the header, which hold nothing, or a title.
        notes: What is to be said of those that hold something.
        is_there: Whether a line holds the names.
    """

    delimiter: str
    names: Sequence[str]
    line_end: str = "\n"
    lines_above: int = 0
    notes: tuple[str, ...] = ()
    is_there: bool = True


def read_header(table: RawTable, file: DataFile, text: Path) -> Header:
    """Finds the header: below blank lines the first line, or, where titles stand above it, another.

    Args:
        table: The declared table.
        file: The file, for messages.
        text: The file or its copy, in UTF-8.

    Raises:
        PortraitError: There is no header that can be read.
    """
    delimiters = [table.options.delimiter] if table.options.delimiter else _DELIMITERS
    head, is_whole = _head(file, text)
    lines_above = _lines_above(file, head, table.options.quote, "".join(delimiters))
    first = "".join(islice(_lines(head), lines_above, None))
    if not is_whole and not {"\r", "\n"}.intersection(first):
        raise PortraitError(
            f"{file.label} has no header: its first line is longer than {_MOST_HEADER_BYTES:,} "
            "bytes.",
            "Fetch or export the file again.",
        )
    declared = {column.name.lower() for column in table.business_columns}
    readings = [_read_as(table, first, delimiter) for delimiter in delimiters]

    def fitness(reading: _Reading) -> tuple[int, bool, int, bool]:
        names = reading.names
        known = declared.intersection(name.strip().lower() for name in names)
        is_whole = table.options.header == NO_HEADER and len(names) == len(declared)
        return len(known), is_whole, len(names), len(names) == len(reading.row)

    best = max(readings, key=fitness)
    if not best.names:
        why = "a quote never closes" if first else "its lines are blank"
        raise PortraitError(
            f"{file.label} has no header that can be read: {why}.",
            "Correct the first line, or declare another `quote` in the dbt project's _sources.yml.",
        )
    names = names_by_place(table, file, best.names)
    if names:
        return Header(best.delimiter, names, best.line_end, lines_above, is_there=False)
    title_lines = best.lines_above
    if title_lines:
        _check_ends(file, list(_lines(head))[: lines_above + title_lines + 1])
    return Header(
        best.delimiter,
        unique_names(best.names),
        best.line_end,
        lines_above + title_lines,
        tuple(told_above(file.label, best.above)),
    )


def unique_names(names: Sequence[str]) -> list[str]:
    """Names by which columns can be told apart: `a, A, ""` become `a, A_1, column3`."""
    taken: set[str] = set()
    unique = []
    for position, given in enumerate(names, start=1):
        plain = given.strip() or f"column{position}"
        name, count = plain, 0
        while name.lower() in taken:
            count += 1
            name = f"{plain}_{count}"
        taken.add(name.lower())
        unique.append(name)
    return unique


def names_by_place(table: RawTable, file: DataFile, first: Sequence[str]) -> list[str]:
    """The names of columns that no line holds; none where the first line holds them.

    Args:
        table: The declared table; without columns, these are numbered.
        file: The file, for messages.
        first: Its first record.

    Raises:
        PortraitError: It has fewer columns than are declared.
    """
    declared = [column.name for column in table.business_columns]
    lower = {name.lower() for name in declared}
    is_header = bool(lower) and lower <= {name.strip().lower() for name in first}
    if table.options.header != NO_HEADER or is_header:
        return []
    if len(first) < len(declared):
        raise PortraitError(
            f"{file.label} has {len(first):,} columns and no header; {table.schema}.{table.name} "
            f"has {len(declared):,}.",
            "Export the file again as before, or put a header above it that names its columns.",
        )
    more = (f"column{place}" for place in range(len(declared) + 1, len(first) + 1))
    return unique_names([*declared, *more])


def _head(file: DataFile, text: Path) -> tuple[str, bool]:
    """The start of the file, up to the largest header there may be, and whether that is all."""
    with text.open("rb") as stream:
        head = stream.read(_MOST_HEADER_BYTES)
    is_whole = len(head) < _MOST_HEADER_BYTES
    try:
        return head.decode("utf-8-sig"), is_whole
    except UnicodeDecodeError as error:
        if is_whole or error.start < len(head) - 4:
            raise wrong_encoding(file, error) from error
        return head[: error.start].decode("utf-8-sig"), is_whole


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, as DuckDB sees them: `str.splitlines` knows more kinds of ends."""
    return io.StringIO(text, newline="")


def _lines_above(file: DataFile, head: str, quote: str, delimiters: str) -> int:
    """How many lines stand above the header.

    Raises:
        PortraitError: They end in another way than the header, so that DuckDB would miscount them.
    """
    for number, line in enumerate(_lines(head)):
        content = line.rstrip("\r\n")
        opens_quote = bool(quote) and content.count(quote) % 2 == 1
        if opens_quote or content.strip(BLANKS + delimiters + quote):
            _check_ends(file, list(islice(_lines(head), number + 1)))
            return number
    return len(list(_lines(head)))


def _check_ends(file: DataFile, lines: Sequence[str]) -> None:
    """Sees that the lines above the header, which is the last of these, end as it does."""
    ends = {line[len(line.rstrip("\r\n")) :] for line in lines}
    if len(ends - {""}) > 1:
        raise PortraitError(
            f"{file.label}: the lines above the header end in another way than it.",
            "Delete them, or save the file with one kind of line end.",
        )


@dataclass
class _Reading:
    """The header and the record below it, with one delimiter; no field where that is unreadable.

    Attributes:
        lines_above: Lines of the records above the header.
        above: These records.
    """

    delimiter: str
    names: list[str] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    line_end: str = "\n"
    lines_above: int = 0
    above: Sequence[Sequence[str]] = ()


def _read_as(table: RawTable, text: str, delimiter: str) -> _Reading:
    quote, escape = table.options.quote, table.options.escape
    reading, lines = _Reading(delimiter), list(_lines(text))
    reader = csv.reader(
        lines,
        delimiter=delimiter,
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        doublequote=escape in (None, quote),
        escapechar=None if escape in (None, quote) else escape,
        strict=True,
    )
    records, line_numbers = [], []
    with suppress(csv.Error):
        for record in islice(reader, MOST_RECORDS):
            records.append(record)
            line_numbers.append(reader.line_num)
    if not records:
        return reading
    declared = {column.name.lower() for column in table.business_columns}
    at = 0 if table.options.header == NO_HEADER else header_position(records, declared)
    reading.names, reading.above = records[at], records[:at]
    reading.row = records[at + 1] if at + 1 < len(records) else []
    reading.lines_above = line_numbers[at - 1] if at else 0
    last = lines[line_numbers[at] - 1]
    reading.line_end = last[len(last.rstrip("\r\n")) :] or reading.line_end
    return reading
