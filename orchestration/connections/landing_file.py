"""The landing file of a pulled source, read back: its tables with keys and origin, its state."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

# Schema of the landing file that holds the tables; dlt calls it a dataset.
DATASET = "landed"
_NESTED = "__"


@dataclass(frozen=True)
class Landing:
    """The folder of one source under PORTRAIT_HOME/landing."""

    folder: Path

    @property
    def data(self) -> Path:
        """The landing file."""
        return self.folder / "data.duckdb"

    @property
    def work(self) -> Path:
        """The working folder of dlt for the pull that is going on."""
        return self.folder / "work"

    @contextmanager
    def open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The landing file, to read; its tables are in the schema DATASET."""
        connection = duckdb.connect(str(self.data))
        try:
            connection.execute("set TimeZone = 'UTC'")
            yield connection
        finally:
            connection.close()


def columns_of(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The columns of each landed table, dlt's own among them; a connection of `Landing.open`."""
    columns: dict[str, list[str]] = {}
    for table, column in connection.execute(
        "select table_name, column_name from duckdb_columns() "
        "where schema_name = ? and not starts_with(table_name, '_dlt') "
        "order by table_name, column_index",
        [DATASET],
    ).fetchall():
        columns.setdefault(table, []).append(column)
    return columns


def content_hashes(landing: Landing) -> dict[str, str]:
    """A hash over the rows of each table that does not depend on their order or on when they came.

    A table that is read whole every time has new load ids every time, and often the same rows.
    """
    if not landing.data.exists():
        return {}
    with landing.open() as connection:
        hashes = {}
        for table, columns in columns_of(connection).items():
            # A table of bare links has no column of its own: then its rows are only counted.
            values = ", ".join(f'"{column}"' for column in business_columns(columns)) or "1"
            row = connection.execute(
                f'select count(*), coalesce(sum(hash({values})), 0) from "{DATASET}"."{table}"'
            ).fetchone()
            count, total = row or (0, 0)
            hashes[table] = f"{count:x}-{total:x}"
    return hashes


def business_columns(columns: Sequence[str]) -> list[str]:
    """Without those that dlt adds."""
    return [column for column in columns if not column.startswith("_dlt")]


def select_rows(
    database: str,
    table: str,
    columns: Mapping[str, Sequence[str]],
    keys: Mapping[str, Sequence[str]],
) -> str:
    """SQL for the rows of a landed table, with where each came from.

    A nested list is a table of its own, `orders__lines`: its rows get the key of the record they
    stand in as `_parent_<key>`, and their place in the list, from 1, as `_position`.

    Args:
        database: Name under which the landing file is attached.
        table: The table.
        columns: The columns of all landed tables.
        keys: The key columns of tables that have a key.

    Returns:
        A query that gives the business columns and `_origin_file` (table and key), `_origin_row`
        (place in the list or table; 1 where a key tells the row), `_load_id` and `_loaded_at`.
    """
    source = f'"{database}"."{DATASET}"'
    root = table.split(_NESTED)[0]
    is_nested = root != table and root in columns and "_dlt_load_id" not in columns[table]
    own = [f't."{column}"' for column in business_columns(columns[table])]
    key = [f'r."{column}"' for column in keys.get(root, ())]
    locator = " || '/' || ".join([f"'{table}'", *(f"cast({column} as varchar)" for column in key)])
    load = "l.load_id as _load_id, cast(l.inserted_at as timestamp) as _loaded_at"
    # A load that was cut off has rows, and no entry here.
    completed = f"join {source}._dlt_loads as l on r._dlt_load_id = l.load_id and l.status = 0"
    if is_nested:
        link = "_dlt_root_id" if "_dlt_root_id" in columns[table] else "_dlt_parent_id"
        parents = [f'r."{column}" as "_parent_{column}"' for column in keys.get(root, ())]
        selected = ", ".join(
            [*own, *parents, "t._dlt_list_idx + 1 as _position", f"{locator} as _origin_file"]
        )
        return (
            f"select {selected}, t._dlt_list_idx + 1 as _origin_row, {load} "
            f'from {source}."{table}" as t join {source}."{root}" as r on t.{link} = r._dlt_id '
            f"{completed}"
        )
    row = "1" if key else "r.rowid + 1"
    selected = ", ".join(column.replace("t.", "r.", 1) for column in own)
    return (
        f"select {selected}, {locator} as _origin_file, {row} as _origin_row, {load} "
        f'from {source}."{table}" as r {completed}'
    )
