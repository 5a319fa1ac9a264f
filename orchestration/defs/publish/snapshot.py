"""A version of the published marts: built aside, checked, then made `current` in one atomic swap.

Readers open `published/current/marts.duckdb` or the Parquet files beside it. They never wait and
never see a mixture: a version's folder does not change once it has its name, and `current` is a
symbolic link that is replaced. Whoever has an old version open keeps reading it.
"""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.manifest import Table
from orchestration.permissions import share
from orchestration.sql_text import quoted

MARTS_FILE = "marts.duckdb"
KEPT_VERSIONS = 3
_BUILDING = ".building-"
_DIGIT = "[0-9]"


@dataclass(frozen=True)
class PublishedTable:
    """What was copied of a mart.

    `content_hash` is for telling whether two snapshots hold the same rows, in any order:
    it sums DuckDB's own hashes, which another version of DuckDB may change. (MD5 over rows as text
    took as long as all else that publishing does.)
    """

    name: str
    row_count: int
    content_hash: str


@contextmanager
def new_version(published: Path, at: datetime, kept: int = KEPT_VERSIONS) -> Iterator[Path]:
    """A folder to fill. It becomes the current version if the code inside ends well.

    Folders that crashed runs left, and versions beyond the last ones, are removed: the caller
    holds the run lock, so nobody else is building.

    Args:
        published: Where the versions and the link `current` are.
        at: The version's time, UTC, which names it.
        kept: So many versions stay, this one included.
    """
    for leftover in published.glob(f"{_BUILDING}*"):
        _remove(leftover)
    version = at.strftime("%Y%m%dT%H%M%S%fZ")
    building = published / f"{_BUILDING}{version}"
    building.mkdir(parents=True)
    try:
        yield building
        share(building)
        for file in building.iterdir():
            _sync(file)
        _sync(building)
        building.rename(published / version)
    except BaseException:
        _remove(building)
        raise
    _make_current(published, version)
    _prune(published, kept)


def copy_marts(warehouse: Path, marts: Sequence[Table], folder: Path) -> list[PublishedTable]:
    """Copies marts into `marts.duckdb` and Parquet files, sorted and with their descriptions.

    The database has the storage version of DuckDB 1.0, which every later client opens.

    Args:
        warehouse: The working DuckDB file; no handle of this process may write to it.
        marts: What to copy, as dbt describes it.
        folder: Where to.
    """
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {quoted(warehouse)} as warehouse (read_only)")
        attach_snapshot(connection, folder)
        tables = [_copy(connection, mart, folder) for mart in marts]
        connection.execute("detach snapshot")
    return tables


def add_table(folder: Path, table: str, query: str, parameters: Mapping[str, object]) -> None:
    """Adds a table that is no mart, made by a query, in both forms."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        attach_snapshot(connection, folder)
        connection.execute(f'create table snapshot."{table}" as {query}', parameters)
        write_parquet(connection, table, folder)
        connection.execute("detach snapshot")


def attach_snapshot(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Attaches the database of a version that is being built as `snapshot`."""
    file = quoted(folder / MARTS_FILE)
    connection.execute(f"attach {file} as snapshot (storage_version 'v1.0.0')")


def _copy(connection: duckdb.DuckDBPyConnection, mart: Table, folder: Path) -> PublishedTable:
    target = f'snapshot."{mart.name}"'
    connection.execute(
        f"create table {target} as select * from warehouse.{mart.relation} order by all"
    )
    describe(connection, mart)
    write_parquet(connection, mart.name, folder)
    return published_table(connection, mart.name)


def describe(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Puts a table's descriptions into the attached snapshot."""
    target = f'snapshot."{table.name}"'
    connection.execute(f"comment on table {target} is {quoted(table.description)}")
    for column in table.columns:
        connection.execute(
            f'comment on column {target}."{column.name}" is {quoted(column.description)}'
        )


def published_table(connection: duckdb.DuckDBPyConnection, name: str) -> PublishedTable:
    """What a table of the attached snapshot holds."""
    ((row_count, digest),) = connection.execute(
        f"""
        select
            count(*),
            printf('%016x', (coalesce(sum(hash(mart)), 0) % (1::hugeint << 64))::ubigint)
        from snapshot."{name}" as mart
        """
    ).fetchall()
    return PublishedTable(name, row_count, digest)


def write_parquet(connection: duckdb.DuckDBPyConnection, table: str, folder: Path) -> None:
    """Writes a table of the attached snapshot as a file beside it."""
    file = quoted(folder / f"{table}.parquet")
    connection.execute(f'copy snapshot."{table}" to {file} (format parquet, compression zstd)')


def _make_current(published: Path, version: str) -> None:
    link = published / f"{_BUILDING}current"
    link.symlink_to(version)
    link.replace(published / "current")
    _sync(published)


def _prune(published: Path, kept: int) -> None:
    versions = sorted(published.glob(f"{_DIGIT * 8}T*Z"))
    for old in versions[:-kept]:
        _remove(old)


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    else:
        shutil.rmtree(path)


def _sync(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
