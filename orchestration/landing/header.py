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
from orchestration.landing.text import wrong_encoding
from orchestration.warehouse.manifest import RawTable

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
        lines_above: Lines above the header, which hold nothing.
    """

    delimiter: str
    names: Sequence[str]
    line_end: str = "\n"
    lines_above: int = 0


def read_header(table: RawTable, file: DataFile, text: Path) -> Header:
    """Finds the header: the first line that holds more than blanks, delimiters and quotes.

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

    def fitness(reading: _Reading) -> tuple[int, int, bool]:
        names = reading.names
        known = declared.intersection(name.strip().lower() for name in names)
        return len(known), len(names), len(names) == len(reading.row)

    best = max(readings, key=fitness)
    if not best.names:
        why = "a quote never closes" if first else "its lines are blank"
        raise PortraitError(
            f"{file.label} has no header that can be read: {why}.",
            "Correct the first line, or declare another `quote` in the dbt project's _sources.yml.",
        )
    return Header(best.delimiter, unique_names(best.names), best.line_end, lines_above)


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
    ends = set()
    for number, line in enumerate(_lines(head)):
        content = line.rstrip("\r\n")
        ends.add(line[len(content) :])
        opens_quote = bool(quote) and content.count(quote) % 2 == 1
        if opens_quote or content.strip(BLANKS + delimiters + quote):
            if number and len(ends - {""}) > 1:
                raise PortraitError(
                    f"{file.label}: the blank lines above the header end in another way than it.",
                    "Delete them, or save the file with one kind of line end.",
                )
            return number
    return len(list(_lines(head)))


@dataclass
class _Reading:
    """The first two records as they are with one delimiter; no field of one that is unreadable."""

    delimiter: str
    names: list[str] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    line_end: str = "\n"


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
    with suppress(csv.Error):
        reading.names = next(reader, [])
        last = lines[reader.line_num - 1] if reader.line_num else ""
        reading.line_end = last[len(last.rstrip("\r\n")) :] or reading.line_end
        reading.row = next(reader, [])
    return reading
