"""What Dagster shows of a relation that dbt has just built: its rows and its columns."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
import duckdb


def relation_metadata(
    connection: duckdb.DuckDBPyConnection, node: Mapping[str, Any]
) -> dict[str, Any]:
    """Row count (of tables: counting a view may cost as much as building it) and typed columns.

    Args:
        connection: The warehouse.
        node: The node in dbt's manifest, with the columns' descriptions.
    """
    schema, name = node["schema"], node["alias"]
    columns = connection.execute(
        "select column_name, data_type from duckdb_columns() "
        "where schema_name = ? and table_name = ? order by column_index",
        [schema, name],
    ).fetchall()
    metadata: dict[str, Any] = {
        "dagster/table_name": f"{schema}.{name}",
        "dagster/column_schema": dg.TableSchema(
            columns=[
                dg.TableColumn(column, data_type, _description(node, column))
                for column, data_type in columns
            ]
        ),
    }
    if node["config"]["materialized"] != "view":
        row = connection.execute(f'select count(*) from "{schema}"."{name}"').fetchone()
        metadata["dagster/row_count"] = row[0] if row else 0
    return metadata


def _description(node: Mapping[str, Any], column: str) -> str | None:
    declared = node["columns"].get(column)
    return declared["description"] if declared else None
