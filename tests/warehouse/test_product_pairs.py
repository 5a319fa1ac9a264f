"""Which pairs are significant: the exact test against scipy's, and baskets without any."""

from collections.abc import Iterator

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control, hypergeom

from orchestration.warehouse.plain_project import PlainProject
from tests.warehouse.conftest import new_warehouse

CUSTOMERS, ORDERS, PRODUCTS = 150, 12, 12


@pytest.fixture(scope="module")
def marts(plain: PlainProject) -> Iterator[duckdb.DuckDBPyConnection]:
    with new_warehouse(plain) as connection:
        connection.execute("create table marts.products (product_id text, name text)")
        yield connection


def pairs(
    connection: duckdb.DuckDBPyConnection, plain: PlainProject, baskets: pd.DataFrame
) -> pd.DataFrame:
    """The rows of product_pairs in one direction, with what they were counted among."""
    connection.register("drawn", baskets)
    connection.execute("""
        create or replace table marts.known_orders as
        select
            shop, customer_id, order_id,
            row_number() over (partition by customer_id order by order_id) as order_number,
            date '2024-01-01' as order_date
        from (select distinct shop, customer_id, order_id from drawn);
        create or replace table marts.known_baskets as
        select 'product' as dimension, drawn.*, order_number, order_date
        from drawn inner join marts.known_orders using (shop, customer_id, order_id);
        create or replace table features.as_of_dates as
        select distinct shop, date '2024-02-01' as as_of_date, true as is_current from drawn
    """)
    for name in ("known_tastes", "frequent_values", "product_pair_counts", "product_pairs"):
        connection.execute(next(s for s in plain.built if s.relation == f"marts.{name}").sql)
    found = connection.execute("""
        select product_pairs.*, basket_count, test_count
        from marts.product_pairs
        inner join marts.product_pair_counts
            using (shop, dimension, dimension_value, other_value, order_count)
        order by all
    """)
    return found.df()


def drawn(draw: np.random.Generator, shop: str, spread: float, together: float) -> pd.DataFrame:
    """Baskets of customers whose likings differ by `spread`; p00 and p01 are bought together.

    Likings of different products say nothing of each other.
    """
    liking = draw.normal(-1.2, spread, (CUSTOMERS, 1, PRODUCTS))
    has = draw.normal(size=(CUSTOMERS, ORDERS, PRODUCTS)) + liking > 0
    has[..., 1] |= has[..., 0] & (draw.random((CUSTOMERS, ORDERS)) < together)
    customer, order, product = np.nonzero(has)
    return pd.DataFrame(
        {
            "shop": shop,
            "customer_id": [f"{shop}-{one}" for one in customer],
            "order_id": [f"{shop}-{one}-{n}" for one, n in zip(customer, order, strict=True)],
            "dimension_value": [f"p{one:02}" for one in product],
        }
    )


def test_pairs_of_customers_who_order_once_are_tested_as_by_scipy(
    marts: duckdb.DuckDBPyConnection, plain: PlainProject
) -> None:
    baskets = drawn(np.random.default_rng(1), "s", 0.5, 0.3)
    found = pairs(marts, plain, baskets.assign(customer_id=baskets["order_id"]))
    assert (found["design_effect"] == 1).all()
    exact = hypergeom.sf(
        found["order_count"] - 1,
        found["basket_count"],
        found["value_order_count"],
        found["other_order_count"],
    )
    np.testing.assert_allclose(found["p_value"], exact, rtol=1e-6, atol=1e-290)
    # Pairs that are not told count as tests without a find.
    unseen = np.ones(int(found["test_count"][0]) - len(found))
    q = false_discovery_control(np.concatenate((exact, unseen)))[: len(found)]
    np.testing.assert_allclose(found["q_value"], q, rtol=1e-6)
    assert (found["is_significant"] == (found["q_value"] <= 0.05)).all()


def test_baskets_without_pairs_have_hardly_any(
    marts: duckdb.DuckDBPyConnection, plain: PlainProject
) -> None:
    """Each customer buys the same again and again: without the design effect two shops in five
    would have one."""
    draw = np.random.default_rng(2)
    baskets = pd.concat([drawn(draw, f"s{number:02}", 1.2, 0) for number in range(60)])
    found = pairs(marts, plain, baskets)
    assert found["design_effect"].mean() > 1.5
    assert found.groupby("shop")["is_significant"].any().mean() <= 0.05
    assert (found["p_value"] <= 0.05).mean() <= 0.05
    naive = pairs(marts, plain, baskets.assign(customer_id=baskets["order_id"]))
    assert naive.groupby("shop")["is_significant"].any().mean() > 0.3


def test_what_goes_together_is_found_and_little_else(
    marts: duckdb.DuckDBPyConnection, plain: PlainProject
) -> None:
    draw = np.random.default_rng(3)
    baskets = pd.concat([drawn(draw, f"s{number:02}", 0.8, 0.3) for number in range(30)])
    found = pairs(marts, plain, baskets)
    true = (found["dimension_value"] == "p00") & (found["other_value"] == "p01")
    assert found.loc[true, "is_significant"].mean() > 0.9
    assert found.loc[~true, "is_significant"].mean() < 0.01
