"""What the customers of a shop will buy and be worth, by a model that was learned."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
import pandas as pd

from ml import gate, layouts, schemas
from ml.lifetime_value.chances import purchase_interval
from ml.lifetime_value.grouped import Histories
from ml.lifetime_value.learned_values import (
    MODEL_NAME,
    TARGET,
    LearnedValues,
    histories_of,
)
from ml.lifetime_value.lifetime import LifetimeValue
from ml.lifetime_value.tracking import alive_grid, tracking_table

HORIZONS_DAYS = (90, 365)
# The columns that each test decides about have one of these in their names.
_TOLD_BY = {"order_days": ("order_days", "alive"), "value": ("value",)}


@dataclass(frozen=True)
class CustomerValues:
    """Laid out as CUSTOMER_LIFETIME_VALUE, MODEL_METRICS and ALIVE_GRID."""

    values: pd.DataFrame
    metrics: pd.DataFrame
    alive: pd.DataFrame


def customer_values(
    learned: LearnedValues, current: pd.DataFrame, as_of_date: pd.Timestamp, remark: str = ""
) -> CustomerValues:
    """Foretells purchases and value of all customers.

    Args:
        learned: The model, and its test.
        current: Customers with orders as of today, with the columns of `customer_features`
            that `histories_of` reads.
        as_of_date: Today.
        remark: What the note of `status` begins with, such as who chose this model.

    Returns:
        One row a customer; what is refused, was not tested or lost its test to the rule that all
        goes on as just before is NULL, and its note says why. And the metrics, and who is thought
        to be still there, served or not; empty where there is no model.
    """
    fitted = learned.fitted
    known = {"as_of_date": as_of_date, "model_version": learned.version}
    values = schemas.as_table(
        _served(_values(fitted, histories_of(current)), learned),
        layouts.CUSTOMER_LIFETIME_VALUE,
        **known,
        model_name=learned.model_name,
    )
    metrics = schemas.as_table(
        [_status(learned, remark), *learned.tested],
        layouts.MODEL_METRICS,
        **known,
        model_name=MODEL_NAME,
        target=TARGET,
        evaluated_on=pd.Timestamp(learned.tested_on) if learned.tested_on else pd.NaT,
    )
    alive = schemas.empty_table(layouts.ALIVE_GRID)
    if fitted.purchases:
        named = {"as_of_date": as_of_date, "model_name": learned.model_name}
        alive = alive_grid(fitted.purchases.model, histories_of(current), **named)
    return CustomerValues(values, metrics, alive)


def tracked(
    learned: LearnedValues, holdout: pd.DataFrame, weeks: pd.DataFrame, as_of_date: pd.Timestamp
) -> pd.DataFrame:
    """PURCHASE_TRACKING: what was bought week by week beside what was expected; of no test, none.

    Args:
        learned: What was tested on the customers of `holdout`.
        holdout: As `learn_values` takes it.
        weeks: What the customers of the past day bought week by week, as `tracking_table` takes it.
        as_of_date: Today.
    """
    before = learned.before
    if before is None or before.purchases is None or weeks.empty:
        return schemas.empty_table(layouts.PURCHASE_TRACKING)
    begins = pd.to_datetime(holdout["as_of_date"])
    model = before.purchases.model
    return tracking_table(
        model,
        begins - pd.to_timedelta(holdout["days_since_first_order"].astype(int), unit="D"),
        weeks,
        as_of_date=as_of_date,
        model_name=f"{TARGET}_{model.name}",
        evaluated_on=begins.iloc[0],
    )


def _values(fitted: LifetimeValue, table: pd.DataFrame) -> pd.DataFrame:
    columns: dict[str, Any] = {"customer_id": table["customer_id"]}
    for days in HORIZONS_DAYS:
        told = fitted.predict(table, days)
        lower, upper = np.full((2, len(table)), nan)
        if fitted.purchases:
            histories, place = Histories.of(table).grouped()
            bounds = purchase_interval(fitted.purchases.model, histories, days)
            lower, upper = (bound[place] for bound in bounds)
        columns |= {
            "probability_alive": told["probability_alive"],
            "expected_order_day_value": told["expected_purchase_value"],
            f"expected_order_days_next_{days}_days": told["expected_purchases"],
            f"lower_order_days_next_{days}_days": lower,
            f"upper_order_days_next_{days}_days": upper,
            f"expected_value_next_{days}_days": told["expected_value"],
        }
    return pd.DataFrame(columns)


def _served(values: pd.DataFrame, learned: LearnedValues) -> pd.DataFrame:
    unserved = learned.unserved()
    parts = [part for name in unserved for part in _TOLD_BY[name]]
    hidden = [str(column) for column in values if any(part in str(column) for part in parts)]
    told: Sequence[str] = [*learned.fitted.notes, *unserved.values()]
    return values.assign(**dict.fromkeys(hidden, nan), note="; ".join(told) or None)


def _status(learned: LearnedValues, remark: str) -> dict[str, Any]:
    row = gate.metric_row("status", float(learned.holds() and not learned.unserved()))
    return {
        **row,
        "customer_count": learned.customer_count,
        "note": f"{remark}{learned.verdict()}",
    }
