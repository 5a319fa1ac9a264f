"""What forecasts from past days say of methods and features, as rows of MODEL_METRICS."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.evaluation import bootstrap_mean_interval
from ml.gate import GAIN_OVER, metric_row
from ml.kinds import SCORING
from ml.leakage import FEW_CUSTOMERS
from ml.rolling import Forecast
from ml.target import Target

Floats = NDArray[np.float64]


def candidate_rows(
    target: Target, forecasts: Sequence[Forecast], rule: str
) -> list[dict[str, Any]]:
    """MODEL_METRICS of each rule and candidate: its mean loss, that of a rule beside it.

    Of the days from which all have foretold that foretold from the latest, so that they compare.
    """
    loss = SCORING[target.kind].loss
    told = [{**one.rules, **one.expected} for one in forecasts]
    names = [
        *(one.name for one in target.baselines if one.name in told[-1]),
        *(name for name in target.candidates if name in told[-1]),
    ]
    shared = [
        (one.outcome, all_told)
        for one, all_told in zip(forecasts, told, strict=True)
        if all(name in all_told for name in names)
    ]

    def losses(name: str) -> Floats:
        return np.concatenate([loss(outcome, all_told[name]) for outcome, all_told in shared])

    beside = float(losses(rule).mean())
    rows = []
    for name in names:
        own = losses(name)
        row = metric_row(
            "rolling_loss",
            float(own.mean()),
            bootstrap_mean_interval(own),
            beside,
            len(own),
        )
        note = forecasts[-1].kept.get(name)
        rows.append({**row, "model_name": target.model_name(name), "note": note})
    return rows


def gain_rows(
    target: Target, forecast: Forecast, candidate: str, rule: str
) -> list[dict[str, Any]]:
    """MODEL_METRICS of what a candidate gains over each rule but the one it is compared with."""
    loss = SCORING[target.kind].loss
    own = loss(forecast.outcome, forecast.expected[candidate])
    rows = []
    for name, told in forecast.rules.items():
        if name != rule:
            gain = loss(forecast.outcome, told) - own
            interval = bootstrap_mean_interval(gain)
            rows.append(
                metric_row(f"{GAIN_OVER}{name}", float(gain.mean()), interval, 0.0, len(gain))
            )
    return rows


def strongest_rows(forecast: Forecast) -> list[dict[str, Any]]:
    """MODEL_METRICS of the feature that alone tells most, which its note names; none of few."""
    if len(forecast.outcome) < FEW_CUSTOMERS:
        return []
    name, strength = forecast.strongest
    row = metric_row("strongest_feature", strength, customer_count=len(forecast.outcome))
    return [{**row, "note": name}]
