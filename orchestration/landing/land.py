"""Landing: the raw tables of a source system brought to what its files hold, or left as they were.

Raw tables hold the files' rows as they are, in the declared types, with where each row came from:
`_origin_file` (name within the given folder), `_origin_row` (1-based data row in that file),
`_load_id` (first digits of the file's SHA-256) and `_loaded_at` (when the file was read, UTC; for
people, since no result may depend on it). Columns that nobody declared stand behind them.

Only files that are new or changed are read. All tables of a source change in one transaction, and
then hold the rows and columns that they would hold if everything had been landed afresh.
"""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration import progress
from orchestration.errors import PortraitError
from orchestration.landing.columns import SameColumns, no_others
from orchestration.landing.corrections import apply_corrections
from orchestration.landing.files import DataFile, HashCache, SourceFiles, forgive
from orchestration.landing.held_files import HeldFiles
from orchestration.landing.plans import Plan, Planning
from orchestration.landing.raw_loads import (
    RAW_LOADS,
    Load,
    create_raw_loads,
    read_as,
    read_loads,
    write_loads,
)
from orchestration.landing.raw_table import (
    adapt,
    insert,
    recreate,
    row_count,
)
from orchestration.landing.written import check_written
from orchestration.project import Project
from orchestration.quoting import plain_line
from orchestration.warehouse.manifest import RawTable, SourceSystem
from orchestration.warehouse.opening import transaction

__all__ = ["RAW_LOADS", "Landed", "land"]

_COPIES = "copies-"


@dataclass(frozen=True)
class Landed:
    """What a raw table holds after landing; `read_count` files were read for it."""

    table: RawTable
    row_count: int
    file_count: int
    read_count: int
    is_new: bool


def land(
    connection: duckdb.DuckDBPyConnection,
    system: SourceSystem,
    files: SourceFiles | None,
    hashes: HashCache,
    same_columns: SameColumns = no_others,
) -> list[Landed]:
    """Brings all raw tables of a source system to what its files hold.

    Args:
        connection: The warehouse.
        system: The declared source system.
        files: The files of each table, or None where the source is off: its tables are emptied.
        hashes: Hashes of files.
        same_columns: Tells which columns of a file are declared ones under another name.

    Raises:
        PortraitError: The data does not fit the declared columns; the tables stay as they were.
    """
    create_raw_loads(connection)
    folder = Project.find().landing
    folder.mkdir(parents=True, exist_ok=True)
    _remove_copies_left(folder)
    with tempfile.TemporaryDirectory(dir=folder, prefix=_COPIES) as scratch:
        landing = _Landing(connection, system, hashes, same_columns, Path(scratch))
        plans = [landing.plan(one, (files or {}).get(one.name, [])) for one in system.tables]
        if files is not None:
            _warn_of_gone(system, plans)
        with transaction(connection):
            for plan in plans:
                if plan.table.is_read:
                    landing.carry_out(plan)
        plans = [one if one.table.is_read else landing.carry_out_unread(one) for one in plans]
    return [
        Landed(
            plan.table,
            row_count(connection, plan.table),
            len(plan.loads),
            len(plan.readables),
            plan.is_new,
        )
        for plan in plans
    ]


class _Landing:
    """A source system on its way into its raw tables."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        system: SourceSystem,
        hashes: HashCache,
        same_columns: SameColumns,
        scratch: Path,
    ) -> None:
        self._connection = connection
        self._system = system
        self._hashes = hashes
        self._same_columns = same_columns
        self._scratch = scratch
        self._held_files = HeldFiles(scratch)
        self._loaded_at = datetime.now(UTC).replace(tzinfo=None)

    def plan(self, table: RawTable, found: Sequence[DataFile]) -> Plan:
        """What to do with a table; one that no model reads is left empty where it cannot be."""
        try:
            return self._plan(table, found)
        except PortraitError as error:
            forgive(table, error)
            return self._plan(table, [])

    def _plan(self, table: RawTable, found: Sequence[DataFile]) -> Plan:
        files = {file.name: self._held_files.hold(file) for file in found}
        sha256 = self._hashes.hash_all(files.values())
        wanted = {
            name: Load(sha256[name], self._loaded_at, 0, read_as(table, file.reader), {})
            for name, file in files.items()
        }
        held = read_loads(self._connection, self._system.name, table)
        return Planning(
            self._connection, table, files, wanted, held, self._scratch, self._same_columns
        ).plan()

    def carry_out(self, plan: Plan) -> None:
        """Brings a table to what is planned, if there is anything to do."""
        if plan.is_new:
            _carry_out(self._connection, self._system, plan, self._loaded_at)
            self._held_files.check(one.file for one in plan.readables.values())

    def carry_out_unread(self, plan: Plan) -> Plan:
        """Does so apart from the others, since it may stop nothing; gives what was done."""
        try:
            with transaction(self._connection):
                self.carry_out(plan)
        except PortraitError as error:
            forgive(plan.table, error)
            plan = self._plan(plan.table, [])
            self.carry_out(plan)
        return plan


def _warn_of_gone(system: SourceSystem, plans: Sequence[Plan]) -> None:
    """Says which files are there no more, since their rows go too."""
    for plan in plans:
        for name in plan.changes.removed:
            if name not in plan.loads:
                progress.warning(
                    f"{system.name}: {plain_line(name)} is gone, and its rows of "
                    f"{plan.table.name} with it"
                )


def _remove_copies_left(folder: Path) -> None:
    """Removes what a killed landing left; only one landing at a time holds the warehouse."""
    for left in folder.glob(f"{_COPIES}*"):
        shutil.rmtree(left, ignore_errors=True)


def _carry_out(
    connection: duckdb.DuckDBPyConnection, system: SourceSystem, plan: Plan, loaded_at: datetime
) -> None:
    table = plan.table
    if plan.is_whole:
        recreate(connection, table, plan.columns)
    else:
        adapt(connection, table, plan.changes, plan.columns)
    read = [(one, plan.loads[name].sha256) for name, one in plan.readables.items()]
    counts = insert(connection, table, plan.columns, read, loaded_at)
    apply_corrections(connection, table)
    check_written(connection, table, plan.readables.values())
    loads = {name: _counted(load, counts.get(name)) for name, load in plan.loads.items()}
    if loads and not any(load.row_count for load in loads.values()):
        raise PortraitError(
            f"{table.schema}.{table.name}: {', '.join(loads)[:200]} is empty: "
            "it has no row of data.",
            "Fetch or export the file again.",
        )
    write_loads(connection, system.name, table, loads)


def _counted(load: Load, count: int | None) -> Load:
    if count is None:
        return load
    return Load(load.sha256, load.loaded_at, count, load.read_as, load.extra_columns)
