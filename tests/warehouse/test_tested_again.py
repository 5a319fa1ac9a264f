"""A data test looks again at what has changed since it passed, and at all of it when in doubt."""

from collections.abc import Iterator

import duckdb
import pytest
from dbt.cli.main import dbtRunner

from orchestration.project import Project
from orchestration.quoting import quoted
from orchestration.warehouse.dbt_in_process import close_warehouse
from orchestration.warehouse.plain_sql import DATABASE, PlainProject
from tests.warehouse import invoices
from tests.warehouse.test_partitioned import LAYERS

# Of a partitioned table, and of a view of one.
OF_TABLE = "unique_grain_customer_features_customer_id__as_of_date"
OF_VIEW = "unique_grain_int_orders_source_system__source_order_id"
TABLES = {
    OF_TABLE: ("features", "customer_features", "as_of_date"),
    OF_VIEW: ("intermediate", "int_orders_validated", "source_system, source_order_id"),
}
# Of code, and what it finds.
OF_CODE = "assert_inputs_name_the_file_they_came_from"
WRONG_FILE = "update inputs.input_orders set origin_file = 'no such file'"
LINES = [
    (f"10000{n}", "85123A", "LANTERN", "1", f"2011-0{n}-02 10:00:00", "1.00", f"1785{n}", "France")
    for n in range(1, 6)
]


class Warehouse:
    """A file with a small shop, in which rows can be spoiled behind the back of the increments."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def execute(self, *statements: str) -> None:
        """Runs statements; the file is closed again."""
        with duckdb.connect() as connection:
            connection.execute(f"attach {quoted(self._project.warehouse)} as {DATABASE}")
            connection.execute(f"use {DATABASE}")
            for statement in statements:
                connection.execute(statement)

    def rows(self, *relations: str) -> list[list[tuple[object, ...]]]:
        """The contents of relations, sorted."""
        with duckdb.connect(self._project.warehouse, read_only=True) as connection:
            return [
                connection.execute(f"from {name} order by all").fetchall() for name in relations
            ]

    def passes(self, *tests: str) -> set[str]:
        """Which of the tests pass when dbt runs them."""
        return self.dbt("test", "--select", *tests)

    def passes_with(self, code: str, test: str) -> bool:
        """Whether a test passes where the dbt project's digest is this."""
        return self.dbt("test", "--vars", f"{{code: {code}}}", "--select", test) == {test}

    def dbt(self, *arguments: str) -> set[str]:
        """The models and tests that come to a good end when dbt runs."""
        try:
            outcome = dbtRunner().invoke(["--quiet", "--log-level-file", "none", *arguments])
        finally:
            close_warehouse()
        return {
            run.node.name
            for run in outcome.result
            if run.status in ("pass", "success") and run.node.resource_type in ("model", "test")
        }


@pytest.fixture
def shop(project: Project, plain: PlainProject) -> Iterator[Warehouse]:
    project.warehouse.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(project.warehouse)} as {DATABASE}")
        plain.create(connection)
        for number, line in enumerate(LINES):
            invoices.load(connection, [line], f"{number}.csv", f"load {number}")
        plain.update(connection, LAYERS)
    yield Warehouse(project)
    project.warehouse.unlink()


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
    assert shop.passes_with("this", OF_CODE), "no data can make it fail"
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


def test_dbt_builds_in_slices_what_it_builds_at_once(shop: Warehouse) -> None:
    """With a contract and without."""
    names = {"feature_purchases", "tag_changes"}
    tables = ("features.feature_purchases", "marts.tag_changes")
    before = shop.rows(*tables)
    assert all(before)
    built = shop.dbt(
        *("run", "--full-refresh", "--vars", "{most_rows_at_once: 0}", "--select", *names)
    )
    assert built == names
    assert shop.rows(*tables) == before
