"""From rows in quarantine back to the raw rows they were made of."""

from collections.abc import Mapping

import duckdb

from orchestration.quarantine.counts import QUARANTINE
from orchestration.quarantine.selection import Selection
from orchestration.warehouse.manifest import Manifest, RawTable, source_systems


def raw_tables(manifest: Manifest, source: str, entity: str) -> list[RawTable]:
    """The raw tables that the staging model of an entity reads, directly or through others."""
    system = source_systems(manifest).get(source)
    found: set[tuple[str, str]] = set()
    pending = [
        unique_id
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["name"] == f"stg_{source}__{entity}"
    ]
    while pending:
        unique_id = pending.pop()
        if unique_id in manifest["sources"]:
            node = manifest["sources"][unique_id]
            found.add((node["schema"], node["name"]))
        pending += manifest["parent_map"].get(unique_id, [])
    return (
        [table for table in system.tables if (table.schema, table.name) in found] if system else []
    )


def find_raw_rows(
    connection: duckdb.DuckDBPyConnection, manifest: Manifest, selection: Selection
) -> dict[str, RawTable]:
    """Makes the temporary table `bad_rows`: which raw rows the selected rows came from, and why.

    Its columns: source_system, entity, raw_table, origin_file, origin_row, load_id, reason_code.

    Returns:
        The raw tables that have such rows, by their relation's name.
    """
    connection.execute(f"""
        create or replace temp table bad_rows as
        select source_system, entity, '' as raw_table, origin_file, origin_row, load_id, reason_code
        from {QUARANTINE} limit 0
    """)
    entities = connection.execute(
        f"select distinct source_system, entity from {QUARANTINE} where {selection.condition} "
        "order by all",
        selection.values,
    ).fetchall()
    tables: dict[str, RawTable] = {}
    for source, entity in entities:
        for table in raw_tables(manifest, source, entity):
            connection.execute(
                f"""
                insert into bad_rows
                select source_system, entity, ?, origin_file, origin_row, load_id, reason_code
                from {QUARANTINE} as bad
                join {table.relation} as raw
                    on raw._origin_file = bad.origin_file and raw._origin_row = bad.origin_row
                        and raw._load_id = bad.load_id
                where source_system = ? and entity = ? and {selection.condition}
                """,
                [table.relation, source, entity, *selection.values],
            )
            tables[table.relation] = table
    return _with_rows(connection, tables)


def _with_rows(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, RawTable]
) -> dict[str, RawTable]:
    names = connection.execute("select distinct raw_table from bad_rows order by all").fetchall()
    return {name: tables[name] for (name,) in names}
