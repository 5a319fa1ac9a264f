"""Servers for the tests of connections."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from orchestration.connections.landing_file import Landing
from tests.connections.servers import (
    DATABASE_PASSWORD,
    Api,
    api_server,
    find_postgres,
    postgres_server,
)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL of its own; skips where the Debian package postgresql is not installed."""
    binaries = find_postgres()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    # Not in pytest's folder: the server's user could not walk down to it.
    with (
        tempfile.TemporaryDirectory(prefix="portrait-postgres-") as folder,
        postgres_server(Path(folder), binaries) as url,
    ):
        yield url


@pytest.fixture
def database(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The database, empty, with the password in the environment."""
    monkeypatch.setenv("DB_PASSWORD", DATABASE_PASSWORD)
    engine = create_engine(postgres_url.replace("${DB_PASSWORD}", "p%40ss%2Fw%25rd"))
    with engine.begin() as connection:
        connection.execute(text("drop schema public cascade"))
        connection.execute(text("create schema public"))
    yield engine
    engine.dispose()


@pytest.fixture
def api() -> Iterator[Api]:
    """A web API with nothing in it."""
    with api_server(Api()) as api:
        yield api


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    """An empty landing folder."""
    return Landing(tmp_path / "landing" / "shop")
