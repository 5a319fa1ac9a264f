"""What metrics add up, of orders of every kind: said as the marts say it."""

import duckdb
import pytest
import yaml

from orchestration.project import Project

# Bought and part of it back; of unknown value; all back; a document that only gives back; one of
# unknown value of which money came back.
ORDERS = """
    values
        ('a', 1, false, 10, 4), ('a', 2, true, null, 0), ('b', null, false, 5, 5),
        ('c', null, false, 0, 2), ('d', 1, true, null, 3)
"""
EXPECTED = {"revenue": 1, "order_count": 3, "valued_order_count": 1, "active_customers": 2}
AGGREGATES = {"sum": "sum({})", "count_distinct": "count(distinct {})"}


@pytest.fixture(scope="module")
def measures(project: Project) -> dict[str, str]:
    text = (project.dbt_project / "models" / "semantic" / "orders.yml").read_text()
    told = yaml.safe_load(text)["semantic_models"][0]["measures"]
    return {one["name"]: AGGREGATES[one["agg"]].format(one["expr"]) for one in told}


def test_every_measure_is_held_against_a_number(measures: dict[str, str]) -> None:
    orders = (
        f"({ORDERS}) as t(customer_id, order_number, is_value_unknown, net_amount, returned_amount)"
    )
    for name, sql in measures.items():
        assert duckdb.sql(f"select {sql} from {orders}").fetchall() == [(EXPECTED[name],)], name


def test_where_no_value_is_known_there_is_no_revenue(measures: dict[str, str]) -> None:
    orders = "(values (true, null::integer, 0)) as t(is_value_unknown, net_amount, returned_amount)"
    assert duckdb.sql(f"select {measures['revenue']} from {orders}").fetchall() == [(None,)]
