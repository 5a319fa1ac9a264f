"""Who buys alike, through a warehouse: within a shop, and anew of whom something is known."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import duckdb
import pytest

from ml import layouts
from ml.recommendation.customers_alike import CustomersAlike
from orchestration.modelling.customer_similar import TABLE, make_customer_similar
from orchestration.modelling.kept_models import Maker
from tests.orchestration.modelled_shop import table_of

MAKER = Maker("code")
TABLES = {TABLE: table_of(TABLE, layouts.CUSTOMER_SIMILAR)}
# In each of two shops three customers buy the same two things; the fourth bought one of them.
FEATURES = """
    create schema features;
    create table features.as_of_dates as
    select shop, as_of_date, as_of_date = date '2024-04-03' as is_current
    from (values ('a'), ('b'), ('empty')) as shops (shop)
    cross join (values (date '2024-04-01'), (date '2024-04-03')) as days (as_of_date);
    create view features.recommendation_days as
    select shop, 'current' as purpose, as_of_date from features.as_of_dates
    where is_current and shop <> 'empty'
    union all
    select shop, 'fitting', date '2024-04-01' from features.as_of_dates
    where is_current and shop <> 'empty';
    create table features.recommendable_products as
    select distinct shop, shop || ':' || product as product_id
    from features.as_of_dates cross join (values ('cup'), ('ink'), ('pen')) as products (product);
    create table features.known_interactions as
    with bought as (
        select customer, product from (values (1), (2), (3)) as customers (customer)
        cross join (values ('ink'), ('pen')) as products (product)
        union all values (4, 'ink')
    )
    select shop, shop || ':' || customer as customer_id, shop || ':' || product as product_id,
        'purchase' as behaviour,
        case product when 'ink' then date '2024-03-01' else date '2023-09-01' end as activity_date,
        0.5::double as part_of_day,
        1.0::double as weight
    from bought
    cross join (values ('a'), ('b')) as shops (shop);
    create view features.product_interactions as
    select shop, date '2024-04-01' as as_of_date, customer_id, product_id, behaviour,
        date '2024-04-01' - activity_date - part_of_day as age_days, weight
    from features.known_interactions where activity_date < '2024-04-01';
    create view features.recommendation_lessons as
    select *, null as given_back_date from features.known_interactions
    where activity_date < '2024-04-01';
"""
BUY = """
    insert into features.known_interactions
    values ('a', 'a:4', 'a:pen', 'purchase', '2024-04-02', 0, 1)
"""


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(FEATURES)
        yield connection


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Of whom neighbours were looked for."""
    customers: list[str] = []
    table = CustomersAlike.table

    def told(alike: CustomersAlike, histories: object, *given: object) -> object:
        customers.extend(histories.customers)  # type: ignore[attr-defined]
        return table(alike, histories, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(CustomersAlike, "table", told)
    return customers


def made(warehouse: duckdb.DuckDBPyConnection, maker: Maker = MAKER) -> list[tuple[object, ...]]:
    count = make_customer_similar(warehouse, TABLES, maker)
    rows = warehouse.execute(
        "select shop, customer_id, rank, similar_customer_id from ml.customer_similar order by all"
    ).fetchall()
    assert len(rows) == count
    return rows


def contents(warehouse: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return warehouse.execute("from ml.customer_similar order by all").fetchall()


def test_customers_are_alike_within_their_shop(
    warehouse: duckdb.DuckDBPyConnection, asked: list[str]
) -> None:
    told = made(warehouse)
    assert told == [
        (shop, f"{shop}:{one}", rank, f"{shop}:{other}")
        for shop in ("a", "b")
        for one in (1, 2, 3)
        for rank, other in enumerate(sorted({1, 2, 3} - {one}), start=1)
    ]
    assert len(asked) == 8
    assert made(warehouse) == told
    assert len(asked) == 8


def test_only_of_whom_something_is_known_the_list_is_made_anew(
    warehouse: duckdb.DuckDBPyConnection, asked: list[str]
) -> None:
    """On another day, with a new purchase and one that came back, it is as if made from nothing."""
    made(warehouse)
    asked.clear()
    warehouse.execute("update features.as_of_dates set as_of_date = '2024-04-05' where is_current")
    warehouse.execute(BUY)
    warehouse.execute("""
        delete from features.known_interactions
        where customer_id = 'b:1' and product_id = 'b:pen'
    """)
    # Also of who references are: those of b have changed, so all of b are asked about.
    told = made(warehouse)
    assert sorted(asked) == ["a:4", "b:1", "b:2", "b:3", "b:4"]
    assert [row[3] for row in told if row[1] == "a:4"] == ["a:1", "a:2", "a:3"]
    assert [row[1] for row in told if row[0] == "b"] == ["b:2", "b:3"]
    kept = contents(warehouse)
    days = "select distinct as_of_date from ml.customer_similar"
    assert warehouse.execute(days).fetchall() == [(date(2024, 4, 5),)]
    warehouse.execute("drop table ml.customer_similar")
    made(warehouse)
    assert contents(warehouse) == kept
    made(warehouse, replace(MAKER, is_forced=True))
    assert contents(warehouse) == kept


def test_other_code_makes_all_anew(warehouse: duckdb.DuckDBPyConnection, asked: list[str]) -> None:
    told = made(warehouse)
    asked.clear()
    assert made(warehouse, Maker("other code")) == told
    assert len(asked) == 8


def test_what_is_no_product_is_not_shared(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Postage is in no list of products; that it became postage today is seen at once."""
    made(warehouse)
    warehouse.execute("delete from features.recommendable_products where product_id = 'a:pen'")
    assert {row[0] for row in made(warehouse)} == {"b"}


def test_what_is_gone_is_gone(warehouse: duckdb.DuckDBPyConnection) -> None:
    made(warehouse)
    warehouse.execute("delete from features.known_interactions where customer_id <> 'a:1'")
    assert made(warehouse) == []
    warehouse.execute(BUY)
    warehouse.execute("delete from features.as_of_dates where shop = 'a'")
    assert made(warehouse) == []
