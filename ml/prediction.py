"""Will it happen to a customer? Trained on past as_of_dates, tested forward in time on a later one.

Time only runs forward here. A cutoff is a past as_of_date whose label window has closed. The latest
cutoff is the test; training uses the cutoffs whose windows had closed by then. After the test,
everything is fitted again on all cutoffs and gives the probabilities of today. What could not be
tested, or is of no use, is not served: there are no probabilities then, only the reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import nan
from typing import Any

import pandas as pd

from ml import schemas
from ml.event_model import Fitted
from ml.gate import Verdict, calibration_rows, compare, judge, metric_row
from ml.target import Target

KEY = ["as_of_date", "customer_id"]


@dataclass(frozen=True)
class Prediction:
    """What `predict` returns: tables laid out by `ml.schemas`.

    Attributes:
        predictions: CUSTOMER_PREDICTIONS, one row a customer with an order, by customer_id; none
            where nothing could be tested, or is of no use.
        metrics: MODEL_METRICS of the test forward in time. `status` is 1 when the model is
            served, 0 when the baseline is, NULL when nothing is; its note says why.
    """

    predictions: pd.DataFrame
    metrics: pd.DataFrame


@dataclass(frozen=True)
class ForwardTest:
    """The test at one cutoff, ISO: rows for MODEL_METRICS and what follows from them."""

    cutoff: str
    metrics: list[dict[str, Any]]
    verdict: Verdict


@dataclass(frozen=True)
class Untested:
    """No test forward in time could be made, and why."""

    reason: str


@dataclass(frozen=True)
class Learned:
    """What past cutoffs teach: the model, its baseline, and how they did forward in time."""

    fitted: Fitted
    test: ForwardTest


def learn(
    target: Target, features: pd.DataFrame, labels: pd.DataFrame, as_of_date: date | str
) -> Learned | Untested:
    """Tests forward in time, then learns from all closed cutoffs.

    Args:
        target: what is predicted.
        features: customer_features at past cutoffs; other days do not matter. Every column beside
            the key is a numeric input, NULL where unknown. Row and column order do not matter.
        labels: customer_id, as_of_date and the outcome of the target.
        as_of_date: the day of the portrait. Neither later features nor labels whose window is
            still open on that day are looked at.

    Raises:
        ValueError: a column is missing or not numeric, a key occurs twice, or a label is NULL.
    """
    today = pd.Timestamp(as_of_date)
    closed = _closed_labels(target, labels, today)
    history = _customers_with_orders(features).merge(closed, on=KEY, validate="one_to_one")
    test = evaluate_forward(target, history, today)
    if isinstance(test, Untested):
        return test
    return Learned(_fit(target, history), test)


def predict(
    target: Target, learned: Learned | Untested, features: pd.DataFrame, as_of_date: date | str
) -> Prediction:
    """The probabilities of a day by what was learned.

    Args:
        target: what is predicted.
        learned: what `learn` returned for this day, or for an earlier one with the same cutoffs.
        features: customer_features at `as_of_date`; other days do not matter.
        as_of_date: the day of the portrait.

    Raises:
        ValueError: a column is missing or not numeric, or a key occurs twice.
    """
    today = pd.Timestamp(as_of_date)
    customers = _customers_with_orders(features)
    current = customers[customers["as_of_date"] == today]
    if current.empty:
        learned = Untested(f"no customer has an order before {today:%Y-%m-%d}")
    if isinstance(learned, Untested):
        return _nothing_served(target, today, learned.reason, len(current))
    verdict = learned.test.verdict
    status = {"model": 1.0, "baseline": 0.0, "nothing": nan}[verdict.served]
    return Prediction(
        predictions=_served(target, learned, current, today),
        metrics=schemas.as_table(
            [_status(status, verdict.reason, len(current)), *learned.test.metrics],
            schemas.MODEL_METRICS,
            as_of_date=today,
            model_name=target.model_name,
            model_version=learned.fitted.version(is_model_served=True),
            target=target.name,
            evaluated_on=pd.Timestamp(learned.test.cutoff),
        ),
    )


def _served(
    target: Target, learned: Learned, customers: pd.DataFrame, today: pd.Timestamp
) -> pd.DataFrame:
    """CUSTOMER_PREDICTIONS by what has earned its place."""
    fitted, served = learned.fitted, learned.test.verdict.served
    if served == "nothing":
        return schemas.empty_table(schemas.CUSTOMER_PREDICTIONS)
    is_model = served == "model"
    baseline = fitted.baseline_probability(customers)
    return schemas.as_table(
        {
            "customer_id": customers["customer_id"].to_numpy(),
            "probability": fitted.probability(customers) if is_model else baseline,
            "baseline_probability": baseline,
        },
        schemas.CUSTOMER_PREDICTIONS,
        as_of_date=today,
        model_name=target.model_name if is_model else target.baseline_name,
        model_version=fitted.version(is_model),
        target=target.name,
        horizon_days=target.horizon_days,
        is_model_served=is_model,
    )


def forward_split(
    cutoffs: Iterable[pd.Timestamp], as_of_date: pd.Timestamp, window: timedelta
) -> tuple[list[pd.Timestamp], pd.Timestamp | None]:
    """Splits past as_of_dates into those to train on and the one to test on.

    The label window of a cutoff d covers d up to, not including, d + `window`. No training window
    reaches into the test window; if they did, the AUC on Online Retail would look like .771
    instead of .742.

    Returns:
        (training cutoffs, ascending; test cutoff), the latter None when no window has closed.
    """
    closed = sorted(cutoff for cutoff in set(cutoffs) if cutoff + window <= as_of_date)
    if not closed:
        return [], None
    return [cutoff for cutoff in closed if cutoff + window <= closed[-1]], closed[-1]


def evaluate_forward(
    target: Target, history: pd.DataFrame, as_of_date: pd.Timestamp
) -> ForwardTest | Untested:
    """Trains on the earlier cutoffs of `history` and tests on its latest.

    Args:
        target: what is predicted.
        history: one row a customer and closed cutoff: key, inputs, outcome.
        as_of_date: the day of the portrait.
    """
    cutoffs = history["as_of_date"].unique()
    training_cutoffs, test_cutoff = forward_split(cutoffs, as_of_date, target.window)
    if test_cutoff is None:
        return Untested(
            f"no past as_of_date has orders before it and {target.horizon_days} days after it"
        )
    if not training_cutoffs:
        return Untested(
            "a test forward in time needs orders before and after two past as_of_dates at least "
            f"{target.horizon_days} days apart, and the history has one"
        )
    training = history[history["as_of_date"].isin(training_cutoffs)]
    testing = history[history["as_of_date"] == test_cutoff]
    event = testing[target.outcome].to_numpy()
    if training[target.outcome].nunique() < 2 or testing[target.outcome].nunique() < 2:
        return Untested(
            f"in the training windows or in the test window {target.outcome} holds for all "
            "customers or for none, so there is nothing to learn or to test"
        )
    fitted = _fit(target, training)
    model, baseline = fitted.probability(testing), fitted.baseline_probability(testing)
    rows = [*compare(event, model, baseline), *calibration_rows(event, model)]
    return ForwardTest(test_cutoff.date().isoformat(), rows, judge(rows))


def _fit(target: Target, history: pd.DataFrame) -> Fitted:
    inputs = history.drop(columns=[*KEY, target.outcome])
    return Fitted(inputs, history[target.outcome].to_numpy())


def _customers_with_orders(features: pd.DataFrame) -> pd.DataFrame:
    """Customers with an order at each as_of_date; inputs are float64, in the order of names."""
    schemas.require_columns(features, [*KEY, "order_count", "days_since_last_order"], "features")
    inputs = sorted(set(features.columns) - set(KEY))
    rows = features.assign(as_of_date=pd.to_datetime(features["as_of_date"]))
    rows = schemas.numeric(rows, inputs, "features")
    rows = rows.loc[rows["order_count"] > 0, [*KEY, *inputs]]
    return schemas.sort_by_key(rows, KEY, "features")


def _closed_labels(target: Target, labels: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    columns = [*KEY, target.outcome]
    schemas.require_columns(labels, columns, "labels")
    rows = labels.assign(as_of_date=pd.to_datetime(labels["as_of_date"]))[columns]
    rows = rows[rows["as_of_date"] + target.window <= today]
    if rows[target.outcome].isna().any():
        raise ValueError(f"labels.{target.outcome} is NULL for a window that has closed")
    rows[target.outcome] = rows[target.outcome].astype(bool)
    return schemas.sort_by_key(rows, KEY, "labels")


def _status(value: float, note: str, customer_count: int) -> dict[str, Any]:
    return {**metric_row("status", value, customer_count=customer_count), "note": note}


def _nothing_served(
    target: Target, today: pd.Timestamp, reason: str, customer_count: int
) -> Prediction:
    return Prediction(
        predictions=schemas.empty_table(schemas.CUSTOMER_PREDICTIONS),
        metrics=schemas.as_table(
            [_status(nan, f"nothing is served: {reason}", customer_count)],
            schemas.MODEL_METRICS,
            as_of_date=today,
            model_name=target.model_name,
            model_version=schemas.version_of(["nothing to predict"]),
            target=target.name,
        ),
    )
