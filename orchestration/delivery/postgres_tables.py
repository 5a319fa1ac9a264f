"""Tables of the snapshot as tables of PostgreSQL: types, rows, comments, statistics."""

import os
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from orchestration.publishing.reading import PublishedColumn, Snapshot
from orchestration.publishing.snapshot import PERSONAL
from orchestration.quoting import identifier

_CHUNK = 1 << 20
_TYPES = {
    "BIGINT": "bigint",
    "BLOB": "bytea",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "double precision",
    "FLOAT": "real",
    "HUGEINT": "numeric(39, 0)",
    "INTEGER": "integer",
    "SMALLINT": "smallint",
    "TIME": "time",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "TINYINT": "smallint",
    "UBIGINT": "numeric(20, 0)",
    "UINTEGER": "bigint",
    "USMALLINT": "integer",
    "UTINYINT": "smallint",
    "UUID": "uuid",
}
_DECIMAL = re.compile(r"DECIMAL\(\d+,\d+\)")
_NESTED = re.compile(r".*\]|(STRUCT|MAP|UNION)\(.*\)|JSON", re.S)
# Whose rows are asked for most.
_INDEXED = "customer_id"


@dataclass(frozen=True)
class SnapshotTable:
    """A table of the snapshot.

    Attributes:
        name: Its name.
        comment: What it says of itself.
        columns: In their order.
    """

    name: str
    comment: str
    columns: Sequence[PublishedColumn]


def snapshot_tables(snapshot: Snapshot) -> list[SnapshotTable]:
    """All tables of the snapshot, by name."""
    rows = snapshot.rows(
        "select table_name, coalesce(comment, '') as said from duckdb_tables() "
        "where not internal order by table_name"
    )
    return [
        SnapshotTable(row["table_name"], row["said"], snapshot.columns(row["table_name"]))
        for row in rows
    ]


def copy_table(snapshot: Snapshot, cursor: Cursor, schema: str, table: SnapshotTable) -> int:
    """Makes a table with its rows, comments and statistics.

    Args:
        snapshot: Where it is.
        cursor: Of the transaction that made the schema, so that rows can be frozen.
        schema: Where to.
        table: The table.

    Returns:
        How many rows it has.
    """
    target = sql.Identifier(schema, table.name)
    declared = [
        sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(postgres_type(column)))
        for column in table.columns
    ]
    cursor.execute(sql.SQL("create table {} ({})").format(target, sql.SQL(", ").join(declared)))
    rows = _copy_rows(snapshot, cursor, target, table)
    if any(column.name == _INDEXED for column in table.columns):
        cursor.execute(sql.SQL("create index on {} ({})").format(target, sql.Identifier(_INDEXED)))
    cursor.execute(sql.SQL("comment on table {} is {}").format(target, sql.Literal(table.comment)))
    for column in table.columns:
        said = f"{column.description} {PERSONAL}" if column.is_personal else column.description
        cursor.execute(
            sql.SQL("comment on column {} is {}").format(
                sql.Identifier(schema, table.name, column.name), sql.Literal(said)
            )
        )
    cursor.execute(sql.SQL("analyze {}").format(target))
    return rows


def postgres_type(column: PublishedColumn) -> str:
    """The type of a column in PostgreSQL: lists and structs are json, what has no like is text."""
    if _DECIMAL.fullmatch(column.data_type):
        return column.data_type.replace("DECIMAL", "numeric")
    if _NESTED.fullmatch(column.data_type):
        return "json"
    return _TYPES.get(column.data_type, "text")


def _copy_rows(
    snapshot: Snapshot, cursor: Cursor, target: sql.Identifier, table: SnapshotTable
) -> int:
    """Pipes rows from one database to the other; in neither, nor on a disk, are all at once.

    Rows are frozen: who began to read before the swap sees them under the name, too, and nobody
    has to look through the table for old ones later.
    """
    reading, writing = os.pipe()
    query = f"select {', '.join(map(_written, table.columns))} from {identifier(table.name)}"
    failed: list[BaseException] = []

    def write() -> None:
        try:
            snapshot.relation(query).to_csv(f"/dev/fd/{writing}", header=False)
        except BaseException as error:
            failed.append(error)
        finally:
            os.close(writing)

    writer = threading.Thread(target=write, daemon=True)
    with os.fdopen(reading, "rb") as rows:
        writer.start()
        try:
            statement = sql.SQL("copy {} from stdin (format csv, freeze)").format(target)
            cursor.copy_expert(statement, rows, size=_CHUNK)
        finally:
            rows.close()  # Else who writes would wait for a reader for ever.
            writer.join()
    if failed:
        raise failed[0]
    return int(cursor.rowcount)


def _written(column: PublishedColumn) -> str:
    """A column as PostgreSQL reads it from CSV."""
    name, kind = identifier(column.name), postgres_type(column)
    if kind == "json":
        return f"to_json({name})::varchar"
    if kind == "text":  # In which PostgreSQL has no NUL.
        return f"replace({name}::varchar, chr(0), '')"
    if kind == "bytea":
        return rf"'\x' || hex({name})"
    return name
