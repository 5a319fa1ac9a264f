"""Periods follow when another day is the current one, and are again those of a full build."""

from collections.abc import Iterable

import duckdb

from orchestration.warehouse.plain_project import PlainProject, Statement
from tests.warehouse.conftest import new_warehouse
from tests.warehouse.full_build import LAYERS
from tests.warehouse.test_identities import ACCOUNTS, ORDERS, bring

MONTH, YESTERDAY, TODAY = "2024-05-01", "2024-05-10", "2024-05-11"
Change = tuple[str, str, str | None]


def evaluate(
    connection: duckdb.DuckDBPyConnection, day: str, changes: Iterable[Change], *gone: str
) -> None:
    """Puts a day's changes into tag_changes, as its build would, and takes another day's out."""
    ((build,),) = connection.execute("select max(build) + 1 from increments.builds").fetchall()
    for touched in (day, *gone):
        connection.execute("delete from marts.tag_changes where as_of_date = ?", [touched])
        connection.execute(
            "insert into increments.changed_tag_changes (shop, as_of_date, _build) "
            "values ('s', ?, ?)",
            [touched, build],
        )
    for customer, tag, value in changes:
        connection.execute(
            "insert into marts.tag_changes (shop, customer_id, as_of_date, attribute, "
            "attribute_value) values ('s', ?, ?, ?, ?)",
            [customer, day, tag, value],
        )
    connection.execute(
        "update increments.builds set build = ? where relation = 'tag_changes'", [build]
    )


def periods(
    connection: duckdb.DuckDBPyConnection, built: Statement
) -> list[tuple[str, str, str, str | None]]:
    """What the table holds after a partial build, which is what its query gives."""
    assert built.plan
    assert built.plan.update(connection, built.query) == "partial"
    asked = "select customer_id, attribute_value, valid_from::varchar, valid_to::varchar from ({})"
    held = connection.execute(asked.format("from marts.tag_periods") + " order by all").fetchall()
    assert held == connection.execute(asked.format(built.query) + " order by all").fetchall()
    return held


def test_what_a_day_said_goes_with_it(plain: PlainProject) -> None:
    """Yesterday one had lost a tag, one had another, one had a first; today it is not so."""
    (built,) = (one for one in plain.built if one.relation == "marts.tag_periods")
    with new_warehouse(plain) as connection:
        plain.update(connection, LAYERS)
        first = [(who, "value_tier", "high") for who in ("kept", "moved", "still")]
        evaluate(connection, MONTH, first)
        changed = [("gone", "top"), ("kept", None), ("moved", "low"), ("new", "top")]
        evaluate(connection, YESTERDAY, [(who, "value_tier", value) for who, value in changed])
        assert periods(connection, built) == [
            ("gone", "top", YESTERDAY, None),
            ("kept", "high", MONTH, YESTERDAY),
            ("moved", "high", MONTH, YESTERDAY),
            ("moved", "low", YESTERDAY, None),
            ("new", "top", YESTERDAY, None),
            ("still", "high", MONTH, None),
        ]
        evaluate(connection, TODAY, [("new", "value_tier", "high")], YESTERDAY)
        assert periods(connection, built) == [
            ("kept", "high", MONTH, None),
            ("moved", "high", MONTH, None),
            ("new", "high", TODAY, None),
            ("still", "high", MONTH, None),
        ]


def test_no_day_is_after_the_last_one(plain: PlainProject) -> None:
    """As a day that is NULL it would touch each period that lasts, which are most of them."""
    later = {**ORDERS["web_shop_orders"][2], "order_no": "o4", "_origin_row": 9}
    with new_warehouse(plain) as connection:
        bring(connection, {**ACCOUNTS, **ORDERS})
        plain.update(connection, LAYERS)
        bring(connection, {"web_shop_orders": [{**later, "placed_at": "2024-06-25T06:00:00Z"}]})
        assert plain.update(connection, LAYERS)["marts.tag_periods"] == "partial"
        touched = "select as_of_date::varchar from touched_tag_changes order by all"
        assert connection.execute(touched).fetchall() == [("2024-06-21",), ("2024-06-26",)]
