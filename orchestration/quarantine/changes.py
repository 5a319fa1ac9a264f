"""What a person changed in an exported file: found by comparing it with the raw rows."""

from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.errors import PortraitError
from orchestration.landing.corrections import correct, raw_name
from orchestration.quarantine.spreadsheet import (
    FILE,
    KEYS,
    LOAD,
    REASONS,
    ROW,
    TABLE,
    as_text,
    read_csv,
    unguarded,
)
from orchestration.quoting import identifier
from orchestration.warehouse.manifest import RawTable
from orchestration.warehouse.opening import transaction

_AGAIN = "Export the rows again, and correct the new file."


def apply_file(
    connection: duckdb.DuckDBPyConnection, tables: list[RawTable], path: Path, at: datetime
) -> dict[str, int]:
    """Remembers the corrected cells of a file and writes them into the raw tables, all or none.

    Args:
        connection: The warehouse.
        tables: All raw tables.
        path: The file.
        at: When, UTC.

    Returns:
        Corrected cells by `raw table.column`.

    Raises:
        PortraitError: The file changes nothing, or does not fit the raw rows; nothing is applied.
    """
    columns = read_csv(connection, path)
    meant = _tables_meant(connection, tables, path)
    _check_columns(meant, columns, path)
    changed: dict[str, int] = {}
    with transaction(connection):
        for table in meant:
            _match_rows(connection, table, path)
            _find_changes(connection, table, columns)
            _check_values(connection, table, path)
            for name, cells in connection.execute(
                "select column_name, count(*) from changes group by all order by all"
            ).fetchall():
                changed[f"{raw_name(table)}.{name}"] = cells
            correct(connection, table, at)
    if not changed:
        raise PortraitError(
            f"{path} changes nothing: every cell is as in the raw rows.",
            "Save the corrected file, or judge again without a file: portrait quarantine replay",
        )
    return changed


def _tables_meant(
    connection: duckdb.DuckDBPyConnection, tables: list[RawTable], path: Path
) -> list[RawTable]:
    known = {raw_name(table): table for table in tables}
    names = connection.execute(f"select distinct {TABLE} from sheet order by all").fetchall()
    unknown = [str(name) for (name,) in names if name not in known]
    if unknown:
        raise PortraitError(f"{path} names no raw table, but {', '.join(unknown)}.", _AGAIN)
    return [known[name] for (name,) in names]


def _check_columns(tables: list[RawTable], columns: list[str], path: Path) -> None:
    known = {column.name for table in tables for column in table.business_columns}
    unknown = [name for name in columns if name not in known.union(KEYS, [REASONS])]
    if unknown:
        raise PortraitError(
            f"{path} has the column {', '.join(unknown)}, which no raw table has.",
            "Name the columns as they were exported, and remove your own.",
        )


def _match_rows(connection: duckdb.DuckDBPyConnection, table: RawTable, path: Path) -> None:
    """Makes the temporary table `matched`: the file's rows of one raw table, each found there."""
    connection.execute(
        f"""
        create or replace temp table matched as
        select sheet.*, {unguarded(f"sheet.{FILE}")} as origin_file,
            try_cast(sheet.{ROW} as bigint) as origin_row, raw._load_id as load_id
        from sheet
        left join {table.relation} as raw
            on raw._origin_file = {unguarded(f"sheet.{FILE}")}
                and raw._origin_row = try_cast(sheet.{ROW} as bigint)
                and {as_text("raw._load_id")} = sheet.{LOAD}
        where sheet.{TABLE} = ?
        """,
        [raw_name(table)],
    )
    for problem, condition, hint in (
        ("is not in the warehouse as it was exported", "load_id is null", _AGAIN),
        ("stands there twice", "copies > 1", "Leave one line a row."),
    ):
        row = connection.execute(f"""
            select origin_file, origin_row, count(*) over () from (
                select *, count(*) over (partition by origin_file, origin_row) as copies
                from matched
            ) where {condition} order by all limit 1
        """).fetchone()
        if row:
            raise PortraitError(
                f"{path}: the row {row[0]}:{row[1]} {problem} ({row[2]} such lines).", hint
            )


def _find_changes(
    connection: duckdb.DuckDBPyConnection, table: RawTable, columns: list[str]
) -> None:
    """Makes the temporary table `changes`: cells that differ, an empty one meaning NULL."""
    connection.execute("""
        create or replace temp table changes (
            origin_file varchar, origin_row bigint, load_id varchar,
            column_name varchar, old_value varchar, new_value varchar
        )
    """)
    for column in table.business_columns:
        if column.name not in columns:
            continue
        name = identifier(column.name)
        cell = f"coalesce(matched.{name}, '')"
        connection.execute(
            f"""
            insert into changes
            select origin_file, origin_row, load_id, ?, old_text, nullif(cell, '')
            from (
                select matched.origin_file, matched.origin_row, matched.load_id,
                    {unguarded(cell)} as cell, raw.{name} as old_value,
                    cast(old_value as varchar) as old_text
                from matched
                join {table.relation} as raw
                    on raw._origin_file = matched.origin_file
                        and raw._origin_row = matched.origin_row
            )
            where cell <> coalesce(old_text, '')
                and (
                    try_cast(nullif(cell, '') as {column.data_type}) is distinct from old_value
                    -- What cannot be read is NULL here, but no emptiness: it is refused below.
                    or (cell <> '' and old_value is null)
                )
            """,
            [column.name],
        )


def _check_values(connection: duckdb.DuckDBPyConnection, table: RawTable, path: Path) -> None:
    for column in table.business_columns:
        bad = connection.execute(
            f"""
            select origin_file, origin_row, new_value from changes
            where column_name = ? and new_value is not null
                and try_cast(new_value as {column.data_type}) is null
            order by all limit 1
            """,
            [column.name],
        ).fetchone()
        if bad:
            raise PortraitError(
                f"{path}: {column.name} takes {column.data_type}, but the row {bad[0]}:{bad[1]} "
                f"has {bad[2]!r}.",
                "Write the value as the other rows have it; spreadsheets change dates and numbers "
                "unless the column is text.",
            )
