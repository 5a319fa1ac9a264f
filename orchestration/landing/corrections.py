"""Corrections of raw rows: remembered cell by cell, applied again whenever their rows land anew.

A correction belongs to a row of a raw table, known by where it came from (`_origin_file`,
`_origin_row`) and by what it said when it landed: a hash over all of its business columns. So it
finds its row again when a source is loaded anew, and it never hits another row that has moved to
the same place. A correction whose row has changed since, or is gone, is stale: kept, not applied.
"""

from dataclasses import dataclass
from datetime import datetime

import duckdb

from orchestration import progress
from orchestration.quoting import identifier
from orchestration.warehouse.manifest import Table
from orchestration.warehouse.opening import scalar

CORRECTIONS = "ingest.corrections"
CREATE_CORRECTIONS = f"""
    create schema if not exists ingest;
    create table if not exists {CORRECTIONS} (
        raw_table varchar, origin_file varchar, origin_row bigint, load_id varchar,
        column_name varchar, old_value varchar, new_value varchar, corrected_at timestamp,
        landed_row_hash varchar, corrected_row_hash varchar, is_stale boolean
    )
"""
_SAME_ROW = "raw._origin_file = {0}.origin_file and raw._origin_row = {0}.origin_row"


@dataclass(frozen=True)
class Applied:
    """What became of the corrections of a raw table, in cells."""

    applied: int
    stale: int


def apply_corrections(connection: duckdb.DuckDBPyConnection, table: Table) -> Applied:
    """Applies what is remembered of a raw table that has just been landed, wholly or in part.

    The caller holds a transaction. Rows that are corrected already are left alone.
    """
    connection.execute(CREATE_CORRECTIONS)
    name = raw_name(table)
    if not scalar(connection, f"select count(*) from {CORRECTIONS} where raw_table = ?", name):
        return Applied(0, 0)
    hash_rows(connection, table, CORRECTIONS, "raw_table = ?", name)
    connection.execute(
        f"""
        update {CORRECTIONS} as corrections
        set is_stale = not exists (
            from row_hashes
            where row_hashes.origin_file = corrections.origin_file
                and row_hashes.origin_row = corrections.origin_row
                and row_hashes.row_hash
                    in (corrections.landed_row_hash, corrections.corrected_row_hash)
        )
        where raw_table = ?
        """,
        [name],
    )
    connection.execute(
        f"""
        create or replace temp table changes as
        select corrections.origin_file, corrections.origin_row, column_name, new_value
        from {CORRECTIONS} as corrections
        join row_hashes using (origin_file, origin_row)
        where raw_table = ? and row_hash = landed_row_hash
        """,
        [name],
    )
    _write(connection, table)
    _note_corrected_rows(connection, table)
    applied = scalar(connection, "select count(*) from changes")
    stale = scalar(
        connection, f"select count(*) from {CORRECTIONS} where raw_table = ? and is_stale", name
    )
    if stale and scalar(connection, f"select count(*) from {table.relation}"):
        progress.warning(
            f"{stale} corrections of {name} are stale: their rows have changed since they were "
            "made, or are gone. They are not applied."
        )
    return Applied(applied, stale)


def correct(connection: duckdb.DuckDBPyConnection, table: Table, at: datetime) -> None:
    """Remembers and applies the new values in the temporary table `changes`.

    The caller holds a transaction, and has checked that every value can be cast to its column.

    Args:
        connection: The warehouse, with `changes` (origin_file, origin_row, load_id, column_name,
            old_value, new_value): one row a cell that is to be another.
        table: The raw table whose cells they are.
        at: When, UTC.
    """
    connection.execute(CREATE_CORRECTIONS)
    name = raw_name(table)
    hash_rows(connection, table, "changes", "true")
    _forget_former_rows(connection, name)
    connection.execute(
        f"""
        create or replace temp table remembered as
        select
            changes.* exclude (old_value),
            -- What the row said when it landed, should it have been corrected before.
            case when cell.raw_table is null then changes.old_value else cell.old_value end
                as old_value,
            coalesce(row_.landed_row_hash, row_hash) as landed_row_hash
        from changes
        join row_hashes using (origin_file, origin_row)
        left join {CORRECTIONS} as cell
            on cell.raw_table = $name and cell.origin_file = changes.origin_file
                and cell.origin_row = changes.origin_row
                and cell.column_name = changes.column_name
        left join (
            select distinct origin_file, origin_row, landed_row_hash
            from {CORRECTIONS} where raw_table = $name
        ) as row_
            on row_.origin_file = changes.origin_file and row_.origin_row = changes.origin_row
        """,
        {"name": name},
    )
    connection.execute(
        f"""
        delete from {CORRECTIONS} as corrections using changes
        where raw_table = ? and corrections.origin_file = changes.origin_file
            and corrections.origin_row = changes.origin_row
            and corrections.column_name = changes.column_name
        """,
        [name],
    )
    connection.execute(
        f"""
        insert into {CORRECTIONS}
        select ?, origin_file, origin_row, load_id, column_name, old_value, new_value,
            ?::timestamp, landed_row_hash, null, false
        from remembered where new_value is distinct from old_value
        """,
        [name, at.replace(tzinfo=None)],
    )
    _write(connection, table)
    _note_corrected_rows(connection, table)


def corrections_digest(connection: duckdb.DuckDBPyConnection) -> str:
    """A hash over all that is remembered; empty when nothing is. Landing does not change it."""
    try:
        ((digest,),) = connection.execute(f"""
            select coalesce(md5(string_agg(cell, chr(10) order by cell)), '')
            from (
                select cast(json_array(
                    raw_table, origin_file, origin_row, column_name, new_value, landed_row_hash
                ) as varchar) as cell
                from {CORRECTIONS}
            )
        """).fetchall()
    except duckdb.CatalogException:
        return ""
    return str(digest)


def raw_name(table: Table) -> str:
    """How corrections and exported files name a raw table."""
    return f"{table.schema}.{table.name}"


def hash_rows(
    connection: duckdb.DuckDBPyConnection, table: Table, cells: str, condition: str, *values: str
) -> None:
    """Makes the temporary table `row_hashes`: what the rows of some cells say now."""
    columns = ", ".join(
        f"cast(raw.{identifier(column.name)} as varchar)" for column in table.business_columns
    )
    connection.execute(
        f"""
        create or replace temp table row_hashes as
        select origin_file, origin_row, md5(cast(json_array({columns}) as varchar)) as row_hash
        from {table.relation} as raw
        join (select distinct origin_file, origin_row from {cells} where {condition}) as cells
            on {_SAME_ROW.format("cells")}
        """,
        values,
    )


def _note_corrected_rows(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Remembers what the rows of `changes` say now."""
    hash_rows(connection, table, "changes", "true")
    connection.execute(
        f"""
        update {CORRECTIONS} as corrections set corrected_row_hash = row_hash
        from row_hashes
        where raw_table = ? and corrections.origin_file = row_hashes.origin_file
            and corrections.origin_row = row_hashes.origin_row
        """,
        [raw_name(table)],
    )


def _forget_former_rows(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Drops stale corrections of rows that are corrected anew: they were for other values."""
    connection.execute(
        f"""
        delete from {CORRECTIONS} as corrections using row_hashes
        where raw_table = ? and corrections.origin_file = row_hashes.origin_file
            and corrections.origin_row = row_hashes.origin_row
            and corrections.corrected_row_hash <> row_hashes.row_hash
        """,
        [name],
    )


def _write(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Writes the new values of `changes` into the raw table, a column at a time.

    A value that a type declared since cannot hold is left out: the row stays as it landed.
    """
    for column in table.business_columns:
        connection.execute(
            f"""
            update {table.relation} as raw
            set {identifier(column.name)} = cast(changes.new_value as {column.data_type})
            from changes
            where changes.column_name = ? and {_SAME_ROW.format("changes")}
                and (new_value is null or try_cast(new_value as {column.data_type}) is not null)
            """,
            [column.name],
        )
