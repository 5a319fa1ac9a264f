"""The columns of files beside the declared ones: what is missing, is more, or will not fit."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import duckdb

from orchestration import progress
from orchestration.errors import PortraitError
from orchestration.landing.files import DataFile
from orchestration.landing.raw_table import declared_types, in_batches, naming_the_file
from orchestration.landing.readers import Readable
from orchestration.quoting import code_span, identifier, quoted
from orchestration.warehouse.manifest import ORIGIN_COLUMNS, Column, RawTable

_WHOLE_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_RESERVED = {*ORIGIN_COLUMNS, "file_row_number"}
_MOST_COLUMNS = 2000


# Of declared columns and a file's the file's names that stand for declared ones.
SameColumns = Callable[[Sequence[str], Sequence[str]], Mapping[str, str]]


def no_others(_declared: Sequence[str], _found: Sequence[str]) -> Mapping[str, str]:
    """A file that calls a column otherwise has none of that name."""
    return {}


def called_as_declared(table: RawTable, one: Readable, same_columns: SameColumns) -> Readable:
    """The file with its columns under the declared names, where it calls them otherwise.

    Args:
        table: The declared table.
        one: The file.
        same_columns: Tells which columns are the same.
    """
    declared, found = [column.name for column in table.business_columns], list(one.columns)
    lower = {name.lower() for name in found}
    if all(name.lower() in lower for name in declared):
        return one
    names = same_columns(declared, found)
    if not names:
        return one
    listed = ", ".join(f"{identifier(name)} as {identifier(names[name])}" for name in names)
    left_out = ", ".join(map(identifier, names))
    told = ", ".join(f"{code_span(name)} is {code_span(names[name])}" for name in names)
    return replace(
        one,
        columns={names.get(name, name): kind for name, kind in one.columns.items()},
        sql=f"select * exclude ({left_out}), {listed} from ({one.sql})",
        notes=(*one.notes, f"{one.file.label} calls columns otherwise, and is read so: {told}"),
    )


def check_columns(table: RawTable, file: DataFile, found: Sequence[str]) -> None:
    """Names the declared columns that a file has not, and what stands there instead.

    Raises:
        PortraitError: A column is missing, one has a name that landing uses, or they are too many.
    """
    reserved = [name for name in found if name.lower() in _RESERVED]
    if reserved:
        raise PortraitError(
            f"{file.label} has a column {', '.join(reserved)}, which landing writes itself.",
            "Rename it in the file.",
        )
    if len(found) > _MOST_COLUMNS:
        raise PortraitError(
            f"{file.label} has {len(found):,} columns; {_MOST_COLUMNS:,} is the most.",
            "See that its first line is its header, and that the delimiter is right.",
        )
    by_lower = {name.lower(): name for name in found}
    declared = {column.name.lower() for column in table.business_columns}
    missing = [c.name for c in table.business_columns if c.name.lower() not in by_lower]
    if not missing:
        return
    spare = {lower: name for lower, name in by_lower.items() if lower not in declared}
    renamed = []
    for name in missing:
        near = difflib.get_close_matches(name.lower(), spare, n=1)
        renamed += [f"{spare[near[0]]} looks like {name} renamed"] if near else []
    raise PortraitError(
        f"{file.label} has no column {', '.join(missing)}.",
        f"{'; '.join(renamed) or 'It has ' + ', '.join(found)[:500]}. Rename the columns in the "
        f"file, or change {table.schema}.{table.name} in the dbt project's _sources.yml.",
    )


def extra_columns(table: RawTable, columns: Mapping[str, str]) -> dict[str, str]:
    """The columns of a file that nobody declared, in lower case, with their types."""
    declared = {column.name.lower() for column in table.business_columns}
    lower = {name.lower(): data_type for name, data_type in columns.items()}
    return {name: data_type for name, data_type in lower.items() if name not in declared}


def warn_of_extra(table: RawTable, where: str, column: str) -> None:
    """Says that a column which nobody declared is kept."""
    progress.warning(
        f"{where}: the column {column} is not declared; {table.schema}.{table.name} keeps it"
    )


def common_columns(columns_of_files: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """All extra columns of several files by name: text where the files do not agree on a type."""
    common: dict[str, str] = {}
    for columns in columns_of_files:
        for name, data_type in columns.items():
            common[name] = data_type if common.get(name, data_type) == data_type else "VARCHAR"
    return dict(sorted(common.items()))


def check_types(
    connection: duckdb.DuckDBPyConnection, table: RawTable, readables: Sequence[Readable]
) -> None:
    """Compares the types of files with the declared ones, and where they differ the values.

    Raises:
        PortraitError: A value is not of the declared type.
    """
    declared = declared_types(connection, table.business_columns)
    for column in table.business_columns:
        by_type: dict[str, list[Readable]] = {}
        for readable in readables:
            found = {name.lower(): kind for name, kind in readable.columns.items()}
            by_type.setdefault(found[column.name.lower()], []).append(readable)
        for found_type, alike in by_type.items():
            if declared[column.name] in ("VARCHAR", found_type):
                continue
            for files in in_batches(alike):
                with naming_the_file(connection, files):
                    _check_values(connection, column, declared[column.name], found_type, files)


def _check_values(
    connection: duckdb.DuckDBPyConnection,
    column: Column,
    declared: str,
    found: str,
    readables: Sequence[Readable],
) -> None:
    """Finds a value that the declared type cannot hold without loss."""
    name = identifier(column.name)
    changed = f"try_cast({name} as {declared})::{found} is distinct from {name}"
    if found == "VARCHAR":
        # Text may be written in several ways (1, 1.0), but no digits may be lost.
        changed = "false"
        if declared in _WHOLE_NUMBERS:
            changed = f"try_cast({name} as double) <> try_cast({name} as {declared})"
    source = " union all ".join(
        f"select {quoted(one.file.label)} as _file, _origin_row, {name} from ({one.sql})"
        for one in readables
    )
    try:
        bad = connection.execute(f"""
            select _file, _origin_row, {name}::varchar from ({source})
            where {name} is not null and (try_cast({name} as {declared}) is null or {changed})
            limit 1
        """).fetchone()
    except (duckdb.BinderException, duckdb.ConversionException):
        bad = (readables[0].file.label, 1, f"a {found}")
    if bad:
        raise PortraitError(
            f"{bad[0]}: the column {column.name} should be {column.data_type}, but is "
            f"{found.lower()}, with the value {bad[2][:100]!r} in row {bad[1]}.",
            "Correct the values in the file, or declare another type in the dbt project's "
            "_sources.yml.",
        )
