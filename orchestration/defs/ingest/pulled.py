"""Landing of what was pulled from a database or API: raw tables replaced by the landing file's."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb

from orchestration.connections.landing import (
    Landing,
    business_columns,
    columns_of,
    content_hashes,
    select_rows,
)
from orchestration.defs.ingest.landing import (
    RAW_LOADS,
    Landed,
    check_types,
    create_raw_loads,
    declared_columns,
)
from orchestration.defs.ingest.readers import quoted
from orchestration.errors import PortraitError
from orchestration.manifest import RawTable, SourceSystem
from orchestration.warehouse_file import count_rows, transaction

_ATTACHED = "landing_file"


def land_pulled(
    connection: duckdb.DuckDBPyConnection,
    system: SourceSystem,
    landing: Landing,
    keys: Mapping[str, Sequence[str]],
) -> list[Landed]:
    """Brings all raw tables of a source system to what its landing file holds.

    Args:
        connection: The warehouse.
        system: The declared source system.
        landing: What was pulled; a source that never could be pulled has no tables in it.
        keys: Key columns of the landed tables that have a key.

    Raises:
        PortraitError: The rows do not fit the declared columns; the tables stay as they were.
    """
    create_raw_loads(connection)
    hashes = content_hashes(landing)
    is_new = bool(hashes) and not _is_landed(connection, system, hashes)
    extra: dict[str, list[str]] = {}
    if is_new:
        with landing.open() as file:
            columns = columns_of(file)
        with _attached(connection, landing), transaction(connection):
            connection.execute(f"delete from {RAW_LOADS} where source_system = ?", [system.name])
            connection.execute(f'create schema if not exists "{system.schema}"')
            for table in system.tables:
                extra[table.name] = _replace(connection, system, table, columns, keys)
                _remember(connection, system, table, hashes)
    return [
        Landed(
            table,
            count_rows(connection, table.relation),
            file_count=0,
            is_new=is_new,
            extra_columns=tuple(extra.get(table.name, ())),
        )
        for table in system.tables
    ]


def _is_landed(
    connection: duckdb.DuckDBPyConnection, system: SourceSystem, hashes: Mapping[str, str]
) -> bool:
    landed = connection.execute(
        f"select table_name, sha256, declared_columns from {RAW_LOADS} where source_system = ?",
        [system.name],
    ).fetchall()
    wanted = {
        (table.name, hashes.get(table.name, ""), declared_columns(table)) for table in system.tables
    }
    return set(landed) == wanted and all(
        count_rows(connection, table.relation, -1) >= 0 for table in system.tables
    )


def _replace(
    connection: duckdb.DuckDBPyConnection,
    system: SourceSystem,
    table: RawTable,
    columns: Mapping[str, Sequence[str]],
    keys: Mapping[str, Sequence[str]],
) -> list[str]:
    """Replaces one raw table; returns the columns that nobody declared, which are kept."""
    if table.name not in columns:
        connection.execute(f"create or replace table {table.relation} ({declared_columns(table)})")
        return []
    query = select_rows(_ATTACHED, table.name, columns, keys)
    found = [row[0] for row in connection.execute(f"describe {query}").fetchall()]
    declared = [column.name for column in table.business_columns]
    missing = [name for name in declared if name not in found]
    if missing:
        raise PortraitError(
            f"{system.name}: the table {table.name} has no {', '.join(missing)}.",
            f"It has {', '.join(business_columns(columns[table.name]))}: correct the columns in "
            "the source's _sources.yml.",
        )
    check_types(connection, table, query)
    typed = [
        f'cast("{column.name}" as {column.data_type}) as "{column.name}"'
        for column in table.business_columns
    ]
    new = [name for name in found if name not in (*declared, "_path", "_row", "_load_id")]
    kept = [f'"{name}"' for name in new if not name.startswith(("_parent_", "_position"))]
    connection.execute(f"""
        create or replace table {table.relation} as
        select {", ".join(typed)},
            _path as _origin_file, cast(_row as bigint) as _origin_row, _load_id
            {"".join(f", {name}" for name in kept)}
        from ({query})
    """)
    return [name.strip('"') for name in kept]


def _remember(
    connection: duckdb.DuckDBPyConnection,
    system: SourceSystem,
    table: RawTable,
    hashes: Mapping[str, str],
) -> None:
    connection.execute(
        f"""
        insert into {RAW_LOADS}
            (source_system, table_name, file_name, sha256, row_count, declared_columns)
        values (?, ?, ?, ?, (select count(*) from {table.relation}), ?)
        """,
        [
            *(system.name, table.name, table.name, hashes.get(table.name, "")),
            declared_columns(table),
        ],
    )


@contextmanager
def _attached(connection: duckdb.DuckDBPyConnection, landing: Landing) -> Iterator[None]:
    connection.execute(f"attach {quoted(landing.data)} as {_ATTACHED} (read_only)")
    try:
        yield
    finally:
        connection.execute(f"detach {_ATTACHED}")
