"""A declared table as Dagster shows it."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from orchestration.warehouse.manifest import Table


def declared_metadata(table: Table) -> Mapping[str, Any]:
    """Relation name, columns, types and descriptions of a table, for its asset."""
    return {
        "dagster/table_name": f"{table.schema}.{table.name}",
        "dagster/column_schema": dg.TableSchema(
            columns=[
                dg.TableColumn(column.name, column.data_type, column.description)
                for column in table.columns
            ]
        ),
    }
