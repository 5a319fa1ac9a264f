"""Has a probability model earned its place? It is compared with the rule it is to replace.

What is served must also be of use at all: a model that is surely better than a bad rule may still
rank hardly better than a coin.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import nan
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ml import evaluation
from ml.calibration import calibration_intervals
from ml.target import Floors, Target

Floats = NDArray[np.float64]


# How the names of the metrics of a calibration bin begin.
CALIBRATION_BIN = "calibration_bin_"
# How the names of metrics of a group of customers begin.
GROUP = "of_"
# How the names of gains over rules begin, beside the one that a model is compared with.
GAIN_OVER = "gain_over_"

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
    errors = calibration_intervals(event, model)
    others = {name: one for name, one in evaluation.METRICS.items() if name not in errors}
    intervals = evaluation.bootstrap_intervals(event, model, others) | errors
    rows = [
        metric_row(name, metric(outcomes), intervals[name], metric(baseline_outcomes), len(event))
        for name, metric in evaluation.METRICS.items()
    ]
    losses = (evaluation.log_loss_by_customer(event, p) for p in (baseline, model))
    gain = np.subtract(*losses)
    interval = evaluation.bootstrap_mean_interval(gain)
    return [*rows, metric_row("log_loss_gain", float(gain.mean()), interval, 0.0, len(event))]


def judge(target: Target, rule: str, rows: list[dict[str, Any]]) -> Verdict:
    """Decides by the rows of `compare`, and of gains over other rules, what is served.

    It is the model when its gain in log loss over each rule is positive beyond doubt, that is, the
    lower end of the 95 % interval is above 0, and its AUC is no lower than the rule's that it is
    compared with. In doubt the simple rule wins: it is the one that people can check by hand.
    Neither is served where it ranks hardly better than a coin, or its probabilities are far from
    what happened, one by one or all together.
    """
    by_name = {row["metric"]: row for row in rows}
    gain, auc = by_name["log_loss_gain"], by_name["roc_auc"]
    error, bias = by_name["calibration_error_beyond_chance"], by_name["bias_of_sum"]
    floors = target.floors

    def is_useful(side: str) -> bool:
        is_calibrated = error[side] <= floors.maximum_calibration_error
        is_one = is_calibrated and is_near(bias, side, floors)
        return bool(auc[side] >= floors.minimum_auc and is_one)

    others = unbeaten(rows)
    is_better = gain["lower_bound"] > 0 and auc["value"] >= auc["baseline_value"] and not others
    served = what_is_served(is_better, is_useful)
    return Verdict(
        served,
        f"{opening(served)}: against the {words(rule)} "
        f"the model gains {gain['value']:.4f} log loss (95 % {gain['lower_bound']:.4f} to "
        f"{gain['upper_bound']:.4f}) and has AUC {auc['value']:.3f} against "
        f"{auc['baseline_value']:.3f}, and its sum was off by {bias['value']:+.0%} where the "
        f"baseline's was by {bias['baseline_value']:+.0%}{in_doubt(others)}; "
        "a gain surely above 0 and an AUC no lower serve the model, and neither is served with an "
        f"AUC below {floors.minimum_auc:g}, probabilities further off than "
        f"{floors.maximum_calibration_error:g} or a sum off by more than {floors.maximum_bias:.0%} "
        "beyond chance",
    )


def unbeaten(rows: list[dict[str, Any]]) -> list[str]:
    """The rules, beside the one that is compared with, over which there is no sure gain."""
    return [
        row["metric"].removeprefix(GAIN_OVER)
        for row in rows
        if row["metric"].startswith(GAIN_OVER) and not row["lower_bound"] > 0
    ]


def in_doubt(others: list[str]) -> str:
    """What a reason says of rules over which there is no sure gain."""
    if not others:
        return ""
    return f"; it is not surely better than the {' and the '.join(map(words, others))}"


def is_near(bias: dict[str, Any], side: str, floors: Floors) -> bool:
    """Whether a sum was no further off than it may be, but for what chance would explain."""
    by_chance = (bias["upper_bound"] - bias["lower_bound"]) / 2
    return bool(abs(bias[side]) <= floors.maximum_bias + by_chance)


def what_is_served(is_better: bool, is_useful: Callable[[str], bool]) -> Served:
    """The model if it is better and of use, else the baseline if that is of use."""
    if is_better and is_useful("value"):
        return "model"
    return "baseline" if is_useful("baseline_value") else "nothing"


def opening(served: Served) -> str:
    """How the reason of a verdict begins."""
    return "nothing is served" if served == "nothing" else f"{served} served"


def words(name: str) -> str:
    """A name as people write it."""
    return name.replace("_", " ")


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
