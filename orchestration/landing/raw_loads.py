"""The table `ingest.raw_loads`: which files the raw tables hold, so that none is read twice.

Grain: one row a file of a raw table.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

import duckdb

from orchestration.warehouse.manifest import RawTable
from orchestration.warehouse.opening import columns_of

RAW_LOADS = "ingest.raw_loads"
_COLUMNS = {
    "source_system": "VARCHAR",
    "table_name": "VARCHAR",
    "file_name": "VARCHAR",
    "sha256": "VARCHAR",
    "load_id": "VARCHAR",
    "loaded_at": "TIMESTAMP",
    "row_count": "BIGINT",
    "read_as": "VARCHAR",
    "extra_columns": "VARCHAR",
}
_LOAD_ID_DIGITS = 12
# Counts up when a reader gives other rows of the same bytes, so that all files are read again.
_READERS_VERSION = 3


@dataclass(frozen=True)
class Load:
    """A file whose rows a raw table holds.

    Attributes:
        sha256: Of its content.
        loaded_at: When it was read, UTC.
        row_count: Its rows.
        read_as: How it was read: declared columns, reader and options, as JSON.
        extra_columns: Its columns that are not declared, with their types.
    """

    sha256: str
    loaded_at: datetime
    row_count: int
    read_as: str
    extra_columns: Mapping[str, str]

    @property
    def content(self) -> str:
        """What decides its rows."""
        return self.sha256 + self.read_as


def load_id(sha256: str) -> str:
    """The `_load_id` of the rows of a file: the first digits of its hash."""
    return sha256[:_LOAD_ID_DIGITS]


def read_as(table: RawTable, reader: str) -> str:
    """All that decides, beside its bytes, what rows a file gives."""
    return json.dumps(
        {
            "columns": {column.name: column.data_type for column in table.business_columns},
            "reader": reader,
            "readers_version": _READERS_VERSION,
            "header_starts_with": table.header_starts_with,
            **_said(asdict(table.options)),
            **({"beside": sorted(map(sorted, table.beside))} if table.beside else {}),
        }
    )


def _said(options: Mapping[str, object]) -> dict[str, object]:
    """The options; one that came later stands here only where it is said, so that loads stay."""
    return {name: value for name, value in options.items() if name != "header" or value}


def create_raw_loads(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates the table where there is none of this shape; then everything lands anew."""
    if columns_of(connection, RAW_LOADS) != _COLUMNS:
        columns = ", ".join(f"{name} {data_type}" for name, data_type in _COLUMNS.items())
        connection.execute("create schema if not exists ingest")
        connection.execute(f"create or replace table {RAW_LOADS} ({columns})")


def read_loads(
    connection: duckdb.DuckDBPyConnection, source_system: str, table: RawTable
) -> dict[str, Load]:
    """The files that a raw table holds, by name."""
    rows = connection.execute(
        f"""
        select file_name, sha256, loaded_at, row_count, read_as, extra_columns
        from {RAW_LOADS} where source_system = ? and table_name = ? order by file_name
        """,
        [source_system, table.name],
    ).fetchall()
    return {
        name: Load(sha256, loaded_at, row_count, read, json.loads(extra))
        for name, sha256, loaded_at, row_count, read, extra in rows
    }


def write_loads(
    connection: duckdb.DuckDBPyConnection,
    source_system: str,
    table: RawTable,
    loads: Mapping[str, Load],
) -> None:
    """Replaces what is recorded of a raw table."""
    connection.execute(
        f"delete from {RAW_LOADS} where source_system = ? and table_name = ?",
        [source_system, table.name],
    )
    rows = list(_rows(source_system, table, loads))
    if rows:
        connection.executemany(
            f"insert into {RAW_LOADS} ({', '.join(_COLUMNS)}) values ({', '.join('?' * 9)})", rows
        )


def _rows(source_system: str, table: RawTable, loads: Mapping[str, Load]) -> Iterable[list[object]]:
    for name, load in loads.items():
        yield [
            source_system,
            table.name,
            name,
            load.sha256,
            load_id(load.sha256),
            load.loaded_at,
            load.row_count,
            load.read_as,
            json.dumps(load.extra_columns),
        ]
