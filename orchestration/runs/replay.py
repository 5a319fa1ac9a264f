"""Corrected rows, or changed rules: everything is judged again, without loading any file."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration import progress
from orchestration.errors import PortraitError
from orchestration.landing.corrections_file import read_corrections, write_corrections
from orchestration.project import Project
from orchestration.quarantine.changes import apply_file
from orchestration.quarantine.counts import counts
from orchestration.quarantine.differences import Difference, differences
from orchestration.quarantine.selection import Selection
from orchestration.quarantine.warehouse import open_quarantine
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.manifest import RawTable, source_systems


def replay(project: Project, path: Path | None) -> list[Difference]:
    """Applies a corrected file, if one is given, and runs the job from staging on.

    Args:
        project: The entered project, whose run lock is held.
        path: A file that `portrait quarantine export` wrote and a person corrected.

    Returns:
        What has changed in the quarantine and what has not, one entry a source, entity and reason.

    Raises:
        PortraitError: The file does not fit, or the run failed. Corrections made stay remembered.
    """
    systems = source_systems(current_manifest(project))
    tables = [table for system in systems.values() for table in system.tables]
    with open_quarantine(project) as connection:
        _check_columns(connection, tables)
        before = counts(connection, Selection())
        if path is not None:
            read_corrections(connection, tables, project.corrections_file)
            changed = apply_file(connection, tables, path, datetime.now(UTC))
            write_corrections(connection, project.corrections_file)
            told = ", ".join(f"{cells:,} in {column}" for column, cells in changed.items())
            progress.logger.info("Corrected cells: %s.", told)
    from orchestration.runs.job import run_without_landing

    run_without_landing(project)
    with open_quarantine(project) as connection:
        return differences(before, counts(connection, Selection()))


def _check_columns(connection: duckdb.DuckDBPyConnection, tables: list[RawTable]) -> None:
    """Refuses raw tables that were landed before their columns were declared anew."""
    columns = connection.execute(
        "select schema_name, table_name, lower(column_name) from duckdb_columns()"
    ).fetchall()
    landed = set(columns)
    for table in tables:
        for column in table.columns:
            if (table.schema, table.name, column.name.lower()) not in landed:
                raise PortraitError(
                    f"{table.schema}.{table.name} was loaded without its column {column.name}.",
                    "Load the source again first: make run",
                )
