"""Opening the working DuckDB file, and closing it without fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.errors import PortraitError

# The thread in which dbt works on the warehouse.
DBT_THREAD = "dbt"


@contextmanager
def open_warehouse(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that writes; times are UTC. DuckDB lets only one process have the file open.

    Raises:
        PortraitError: Another process has the file open.
    """
    try:
        connection = duckdb.connect(path)
    except duckdb.IOException as error:
        raise PortraitError(
            f"{path} cannot be opened: {_first_line(error)}",
            "Close the program that has it open. To read the results, open the marts.duckdb "
            "under published/current/ instead.",
        ) from error
    try:
        connection.execute("set TimeZone = 'UTC'")
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


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
