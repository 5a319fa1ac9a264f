"""Readers in one process: a new connection reads the newest version, and nobody reads two at once.

What docs/reading.md and docs/bi.md say is tried as it stands there.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from orchestration.project import Project
from orchestration.publishing.versions import new_version
from orchestration.quoting import quoted

DOCS = Project.find().root / "docs"
ON_THE_PAGE = "/srv/portrait/published"
NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
TABLES = ("customer_profiles", "customer_tags")
BOTH = "select (select max(version) from {}), (select max(version) from {})"


@pytest.fixture
def published(tmp_path: Path) -> Path:
    folder = tmp_path / "published"
    publish(folder, 1)
    return folder


def publish(published: Path, version: int, kept: int = 3) -> None:
    """A version whose tables say which it is."""
    with (
        new_version(published, NOON, kept) as folder,
        duckdb.connect(folder / "marts.duckdb") as connection,
    ):
        for table in TABLES:
            connection.execute(
                f"create table {table} as select {version} as version from range(1000)"
            )
            connection.execute(f"copy {table} to {quoted(folder / f'{table}.parquet')}")


def marts(published: Path) -> Path:
    return published / "current" / "marts.duckdb"


def versions(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, int]]:
    return connection.execute(BOTH.format(*TABLES)).fetchall()


def run_block(
    chapter: str, published: Path, block: int = 0, page: str = "reading.md"
) -> dict[str, Any]:
    """Runs a block of Python of a chapter of a page on another published folder."""
    under = (DOCS / page).read_text().split(f"\n## {chapter}\n")[1].split("\n## ")[0]
    code = under.split("```python\n")[block + 1].split("```")[0]
    names: dict[str, Any] = {}
    exec(code.replace(ON_THE_PAGE, str(published)), names)
    return names


def test_a_new_connection_reads_the_new_version_while_an_old_one_is_open(published: Path) -> None:
    with duckdb.connect(marts(published), read_only=True) as old:
        assert versions(old) == [(1, 1)]
        publish(published, 2)
        for path in (marts(published), marts(published).resolve()):
            with duckdb.connect(path, read_only=True) as new:
                assert versions(new) == [(2, 2)]
        assert versions(old) == [(1, 1)]


def test_a_version_that_is_removed_is_read_until_it_is_closed(published: Path) -> None:
    with duckdb.connect(marts(published), read_only=True) as old:
        folder = marts(published).resolve().parent
        publish(published, 2, kept=1)
        assert not folder.exists()
        assert versions(old) == [(1, 1)]


def test_the_published_folder_can_be_moved(published: Path) -> None:
    moved = published.rename(published.with_name("moved"))
    with duckdb.connect(marts(moved), read_only=True) as connection:
        assert versions(connection) == [(1, 1)]
    publish(moved, 2)
    with duckdb.connect(marts(moved), read_only=True) as connection:
        assert versions(connection) == [(2, 2)]


def while_it_is_read(
    connection: duckdb.DuckDBPyConnection,
    first: str,
    second: str,
    pipe: Path,
    act: Callable[[], None],
) -> tuple[int, int]:
    """Acts when a statement has found its first table and not yet its second.

    Between the two stands a pipe, whose columns DuckDB can only know when somebody has written.
    """
    os.mkfifo(pipe)
    query = BOTH.format(first, second).replace(
        "), (", f"), (select count(*) from read_csv({quoted(pipe)}, all_varchar = true)), ("
    )

    def answer() -> list[tuple[int, int, int]]:
        try:
            return connection.execute(query).fetchall()
        finally:  # Who waits for a reader of the pipe waits no more if the statement has failed.
            os.close(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))

    with ThreadPoolExecutor() as pool:
        answered = pool.submit(answer)
        with suppress(BrokenPipeError), pipe.open("w") as writer:  # Opens when it is read.
            act()
            writer.write("a,b\n1,2\n3,4\n")
        ((one, _, other),) = answered.result(timeout=30)
    return one, other


def test_a_statement_under_way_reads_one_version(published: Path, tmp_path: Path) -> None:
    with duckdb.connect(marts(published), read_only=True) as connection:
        read = while_it_is_read(
            connection, *TABLES, tmp_path / "pipe.csv", lambda: publish(published, 2, kept=1)
        )
    assert read == (1, 1)


def parquet(folder: Path) -> list[str]:
    return [quoted(folder / f"{table}.parquet") for table in TABLES]


def test_parquet_files_are_of_one_version_where_the_link_is_followed_once(
    published: Path, tmp_path: Path
) -> None:
    current = published / "current"

    def read(number: int, folder: Path) -> tuple[int, int]:
        with duckdb.connect() as connection:
            pipe = tmp_path / f"pipe-{number}.csv"
            return while_it_is_read(
                connection, *parquet(folder), pipe, lambda: publish(published, number)
            )

    assert read(2, current.resolve()) == (1, 1)
    # This is why there are no views over the files of `current`.
    assert read(3, current) == (2, 3)


def test_the_python_of_the_page_reads_the_newest_version(published: Path) -> None:
    assert len(run_block("Python", published)["customers"]) == 1000
    assert run_block("Python", published, 1)["customers"] == (1000,)
    assert run_block("Python", published, 1)["current"] == published / "current"


def ask(engine: Engine) -> tuple[int, int]:
    with engine.connect() as connection:
        ((one, other),) = connection.execute(text(BOTH.format(*TABLES))).all()
    return one, other


def test_the_engine_of_the_page_reads_each_new_version(published: Path) -> None:
    engine = run_block("SQLAlchemy", published)["engine"]
    assert ask(engine) == (1, 1)
    with engine.connect() as held:
        assert held.execute(text("select max(version) from customer_tags")).scalar() == 1
        publish(published, 2, kept=1)
        assert ask(engine) == (2, 2)
        # A page that was begun on a version ends on it.
        assert held.execute(text("select max(version) from customer_profiles")).scalar() == 1
    publish(published, 3)
    assert ask(engine) == (3, 3)


def test_the_engine_of_the_page_cannot_write(published: Path) -> None:
    engine = run_block("SQLAlchemy", published)["engine"]
    with engine.connect() as connection, pytest.raises(Exception, match="read-only mode"):
        connection.execute(text("drop table customer_tags"))


def test_a_pool_that_keeps_connections_stays_on_its_version(published: Path) -> None:
    options = {"connect_args": {"read_only": True}, "pool_pre_ping": True}
    engine = create_engine(f"duckdb:///{marts(published)}", **options)
    assert ask(engine) == (1, 1)
    publish(published, 2)
    assert ask(engine) == (1, 1)
    engine.dispose()
    assert ask(engine) == (2, 2)
    engine.dispose()


def test_threads_that_read_through_publishes_see_no_mixture_and_nothing_old(
    published: Path,
) -> None:
    engine = run_block("SQLAlchemy", published)["engine"]
    newest, is_over = [1], threading.Event()

    def read() -> int:
        answers = 0
        while not is_over.is_set():
            at_least = newest[0]
            one, other = ask(engine)
            assert one == other >= at_least
            answers += 1
        return answers

    with ThreadPoolExecutor() as pool:
        readers = [pool.submit(read) for _ in range(3)]
        try:
            for version in range(2, 22):
                publish(published, version, kept=30)
                newest[0] = version
        finally:
            is_over.set()
        assert all(reader.result() > 0 for reader in readers)


def test_the_mutator_of_the_page_follows_the_link(published: Path) -> None:
    mutate = run_block("Superset", published, page="bi.md")["DB_CONNECTION_MUTATOR"]
    uri = make_url(f"duckdb:///{marts(published)}?access_mode=read_only")
    mutated, options = mutate(uri, {"a": 1}, None, None, None)
    assert (mutated.database, options) == (str(marts(published).resolve()), {"a": 1})
    assert mutated.query == uri.query
    other = make_url("postgresql://host/current")
    assert mutate(other, {}, None, None, None) == (other, {})
