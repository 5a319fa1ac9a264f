"""Lifetime values in the warehouse: made anew in every run, for a fit takes next to nothing.

The model is fitted on the shop's fitting date, as segments are: so a customer's value moves with
what they do, and not with what the model learnt that day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb
import pandas as pd

from ml import layouts
from ml.lifetime_value.customer_values import customer_values
from orchestration.modelling import tables as ml_io
from orchestration.modelling.tables import Shop
from orchestration.warehouse.manifest import Table

_BUYERS = """
    select * exclude (shop) from features.customer_features
    where shop = ? and as_of_date = ? and order_day_count > 0
    order by customer_id
"""
_HOLDOUT = """
    select * exclude (shop) from features.lifetime_value_holdout
    where shop = ? order by customer_id
"""

_WEEKS = """
    select * exclude (shop) from features.purchase_weeks
    where shop = ? order by week
"""


@dataclass(frozen=True)
class MadeLifetimeValues:
    """What `make_lifetime_values` did: rows, and their metrics."""

    rows: int
    metrics: pd.DataFrame


def make_lifetime_values(
    warehouse: duckdb.DuckDBPyConnection, tables: Mapping[str, Table]
) -> MadeLifetimeValues:
    """Brings customer_lifetime_value and its metrics up to date.

    Args:
        warehouse: A connection that writes, with features.
        tables: The declared ml tables by name.
    """
    valued, measured, tracked, alive = [], [], [], []
    for shop in ml_io.shops(warehouse):
        made = customer_values(
            _buyers(warehouse, shop, shop.today),
            _buyers(warehouse, shop, shop.fitting_dates[-1]),
            warehouse.execute(_HOLDOUT, [shop.name]).df(),
            pd.Timestamp(shop.today),
            warehouse.execute(_WEEKS, [shop.name]).df(),
        )
        valued.append(ml_io.of_shop(shop, made.values))
        measured.append(ml_io.of_shop(shop, made.metrics))
        tracked.append(ml_io.of_shop(shop, made.tracking))
        alive.append(ml_io.of_shop(shop, made.alive))
    values = ml_io.of_all_shops(layouts.CUSTOMER_LIFETIME_VALUE, valued)
    frames = {
        "customer_lifetime_value": values,
        "purchase_tracking": ml_io.of_all_shops(layouts.PURCHASE_TRACKING, tracked),
        "alive_grid": ml_io.of_all_shops(layouts.ALIVE_GRID, alive),
    }
    metrics = ml_io.of_all_shops(layouts.MODEL_METRICS, measured)
    ml_io.write(warehouse, tables, frames, metrics)
    return MadeLifetimeValues(len(values), metrics)


def _buyers(warehouse: duckdb.DuckDBPyConnection, shop: Shop, day: date) -> pd.DataFrame:
    """A shop's customers with orders as of a day, in a fixed order."""
    return warehouse.execute(_BUYERS, [shop.name, day]).df()
