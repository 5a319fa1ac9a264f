"""Opening the warehouse to look at what lies in quarantine, while no run is going on."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.state.lock import run_lock
from orchestration.warehouse.opening import open_warehouse, scalar


@contextmanager
def open_quarantine(project: Project) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, with the run lock held: no run can begin while it is open.

    Raises:
        PortraitError: A run is going on, or none has judged any row yet.
    """
    if not project.warehouse.exists():
        raise _nothing_judged()
    with run_lock(project.lock_file), open_warehouse(project.warehouse) as connection:
        tables = "select count(*) from duckdb_tables() where table_name = 'int_quarantine'"
        if not scalar(connection, tables):
            raise _nothing_judged()
        yield connection


def _nothing_judged() -> PortraitError:
    return PortraitError(
        "There is no quarantine yet: no run has judged any row.", "Make the portraits: make run"
    )
