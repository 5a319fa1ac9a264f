"""Has a probability model earned its place? It is compared with the rule it is to replace.

What is served must also be of use at all: a model that is surely better than a bad rule may still
rank hardly better than a coin.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import nan
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ml import evaluation

Floats = NDArray[np.float64]


# Between .5, a coin, and .7, from which on discrimination is called acceptable (Hosmer, Lemeshow
# and Sturdivant 2013, section 5.2.4).
MINIMUM_AUC = 0.6
# A campaign that counts on 30 of 100 customers gets 20 to 40.
MAXIMUM_CALIBRATION_ERROR = 0.1

# How the names of the metrics of a calibration bin begin.
CALIBRATION_BIN = "calibration_bin_"

Served = Literal["model", "baseline", "nothing"]


@dataclass(frozen=True)
class Verdict:
    """What is served, and why in plain words."""

    served: Served
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
    """Decides by the rows of `compare` what is served.

    It is the model when its gain in log loss is positive beyond doubt, that is, the lower end of
    the 95 % interval is above 0, and its AUC is no lower than the baseline's. In doubt the
    simple rule wins: it is the one that people can check by hand. Neither is served where it
    ranks hardly better than a coin, or its probabilities are far from what happened.
    """
    by_name = {row["metric"]: row for row in rows}
    gain, auc = by_name["log_loss_gain"], by_name["roc_auc"]
    error = by_name["calibration_error_beyond_chance"]
    is_better = gain["lower_bound"] > 0 and auc["value"] >= auc["baseline_value"]
    served: Served = "nothing"
    if _is_useful(auc["baseline_value"], error["baseline_value"]):
        served = "baseline"
    if is_better and _is_useful(auc["value"], error["value"]):
        served = "model"
    return Verdict(
        served,
        f"{served} {'is ' if served == 'nothing' else ''}served: against the rate by recency band "
        f"the model gains {gain['value']:.4f} log loss (95 % {gain['lower_bound']:.4f} to "
        f"{gain['upper_bound']:.4f}) and has AUC {auc['value']:.3f} against "
        f"{auc['baseline_value']:.3f}; a gain surely above 0 and an AUC no lower serve the model, "
        f"and neither is served with an AUC below {MINIMUM_AUC:g} or probabilities further off "
        f"than {MAXIMUM_CALIBRATION_ERROR:g} beyond chance",
    )


def _is_useful(auc: float, calibration_error: float) -> bool:
    return auc >= MINIMUM_AUC and calibration_error <= MAXIMUM_CALIBRATION_ERROR


def calibration_rows(event: NDArray[np.bool_], model: Floats) -> Iterator[dict[str, Any]]:
    """Gives predicted and observed rate of each calibration bin, with its customers."""
    bins = evaluation.calibration_bins(evaluation.tally(event, model))
    table = zip(bins.probability, bins.events, bins.customers, strict=True)
    for number, (predicted, events, customers) in enumerate(table, start=1):
        name = f"{CALIBRATION_BIN}{number:02}"
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
