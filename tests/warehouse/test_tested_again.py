"""A data test looks again at what has changed since it passed, and at all of it when in doubt."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.project import Project
from orchestration.warehouse.plain_project import PlainProject
from tests.warehouse import invoices
from tests.warehouse.warehouse_file import Warehouse, copied_warehouse, warehouse_file

# Of a partitioned table, and of a view of one.
OF_TABLE = "unique_grain_customer_features_shop__customer_id__as_of_date"
OF_VIEW = "unique_grain_int_orders_source_system__source_order_id"
TABLES = {
    OF_TABLE: ("features", "customer_features", "shop, as_of_date"),
    OF_VIEW: ("intermediate", "int_orders_validated", "source_system, source_order_id"),
}
# Of code, and what it finds.
OF_CODE = "assert_inputs_name_the_file_they_came_from"
WRONG_FILE = "update inputs.input_orders set origin_file = 'no such file'"
LINES = [
    (f"10000{n}", "85123A", "LANTERN", "1", f"2011-0{n}-02 10:00:00", "1.00", f"1785{n}", "France")
    for n in range(1, 6)
]


@pytest.fixture(scope="module")
def made(project: Project, plain: PlainProject, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of a shop; each test has a copy to spoil."""
    with warehouse_file(project, plain, load_lines):
        return Path(shutil.copy(project.warehouse, tmp_path_factory.mktemp("made")))


@pytest.fixture
def shop(project: Project, made: Path) -> Iterator[Warehouse]:
    with copied_warehouse(project, made) as warehouse:
        yield warehouse


def load_lines(connection: duckdb.DuckDBPyConnection) -> None:
    for number, line in enumerate(LINES):
        invoices.load(connection, [line], f"{number}.csv", f"load {number}")


def spoil(table: str) -> str:
    return f"insert into {table} select * from {table} order by all limit 1"


def mend(table: str) -> str:
    return f"create or replace table {table} as select distinct * from {table}"


def note_change(schema: str, name: str, partitions: str) -> list[str]:
    """What a partial build notes that puts the first row in again."""
    return [
        f"insert into increments.changed_{name} by name select {partitions},"
        " (select max(build) + 1 from increments.builds) as _build"
        f" from (from {schema}.{name} order by all limit 1)",
        "update increments.builds set build = (select max(build) + 1 from increments.builds)"
        f" where relation = '{name}'",
    ]


@pytest.mark.parametrize("test", [OF_TABLE, OF_VIEW])
def test_what_has_changed_is_looked_at_until_it_is_mended(shop: Warehouse, test: str) -> None:
    schema, name, partitions = TABLES[test]
    table = f"{schema}.{name}"
    assert shop.passes(test) == {test}
    shop.execute(spoil(table))
    assert shop.passes(test) == {test}, "a row that no build has put there is not looked for"
    shop.execute(*note_change(schema, name, partitions))
    assert not shop.passes(test)
    assert not shop.passes(test), "what failed is not noted as tested"
    shop.execute(mend(table))
    assert shop.passes(test) == {test}


@pytest.mark.parametrize(
    "doubt",
    [
        pytest.param("delete from increments.tested", id="a new test"),
        pytest.param("update increments.tested set definition = ''", id="a test that has changed"),
        pytest.param(
            "update increments.builds set complete_since = 1 + (select max(build)"
            " from increments.builds)",
            id="a table that was built whole",
        ),
    ],
)
def test_in_doubt_all_is_looked_at(shop: Warehouse, doubt: str) -> None:
    assert shop.passes(OF_TABLE, OF_VIEW) == {OF_TABLE, OF_VIEW}
    shop.execute(*(spoil(f"{schema}.{name}") for schema, name, _ in TABLES.values()), doubt)
    assert not shop.passes(OF_TABLE, OF_VIEW)


def test_a_test_of_code_looks_again_when_code_has_changed(shop: Warehouse) -> None:
    held = shop.rows("inputs.input_orders")
    assert shop.passes_with("this", OF_CODE)
    shop.execute(WRONG_FILE)
    assert shop.passes_with("this", OF_CODE), "the code is what it passed with"
    assert not shop.passes_with("other", OF_CODE)
    assert not shop.passes_with("other", OF_CODE), "what failed is not noted as tested"
    assert not shop.passes_with("this", OF_CODE), "nor is what passed before it failed"
    right = "update inputs.input_orders set origin_file = source_order_id[-1]::int - 1 || '.csv'"
    shop.execute(right)
    assert shop.rows("inputs.input_orders") == held
    assert shop.passes_with("this", OF_CODE)


def test_a_test_of_code_looks_again_where_all_is_made_anew(shop: Warehouse) -> None:
    assert shop.passes_with("this", OF_CODE)
    shop.execute(WRONG_FILE)
    assert shop.passes_with("this", OF_CODE)
    assert not shop.dbt(*("build", "--full-refresh", "--vars", "{code: this}", "--select", OF_CODE))


def test_a_test_of_code_looks_again_by_hand(shop: Warehouse) -> None:
    assert shop.passes_with("this", OF_CODE)
    assert shop.passes(OF_CODE) == {OF_CODE}
    shop.execute(WRONG_FILE)
    assert shop.passes_with("this", OF_CODE)
    assert not shop.passes(OF_CODE)
    assert not shop.passes_with("this", OF_CODE), "it failed by hand"
