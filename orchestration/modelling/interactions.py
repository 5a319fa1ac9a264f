"""Between the warehouse and `ml.recommendation`: rows with ids become arrays of positions."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ml.recommendation.categories import Categories
from ml.recommendation.contest import Window
from ml.recommendation.interactions import Ids, Interactions

# So many customers are told of at once.
_CUSTOMERS = 50_000
_COLUMNS = """
    select customer_id, product_id, cast(age_days as float) as age,
        cast(weight as float) as weight, behaviour = 'purchase' as is_purchase
"""
# Of the current day they are kept; of another they are made when somebody asks.
_TODAY = f"{_COLUMNS} from features.current_interactions where shop = ?"
_OF_DAY = f"{_COLUMNS} from features.product_interactions where shop = ? and as_of_date = ?"
# Read twice: for the customers in it, and for what they did.
_TAKEN = "temp.main.interactions_of_day"
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


def known_products(warehouse: duckdb.DuckDBPyConnection, shop: str) -> Ids:
    """The products with which anybody had done anything until the day of fitting, ascending."""
    return _column(
        warehouse,
        """
        select distinct product_id from features.recommendation_lessons
        where shop = ? and given_back_date is null
        order by product_id
        """,
        [shop],
    )


def products_of(warehouse: duckdb.DuckDBPyConnection, shop: str) -> Ids:
    """All products that a shop lists or has sold until today, ascending."""
    return _column(
        warehouse,
        "select product_id from features.recommendable_products where shop = ? order by all",
        [shop],
    )


def categories_of(warehouse: duckdb.DuckDBPyConnection, shop: str, products: Ids) -> Categories:
    """Of which category products are, as a shop says now."""
    told = warehouse.execute(
        "select product_id, category from features.recommendable_products where shop = ?", [shop]
    ).df()
    return Categories.of(told.set_index("product_id")["category"].reindex(products).to_numpy())


def attributes_of(
    warehouse: duckdb.DuckDBPyConnection, shop: str, products: Ids
) -> sparse.csr_array | None:
    """What a shop says of its products, shape (n_products, n_attributes) of 0 and 1.

    None where it says nothing.
    """
    told = warehouse.execute(
        """
        select product_id, dense_rank() over (order by attribute, value) - 1 as attribute
        from features.product_attributes where shop = ?
        order by all
        """,
        [shop],
    ).df()
    row = pd.Index(products).get_indexer(pd.Index(told["product_id"]))
    told = told[row >= 0]
    if told.empty:
        return None
    column = told["attribute"].to_numpy()
    return pairs_of(row[row >= 0], column, (len(products), int(column.max()) + 1))


def interactions_of(
    warehouse: duckdb.DuckDBPyConnection,
    shop: str,
    day: date,
    products: Ids,
    attributes: sparse.csr_array | None = None,
    *,
    drawn: str = "true",
    is_grouped: bool = False,
) -> Interactions:
    """What customers of a shop had done until a day in the past.

    Args:
        warehouse: A connection that writes.
        shop: The shop.
        day: A day of `days_of`.
        products: The catalogue; what was done with others is left out.
        attributes: Of the products, as `attributes_of` gives them.
        drawn: Which customers, as `drawn_customers` says it; all of them without it.
        is_grouped: Whether customers are told with the groups of `groups_of`.
    """
    taken = f"{_OF_DAY} and {drawn}"
    warehouse.execute(f"create or replace temp table {_TAKEN} as {taken}", [shop, day])
    customers = _column(warehouse, f"select distinct customer_id from {_TAKEN} order by all")
    told = coded(warehouse, f"from {_TAKEN}", [], customers, products, _ORDER)
    group = groups_of(warehouse, shop, day, customers) if is_grouped else None
    return Interactions(customers, products, **told, attributes=attributes, group=group)


def purchases_since(
    warehouse: duckdb.DuckDBPyConnection, shop: str, day: date, customers: Ids, products: Ids
) -> Interactions:
    """What customers have bought until today, as old as it was on an earlier day.

    What they bought since is of that day: so nothing grows older until another day is named.
    """
    rows = """
        select customer_id, product_id,
            cast(greatest(? - activity_date - part_of_day, 0) as float) as age,
            cast(weight as float) as weight, true as is_purchase
        from features.known_interactions
        where shop = ? and behaviour = 'purchase'
    """
    told = coded(warehouse, rows, [day, shop], customers, products, _ORDER)
    return Interactions(customers, products, **told)


def groups_of(
    warehouse: duckdb.DuckDBPyConnection, shop: str, day: date, customers: Ids
) -> NDArray[np.int32]:
    """The RFM segment of customers as they were on the latest evaluated day, shape (n_customers,).

    Customers are ascending. Told are positions among the segments of the rules, by name; -1 for
    who was in none.
    """
    if not len(customers):
        return np.empty(0, dtype=np.int32)
    told = warehouse.execute(
        """
        with names as (
            select rfm_segment, row_number() over (order by rfm_segment) - 1 as position
            from (select distinct rfm_segment from intermediate.int_rfm_segment_rules)
        )
        select customer_id, position
        from features.feature_rfm
        inner join names using (rfm_segment)
        where shop = $1 and customer_id between $3 and $4 and as_of_date = (
            select max(as_of_date) from features.feature_rfm where shop = $1 and as_of_date <= $2
        )
        """,
        [shop, day, customers[0], customers[-1]],
    ).df()
    position = told.set_index("customer_id")["position"].reindex(customers)
    return position.fillna(-1).to_numpy(np.int32)


def histories_of(
    warehouse: duckdb.DuckDBPyConnection,
    shop: str,
    day: date,
    products: Ids,
    *,
    is_grouped: bool = False,
) -> Iterator[Interactions]:
    """What a shop's customers had done until the current day, some of them at a time.

    Everybody is there who has a portrait, whether or not they have bought.
    """
    everybody = _column(
        warehouse,
        "select customer_id from features.customer_features where shop = ? and as_of_date = ?"
        " order by customer_id",
        [shop, day],
    )
    for begin in range(0, len(everybody), _CUSTOMERS):
        some = everybody[begin : begin + _CUSTOMERS]
        rows = f"{_TODAY} and customer_id between ? and ?"
        told = coded(warehouse, rows, [shop, some[0], some[-1]], some, products, _ORDER)
        group = groups_of(warehouse, shop, day, some) if is_grouped else None
        yield Interactions(some, products, **told, group=group)


def window_of(
    warehouse: duckdb.DuckDBPyConnection,
    shop: str,
    day: date | None,
    products: Ids,
    attributes: sparse.csr_array | None = None,
    *,
    drawn: str = "true",
    is_grouped: bool = False,
) -> Window | None:
    """What was known before a day, and what was bought in the days of test from it on.

    The arguments are those of `interactions_of`.
    """
    if day is None:
        return None
    learnt = interactions_of(
        warehouse, shop, day, products, attributes, drawn=drawn, is_grouped=is_grouped
    )
    rows = """
        select customer_id, product_id from features.next_purchases
        where shop = ? and as_of_date = ?
    """
    told = coded(warehouse, rows, [shop, day], learnt.customers, products, "all")
    return Window(learnt, pairs_of(told["customer"], told["product"], learnt.shape))


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


def pairs_of(
    customer: NDArray[Any], product: NDArray[Any], shape: tuple[int, int]
) -> sparse.csr_array:
    """A matrix with 1 at pairs of positions, each once."""
    data = np.ones(len(customer), dtype=np.float32)
    return sparse.csr_array((data, (customer, product)), shape=shape)
