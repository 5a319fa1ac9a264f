"""The header of a CSV file: its delimiter, and the names of its columns.

Both follow from the file's own first record and from what is declared, never from its neighbours in
the folder, so that a file reads the same whenever it arrives.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from orchestration.defs.ingest.files import DataFile
from orchestration.defs.ingest.text import wrong_encoding
from orchestration.errors import PortraitError
from orchestration.manifest import RawTable

_DELIMITERS = (",", ";", "\t", "|")
_MOST_HEADER_BYTES = 1 << 20


def read_header(table: RawTable, file: DataFile, text: Path) -> tuple[str, list[str]]:
    """The delimiter and the column names.

    Args:
        table: The declared table.
        file: The file, for messages.
        text: The file or its copy, in UTF-8.

    Raises:
        PortraitError: There is no header that can be read.
    """
    first = _first_record(file, text)
    delimiters = [table.options.delimiter] if table.options.delimiter else _DELIMITERS
    declared = {column.name.lower() for column in table.business_columns}
    readings = [(delimiter, _split(table, first, delimiter)) for delimiter in delimiters]
    delimiter, names = max(
        readings, key=lambda reading: len(declared.intersection(map(str.lower, reading[1])))
    )
    if not names:
        raise PortraitError(
            f"{file.label} has no header that can be read: a quote never closes.",
            "Correct the first line, or declare another `quote` in the dbt project's _sources.yml.",
        )
    return delimiter, unique_names(names)


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


def _first_record(file: DataFile, text: Path) -> str:
    """The start of the file, up to the largest header there may be; blank lines are left out."""
    with text.open("rb") as stream:
        head = stream.read(_MOST_HEADER_BYTES)
    if b"\n" not in head and b"\r" not in head and len(head) == _MOST_HEADER_BYTES:
        raise PortraitError(
            f"{file.label} has no header: its first line is longer than {_MOST_HEADER_BYTES:,} "
            "bytes.",
            "Fetch or export the file again.",
        )
    is_whole = len(head) < _MOST_HEADER_BYTES
    try:
        lines = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if is_whole or error.start < len(head) - 4:
            raise wrong_encoding(file, error) from error
        lines = head[: error.start].decode("utf-8-sig")
    return lines.lstrip("\r\n")


def _split(table: RawTable, text: str, delimiter: str) -> list[str]:
    """The fields of the first record; none where it cannot be read."""
    quote, escape = table.options.quote, table.options.escape
    try:
        reader = csv.reader(
            io.StringIO(text, newline=""),
            delimiter=delimiter,
            quotechar=quote or None,
            quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
            doublequote=escape in (None, quote),
            escapechar=None if escape in (None, quote) else escape,
            strict=True,
        )
        return next(reader, [])
    except csv.Error:
        return []
