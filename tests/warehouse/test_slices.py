"""A table that was built in slices or parts is what it is at once, and can be read afterwards."""

from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.project import Project
from orchestration.simulator.generate import simulate
from orchestration.simulator.plan import Plan
from orchestration.warehouse.opening import scalar
from orchestration.warehouse.plain_project import PlainProject, Statement
from orchestration.warehouse.plain_sql import compile_project
from tests.warehouse.conftest import new_warehouse
from tests.warehouse.full_build import LAYERS, check_full_build
from tests.warehouse.simulated_shop import land_shop
from tests.warehouse.warehouse_file import warehouse_file

# More than a row group of DuckDB.
ROWS = 130_000
MOST_ROWS = 15
# Rows are gone from files that are loaded anew.
TAKEN_BACK = [
    statement
    for table, rows in (("web_shop_orders", "= 0"), ("web_shop_customers", "> 0"))
    for statement in (
        f"delete from raw_simulated.{table} where _origin_row % 3 {rows}",
        f"update raw_simulated.{table} set _load_id = _load_id || '+'",
    )
]


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


def noting_parts(one: Statement) -> Statement:
    """The statement of a table, which is made in two parts at most, and noted in `divided` then."""
    if not one.plan:
        return one
    divide = f"insert into divided values ('{one.relation}'); {one.plan.divide}"
    parts = f"select least(2, ({one.plan.parts}))"
    return replace(one, plan=replace(one.plan, divide=divide, parts=parts))


def test_much_that_is_made_anew_is_made_in_parts(project: Project, tmp_path: Path) -> None:
    """Of tables that note their rows, of those that note partitions, and by days."""
    in_parts = compile_project(project, {"most_rows_of_a_part": MOST_ROWS})
    in_parts.built = tuple(map(noting_parts, in_parts.built))
    shop = tmp_path / "shop"
    simulate(Plan(customers=30, days=120, seed=5), shop)
    with new_warehouse(in_parts) as connection:
        connection.execute("create table divided (relation text)")
        land_shop(connection, project, shop)
        in_parts.update(connection, LAYERS)
        for statement in TAKEN_BACK:
            connection.execute(statement)
        in_parts.update(connection, LAYERS)
        divided = {relation for (relation,) in connection.execute("from divided").fetchall()}
        assert {
            "intermediate.int_order_totals",
            "marts.known_orders",
            "features.feature_rfm",
        } <= divided
        # Keys that are linked are found together.
        (groups,) = connection.execute(
            "select count(*) from intermediate.int_identity_groups"
        ).fetchall()
        assert groups > (2 * MOST_ROWS,) and "intermediate.int_identity_groups" not in divided
        check_full_build(connection, in_parts)


def test_of_a_large_table_a_sample_says_how_many_parts(project: Project) -> None:
    """Of 125,000 rows a part four fifths are looked at: 437,500 are three parts and a half."""
    compiled = compile_project(project, {"most_rows_of_a_part": 125_000})
    relation = "intermediate.int_order_totals"
    plan = next(one.plan for one in compiled.built if one.relation == relation)
    assert plan is not None
    with duckdb.connect() as connection:
        connection.execute("create schema intermediate")
        connection.execute(
            f"create table {relation} as select 's' as source_system, n as source_order_id"
            " from range(437500) as numbers (n)"
        )
        found = {}
        for touched in (0, 1, 437_500):
            connection.execute(
                "create or replace temp table touched_int_order_totals as"
                f" from {relation} where source_order_id < {touched}"
            )
            found[touched] = scalar(connection, plan.parts)
    assert found == {0: 0, 1: 1, 437_500: 4}


def in_memory(connection: duckdb.DuckDBPyConnection) -> int:
    """Bytes of tables that DuckDB holds."""
    return scalar(
        connection, "select sum(memory_usage_bytes) from duckdb_memory() where tag = 'BASE_TABLE'"
    )


def test_of_a_large_table_nothing_stays_in_memory(plain: PlainProject, tmp_path: Path) -> None:
    """Rows deleted here and there cost 8 bytes for each row that is left, until written through."""
    relation = "features.feature_purchases"
    (built,) = (one for one in plain.built if one.relation == relation)
    assert built.plan
    held = {}
    for is_large in (False, True):
        plan = replace(
            built.plan,
            why_whole="select null",
            touch=[],
            parts="select 1",
            partial=[],
            finish="select 1",
            part=[f"delete from {relation} where customer_id % 1000 = 0"],
            is_large=f"select count(*) > {ROWS if is_large else 100 * ROWS} from {relation}",
        )
        with duckdb.connect(tmp_path / f"{is_large}.duckdb") as connection:
            connection.execute("create schema features")
            connection.execute(
                f"create table {relation} as select range as customer_id from range({20 * ROWS})"
            )
            connection.execute("checkpoint")
            before = in_memory(connection)
            assert plan.update(connection, "") == "partial"
            held[is_large] = in_memory(connection) - before
    assert held[False] > 20 * ROWS * 8 > 20 * ROWS > held[True]


def test_dbt_makes_in_parts_what_it_makes_at_once(
    project: Project, plain: PlainProject, tmp_path: Path
) -> None:
    shop = tmp_path / "shop"
    simulate(Plan(customers=30, days=120, seed=5), shop)
    names = {"input_orders", "int_orders_validated", "int_order_totals"}
    found = []
    # In parts, and written through after each; or neither.
    for most_rows, tables in ((10**9, 0), (5, len(names))):
        with warehouse_file(
            project, plain, lambda connection: land_shop(connection, project, shop)
        ) as warehouse:
            warehouse.execute(*TAKEN_BACK)
            variables = (
                f"{{most_rows_of_a_part: {most_rows}, most_rows_without_checkpoint: {most_rows}}}"
            )
            assert names == warehouse.dbt("run", "--vars", variables, "--select", *names)
            assert sum("where _part = 1" in sql for sql in warehouse.statements) == tables
            assert sum("checkpoint" in sql for sql in warehouse.statements) == tables
            found.append(
                warehouse.rows(
                    "intermediate.int_order_totals", "increments.changed_int_order_totals"
                )
            )
    assert all(found[0])
    assert found[0] == found[1]
