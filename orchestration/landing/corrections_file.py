"""The corrections as the user's own text: `corrections.jsonl`, a JSON object a corrected cell.

The warehouse can be deleted and made again; what a person corrected cannot. So the file is what
counts: before a run, the warehouse is made to remember what stands there, and after a correction
the file is written anew. A line that is taken out takes its correction back.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import PortraitError
from orchestration.landing.corrections import (
    CORRECTIONS,
    CREATE_CORRECTIONS,
    apply_corrections,
    correct,
    hash_rows,
    raw_name,
)
from orchestration.state.whole_files import write_whole
from orchestration.warehouse.manifest import Table
from orchestration.warehouse.opening import columns_of, scalar, transaction

# The columns of a line: all but what landing finds out by itself.
_TEXTS = (
    *("raw_table", "origin_file", "load_id", "column_name", "old_value", "new_value"),
    *("corrected_at", "landed_row_hash", "corrected_row_hash"),
)
_COLUMNS = (*_TEXTS[:2], "origin_row", *_TEXTS[2:])
_KEYS = ("raw_table", "origin_file", "origin_row", "column_name")
_CELL = ", ".join(_KEYS)
_NEEDED = (*_KEYS, "landed_row_hash")
# What makes a correction another one.
_TOLD = (*_KEYS, "old_value", "new_value", "landed_row_hash")


def write_corrections(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Writes what the warehouse remembers, in the order of its rows; no file where it never did."""
    connection.execute(CREATE_CORRECTIONS)
    rows = connection.execute(f"select {_columns()} from {CORRECTIONS} order by {_CELL}").fetchall()
    if rows or file.exists():
        corrections = (dict(zip(_COLUMNS, row, strict=True)) for row in rows)
        lines = (json.dumps(correction, ensure_ascii=False) for correction in corrections)
        write_whole(file, "".join(f"{line}\n" for line in lines))


def read_corrections(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[Table], file: Path
) -> None:
    """Makes the warehouse remember what stands in the file, no more and no less.

    Where there is no file yet, it is written from what the warehouse remembers.

    Args:
        connection: The warehouse; raw tables that are there are corrected at once.
        tables: All raw tables.
        file: The file.

    Raises:
        PortraitError: A line is no correction; nothing is changed.
    """
    if not file.exists():
        write_corrections(connection, file)
        return
    connection.execute(CREATE_CORRECTIONS)
    _read(connection, file)
    news = scalar(connection, "select (select count(*) from gone) + (select count(*) from come)")
    if not news:
        return
    landed = [table for table in tables if columns_of(connection, table.relation)]
    with transaction(connection):
        for table in landed:
            _take_back(connection, table)
        connection.execute(f"delete from {CORRECTIONS} as kept using gone where {_same(_KEYS)}")
        columns = ", ".join(_COLUMNS)
        connection.execute(
            f"insert into {CORRECTIONS} ({columns}, is_stale) select {columns}, false from come"
        )
        for table in landed:
            apply_corrections(connection, table)
    write_corrections(connection, file)


def _read(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Makes the temporary tables `gone` and `come`: remembered or in the file, and not in both."""
    connection.execute(f"create or replace temp table wanted as from {CORRECTIONS} limit 0")
    lines = list(_lines(file))
    if lines:
        places = ", ".join("?" for _ in _COLUMNS)
        connection.executemany(
            f"insert into wanted ({', '.join(_COLUMNS)}) values ({places})", lines
        )
    for name, here, there in (("gone", CORRECTIONS, "wanted"), ("come", "wanted", CORRECTIONS)):
        connection.execute(f"""
            create or replace temp table {name} as
            from {here} as kept where not exists (from {there} as gone where {_same(_TOLD)})
        """)


def _same(columns: Iterable[str]) -> str:
    return " and ".join(f"kept.{column} is not distinct from gone.{column}" for column in columns)


def _take_back(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Writes into corrected cells that are wanted no more what they said when they landed."""
    connection.execute(
        "create or replace temp table gone_here as from gone where raw_table = ?",
        [raw_name(table)],
    )
    hash_rows(connection, table, "gone_here", "true")
    connection.execute("""
        create or replace temp table changes as
        select origin_file, origin_row, load_id, column_name,
            new_value as old_value, old_value as new_value
        from gone_here
        join row_hashes using (origin_file, origin_row)
        where row_hash = corrected_row_hash
    """)
    if scalar(connection, "select count(*) from changes"):
        correct(connection, table, datetime.now(UTC))


def _columns() -> str:
    return ", ".join(
        "strftime(corrected_at, '%Y-%m-%dT%H:%M:%S.%f')" if column == "corrected_at" else column
        for column in _COLUMNS
    )


def _lines(file: Path) -> Iterator[list[Any]]:
    seen: dict[tuple[object, ...], int] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        correction = _correction(file, number, line)
        cell = tuple(correction[name] for name in _KEYS)
        if cell in seen:
            raise PortraitError(
                f"{file}: line {number} corrects the cell of line {seen[cell]} again.",
                "Leave one line a cell.",
            )
        seen[cell] = number
        yield [correction.get(column) for column in _COLUMNS]


def _correction(file: Path, number: int, line: str) -> dict[str, Any]:
    try:
        read = json.loads(line)
        is_one = isinstance(read, dict) and {*_NEEDED} <= read.keys() <= {*_COLUMNS}
        is_one = is_one and isinstance(read["origin_row"], int)
        is_one = is_one and all(isinstance(read.get(name), str | None) for name in _TEXTS)
        if is_one:
            datetime.fromisoformat(read.get("corrected_at") or "2000-01-01")
            return dict(read)
    except ValueError:
        pass
    raise PortraitError(
        f"{file}: line {number} is no correction.",
        "Take the line out, or put back what `portrait quarantine replay` wrote there.",
    )
