"""Readers of damaged files that share nothing with landing but the rules in docs/kinds-of-files.md.

Each gives the values of the declared columns, row by row, as text.
"""

import contextlib
import csv
import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree

Rows = list[tuple[str | None, ...]]
_FIELD = re.compile(r' *"((?:[^"]|"")*)" *|([^\r\n{delimiter}]*)')
_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class UnreadableError(Exception):
    """By the rules, the file must not land."""


class UnsureError(Exception):
    """What the file holds is a matter of taste."""


def read_rows(name: str, content: bytes, columns: Sequence[str]) -> Rows:
    """What the file holds.

    Raises:
        UnreadableError: It must be refused.
        UnsureError: Nobody can say.
    """
    if name.endswith(".parquet"):
        return _parquet(content, columns)
    if name.endswith(".xlsx"):
        return _excel(content, columns)
    text = _text(name, content)
    if name.endswith(".jsonl"):
        return list(_json_lines(text, columns))
    return _csv(text, columns)


def total(rows: Sequence[Sequence[object]], column: int) -> Decimal:
    """The sum of what is a number in a column."""
    amount = Decimal(0)
    for row in rows:
        with contextlib.suppress(InvalidOperation):
            value = Decimal(str(row[column]))
            amount += value if value.is_finite() else 0
    return amount


def _text(name: str, content: bytes) -> str:
    try:
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
        elif name.endswith(".gz"):
            raise UnreadableError("no gzip")
        encoding = next((_MARKS[mark] for mark in _MARKS if content.startswith(mark)), "utf-8")
        if encoding == "utf-8" and b"\0" not in content[:8192]:
            with contextlib.suppress(UnicodeDecodeError):
                return content.decode()
            raise UnsureError("in which encoding it is")
        return content.decode(encoding)
    except (OSError, EOFError, zlib.error, UnicodeError) as error:
        raise UnreadableError(str(error)) from error


def _csv(text: str, columns: Sequence[str]) -> Rows:
    if re.search(r"""(^|[,;|\t\r\n]) +"|" +("|[,;|\t\r\n]|$)""", text):
        raise UnsureError("a blank between a quote and the end of its field")
    lines = io.StringIO(text, newline="").readlines()
    above = 0
    while above < len(lines) and not lines[above].strip(' \t\v\f\r\n,;|"'):
        above += 1
    readings = []
    for delimiter in ",;\t|":
        with contextlib.suppress(UnreadableError):
            readings.append(list(_records("".join(lines[above:]), delimiter, columns)))
    if not readings:
        raise UnreadableError("no delimiter gives the columns")
    return readings[0]


def _records(text: str, delimiter: str, columns: Sequence[str]) -> Iterator[tuple[str | None, ...]]:
    field = re.compile(_FIELD.pattern.replace("{delimiter}", re.escape(delimiter)))
    places: list[int] | None = None
    width = at = 0
    was_blank = False
    while at < len(text):
        values, is_blank = [], text[at] in "\r\n"
        while True:
            found = field.match(text, at)
            assert found is not None
            at = found.end()
            quoted, plain = found.groups()
            if quoted is None and plain.startswith('"'):
                raise UnreadableError("a quote never closes")
            values.append(plain if quoted is None else quoted.replace('""', '"'))
            if not text.startswith(delimiter, at):
                break
            at += 1
        end = re.compile(r"\r\n|\n|\r|\Z").match(text, at)
        if end is None:
            raise UnreadableError("something stands behind a quote")
        at = end.end()
        if places is None:
            names = [name.strip().lower() for name in values]
            if not set(columns) <= set(names):
                if at >= len(text):
                    raise UnreadableError("a column is missing")
                continue  # A title stands above the header.
            places, width = [names.index(column) for column in columns], len(names)
        elif is_blank:
            was_blank = True
        else:
            if len(values) < width or any(values[width:]):
                if was_blank:
                    raise UnsureError("whether it stands below the table")
                raise UnreadableError("ragged")
            was_blank = not any(values)
            if was_blank:
                continue
            yield tuple(values[place] or None for place in places)


def _json_lines(text: str, columns: Sequence[str]) -> Iterator[tuple[str | None, ...]]:
    names: set[str] = set()
    rows = []
    for line in text.split("\n"):
        if line.strip(" \t\r"):
            rows.append(_json_object(line))
            names |= rows[-1].keys()
    if not set(columns) <= names:
        raise UnreadableError("a column is missing")
    return (tuple(row.get(column) for column in columns) for row in rows)


def _json_object(line: str) -> dict[str, str | None]:
    def of_pairs(pairs: list[tuple[str, object]]) -> object:
        row: dict[str, object] = {}
        if len(dict(pairs)) < len(pairs):
            raise UnreadableError("a key comes twice")
        for key, value in pairs:
            name = key.strip().lower()
            if row.get(name) is not None and value not in (None, row[name]):
                raise UnreadableError("two values under one name")
            row[name] = value if row.get(name) is None else row[name]
        return row

    try:
        row = json.loads(line, object_pairs_hook=of_pairs, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        if re.search(r",\s*[}\]]", line):
            raise UnsureError("a comma too many") from error
        raise UnreadableError(str(error)) from error
    if not isinstance(row, dict):
        raise UnreadableError("no object")
    if any(isinstance(value, dict | list | bool | float) for value in row.values()):
        raise UnsureError("no text")
    return row


def _excel(content: bytes, columns: Sequence[str]) -> Rows:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            strings = [
                "".join(item.itertext())
                for item in ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
            ]
            sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    except Exception as error:
        raise UnreadableError(str(error)) from error
    rows = []
    for row in sheet.iter(f"{_MAIN}row"):
        values: dict[str, str] = {}
        for cell in row.iter(f"{_MAIN}c"):
            value = cell.findtext(f"{_MAIN}v", "")
            column = cell.attrib["r"].rstrip("0123456789")
            values[column] = strings[int(value)] if cell.get("t") == "s" else value
        rows.append(values)
    header = {name: column for column, name in rows[0].items()}
    return [tuple(row.get(header[name]) or None for name in columns) for row in rows[1:]]


def _parquet(content: bytes, columns: Sequence[str]) -> Rows:
    from pyarrow import ArrowException, parquet

    try:
        table = parquet.read_table(io.BytesIO(content), columns=list(columns)).to_pylist()
    except (ArrowException, OSError, ValueError, KeyError) as error:
        raise UnsureError(str(error)) from error
    return [tuple(None if row[c] is None else str(row[c]) for c in columns) for row in table]


def write_csv(rows: Sequence[Sequence[str]], delimiter: str, end: str) -> str:
    """Rows as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue()
