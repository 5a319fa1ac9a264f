"""Has a probability model earned its place? It is compared with the rule it is to replace."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import evaluation

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Verdict:
    """Whether the model is served, and why in plain words."""

    is_model_served: bool
    reason: str


def compare(event: NDArray[np.bool_], model: Floats, baseline: Floats) -> list[dict[str, Any]]:
    """Gives each metric of the model with its interval, and the baseline's value beside it.

    `log_loss_gain` is the baseline's log loss minus the model's; its interval comes from the
    same draws for both, so it is far narrower than the two intervals suggest.

    Args:
        event: shape (n,), what happened.
        model: shape (n,), predicted probability.
        baseline: shape (n,), predicted probability.
    """
    outcomes, baseline_outcomes = evaluation.tally(event, model), evaluation.tally(event, baseline)
    intervals = evaluation.bootstrap_intervals(event, model)
    rows = [
        metric_row(name, metric(outcomes), intervals[name], metric(baseline_outcomes), len(event))
        for name, metric in evaluation.METRICS.items()
    ]
    losses = (evaluation.log_loss_by_customer(event, p) for p in (baseline, model))
    gain = np.subtract(*losses)
    interval = evaluation.bootstrap_mean_interval(gain)
    return [*rows, metric_row("log_loss_gain", float(gain.mean()), interval, 0.0, len(event))]


def judge(rows: list[dict[str, Any]]) -> Verdict:
    """Decides by the rows of `compare` whether the model has earned its place.

    It is served when its gain in log loss is positive beyond doubt, that is, the lower end of
    the 95 % interval is above 0, and its AUC is no lower than the baseline's. In doubt the
    simple rule wins: it is the one that people can check by hand.
    """
    by_name = {row["metric"]: row for row in rows}
    gain, auc = by_name["log_loss_gain"], by_name["roc_auc"]
    is_served = gain["lower_bound"] > 0 and auc["value"] >= auc["baseline_value"]
    return Verdict(
        bool(is_served),
        f"{'model' if is_served else 'baseline'} served: against the rate by recency band the "
        f"model gains {gain['value']:.4f} log loss (95 % {gain['lower_bound']:.4f} to "
        f"{gain['upper_bound']:.4f}) and has AUC {auc['value']:.3f} against "
        f"{auc['baseline_value']:.3f}; served means a gain surely above 0 and an AUC no lower",
    )


def calibration_rows(event: NDArray[np.bool_], model: Floats) -> Iterator[dict[str, Any]]:
    """Gives predicted and observed rate of each calibration bin, with its customers."""
    bins = evaluation.calibration_bins(evaluation.tally(event, model))
    table = zip(bins.probability, bins.events, bins.customers, strict=True)
    for number, (predicted, events, customers) in enumerate(table, start=1):
        name = f"calibration_bin_{number:02}"
        yield metric_row(f"{name}_predicted", predicted, customer_count=int(customers))
        yield metric_row(f"{name}_observed", events / customers, customer_count=int(customers))


def metric_row(
    name: str,
    value: float,
    interval: tuple[float, float] = (nan, nan),
    baseline_value: float = nan,
    customer_count: int = 0,
) -> dict[str, Any]:
    """Gives one row of MODEL_METRICS, without the columns that all rows share."""
    return {
        "metric": name,
        "value": value,
        "lower_bound": interval[0],
        "upper_bound": interval[1],
        "baseline_value": baseline_value,
        "customer_count": customer_count,
    }
