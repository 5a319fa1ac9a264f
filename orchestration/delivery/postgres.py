"""The published snapshot in a PostgreSQL, for tools that speak only that.

All is one transaction of PostgreSQL: tables are filled in a schema of their own, which then takes
the name of the one before. Whoever reads sees the old version or the new one, and a copy that dies
was never there.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from orchestration.connections.clear_text import check_settings
from orchestration.connections.secrets import Secrets
from orchestration.delivery.postgres_schema import (
    check_ours,
    check_schema_name,
    drop_left,
    held_version,
    loading_name,
    mark,
    swap,
)
from orchestration.delivery.postgres_tables import copy_table, snapshot_tables
from orchestration.errors import PortraitError
from orchestration.publishing.reading import Snapshot

PATIENCE = 10.0
"""So many seconds a swap waits for a moment in which nobody reads."""

_SCHEMES = ("postgresql://", "postgres://", "postgresql+psycopg2://")
_SECONDS_TO_CONNECT = 10
_LONGEST_MESSAGE = 300


@dataclass(frozen=True)
class Copied:
    """What was copied.

    Attributes:
        version: The version that is there now.
        tables: So many were copied; 0 where the version was there already.
        rows: In them.
        still_read: Schemas of earlier versions that somebody reads yet; a later copy drops them.
    """

    version: str
    tables: int
    rows: int
    still_read: Sequence[str]


def copy_snapshot(
    snapshot: Snapshot,
    url: str,
    schema: str,
    *,
    patience: float = PATIENCE,
    told: Callable[[str], object] = lambda table: None,
) -> Copied:
    """Makes a schema hold what the snapshot holds, unless it does already.

    Args:
        snapshot: The published snapshot.
        url: Of the database, as libpq or SQLAlchemy writes it; `${NAME}` stands for secrets.
        schema: The schema; made where it is not there.
        patience: Seconds to wait for a moment in which nobody reads.
        told: Called with each table before it is copied.

    Raises:
        PortraitError: The database cannot be reached, or said no, or the schema holds something
            that would be lost. It is then as it was.
    """
    check_schema_name(schema)
    version = snapshot.folder.name
    with _opened(url) as connection:
        _alone(connection, schema)
        drop_left(connection, schema)
        tables = rows = 0
        with connection, connection.cursor() as cursor:
            if held_version(cursor, schema) != version:
                check_ours(cursor, schema)
                tables, rows = _load(snapshot, cursor, schema, told)
                swap(cursor, schema, patience)
        return Copied(version, tables, rows, drop_left(connection, schema))


def _load(
    snapshot: Snapshot, cursor: Cursor, schema: str, told: Callable[[str], object]
) -> tuple[int, int]:
    """Fills a schema beside the one that is read; how many tables, and rows in them."""
    loading = loading_name(schema)
    cursor.execute(sql.SQL("create schema {}").format(sql.Identifier(loading)))
    mark(cursor, loading, snapshot.folder.name)
    rows = 0
    tables = snapshot_tables(snapshot)
    for table in tables:
        told(table.name)
        rows += copy_table(snapshot, cursor, loading, table)
    return len(tables), rows


@contextmanager
def _opened(url: str) -> Iterator[Connection]:
    """A connection; what goes wrong with it leaves as a sentence without secrets."""
    if not url.startswith(_SCHEMES):
        raise PortraitError(
            "--to is no address of a PostgreSQL.",
            "Write it as 'postgresql://user:${NAME_OF_A_VARIABLE}@host/database'.",
        )
    check_settings("--to", {"url": url})
    secrets = Secrets("--to")
    address = secrets.fill_url(url.replace("+psycopg2", "", 1))
    with (
        secrets.kept(partial(_refused, secrets)),
        closing(
            psycopg2.connect(
                address, connect_timeout=_SECONDS_TO_CONNECT, application_name="portrait copy"
            )
        ) as connection,
    ):
        with connection, connection.cursor() as cursor:
            # So that PostgreSQL writes names in definitions of views with their schema.
            cursor.execute("set search_path = ''")
        yield connection


def _alone(connection: Connection, schema: str) -> None:
    """Takes a lock of this session, so that two machines do not copy at once."""
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "select pg_try_advisory_lock(hashtext('portrait copy'), hashtext(%s))", [schema]
        )
        (is_taken,) = cursor.fetchone() or (False,)
    if not is_taken:
        raise PortraitError(
            f"Somebody else is copying into the schema {schema}.", "Wait until that has ended."
        )


def _refused(secrets: Secrets, error: Exception) -> PortraitError:
    said = " ".join(secrets.strike_out(str(error)).split())[:_LONGEST_MESSAGE]
    if not isinstance(error, psycopg2.Error):
        return PortraitError(
            f"The snapshot could not be copied: {said}", "The schema is as it was. Run it again."
        )
    return PortraitError(
        f"PostgreSQL said: {said}",
        "The schema is as it was. Check the address, the password's variable, and that the user "
        "may create schemas in the database and owns the one to be replaced.",
    )
