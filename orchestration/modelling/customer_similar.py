"""Who buys alike, in the warehouse: made whole in every run, some customers at a time."""

from collections.abc import Mapping

import duckdb
import numpy as np
import pandas as pd

from ml.recommendation.customers_alike import CustomersAlike
from ml.threads import one_thread
from orchestration.modelling import tables as ml_io
from orchestration.modelling.interactions import current_interactions, days_of, products_of
from orchestration.warehouse.manifest import Table
from orchestration.warehouse.opening import count_rows, transaction

TABLE = "customer_similar"
# So many customers are told of at once.
_CUSTOMERS = 50_000


def make_customer_similar(warehouse: duckdb.DuckDBPyConnection, tables: Mapping[str, Table]) -> int:
    """Brings customer_similar up to date.

    Args:
        warehouse: A connection that writes, with features.
        tables: The declared ml tables by name.

    Returns:
        Its rows.
    """
    table = tables[TABLE]
    with one_thread(), transaction(warehouse):
        ml_io.create(warehouse, table)
        for shop in ml_io.shops(warehouse):
            days = days_of(warehouse, shop.name)
            if days is None:
                continue
            today = pd.Timestamp(days.current)
            products = products_of(warehouse, shop.name)
            everybody = current_interactions(warehouse, shop.name, products)
            alike = CustomersAlike().fit(everybody)
            for begin in range(0, len(everybody.customers), _CUSTOMERS):
                end = min(begin + _CUSTOMERS, len(everybody.customers))
                some = everybody.of_customers(np.arange(begin, end, dtype=np.int32))
                ml_io.insert(warehouse, table, ml_io.of_shop(shop, alike.table(some, today)))
    return count_rows(warehouse, table.relation)
