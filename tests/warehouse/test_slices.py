"""A table that was built in slices can be read by whoever comes next."""

from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.warehouse.plain_sql import PlainProject

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
            "create temp table touched_feature_purchases as select date '2024-05-01' as as_of_date"
        )
        connection.execute(
            "create table orders as "
            f"select range as customer_id, date '2024-05-01' as as_of_date from range({ROWS})"
        )
        assert plan.update(connection, "from orders") == "whole"
        # Read, not counted: the count of all rows was right.
        seen = connection.execute("select sum(customer_id) from features.feature_purchases")
        assert seen.fetchall() == [(2 * sum(range(ROWS)),)]
