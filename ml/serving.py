"""What past days tell of customers today: probabilities, amounts, and why."""

from dataclasses import dataclass
from datetime import date
from math import nan
from typing import Any

import pandas as pd

from ml import layouts, schemas
from ml.diagnosis import curve_table, importance_table
from ml.gate import metric_row
from ml.prediction import Learned, Untested, numeric_rows
from ml.reasons import Themes, reasons
from ml.rolling import tried
from ml.target import Target
from ml.threads import one_thread


@dataclass(frozen=True)
class Prediction:
    """What `predict` returns: tables laid out by `ml.layouts`.

    Attributes:
        predictions: CUSTOMER_PREDICTIONS, one row a customer that was asked of, by customer_id;
            none where nothing could be tested, or is of no use.
        metrics: MODEL_METRICS of the test forward in time. `status` is 1 when the model is
            served, 0 when the baseline is, NULL when nothing is; its note says why.
        outcomes: PREDICTION_OUTCOMES, of past days whose windows have closed.
        reasons: PREDICTION_REASONS, where a model is served.
        curves: MODEL_CURVES of the test, of the model that was gone by and of the rule of thumb.
        importance: FEATURE_IMPORTANCE of that model.
    """

    predictions: pd.DataFrame
    metrics: pd.DataFrame
    outcomes: pd.DataFrame
    reasons: pd.DataFrame
    curves: pd.DataFrame
    importance: pd.DataFrame


def predict(
    target: Target,
    learned: Learned | Untested,
    features: pd.DataFrame,
    as_of_date: date | str,
    themes: Themes | None = None,
    remark: str = "",
) -> Prediction:
    """The predictions of a day by what was learned.

    Args:
        target: what is predicted.
        learned: what `learn` returned for this day, or for an earlier one with the same cutoffs.
        features: the customers that are asked of at `as_of_date`; other days do not matter.
        as_of_date: the day of the portrait.
        themes: features by theme, by which reasons are told; none without.
        remark: what the note of `status` begins with, such as who chose this model.

    Raises:
        ValueError: a column is missing or not numeric, or a key occurs twice.
    """
    today = pd.Timestamp(as_of_date)
    customers = numeric_rows(features)
    current = customers[customers["as_of_date"] == today]
    if current.empty:
        learned = Untested("nobody is to be asked of on this day")
    if isinstance(learned, Untested):
        return _nothing_served(target, today, learned.reason, len(current), remark)
    with one_thread():
        served = _served(target, learned, current, today)
        why = _reasons(target, learned, current, today, themes or {})
    verdict = learned.test.verdict
    of_test = {
        "as_of_date": today,
        "model_name": target.model_name(learned.fitted.candidate),
        "prediction": target.prediction,
        "target": target.name,
        "evaluated_on": pd.Timestamp(learned.test.cutoff),
    }
    status = {"model": 1.0, "baseline": 0.0, "nothing": nan}[verdict.served]
    return Prediction(
        predictions=served,
        metrics=_metrics(
            target,
            today,
            [_status(status, remark + verdict.reason, len(current)), *learned.test.metrics],
            model_name=target.model_name(learned.fitted.candidate),
            model_version=learned.fitted.version,
            evaluated_on=pd.Timestamp(learned.test.cutoff),
        ),
        outcomes=schemas.as_table(
            learned.outcomes, layouts.PREDICTION_OUTCOMES, prediction=target.prediction
        ),
        reasons=why,
        curves=curve_table(learned.diagnosis, **of_test),
        importance=importance_table(learned.diagnosis, **of_test),
    )


def _reasons(
    target: Target, learned: Learned, customers: pd.DataFrame, today: pd.Timestamp, themes: Themes
) -> pd.DataFrame:
    """PREDICTION_REASONS; of a rule of thumb there are none, it is its own reason."""
    if learned.test.verdict.served != "model":
        return schemas.empty_table(layouts.PREDICTION_REASONS)
    fitted = learned.fitted
    return schemas.as_table(
        reasons(target, fitted, customers, themes),
        layouts.PREDICTION_REASONS,
        as_of_date=today,
        model_name=target.model_name(fitted.candidate),
        model_version=fitted.version,
        prediction=target.prediction,
        target=target.name,
    )


def _served(
    target: Target, learned: Learned, customers: pd.DataFrame, today: pd.Timestamp
) -> pd.DataFrame:
    """CUSTOMER_PREDICTIONS by what has earned its place."""
    fitted, served = learned.fitted, learned.test.verdict.served
    if served == "nothing":
        return schemas.empty_table(layouts.CUSTOMER_PREDICTIONS)
    is_model = served == "model"
    baseline = learned.rule.predict(customers)
    told = "probability" if target.kind == "event" else "expected_amount"
    of_rule = "baseline_probability" if target.kind == "event" else "baseline_amount"
    name = target.model_name(fitted.candidate if is_model else learned.rule.name)
    expected = fitted.expected(customers) if is_model else baseline
    ends: tuple[Any, Any] = (nan, nan)
    if is_model and learned.intervals:
        ends = learned.intervals.predict(expected)
    return schemas.as_table(
        {
            "customer_id": customers["customer_id"].to_numpy(),
            told: expected,
            of_rule: baseline,
            "lower_amount": ends[0],
            "upper_amount": ends[1],
        },
        layouts.CUSTOMER_PREDICTIONS,
        as_of_date=today,
        model_name=name,
        model_version=fitted.version if is_model else learned.rule.version(),
        prediction=target.prediction,
        target=target.name,
        horizon_days=target.horizon_days,
        is_model_served=is_model,
    )


def _metrics(
    target: Target, today: pd.Timestamp, rows: list[dict[str, Any]], **of_model: Any
) -> pd.DataFrame:
    """MODEL_METRICS; a row that names a model of its own keeps the name, and has no version."""
    named = [{**of_model, **row} for row in rows]
    for row in named:
        if row["model_name"] != of_model["model_name"]:
            row["model_version"] = schemas.version_of([row["model_name"]])
    return schemas.as_table(
        named,
        layouts.MODEL_METRICS,
        as_of_date=today,
        prediction=target.prediction,
        target=target.name,
    )


def _status(value: float, note: str, customer_count: int) -> dict[str, Any]:
    return {**metric_row("status", value, customer_count=customer_count), "note": note}


def _nothing_served(
    target: Target, today: pd.Timestamp, reason: str, customer_count: int, remark: str
) -> Prediction:
    row = _status(nan, f"{remark}nothing is served: {reason}", customer_count)
    return Prediction(
        predictions=schemas.empty_table(layouts.CUSTOMER_PREDICTIONS),
        metrics=_metrics(
            target,
            today,
            [row],
            model_name=target.model_name(tried(target, 0)[0]),
            model_version=schemas.version_of(["nothing to predict"]),
        ),
        outcomes=schemas.empty_table(layouts.PREDICTION_OUTCOMES),
        reasons=schemas.empty_table(layouts.PREDICTION_REASONS),
        curves=schemas.empty_table(layouts.MODEL_CURVES),
        importance=schemas.empty_table(layouts.FEATURE_IMPORTANCE),
    )
