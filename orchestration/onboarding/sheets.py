"""The raw tables of a group of files: one, or as many as their sheets are kinds of tables."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from orchestration.landing.excel import tables_in
from orchestration.landing.files import DataFile
from orchestration.landing.table_place import speaks_of_returns
from orchestration.onboarding.file_groups import FileGroup, free_name, table_name
from orchestration.warehouse.manifest import Column, RawTable
from orchestration.warehouse.options import ReadOptions

# The first, the last and one between: formats change over the years.
_SAMPLED_FILES = 3
# What programs call a sheet of which nobody said what it is.
_SAYS_NOTHING = re.compile(
    r"(sheet|tabelle|feuil|feuille|hoja|foglio|folha|planilha|blad|rows_read|t)[_0-9]*"
)


@dataclass(frozen=True)
class TablePart:
    """What is read from a group of files as one table; `origin` says in words where it stands."""

    group: FileGroup
    table: RawTable
    origin: str


def files_of(there: Mapping[str, Path], group: FileGroup) -> list[DataFile]:
    """The files of a group that are sampled.

    Args:
        there: Name → where the file is.
        group: The group.
    """
    names = group.names
    if len(names) > _SAMPLED_FILES:
        names = (names[0], names[len(names) // 2], names[-1])
    return [DataFile(there[name], name, group.reader, name) for name in names]


def in_sheets(
    there: Mapping[str, Path],
    group: FileGroup,
    table_words: Sequence[tuple[str, str]],
    taken: Collection[str],
    encoding: str | None = None,
) -> Iterator[TablePart]:
    """The tables of a group of files.

    Args:
        there: Name → where the file is.
        group: The group.
        table_words: (word, table name) for names of sheets that are not ASCII.
        taken: Names that other tables have.
        encoding: Of text that is not UTF-8; None: what its bytes tell.

    Raises:
        PortraitError: A workbook cannot be read.
    """
    options = ReadOptions(encoding=encoding)
    whole = RawTable("sample", group.table, "", (), (group.pattern,), group.reader, None, options)
    if group.reader != "excel":
        yield TablePart(group, whole, group.origin)
        return
    found, *others = [tables_in(file) for file in files_of(there, group)]
    # A sheet that one of the workbooks has not would stop the source.
    shared = [
        (sheet, columns)
        for number, (sheet, columns) in enumerate(found.items())
        if not number or all(columns in other.values() for other in others)
    ]
    if len(shared) < 2:
        yield TablePart(group, whole, group.origin)
        return
    known = [frozenset(name.lower() for name in columns) for _, columns in shared]
    names = set(taken)
    for place, (sheet, columns) in enumerate(shared):
        name = free_name(_name(sheet, group, table_words), names)
        names.add(name)
        # Sheets of one table are known by their columns; returns may have those of the orders.
        sheet_options = replace(options, sheet=sheet if speaks_of_returns(sheet) else None)
        table = replace(
            whole,
            name=name,
            options=sheet_options,
            columns=tuple(Column(column, "varchar", "") for column in columns),
            beside=(*known[:place], *known[place + 1 :]),
        )
        yield TablePart(group, table, f"{group.origin} ({sheet})")


def _name(sheet: str, group: FileGroup, table_words: Sequence[tuple[str, str]]) -> str:
    """What a sheet is called, if that says something."""
    name = table_name(sheet, table_words)
    return group.table if _SAYS_NOTHING.fullmatch(name) else name
