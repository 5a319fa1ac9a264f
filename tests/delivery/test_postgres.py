"""The snapshot in a real PostgreSQL: as it is, replaced at once, with grants and views kept."""

import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import psycopg2
import pytest
from click.testing import CliRunner

from orchestration.cli.main import main
from orchestration.delivery import postgres_tables
from orchestration.delivery.postgres import Copied, copy_snapshot
from orchestration.errors import PortraitError
from orchestration.publishing.reading import open_snapshot
from tests.connections.conftest import postgres_url
from tests.connections.servers import DATABASE_PASSWORD
from tests.delivery.snapshots import HOSTILE, publish

__all__ = ["postgres_url"]

MIXED = """
    select (select max(version) from portrait.orders),
           (select max(version) from portrait.customer_profiles),
           (select count(*) from portrait.orders)
"""


class Database:
    """The server's database, as an administrator sees it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def connect(self) -> Any:
        address = self.url.replace("${DB_PASSWORD}", "p%40ss%2Fw%25rd").replace("+psycopg2", "")
        return psycopg2.connect(address, options="-c lock_timeout=10s")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(self.connect()) as connection, connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else []

    @property
    def schemas(self) -> list[str]:
        return [
            name
            for (name,) in self.rows(
                "select nspname from pg_namespace "
                "where nspname !~ '^(pg_|information_schema|public)' order by 1"
            )
        ]

    def refused(self, role: str, query: str) -> bool:
        """Whether a role may not ask this."""
        try:
            self.rows(f"set role {role}; {query}")
        except psycopg2.errors.InsufficientPrivilege:
            return True
        return False


@pytest.fixture
def database(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The database with nothing in it but two roles."""
    monkeypatch.setenv("DB_PASSWORD", DATABASE_PASSWORD)
    database = Database(postgres_url)
    for schema in database.schemas:
        database.rows(f'drop schema "{schema}" cascade')
    for role in ("reader", "other"):
        database.rows(f"drop role if exists {role}")
        database.rows(f"create role {role}")
    yield database
    for schema in database.schemas:
        database.rows(f'drop schema "{schema}" cascade')


def copy(home: Path, database: Database, patience: float = 10) -> Copied:
    with open_snapshot(home / "published" / "current") as snapshot:
        return copy_snapshot(snapshot, database.url, "portrait", patience=patience)


def test_values_types_and_descriptions_are_those_of_the_snapshot(
    tmp_path: Path, database: Database
) -> None:
    texts = ", ".join(f"('{text}')" for text in (one.replace("'", "''") for one in HOSTILE))
    publish(
        tmp_path,
        1,
        f"""
        create table kinds as
        select
            text, 12345678901234567::bigint as big, 3::integer as small,
            -0.1::decimal(18, 4) as amount, 1 / 3.0::double as share, 'nan'::double as nothing,
            date '2024-02-29' as day, timestamp '2024-02-29 23:59:59.123456' as at, true as is_so,
            ['a"', null] as list, null::varchar as missing
        from (values {texts}) as given(text);
        comment on column kinds.text is 'What it''s called. Personal data.';
        comment on column kinds.big is 'Big.'
        """,
    )
    copied = copy(tmp_path, database)
    assert (copied.tables, copied.rows) == (4, 1000 + len(HOSTILE) + 4)
    rows = database.rows("select * from portrait.kinds")
    # There is no NUL in a text of PostgreSQL; all else is as it was.
    assert [row[0] for row in rows] == [text.replace("\0", "") for text in HOSTILE]
    with duckdb.connect(tmp_path / "published/current/marts.duckdb", read_only=True) as snapshot:
        assert [row[1:5] for row in rows] == snapshot.execute(
            "select big, small, amount, share from kinds"
        ).fetchall()
    assert str(rows[0][5]) == "nan"
    assert [str(value) for value in rows[0][6:9]] == [
        "2024-02-29",
        "2024-02-29 23:59:59.123456",
        "True",
    ]
    assert rows[0][9:] == (['a"', None], None)
    types = dict(
        database.rows(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute "
            "where attrelid = 'portrait.kinds'::regclass and attnum > 0"
        )
    )
    assert types == {
        "text": "text",
        "big": "bigint",
        "small": "integer",
        "amount": "numeric(18,4)",
        "share": "double precision",
        "nothing": "double precision",
        "day": "date",
        "at": "timestamp without time zone",
        "is_so": "boolean",
        "list": "json",
        "missing": "text",
    }
    assert database.rows(
        "select col_description('portrait.kinds'::regclass, 1), "
        "col_description('portrait.kinds'::regclass, 2), "
        "obj_description('portrait.orders'::regclass)"
    ) == [("What it's called. Personal data.", "Big.", "An order's row.")]


def test_a_version_is_copied_once(tmp_path: Path, database: Database) -> None:
    publish(tmp_path, 1)
    first = copy(tmp_path, database)
    identity = database.rows("select 'portrait.orders'::regclass::oid")
    assert copy(tmp_path, database) == Copied(first.version, 0, 0, [])
    assert database.rows("select 'portrait.orders'::regclass::oid") == identity
    publish(tmp_path, 2, "create table new_one as select 1 as one")
    assert copy(tmp_path, database).tables == 4
    assert database.rows(MIXED) == [(2, 2, 500)]
    assert database.schemas == ["portrait"]
    publish(tmp_path, 3)
    copy(tmp_path, database)
    assert database.rows("select to_regclass('portrait.new_one')") == [(None,)]


def test_grants_are_those_of_before(tmp_path: Path, database: Database) -> None:
    publish(tmp_path, 1)
    copy(tmp_path, database)
    database.rows(
        """
        alter default privileges grant select on tables to other;
        grant usage on schema portrait to reader, other;
        grant select on all tables in schema portrait to reader;
        grant select (version) on portrait.customer_profiles to other;
        grant select on portrait.orders to other
        """
    )
    publish(tmp_path, 2, "create table added as select 1 as one")
    try:
        copy(tmp_path, database)
    finally:
        database.rows("alter default privileges revoke select on tables from other")
    for table in ("customer_profiles", "orders", "run_manifest", "added"):
        assert not database.refused("reader", f"select * from portrait.{table}")
        assert database.refused("reader", f"delete from portrait.{table}")
    assert not database.refused("other", "select version from portrait.customer_profiles")
    assert not database.refused("other", "select * from portrait.orders")
    # What a new table would be given by default is not given where somebody took it away.
    assert database.refused("other", "select customer_id from portrait.customer_profiles")
    assert database.refused("other", "select * from portrait.run_manifest")


def test_views_of_other_schemas_read_the_new_tables(tmp_path: Path, database: Database) -> None:
    publish(tmp_path, 1)
    copy(tmp_path, database)
    database.rows(
        """
        create schema "Reports";
        create view "Reports"."Top" with (security_barrier = true) as
        select version, count(*) as customers from portrait.orders
        join portrait.customer_profiles using (version, customer_id) group by version;
        create view "Reports".above as select version as v from "Reports"."Top";
        grant usage on schema "Reports" to reader;
        grant select on "Reports".above to reader
        """
    )
    publish(tmp_path, 2)
    copy(tmp_path, database)
    assert database.schemas == ["Reports", "portrait"]
    assert database.rows('set role reader; select * from "Reports".above') == [(2,)]
    assert database.rows("""select reloptions from pg_class where relname = 'Top'""") == [
        (["security_barrier=true"],)
    ]
    publish(tmp_path, 3, "alter table orders rename column customer_id to buyer")
    with pytest.raises(PortraitError, match="customer_id"):
        copy(tmp_path, database)
    assert database.rows('select * from "Reports"."Top"') == [(2, 500)]
    assert database.schemas == ["Reports", "portrait"]


@pytest.mark.parametrize(
    ("added", "lost"),
    [
        ("create table portrait.mine as select 1", "table portrait.mine"),
        ("create view portrait.mine as select 1", "view portrait.mine"),
        ("create policy p on portrait.orders using (true)", "policy p on table portrait.orders"),
        ("create materialized view public.m as from_orders", "materialized view public.m"),
        ("create function portrait.f() returns int return 1", "function portrait.f()"),
        ("create publication p for table portrait.orders", "publication p"),
    ],
)
def test_what_would_be_lost_is_a_reason_not_to_begin(
    tmp_path: Path, database: Database, added: str, lost: str
) -> None:
    publish(tmp_path, 1)
    copy(tmp_path, database)
    database.rows(added.replace("from_orders", "select * from portrait.orders"))
    publish(tmp_path, 2)
    try:
        with pytest.raises(PortraitError, match="cannot be replaced") as error:
            copy(tmp_path, database)
        assert lost in str(error.value)
        assert database.rows(MIXED) == [(1, 1, 500)]
    finally:
        database.rows("drop materialized view if exists public.m; drop publication if exists p")


def test_a_schema_of_somebody_else_is_left_alone(tmp_path: Path, database: Database) -> None:
    publish(tmp_path, 1)
    database.rows("create schema portrait; create table portrait.run_manifest (a int)")
    with pytest.raises(PortraitError, match=r"cannot be replaced: table portrait\.run_manifest"):
        copy(tmp_path, database)
    database.rows("drop table portrait.run_manifest; grant usage on schema portrait to reader")
    copy(tmp_path, database)
    assert database.rows("select has_schema_privilege('reader', 'portrait', 'usage')") == [(True,)]


def test_readers_see_one_version_and_never_an_older_one(tmp_path: Path, database: Database) -> None:
    publish(tmp_path, 1)
    copy(tmp_path, database)
    newest, is_over = [1], threading.Event()

    def read() -> int:
        answers = 0
        with closing(database.connect()) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            while not is_over.is_set():
                at_least = newest[0]
                cursor.execute(MIXED)
                one, other, rows = cursor.fetchone()
                assert one == other >= at_least and rows == 500
                answers += 1
        return answers

    with ThreadPoolExecutor() as pool:
        readers = [pool.submit(read) for _ in range(3)]
        try:
            for version in range(2, 12):
                publish(tmp_path, version)
                assert not copy(tmp_path, database, patience=60).still_read
                newest[0] = version
        finally:
            is_over.set()
        assert all(reader.result() > 0 for reader in readers)


def test_who_keeps_a_transaction_open_delays_nobody(tmp_path: Path, database: Database) -> None:
    publish(tmp_path, 1)
    copy(tmp_path, database)
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        connection.set_session(isolation_level="REPEATABLE READ")
        cursor.execute("select max(version) from portrait.orders")
        publish(tmp_path, 2)
        copied = copy(tmp_path, database, patience=0)
        assert copied.tables == 3
        assert copied.still_read == [name for name in database.schemas if name != "portrait"]
        assert copied.still_read[0].startswith("portrait__v000001-")
        # Its rows were written after this transaction began, and are there.
        cursor.execute("select max(version), count(*) from portrait.customer_profiles")
        assert cursor.fetchone() == (2, 500)
    assert database.rows(MIXED) == [(2, 2, 500)]
    assert copy(tmp_path, database) == Copied(copied.version, 0, 0, [])
    assert database.schemas == ["portrait"]


KILLED = """
import os, signal, sys
from pathlib import Path
from orchestration.delivery.postgres import copy_snapshot
from orchestration.publishing.reading import open_snapshot

def told(table):
    if table == "run_manifest":
        os.kill(os.getpid(), signal.SIGKILL)

with open_snapshot(Path(sys.argv[1])) as snapshot:
    copy_snapshot(snapshot, sys.argv[2], "portrait", told=told)
"""


def test_a_copy_that_is_killed_was_never_there(tmp_path: Path, database: Database) -> None:
    publish(tmp_path, 1)
    copy(tmp_path, database)
    publish(tmp_path, 2)
    command = [sys.executable, "-c", KILLED, tmp_path / "published" / "current", database.url]
    assert subprocess.run(command, check=False).returncode == -9
    assert database.rows(MIXED) == [(1, 1, 500)]
    assert database.schemas == ["portrait"]
    assert copy(tmp_path, database).tables == 3
    assert database.rows(MIXED) == [(2, 2, 500)]


def test_rows_that_cannot_be_read_are_no_end_of_a_table(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, 1)
    copy(tmp_path, database)
    publish(tmp_path, 2)
    monkeypatch.setattr(
        postgres_tables,
        "_written",
        lambda column: "case when customer_id < 's:99' then version else error('broken') end",
    )
    with pytest.raises(PortraitError, match=r"^The snapshot could not be copied: .*broken"):
        copy(tmp_path, database)
    assert database.rows(MIXED) == [(1, 1, 500)]


def test_a_second_copy_at_the_same_time_is_refused(tmp_path: Path, database: Database) -> None:
    publish(tmp_path, 1)

    def again(table: str) -> None:
        with pytest.raises(PortraitError, match="Somebody else is copying"):
            copy(tmp_path, database)

    with open_snapshot(tmp_path / "published" / "current") as snapshot:
        copy_snapshot(snapshot, database.url, "portrait", told=again)
    assert database.rows(MIXED) == [(1, 1, 500)]


@pytest.mark.parametrize("schema", ["public", "pg_mine", "a b", "", "x" * 31, "information_schema"])
def test_a_schema_has_a_name_of_its_own(tmp_path: Path, database: Database, schema: str) -> None:
    publish(tmp_path, 1)
    with (
        open_snapshot(tmp_path / "published" / "current") as snapshot,
        pytest.raises(PortraitError, match="is no schema"),
    ):
        copy_snapshot(snapshot, database.url, schema)


def test_no_password_is_told(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, 1)
    clear = Database(database.url.replace("${DB_PASSWORD}", "hunter2-hunter"))
    with pytest.raises(PortraitError, match="holds a secret in clear"):
        copy(tmp_path, clear)
    with pytest.raises(PortraitError, match="is no address of a PostgreSQL"):
        copy(tmp_path, Database("mysql://host/db"))
    secret = "-".join(["hunter2", "hunter"])
    monkeypatch.setenv("DB_PASSWORD", secret)
    with pytest.raises(PortraitError, match="password authentication failed") as error:
        copy(tmp_path, database)
    assert secret not in "".join(traceback.format_exception(error.value))
    monkeypatch.delenv("DB_PASSWORD")
    with pytest.raises(PortraitError, match="needs the environment variable DB_PASSWORD"):
        copy(tmp_path, database)


def test_the_command_says_what_is_there(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTRAIT_HOME", str(tmp_path))
    publish(tmp_path, 1)
    command = ["copy", "--to", database.url, "--schema", "shop"]
    told = CliRunner().invoke(main, command)
    assert told.exit_code == 0, told.output
    assert told.stdout == "shop has v000001-20240101T000000Z: 3 tables, 1,003 rows.\n"
    told = CliRunner().invoke(main, command)
    assert told.stdout == "shop has v000001-20240101T000000Z already.\n"
