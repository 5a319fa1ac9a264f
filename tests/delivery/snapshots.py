"""Small snapshots, published as a run publishes them."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.publishing.versions import new_version

# What breaks a text on its way: quotes, ends of data, NUL, line feeds, what looks like NULL.
HOSTILE = ("", " ", '"', "'", "\\.", "a\n\\.\nb", "\\N", "x\0y", "\r\n", "\t", "顾客,1", "%s {} $1")


def publish(home: Path, number: int, also: str = "") -> None:
    """A version in which every row says its number.

    Args:
        home: The state folder.
        number: Of the version.
        also: Statements that add to it.
    """
    with (
        new_version(home / "published", datetime(2024, 1, number, tzinfo=UTC)) as folder,
        duckdb.connect(folder / "marts.duckdb") as connection,
    ):
        connection.execute(
            f"""
            create table customer_profiles as
            select {number} as version, 's:' || range as customer_id from range(500);
            create table orders as
            select {number} as version, 's:' || range as customer_id from range(500);
            comment on table orders is 'An order''s row.';
            {also};
            create table run_manifest as
            select 's' as shop, table_name from duckdb_tables();
            """
        )
