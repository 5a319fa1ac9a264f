"""Opening the working DuckDB file, and closing it without fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.errors import PortraitError
from orchestration.quoting import quoted
from orchestration.state.memory import memory_limit

_DAMAGE = (
    "not a valid DuckDB database file",
    "Corrupt database file",
    "Could not read enough bytes",
    "Failure while replaying WAL",
    "Serialization Error",
    "database has been invalidated because of a previous fatal error",
)
# The thread in which dbt works on the warehouse.
DBT_THREAD = "dbt"


@contextmanager
def open_warehouse(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that writes; times are UTC, and it holds no more memory than dbt may.

    DuckDB lets only one process have the file open.

    Raises:
        PortraitError: Another process has the file open, or it is damaged.
    """
    try:
        connection = duckdb.connect(path)
    except duckdb.Error as error:
        raise _unopened(path, error) from error
    try:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"set memory_limit = {quoted(memory_limit())}")
        yield connection
    finally:
        connection.close()


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All of what is executed inside, or nothing of it."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def scalar(connection: duckdb.DuckDBPyConnection, query: str, *parameters: object) -> int:
    """The one number that a query gives."""
    ((number,),) = connection.execute(query, parameters).fetchall()
    return int(number)


def count_rows(
    connection: duckdb.DuckDBPyConnection, relation: str, where_there_is_none: int = 0
) -> int:
    """How many rows a table has; `relation` is its quoted name."""
    try:
        return scalar(connection, f"select count(*) from {relation}")
    except duckdb.CatalogException:
        return where_there_is_none


def columns_of(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """The columns of a table with their types; none where there is no such table."""
    try:
        described = connection.execute(f"describe {relation}").fetchall()
    except duckdb.CatalogException:
        return {}
    return {name: data_type for name, data_type, *_ in described}


class DamagedWarehouseError(PortraitError):
    """DuckDB cannot read the warehouse any more."""


def damaged(said: str) -> DamagedWarehouseError:
    """The error for such a warehouse, with what DuckDB said."""
    return DamagedWarehouseError(
        f"The warehouse is damaged: {said.rstrip('.!')}.",
        "What is published stays readable. Make the warehouse anew from the sources: "
        "portrait run --rebuild",
    )


def tells_damage(said: str) -> bool:
    """Whether a message of DuckDB's is about a file that is none of its own, or none any more."""
    return any(sign in said for sign in _DAMAGE)


def remove_warehouse(path: Path) -> None:
    """Removes the file and its log, to be made anew. Nobody may have it open."""
    for file in (path, path.with_name(f"{path.name}.wal")):
        file.unlink(missing_ok=True)


def _unopened(path: Path, error: duckdb.Error) -> PortraitError:
    said = _first_line(error)
    if "Could not set lock" in said:
        return PortraitError(
            f"{path} cannot be opened: {said}",
            "Close the program that has it open. To read the results, open the marts.duckdb "
            "under published/current/ instead.",
        )
    if tells_damage(said) or not isinstance(error, duckdb.IOException):
        return damaged(f"{path}: {said}")
    return PortraitError(
        f"{path} cannot be opened: {said}",
        "See that it and its folder may be written, and that no newer DuckDB has written it.",
    )


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
