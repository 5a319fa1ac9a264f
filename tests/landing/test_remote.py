"""Files behind a URL are fetched when they have changed there; then they are like any other."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from orchestration.connections.sources import parse_location
from orchestration.errors import PortraitError
from orchestration.landing.files import HashCache
from orchestration.landing.remote import _stamp

from .landings import Connection, land_location, refused, sales, shop

SHOP = shop("customer", files=("2024/*.csv", "*.csv"))


@pytest.fixture
def bucket() -> Iterator[MemoryFileSystem]:
    """An object store that lives in memory."""
    store = fsspec.filesystem("memory")
    store.store.clear()
    yield store
    store.store.clear()


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is fetched from it."""
    paths: list[str] = []
    get_file = MemoryFileSystem.get_file

    def spy(self: MemoryFileSystem, path: str, *arguments: Any, **options: Any) -> None:
        paths.append(path)
        get_file(self, path, *arguments, **options)

    monkeypatch.setattr(MemoryFileSystem, "get_file", spy)
    return paths


def test_a_bucket_is_landed_and_only_its_changes_are_fetched(
    warehouse: Connection,
    hashes: HashCache,
    bucket: MemoryFileSystem,
    fetched: list[str],
    state_folder: Path,
) -> None:
    url = parse_location("memory://shop/export")
    for name in ("a", "b", "c"):
        bucket.pipe(f"/shop/export/{name}.csv", f"customer\n{name}\n".encode())
    bucket.pipe("/shop/export/other.txt", b"not ours")
    land_location(warehouse, hashes, SHOP, url)
    assert sales(warehouse, "customer, _origin_file") == [
        ("a", "a.csv"),
        ("b", "b.csv"),
        ("c", "c.csv"),
    ]
    assert not land_location(warehouse, hashes, SHOP, url).is_new
    assert len(fetched) == 3

    bucket.pipe("/shop/export/a.csv", b"customer\nx\n")
    bucket.rm("/shop/export/b.csv")
    assert land_location(warehouse, hashes, SHOP, url).read_count == 1
    assert fetched[3:] == ["/shop/export/a.csv"]
    assert sales(warehouse, "customer") == [("c",), ("x",)]
    copies = (state_folder / "landing").rglob("*.csv")
    assert sorted(path.name for path in copies) == ["a.csv", "c.csv"]


def test_the_first_pattern_counts_there_too(
    warehouse: Connection, hashes: HashCache, bucket: MemoryFileSystem, fetched: list[str]
) -> None:
    bucket.pipe("/shop/2024/a.csv", b"customer\nnew\n")
    bucket.pipe("/shop/a.csv", b"customer\nold\n")
    land_location(warehouse, hashes, SHOP, "memory://shop")
    assert sales(warehouse, "customer, _origin_file") == [("new", "2024/a.csv")]
    assert fetched == ["/shop/2024/a.csv"]


def test_a_url_may_be_one_file(
    warehouse: Connection, hashes: HashCache, bucket: MemoryFileSystem, monkeypatch: Any
) -> None:
    bucket.pipe("/shop/export.csv", b"customer\nanna\n")
    monkeypatch.setenv("BUCKET", "shop")
    land_location(warehouse, hashes, SHOP, "memory://${BUCKET}/export.csv")
    assert sales(warehouse, "customer, _origin_file") == [("anna", "export.csv")]


def test_a_refused_file_is_told_with_its_url(
    warehouse: Connection, hashes: HashCache, bucket: MemoryFileSystem
) -> None:
    bucket.pipe("/shop/a.csv", b'customer\n"a')
    told = refused(warehouse, hashes, SHOP, "memory://shop")
    assert "memory://shop: a.csv" in told


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("memory://nowhere", "no file for the table sales"),
        ("nosuch://shop", "nosuch://shop cannot be read: ValueError Protocol not known"),
        ("ftp://me:$ecret@host/x", "the location holds a secret in clear: password"),
        ("https://host/x.csv?X-Amz-Signature=secret", "in clear: X-Amz-Signature"),
    ],
)
def test_what_cannot_be_reached(
    warehouse: Connection, hashes: HashCache, bucket: MemoryFileSystem, url: str, told: str
) -> None:
    said = refused(warehouse, hashes, SHOP, url)
    assert told in said
    assert "ecret@" not in said and "=secret" not in said


def test_a_file_url_is_a_path(tmp_path: Path) -> None:
    assert parse_location(f"file://{tmp_path}/a%20b") == tmp_path / "a b"


@pytest.mark.parametrize(
    ("info", "stamp"),
    [
        ({"size": 3, "ETag": '"x"', "mtime": 1}, 'ETag "x"'),
        ({"size": 3, "LastModified": "May"}, "3 bytes, LastModified May"),
        ({"size": 3}, None),
    ],
)
def test_a_size_alone_proves_nothing(info: dict[str, Any], stamp: str | None) -> None:
    assert _stamp(info) == stamp


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """A web server that keeps a list of what was asked."""

    asked: ClassVar[list[str]] = []

    def log_message(self, *line: Any) -> None:
        self.asked.append(str(line[1]))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and its address on a web server of this machine."""
    folder = tmp_path / "served"
    (folder / "2024").mkdir(parents=True)
    _Quiet.asked.clear()
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_web_server_is_a_place_too(
    warehouse: Connection,
    hashes: HashCache,
    served: tuple[Path, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, url = served
    for name in ("a b", "c"):
        (folder / "2024" / f"{name}.csv").write_text(f"customer\n{name}\n")
    for place in (f"{url}/", f"{url}/"):
        land_location(warehouse, hashes, SHOP, place)
    assert sales(warehouse, "customer") == [("a b",), ("c",)]
    gets = [line for line in _Quiet.asked if line.startswith("GET /2024/c.csv")]
    assert len(gets) == 1
    monkeypatch.setenv("SERVER_TOKEN", "x")
    land_location(warehouse, hashes, SHOP, f"{url}/2024/c.csv?token=${{SERVER_TOKEN}}")
    assert sales(warehouse, "customer, _origin_file") == [("c", "c.csv")]
    told = refused(warehouse, hashes, SHOP, f"{url}/2024/nothing.csv")
    assert f"no file for the table sales in {url}/2024/nothing.csv" in told


def test_a_secret_in_a_url_is_kept_out_of_what_is_said(
    warehouse: Connection, hashes: HashCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = parse_location("memory://${BUCKET_KEY}/export")
    monkeypatch.delenv("BUCKET_KEY", raising=False)
    with pytest.raises(PortraitError, match="needs the environment variable BUCKET_KEY"):
        land_location(warehouse, hashes, SHOP, url)
    monkeypatch.setenv("BUCKET_KEY", "s3cret-key")

    def fail(self: MemoryFileSystem, path: str, *arguments: Any, **options: Any) -> None:
        raise OSError(f"403 for {path}")

    monkeypatch.setattr(MemoryFileSystem, "isfile", fail)
    with pytest.raises(PortraitError, match="403 for") as error:
        land_location(warehouse, hashes, SHOP, url)
    assert "s3cret-key" not in error.value.message
