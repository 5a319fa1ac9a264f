"""Landing: the raw tables of a source system replaced by what its files hold, or by nothing.

Raw tables hold the files' rows as they are, in the declared types, with where each row came from:
`_origin_file` (name within the given folder), `_origin_row` (1-based data row in that file) and
`_load_id` (first digits of the file's SHA-256). All tables of a source change in one transaction,
and the table `ingest.raw_loads` keeps what was landed, so that the same files are not landed twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from orchestration.defs.ingest.corrections import apply_corrections
from orchestration.defs.ingest.files import DataFile, HashCache, SourceFiles
from orchestration.defs.ingest.readers import quoted, relation
from orchestration.errors import PortraitError
from orchestration.manifest import Column, RawTable, SourceSystem
from orchestration.warehouse_file import scalar, transaction

RAW_LOADS = "ingest.raw_loads"
_CREATE_RAW_LOADS = f"""
    create schema if not exists ingest;
    create table if not exists {RAW_LOADS} (
        source_system varchar, table_name varchar, file_name varchar, sha256 varchar,
        row_count bigint, declared_columns varchar
    )
"""
_LOAD_ID_DIGITS = 12
_WHOLE_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")


@dataclass(frozen=True)
class Landed:
    """What a raw table holds after landing."""

    table: RawTable
    row_count: int
    file_count: int
    is_new: bool


def land(
    connection: duckdb.DuckDBPyConnection,
    system: SourceSystem,
    files: SourceFiles | None,
    hashes: HashCache,
) -> list[Landed]:
    """Brings all raw tables of a source system to what its files hold.

    Args:
        connection: The warehouse.
        system: The declared source system.
        files: The files of each table, or None where the source is off: its tables are emptied.
        hashes: Hashes of files.

    Raises:
        PortraitError: The data does not fit the declared columns; the tables stay as they were.
    """
    connection.execute(_CREATE_RAW_LOADS)
    files = files or {}
    sha256 = {name: hashes.hash_all(table_files) for name, table_files in files.items()}
    is_new = not _is_landed(connection, system, sha256)
    if is_new:
        with transaction(connection):
            connection.execute(f"delete from {RAW_LOADS} where source_system = ?", [system.name])
            connection.execute(f'create schema if not exists "{system.schema}"')
            for table in system.tables:
                _replace(connection, table, files.get(table.name, []), sha256.get(table.name, {}))
                apply_corrections(connection, table)
                _remember(connection, system, table, sha256.get(table.name, {}))
    return [
        Landed(
            table,
            scalar(connection, f"select count(*) from {table.relation}"),
            len(files.get(table.name, [])),
            is_new,
        )
        for table in system.tables
    ]


def _declared(table: RawTable) -> str:
    return ", ".join(f'"{column.name}" {column.data_type}' for column in table.columns)


def _is_landed(
    connection: duckdb.DuckDBPyConnection,
    system: SourceSystem,
    sha256: Mapping[str, Mapping[str, str]],
) -> bool:
    """Whether the raw tables hold these files already, in the columns that are declared now."""
    loads = connection.execute(
        f"select table_name, file_name, sha256, declared_columns, row_count from {RAW_LOADS} "
        "where source_system = ?",
        [system.name],
    ).fetchall()
    wanted = {
        (table.name, file, digest, _declared(table))
        for table in system.tables
        for file, digest in sha256.get(table.name, {}).items()
    }
    if {load[:4] for load in loads} != wanted:
        return False
    expected = {table.name: 0 for table in system.tables}
    for load in loads:
        expected[load[0]] += load[4]
    try:
        return all(
            scalar(connection, f"select count(*) from {table.relation}") == expected[table.name]
            for table in system.tables
        )
    except duckdb.CatalogException:
        return False


def _replace(
    connection: duckdb.DuckDBPyConnection,
    table: RawTable,
    files: Sequence[DataFile],
    sha256: Mapping[str, str],
) -> None:
    connection.execute(f"create or replace table {table.relation} ({_declared(table)})")
    if not files:
        return
    try:
        source = relation(connection, table, files)
        _check_types(connection, table, source)
        names = ", ".join(
            f"({quoted(file.path)}, {quoted(file.name)}, "
            f"{quoted(sha256[file.name][:_LOAD_ID_DIGITS])})"
            for file in files
        )
        columns = ", ".join(
            f'cast(source."{column.name}" as {column.data_type})'
            for column in table.business_columns
        )
        connection.execute(f"""
            insert into {table.relation}
            select {columns}, files.name, source._row, files.load_id
            from ({source}) as source
            join (values {names}) as files (path, name, load_id) on source._path = files.path
        """)
    except (duckdb.InvalidInputException, duckdb.IOException) as error:
        raise PortraitError(
            f"{table.schema}.{table.name} cannot be read: {' '.join(str(error).split())[:300]}",
            "Correct the file, or export it again as UTF-8.",
        ) from error
    if not scalar(connection, f"select count(*) from {table.relation}"):
        raise PortraitError(
            f"{files[0].path} is empty: it has no row of data.", "Fetch or export the file again."
        )


def _remember(
    connection: duckdb.DuckDBPyConnection,
    system: SourceSystem,
    table: RawTable,
    sha256: Mapping[str, str],
) -> None:
    if sha256:
        hashes = ", ".join(f"({quoted(file)}, {quoted(sha256[file])})" for file in sha256)
        connection.execute(
            f"""
            insert into {RAW_LOADS}
            select $system, $table, file_name, sha256, coalesce(row_count, 0), $declared
            from (values {hashes}) as files (file_name, sha256)
            left join (
                select _origin_file as file_name, count(*) as row_count
                from {table.relation} group by all
            ) using (file_name)
            """,
            {"system": system.name, "table": table.name, "declared": _declared(table)},
        )


def _check_types(connection: duckdb.DuckDBPyConnection, table: RawTable, source: str) -> None:
    """Compares the types of the files with the declared ones, and where they differ the values."""
    typed = ", ".join(
        f'cast(null as {column.data_type}) as "{column.name}"' for column in table.business_columns
    )
    declared = {row[0]: row[1] for row in _describe(connection, f"select {typed}")}
    found = {row[0].lower(): row[1] for row in _describe(connection, source)}
    for column in table.business_columns:
        found_type = found[column.name.lower()]
        if declared[column.name] not in ("VARCHAR", found_type):
            _check_values(connection, column, declared[column.name], found_type, source)


def _describe(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in connection.execute(f"describe {query}").fetchall()]


def _check_values(
    connection: duckdb.DuckDBPyConnection, column: Column, declared: str, found: str, source: str
) -> None:
    """Finds a value that the declared type cannot hold without loss."""
    name = f'"{column.name}"'
    changed = f"try_cast({name} as {declared})::{found} is distinct from {name}"
    if found == "VARCHAR":
        # Text may be written in several ways (1, 1.0), but no digits may be lost.
        changed = "false"
        if declared in _WHOLE_NUMBERS:
            changed = f"try_cast({name} as double) <> try_cast({name} as {declared})"
    try:
        bad = connection.execute(f"""
            select _path, _row, {name}::varchar from ({source})
            where {name} is not null and (try_cast({name} as {declared}) is null or {changed})
            limit 1
        """).fetchone()
    except (duckdb.BinderException, duckdb.ConversionException):
        bad = connection.execute(f"select _path, 1, 'a {found}' from ({source})").fetchone()
    if bad:
        raise PortraitError(
            f"{bad[0]}: the column {column.name} should be {column.data_type}, but is "
            f"{found.lower()}, with the value {bad[2]!r} in row {bad[1]}.",
            "Correct the values in the file, or declare another type in the dbt project's "
            "_sources.yml.",
        )
