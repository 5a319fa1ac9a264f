"""Who buys alike, in the warehouse: those among whom is looked change by the month, lists by need.

The references, and how old a purchase is, are of the shop's fitting date; what was bought since is
of that day too. So the list of a customer moves only when something becomes known of what they
bought, and each run looks for the neighbours of these customers alone.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import duckdb
import numpy as np
import pandas as pd

from ml import schemas
from ml.recommendation.customers_alike import CustomersAlike
from ml.recommendation.interactions import Ids
from ml.threads import one_thread
from orchestration.modelling import tables as ml_io
from orchestration.modelling.interactions import Days, days_of, purchases_since
from orchestration.modelling.kept_models import Maker, create_increments, fitted
from orchestration.modelling.shop_rows import ShopRows
from orchestration.modelling.tables import Shop
from orchestration.warehouse.manifest import Table
from orchestration.warehouse.opening import columns_of, count_rows, transaction

TABLE = "customer_similar"
KEPT = "customers alike"
"""The name under which a shop's references are kept."""
# What the lists of customers were made from: their purchases, the references, the code.
_NOTES = "increments.customers_alike"
_NOTED = "shop varchar, customer_id varchar, made_from ubigint"
# So many customers are told of at once.
_CUSTOMERS = 50_000


class _Found(NamedTuple):
    """A shop with its references."""

    shop: Shop
    days: Days
    products: Ids
    alike: CustomersAlike
    made_from: str


def make_customer_similar(
    warehouse: duckdb.DuckDBPyConnection, tables: Mapping[str, Table], maker: Maker
) -> int:
    """Brings customer_similar up to date.

    Args:
        warehouse: A connection that writes, with features.
        tables: The declared ml tables by name.
        maker: The code, and whether all is made anew.

    Returns:
        Its rows.
    """
    table = tables[TABLE]
    with one_thread():
        found = [
            _found(warehouse, shop, days, maker)
            for shop in ml_io.shops(warehouse)
            if (days := days_of(warehouse, shop.name)) is not None
        ]
        is_kept = not maker.is_forced and _is_there(warehouse, table)
        with transaction(warehouse):
            _begin(warehouse, table, [one.shop.name for one in found], is_kept=is_kept)
            for one in found:
                _write(warehouse, table, one)
    return count_rows(warehouse, table.relation)


def _found(warehouse: duckdb.DuckDBPyConnection, shop: Shop, days: Days, maker: Maker) -> _Found:
    """The references of a shop, kept until what was known before the fitting date changes."""
    rows = ShopRows.of(warehouse, shop.name, days, ())
    known = np.intersect1d(rows.known, rows.products)
    made_from = schemas.version_of([maker.code, rows.lessons, str(days.fitting), known.tolist()])

    def fit() -> CustomersAlike:
        return CustomersAlike().fit(rows.learnt_of(known))

    alike = fitted(
        warehouse, shop.name, KEPT, made_from, fit, CustomersAlike, is_forced=maker.is_forced
    )
    return _Found(shop, days, rows.products, alike.model, made_from)


def _is_there(warehouse: duckdb.DuckDBPyConnection, table: Table) -> bool:
    """Whether the lists of a run before are there, with the columns that they have now."""
    columns = {column.name for column in table.columns}
    return set(columns_of(warehouse, table.relation)) == columns


def _begin(
    warehouse: duckdb.DuckDBPyConnection, table: Table, shops: Sequence[str], *, is_kept: bool
) -> None:
    """Leaves of the lists and of the notes those that can stay."""
    create_increments(warehouse)
    warehouse.execute(f"create table if not exists {_NOTES} ({_NOTED})")
    if not is_kept:
        ml_io.create(warehouse, table)
        warehouse.execute(f"delete from {_NOTES}")
    for relation in (table.relation, _NOTES):
        warehouse.execute(f"delete from {relation} where not list_contains(?, shop)", [shops])


def _write(warehouse: duckdb.DuckDBPyConnection, table: Table, found: _Found) -> None:
    """Makes the lists of those anew of whose purchases something has become known."""
    shop, today = found.shop.name, found.days.current
    asked = _changed(warehouse, shop, found.made_from)
    same = f"select customer_id from buying semi join {_NOTES} using (shop, customer_id, made_from)"
    warehouse.execute(
        f"delete from {table.relation} where shop = ? and customer_id not in ({same})", [shop]
    )
    warehouse.execute(f"update {table.relation} set as_of_date = ? where shop = ?", [today, shop])
    for begin in range(0, len(asked), _CUSTOMERS):
        some = asked[begin : begin + _CUSTOMERS]
        ml_io.insert(warehouse, table, _lists(warehouse, found, some, today))
    warehouse.execute(f"delete from {_NOTES} where shop = ?", [shop])
    warehouse.execute(f"insert into {_NOTES} from buying")


def _changed(warehouse: duckdb.DuckDBPyConnection, shop: str, made_from: str) -> Ids:
    """Customers of whom is known what the list that they have was not made from, ascending."""
    warehouse.execute(
        """
        create or replace temp table buying as
        select shop, customer_id,
            hash($made_from, sum(hash(product_id, activity_date, part_of_day))) as made_from
        from features.known_interactions
        semi join features.recommendable_products using (shop, product_id)
        where shop = $shop and behaviour = 'purchase'
        group by shop, customer_id
        """,
        {"shop": shop, "made_from": made_from},
    )
    told = warehouse.execute(
        f"select customer_id from buying anti join {_NOTES} using (shop, customer_id, made_from)"
        " order by customer_id"
    ).fetchnumpy()
    return np.asarray(told["customer_id"], dtype=object)


def _lists(
    warehouse: duckdb.DuckDBPyConnection,
    found: _Found,
    customers: Ids,
    today: date,
) -> pd.DataFrame:
    shop, day = found.shop, found.days.fitting
    histories = purchases_since(warehouse, shop.name, day, customers, found.products)
    return ml_io.of_shop(shop, found.alike.table(histories, pd.Timestamp(today)))
