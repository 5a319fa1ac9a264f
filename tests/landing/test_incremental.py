"""Whatever happens to a folder, the table holds what a fresh landing of the folder gives."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.landing import raw_loads, readers
from orchestration.landing.files import HashCache
from orchestration.warehouse.opening import open_warehouse

from .landings import Connection, land_location, refused, sales, shop, write_parquet

SHOP = shop("customer", "quantity bigint")

# Content by number: the same rows twice, other rows, other and retyped columns, no rows at all.
CONTENTS = (
    "select 'anna' as customer, 1 as quantity",
    "select 'c' || range as customer, range as quantity from range(3)",
    "select 'dora' as customer, 2 as quantity, 'hi' as note",
    "select 'eva' as customer, 3 as quantity, 7 as note",
    "select 'fred' as customer, 4 as quantity, date '2024-01-01' as \"Seen On\"",
    "select '' as customer, 5 as quantity where false",
)
NAMES = ("a", "b", "c")
ENDINGS = ("parquet", "csv", "jsonl")

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.sampled_from(NAMES), st.sampled_from(range(len(CONTENTS)))),
        st.tuples(st.just("remove"), st.sampled_from(NAMES), st.just(0)),
        st.tuples(st.just("rename"), st.sampled_from(NAMES), st.sampled_from(range(len(NAMES)))),
        st.tuples(st.just("swap"), st.sampled_from(NAMES), st.sampled_from(range(len(NAMES)))),
        st.tuples(st.just("touch"), st.sampled_from(NAMES), st.just(0)),
        st.tuples(st.just("land"), st.just(""), st.just(0)),
    ),
    max_size=12,
)


def write(path: Path, content: int) -> None:
    form = {"csv": "format csv", "jsonl": "format json", "parquet": "format parquet"}
    # One thread: hypothesis repeats an example and wants the same bytes.
    with duckdb.connect(config={"threads": 1}) as connection:
        suffix = path.suffix.removeprefix(".")
        connection.execute(f"copy ({CONTENTS[content]}) to '{path}' ({form[suffix]})")


def do(folder: Path, step: tuple[str, str, int], ending: str) -> None:
    action, name, number = step
    path = folder / f"{name}.{ending}"
    other = folder / f"{NAMES[number % len(NAMES)]}.{ending}"
    if action == "write":
        write(path, number)
    elif path.exists() and action == "remove":
        path.unlink()
    elif path.exists() and action == "rename":
        path.rename(other)
    elif path.exists() and other.exists() and action == "swap" and path != other:
        path.rename(folder / "third")
        other.rename(path)
        (folder / "third").rename(other)
    elif path.exists() and action == "touch":
        os.utime(path, (1, 1))


def content(connection: Connection) -> tuple[list[tuple[str, str]], list[tuple[object, ...]]]:
    """All columns but the time of loading, in any order, and all rows."""
    columns = connection.execute(
        "select column_name, data_type from duckdb_columns() where schema_name = 'raw_shop' "
        "and column_name <> '_loaded_at' order by all"
    ).fetchall()
    names = ", ".join(f'"{name}"' for name, _ in columns)
    rows = connection.execute(f"select {names} from raw_shop.sales order by all").fetchall()
    return columns, rows


def try_to_land(connection: Connection, hashes: HashCache, folder: Path) -> bool:
    """Whether there was anything to land."""
    has_rows = [
        path for path in folder.iterdir() if path.suffix != ".csv" or path.read_text().strip()
    ]
    if not has_rows or all(path.stat().st_size == 0 for path in folder.iterdir()):
        return False
    try:
        land_location(connection, hashes, SHOP, folder)
    except Exception as error:
        if "no row of data" in str(error) or "is empty" in str(error):
            return False
        raise
    return True


@contextmanager
def two_warehouses() -> Iterator[tuple[Path, Connection, Connection]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").mkdir()
        with (
            open_warehouse(folder / "grown.duckdb") as grown,
            open_warehouse(folder / "fresh.duckdb") as fresh,
        ):
            yield folder, grown, fresh


@given(steps=STEPS, ending=st.sampled_from(ENDINGS))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_incremental_equals_full(steps: list[tuple[str, str, int]], ending: str) -> None:
    with two_warehouses() as (folder, grown, fresh):
        hashes = HashCache(folder / "hashes.json")
        data = folder / "data"
        for step in steps:
            do(data, step, ending)
            if step[0] == "land":
                try_to_land(grown, hashes, data)
        if try_to_land(grown, hashes, data):
            land_location(fresh, HashCache(folder / "other.json"), SHOP, data)
            assert content(grown) == content(fresh)
            before = content(grown)
            assert not land_location(grown, hashes, SHOP, data).is_new
            assert content(grown) == before


def daily(folder: Path, days: int) -> None:
    for day in range(days):
        (folder / f"{day:03}.csv").write_text(f"customer,quantity\nc{day},{day}\n")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are opened to be read."""
    names: list[str] = []
    read = readers._READERS["csv"]

    def spy(opening: readers._Opening) -> readers._Read:
        names.append(opening.file.name)
        return read(opening)

    monkeypatch.setitem(readers._READERS, "csv", spy)  # type: ignore[arg-type]
    return names


def test_only_what_is_new_is_read(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, opened: list[str]
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    daily(folder, 100)
    land_location(warehouse, hashes, SHOP, folder)
    first = dict(warehouse.execute("select customer, _loaded_at from raw_shop.sales").fetchall())
    opened.clear()

    daily(folder, 101)
    (folder / "007.csv").write_text("customer,quantity\nchanged,1\nand more,2\n")
    (folder / "008.csv").unlink()
    (folder / "009.csv").rename(folder / "moved.csv")
    landed = land_location(warehouse, hashes, SHOP, folder)

    assert sorted(opened) == ["007.csv", "100.csv"]
    assert (landed.row_count, landed.file_count, landed.read_count) == (101, 100, 2)
    assert sales(warehouse, "_origin_file, _origin_row, customer")[7:9] == [
        ("007.csv", 1, "changed"),
        ("007.csv", 2, "and more"),
    ]
    assert ("moved.csv", "c9") in sales(warehouse, "_origin_file, customer")
    now = dict(warehouse.execute("select customer, _loaded_at from raw_shop.sales").fetchall())
    assert now["c9"] == first["c9"] < now["c100"] == now["changed"]
    joined = """
        select count(*) from raw_shop.sales as sales join ingest.raw_loads as loads
        on sales._origin_file = loads.file_name and sales._load_id = loads.load_id
            and sales._loaded_at = loads.loaded_at
    """
    assert warehouse.execute(joined).fetchall() == [(101,)]


def test_files_with_the_same_content_are_all_landed(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text("customer,quantity\nanna,1\n")
    land_location(warehouse, hashes, SHOP, tmp_path)
    assert sales(warehouse, "_origin_file") == [("a.csv",), ("b.csv",)]
    (tmp_path / "a.csv").unlink()
    assert land_location(warehouse, hashes, SHOP, tmp_path).read_count == 0
    assert sales(warehouse, "_origin_file") == [("b.csv",)]


def test_other_options_read_the_same_file_again(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_bytes("customer\né\n".encode())
    land_location(warehouse, hashes, shop("customer"), tmp_path)
    assert land_location(warehouse, hashes, shop("customer", encoding="cp1252"), tmp_path).is_new
    assert sales(warehouse, "customer") == [("Ã©",)]


def test_other_readers_read_the_same_file_again(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    daily(tmp_path, 1)
    with monkeypatch.context() as before:
        before.setattr(raw_loads, "_READERS_VERSION", 1)
        land_location(warehouse, hashes, SHOP, tmp_path)
    assert land_location(warehouse, hashes, SHOP, tmp_path).read_count == 1
    assert land_location(warehouse, hashes, SHOP, tmp_path).read_count == 0


def test_a_landing_that_dies_leaves_what_was_there(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    daily(folder, 3)
    land_location(warehouse, hashes, SHOP, folder)
    before = sales(warehouse), warehouse.execute("from ingest.raw_loads order by all").fetchall()
    (folder / "000.csv").unlink()
    (folder / "001.csv").rename(folder / "x.csv")
    # Its header is good, so that it fails only when the rows of others have moved.
    (folder / "y.csv").write_text("customer,quantity\nanna,1\nragged\n")
    told = refused(warehouse, hashes, shop("customer", "quantity"), folder)
    assert "y.csv cannot be read: CSV Error on Line: 3" in told
    after = sales(warehouse), warehouse.execute("from ingest.raw_loads order by all").fetchall()
    assert after == before


def test_undeclared_columns_are_kept_and_told(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_parquet(tmp_path / "a.parquet", "select 'anna' as customer, 1 as quantity, 5 as Points")
    write_parquet(tmp_path / "b.parquet", "select 'bert' as customer, 1 as quantity, [1] as other")
    land_location(warehouse, hashes, SHOP, tmp_path)
    assert sales(warehouse, "customer, points, other") == [
        ("anna", 5, None),
        ("bert", None, [1]),
    ]
    assert f"{tmp_path}/a.parquet: the column points is not declared" in caplog.text
    caplog.clear()
    write_parquet(tmp_path / "c.parquet", "select 'c' as customer, 1 as quantity, 'x' as points")
    land_location(warehouse, hashes, SHOP, tmp_path)
    assert sales(warehouse, "customer, points") == [("anna", "5"), ("bert", None), ("c", "x")]


def test_records_of_an_older_shape_are_replaced(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    warehouse.execute("create schema ingest")
    warehouse.execute("create table ingest.raw_loads (source_system varchar, sha256 varchar)")
    daily(tmp_path, 1)
    assert land_location(warehouse, hashes, SHOP, tmp_path).row_count == 1


def test_the_time_of_loading_only_tells_what_lies_in_the_future() -> None:
    """Results may not depend on when a file happened to be read, but a rule may know it."""
    project = Path(__file__).resolve().parents[2] / "dbt_project"
    naming = {
        path.relative_to(project).as_posix()
        for folder in ("models", "macros", "tests")
        for path in (project / folder).rglob("*.sql")
        if "loaded_at" in path.read_text() and "staging" not in path.parts
    }
    # The others leave it out of what a row says, declare it, and see by it which files are new.
    assert naming == {
        "macros/is_after_load.sql",
        # Of exports that say an order again the newest counts: without a date in their names the
        # one that arrived last.
        "macros/export_rank.sql",
        "models/intermediate/int_orders_validated.sql",
        "macros/engine/content_hash.sql",
        "macros/create_source_tables.sql",
        "macros/partitioned/files.sql",
    }
