"""Tables of a database as dlt resources, read in Arrow batches."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import dlt
from dlt.common.schema.typing import TWriteDisposition
from dlt.extract import DltResource
from dlt.sources.sql_database import sql_table
from sqlalchemy import Engine, create_engine, inspect
from sqlalchemy.exc import NoSuchTableError

from orchestration.connections.declared import DatabaseTable, SqlDatabase
from orchestration.connections.names import normalized
from orchestration.connections.secrets import Secrets
from orchestration.errors import PortraitError

_LONGEST_MESSAGE = 300
# Columns by whose names one may trust that they grow with every change of a row.
_CHANGED_AT = ("updated_at", "modified_at", "changed_at", "last_modified", "update_time")


@contextmanager
def open_database(name: str, url: str, secrets: Secrets) -> Iterator[Engine]:
    """An engine for the database, disposed of at the end.

    Args:
        name: The source's name, for messages.
        url: As declared.
        secrets: Fills the URL, and strikes secrets out of messages.

    Raises:
        PortraitError: The URL is wrong, its driver is missing, or the database said no, be it now
            or while the caller works with the engine.
    """
    filled = secrets.fill_url(url)
    with secrets.kept(partial(_no_database, name, secrets)):
        engine = create_engine(filled)
    try:
        with secrets.kept(partial(_refused, name, secrets)):
            yield engine
    finally:
        engine.dispose()


def discover(engine: Engine, url: str, schema: str | None) -> SqlDatabase:
    """A declaration of all tables of a database, with their primary keys.

    A table gets a cursor where it has a key and a column that says when a row was changed.
    """
    inspector = inspect(engine)
    tables = {}
    for name in inspector.get_table_names(schema=schema):
        key = inspector.get_pk_constraint(name, schema=schema)["constrained_columns"]
        columns = [column["name"] for column in inspector.get_columns(name, schema=schema)]
        cursor = next((column for column in columns if normalized(column) in _CHANGED_AT), None)
        landed = normalized(name)
        tables[landed] = {
            **({"from_table": name} if landed != name else {}),
            **({"primary_key": key[0] if len(key) == 1 else key} if key else {}),
            **({"cursor": cursor} if cursor and key else {}),
        }
    settings = {"kind": "sql_database", "url": url, "schema": schema, "tables": tables}
    return SqlDatabase.model_validate(settings)


def table_columns(name: str, database: SqlDatabase, engine: Engine) -> dict[str, list[str]]:
    """The columns that each declared table has now, under the names that they get when landed.

    Raises:
        PortraitError: The database has no such table.
    """
    inspector = inspect(engine)
    columns = {}
    for table, options in database.tables.items():
        try:
            found = inspector.get_columns(options.from_table or table, schema=database.schema_name)
        except NoSuchTableError as error:
            there = ", ".join(sorted(inspector.get_table_names(schema=database.schema_name)))
            raise PortraitError(
                f"{name}: the database has no table {error}.",
                f"It has: {there or 'none'}. Correct the name in sources.yml.",
            ) from None
        columns[table] = [normalized(column["name"]) for column in found]
    return columns


def resources(database: SqlDatabase, engine: Engine) -> list[DltResource]:
    """One resource a declared table."""
    return [_resource(database, engine, *item) for item in database.tables.items()]


def _resource(
    database: SqlDatabase, engine: Engine, table: str, options: DatabaseTable
) -> DltResource:
    resource = sql_table(
        engine,
        table=options.from_table or table,
        schema=database.schema_name,
        incremental=dlt.sources.incremental(options.cursor) if options.cursor else None,
        primary_key=list(options.primary_key),
        backend="pyarrow",
        # A database's own limits on length and precision are no business of the raw tables.
        reflection_level="full",
    ).with_name(table)
    resource.apply_hints(table_name=table, write_disposition=disposition(options))
    return resource


def disposition(options: DatabaseTable) -> TWriteDisposition:
    """How loaded rows meet those of earlier loads, in dlt's words."""
    if options.cursor is None:
        return "replace"
    return "merge" if options.primary_key else "append"


def primary_keys(database: SqlDatabase) -> Mapping[str, tuple[str, ...]]:
    """The normalized key columns of each table that has a key."""
    return {
        table: tuple(map(normalized, options.primary_key))
        for table, options in database.tables.items()
        if options.primary_key
    }


def _no_database(name: str, secrets: Secrets, error: Exception) -> PortraitError:
    return PortraitError(
        f"{name}: no database can be opened with this url: {_told(error, secrets)}",
        "Write it as dialect://user:${NAME_OF_A_VARIABLE}@host/database, and install the "
        "dialect's driver into .venv.",
    )


def _refused(name: str, secrets: Secrets, error: Exception) -> PortraitError:
    return PortraitError(
        f"{name}: the database said: {_told(error, secrets)}",
        "Check the url in sources.yml, the password's variable, and that the server is up.",
    )


def _told(error: Exception, secrets: Secrets) -> str:
    # SQLAlchemy adds a link to its documentation, and the statement, to what the driver said.
    message = str(getattr(error, "orig", None) or error)
    return " ".join(secrets.strike_out(message).split())[:_LONGEST_MESSAGE]
