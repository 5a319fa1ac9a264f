"""What is published is what the warehouse holds, described and checked."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.connections.source_health import Health
from orchestration.publishing.checks import check_snapshot
from orchestration.publishing.run_manifest import RunFacts, ShopFacts, add_run_manifest, shop_facts
from orchestration.publishing.snapshot import PublishedTable, copy_marts
from orchestration.publishing.versions import new_version
from orchestration.warehouse.manifest import Column
from orchestration.warehouse.published_marts import Mart, Parts

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
PROFILES = Mart(
    "marts",
    "customer_profiles",
    "One row a customer's portrait.",
    (
        Column("shop", "varchar", "The shop."),
        Column("customer_id", "varchar", "The person."),
        Column("spend", "double", "Money."),
    ),
    grain=("customer_id",),
)
TAGS = Mart("marts", "customer_tags", "One row a tag.", (Column("customer_id", "varchar", ""),))


@pytest.fixture
def marts(tmp_path: Path) -> Path:
    """A warehouse with two marts; the customers stand in no order."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.customer_profiles as "
            "from (values ('s', 'b', 2.5), ('t', 'c', null), ('s', 'a', 1.5)) "
            "as t (shop, customer_id, spend)"
        )
        connection.execute(
            "create table marts.customer_tags as select 's' as shop, 'a' as customer_id"
        )
    return path


def copy(warehouse: Path, folder: Path, marts: Sequence[Mart]) -> list[PublishedTable]:
    folder.mkdir()
    return copy_marts(warehouse, marts, folder)


def facts_of_no_run() -> RunFacts:
    return RunFacts("run", {"s": ShopFacts()}, NOON, NOON, {}, {}, "abc")


def test_marts_are_copied_sorted_and_described(marts: Path, tmp_path: Path) -> None:
    folder = tmp_path / "version"
    copy(marts, folder, [PROFILES])
    with duckdb.connect(folder / "marts.duckdb", read_only=True) as connection:
        assert connection.execute("select customer_id from customer_profiles").fetchall() == [
            ("a",),
            ("b",),
            ("c",),
        ]
        assert connection.execute("select comment from duckdb_tables()").fetchall() == [
            ("One row a customer's portrait.",)
        ]
        columns = "select comment from duckdb_columns() where table_name = 'customer_profiles'"
        assert connection.execute(columns).fetchall() == [
            ("The shop.",),
            ("The person.",),
            ("Money.",),
        ]
    parquet = folder / "customer_profiles.parquet"
    assert duckdb.sql(f"select customer_id from '{parquet}'").fetchall() == [("a",), ("b",), ("c",)]


LINES = Mart(
    "marts",
    "lines",
    "One row a line.",
    (Column("shop", "varchar", ""), Column("day", "date", ""), Column("line", "integer", "")),
    grain=("line",),
    parts=Parts(3, {"shop": "shop", "month": "cast(date_trunc('month', day) as date)"}),
)


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """A warehouse with four lines: a shop with two months, and one whose name is no folder's."""
    path = tmp_path / "lines.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("""
            create schema marts;
            create table marts.lines as
            from (values
                ('s', date '2024-01-31', 2), ('s', date '2024-02-01', 1),
                ('s', date '2024-02-29', 4), ('a/b', date '2024-02-05', 3)
            ) as t (shop, day, line)
        """)
    return path


def test_a_large_mart_is_parquet_in_parts_and_a_table_all_the_same(
    lines: Path, tmp_path: Path
) -> None:
    """As every reader sees it: after the version has got its name and the link was turned."""
    published = tmp_path / "published"
    with new_version(published, NOON) as folder:
        tables = copy_marts(lines, [LINES], folder)
        add_run_manifest(folder, tables, facts_of_no_run())
        assert not any(check.problems for check in check_snapshot(folder, {"lines": 4}))
    current = published / "current"
    with duckdb.connect((current / "marts.duckdb").resolve(), read_only=True) as connection:
        table = connection.execute("select * from lines").fetchall()
        assert connection.execute("select row_count from run_manifest").fetchall() == [(3,)]
    assert [line for *_, line in table] == [3, 2, 1, 4]  # Part by part.
    assert sorted(str(path.relative_to(current)) for path in current.glob("lines/*/*")) == [
        "lines/shop=a%2Fb/month=2024-02-01",
        "lines/shop=s/month=2024-01-01",
        "lines/shop=s/month=2024-02-01",
    ]
    assert not (current / "lines.parquet").exists()
    files = f"read_parquet('{current}/lines/*/*/*.parquet', hive_partitioning = true)"
    assert duckdb.sql(f"select shop, day, line from {files} order by all").fetchall() == table
    february = f"select count(*) from {files} where shop = 's' and month = date '2024-02-01'"
    assert duckdb.sql(february).fetchall() == [(2,)]


def test_a_mart_of_no_more_rows_is_one_file(lines: Path, tmp_path: Path) -> None:
    with duckdb.connect(lines) as connection:
        connection.execute("delete from marts.lines where line = 4")
    copy(lines, tmp_path / "version", [LINES])
    assert duckdb.sql(f"select line from '{tmp_path}/version/lines.parquet'").fetchall() == [
        (1,),
        (2,),
        (3,),
    ]
    assert not (tmp_path / "version" / "lines").exists()


def test_old_clients_can_open_it(marts: Path, tmp_path: Path) -> None:
    folder = tmp_path / "version"
    copy(marts, folder, [PROFILES])
    with (folder / "marts.duckdb").open("rb") as file:
        header = file.read(20)
    # Checksum, the word DUCK, the storage version: 64 is what DuckDB 0.9 to 1.1 wrote.
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") == 64


def test_the_hash_depends_on_the_rows_and_not_on_their_order(marts: Path, tmp_path: Path) -> None:
    (first,) = copy(marts, tmp_path / "1", [PROFILES])
    with duckdb.connect(marts) as connection:
        connection.execute(
            "create or replace table marts.customer_profiles as "
            "select * from marts.customer_profiles order by spend"
        )
    (shuffled,) = copy(marts, tmp_path / "2", [PROFILES])
    with duckdb.connect(marts) as connection:
        connection.execute("update marts.customer_profiles set spend = 9 where customer_id = 'a'")
    (changed,) = copy(marts, tmp_path / "3", [PROFILES])
    assert first == shuffled
    assert first.of("s") != changed.of("s")
    assert first.of("s").row_count == 2
    assert first.of("t") == changed.of("t")


def test_a_sound_snapshot_passes_its_checks(marts: Path, tmp_path: Path) -> None:
    folder = tmp_path / "version"
    copy(marts, folder, [PROFILES, TAGS])
    checks = check_snapshot(folder, {"customer_profiles": 3, "customer_tags": 1})
    assert {check.name: check.problems for check in checks} == {
        "opens_read_only": [],
        "row_counts": [],
        "closed_keys": [],
    }


@pytest.mark.parametrize(
    ("change", "check", "problem"),
    [
        ("delete from customer_tags", "row_counts", "customer_tags has 0 rows, the warehouse 1"),
        (
            "update customer_tags set customer_id = 'x'",
            "closed_keys",
            "1 rows of customer_tags",
        ),
        (
            "update customer_profiles set customer_id = 'a'",
            "closed_keys",
            "2 rows of customer_profiles",
        ),
        ("drop table customer_profiles", "closed_keys", "there is no customer_profiles"),
    ],
)
def test_an_unsound_snapshot_is_named(
    marts: Path, tmp_path: Path, change: str, check: str, problem: str
) -> None:
    folder = tmp_path / "version"
    copy(marts, folder, [PROFILES, TAGS])
    with duckdb.connect(folder / "marts.duckdb") as connection:
        connection.execute(change)
    found = {found.name: found.problems for found in check_snapshot(folder, {"customer_tags": 1})}
    assert found[check] == [problem]


def test_a_snapshot_that_does_not_open(tmp_path: Path) -> None:
    (tmp_path / "marts.duckdb").write_text("no database")
    (check,) = check_snapshot(tmp_path, {})
    assert check.problems


def test_the_run_manifest_has_a_row_a_shop_and_table(marts: Path, tmp_path: Path) -> None:
    folder = tmp_path / "version"
    tables = copy(marts, folder, [PROFILES, TAGS])
    facts = RunFacts(
        run_id="run",
        shops={"s": ShopFacts(date(2024, 1, 1), "EUR"), "t": ShopFacts()},
        started_at=NOON,
        published_at=NOON,
        sources={"shop": {"sales": {"a.csv": "12"}}},
        source_health={"shop": Health("2024-01-01T09:00:00+00:00"), "off": Health()},
        code_version="abc",
    )
    add_run_manifest(folder, tables, facts)
    with duckdb.connect(folder / "marts.duckdb", read_only=True) as connection:
        rows = connection.execute(
            "select shop, table_name, row_count, as_of_date, currency, "
            "started_at, json_extract_string(source_systems, '$.shop.sales.\"a.csv\"') "
            "from run_manifest"
        ).fetchall()
    noon = NOON.replace(tzinfo=None)
    assert rows == [
        ("s", "customer_profiles", 2, date(2024, 1, 1), "EUR", noon, "12"),
        ("s", "customer_tags", 1, date(2024, 1, 1), "EUR", noon, "12"),
        ("t", "customer_profiles", 1, None, None, noon, "12"),
        ("t", "customer_tags", 0, None, None, noon, "12"),
    ]
    with duckdb.connect(folder / "marts.duckdb", read_only=True) as connection:
        ((health,),) = connection.execute(
            "select distinct json_extract_string(source_health, '$') from run_manifest"
        ).fetchall()
        undescribed = connection.execute(
            "select column_name from duckdb_columns() "
            "where table_name = 'run_manifest' and comment is null"
        ).fetchall()
    assert undescribed == []
    assert json.loads(health) == {
        "shop": {"read_at": "2024-01-01T09:00:00+00:00", "failed_at": None, "error": None}
    }
    assert (folder / "run_manifest.parquet").exists()


def test_each_shop_has_a_day_of_its_own() -> None:
    """Or none, without an order."""
    with duckdb.connect() as warehouse:
        warehouse.execute("""
            create schema marts;
            create table marts.customer_sources as
            from (
                values ('s', 'a', 'EUR'), ('s', 'b', 'EUR'), ('t', 'c', 'JPY'), ('u', 'd', null)
            ) as t (shop, customer_id, currency);
            create schema features;
            create table features.as_of_dates as
            from (
                values ('s', date '2024-01-02', true), ('t', date '2024-02-02', true),
                    ('s', date '2024-01-01', false), ('t', date '2024-02-01', false)
            ) as t (shop, as_of_date, is_current)
        """)
        shops = shop_facts(warehouse)
    assert shops == {
        "s": (date(2024, 1, 2), "EUR"),
        "t": (date(2024, 2, 2), "JPY"),
        "u": (None, None),
    }
