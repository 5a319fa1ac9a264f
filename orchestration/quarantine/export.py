"""The raw rows behind rows in quarantine, written to a file for a person to correct."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.errors import PortraitError
from orchestration.landing.corrections import raw_name
from orchestration.quarantine.counts import QUARANTINE
from orchestration.quarantine.raw_rows import find_raw_rows
from orchestration.quarantine.selection import Selection, check_selection
from orchestration.quarantine.spreadsheet import (
    FILE,
    LOAD,
    REASONS,
    ROW,
    TABLE,
    as_text,
    guarded,
    guarded_names,
    write_csv,
)
from orchestration.quoting import identifier, quoted
from orchestration.warehouse.manifest import Manifest, RawTable
from orchestration.warehouse.opening import scalar


@dataclass(frozen=True)
class Exported:
    """Raw rows written, and rows of the quarantine for which there is no raw row."""

    rows: int
    without_raw_row: int


def export_rows(
    connection: duckdb.DuckDBPyConnection, manifest: Manifest, selection: Selection, path: Path
) -> Exported:
    """Writes each raw row once, with all reasons for which it is in quarantine.

    Raises:
        PortraitError: Nothing is selected, or the file cannot be written.
    """
    check_selection(connection, selection)
    tables = find_raw_rows(connection, manifest, selection)
    if not tables:
        raise PortraitError(
            "Nothing in quarantine matches, or its raw rows are gone.",
            "See what there is: portrait quarantine list",
        )
    query = " union all by name ".join(_rows_of(connection, table) for table in tables.values())
    rows = write_csv(connection, f"select * from ({query}) order by {TABLE}, {FILE}, {ROW}", path)
    without = scalar(
        connection,
        f"""
        select count(*) from {QUARANTINE} as bad
        anti join bad_rows on bad.source_system = bad_rows.source_system
            and bad.entity = bad_rows.entity and bad.origin_file = bad_rows.origin_file
            and bad.origin_row = bad_rows.origin_row and bad.load_id = bad_rows.load_id
        where {selection.condition}
        """,
        *selection.values,
    )
    return Exported(rows, without)


def _rows_of(connection: duckdb.DuckDBPyConnection, table: RawTable) -> str:
    names = guarded_names(connection, [column.name for column in table.business_columns])
    columns = "".join(
        f", {guarded(_text_of(name))} as {identifier(written)}" for name, written in names.items()
    )
    return f"""
        select {quoted(raw_name(table))} as {TABLE}, {guarded("raw._origin_file")} as {FILE},
            raw._origin_row as {ROW}, {as_text("raw._load_id")} as {LOAD},
            reasons as {REASONS}{columns}
        from {table.relation} as raw
        join (
            select origin_file, origin_row, load_id,
                string_agg(distinct reason_code, ' ' order by reason_code) as reasons
            from bad_rows where raw_table = {quoted(table.relation)} group by all
        ) as bad
            on raw._origin_file = bad.origin_file and raw._origin_row = bad.origin_row
                and raw._load_id = bad.load_id
    """


def _text_of(column: str) -> str:
    return f"cast(raw.{identifier(column)} as varchar)"
