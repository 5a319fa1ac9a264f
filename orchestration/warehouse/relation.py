"""A relation as it is in the warehouse: its rows, its columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.warehouse.manifest import Column


@dataclass(frozen=True)
class Relation:
    """What there is of a table or view.

    Attributes:
        name: Schema and name.
        columns: With the types that they have and the descriptions that dbt knows.
        row_count: None of a view: counting it may cost as much as building it.
    """

    name: str
    columns: tuple[Column, ...]
    row_count: int | None


def describe_relation(connection: duckdb.DuckDBPyConnection, node: Mapping[str, Any]) -> Relation:
    """Looks at the relation of a node of dbt's manifest."""
    schema, name = node["schema"], node["alias"]
    columns = connection.execute(
        "select column_name, data_type from duckdb_columns() "
        "where schema_name = ? and table_name = ? order by column_index",
        [schema, name],
    ).fetchall()
    row_count = None
    if node["config"]["materialized"] != "view":
        row = connection.execute(f'select count(*) from "{schema}"."{name}"').fetchone()
        row_count = row[0] if row else 0
    return Relation(
        f"{schema}.{name}",
        tuple(Column(column, kind, _description(node, column)) for column, kind in columns),
        row_count,
    )


def _description(node: Mapping[str, Any], column: str) -> str:
    declared = node["columns"].get(column)
    return declared["description"] if declared else ""
