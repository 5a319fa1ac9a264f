"""What will a customer do? Learned from past as_of_dates, tested forward in time on later ones.

Time only runs forward here. From each of the latest past days every method foretells what came
after it (`ml.rolling`); which of them is gone by on a day is decided by the days before it. The
latest day is the test: the method chosen there, against the rule of thumb. After the test it is
fitted again on all cutoffs and tells of today. What could not be tested, or is of no use, is not
served: there are no predictions then, only the reason.
"""

from dataclasses import dataclass
from datetime import date
from math import nan
from typing import Any

import pandas as pd

from ml import schemas
from ml.fitted import Fitted
from ml.gate import Verdict, metric_row
from ml.kinds import SCORING
from ml.outcomes import outcome_rows
from ml.reasons import Themes, reasons
from ml.rolling import (
    KEY,
    OUTCOME,
    Forecast,
    candidate_rows,
    chosen,
    closed_cutoffs,
    foretell,
    inputs_of,
    rolling_origins,
    tried,
)
from ml.target import Target
from ml.threads import one_thread


@dataclass(frozen=True)
class Prediction:
    """What `predict` returns: tables laid out by `ml.schemas`.

    Attributes:
        predictions: CUSTOMER_PREDICTIONS, one row a customer that was asked of, by customer_id;
            none where nothing could be tested, or is of no use.
        metrics: MODEL_METRICS of the test forward in time. `status` is 1 when the model is
            served, 0 when the baseline is, NULL when nothing is; its note says why.
        outcomes: PREDICTION_OUTCOMES, of past days whose windows have closed.
        reasons: PREDICTION_REASONS, where a model is served.
    """

    predictions: pd.DataFrame
    metrics: pd.DataFrame
    outcomes: pd.DataFrame
    reasons: pd.DataFrame


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
    """What past cutoffs teach.

    Attributes:
        fitted: The model and its baseline.
        test: How they did forward in time.
        outcomes: Rows for PREDICTION_OUTCOMES.
    """

    fitted: Fitted
    test: ForwardTest
    outcomes: list[dict[str, Any]]


def learn(target: Target, history: pd.DataFrame, as_of_date: date | str) -> Learned | Untested:
    """Tests forward in time, then learns from all closed cutoffs.

    Args:
        target: what is predicted.
        history: one row a past as_of_date and customer that was asked of on it: as_of_date,
            customer_id, numeric inputs, NULL where unknown, and `outcome`, what came in the
            horizon. Row and column order do not matter.
        as_of_date: the day of the portrait. No window that is still open on it is looked at.

    Raises:
        ValueError: a column is missing or not numeric, a key occurs twice, or an outcome of a
            closed window is NULL.
    """
    today = pd.Timestamp(as_of_date)
    rows = _numeric_rows(history)
    schemas.require_columns(rows, [OUTCOME], "history")
    closed = closed_cutoffs(rows["as_of_date"], today, target.window)
    rows = rows[rows["as_of_date"].isin(closed)].reset_index(drop=True)
    if rows[OUTCOME].isna().any():
        raise ValueError("history.outcome is NULL for a window that has closed")
    origins = rolling_origins(closed, target.window)
    if not origins:
        return Untested(_too_short(target, closed))
    with one_thread():
        made = [foretell(target, rows, origin) for origin in origins]
    if made[-1] is None:
        return Untested(
            f"in the training windows or in the test window {target.name} is the same for all "
            "customers, so there is nothing to learn or to test"
        )
    forecasts = [one for one in made if one is not None]
    test, candidate = _tested(target, forecasts)
    with one_thread():
        fitted = Fitted(target, candidate, inputs_of(rows), rows[OUTCOME].to_numpy())
    outcomes = [
        row
        for forecast in forecasts
        for row in outcome_rows(target, forecast, chosen(target, forecasts, forecast))
    ]
    return Learned(fitted, test, outcomes)


def is_served(learned: Learned | Untested) -> bool:
    """Whether model or baseline are of use, so that who is asked of gets a prediction."""
    return isinstance(learned, Learned) and learned.test.verdict.served != "nothing"


def _too_short(target: Target, closed: list[pd.Timestamp]) -> str:
    if not closed:
        return f"no past as_of_date has customers to ask of and {target.horizon_days} days after it"
    return (
        "a test forward in time needs customers to ask of on two past as_of_dates at least "
        f"{target.horizon_days} days apart, with {target.horizon_days} days after the later one"
    )


def _tested(target: Target, forecasts: list[Forecast]) -> tuple[ForwardTest, str]:
    """The test on the latest origin, and the candidate that was chosen by those before it."""
    latest = forecasts[-1]
    candidate = chosen(target, forecasts, latest)
    scoring = SCORING[target.kind]
    rows = scoring.compare(latest.outcome, latest.expected[candidate], latest.baseline)
    verdict = scoring.judge(target, rows)
    of_candidates = candidate_rows(target, forecasts)
    cutoff = latest.cutoff.date().isoformat()
    return ForwardTest(cutoff, [*rows, *of_candidates], verdict), candidate


def predict(
    target: Target,
    learned: Learned | Untested,
    features: pd.DataFrame,
    as_of_date: date | str,
    themes: Themes | None = None,
) -> Prediction:
    """The predictions of a day by what was learned.

    Args:
        target: what is predicted.
        learned: what `learn` returned for this day, or for an earlier one with the same cutoffs.
        features: the customers that are asked of at `as_of_date`; other days do not matter.
        as_of_date: the day of the portrait.
        themes: features by theme, by which reasons are told; none without.

    Raises:
        ValueError: a column is missing or not numeric, or a key occurs twice.
    """
    today = pd.Timestamp(as_of_date)
    customers = _numeric_rows(features)
    current = customers[customers["as_of_date"] == today]
    if current.empty:
        learned = Untested("nobody is to be asked of on this day")
    if isinstance(learned, Untested):
        return _nothing_served(target, today, learned.reason, len(current))
    with one_thread():
        served = _served(target, learned, current, today)
        why = _reasons(target, learned, current, today, themes or {})
    verdict = learned.test.verdict
    status = {"model": 1.0, "baseline": 0.0, "nothing": nan}[verdict.served]
    return Prediction(
        predictions=served,
        metrics=_metrics(
            target,
            today,
            [_status(status, verdict.reason, len(current)), *learned.test.metrics],
            model_name=target.model_name(learned.fitted.candidate),
            model_version=learned.fitted.version(is_model_served=True),
            evaluated_on=pd.Timestamp(learned.test.cutoff),
        ),
        outcomes=schemas.as_table(
            learned.outcomes, schemas.PREDICTION_OUTCOMES, prediction=target.prediction
        ),
        reasons=why,
    )


def _reasons(
    target: Target, learned: Learned, customers: pd.DataFrame, today: pd.Timestamp, themes: Themes
) -> pd.DataFrame:
    """PREDICTION_REASONS; of a rule of thumb there are none, it is its own reason."""
    if learned.test.verdict.served != "model":
        return schemas.empty_table(schemas.PREDICTION_REASONS)
    fitted = learned.fitted
    return schemas.as_table(
        reasons(target, fitted, customers, themes),
        schemas.PREDICTION_REASONS,
        as_of_date=today,
        model_name=target.model_name(fitted.candidate),
        model_version=fitted.version(is_model_served=True),
        prediction=target.prediction,
        target=target.name,
    )


def _served(
    target: Target, learned: Learned, customers: pd.DataFrame, today: pd.Timestamp
) -> pd.DataFrame:
    """CUSTOMER_PREDICTIONS by what has earned its place."""
    fitted, served = learned.fitted, learned.test.verdict.served
    if served == "nothing":
        return schemas.empty_table(schemas.CUSTOMER_PREDICTIONS)
    is_model = served == "model"
    baseline = fitted.baseline.predict(customers[target.baseline.column])
    told = "probability" if target.kind == "event" else "expected_amount"
    of_rule = "baseline_probability" if target.kind == "event" else "baseline_amount"
    name = target.model_name(fitted.candidate) if is_model else target.baseline_name
    return schemas.as_table(
        {
            "customer_id": customers["customer_id"].to_numpy(),
            told: fitted.expected(customers) if is_model else baseline,
            of_rule: baseline,
        },
        schemas.CUSTOMER_PREDICTIONS,
        as_of_date=today,
        model_name=name,
        model_version=fitted.version(is_model_served=is_model),
        prediction=target.prediction,
        target=target.name,
        horizon_days=target.horizon_days,
        is_model_served=is_model,
    )


def _numeric_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows by key; inputs are float64, in the order of names."""
    schemas.require_columns(rows, KEY, "features")
    inputs = sorted(set(rows.columns) - set(KEY))
    dated = rows.assign(as_of_date=pd.to_datetime(rows["as_of_date"]))[[*KEY, *inputs]]
    return schemas.sort_by_key(schemas.numeric(dated, inputs, "features"), KEY, "features")


def _metrics(
    target: Target, today: pd.Timestamp, rows: list[dict[str, Any]], **of_model: Any
) -> pd.DataFrame:
    """MODEL_METRICS; a row that names a model of its own keeps the name, and has no version."""
    named = [{**of_model, **row} for row in rows]
    for row in named:
        if row["model_name"] != of_model["model_name"]:
            row["model_version"] = schemas.version_of([row["model_name"]])
    return schemas.as_table(named, schemas.MODEL_METRICS, as_of_date=today, target=target.name)


def _status(value: float, note: str, customer_count: int) -> dict[str, Any]:
    return {**metric_row("status", value, customer_count=customer_count), "note": note}


def _nothing_served(
    target: Target, today: pd.Timestamp, reason: str, customer_count: int
) -> Prediction:
    row = _status(nan, f"nothing is served: {reason}", customer_count)
    return Prediction(
        predictions=schemas.empty_table(schemas.CUSTOMER_PREDICTIONS),
        metrics=_metrics(
            target,
            today,
            [row],
            model_name=target.model_name(tried(target, 0)[0]),
            model_version=schemas.version_of(["nothing to predict"]),
        ),
        outcomes=schemas.empty_table(schemas.PREDICTION_OUTCOMES),
        reasons=schemas.empty_table(schemas.PREDICTION_REASONS),
    )
