"""A model of lifetime value learned of a shop's customers, and how such a one foretold a past day.

Days with orders are purchases, and time is told in days. MBG/NBD, because by it who bought once may
be gone already: by BG/NBD they are all there for ever.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ml import evaluation, gate, schemas
from ml.lifetime_value.grouped import Numbers
from ml.lifetime_value.lifetime import LifetimeValue, fit_lifetime_value
from ml.lifetime_value.order_days import histories_of_order_days
from ml.lifetime_value.regularity import shape_of_gaps

TARGET = "lifetime_value"
_MODEL = "mbg_nbd"
MODEL_NAME = f"{TARGET}_{_MODEL}"
# What each test decides about, in words.
TESTS = {"order_days": "days with orders", "value": "value"}
# A normal variable is within so many standard errors with 95 %.
_Z = 1.96


@dataclass(frozen=True)
class LearnedValues:
    """A model of lifetime value, and its test forward in time.

    Attributes:
        fitted: The model.
        fitted_on: The day whose customers it was fitted to, ISO.
        customer_count: How many they were.
        before: The same as of the past day of the test; None where none is far enough back.
        tested: Rows for MODEL_METRICS of how that one foretold what came.
        tested_on: The past day, ISO; None without.
    """

    fitted: LifetimeValue
    fitted_on: str
    customer_count: int
    before: LifetimeValue | None
    tested: list[dict[str, Any]]
    tested_on: str | None

    @property
    def version(self) -> str:
        """Changes with the parameters."""
        parts = [part for part in (self.fitted.purchases, self.fitted.spend) if part]
        return schemas.version_of(value for part in parts for value in part.parameters.values())

    @property
    def method(self) -> str:
        """The model of purchases: the one that is asked for, or what took its place."""
        return str(self.fitted.purchases.model.name) if self.fitted.purchases else _MODEL

    @property
    def model_name(self) -> str:
        """What the method is called in tables."""
        return f"{TARGET}_{self.method}"

    def holds(self) -> bool:
        """Whether there is a model of purchases and one of spend."""
        return self.fitted.purchases is not None and self.fitted.spend is not None

    def unserved(self) -> dict[str, str]:
        """Why figures are not served: `order_days` or `value` → the reason, of those that are not.

        What was not tested on a past day is not served, nor what lost to the rule that all goes on
        as just before.
        """
        by_name = {row["metric"]: row for row in self.tested}
        reasons = {}
        for name, words in TESTS.items():
            gain, error = (
                by_name.get(f"{name}_{kind}") for kind in ("gain", "mean_absolute_error")
            )
            if gain is None or error is None:
                reasons[name] = f"{words} not served: no past day tells how well it is foretold"
            elif not gain["lower_bound"] > 0:
                reasons[name] = (
                    f"{words} not served: on a past day it was foretold with an error of "
                    f"{error['value']:.2f} a customer, by the same as just before with "
                    f"{error['baseline_value']:.2f}"
                )
        return reasons

    def verdict(self) -> str:
        """What is served, or why not, in words."""
        told = "; ".join([*self.fitted.notes, *self.unserved().values()])
        return told or "days with orders and value are served"

    def parameter_rows(self) -> Iterator[dict[str, Any]]:
        """Rows like those of MODEL_METRICS of the parameters, with 95 % intervals."""
        for part in filter(None, (self.fitted.purchases, self.fitted.spend)):
            for name, value in part.parameters.items():
                reach = _Z * part.standard_errors[name]
                interval = (value - reach, value + reach)
                yield gate.metric_row(
                    f"parameter_{part.model.name}_{name}",
                    value,
                    interval,
                    customer_count=self.customer_count,
                )


def learn_values(fitting: pd.DataFrame, fitted_on: date, holdout: pd.DataFrame) -> LearnedValues:
    """Fits the model, and tests such a one on a past day.

    Args:
        fitting: Customers with orders as of the day that the model is fitted on, with the columns
            of `customer_features` that `histories_of_order_days` and `_fitted` read.
        fitted_on: That day.
        holdout: The same as of a past day, and what followed: `horizon_days`, `holdout_purchases`,
            `holdout_value`, `previous_purchases`, `previous_value`. Empty where no past day is
            far enough back.
    """
    before = _fitted(holdout) if len(holdout) else None
    return LearnedValues(
        _fitted(fitting),
        fitted_on.isoformat(),
        len(fitting),
        before,
        _tested(holdout, before) if before else [],
        holdout["as_of_date"].iloc[0].date().isoformat() if len(holdout) else None,
    )


def histories_of(features: pd.DataFrame) -> pd.DataFrame:
    """Customers as the models take them, a row each in their order, with `customer_id`."""
    histories = histories_of_order_days(features)
    histories.insert(0, "customer_id", features["customer_id"].to_numpy())
    return histories


def _fitted(features: pd.DataFrame) -> LifetimeValue:
    table = histories_of(features)
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


def _tested(holdout: pd.DataFrame, fitted: LifetimeValue) -> list[dict[str, Any]]:
    """What was foretold on a past day beside what came, and beside what had been before."""
    told = fitted.predict(histories_of(holdout), float(holdout["horizon_days"].iloc[0]))
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
