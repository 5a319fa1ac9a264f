"""Between the warehouse and `ml.recommendation`: rows with ids become arrays of positions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ml.recommendation.contest import Window
from ml.recommendation.interactions import Ids, Interactions
from ml.recommendation.serving import Rules
from ml.recommendation.shop_recommender import SLOTS

# So many customers are told of at once.
_CUSTOMERS = 50_000
# Two keys of a person may have done the same at the same time.
_ROWS = """
    select customer_id, product_id, cast(age_days as float) as age,
        cast(sum(weight) as float) as weight, behaviour = 'purchase' as is_purchase
    from features.product_interactions
    where shop = ? and as_of_date = ?
    group by customer_id, product_id, age_days, behaviour
"""
_ORDER = "customer, age desc, product, is_purchase, weight"


class Days(NamedTuple):
    """The days that a shop's recommendations look from; None where nothing came before.

    Attributes:
        current: Of the portraits.
        fitting: What models learn ends on it.
        test: Methods are compared by what was bought from it on.
        tuning: Parameters are chosen by what was bought from it on.
    """

    current: date
    fitting: date
    test: date | None
    tuning: date | None


def days_of(warehouse: duckdb.DuckDBPyConnection, shop: str) -> Days | None:
    """The days of a shop; None where nobody has ordered yet."""
    told = dict(
        warehouse.execute(
            "select purpose, as_of_date from features.recommendation_days where shop = ?", [shop]
        ).fetchall()
    )
    if "current" not in told or "fitting" not in told:
        return None
    return Days(told["current"], told["fitting"], told.get("test"), told.get("tuning"))


def products_of(warehouse: duckdb.DuckDBPyConnection, shop: str) -> Ids:
    """All products that a shop lists or has sold, ascending."""
    return _column(
        warehouse,
        "select product_id from features.recommendable_products where shop = ? order by all",
        [shop],
    )


def interactions_of(
    warehouse: duckdb.DuckDBPyConnection, shop: str, day: date, products: Ids
) -> Interactions:
    """What all customers of a shop had done until a day.

    Args:
        warehouse: A connection that writes.
        shop: The shop.
        day: A day of `days_of`.
        products: The catalogue; what was done with others is left out.
    """
    _take_rows(warehouse, shop, day)
    customers = _column(warehouse, f"select distinct customer_id from {_TAKEN} order by all")
    told = coded(warehouse, f"from {_TAKEN}", [], customers, products, _ORDER)
    return Interactions(customers, products, **told)


def histories_of(
    warehouse: duckdb.DuckDBPyConnection, shop: str, day: date, products: Ids
) -> Iterator[Interactions]:
    """What a shop's customers had done until the current day, some of them at a time.

    Everybody is there who has a portrait, whether or not they have bought.
    """
    _take_rows(warehouse, shop, day)
    everybody = _column(
        warehouse,
        "select customer_id from features.customer_features where shop = ? and as_of_date = ?"
        " order by customer_id",
        [shop, day],
    )
    for begin in range(0, len(everybody), _CUSTOMERS):
        some = everybody[begin : begin + _CUSTOMERS]
        rows = f"from {_TAKEN} where customer_id between ? and ?"
        told = coded(warehouse, rows, [some[0], some[-1]], some, products, _ORDER)
        yield Interactions(some, products, **told)


def window_of(
    warehouse: duckdb.DuckDBPyConnection, shop: str, day: date | None, products: Ids
) -> Window | None:
    """What was known before a day, and what was bought in the days of test from it on."""
    if day is None:
        return None
    learnt = interactions_of(warehouse, shop, day, products)
    rows = """
        select customer_id, product_id from features.next_purchases
        where shop = ? and as_of_date = ?
    """
    told = coded(warehouse, rows, [shop, day], learnt.customers, products, "all")
    return Window(learnt, _pairs(told["customer"], told["product"], learnt.shape))


@dataclass(frozen=True)
class ShopRules:
    """What a shop's rules keep from being recommended, in a catalogue.

    Attributes:
        allowed: By slot, shape (n_products,).
        refused: Rows of (customer_id, product_id, slot).
        category: shape (n_products,), -1 for none.
        most_of_a_category: By slot, None for any number.
    """

    allowed: dict[str, NDArray[np.bool_]]
    refused: pd.DataFrame
    category: NDArray[np.int32]
    most_of_a_category: dict[str, int | None]

    def of(self, histories: Interactions) -> dict[str, Rules]:
        """The rules by slot, as they are for some customers."""
        row = pd.Index(histories.customers).get_indexer(pd.Index(self.refused["customer_id"]))
        column = pd.Index(histories.products).get_indexer(pd.Index(self.refused["product_id"]))
        is_there = (row >= 0) & (column >= 0)
        rules = {}
        for slot in SLOTS:
            kept = is_there & (self.refused["slot"] == slot).to_numpy()
            pairs = _pairs(row[kept], column[kept], histories.shape)
            rules[slot] = Rules(
                self.allowed[slot],
                pairs if kept.any() else None,
                self.category,
                self.most_of_a_category[slot],
            )
        return rules


def rules_of(warehouse: duckdb.DuckDBPyConnection, shop: str, products: Ids) -> ShopRules:
    """The rules of the seed recommendation_rules, as they are for a shop's products today."""
    told = warehouse.execute(
        "select product_id, category, is_for_buy_again, is_for_discover"
        " from features.recommendable_products where shop = ?",
        [shop],
    ).df()
    told = told.set_index("product_id").reindex(products)
    refused = warehouse.execute(
        """
        select customer_id, product_id, slot
        from features.refused_products
        cross join unnest(['buy_again', 'discover']) as slots (slot)
        where shop = ?
            and case when slot = 'buy_again' then is_refused_to_buy_again
                else is_refused_to_discover end
        order by all
        """,
        [shop],
    ).df()
    most = dict(
        warehouse.execute(
            """
            select slots.slot, min(cast(rules.value as integer))
            from seeds.recommendation_rules as rules
            inner join unnest(['buy_again', 'discover']) as slots (slot)
                on rules.slot in ('any', slots.slot)
            where rules.rule = 'most_of_a_category'
            group by slots.slot
            """
        ).fetchall()
    )
    codes, _ = pd.factorize(told["category"], sort=True)
    return ShopRules(
        {slot: told[f"is_for_{slot}"].eq(True).to_numpy(np.bool_) for slot in SLOTS},
        refused,
        codes.astype(np.int32),
        {slot: most.get(slot) for slot in SLOTS},
    )


# What customers of a shop did until a day: asked of the views once, read in parts.
_TAKEN = "temp.main.interactions_of_day"


def _take_rows(warehouse: duckdb.DuckDBPyConnection, shop: str, day: date) -> None:
    warehouse.execute(f"create or replace temp table interactions_of_day as {_ROWS}", [shop, day])


def _column(
    warehouse: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[object] = ()
) -> Ids:
    """The one column of a query."""
    (values,) = warehouse.execute(query, parameters).fetchnumpy().values()
    return np.asarray(values, dtype=object)


def coded(
    warehouse: duckdb.DuckDBPyConnection,
    rows: str,
    parameters: Sequence[object],
    customers: Ids,
    products: Ids,
    order: str,
) -> dict[str, NDArray[Any]]:
    """Rows of (customer_id, product_id, …) as arrays, with positions in place of ids.

    Who is not among `customers`, and what is not among `products`, is left out.
    """
    for name, ids in {"of_customers": customers, "of_products": products}.items():
        places = np.arange(len(ids), dtype=np.int32)
        warehouse.register(name, pd.DataFrame({"id": ids.astype("str"), "position": places}))
    try:
        told = warehouse.execute(
            f"""
            select of_customers.position as customer, of_products.position as product,
                rows.* exclude (customer_id, product_id)
            from ({rows}) as rows
            inner join of_customers on rows.customer_id = of_customers.id
            inner join of_products on rows.product_id = of_products.id
            order by {order}
            """,
            parameters,
        ).fetchnumpy()
    finally:
        warehouse.unregister("of_customers")
        warehouse.unregister("of_products")
    return {name: np.asarray(values) for name, values in told.items()}


def _pairs(
    customer: NDArray[Any], product: NDArray[Any], shape: tuple[int, int]
) -> sparse.csr_array:
    data = np.ones(len(customer), dtype=np.float32)
    return sparse.csr_array((data, (customer, product)), shape=shape)
