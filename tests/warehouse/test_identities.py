"""Who shares an identifier is one person from the day it is seen, and was two before."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from orchestration.warehouse.plain_project import PlainProject
from tests.warehouse.conftest import new_warehouse
from tests.warehouse.drawing import Row, deliver
from tests.warehouse.full_build import COMPARED, LAYERS, check_full_build
from tests.warehouse.invariants import contents

WEB, CARD, APP = "simulated:web-1", "simulated:card-7", "simulated:app-u"
# The address is the web account's and the number the card's: who has both is found in May.
ACCOUNTS: dict[str, list[Row]] = {
    "web_shop_customers": [
        {"customer_no": 1, "email": "Anna@shop.cn", "created_at": "2024-01-05T10:00:00Z"},
        {"customer_no": 2, "email": "bob@shop.cn", "created_at": "2024-01-05T10:00:00Z"},
    ],
    # Linked to the web account all along.
    "app_users": [{"user_id": "v", "mail": "anna@shop.cn", "signup_ms": 1704614400000}],
    "till_loyalty_cards": [
        {"card_no": "7", "telephone": "0086 130 0000 0001", "issued_on": "01/12/2023"}
    ],
}
MEETING: dict[str, list[Row]] = {
    "app_users": [
        {
            "_origin_row": 2,
            "user_id": "u",
            "mail": "anna@shop.cn",
            "mobile": "+8613000000001",
            "signup_ms": 1715745600000,  # 2024-05-15
        }
    ]
}
WEB_ORDERS = [("o1", 1, "2024-01-10"), ("o2", 1, "2024-05-10"), ("o3", 2, "2024-01-20")]
RECEIPTS = [("t1", "7", "01/02/2024"), ("t2", "7", "20/06/2024")]
ORDERS: dict[str, list[Row]] = {
    "web_shop_orders": [
        {
            "order_no": number,
            "customer_no": customer,
            "state": "paid",
            "currency": "CNY",
            "placed_at": f"{day}T06:00:00Z",
        }
        for number, customer, day in WEB_ORDERS
    ],
    "web_shop_order_items": [
        {"order_no": number, "pos": 1, "sku": "tea", "qty": 1, "unit_price": 10, "line_total": 10}
        for number, *_ in WEB_ORDERS
    ],
    "till_receipts": [
        {"receipt_no": number, "card_no": card, "type": "SALE", "printed_at": f"{day} 12:00"}
        for number, card, day in RECEIPTS
    ],
    "till_receipt_lines": [
        {"receipt_no": number, "line_no": 1, "article": "tea", "pieces": 1, "shelf_price": 20}
        | {"amount": 20}
        for number, *_ in RECEIPTS
    ],
}


def bring(connection: duckdb.DuckDBPyConnection, tables: dict[str, list[Row]]) -> None:
    for table, rows in tables.items():
        deliver(connection, f"raw_simulated.{table}", "drawn", rows, "load")


@pytest.fixture(scope="module")
def met(plain: PlainProject) -> Iterator[duckdb.DuckDBPyConnection]:
    """Everything is there from the beginning."""
    with new_warehouse(plain) as connection:
        bring(connection, {**ACCOUNTS, **ORDERS})
        bring(connection, MEETING)
        plain.update(connection, LAYERS)
        assert plain.failing_tests(connection) == {}
        yield connection


def test_a_person_is_who_was_known_to_be_one_on_the_day(met: duckdb.DuckDBPyConnection) -> None:
    """The id is that of the key known first; gaps lie between orders of all keys."""
    rows = met.execute("""
        select as_of_date, customer_id, order_count, total_spend, days_since_last_order,
            mean_days_between_orders
        from features.feature_purchases where customer_id <> 'simulated:web-2' order by all
    """).fetchall()
    assert rows == [
        (date(2024, 5, 1), CARD, 1, Decimal("20.0000"), 90, None),
        (date(2024, 5, 1), WEB, 1, Decimal("10.0000"), 112, None),
        (date(2024, 6, 1), CARD, 3, Decimal("40.0000"), 22, 60.5),
        (date(2024, 6, 21), CARD, 4, Decimal("60.0000"), 1, 54.0),
    ]
    features = ["customers", "affinities", "breadth", "demographics", "rhythm", "rfm"]
    for name in features:
        people = met.execute(
            f"select distinct as_of_date, customer_id from features.feature_{name}"
            " where customer_id <> 'simulated:web-2' order by all"
        ).fetchall()
        assert people in ([row[:2] for row in rows], [])


def test_orders_and_keys_are_the_persons(met: duckdb.DuckDBPyConnection) -> None:
    assert met.execute("""
        select customer_id, count(*), sum(net_amount) from marts.orders group by all order by all
    """).fetchall() == [(CARD, 4, Decimal("60.0000")), ("simulated:web-2", 1, Decimal("10.0000"))]
    assert met.execute("""
        select source_customer_id, joined_date from marts.customer_identifiers
        where customer_id = 'simulated:card-7' order by all
    """).fetchall() == [
        ("app-u", None),
        ("app-v", date(2024, 5, 16)),
        ("card-7", None),
        ("web-1", date(2024, 5, 16)),
    ]
    assert met.execute("""
        select identifier_kind, masked_identifier, source_customer_id, other_source_customer_id,
            is_linked
        from marts.identity_edges order by all
    """).fetchall() == [
        ("email", "a***@shop.cn", "web-1", "app-u", True),
        ("email", "a***@shop.cn", "web-1", "app-v", True),
        ("phone", "***001", "card-7", "app-u", True),
    ]


def test_what_was_recorded_of_two_is_told_of_the_one(met: duckdb.DuckDBPyConnection) -> None:
    assert met.execute("""
        select customer_id, valid_from, valid_to, is_current
        from marts.customer_profile_history
        where recorded_as = 'simulated:web-1' and attribute = 'lifecycle_stage'
    """).fetchall() == [(CARD, date(2024, 5, 1), date(2024, 6, 1), False)]
    assert met.execute("""
        select to_date, customer_count from marts.segment_migrations
        where attribute = 'lifecycle_stage' and to_value = '(joined another customer)' order by all
    """).fetchall() == [(date(2024, 6, 1), 1), (date(2024, 6, 21), 1)]


def test_a_link_makes_the_days_after_it_anew_and_is_taken_back(
    plain: PlainProject, met: duckdb.DuckDBPyConnection
) -> None:
    with new_warehouse(plain) as connection:
        bring(connection, {**ACCOUNTS, **ORDERS})
        plain.update(connection, LAYERS)
        apart = {layer: contents(connection, layer) for layer in COMPARED}
        bring(connection, MEETING)
        plain.update(connection, LAYERS)
        touched = connection.execute("from touched_feature_purchases order by all").fetchall()
        assert [day for _, day in touched] == [date(2024, 6, 1), date(2024, 6, 21)]
        for layer in COMPARED:
            assert contents(connection, layer) == contents(met, layer)
        connection.execute("delete from raw_simulated.app_users where user_id = 'u'")
        plain.update(connection, LAYERS)
        assert {layer: contents(connection, layer) for layer in COMPARED} == apart


def test_orders_are_of_one_when_the_shops_day_passes_that_of_the_link(plain: PlainProject) -> None:
    """Neither the orders nor the link are new then: a third customer's order moves the day."""
    user = {**MEETING["app_users"][0], "signup_ms": 1719273600000}  # 2024-06-25
    order = {**ORDERS["web_shop_orders"][2], "order_no": "o4", "_origin_row": 9}
    with new_warehouse(plain) as connection:
        bring(connection, {**ACCOUNTS, **ORDERS})
        bring(connection, {"app_users": [user]})
        plain.update(connection, LAYERS)
        assert _orders_of(connection, CARD) == ["simulated:t1", "simulated:t2"]
        bring(connection, {"web_shop_orders": [{**order, "placed_at": "2024-07-01T06:00:00Z"}]})
        plain.update(connection, LAYERS)
        assert len(_orders_of(connection, CARD)) == 4
        check_full_build(connection, plain)


def _orders_of(connection: duckdb.DuckDBPyConnection, customer: str) -> list[str]:
    """The ids of a customer's orders, in the order in which they were made."""
    orders = "select order_id from marts.orders where customer_id = ? order by order_number"
    return [order for (order,) in connection.execute(orders, [customer]).fetchall()]
