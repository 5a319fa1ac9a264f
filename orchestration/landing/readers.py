"""How a file becomes a relation of DuckDB: one SQL text a file; large files never pass Python.

Every relation gives the file's own columns and `_origin_row`, the 1-based data row in the file.
Text is read as text; Parquet brings its types.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.errors import PortraitError
from orchestration.landing.excel import as_csv
from orchestration.landing.files import DataFile
from orchestration.landing.formats import naming_unreadable
from orchestration.landing.header import BLANKS, Header, read_header, unique_names
from orchestration.landing.json_lines import read_json_lines
from orchestration.landing.scratch import scratch_file
from orchestration.landing.text import as_utf8
from orchestration.quoting import identifier, quoted
from orchestration.warehouse.manifest import RawTable

# The longest line of text: room for fields of 10 MB and more.
_MOST_LINE_BYTES = 1 << 25
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
    """

    file: DataFile
    path: Path
    columns: Mapping[str, str]
    sql: str


@dataclass(frozen=True)
class _Opening:
    """What a reader needs."""

    connection: duckdb.DuckDBPyConnection
    table: RawTable
    file: DataFile
    path: Path
    scratch: Path


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
    path = file.path
    with naming_unreadable(file.label):
        if file.reader == "excel":
            path = as_csv(file, table.options, scratch)
        elif file.reader != "parquet":
            path = as_utf8(file, table.options, scratch)
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
        columns, sql = read(_Opening(connection, table, file, path, scratch))
    return Readable(file, path, columns, sql)


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
    options = opening.table.options
    return _text_columns(header.names), _read_csv(
        opening.path, header, options.quote, options.escape or options.quote
    )


def _excel(opening: _Opening) -> _Read:
    with opening.path.open(encoding="utf-8", newline="") as stream:
        names = unique_names(next(csv.reader(stream), []))
    return _text_columns(names), _read_csv(opening.path, Header(",", names), '"', '"')


def _read_csv(path: Path, header: Header, quote: str, escape: str) -> str:
    """A line without any character is no row, whatever the number of columns.

    `parallel = false` must not stand here: DuckDB then drops rows behind a quote that never closes.
    """
    typed = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in header.names)
    values, is_row = "*", "true"
    if len(header.names) == 1:
        # Only here DuckDB makes a row of such a line, with a NULL, as it does of `""`.
        name = identifier(header.names[0])
        values, is_row = f"nullif({name}, '') as {name}", f"{name} is not null"
    return f"""
        select {values}, row_number() over () as _origin_row
        from read_csv(
            {quoted(path)}, columns = {{{typed}}}, auto_detect = false, header = true,
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
    keys, sql = read_json_lines(opening.connection, opening.file, opening.path, opening.scratch)
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
