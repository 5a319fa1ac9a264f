"""Who buys alike, through a warehouse: within a shop, as of today."""

from collections.abc import Iterator

import duckdb
import pytest

from ml import layouts
from orchestration.modelling.customer_similar import TABLE, make_customer_similar
from tests.orchestration.modelled_shop import table_of

TABLES = {TABLE: table_of(TABLE, layouts.CUSTOMER_SIMILAR)}
# In each of two shops three customers buy the same two things; the fourth bought one of them.
# Of a past day other rows are there, which would make the fourth the likest.
FEATURES = """
    create schema features;
    create table features.as_of_dates as
    select shop, date '2024-04-01' as as_of_date, true as is_current
    from (values ('a'), ('b'), ('empty')) as shops (shop);
    create table features.recommendation_days as
    select shop, purpose, as_of_date
    from features.as_of_dates
    cross join (values ('current'), ('fitting')) as purposes (purpose)
    where shop <> 'empty';
    create table features.recommendable_products as
    select shop, shop || ':' || product as product_id
    from features.as_of_dates cross join (values ('ink'), ('pen')) as products (product);
    create table features.current_interactions as
    select shop, as_of_date, shop || ':' || customer as customer_id,
        shop || ':' || product as product_id, 'purchase' as behaviour, 2.0 as age_days,
        1.0 as weight
    from features.as_of_dates
    cross join (values (1), (2), (3)) as customers (customer)
    cross join (values ('ink'), ('pen')) as products (product)
    union all
    select shop, as_of_date, shop || ':4', shop || ':ink', 'purchase', 2.0, 1.0
    from features.as_of_dates;
"""


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(FEATURES)
        yield connection


def made(warehouse: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    count = make_customer_similar(warehouse, TABLES)
    rows = warehouse.execute(
        "select shop, customer_id, rank, similar_customer_id from ml.customer_similar order by all"
    ).fetchall()
    assert len(rows) == count
    return rows


def test_customers_are_alike_within_their_shop(warehouse: duckdb.DuckDBPyConnection) -> None:
    told = made(warehouse)
    assert told == [
        (shop, f"{shop}:{one}", rank, f"{shop}:{other}")
        for shop in ("a", "b")
        for one in (1, 2, 3)
        for rank, other in enumerate(sorted({1, 2, 3} - {one}), start=1)
    ]
    assert made(warehouse) == told


def test_what_is_gone_is_gone(warehouse: duckdb.DuckDBPyConnection) -> None:
    made(warehouse)
    warehouse.execute("delete from features.current_interactions where customer_id <> 'a:1'")
    assert made(warehouse) == []
