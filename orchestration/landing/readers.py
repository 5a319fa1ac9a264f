"""How a file becomes a relation of DuckDB: one SQL text a file; large files never pass Python.

Every relation gives the file's own columns and `_origin_row`, the 1-based data row in the file.
Text is read as text; Parquet brings its types.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.errors import PortraitError
from orchestration.landing.excel import as_csv
from orchestration.landing.files import DataFile
from orchestration.landing.formats import naming_unreadable
from orchestration.landing.header import BLANKS, Header, read_header, unique_names
from orchestration.landing.json_lines import read_json_lines
from orchestration.landing.json_whole import as_json_lines
from orchestration.landing.scratch import scratch_file
from orchestration.landing.table_place import (
    is_called_total,
    last_record,
    lines_below,
    row_of_total,
)
from orchestration.landing.text import as_utf8, with_encoding
from orchestration.quoting import code_span, identifier, quoted
from orchestration.warehouse.manifest import RawTable

# The longest line of text: room for fields of 10 MB and more.
_MOST_LINE_BYTES = 1 << 25
_PIECE, _SHOWN_LINES = 1 << 20, 5
# Characters that stand in no text, so that a line is one field and none is NULL.
_NO_DELIMITER, _NO_NULL = "\U0010ffff", "\U0010fffe"


@dataclass(frozen=True)
class Readable:
    """A file that can be read.

    Attributes:
        file: The file.
        path: What DuckDB opens: the file itself, or a copy.
        columns: Name → DuckDB type, in the file's order.
        sql: A query that gives the columns and `_origin_row`.
        notes: What is to be said of how it is read.
    """

    file: DataFile
    path: Path
    columns: Mapping[str, str]
    sql: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Opening:
    """What a reader needs."""

    connection: duckdb.DuckDBPyConnection
    table: RawTable
    file: DataFile
    path: Path
    scratch: Path
    notes: list[str] = field(default_factory=list)


def open_file(
    connection: duckdb.DuckDBPyConnection, table: RawTable, file: DataFile, scratch: Path
) -> Readable:
    """Looks at a file's columns and says how to read it.

    Args:
        connection: Any connection.
        table: The declared table.
        file: The file.
        scratch: Folder for copies, which must stay until the relation has been read.

    Raises:
        PortraitError: It cannot be read.
    """
    path, notes = file.path, list[str]()
    with naming_unreadable(file.label):
        if file.reader == "excel":
            path, notes = as_csv(file, table, scratch)
        elif file.reader != "parquet":
            options = with_encoding(file, table.options)
            if options != table.options and options.encoding:
                notes.append(f"{file.label} is not UTF-8: it is read as {options.encoding}")
            elif options != table.options:
                declared = table.options.encoding
                notes.append(f"{file.label} is read as UTF-8, which it is, and not as {declared}")
            path = as_utf8(file, options, scratch)
    if set("*?[") & set(str(path)):
        # DuckDB would take the name for a pattern.
        link = scratch_file(scratch, ".link")
        link.symlink_to(path)
        path = link
    read = _READERS.get(file.reader)
    if read is None:
        raise PortraitError(
            f"{table.schema}.{table.name}: there is no reader {file.reader!r}.",
            f"Declare one of auto, {', '.join(_READERS)} in the dbt project's _sources.yml.",
        )
    with naming_unreadable(file.label), failing_with_file(file):
        columns, sql = read(_Opening(connection, table, file, path, scratch, notes))
    return Readable(file, path, columns, sql, tuple(notes))


@contextmanager
def failing_with_file(file: DataFile) -> Iterator[None]:
    """Turns whatever DuckDB says into an error that names the file."""
    try:
        yield
    except duckdb.Error as error:
        raise unreadable(file, error) from error


def unreadable(file: DataFile, error: duckdb.Error) -> PortraitError:
    """The error for a file that DuckDB cannot read: the line, what is wrong with it."""
    # Between the two stands the row itself, and behind them what to do in SQL.
    lines = [line.strip() for line in str(error).partition("Possible")[0].splitlines()]
    said = [line.removeprefix("Invalid Input Error: ")[:200] for line in lines if line]
    told = " ".join(dict.fromkeys([said[0], said[-1]])) if said else type(error).__name__
    return PortraitError(
        f"{file.label} cannot be read: {told}",
        "Correct that place in the file, or export it again. How it is written (delimiter, quote, "
        "encoding) can be declared in the dbt project's _sources.yml.",
    )


_Read = tuple[Mapping[str, str], str]


def _parquet(opening: _Opening) -> _Read:
    source = f"read_parquet({quoted(opening.path)}, hive_partitioning = false"
    described = opening.connection.execute(f"describe from {source})").fetchall()
    sql = f"""
        select * exclude (file_row_number), file_row_number + 1 as _origin_row
        from {source}, file_row_number = true)
    """
    return {name: data_type for name, data_type, *_ in described}, sql


def _csv(opening: _Opening) -> _Read:
    header = read_header(opening.table, opening.file, opening.path)
    opening.notes.extend(header.notes)
    options = opening.table.options
    path = _without_lines_below(opening, header)
    sql = _read_csv(path, header, options.quote, options.escape or options.quote)
    return _text_columns(header.names), _without_total(opening, path, header, sql)


def _without_lines_below(opening: _Opening, header: Header) -> Path:
    """The text itself, or a copy without what stands below its table."""
    quote = opening.table.options.quote
    found = lines_below(opening.path, header.delimiter, quote, len(header.names))
    if found is None:
        return opening.path
    size, lines = found
    shown = ", ".join(map(code_span, lines[:_SHOWN_LINES]))
    opening.notes.append(
        f"{opening.file.label}: not read, because it stands below the table: {shown}"
    )
    copy = scratch_file(opening.scratch, ".txt")
    with opening.path.open("rb") as source, copy.open("wb") as target:
        while size and (piece := source.read(min(size, _PIECE))):
            size -= target.write(piece)
    return copy


def _without_total(opening: _Opening, path: Path, header: Header, sql: str) -> str:
    """The rows without a last one that sums them."""
    record = last_record(path, header.delimiter, opening.table.options.quote)
    if not is_called_total(record):
        return sql
    row = row_of_total(opening.connection, sql, header.names)
    if row is None:
        return sql
    shown = code_span(" ".join(cell for cell in record if cell))
    opening.notes.append(f"{opening.file.label}: not read, because it sums the rows above: {shown}")
    return f"select * from ({sql}) where _origin_row < {row}"


def _excel(opening: _Opening) -> _Read:
    with opening.path.open(encoding="utf-8", newline="") as stream:
        names = unique_names(next(csv.reader(stream), []))
    header = Header(",", names)
    sql = _read_csv(opening.path, header, '"', '"')
    return _text_columns(names), _without_total(opening, opening.path, header, sql)


def _read_csv(path: Path, header: Header, quote: str, escape: str) -> str:
    """A line without any character is no row, whatever the number of columns, nor are delimiters.

    `parallel = false` must not stand here: DuckDB then drops rows behind a quote that never closes.
    """
    typed = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in header.names)
    listed = ", ".join(map(identifier, header.names))
    values, is_row = "*", f"coalesce({listed}) is not null"
    if len(header.names) == 1:
        # Only here DuckDB makes a row of such a line, with a NULL, as it does of `""`.
        name = identifier(header.names[0])
        values, is_row = f"nullif({name}, '') as {name}", f"{name} is not null"
    return f"""
        select {values}, row_number() over () as _origin_row
        from read_csv(
            {quoted(path)}, columns = {{{typed}}}, auto_detect = false,
            header = {str(header.is_there).lower()},
            skip = {header.lines_above}, delim = {quoted(header.delimiter)},
            quote = {quoted(quote)}, escape = {quoted(escape)},
            new_line = {quoted(header.line_end.encode("unicode_escape").decode())},
            allow_quoted_nulls = {str(len(header.names) > 1).lower()},
            compression = 'none', hive_partitioning = false,
            max_line_size = {_MOST_LINE_BYTES}
        )
        where {is_row}
    """


def _text_columns(names: Sequence[str]) -> dict[str, str]:
    return dict.fromkeys(names, "VARCHAR")


def _json_lines(opening: _Opening) -> _Read:
    declared = {column.name.lower() for column in opening.table.business_columns}
    path = as_json_lines(opening.file, opening.path, opening.scratch)
    keys, sql = read_json_lines(opening.connection, opening.file, path, opening.scratch, declared)
    return _text_columns(keys), sql


def _lines(opening: _Opening) -> _Read:
    """One row a line of text that is neither blank nor the optional header."""
    (column,) = opening.table.business_columns
    header = opening.table.header_starts_with
    with opening.path.open(encoding="utf-8-sig", errors="replace") as stream:
        first = next((line for line in stream if line.strip(BLANKS)), "")
    skipped = int(bool(header) and first.lstrip().startswith(str(header)))
    sql = f"""
        select {identifier(column.name)}, _number - {skipped} as _origin_row
        from (
            select *, row_number() over () as _number
            from read_csv(
                {quoted(opening.path)}, columns = {{{quoted(column.name)}: 'VARCHAR'}},
                auto_detect = false, header = false, delim = {quoted(_NO_DELIMITER)},
                quote = '', escape = '', nullstr = {quoted(_NO_NULL)}, strict_mode = false,
                compression = 'none', hive_partitioning = false,
                max_line_size = {_MOST_LINE_BYTES}
            )
            where trim({identifier(column.name)}, {quoted(BLANKS)}) <> ''
        )
        where _number > {skipped}
    """
    return {column.name: "VARCHAR"}, sql


_READERS: Mapping[str, Callable[[_Opening], _Read]] = {
    "parquet": _parquet,
    "csv": _csv,
    "jsonl": _json_lines,
    "excel": _excel,
    "lines": _lines,
}
