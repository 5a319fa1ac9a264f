"""Dirt is there in the amounts that truth/dirt says, and at the rates that were asked for."""

from math import sqrt

import pytest

from tests.simulator.conftest import Shop

# System, table → key of a row.
KEYS = {
    ("web_shop", "customers"): "customer_no",
    ("app", "users"): "user_id",
    ("till", "loyalty_cards"): "card_no",
    ("web_shop", "orders"): "order_no",
    ("app", "purchases"): "purchase_id",
    ("till", "receipts"): "receipt_no",
    ("web_shop", "order_items"): "order_no || '/' || pos",
    ("app", "purchase_items"): "purchase_id || '/' || item_no",
    ("till", "receipt_lines"): "receipt_no || '/' || line_no",
    ("web_shop", "clickstream"): "hit_id",
    ("app", "events"): "event_id",
    ("review_site", "reviews"): "review_id",
}

# Kind → table → what a row with that dirt looks like.
LOOKS = {
    "missing_customer": {
        "web_shop/orders": "customer_no is null",
        "till/receipts": "card_no is null",
    },
    "unparseable_date": {
        "web_shop/orders": "try_cast(placed_at as timestamp) is null",
        "till/receipts": "try_strptime(printed_at, '%d/%m/%Y %H:%M') is null",
        "review_site/reviews": "try_cast(posted as timestamp) is null",
    },
    "impossible_price": {
        "web_shop/order_items": "unit_price < 0",
        "till/receipt_lines": "shelf_price < 0",
    },
    "return": {
        "web_shop/order_items": "qty < 0",
        "app/purchase_items": "units < 0",
        "till/receipt_lines": "pieces < 0",
    },
    "test_account": {
        "web_shop/customers": "email like 'test+%'",
        "app/users": "nickname = 'QA Tester'",
        "till/loyalty_cards": "holder = 'TEST CARD'",
    },
    "typo_email": {"app/users": "mail like '%@mial.%'"},
    "late_row": {
        "app/purchases": "exported_ms - paid_ms > 2 * 86400000",
        "app/events": "received_ms - client_ms > 86400000",
    },
}


@pytest.mark.parametrize(("system", "table"), KEYS)
def test_keys_stand_twice_exactly_where_the_truth_says_so(
    shop: Shop, system: str, table: str
) -> None:
    key = KEYS[system, table]
    found = shop.ask(f"""
        with repeated as (
            select cast({key} as varchar) as row_key,
                if(count(distinct raw) = 1, 'exact_duplicate', 'conflicting_duplicate') as kind
            from '{{raw}}/{system}/{table}-*.parquet' as raw
            group by row_key having count(*) > 1
        ), told as (
            select row_key, kind from '{{truth}}/dirt-*.parquet'
            where system = '{system}' and table_name = '{table}'
                and kind in ('exact_duplicate', 'conflicting_duplicate')
        )
        select
            (select count(*) from told),
            (select count(*) from (from repeated except from told)),
            (select count(*) from (from told except from repeated))
    """)
    assert found[0][0] > 0 and found[0][1:] == (0, 0)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("kind", "table"), [(kind, table) for kind, tables in LOOKS.items() for table in tables]
)
def test_dirty_rows_are_exactly_those_of_the_truth(shop: Shop, kind: str, table: str) -> None:
    system, name = table.split("/")
    found = shop.ask(f"""
        with seen as (
            select distinct cast({KEYS[system, name]} as varchar) as row_key
            from '{{raw}}/{table}-*.parquet' where {LOOKS[kind][table]}
        ), told as (
            select row_key from '{{truth}}/dirt-*.parquet'
            where system = '{system}' and table_name = '{name}' and kind = '{kind}'
        )
        select
            (select count(*) from told),
            (select count(*) from (from seen except from told)),
            (select count(*) from (from told except from seen))
    """)
    assert found[0][0] > 0 and found[0][1:] == (0, 0)  # type: ignore[operator]


def test_shares_are_those_that_were_asked_for(shop: Shop) -> None:
    rates = shop.ask("select system, table_name, kind, rate from dirt")
    assert len(rates) > 30
    for system, table, kind, rate in rates:
        keys = f"distinct {KEYS[str(system), str(table)]}"
        rows, dirty = shop.numbers(f"""
            select
                (select count({keys}) from '{{raw}}/{system}/{table}-*.parquet'),
                (select count(*) from '{{truth}}/dirt-*.parquet'
                where system = '{system}' and table_name = '{table}' and kind = '{kind}')
        """)
        share = float(rate)  # type: ignore[arg-type]
        # Refunds and lines of dirty orders draw no dirt, so the share of all rows is a little less.
        low = 0.8 * share * rows - 4 * sqrt(share * rows)
        assert low <= dirty <= share * rows + 4 * sqrt(share * rows), (system, table, kind)


def test_a_return_gives_back_a_line_that_was_bought(shop: Shop) -> None:
    (returned, unmatched) = shop.numbers("""
        select count(*), count_if(bought.order_no is null)
        from '{raw}/web_shop/order_items-*.parquet' as back
        left join '{raw}/web_shop/order_items-*.parquet' as bought
            on back.order_no = bought.order_no || '-R' and back.pos = bought.pos
            and back.sku = bought.sku and back.qty = -bought.qty
            and back.line_total = -bought.line_total
        where back.qty < 0
    """)
    assert returned > 100 and unmatched == 0
