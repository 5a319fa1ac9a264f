"""Customers taken for test accounts are told with the patterns that refused them."""

import duckdb
import pytest

from orchestration.errors import PortraitError
from orchestration.warehouse.acceptance import (
    check_any_order_accepted,
    warn_of_sources_without_customers,
)
from orchestration.warehouse.refused_accounts import PATTERNS_FILE, refused_accounts

ALL_OF_TILL = (
    "All 3 customers of till look like test accounts: "
    "email like %@example.com (2), name like test (1)"
)


@pytest.fixture
def judged(warehouse: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """All customers of the till look like tests, and one of two of the app."""
    for schema in ("inputs", "intermediate"):
        warehouse.execute(f"create schema {schema}")
    warehouse.execute("""
        create table inputs.input_customers as select * from (values
            ('till', '1'), ('till', '2'), ('till', '3'), ('till', '3'), ('till', null),
            ('app', '1'), ('app', '2'), ('web', '1')
        ) as t (source_system, source_customer_id);
        create table intermediate.int_refused_customers as select * from (values
            ('till', '1', 'test_account', 'email like %@example.com'),
            ('till', '2', 'test_account', 'email like %@example.com'),
            ('till', '3', 'test_account', 'name like test'),
            ('till', 'guest', 'placeholder_customer', 'guest'),
            ('app', '1', 'test_account', 'name like test')
        ) as t (source_system, source_customer_id, reason_code, known_by);
        create table intermediate.int_orders (source_order_id varchar);
        create table intermediate.int_quarantine as select
            'till' as source_system, 'orders' as entity, 'test_account' as reason_code
        from range(7);
    """)
    return warehouse


def test_nothing_is_told_before_anything_was_judged(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert refused_accounts(warehouse) == []


def test_patterns_are_named_and_whether_it_was_everybody(
    judged: duckdb.DuckDBPyConnection,
) -> None:
    assert [str(one) for one in refused_accounts(judged)] == [
        "1 of 2 customers of app look like test accounts: name like test (1)",
        ALL_OF_TILL,
    ]


def test_no_order_accepted_names_the_patterns_and_their_file(
    judged: duckdb.DuckDBPyConnection,
) -> None:
    with pytest.raises(PortraitError) as error:
        check_any_order_accepted(judged, {})
    assert "7 orders of till: test_account. 1 of 2 customers of app" in error.value.message
    assert f"{ALL_OF_TILL}." in error.value.message
    assert error.value.hint.startswith(
        f"If these are no tests, narrow the patterns in {PATTERNS_FILE}."
    )


def test_a_source_of_which_nobody_is_left_is_a_warning(
    judged: duckdb.DuckDBPyConnection, caplog: pytest.LogCaptureFixture
) -> None:
    warn_of_sources_without_customers(judged)
    (record,) = caplog.records
    assert record.getMessage().startswith(f"{ALL_OF_TILL}. They and their orders lie in quarantine")
    assert PATTERNS_FILE in record.getMessage()


def test_many_patterns_are_told_in_few_words(judged: duckdb.DuckDBPyConnection) -> None:
    judged.execute("""
        insert into intermediate.int_refused_customers
        select 'web', range, 'test_account', 'email like ' || range from range(5)
    """)
    (told,) = [str(one) for one in refused_accounts(judged) if one.source == "web"]
    assert told.endswith("email like 2 (1), and 2 more patterns")
