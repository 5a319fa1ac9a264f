"""A sample of a source's raw tables, whatever kind of source they come from.

Guessing and drafting know only `Sample`: where the rows came from is the business of whoever fills
one. Here that is files; a database or an API fills the same tables.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import PortraitError
from orchestration.landing.columns import called_as_declared
from orchestration.landing.files import DataFile
from orchestration.landing.formats import is_empty, known_endings
from orchestration.landing.header import read_header
from orchestration.landing.raw_table import naming_the_file
from orchestration.landing.readers import Readable, open_file
from orchestration.onboarding.answers import NO_ANSWERS, Answers
from orchestration.onboarding.file_groups import group_files, read_together
from orchestration.onboarding.files_there import find_files
from orchestration.onboarding.same_columns import same_columns
from orchestration.onboarding.sheets import TablePart, files_of, in_sheets
from orchestration.onboarding.vocabulary import has_no_header
from orchestration.quoting import identifier, quoted
from orchestration.warehouse.manifest import ORIGIN_COLUMNS, Column, RawTable
from orchestration.warehouse.options import NO_HEADER
from orchestration.warehouse.questions import Question

SCHEMA = "sample"

# Enough rows to see keys repeat, few enough to be read in a second.
_SAMPLED_ROWS = 100_000
# Landing adds columns of these names, and the readers use them while they work.
_TAKEN_NAMES = {*ORIGIN_COLUMNS, "_path", "_row", "_position"}
# Where each sampled row came from, under names that no file can have: no printable one ends so.
ORIGIN_OF_SAMPLE = {"_origin_file": "_origin_file\x01", "_origin_row": "_origin_row\x01"}
# A name is written into SQL, Jinja and YAML; these characters would end it in one of them.
_FORBIDDEN = set("\"{}\\'")
_LONGEST_NAME = 120


@dataclass(frozen=True)
class SampledColumn:
    """A column of a raw table; `data_type` is the one to declare."""

    name: str
    data_type: str

    @property
    def is_text(self) -> bool:
        """Whether values have to be read from text."""
        return self.data_type == "varchar"


@dataclass(frozen=True)
class ListedRows:
    """Rows that a column of a raw table lists, each an element of its lists.

    Attributes:
        table: The raw table.
        column: Its column with the lists.
        order: Its column that each row takes along: the number of the order.
        fields: Column → JSON path of it in an element.
    """

    table: "SampledTable"
    column: str
    order: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SampledTable:
    """A raw table, of which `sample.<name>` holds some rows.

    Attributes:
        name: Name of the raw table.
        columns: Its columns, without those that landing adds.
        meta: How the table is read, as it stands under `meta: {portrait: …}` in `_sources.yml`.
        origin: Where the rows came from, in words.
        left_out: Columns whose names cannot be declared.
        notes: What is to be said of how its files are read.
        questions: What has to be known before anything is read of it.
        is_in_semicolons: Whether semicolons stand between fields, as where a comma marks decimals.
        wrapped: Columns with cells of which a draft takes off what is for spreadsheets only.
        listed: Where its rows are listed, if it is no raw table of its own.
    """

    name: str
    columns: tuple[SampledColumn, ...]
    meta: Mapping[str, Any]
    origin: str
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    is_in_semicolons: bool = False
    wrapped: tuple[str, ...] = ()
    listed: ListedRows | None = None

    @property
    def raw_table(self) -> "SampledTable":
        """The raw table that its rows are read from."""
        return self.listed.table if self.listed else self

    @property
    def is_unnamed(self) -> bool:
        """Whether its files have no header."""
        return self.meta.get("header") == NO_HEADER

    @property
    def relation(self) -> str:
        """The sample's name in SQL."""
        return f'{SCHEMA}."{self.name}"'


@dataclass(frozen=True)
class Sample:
    """Sampled tables in one DuckDB connection.

    Attributes:
        connection: Holds a table for each of `tables` in the schema `sample`.
        tables: The raw tables.
        meta: How the source is found, as it stands in `_sources.yml`.
        unread: Files that are no table, with the reason.
        answers: What the user has said of values that the data cannot decide.
    """

    connection: duckdb.DuckDBPyConnection
    tables: tuple[SampledTable, ...]
    meta: Mapping[str, Any] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    answers: Answers = NO_ANSWERS


@contextmanager
def sample_files(
    path: Path,
    table_words: Sequence[tuple[str, str]] = (),
    answers: Answers = NO_ANSWERS,
) -> Iterator[Sample]:
    """Samples a file, or the files of a folder.

    Args:
        path: The file or folder.
        table_words: (word, table name) for file names that are not ASCII.
        answers: What the user has said of files: which are left out, which are one table, and how
            their text is encoded.

    Raises:
        PortraitError: There is no file that can be read.
    """
    tables: list[SampledTable] = []
    leave_out = answers.leave_out
    with (
        tempfile.TemporaryDirectory(prefix="portrait-unpacked-") as cache,
        duckdb.connect() as connection,
    ):
        there, unread = find_files(path, Path(cache))
        empty = {name for name, file in there.items() if is_empty(file)}
        unread += [f"{name} is empty" for name in there if name in empty]
        names = [name for name in there if name not in empty and name not in leave_out]
        unread += [f"{name} is left out, as you said" for name in there if name in leave_out]
        groups = group_files(filter(str.isprintable, names), table_words)
        groups = read_together(groups, answers.together)
        read = {name for group in groups for name in group.names}
        unread += [_why_unread(name) for name in names if name not in read]
        connection.execute(f"set TimeZone = 'UTC'; create schema {SCHEMA}")
        for group in groups:
            try:
                taken = {one.name for one in tables}
                for part in in_sheets(there, group, table_words, taken, answers.encoding):
                    if {part.table.name, part.origin} & set(leave_out):
                        unread.append(f"{part.origin} is left out, as you said")
                        continue
                    table = _load(connection, there, part)
                    if table.columns:
                        tables.append(table)
                    else:
                        unread.append(f"{part.origin} has no column whose name can be declared")
            except PortraitError as error:
                unread.append(f"{error.message} {error.hint}")
            except duckdb.Error as error:
                reason = " ".join(str(error).split())[:200]
                unread.append(f"{group.origin} cannot be read: {reason}")
        if not tables:
            told = "; ".join(unread) or "it holds no file"
            raise PortraitError(
                f"There is no table in {path}: {told}.",
                "Name a file or folder with CSV files (first line with column names), JSON Lines, "
                f"workbooks or Parquet, or a .zip of them. Files end in {known_endings()}.",
            )
        yield Sample(connection, tuple(tables), unread=tuple(unread))


def _why_unread(name: str) -> str:
    if name.isprintable():
        return f"{name} has another ending"
    return f"the file name {name!r} cannot be written down; rename the file"


def _load(
    connection: duckdb.DuckDBPyConnection, there: Mapping[str, Path], part: TablePart
) -> SampledTable:
    group, table = part.group, part.table
    with tempfile.TemporaryDirectory(prefix="portrait-sample-") as scratch:
        files = files_of(there, group)
        readables, has_header = _opened(connection, table, files, Path(scratch))
        file, row = map(identifier, ORIGIN_OF_SAMPLE.values())
        union = " union all by name ".join(
            f"(select * exclude (_origin_row), {quoted(one.file.name)} as {file}, "
            f"_origin_row as {row} from ({one.sql}))"
            for one in readables
        )
        with naming_the_file(connection, readables):
            connection.execute(
                f'create table {SCHEMA}."{table.name}" as '
                f"select * from ({union}) limit {_SAMPLED_ROWS}"
            )
        is_in_semicolons = files[0].reader == "csv" and any(
            read_header(table, one.file, one.path).delimiter == ";" for one in readables
        )
    columns = sampled_columns(connection, table.name)
    declared = tuple(column for column in columns if can_be_declared(column.name))
    return SampledTable(
        name=table.name,
        columns=declared,
        meta={
            "reader": group.reader,
            "files": [group.pattern],
            **({"files_beside": list(group.others)} if group.others else {}),
            **({} if has_header else {"header": NO_HEADER}),
            **({"sheet": table.options.sheet} if table.options.sheet else {}),
        },
        origin=part.origin,
        left_out=tuple(column.name for column in columns if column not in declared),
        notes=tuple(note for one in readables for note in one.notes),
        is_in_semicolons=is_in_semicolons,
    )


def _opened(
    connection: duckdb.DuckDBPyConnection,
    table: RawTable,
    files: Sequence[DataFile],
    scratch: Path,
) -> tuple[list[Readable], bool]:
    """The files of a table, and whether they have a header.

    Raises:
        PortraitError: One cannot be read, or some have a header and others have none.
    """
    readables = [open_file(connection, table, file, scratch) for file in files]
    if files[0].reader not in ("csv", "excel") or table.beside:
        return readables, True
    bare = [one.file.name for one in readables if has_no_header(list(one.columns))]
    if not bare:
        return _called_alike(table, readables), True
    if len(bare) < len(readables):
        raise PortraitError(
            f"{', '.join(bare)} has no header, and other files like it have one.",
            "Put the header of the others above it.",
        )
    options = replace(table.options, header=NO_HEADER)
    table = replace(table, columns=(), options=options)
    return [open_file(connection, table, file, scratch) for file in files], False


def _called_alike(table: RawTable, readables: Sequence[Readable]) -> list[Readable]:
    """The files, with the columns of later ones under the names that the first has for them."""
    first, *others = readables
    columns = tuple(Column(name, "varchar", "") for name in first.columns)
    named = replace(table, columns=columns)
    return [first, *(called_as_declared(named, one, same_columns) for one in others)]


def sampled_columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[SampledColumn]:
    """The columns that the data brings."""
    described = connection.execute(f"describe {SCHEMA}.{identifier(table)}").fetchall()
    return [
        SampledColumn(row[0], row[1].lower())
        for row in described
        if row[0] not in ORIGIN_OF_SAMPLE.values()
    ]


def can_be_declared(name: str) -> bool:
    """Whether a column of this name can be written into SQL, Jinja and YAML."""
    return (
        name.lower() not in _TAKEN_NAMES
        and name.strip() == name != ""
        and name.isprintable()
        and len(name) <= _LONGEST_NAME
        and not _FORBIDDEN.intersection(name)
    )
