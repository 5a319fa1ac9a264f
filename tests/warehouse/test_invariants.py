"""The invariants of the design, on drawn invoices full of dirt."""

from collections.abc import Callable

import duckdb
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from orchestration.plain_sql import PlainProject
from tests.warehouse import invoices
from tests.warehouse.conftest import AS_OF_DATE, new_warehouse

SQL_LAYERS = {"staging", "inputs", "intermediate", "features"}

few_examples = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def contents(
    connection: duckdb.DuckDBPyConnection, schema: str
) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all relations of a schema, sorted."""
    names = connection.execute(
        "select table_name from information_schema.tables where table_schema = ?", [schema]
    ).fetchall()
    return {
        name: connection.sql(f"select * from {schema}.{name} order by all").fetchall()
        for (name,) in names
    }


@few_examples
@given(drawn=invoices.lines())
@example(drawn=[])
def test_every_data_test_holds_on_any_invoices(
    plain: PlainProject, drawn: list[invoices.Invoice]
) -> None:
    """Conservation, grain, closed keys and netting, as the project's own tests state them."""
    with new_warehouse(plain) as connection:
        invoices.load(connection, drawn, "drawn.csv")
        plain.build(connection)
        assert plain.failing_tests(connection) == {}
        (count,) = connection.sql("""
            select sum(row_count) from marts.data_quality
            where source_system = 'online_retail' and entity = 'order_lines'
        """).fetchall()[0]
        assert (count or 0) == len(drawn)


@few_examples
@given(past=invoices.lines(days=180), future=invoices.lines(first=AS_OF_DATE, days=60))
def test_rows_dated_on_or_after_the_day_change_nothing_as_of_it(
    plain_as_of: PlainProject, past: list[invoices.Invoice], future: list[invoices.Invoice]
) -> None:
    with new_warehouse(plain_as_of) as connection:
        invoices.load(connection, past, "past.csv")
        plain_as_of.build(connection, SQL_LAYERS)
        before = contents(connection, "features")
        invoices.load(connection, future, "future.csv")
        plain_as_of.build(connection, SQL_LAYERS)
        after = contents(connection, "features")
    assert after == before


@few_examples
@given(drawn=invoices.lines(), shuffled=st.randoms(use_true_random=False))
def test_the_order_in_which_rows_arrive_changes_no_feature(
    plain: PlainProject,
    drawn: list[invoices.Invoice],
    shuffled: Callable[..., object],
) -> None:
    found = []
    for lines in (drawn, shuffled.sample(drawn, len(drawn))):  # type: ignore[attr-defined]
        with new_warehouse(plain) as connection:
            invoices.load(connection, lines, "drawn.csv")
            plain.build(connection, SQL_LAYERS)
            found.append(contents(connection, "features"))
    assert found[0] == found[1]
