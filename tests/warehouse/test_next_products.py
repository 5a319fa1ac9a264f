"""What follows a first purchase: the exact test against scipy's; beginnings that say nothing."""

from collections.abc import Iterator

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.stats import hypergeom

from orchestration.warehouse.plain_project import PlainProject
from tests.warehouse.conftest import new_warehouse

CUSTOMERS, PRODUCTS = 1_200, 12


@pytest.fixture(scope="module")
def marts(plain: PlainProject) -> Iterator[duckdb.DuckDBPyConnection]:
    with new_warehouse(plain) as connection:
        connection.execute("create table marts.products (product_id text, name text)")
        yield connection


def following(
    connection: duckdb.DuckDBPyConnection, plain: PlainProject, followed: pd.DataFrame
) -> pd.DataFrame:
    connection.register("drawn", followed)
    connection.execute("""
        create or replace table marts.followed_products as
        select date '2024-02-01' as as_of_date, 'product' as dimension, * from drawn
    """)
    for name in ("next_product_counts", "next_products"):
        connection.execute(next(s for s in plain.built if s.relation == f"marts.{name}").sql)
    return connection.execute("from marts.next_products order by all").df()


def drawn(draw: np.random.Generator, shop: str, more: float) -> pd.DataFrame:
    """Customers of whom some began with p00, and buy p01 next by so much more."""
    first = draw.random((CUSTOMERS, PRODUCTS)) < 0.2
    chance = np.full((CUSTOMERS, PRODUCTS), 0.2)
    chance[first[:, 0], 1] += more
    later = (draw.random((CUSTOMERS, PRODUCTS)) < chance) & ~first
    parts = []
    for number, has in {1: first, 2: later}.items():
        customer, product = np.nonzero(has)
        parts.append(
            pd.DataFrame(
                {
                    "shop": shop,
                    "customer_id": [f"{shop}-{one}" for one in customer],
                    "dimension_value": [f"p{one:02}" for one in product],
                    "order_number": number,
                }
            )
        )
    return pd.concat(parts)


def test_what_follows_is_found_and_tested_as_by_scipy(
    marts: duckdb.DuckDBPyConnection, plain: PlainProject
) -> None:
    found = following(marts, plain, drawn(np.random.default_rng(1), "s", 0.5))
    exact = hypergeom.sf(
        found["buyer_count"] - 1,
        found["all_customer_count"],
        found["all_buyer_count"],
        found["customer_count"],
    )
    np.testing.assert_allclose(found["p_value"], exact, rtol=1e-6)
    true = (found["first_value"] == "p00") & (found["next_value"] == "p01")
    assert found["is_significant"].equals(true)
    # Never more than the exact test of all: pairs that are not told are tests too.
    assert (found["q_value"] >= found["p_value"]).all()


def test_beginnings_that_say_nothing_are_hardly_ever_significant(
    marts: duckdb.DuckDBPyConnection, plain: PlainProject
) -> None:
    draw = np.random.default_rng(2)
    shops = pd.concat([drawn(draw, f"s{number:02}", 0) for number in range(40)])
    found = following(marts, plain, shops)
    assert (found["buyer_count"] >= 30).all()
    assert found.groupby("shop")["is_significant"].any().mean() <= 0.05
