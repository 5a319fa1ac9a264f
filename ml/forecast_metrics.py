"""What forecasts from past days say of methods, features and ranges, as rows of MODEL_METRICS."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ml.evaluation import bootstrap_mean_interval
from ml.gate import metric_row
from ml.intervals import AmountIntervals
from ml.kinds import SCORING
from ml.leakage import FEW_CUSTOMERS
from ml.level import shifted
from ml.rolling import Forecast, known_on, shift_of
from ml.target import Target


def candidate_rows(target: Target, forecasts: Sequence[Forecast]) -> list[dict[str, Any]]:
    """MODEL_METRICS of each candidate: its mean loss, the baseline's beside it.

    Of the days from which all have foretold that foretold from the latest, so that they compare.
    """
    loss = SCORING[target.kind].loss
    names = [name for name in target.candidates if name in forecasts[-1].expected]
    shared = [one for one in forecasts if all(name in one.expected for name in names)]
    rule = np.concatenate([loss(one.outcome, one.baseline) for one in shared])
    rows = []
    for name in names:
        own = np.concatenate([loss(one.outcome, one.expected[name]) for one in shared])
        row = metric_row(
            "rolling_loss",
            float(own.mean()),
            bootstrap_mean_interval(own),
            float(rule.mean()),
            len(own),
        )
        rows.append({**row, "model_name": target.model_name(name)})
    return rows


def strongest_rows(forecast: Forecast) -> list[dict[str, Any]]:
    """MODEL_METRICS of the feature that alone tells most, which its note names; none of few."""
    if len(forecast.outcome) < FEW_CUSTOMERS:
        return []
    name, strength = forecast.strongest
    row = metric_row("strongest_feature", strength, customer_count=len(forecast.outcome))
    return [{**row, "note": name}]


def learned_intervals(
    target: Target, forecasts: Sequence[Forecast], candidate: str
) -> AmountIntervals | None:
    """How far off a candidate's amounts were on past days, with the level put right by these days.

    None where it has foretold from none. The forecasts are not yet shifted.
    """
    made = [one for one in forecasts if candidate in one.expected]
    if not made:
        return None
    expected = np.concatenate([one.expected[candidate] for one in made])
    return AmountIntervals().fit(
        shifted(target.kind, expected, shift_of(target, made, candidate)),
        np.concatenate([one.outcome for one in made]),
    )


def coverage_rows(
    target: Target, forecasts: Sequence[Forecast], candidate: str
) -> list[dict[str, Any]]:
    """How often what came on the latest day lay in the range that earlier days had said.

    The forecasts are not yet shifted.
    """
    latest = forecasts[-1]
    known = known_on(target, forecasts, latest.cutoff)
    intervals = learned_intervals(target, known, candidate)
    if intervals is None:
        return []
    shift = shift_of(target, known, candidate)
    expected = shifted(target.kind, latest.expected[candidate], shift)
    covered = intervals.coverage(expected, latest.outcome)
    return [metric_row("interval_coverage", covered, customer_count=len(latest.outcome))]
