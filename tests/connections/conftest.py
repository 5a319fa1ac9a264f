"""Servers for the tests of connections."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from orchestration.connections.landing import Landing
from tests.connections.servers import (
    DATABASE_PASSWORD,
    Api,
    api_server,
    find_postgres,
    postgres_server,
)


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of its own; skips where the Debian package postgresql is not installed."""
    binaries = find_postgres()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    folder = tmp_path_factory.mktemp("postgres")
    # The server's user must be able to walk down to its folder.
    for parent in [folder, *folder.parents][:3]:
        parent.chmod(parent.stat().st_mode | 0o055)
    with postgres_server(folder, binaries) as url:
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
