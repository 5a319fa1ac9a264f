"""Landing of what was pulled from a database or API: raw tables replaced by the landing file's."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import duckdb

from orchestration.connections.landing_file import (
    Landing,
    business_columns,
    columns_of,
    content_hashes,
    select_rows,
)
from orchestration.errors import PortraitError
from orchestration.landing.columns import check_types, extra_columns, warn_of_extra
from orchestration.landing.corrections import apply_corrections
from orchestration.landing.files import DataFile
from orchestration.landing.land import Landed
from orchestration.landing.raw_loads import (
    Load,
    create_raw_loads,
    read_as,
    read_loads,
    write_loads,
)
from orchestration.landing.raw_table import fixed_columns, recreate
from orchestration.landing.readers import Readable
from orchestration.quoting import identifier, quoted
from orchestration.warehouse.manifest import ORIGIN_COLUMNS, RawTable, SourceSystem
from orchestration.warehouse.opening import count_rows, scalar, transaction

_ATTACHED = "landing_file"
_READER = "pulled"


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
    if is_new:
        with landing.open() as file:
            columns = columns_of(file)
        with _attached(connection, landing), transaction(connection):
            for table in system.tables:
                readable = _readable(connection, system, table, landing, columns, keys)
                _replace(connection, system, table, readable, hashes.get(table.name, ""))
    return [
        Landed(table, count_rows(connection, table.relation), 0, 0, is_new=is_new)
        for table in system.tables
    ]


def _is_landed(
    connection: duckdb.DuckDBPyConnection, system: SourceSystem, hashes: Mapping[str, str]
) -> bool:
    for table in system.tables:
        load = read_loads(connection, system.name, table).get(table.name)
        wanted = hashes.get(table.name, "") + read_as(table, _READER)
        rows = count_rows(connection, table.relation, where_there_is_none=-1)
        if load is None or load.content != wanted or load.row_count != rows:
            return False
    return True


def _readable(
    connection: duckdb.DuckDBPyConnection,
    system: SourceSystem,
    table: RawTable,
    landing: Landing,
    columns: Mapping[str, Sequence[str]],
    keys: Mapping[str, Sequence[str]],
) -> Readable | None:
    """How a table of the attached landing file is read; None where nothing ever came for it.

    Raises:
        PortraitError: A declared column is not there.
    """
    if table.name not in columns:
        return None
    query = select_rows(_ATTACHED, table.name, columns, keys)
    found = dict(row[:2] for row in connection.execute(f"describe {query}").fetchall())
    missing = [column.name for column in table.business_columns if column.name not in found]
    if missing:
        raise PortraitError(
            f"{system.name}: the table {table.name} has no {', '.join(missing)}.",
            f"It has {', '.join(business_columns(columns[table.name]))}: correct the columns in "
            "the source's _sources.yml.",
        )
    file = DataFile(landing.data, table.name, _READER, f"{system.name}: {table.name}")
    return Readable(file, landing.data, found, query)


def _replace(
    connection: duckdb.DuckDBPyConnection,
    system: SourceSystem,
    table: RawTable,
    readable: Readable | None,
    content_hash: str,
) -> None:
    """Replaces one raw table, the columns that nobody declared kept behind the others."""
    fixed = fixed_columns(connection, table)
    extras: dict[str, str] = {}
    if readable is None:
        recreate(connection, table, fixed)
    else:
        check_types(connection, table, [readable])
        extras = {
            name: kind
            for name, kind in extra_columns(table, readable.columns).items()
            if name not in ORIGIN_COLUMNS and not name.startswith(("_parent_", "_position"))
        }
        all_columns = fixed | extras
        recreate(connection, table, all_columns)
        values = ", ".join(
            f"cast({identifier(name)} as {kind})" for name, kind in all_columns.items()
        )
        connection.execute(f"insert into {table.relation} select {values} from ({readable.sql})")
        for name in extras:
            warn_of_extra(table, readable.file.label, name)
    apply_corrections(connection, table)
    row_count = scalar(connection, f"select count(*) from {table.relation}")
    loaded_at = datetime.now(UTC).replace(tzinfo=None)
    load = Load(content_hash, loaded_at, row_count, read_as(table, _READER), extras)
    write_loads(connection, system.name, table, {table.name: load})


@contextmanager
def _attached(connection: duckdb.DuckDBPyConnection, landing: Landing) -> Iterator[None]:
    connection.execute(f"attach {quoted(landing.data)} as {_ATTACHED} (read_only)")
    try:
        yield
    finally:
        connection.execute(f"detach {_ATTACHED}")
