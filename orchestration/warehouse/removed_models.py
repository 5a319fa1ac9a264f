"""Partitioned tables of models that the project no longer has: an upgrade leaves none behind."""

import duckdb

from orchestration.quoting import identifier
from orchestration.warehouse.manifest import Manifest
from orchestration.warehouse.opening import columns_of, transaction

_BUILDS = "increments.builds"


def drop_removed_models(warehouse: duckdb.DuckDBPyConnection, manifest: Manifest) -> list[str]:
    """Drops the partitioned tables whose models are gone, with all that was noted of them.

    Only what the record of builds names is dropped, and only in the schemas of models, so that no
    table of somebody else's is; a model that is switched off keeps its table. Views stay.

    Args:
        warehouse: A connection that writes.
        manifest: The manifest of the dbt project.

    Returns:
        The dropped tables, `schema.name`.
    """
    if not columns_of(warehouse, _BUILDS):
        return []
    disabled = [node for nodes in manifest.get("disabled", {}).values() for node in nodes]
    nodes = [*manifest["nodes"].values(), *disabled]
    names = sorted({node["name"] for node in nodes})
    schemas = sorted({node["schema"] for node in nodes if node["resource_type"] == "model"})
    gone = warehouse.execute(
        f"""
        select schema_name, table_name from duckdb_tables()
        where table_name in (select relation from {_BUILDS}) and list_contains(?, schema_name)
            and not list_contains(?, table_name) and database_name = current_database()
        order by all
        """,
        [schemas, names],
    ).fetchall()
    with transaction(warehouse):
        for schema, name in gone:
            changes = identifier(f"changed_{name}")
            warehouse.execute(f"drop table {identifier(schema)}.{identifier(name)}")
            warehouse.execute(f"drop table if exists increments.{changes}")
            warehouse.execute(f"delete from {_BUILDS} where relation = ?", [name])
    return [f"{schema}.{name}" for schema, name in gone]
