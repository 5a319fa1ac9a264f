"""A table that was built in slices is what it is at once, and can be read by whoever comes next."""

from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.project import Project
from orchestration.simulator.generate import simulate
from orchestration.simulator.plan import Plan
from orchestration.warehouse.plain_project import PlainProject
from tests.warehouse.simulated_shop import land_shop
from tests.warehouse.warehouse_file import warehouse_file

# More than a row group of DuckDB.
ROWS = 130_000


def test_what_was_put_in_is_there_at_once(plain: PlainProject, tmp_path: Path) -> None:
    """Into a table made of a query without rows, it was not: see the macro partitioned_plan."""
    (built,) = (one for one in plain.built if one.relation == "features.feature_purchases")
    assert built.plan
    plan = replace(
        built.plan,
        why_whole="select 'a test'",
        slices="select 2",
        whole=[],
        slice=[built.plan.slice[-1]],
    )
    with duckdb.connect(tmp_path / "warehouse.duckdb") as connection:
        connection.execute("create schema features")
        connection.execute(
            "create temp table touched_feature_purchases as "
            "select 's' as shop, date '2024-05-01' as as_of_date"
        )
        connection.execute(
            "create table orders as "
            "select 's' as shop, range as customer_id, date '2024-05-01' as as_of_date "
            f"from range({ROWS})"
        )
        assert plan.update(connection, "from orders") == "whole"
        # Read, not counted: the count of all rows was right.
        seen = connection.execute("select sum(customer_id) from features.feature_purchases")
        assert seen.fetchall() == [(2 * sum(range(ROWS)),)]


def test_dbt_builds_in_slices_what_it_builds_at_once(
    project: Project, plain: PlainProject, tmp_path: Path
) -> None:
    """Every table that can be sliced, with a contract and without."""
    shop = tmp_path / "shop"
    simulate(Plan(customers=30, days=120, seed=5), shop)
    tables = [one.relation for one in plain.built if one.plan and one.plan.slice]
    names = {table.split(".")[1] for table in tables}
    found = {}
    with warehouse_file(
        project, plain, lambda connection: land_shop(connection, project, shop)
    ) as warehouse:
        for most_rows in (10**9, 0):
            warehouse.statements.clear()
            variables = f"{{most_rows_at_once: {most_rows}}}"
            assert names == warehouse.dbt(
                *("run", "--full-refresh", "--vars", variables, "--select", *names)
            )
            in_slices = sum("limit 1 offset 1" in sql for sql in warehouse.statements)
            assert in_slices == (0 if most_rows else len(tables))
            found[most_rows] = warehouse.rows(*tables)
    assert all(found[0])
    assert found[0] == found[10**9]
