"""JSON lines: every key of every object is a column; of what is nested, objects are opened.

The field `id` of an object under `customer` is the column `customer.id`. A list stays JSON text, as
does an object that is declared as a column.

Keys that differ only in case or in blanks around them are one column, as they are in a header.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import duckdb

from orchestration.errors import PortraitError
from orchestration.landing.exact_numbers import LONG_NUMBER, with_exact_numbers
from orchestration.landing.files import DataFile
from orchestration.landing.header import unique_names
from orchestration.quoting import identifier, quoted
from orchestration.warehouse.opening import scalar

# The largest object: room for fields of 10 MB and more.
_MOST_OBJECT_BYTES = 1 << 25
# An object with more keys is a dictionary, whose keys are values.
_MOST_FIELDS, _DEEPEST = 100, 3


def read_json_lines(
    connection: duckdb.DuckDBPyConnection,
    file: DataFile,
    path: Path,
    scratch: Path,
    declared: Collection[str] = (),
) -> tuple[list[str], str]:
    """The columns of a file, and a query that gives them and `_origin_row`.

    Args:
        connection: Any connection.
        file: The file, for messages.
        path: The file or its copy, in UTF-8.
        scratch: Folder for a copy.
        declared: Names of the declared columns in lower case.

    Raises:
        PortraitError: A line is no JSON object, or names a key twice.
    """
    source = _source(path)
    try:
        shapes = connection.execute(f"""
            select
                json_type(json),
                json_keys(json),
                min(_origin_row) as first_row,
                bool_or(regexp_matches(json, {quoted(LONG_NUMBER)}))
            from ({source}) group by 1, 2 order by first_row
        """).fetchall()
    except duckdb.InvalidInputException as error:
        raise _no_json(file, path, error) from error
    for kind, keys, row, _ in shapes:
        _check_shape(file, kind, keys, row)
    by_name = _by_name(list(dict.fromkeys(key for _, keys, _, _ in shapes for key in keys)))
    if any(has_long_number for *_, has_long_number in shapes):
        source = _source(with_exact_numbers(path, scratch))
    for variants in by_name.values():
        _check_variants(connection, file, source, variants)
    values: dict[str, str] = {}
    for name, variants in by_name.items():
        fields = (
            {} if len(variants) > 1 else _fields(connection, source, name, variants[0], declared)
        )
        values |= fields or {name: _value(variants)}
    unique = dict(zip(unique_names(list(values)), values.values(), strict=True))
    columns = [f"{value} as {identifier(name)}" for name, value in unique.items()]
    return list(unique), f"select {', '.join([*columns, '_origin_row'])} from ({source})"


def _fields(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    name: str,
    key: str,
    declared: Collection[str],
) -> dict[str, str]:
    """Name → value of the fields of the objects under a key; none where there is something else.

    Where objects are declared and others came, these stand under the key's own name: not lost.
    """
    is_wanted = not declared or any(one.startswith(f"{name.lower()}.") for one in declared)
    if name.lower() in declared or not is_wanted:
        return {}
    paths = _paths(connection, source, name, _pointer(key), depth=1)
    if declared and not paths and _has_values(connection, source, key):
        paths[name] = _pointer(key)
    known = {field.lower() for field in paths}
    for one in declared:
        # Of a file in which no object has a declared field, the field is empty.
        if one.startswith(f"{name.lower()}.") and one not in known:
            paths[one] = _pointer(key) + "".join(map(_pointer, one.split(".")[1:]))
    return {field: f"json ->> {quoted(pointer)}" for field, pointer in paths.items()}


def _has_values(connection: duckdb.DuckDBPyConnection, source: str, key: str) -> bool:
    value = f"json_extract(json, {quoted(_pointer(key))})"
    is_one = f"json_type({value}) <> 'NULL' and cast({value} as text) <> '{{}}'"
    found = connection.execute(f"select 1 from ({source}) where {is_one} limit 1").fetchone()
    return found is not None


def _paths(
    connection: duckdb.DuckDBPyConnection, source: str, name: str, pointer: str, *, depth: int
) -> dict[str, str]:
    """Name → pointer of all that stands under a pointer, object within object."""
    value = f"json_extract(json, {quoted(pointer)})"
    shapes = connection.execute(
        f"select json_type({value}) as kind, json_keys({value}) as keys, min(_origin_row) as row "
        f"from ({source}) group by 1, 2 order by row"
    ).fetchall()
    kinds = {kind for kind, *_ in shapes if kind not in (None, "NULL")}
    keys = list(
        dict.fromkeys(key for kind, found, _ in shapes if kind == "OBJECT" for key in found)
    )
    if kinds != {"OBJECT"} or not keys or len(keys) > _MOST_FIELDS:
        return {}
    paths: dict[str, str] = {}
    for key in keys:
        field, below = f"{name}.{key.strip()}", pointer + _pointer(key)
        deeper = {}
        if depth < _DEEPEST:
            deeper = _paths(connection, source, field, below, depth=depth + 1)
        paths |= deeper or {field: below}
    return paths


def _source(path: Path) -> str:
    return f"""
        select json, row_number() over () as _origin_row
        from read_ndjson_objects(
            {quoted(path)}, maximum_object_size = {_MOST_OBJECT_BYTES}, compression = 'none',
            hive_partitioning = false
        )
    """


def _check_shape(file: DataFile, kind: str, keys: Sequence[str], row: int) -> None:
    if kind != "OBJECT":
        raise PortraitError(
            f"{file.label}: row {row} is no JSON object, but {kind.lower()}.",
            "Write one object a line.",
        )
    if len(set(keys)) < len(keys):
        twice = next(key for key, count in Counter(keys).items() if count > 1)
        raise PortraitError(
            f"{file.label}: row {row} has the key {twice[:100]!r} twice.",
            "Only one of the two values could be kept: rename one of the keys, or take one out.",
        )


def _by_name(keys: Sequence[str]) -> dict[str, list[str]]:
    """Column name → the keys that fill it."""
    alike: dict[str, list[str]] = {}
    for key in keys:
        alike.setdefault(key.strip().lower(), []).append(key)
    names = unique_names([variants[0] for variants in alike.values()])
    return dict(zip(names, alike.values(), strict=True))


def _value(variants: Sequence[str]) -> str:
    values = [f"json ->> {quoted(_pointer(key))}" for key in variants]
    return values[0] if len(values) == 1 else f"coalesce({', '.join(values)})"


def _pointer(key: str) -> str:
    return "/" + key.replace("~", "~0").replace("/", "~1")


def _check_variants(
    connection: duckdb.DuckDBPyConnection, file: DataFile, source: str, variants: Sequence[str]
) -> None:
    """Sees that no row says two things of a column that several keys fill."""
    if len(variants) == 1:
        return
    values = ", ".join(_value([key]) for key in variants)
    row = scalar(
        connection,
        f"select coalesce(min(_origin_row), 0) from ({source}) "
        f"where len(list_distinct([{values}])) > 1",
    )
    if row:
        named = " and ".join(repr(key[:100]) for key in variants)
        raise PortraitError(
            f"{file.label}: row {row} has different values under the keys {named}.",
            "Keys that differ only in case are one column: rename one of them.",
        )


def _no_json(file: DataFile, path: Path, error: duckdb.Error) -> PortraitError:
    """The error for a file that is no JSON, with the line: DuckDB counts one line too many."""
    line, cause = next(_bad_lines(path), (None, str(error).splitlines()[0][:200]))
    place = f"line {line} is no JSON object" if line else "it cannot be read as JSON lines"
    return PortraitError(
        f"{file.label}: {place}: {cause}.",
        "Correct that place in the file, or export it again, one object a line.",
    )


def _bad_lines(path: Path) -> Iterator[tuple[int, str]]:
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                json.loads(line) if line.strip() else None
            except RecursionError:
                yield number, "it is nested too deeply"
            except json.JSONDecodeError as error:
                yield number, f"{error.msg} at column {error.colno}"
            except ValueError as error:
                yield number, str(error)
