"""A published folder and the API on it."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestration.serving.keys import Scope, add_key
from orchestration.serving.server import open_app
from tests.serving.served_shop import publish

# It takes httpx, which this project has, and would rather have what comes after it.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

LOCAL = "http://127.0.0.1:8000"
AskAs = Callable[[Scope], TestClient]


@contextmanager
def on_this_machine(published: Path) -> Iterator[TestClient]:
    """The API on a published folder, without a key."""
    no_keys = published.parent / "no_keys.json"
    with (
        open_app(published / "current", no_keys, "127.0.0.1", 1e9) as app,
        TestClient(app, base_url=LOCAL) as client,
    ):
        yield client


@contextmanager
def with_keys(published: Path) -> Iterator[tuple[TestClient, dict[Scope, str]]]:
    """The API on a published folder as others reach it, and a key of each scope."""
    file = published.parent / "api_keys.json"
    keys = {scope: add_key(file, scope.value, scope) for scope in Scope}
    with (
        open_app(published / "current", file, "0.0.0.0", 1e9) as app,
        TestClient(app, base_url="http://portrait.example") as client,
    ):
        yield client, keys


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two shops, published once; nobody publishes here again."""
    folder = tmp_path_factory.mktemp("serving") / "published"
    publish(folder)
    return folder


@pytest.fixture(scope="session")
def ask(published: Path) -> Iterator[TestClient]:
    """The API on this machine, without a key."""
    with on_this_machine(published) as client:
        yield client


@pytest.fixture(scope="session")
def ask_as(published: Path) -> Iterator[AskAs]:
    """The API with a key of each scope."""
    with with_keys(published) as (client, keys):

        def with_key(scope: Scope) -> TestClient:
            client.headers["authorization"] = f"Bearer {keys[scope]}"
            return client

        yield with_key
