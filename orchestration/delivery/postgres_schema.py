"""A schema of PostgreSQL that is replaced as a whole, with what others have set on it kept.

Grants, and views of other schemas, are made anew on the new tables. What could not be kept (a
policy, a trigger, a materialized view) is a reason not to begin.
"""

import re
import time

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from orchestration.delivery.postgres_kept import (
    GRANTS_ON_SCHEMA,
    GRANTS_ON_TABLES,
    IN_THE_WAY,
    VIEWS,
)
from orchestration.errors import PortraitError

_MARK = "Customer portraits, {}. `portrait copy` replaces this schema as a whole."
_MARKED = re.compile(re.escape(_MARK).replace(r"\{\}", "(.+)"))
# PostgreSQL cuts names off at 63 bytes; what is appended is to remain.
_NAME = re.compile(r"(?!pg_|public$|information_schema$)[a-z_][a-z0-9_]{0,29}")
_MANIFEST = "run_manifest"
_LOCK_TIMEOUT = "set local lock_timeout = '2s'"
_PAUSE_SECONDS = 0.05


def check_schema_name(schema: str) -> None:
    """Refuses what is no name for a schema of ours.

    Raises:
        PortraitError: With what is.
    """
    if not _NAME.fullmatch(schema):
        raise PortraitError(
            f"{schema} is no schema that portraits can be copied into.",
            "Name one of their own: up to 30 small letters, digits and _, not public and not pg_….",
        )


def loading_name(schema: str) -> str:
    """The schema that is filled before it takes the name of the one that is read."""
    return f"{schema}__loading"


def mark(cursor: Cursor, schema: str, version: str) -> None:
    """Writes into the comment of a schema that it is ours, and which version it holds."""
    cursor.execute(
        sql.SQL("comment on schema {} is {}").format(
            sql.Identifier(schema), sql.Literal(_MARK.format(version))
        )
    )


def held_version(cursor: Cursor, schema: str) -> str | None:
    """The version that a schema holds; None where it is not there, or is none of ours."""
    cursor.execute(
        "select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = %s",
        [schema],
    )
    (comment,) = cursor.fetchone() or (None,)
    found = _MARKED.fullmatch(comment or "")
    return found[1] if found else None


def check_ours(cursor: Cursor, schema: str) -> None:
    """Refuses to replace a schema that holds something which would be lost.

    Raises:
        PortraitError: With what it is.
    """
    cursor.execute(IN_THE_WAY, {"schema": schema, "ours": _tables(cursor, schema)})
    found = [name for (name,) in cursor.fetchall()]
    if found:
        raise PortraitError(
            f"The schema {schema} cannot be replaced: {', '.join(found)} would be lost.",
            "Move what is yours into another schema (views there are kept), or name a schema of "
            "its own for the portraits: --schema NAME",
        )


def swap(cursor: Cursor, schema: str, patience: float) -> None:
    """Gives the schema that was filled the name of the one before, with its grants and views.

    It waits for a moment in which nobody reads and then holds all tables, so that no statement
    finds one old and one new. Where there is no such moment it goes on without: who reads keeps
    the old tables, and `drop_left` removes them later.

    Args:
        cursor: Of the transaction that filled it.
        schema: The schema.
        patience: Seconds to wait for the moment.

    Raises:
        PortraitError: Something was added meanwhile that would be lost.
    """
    loading = loading_name(schema)
    before = held_version(cursor, schema)
    is_free = _hold(cursor, schema, patience)
    check_ours(cursor, schema)
    names = {"schema": schema, "loading": loading}
    cursor.execute(VIEWS, names)
    views = [statement for *_, statement in cursor.fetchall()]
    _execute_all(cursor, GRANTS_ON_SCHEMA, names)
    _execute_all(cursor, GRANTS_ON_TABLES, names)
    leaving = _leaving_name(schema, before)
    had_one = _exists(cursor, schema)
    if had_one:
        _rename(cursor, schema, leaving)
    _rename(cursor, loading, schema)
    cursor.execute(_LOCK_TIMEOUT)
    for view in views:
        cursor.execute(view)
    if is_free and had_one:
        _drop(cursor, leaving)


def drop_left(connection: Connection, schema: str) -> list[str]:
    """Drops earlier versions that were still read when they were replaced.

    Returns:
        Those that are read yet.
    """
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "select nspname from pg_namespace where starts_with(nspname, %s) order by nspname",
            [f"{schema}__"],
        )
        left = [
            name
            for (name,) in cursor.fetchall()
            if name == _leaving_name(schema, held_version(cursor, name))
        ]
    return [name for name in left if not _dropped(connection, name)]


def _leaving_name(schema: str, version: str | None) -> str:
    """What the schema is called that was replaced while it was read."""
    return f"{schema}__{version or 'empty'}".lower()


def _dropped(connection: Connection, schema: str) -> bool:
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(_LOCK_TIMEOUT)
            _drop(cursor, schema)
    except (psycopg2.errors.LockNotAvailable, psycopg2.errors.DependentObjectsStillExist):
        return False
    return True


def _drop(cursor: Cursor, schema: str) -> None:
    """Drops a schema with its tables, if nobody depends on them."""
    tables = [sql.Identifier(schema, name) for name in _tables(cursor, schema)]
    if tables:
        cursor.execute(sql.SQL("drop table {}").format(sql.SQL(", ").join(tables)))
    cursor.execute(sql.SQL("drop schema {}").format(sql.Identifier(schema)))


def _hold(cursor: Cursor, schema: str, patience: float) -> bool:
    """Locks all that is about to change, in a moment in which nobody reads it.

    Returns:
        Whether there was such a moment.
    """
    tables = [sql.Identifier(schema, name) for name in _tables(cursor, schema)]
    cursor.execute(VIEWS, {"schema": schema})
    wanted = [*tables, *(sql.SQL(name) for _, name, _ in cursor.fetchall())]
    if not wanted:
        return True
    lock = sql.SQL("lock table {} in access exclusive mode nowait").format(
        sql.SQL(", ").join(wanted)
    )
    deadline = time.monotonic() + patience
    cursor.execute("savepoint before_lock")
    while True:
        try:
            cursor.execute(lock)
        except psycopg2.errors.LockNotAvailable:
            cursor.execute("rollback to savepoint before_lock")
        else:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE_SECONDS)


def _tables(cursor: Cursor, schema: str) -> list[str]:
    """The tables of a schema of ours, as its run_manifest lists them: none where it is not ours."""
    if not held_version(cursor, schema):
        return []
    manifest = sql.Identifier(schema, _MANIFEST)
    cursor.execute(sql.SQL("select distinct table_name from {} order by 1").format(manifest))
    return [_MANIFEST, *(name for (name,) in cursor.fetchall())]


def _exists(cursor: Cursor, schema: str) -> bool:
    cursor.execute("select exists (select from pg_namespace where nspname = %s)", [schema])
    (found,) = cursor.fetchone() or (False,)
    return bool(found)


def _rename(cursor: Cursor, schema: str, name: str) -> None:
    cursor.execute(
        sql.SQL("alter schema {} rename to {}").format(sql.Identifier(schema), sql.Identifier(name))
    )


def _execute_all(cursor: Cursor, query: str, names: dict[str, str]) -> None:
    """Executes each statement that a query gives."""
    cursor.execute(query, names)
    for (statement,) in cursor.fetchall():
        cursor.execute(statement)
