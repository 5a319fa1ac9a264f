"""A run asks what its sources leave open where no order is accepted, or a status is new."""

from pathlib import Path

import duckdb
import pytest

from orchestration.errors import PortraitError
from orchestration.warehouse.acceptance import check_any_order_accepted
from orchestration.warehouse.held_questions import (
    read_statuses,
    unknown_statuses,
    write_statuses,
)
from orchestration.warehouse.manifest import SourceSystem
from orchestration.warehouse.questions import Question

DATES = Question("`day`", "Is `03/04/2025` 3 April or 4 March?", (), "--dates day-first", "no_day")
AMOUNTS = Question("`total`", "Is `1.250` 1250 or 1.25?", (), "--decimal ,", "no_amount")


@pytest.fixture
def held(warehouse: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """All that a shop delivers waits: two orders for a day, two for a status, a line for one."""
    warehouse.execute("""
        create schema intermediate;
        create table intermediate.int_orders (source_order_id varchar);
        create table intermediate.int_quarantine as select * from (values
            ('shop', 'orders', 'no_day', json('{}')),
            ('shop', 'orders', 'no_day', json('{}')),
            ('shop', 'orders', 'unknown_status', json('{"status": "parked"}')),
            ('shop', 'orders', 'unknown_status', json('{"status": "parked"}')),
            ('shop', 'order_lines', 'unknown_status', json('{"line_status": "am Weg"}')),
            ('till', 'orders', 'missing_key', json('{}'))
        ) as t (source_system, entity, reason_code, row_values);
        create schema inputs;
        create table inputs.input_customers (source_system varchar, source_customer_id varchar);
        create table intermediate.int_refused_customers (
            source_system varchar, source_customer_id varchar, reason_code varchar, known_by varchar
        );
    """)
    return warehouse


def test_where_no_order_is_accepted_what_is_open_is_asked_before_the_error(
    held: duckdb.DuckDBPyConnection, caplog: pytest.LogCaptureFixture
) -> None:
    shop = SourceSystem("shop", "raw_shop", "", (), None, "", False, questions=(DATES, AMOUNTS))
    with pytest.raises(PortraitError, match="No order was accepted"):
        check_any_order_accepted(held, {"shop": shop})
    said = [record.getMessage() for record in caplog.records]
    assert said[:2] == [DATES.text, "    answer: portrait source add shop --dates day-first"]
    assert [line.split("`")[1] for line in said if "status" in line and line[-1] == "?"] == [
        "parked",
        "am Weg",
    ]
    assert AMOUNTS.text not in said


def test_statuses_that_nobody_knows_are_kept_with_their_rows(
    held: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    found = unknown_statuses(held)
    assert found == {"shop": {"parked": 2, "am Weg": 1}}
    kept = tmp_path / "statuses.json"
    assert read_statuses(kept) == {}
    write_statuses(kept, found)
    assert read_statuses(kept) == found
    kept.write_text("[1]")
    assert read_statuses(kept) == {}
