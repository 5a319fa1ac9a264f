"""What is hashed is what is read, whoever writes to a file meanwhile."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.errors import PortraitError
from orchestration.landing import file_state, files, held_files, land
from orchestration.landing.files import HashCache

from .landings import Connection, land_location, refused, sales, shop, write_parquet

SHOP = shop("customer")
# Two versions of the same size.
VERSIONS = {name: f"customer\n{name}\n".encode() for name in ("anna", "bert")}


def write(path: Path, customer: str) -> None:
    if path.suffix == ".parquet":
        write_parquet(path, f"select '{customer}' as customer")
    else:
        path.write_bytes(VERSIONS[customer])


def replace(path: Path, customer: str) -> None:
    """Another file under the same name."""
    other = path.with_name(f"other{path.suffix}")
    write(other, customer)
    other.replace(path)


def overwrite(path: Path, customer: str) -> None:
    """The same file with other content, of the same size and time of modification."""
    before = path.stat()
    path.write_bytes(VERSIONS[customer])
    restore_times(path, before)


def restore_times(path: Path, before: os.stat_result) -> None:
    while path.stat().st_ctime_ns == before.st_ctime_ns:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.fixture(params=[True, False], ids=["settled", "just written"])
def is_settled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the files of the test count as settled."""
    for module in (files, held_files):
        monkeypatch.setattr(module, "is_settled", lambda state: request.param)
    return bool(request.param)


@pytest.fixture
def swap_after_hashing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Does something once the files are hashed and before they are read."""

    def swap(do: Callable[[], object]) -> None:
        hash_all = HashCache.hash_all

        def and_then(self: HashCache, found: list[files.DataFile]) -> dict[str, str]:
            hashes = hash_all(self, found)
            do()
            return hashes

        monkeypatch.setattr(HashCache, "hash_all", and_then)

    return swap


def assert_hash_is_of_rows(warehouse: Connection, customer: str) -> None:
    assert sales(warehouse, "customer") == [(customer,)]
    recorded = warehouse.execute("select sha256 from ingest.raw_loads").fetchall()
    assert recorded == [(hashlib.sha256(VERSIONS[customer]).hexdigest(),)]


@pytest.mark.parametrize("change", [replace, overwrite])
def test_a_file_that_changes_between_hash_and_read(
    warehouse: Connection,
    hashes: HashCache,
    tmp_path: Path,
    is_settled: bool,
    swap_after_hashing: Callable[[Callable[[], object]], None],
    change: Callable[[Path, str], None],
) -> None:
    file = tmp_path / "a.csv"
    write(file, "anna")
    swap_after_hashing(lambda: change(file, "bert"))
    if is_settled:
        told = refused(warehouse, hashes, SHOP, file)
        assert "a.csv was changed or replaced while it was read" in told
        assert "raw_shop" not in str(warehouse.execute("show all tables").fetchall())
    else:
        land_location(warehouse, hashes, SHOP, file)
        assert_hash_is_of_rows(warehouse, "anna")


def test_parquet_that_is_replaced_between_hash_and_read(
    warehouse: Connection,
    hashes: HashCache,
    tmp_path: Path,
    is_settled: bool,
    swap_after_hashing: Callable[[Callable[[], object]], None],
) -> None:
    file = tmp_path / "a.parquet"
    write(file, "anna")
    swap_after_hashing(lambda: replace(file, "bert"))
    if is_settled:
        assert "was changed or replaced" in refused(warehouse, hashes, SHOP, file)
    else:
        land_location(warehouse, hashes, SHOP, file)
        assert sales(warehouse, "customer") == [("anna",)]


def test_a_link_that_is_turned_meanwhile(
    warehouse: Connection,
    hashes: HashCache,
    tmp_path: Path,
    is_settled: bool,
    swap_after_hashing: Callable[[Callable[[], object]], None],
) -> None:
    for customer in VERSIONS:
        (tmp_path / customer).mkdir()
        write(tmp_path / customer / "a.csv", customer)
    link = tmp_path / "current"
    link.symlink_to("anna")

    def turn() -> None:
        (tmp_path / "next").symlink_to("bert")
        (tmp_path / "next").replace(link)

    swap_after_hashing(turn)
    land_location(warehouse, hashes, SHOP, link)
    assert_hash_is_of_rows(warehouse, "anna")


def test_a_file_that_vanishes_between_finding_and_hashing(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, is_settled: bool
) -> None:
    file = tmp_path / "a.csv"
    write(file, "anna")
    found = files.find_source_files(SHOP, file)
    file.unlink()
    with pytest.raises(PortraitError, match=r"a\.csv cannot be read: No such file"):
        land.land(warehouse, SHOP, found, hashes)


def test_a_file_that_grows_while_it_is_copied(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.csv"
    write(file, "anna")
    copy = held_files.shutil.copyfileobj

    def copy_and_write(source: object, target: object) -> None:
        copy(source, target)  # type: ignore[arg-type]
        file.write_bytes(VERSIONS["bert"] * 2)

    monkeypatch.setattr(held_files, "is_settled", lambda state: False)
    monkeypatch.setattr(held_files.shutil, "copyfileobj", copy_and_write)
    assert "a.csv was changed or replaced" in refused(warehouse, hashes, SHOP, file)


def test_a_change_shows_though_size_and_time_stay(
    hashes: HashCache, tmp_path: Path, is_settled: bool
) -> None:
    file = tmp_path / "a.csv"
    write(file, "anna")
    before = hashes.sha256(file)
    overwrite(file, "bert")
    assert hashes.sha256(file) == hashlib.sha256(VERSIONS["bert"]).hexdigest() != before


def test_a_replacement_shows_though_size_and_times_stay(
    hashes: HashCache, tmp_path: Path, is_settled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.csv"
    write(file, "anna")
    before = file.stat()
    hashes.sha256(file)
    replace(file, "bert")
    real = file_state.state_of

    def with_old_times(path: Path) -> file_state.FileState:
        return real(path)._replace(changed_ns=before.st_ctime_ns, modified_ns=before.st_mtime_ns)

    monkeypatch.setattr(files, "state_of", with_old_times)
    assert hashes.sha256(file) == hashlib.sha256(VERSIONS["bert"]).hexdigest()


def test_only_what_is_settled_is_remembered(
    hashes: HashCache, tmp_path: Path, is_settled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a.csv", "anna")
    found = files.find_source_files(SHOP, tmp_path)["sales"]
    expected = hashes.hash_all(found)
    read: list[object] = []
    real = files.hashlib.file_digest
    monkeypatch.setattr(
        files.hashlib, "file_digest", lambda *args: read.append(args) or real(*args)
    )
    assert HashCache(tmp_path / "hashes.json").hash_all(found) == expected
    assert bool(read) is not is_settled


@pytest.mark.parametrize(
    ("changed_ns", "now_ns", "is_settled"),
    [
        (5_000_000_123, 5_000_000_123, False),
        (5_000_000_123, 5_050_000_123, False),
        (5_000_000_123, 5_200_000_123, True),
        (5_000_000_000, 6_900_000_000, False),
        (5_000_000_000, 7_100_000_000, True),
        (9_000_000_123, 5_000_000_123, False),
    ],
)
def test_a_file_is_settled_once_its_tick_is_over(
    monkeypatch: pytest.MonkeyPatch, changed_ns: int, now_ns: int, is_settled: bool
) -> None:
    monkeypatch.setattr(file_state.time, "time_ns", lambda: now_ns)
    assert file_state.is_settled(file_state.FileState(1, 1, changed_ns, 1)) is is_settled


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"a": 1', "null"])
def test_a_damaged_cache_counts_as_empty(tmp_path: Path, damage: str) -> None:
    write(tmp_path / "a.csv", "anna")
    (tmp_path / "hashes.json").write_text(damage)
    hashes = HashCache(tmp_path / "hashes.json")
    assert hashes.sha256(tmp_path / "a.csv") == hashlib.sha256(VERSIONS["anna"]).hexdigest()


def test_files_that_have_gone_are_forgotten(
    hashes: HashCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "is_settled", lambda state: True)
    for name in ("a.csv", "b.csv"):
        (tmp_path / "a.csv").unlink(missing_ok=True)
        write(tmp_path / name, "anna")
        hashes.hash_all(files.find_source_files(SHOP, tmp_path)["sales"])
    assert list(json.loads((tmp_path / "hashes.json").read_text())) == [str(tmp_path / "b.csv")]
