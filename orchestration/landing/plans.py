"""What is to be done with a raw table so that it holds what its files hold: the least there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration import progress
from orchestration.landing.changes import Changes, compare
from orchestration.landing.columns import (
    SameColumns,
    called_as_declared,
    check_columns,
    check_types,
    common_columns,
    extra_columns,
    warn_of_extra,
)
from orchestration.landing.files import DataFile
from orchestration.landing.raw_loads import Load
from orchestration.landing.raw_table import fixed_columns, row_count
from orchestration.landing.readers import Readable, open_file
from orchestration.warehouse.manifest import RawTable
from orchestration.warehouse.opening import columns_of


@dataclass(frozen=True)
class Plan:
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


@dataclass(frozen=True)
class Planning:
    """Finds out what is to be done with a raw table, and that it can be done."""

    connection: duckdb.DuckDBPyConnection
    table: RawTable
    files: Mapping[str, DataFile]
    wanted: Mapping[str, Load]
    held: Mapping[str, Load]
    scratch: Path
    same_columns: SameColumns

    def plan(self) -> Plan:
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

    def _plan(self, held: Mapping[str, Load] | None) -> Plan:
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
        return Plan(self.table, is_whole, changes, columns, readables, loads)

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
