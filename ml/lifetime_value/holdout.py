"""What a model expected, beside what customers did after the end of calibration."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, nan

import numpy as np
import pandas as pd

from ml import layouts, schemas
from ml.lifetime_value.grouped import Histories, Numbers
from ml.lifetime_value.lifetime import LifetimeValue
from ml.lifetime_value.purchase_model import PurchaseModel
from ml.lifetime_value.summary import Summary

_MOST_FREQUENT = 7


@dataclass(frozen=True)
class HoldoutTracking:
    """Figures; who wants a picture draws it from them.

    Attributes:
        by_period: One row a period since the first purchase of anybody (`period`, `ends_after` in
            units of time, `is_holdout`), with repeat purchases until its end, `actual_cumulative`
            and `expected_cumulative`, and within it, `actual` and `expected`. What is not over yet
            is NULL.
        by_frequency: One row a number of repeat purchases in calibration, 7 and more in one
            (`frequency`, `customers`): mean purchases in the hold-out, `actual_mean`,
            `expected_mean` and `same_as_before_mean`.
        figures: Of the hold-out, NaN where there is none: `actual` and `expected` purchases, `bias`
            (expected / actual - 1), `mean_absolute_error` and `root_mean_squared_error` a customer,
            `correlation`, and beside them those of `same_as_before_…`: that each buys as much as
            in the period of the same length just before. With a model of spend the same of value.
    """

    by_period: pd.DataFrame
    by_frequency: pd.DataFrame
    figures: Mapping[str, float]


def track_holdout(
    summary: Summary, fitted: LifetimeValue, *, period: float | None = None, periods: int = 0
) -> HoldoutTracking:
    """Compares a model with what it had not seen.

    Args:
        summary: Of transactions, calibration and hold-out.
        fitted: To its calibration.
        period: Length of a period in units of time; a week where not said.
        periods: How many to tell of; those that were observed where not said.

    Raises:
        ValueError: The model of purchases was refused.
    """
    if fitted.purchases is None:
        raise ValueError(f"there is no model to track: {'; '.join(fitted.notes)}")
    model: PurchaseModel = fitted.purchases.model
    length = period or summary.clock.units_of_days(7)
    customers = summary.customers
    expected = fitted.predict(customers, summary.holdout) if summary.holdout else None
    bought = np.full(len(customers), nan)
    worth = bought
    if expected is not None:
        bought = expected["expected_purchases"].to_numpy()
        worth = expected["expected_value"].to_numpy()
    actual, before, actual_value, value_before = (
        customers[name].to_numpy(dtype=float)
        for name in ("holdout_purchases", "previous_purchases", "holdout_value", "previous_value")
    )
    figures = _figures("", actual, bought, before)
    if fitted.spend:
        figures |= _figures("value_", actual_value, worth, value_before)
    return HoldoutTracking(
        _by_period(summary, model, length, periods),
        _by_frequency(customers["frequency"].to_numpy(), actual, bought, before),
        figures,
    )


def _figures(begin: str, actual: Numbers, expected: Numbers, same: Numbers) -> dict[str, float]:
    figures = {f"{begin}actual": float(actual.sum())}
    for name, said in (("", expected), ("same_as_before_", same)):
        error = said - actual
        figures |= {
            f"{begin}{name}expected": float(said.sum()),
            f"{begin}{name}bias": float(said.sum() / actual.sum() - 1) if actual.sum() else nan,
            f"{begin}{name}mean_absolute_error": float(np.abs(error).mean()),
            f"{begin}{name}root_mean_squared_error": float(np.sqrt((error**2).mean())),
            f"{begin}{name}correlation": _correlation(said, actual),
        }
    return figures


def _correlation(one: Numbers, other: Numbers) -> float:
    if not one.std() > 0 or not other.std() > 0:
        return nan
    return float(np.corrcoef(one, other)[0, 1])


def _by_frequency(
    frequency: Numbers, actual: Numbers, expected: Numbers, same: Numbers
) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "frequency": np.minimum(frequency, _MOST_FREQUENT),
            "customers": 1,
            "actual_mean": actual,
            "expected_mean": expected,
            "same_as_before_mean": same,
        }
    )
    grouped = table.groupby("frequency", as_index=False)
    means = grouped[["actual_mean", "expected_mean", "same_as_before_mean"]].mean()
    means.insert(1, "customers", grouped["customers"].sum()["customers"])
    return schemas.as_table(means, layouts.HOLDOUT_BY_FREQUENCY)


def _by_period(summary: Summary, model: PurchaseModel, length: float, periods: int) -> pd.DataFrame:
    unit = summary.clock.units(np.array([1]))[0]
    observed = summary.end_tick - summary.first_tick
    calibrated = summary.last_tick - summary.first_tick
    number = np.arange(1, (periods or ceil((observed + 1) * unit / length - 1e-9)) + 1)
    # The last tick of each: a period that ends within one has those before.
    last = np.floor(number * length / unit + 1e-9).astype(np.int64) - 1
    until = np.append(np.cumsum(summary.repeat_purchases), 0)
    actual = np.where(last <= observed, until[np.clip(last, -1, observed)], nan)
    begin = calibrated - np.round(summary.customers["T"].to_numpy(dtype=float) / unit)
    distinct, counts = np.unique(begin, return_counts=True)
    ages = np.maximum(last[:, None] - distinct, 0.0).ravel() * unit
    new = model.expected_purchases(Histories.new(len(ages)), ages)
    expected = new.reshape(len(number), len(distinct)) @ counts
    columns = {
        "period": number,
        "ends_after": number * length,
        "is_holdout": last > calibrated,
        "actual": np.diff(actual, prepend=0.0),
        "expected": np.diff(expected, prepend=0.0),
        "actual_cumulative": actual,
        "expected_cumulative": expected,
    }
    return schemas.as_table(columns, layouts.HOLDOUT_BY_PERIOD)
