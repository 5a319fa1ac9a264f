"""What must hold of a snapshot before anybody reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.publishing.profile_changes import PROFILE_CHANGES
from orchestration.publishing.snapshot import MARTS_FILE

PROFILES = "customer_profiles"


@dataclass(frozen=True)
class SnapshotCheck:
    """The result of one check; `problems` names what is wrong, and is empty when all is well."""

    name: str
    problems: list[str]


def check_snapshot(folder: Path, expected_rows: Mapping[str, int]) -> list[SnapshotCheck]:
    """Opens a built snapshot as a reader would and looks at it.

    Args:
        folder: The version.
        expected_rows: Rows of each mart in the warehouse.
    """
    try:
        connection = duckdb.connect(folder / MARTS_FILE, read_only=True)
    except duckdb.Error as error:
        return [SnapshotCheck("opens_read_only", [str(error)])]
    with connection:
        return [
            SnapshotCheck("opens_read_only", []),
            SnapshotCheck("row_counts", _wrong_row_counts(connection, expected_rows)),
            SnapshotCheck("closed_keys", _open_keys(connection)),
        ]


_FAILS = "If it fails, nothing is published and the last good snapshot stays."
CHECKS = {
    "opens_read_only": f"A reader can open the snapshot. {_FAILS} See whether the disk is full, "
    "then run again.",
    "row_counts": "Every mart has as many rows in the snapshot as in the warehouse. "
    f"{_FAILS} Run again; if it fails again, something else writes into the warehouse.",
    "closed_keys": f"Every customer_id of every mart is in customer_profiles, once. {_FAILS} "
    "Run again with --force; if it fails again, the mart that the result names has a mistake.",
}


def _wrong_row_counts(
    connection: duckdb.DuckDBPyConnection, expected: Mapping[str, int]
) -> list[str]:
    problems = []
    for table, rows in expected.items():
        row = connection.execute(f'select count(*) from "{table}"').fetchone()
        if row != (rows,):
            problems.append(f"{table} has {row and row[0]} rows, the warehouse {rows}")
    return problems


def _open_keys(connection: duckdb.DuckDBPyConnection) -> list[str]:
    # The feed of changes names the customers who are gone.
    with_customers = connection.execute(
        """
        select table_name from duckdb_columns()
        where column_name = 'customer_id' and table_name <> ?
        order by all
        """,
        [PROFILE_CHANGES.name],
    ).fetchall()
    tables = [table for (table,) in with_customers]
    if PROFILES not in tables:
        return [f"there is no {PROFILES}"] if tables else []
    problems = []
    for table in tables:
        if table == PROFILES:
            query = f"select count(*) - count(distinct customer_id) from {PROFILES}"
        else:
            query = f'select count(*) from "{table}" anti join {PROFILES} using (customer_id)'
        row = connection.execute(query).fetchone()
        if row and row[0]:
            problems.append(f"{row[0]} rows of {table}")
    return problems
