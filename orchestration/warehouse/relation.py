"""A relation as it is in the warehouse: its rows, its columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.quoting import identifier
from orchestration.warehouse.manifest import Column
from orchestration.warehouse.opening import columns_of, scalar


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
    relation = f"{identifier(schema)}.{identifier(name)}"
    # Not from duckdb_columns(): that would list the columns of all relations, once for each.
    columns = columns_of(connection, relation)
    is_counted = node["config"]["materialized"] != "view"
    return Relation(
        f"{schema}.{name}",
        tuple(Column(column, kind, _description(node, column)) for column, kind in columns.items()),
        scalar(connection, f"select count(*) from {relation}") if is_counted else None,
    )


def _description(node: Mapping[str, Any], column: str) -> str:
    declared = node["columns"].get(column)
    return declared["description"] if declared else ""
