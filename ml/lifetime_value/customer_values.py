"""What the customers of a shop will buy and be worth, and how well that was foretold before.

Days with orders are purchases, and time is told in days. MBG/NBD, because by it who bought once may
be gone already: by BG/NBD they are all there for ever.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
import pandas as pd

from ml import evaluation, gate, layouts, schemas
from ml.lifetime_value.chances import purchase_interval
from ml.lifetime_value.grouped import Histories, Numbers
from ml.lifetime_value.lifetime import LifetimeValue, fit_lifetime_value
from ml.lifetime_value.order_days import histories_of_order_days
from ml.lifetime_value.regularity import shape_of_gaps
from ml.lifetime_value.tracking import alive_grid, tracking_table

TARGET = "lifetime_value"
HORIZONS_DAYS = (90, 365)
_MODEL = "mbg_nbd"
MODEL_NAME = f"{TARGET}_{_MODEL}"
# What each test decides about: its name in words, and the columns that have it in their names.
_TESTS = {
    "order_days": ("days with orders", ("order_days", "alive")),
    "value": ("value", ("value",)),
}


@dataclass(frozen=True)
class CustomerValues:
    """Laid out as CUSTOMER_LIFETIME_VALUE, MODEL_METRICS, PURCHASE_TRACKING and ALIVE_GRID."""

    values: pd.DataFrame
    metrics: pd.DataFrame
    tracking: pd.DataFrame
    alive: pd.DataFrame


def customer_values(
    current: pd.DataFrame,
    fitting: pd.DataFrame,
    holdout: pd.DataFrame,
    as_of_date: pd.Timestamp,
    weeks: pd.DataFrame | None = None,
) -> CustomerValues:
    """Foretells purchases and value of all customers, and tests how that went before.

    Args:
        current: Customers with orders as of today, with the columns of `customer_features`
            that `histories_of_order_days` and `_fitted` read.
        fitting: The same as of the day that the model is fitted on.
        holdout: The same as of a past day, and what followed: `horizon_days`, `holdout_purchases`,
            `holdout_value`, `previous_purchases`, `previous_value`. Empty where no past day is
            far enough back.
        as_of_date: Today.
        weeks: What the customers of the past day bought week by week, as `tracking_table` takes it.

    Returns:
        One row a customer; what is refused, was not tested or lost its test to the rule that all
        goes on as just before is NULL, and its note says why. And the metrics, what was bought week
        by week beside what was expected, and who is thought to be still there, served or not; both
        are empty where there is no model.
    """
    fitted = _fitted(fitting)
    before = _fitted(holdout) if len(holdout) else None
    tested = _tested(holdout, before) if before else []
    unserved = _unserved(tested)
    known = {"as_of_date": as_of_date, "model_name": MODEL_NAME, "model_version": _version(fitted)}
    serving = fitted.purchases.model.name if fitted.purchases else _MODEL
    values = schemas.as_table(
        _served(_values(fitted, _of_customers(current)), fitted.notes, unserved),
        layouts.CUSTOMER_LIFETIME_VALUE,
        **{**known, "model_name": f"{TARGET}_{serving}"},
    )
    metrics = schemas.as_table(
        [_status(fitted, fitting, unserved), *tested],
        layouts.MODEL_METRICS,
        **known,
        target=TARGET,
        evaluated_on=holdout["as_of_date"].iloc[0] if len(holdout) else pd.NaT,
    )
    alive = schemas.empty_table(layouts.ALIVE_GRID)
    if fitted.purchases:
        named = {"as_of_date": as_of_date, "model_name": f"{TARGET}_{serving}"}
        alive = alive_grid(fitted.purchases.model, _of_customers(current), **named)
    return CustomerValues(values, metrics, _tracked(holdout, before, weeks, as_of_date), alive)


def _of_customers(features: pd.DataFrame) -> pd.DataFrame:
    histories = histories_of_order_days(features)
    histories.insert(0, "customer_id", features["customer_id"].to_numpy())
    return histories


def _fitted(features: pd.DataFrame) -> LifetimeValue:
    table = _of_customers(features)
    gaps = table["frequency"].to_numpy()
    mean, spread = (
        features[f"{name}_days_between_orders"].to_numpy(dtype=float) for name in ("mean", "stddev")
    )
    shape = shape_of_gaps(
        gaps,
        (gaps - 1) * spread**2 + gaps * mean**2,
        table["recency"].to_numpy(),
    )
    return fit_lifetime_value(table, _MODEL, regularity=shape)


def _version(fitted: LifetimeValue) -> str:
    parts = [part for part in (fitted.purchases, fitted.spend) if part]
    return schemas.version_of(value for part in parts for value in part.parameters.values())


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


def _unserved(tested: list[dict[str, Any]]) -> dict[str, str]:
    """Why figures are not served: `order_days` or `value` → the reason, of those that are not."""
    by_name = {row["metric"]: row for row in tested}
    reasons = {}
    for name, (words, _) in _TESTS.items():
        gain, error = (by_name.get(f"{name}_{kind}") for kind in ("gain", "mean_absolute_error"))
        if gain is None or error is None:
            reasons[name] = f"{words} not served: no past day tells how well it is foretold"
        elif not gain["lower_bound"] > 0:
            reasons[name] = (
                f"{words} not served: on a past day it was foretold with an error of "
                f"{error['value']:.2f} a customer, by the same as just before with "
                f"{error['baseline_value']:.2f}"
            )
    return reasons


def _served(
    values: pd.DataFrame, notes: Sequence[str], unserved: Mapping[str, str]
) -> pd.DataFrame:
    parts = [part for name in unserved for part in _TESTS[name][1]]
    hidden = [str(column) for column in values if any(part in str(column) for part in parts)]
    told = "; ".join([*notes, *unserved.values()])
    return values.assign(**dict.fromkeys(hidden, nan), note=told or None)


def _status(
    fitted: LifetimeValue, fitting: pd.DataFrame, unserved: Mapping[str, str]
) -> dict[str, Any]:
    holds = fitted.purchases is not None and fitted.spend is not None
    row = gate.metric_row("status", float(holds and not unserved))
    note = "; ".join([*fitted.notes, *unserved.values()]) or "days with orders and value are served"
    return {**row, "customer_count": len(fitting), "note": note}


def _tracked(
    holdout: pd.DataFrame,
    before: LifetimeValue | None,
    weeks: pd.DataFrame | None,
    as_of_date: pd.Timestamp,
) -> pd.DataFrame:
    if before is None or before.purchases is None or weeks is None or weeks.empty:
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


def _tested(holdout: pd.DataFrame, fitted: LifetimeValue) -> list[dict[str, Any]]:
    """What was foretold on a past day beside what came, and beside what had been before."""
    told = fitted.predict(_of_customers(holdout), float(holdout["horizon_days"].iloc[0]))
    rows = []
    for name, column, foretold in (
        ("order_days", "purchases", "expected_purchases"),
        ("value", "value", "expected_value"),
    ):
        actual, before = (
            holdout[f"{when}_{column}"].to_numpy(dtype=float) for when in ("holdout", "previous")
        )
        said = told[foretold].to_numpy()
        if not np.isnan(said).any():
            rows += _compared(name, actual, said, before)
    return rows


def _compared(name: str, actual: Numbers, said: Numbers, before: Numbers) -> list[dict[str, Any]]:
    error, naive = np.abs(said - actual), np.abs(before - actual)
    gain = naive - error
    size = len(actual)
    interval = evaluation.bootstrap_mean_interval
    total = actual.sum()
    return [
        gate.metric_row(f"actual_{name}", total, customer_count=size),
        gate.metric_row(
            f"expected_{name}",
            said.sum(),
            baseline_value=before.sum(),
            customer_count=size,
        ),
        gate.metric_row(
            f"{name}_mean_absolute_error", error.mean(), interval(error), naive.mean(), size
        ),
        gate.metric_row(f"{name}_gain", gain.mean(), interval(gain), 0.0, size),
    ]
