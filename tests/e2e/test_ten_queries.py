"""docs/ten-queries.md on small tables by hand: what is not known yet is no drop.

What the queries answer on the default data is compared in test_default_source.py.
"""

import re

import duckdb
import pytest

from tests.e2e.documents import TEN_QUERIES, answered_queries

_QUESTION = re.compile(r"^## (\d+)\. [^\n]*\?\n\n```sql\n(.*?)```", re.M | re.S)
QUESTIONS = _QUESTION.findall(TEN_QUERIES.read_text())
MOST_LINES = 15

Rows = list[tuple[object, ...]]


def query(number: int) -> str:
    """The query of a question of the page."""
    return dict(QUESTIONS)[str(number)]


@pytest.fixture
def snapshot() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def test_ten_questions_are_answered_by_one_short_query_each() -> None:
    numbers = [int(number) for number, _ in QUESTIONS]
    assert numbers == list(range(1, len(QUESTIONS) + 1)) and len(QUESTIONS) >= 10
    assert len(answered_queries(TEN_QUERIES.read_text())) == len(QUESTIONS)
    for number, sql in QUESTIONS:
        assert len(sql.strip().splitlines()) <= MOST_LINES, number
        assert sql.count(";") == 1, number


def test_a_cohort_has_no_retention_in_a_month_that_is_not_over(
    snapshot: duckdb.DuckDBPyConnection,
) -> None:
    snapshot.execute("""
        create table customer_cohorts as
        from (values
            ('s', date '2024-01-01', 4, 0, 1.0),
            ('s', date '2024-01-01', 4, 3, 0.5),
            ('s', date '2024-01-01', 4, 6, null),
            ('t', date '2024-01-01', 8, 3, 0.0)
        ) as t (shop, cohort_month, customer_count, months_since_first_order, retention_rate)
    """)
    rows = snapshot.execute(query(2)).fetchall()
    assert [(row[0], *row[2:]) for row in rows] == [
        ("s", 4, None, 50.0, None),
        ("t", 8, None, 0.0, None),
    ]


def test_the_time_to_the_second_order_counts_those_who_never_came_back(
    snapshot: duckdb.DuckDBPyConnection,
) -> None:
    """Of three in February one came back late; of those with less than 90 days nobody counts."""
    snapshot.execute("""
        create table orders as
        select *, date '2024-06-01' as as_of_date
        from (values
            ('s', 'old', 1, null, date '2024-01-02'),
            ('s', 'old', 2, 3, date '2024-01-05'),
            ('s', 'soon', 1, null, date '2024-02-01'),
            ('s', 'soon', 2, 10, date '2024-02-11'),
            ('s', 'late', 1, null, date '2024-02-01'),
            ('s', 'late', 2, 95, date '2024-05-06'),
            ('s', 'never', 1, null, date '2024-02-29'),
            ('s', 'young', 1, null, date '2024-03-03'),
            ('s', 'young', 2, 1, date '2024-03-04'),
            ('t', 'once', 1, null, date '2024-01-01')
        ) as t (shop, customer_id, order_number, days_since_previous_order, order_date)
    """)
    assert snapshot.execute(query(4)).fetchall() == [
        ("s", False, 3, 33.3, 95),
        ("s", True, 1, 100.0, 3),
        ("t", True, 1, 0.0, None),
    ]


def test_a_month_is_beside_the_same_month_of_a_year_that_is_known(
    snapshot: duckdb.DuckDBPyConnection,
) -> None:
    """Nothing was sold by phone in 2024, nothing is known of the first January; May is not over."""
    snapshot.execute("""
        create table shop_days as
        select *, date '2025-05-20' as as_of_date
        from (values
            ('s', 'web', date '2024-01-09', 5, 0),
            ('s', 'web', date '2024-02-29', 7, 1),
            ('s', 'phone', date '2024-04-30', 3, 0),
            ('s', 'web', date '2025-01-10', 8, 0),
            ('s', 'web', date '2025-02-28', 2, 0),
            ('s', 'web', date '2025-02-01', 2, 1),
            ('s', 'web', date '2025-03-01', 9, 0),
            ('s', 'web', date '2025-05-19', 9, 0)
        ) as t (shop, channel, activity_date, net_amount, returned_amount)
    """)
    rows = snapshot.execute(query(9)).fetchall()
    told: Rows = [(channel, f"{month:%Y-%m}", *amounts) for _, channel, month, *amounts in rows]
    assert told == [
        ("phone", "2024-04", 3, None),
        ("phone", "2025-04", 0, 3),
        ("web", "2024-01", 5, None),
        ("web", "2024-02", 6, None),
        ("web", "2025-01", 8, None),
        ("web", "2025-02", 3, 6),
        ("web", "2025-03", 9, 0),
    ]
