"""What will a customer do? Learned from past as_of_dates, tested forward in time on later ones.

Time only runs forward here. From each of the latest past days every method foretells what came
after it (`ml.rolling`); which of them is gone by on a day is decided by the days before it. The
latest day is the test: the method chosen there, against the rule of thumb. After the test it is
fitted again on all cutoffs and tells of today. What could not be tested, or is of no use, is not
served: there are no predictions then, only the reason.
"""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from ml import schemas
from ml.diagnosis import Diagnosis, diagnose
from ml.fitted import Fitted
from ml.forecast_metrics import candidate_rows, gain_rows, strongest_rows
from ml.gate import Verdict
from ml.group_evaluation import group_rows
from ml.intervals import AmountIntervals
from ml.kinds import SCORING
from ml.outcomes import outcome_rows
from ml.ranges import Ranges, ranges
from ml.reasons import Themes
from ml.rolling import (
    KEY,
    OUTCOME,
    Forecast,
    Origin,
    chosen,
    closed_cutoffs,
    foretell,
    inputs_of,
    levelled,
    rolling_origins,
    shift_of,
    strongest_rule,
)
from ml.rules import FittedRule, fitted_rules
from ml.target import Target
from ml.threads import one_thread, side_by_side


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
        fitted: The model.
        rule: The rule of thumb that it had to beat.
        test: How they did forward in time.
        outcomes: Rows for PREDICTION_OUTCOMES.
        intervals: Of an amount how far off it may be.
        diagnosis: A closer look at the test, for pictures.
    """

    fitted: Fitted
    rule: FittedRule
    test: ForwardTest
    outcomes: list[dict[str, Any]]
    intervals: AmountIntervals | None
    diagnosis: Diagnosis


def learn(
    target: Target, history: pd.DataFrame, as_of_date: date | str, themes: Themes | None = None
) -> Learned | Untested:
    """Tests forward in time, then learns from all closed cutoffs.

    Args:
        target: what is predicted.
        history: one row a past as_of_date and customer that was asked of on it: as_of_date,
            customer_id, numeric inputs, NULL where unknown, and `outcome`, what came in the
            horizon. Row and column order do not matter.
        as_of_date: the day of the portrait. No window that is still open on it is looked at.
        themes: features by theme, whose importance is told together.

    Raises:
        ValueError: a column is missing or not numeric, a key occurs twice, or an outcome of a
            closed window is NULL.
    """
    today = pd.Timestamp(as_of_date)
    rows = numeric_rows(history)
    schemas.require_columns(rows, [OUTCOME], "history")
    closed = closed_cutoffs(rows["as_of_date"], today, target.window)
    rows = rows[rows["as_of_date"].isin(closed)].reset_index(drop=True)
    if rows[OUTCOME].isna().any():
        raise ValueError("history.outcome is NULL for a window that has closed")
    origins = rolling_origins(closed, target.window)
    if not origins:
        return Untested(_too_short(target, closed))
    made = _foretold(target, rows, origins)
    if made[-1] is None:
        return Untested(
            f"in the training windows or in the test window {target.name} is the same for all "
            "customers, so there is nothing to learn or to test"
        )
    raw = [one for one in made if one is not None]
    forecasts = levelled(target, raw)
    inputs, came = inputs_of(rows), rows[OUTCOME].to_numpy()
    with one_thread():
        rules = fitted_rules(target, inputs, came, rows["as_of_date"])
    rule = strongest_rule(target, forecasts, rules)
    candidate = chosen(target, forecasts, forecasts[-1])
    shift = shift_of(target, raw, candidate)
    of_all_days = partial(Fitted, target, candidate, inputs, came, shift)
    of_amounts = partial(_ranges, target, rows, raw, candidate)
    looked_at = partial(diagnose, target, rows, forecasts, raw, rule, themes or {})
    fitted, known_ranges, diagnosis = side_by_side((of_all_days, of_amounts, looked_at))
    outcomes = [
        row
        for forecast in forecasts
        for row in outcome_rows(target, forecast, chosen(target, forecasts, forecast), rule)
    ]
    latest = rows[rows["as_of_date"] == forecasts[-1].cutoff]
    of_groups = group_rows(
        target.kind,
        latest,
        forecasts[-1].outcome,
        forecasts[-1].expected[candidate],
        forecasts[-1].rules[rule],
    )
    test = _tested(target, forecasts, candidate, rule, [*known_ranges.metrics, *of_groups])
    return Learned(fitted, rules[rule], test, outcomes, known_ranges.intervals, diagnosis)


def _foretold(target: Target, rows: pd.DataFrame, origins: list[Origin]) -> list[Forecast | None]:
    """The forecasts from all origins, ascending; that from the latest with its methods."""
    latest = origins[-1]
    # It learns from the most days and takes longest, so it begins first.
    made = side_by_side(
        partial(foretell, target, rows, origin, keeps_fitted=origin is latest)
        for origin in reversed(origins)
    )
    return made[::-1]


def _ranges(target: Target, rows: pd.DataFrame, raw: list[Forecast], candidate: str) -> Ranges:
    """Of an amount how far off it may be; of an event nothing."""
    return ranges(target, rows, raw, candidate) if target.kind == "amount" else Ranges(None, [])


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


def _tested(
    target: Target,
    forecasts: list[Forecast],
    candidate: str,
    rule: str,
    others: list[dict[str, Any]],
) -> ForwardTest:
    """The test on the latest origin of the candidate that was chosen by those before it.

    `others` are metrics of its ranges and of groups of customers.
    """
    latest = forecasts[-1]
    scoring = SCORING[target.kind]
    rows = scoring.compare(latest.outcome, latest.expected[candidate], latest.rules[rule])
    rows += gain_rows(target, latest, candidate, rule)
    verdict = scoring.judge(target, rule, rows)
    rows += others
    of_candidates = candidate_rows(target, forecasts, rule)
    cutoff = latest.cutoff.date().isoformat()
    return ForwardTest(cutoff, [*rows, *strongest_rows(latest), *of_candidates], verdict)


def numeric_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows by key; inputs are float64, in the order of names."""
    schemas.require_columns(rows, KEY, "features")
    inputs = sorted(set(rows.columns) - set(KEY))
    dated = rows.assign(as_of_date=pd.to_datetime(rows["as_of_date"]))[[*KEY, *inputs]]
    return schemas.sort_by_key(schemas.numeric(dated, inputs, "features"), KEY, "features")
