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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration import progress
from orchestration.errors import PortraitError
from orchestration.landing.changes import Changes, compare
from orchestration.landing.columns import (
    SameColumns,
    called_as_declared,
    check_columns,
    check_types,
    common_columns,
    extra_columns,
    no_others,
    warn_of_extra,
)
from orchestration.landing.corrections import apply_corrections
from orchestration.landing.files import DataFile, HashCache, SourceFiles, forgive
from orchestration.landing.held_files import HeldFiles
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
    fixed_columns,
    insert,
    recreate,
    row_count,
)
from orchestration.landing.readers import Readable, open_file
from orchestration.landing.written import check_written
from orchestration.project import Project
from orchestration.quoting import plain_line
from orchestration.warehouse.manifest import RawTable, SourceSystem
from orchestration.warehouse.opening import columns_of, transaction

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


@dataclass(frozen=True)
class _Plan:
    """What is to be done with a raw table.

    Attributes:
        table: The table.
        is_whole: It is made anew; else it is adapted.
        changes: What to do with the files.
        columns: All columns that it will have, with their types.
        readables: The files to read, opened, by name.
        loads: The files that it will hold; those to read still without their number of rows.
    """

    table: RawTable
    is_whole: bool
    changes: Changes
    columns: Mapping[str, str]
    readables: Mapping[str, Readable]
    loads: Mapping[str, Load]

    @property
    def is_new(self) -> bool:
        """Whether there is anything to do."""
        return self.is_whole or bool(self.changes)


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
    loaded_at = datetime.now(UTC).replace(tzinfo=None)
    folder = Project.find().landing
    folder.mkdir(parents=True, exist_ok=True)
    _remove_copies_left(folder)
    with tempfile.TemporaryDirectory(dir=folder, prefix=_COPIES) as scratch:
        held_files = HeldFiles(Path(scratch))

        def planned(table: RawTable, found: Sequence[DataFile]) -> _Plan:
            table_files = {file.name: held_files.hold(file) for file in found}
            sha256 = hashes.hash_all(table_files.values())
            wanted = {
                name: Load(sha256[name], loaded_at, 0, read_as(table, file.reader), {})
                for name, file in table_files.items()
            }
            held = read_loads(connection, system.name, table)
            return _Planning(
                connection, table, table_files, wanted, held, Path(scratch), same_columns
            ).plan()

        plans = []
        for table in system.tables:
            try:
                plans.append(planned(table, (files or {}).get(table.name, [])))
            except PortraitError as error:
                forgive(table, error)
                plans.append(planned(table, []))
        if files is not None:
            _warn_of_gone(system, plans)
        with transaction(connection):
            for plan in (plan for plan in plans if plan.is_new):
                _carry_out(connection, system, plan, loaded_at)
                held_files.check(one.file for one in plan.readables.values())
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


def _warn_of_gone(system: SourceSystem, plans: Sequence[_Plan]) -> None:
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


@dataclass(frozen=True)
class _Planning:
    """Finds out what is to be done with a raw table, and that it can be done."""

    connection: duckdb.DuckDBPyConnection
    table: RawTable
    files: Mapping[str, DataFile]
    wanted: Mapping[str, Load]
    held: Mapping[str, Load]
    scratch: Path
    same_columns: SameColumns

    def plan(self) -> _Plan:
        """The plan with the fewest files to read.

        Raises:
            PortraitError: A file has not the declared columns, or holds what they cannot.
        """
        columns = columns_of(self.connection, self.table.relation)
        plan = self._plan(self.held if self._is_intact(columns) else None)
        if any(columns.get(name, kind) != kind for name, kind in plan.columns.items()):
            # A column that nobody declared has become another type.
            plan = self._plan(None)
        return plan

    def _is_intact(self, columns: Mapping[str, str]) -> bool:
        """Whether the table is what landing left: its fixed columns, its number of rows."""
        fixed = fixed_columns(self.connection, self.table)
        expected = sum(load.row_count for load in self.held.values())
        return (
            fixed.items() <= columns.items() and row_count(self.connection, self.table) == expected
        )

    def _plan(self, held: Mapping[str, Load] | None) -> _Plan:
        changes = compare(
            {name: load.content for name, load in (held or {}).items()},
            {name: load.content for name, load in self.wanted.items()},
        )
        readables = self._open(changes.added)
        extras = {name: extra_columns(self.table, one.columns) for name, one in readables.items()}
        loads = {name: (held or {})[name] for name in changes.kept}
        loads |= {new: (held or {})[old] for old, new in changes.renamed.items()}
        for name, extra in extras.items():
            new = self.wanted[name]
            loads[name] = Load(new.sha256, new.loaded_at, 0, new.read_as, extra)
        _warn_of_extras(self.table, readables, extras)
        columns = {
            **fixed_columns(self.connection, self.table),
            **common_columns([load.extra_columns for load in loads.values()]),
        }
        is_whole = held is None or not (changes.kept or changes.renamed or not changes)
        return _Plan(self.table, is_whole, changes, columns, readables, loads)

    def _open(self, names: Sequence[str]) -> dict[str, Readable]:
        readables = {}
        for name in names:
            one = open_file(self.connection, self.table, self.files[name], self.scratch)
            one = called_as_declared(self.table, one, self.same_columns)
            check_columns(self.table, one.file, list(one.columns))
            for note in one.notes:
                progress.warning(note)
            readables[name] = one
        check_types(self.connection, self.table, list(readables.values()))
        return readables


def _carry_out(
    connection: duckdb.DuckDBPyConnection, system: SourceSystem, plan: _Plan, loaded_at: datetime
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


def _warn_of_extras(
    table: RawTable, readables: Mapping[str, Readable], extras: Mapping[str, Mapping[str, str]]
) -> None:
    """Says once a column that it is kept though nobody declared it, and in which files it is."""
    places: dict[str, list[str]] = {}
    for file, columns in extras.items():
        for column in columns:
            places.setdefault(column, []).append(readables[file].file.label)
    for column, files in places.items():
        more = f" and {len(files) - 1} more files" if len(files) > 1 else ""
        warn_of_extra(table, f"{files[0]}{more}", column)
