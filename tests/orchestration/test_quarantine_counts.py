"""Rows and money in quarantine are counted as they lie there, each row once."""

from decimal import Decimal

import duckdb
import pytest

from orchestration.errors import PortraitError
from orchestration.quarantine.counts import FLAGGED, Count, counts
from orchestration.quarantine.selection import Selection, check_selection

ROWS = [
    # source system, entity, reason, key, amount
    ("till", "order_lines", "zero_quantity", "1", "2.50"),
    ("till", "order_lines", "zero_quantity", "1", "2.50"),
    ("till", "order_lines", "zero_quantity", None, None),
    ("till", "order_lines", "bot", "1", None),
    ("till", "orders", "bot", "1", "1.00"),
    ("app", "orders", "bot", "1", "4.00"),
    ("app", "orders", "missing_customer", "1", "8.00"),
    ("app", "orders", "missing_customer", "2", "-1.00"),
    (None, "orders", "bot", None, "0.25"),
]


@pytest.fixture
def judged(warehouse: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    warehouse.execute("""
        create schema intermediate; create schema seeds;
        create table intermediate.int_quarantine (
            source_system varchar, entity varchar, reason_code varchar, entity_key varchar,
            amount decimal(18, 4), delivered_currency varchar
        );
        create table intermediate.int_flagged_rows as
        select 'till' as source_system, 'orders' as entity, 'orphan' as reason_code,
            cast(7 as decimal(18, 4)) as amount, null as delivered_currency
        from range(2);
        create table intermediate.int_data_quality as
        select * from (values ('till', 'orders'), ('app', 'order_lines'))
            as judged (source_system, entity);
        create table seeds.reason_codes as
        select unnest(['bot', 'zero_quantity', 'orphan']) as reason_code;
    """)
    insert = "insert into intermediate.int_quarantine values (?, ?, ?, ?, ?, 'USD')"
    warehouse.executemany(insert, ROWS)
    return warehouse


def count(source: str, entity: str, reason: str, rows: int, amount: str | None) -> Count:
    money = (Decimal(amount), "USD") if amount else (None, None)
    return Count(source, entity, reason, rows, *money)


def test_each_row_counts_whatever_its_key(judged: duckdb.DuckDBPyConnection) -> None:
    assert counts(judged, Selection()) == [
        count("app", "orders", "missing_customer", 2, "7"),
        count("app", "orders", "bot", 1, "4"),
        count("till", "order_lines", "zero_quantity", 3, "5"),
        count("till", "order_lines", "bot", 1, None),
        count("till", "orders", "bot", 1, "1"),
        count("(none)", "orders", "bot", 1, "0.25"),
    ]


def test_money_of_several_currencies_is_no_sum(judged: duckdb.DuckDBPyConnection) -> None:
    insert = "insert into intermediate.int_quarantine values (?, ?, ?, 'x', ?, ?)"
    judged.execute(insert, ["app", "orders", "bot", None, "JPY"]).fetchall()
    judged.execute(insert, ["till", "orders", "bot", "1", "JPY"]).fetchall()
    assert counts(judged, Selection(reason="bot"))[:2] == [
        count("app", "orders", "bot", 2, "4"),
        count("till", "orders", "bot", 2, None),
    ]


def test_flagged_rows_are_counted_apart(judged: duckdb.DuckDBPyConnection) -> None:
    assert counts(judged, Selection(), FLAGGED) == [
        Count("till", "orders", "orphan", 2, Decimal(14), None)
    ]


@pytest.mark.parametrize(
    ("selection", "rows"),
    [
        (Selection(source="till"), 5),
        (Selection(entity="orders"), 5),
        (Selection(reason="bot"), 4),
        (Selection(source="till", reason="bot"), 2),
        (Selection("app", "orders", "bot"), 1),
        (Selection("app", "order_lines", "bot"), 0),
        (Selection(source=""), 0),
    ],
)
def test_all_filters_hold(
    judged: duckdb.DuckDBPyConnection, selection: Selection, rows: int
) -> None:
    assert sum(found.rows for found in counts(judged, selection)) == rows


def test_names_that_nobody_has_are_refused_with_those_that_there_are(
    judged: duckdb.DuckDBPyConnection,
) -> None:
    check_selection(judged, Selection())
    check_selection(judged, Selection("till", "orders", "bot"))
    for selection, told, hint in (
        (Selection(source="tiil"), "There is no source 'tiil'. Did you mean till?", "app, till"),
        (Selection(entity="x"), "There is no entity 'x'.", "order_lines, orders"),
        (Selection(reason=""), "There is no reason ''.", "bot, orphan, zero_quantity"),
    ):
        with pytest.raises(PortraitError) as error:
            check_selection(judged, selection)
        assert (error.value.message, error.value.hint) == (told, f"Known: {hint}.")
