"""What a version of the published marts holds: each mart in `marts.duckdb` and as Parquet.

A large mart is a folder of Parquet files. It is in `marts.duckdb` all the same: a view over files
would need their path, and a version can be moved, mounted, and removed while it is read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import duckdb

from orchestration.quoting import identifier, quoted
from orchestration.state.memory import limited_connection
from orchestration.warehouse.manifest import Table
from orchestration.warehouse.opening import count_rows
from orchestration.warehouse.published_marts import Mart, Parts

MARTS_FILE = "marts.duckdb"
PERSONAL = "Personal data."
"""The last sentence of the comment on a column that says who somebody is."""

_HASH_OF_NOTHING = f"{0:016x}"


class ShopContent(NamedTuple):
    """What a table holds of a shop.

    `content_hash` is for telling whether two snapshots hold the same rows, in any order:
    it sums DuckDB's own hashes, which another version of DuckDB may change. (MD5 over rows as text
    took as long as all else that publishing does.)
    """

    row_count: int
    content_hash: str


@dataclass(frozen=True)
class PublishedTable:
    """What was copied of a mart, by shop; a shop without rows in it is not there."""

    name: str
    shops: Mapping[str, ShopContent]

    @property
    def row_count(self) -> int:
        """Its rows of all shops."""
        return sum(content.row_count for content in self.shops.values())

    def of(self, shop: str | None) -> ShopContent:
        """What it holds of a shop, which may be nothing."""
        return self.shops.get(shop or "", ShopContent(0, _HASH_OF_NOTHING))


def copy_marts(warehouse: Path, marts: Sequence[Mart], folder: Path) -> list[PublishedTable]:
    """Copies marts into `marts.duckdb` and Parquet files, sorted by grain, with their descriptions.

    A mart that is cut into parts is sorted by part, and within each by grain.

    The database has the storage version of DuckDB 1.0, which every later client opens.

    Args:
        warehouse: The working DuckDB file; no handle of this process may write to it.
        marts: What to copy, as dbt describes it.
        folder: Where to.
    """
    with limited_connection(folder) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {quoted(warehouse)} as warehouse (read_only)")
        attach_snapshot(connection, folder)
        tables = [_copy(connection, mart, folder) for mart in marts]
        connection.execute("detach snapshot")
    return tables


def add_table(folder: Path, table: Table, query: str, parameters: Mapping[str, object]) -> None:
    """Adds a table that is no mart, made by a query, in both forms, with its descriptions."""
    with limited_connection(folder) as connection:
        connection.execute("set TimeZone = 'UTC'")
        attach_snapshot(connection, folder)
        connection.execute(f'create table snapshot."{table.name}" as {query}', parameters)
        describe(connection, table)
        write_parquet(connection, table.name, folder)
        connection.execute("detach snapshot")


def attach_snapshot(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Attaches the database of a version that is being built as `snapshot`."""
    file = quoted(folder / MARTS_FILE)
    connection.execute(f"attach {file} as snapshot (storage_version 'v1.0.0')")


def _copy(connection: duckdb.DuckDBPyConnection, mart: Mart, folder: Path) -> PublishedTable:
    order = ", ".join(map(identifier, mart.grain)) or "all"
    parts = mart.parts
    if parts and count_rows(connection, f"warehouse.{mart.relation}") > parts.above_rows:
        _copy_by_parts(connection, mart, parts, order)
        _write_parts(connection, mart.name, parts, folder)
    else:
        connection.execute(
            f'create table snapshot."{mart.name}" as '
            f"select * from warehouse.{mart.relation} order by {order}"
        )
        write_parquet(connection, mart.name, folder)
    describe(connection, mart)
    return published_table(connection, mart.name)


def _copy_by_parts(
    connection: duckdb.DuckDBPyConnection, mart: Mart, parts: Parts, order: str
) -> None:
    """Copies a mart, each part sorted: all of a hundred million rows would not fit into memory."""
    source, keys = f"warehouse.{mart.relation}", parts.by.values()
    is_part = " and ".join(f"{key} is not distinct from ?" for key in keys)
    connection.execute(f'create table snapshot."{mart.name}" as from {source} limit 0')
    told = connection.execute(f"select distinct {', '.join(keys)} from {source} order by all")
    for part in told.fetchall():
        connection.execute(
            f'insert into snapshot."{mart.name}" from {source} where {is_part} order by {order}',
            list(part),
        )


def describe(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Puts a table's descriptions into the attached snapshot."""
    target = f'snapshot."{table.name}"'
    connection.execute(f"comment on table {target} is {quoted(table.description)}")
    for column in table.columns:
        said = f"{column.description} {PERSONAL}" if column.is_personal else column.description
        connection.execute(f'comment on column {target}."{column.name}" is {quoted(said)}')


def published_table(connection: duckdb.DuckDBPyConnection, name: str) -> PublishedTable:
    """What a table of the attached snapshot holds."""
    shops = connection.execute(
        f"""
        select
            shop,
            count(*),
            printf('%016x', (sum(hash(mart)) % (1::hugeint << 64))::ubigint)
        from snapshot."{name}" as mart
        group by shop
        """
    ).fetchall()
    return PublishedTable(name, {shop: ShopContent(*content) for shop, *content in shops})


def write_parquet(connection: duckdb.DuckDBPyConnection, table: str, folder: Path) -> None:
    """Writes a table of the attached snapshot as a file beside it."""
    file = quoted(folder / f"{table}.parquet")
    connection.execute(f'copy snapshot."{table}" to {file} (format parquet, compression zstd)')


def _write_parts(
    connection: duckdb.DuckDBPyConnection, table: str, parts: Parts, folder: Path
) -> None:
    """Writes a table of the attached snapshot as files in folders that say which rows they have.

    Named as by Hive (`shop=s/order_month=2024-01-01`), which DuckDB, pandas and Spark read.
    """
    keys = ", ".join(map(identifier, parts.by))
    # What stands under its own name already is not added again.
    added = "".join(
        f", {expression} as {identifier(name)}"
        for name, expression in parts.by.items()
        if expression != name
    )
    connection.execute(
        f'copy (select *{added} from snapshot."{table}") to {quoted(folder / table)} '
        f"(format parquet, compression zstd, partition_by ({keys}))"
    )
