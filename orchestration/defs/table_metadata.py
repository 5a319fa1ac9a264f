"""A table as Dagster shows it: as it was declared, and as it was made."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from orchestration.publishing.reports.names import REPORTS
from orchestration.warehouse.column_lineage import Origin
from orchestration.warehouse.manifest import Column, Table
from orchestration.warehouse.opening import count_rows
from orchestration.warehouse.relation import Relation

_LARGEST_SHOWN = 32_000


def declared_metadata(table: Table) -> dict[str, Any]:
    """Relation name, columns, types and descriptions of a declared table."""
    return _metadata(f"{table.schema}.{table.name}", table.columns)


def relation_metadata(relation: Relation) -> dict[str, Any]:
    """The same of a relation that was just made, with its rows where they were counted."""
    metadata = _metadata(relation.name, relation.columns)
    if relation.row_count is not None:
        metadata["dagster/row_count"] = relation.row_count
    return metadata


def lineage_metadata(origins: Mapping[str, Sequence[Origin]]) -> dict[str, Any]:
    """Which columns each column is made from; nothing where that is not known."""
    if not origins:
        return {}
    deps = {
        column: [dg.TableColumnDep([one.schema, one.table], one.column) for one in found]
        for column, found in origins.items()
    }
    return {"dagster/column_lineage": dg.TableColumnLineage(deps)}


def counted(
    warehouse: duckdb.DuckDBPyConnection, tables: Iterable[Table]
) -> list[dg.MaterializeResult[None]]:
    """Tables that a step has written beside its first, each with how many rows it has."""
    return [
        dg.MaterializeResult(
            asset_key=[table.schema, table.name],
            metadata={"dagster/row_count": count_rows(warehouse, table.relation)},
        )
        for table in tables
    ]


def rows_as_table(rows: Sequence[Mapping[str, str | int | float]]) -> dg.TableMetadataValue:
    """Rows with the same keys as a table: the UI shows it whole, with no text cut."""
    kinds = {str: "string", int: "int", float: "float"}
    first = rows[0] if rows else {}
    return dg.MetadataValue.table(
        [dg.TableRecord(dict(row)) for row in rows],
        dg.TableSchema([dg.TableColumn(name, kinds[type(first[name])]) for name in first]),
    )


def pictures_metadata(current: Path, files: Iterable[str]) -> dict[str, Any]:
    """Where pictures lie once the run has published them.

    Args:
        current: The link to the current version.
        files: Their names.
    """
    lines = "\n".join(f"- `{current / REPORTS / file}`" for file in files)
    return {"pictures": dg.MetadataValue.md(lines)} if lines else {}


def shown_pictures(folder: Path, files: Iterable[str]) -> dict[str, Any]:
    """The pictures of a version themselves, which the UI shows when somebody asks for them.

    The run's history keeps them: so large ones, which draw a point a customer or a curve a version,
    are left to their files.

    Args:
        folder: Of the version.
        files: Their names.
    """
    told = {}
    for file in files:
        svg = folder / REPORTS / file
        if svg.stat().st_size <= _LARGEST_SHOWN:
            coded = base64.b64encode(svg.read_bytes()).decode()
            picture = f"![{svg.stem}](data:image/svg+xml;base64,{coded})"
            told[f"picture: {svg.stem}"] = dg.MetadataValue.md(picture)
    return told


def _metadata(name: str, columns: Iterable[Column]) -> dict[str, Any]:
    return {
        "dagster/table_name": name,
        "dagster/column_schema": dg.TableSchema(
            columns=[
                dg.TableColumn(column.name, column.data_type, column.description or None)
                for column in columns
            ]
        ),
    }
