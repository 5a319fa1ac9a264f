"""Has a model of amounts earned its place? It is compared with the rule it is to replace."""

from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import amount_evaluation as evaluation
from ml.evaluation import bootstrap_mean_interval
from ml.gate import (
    Verdict,
    in_doubt,
    is_near,
    metric_row,
    opening,
    unbeaten,
    what_is_served,
    words,
)
from ml.target import Target

Floats = NDArray[np.float64]


def compare(amount: Floats, model: Floats, baseline: Floats) -> list[dict[str, Any]]:
    """Gives each metric of the model with its interval, and the baseline's value beside it.

    `deviance_gain` is the baseline's mean deviance minus the model's, its interval from the
    differences customer by customer; `expected_amount` the sums, beside what came.

    Args:
        amount: shape (n,), what came.
        model: shape (n,), expected by the model.
        baseline: shape (n,), expected by the rule.
    """
    intervals = evaluation.amount_intervals(amount, model)
    rows = [
        metric_row(
            name, metric(amount, model), intervals[name], metric(amount, baseline), len(amount)
        )
        for name, metric in evaluation.METRICS.items()
    ]
    gain = np.subtract(*(evaluation.deviance_by_customer(amount, e) for e in (baseline, model)))
    interval = bootstrap_mean_interval(gain)
    return [
        *rows,
        metric_row("deviance_gain", float(gain.mean()), interval, 0.0, len(amount)),
        metric_row(
            "expected_amount", float(model.sum()), (nan, nan), float(baseline.sum()), len(amount)
        ),
        metric_row("actual_amount", float(amount.sum()), customer_count=len(amount)),
    ]


def judge(target: Target, rule: str, rows: list[dict[str, Any]]) -> Verdict:
    """Decides by the rows of `compare`, and of gains over other rules, what is served.

    It is the model when its gain in deviance over each rule is positive beyond doubt and it ranks
    customers no worse than the rule that it is compared with. Neither is served where it hardly
    ranks them, or where what it expects of all together is far from what came.
    """
    by_name = {row["metric"]: row for row in rows}
    gain, rank, bias = (
        by_name[name] for name in ("deviance_gain", "rank_correlation", "bias_of_sum")
    )
    floors = target.floors

    def is_useful(side: str) -> bool:
        is_ranked = rank[side] >= floors.minimum_rank_correlation
        return bool(is_ranked and is_near(bias, side, floors))

    # Of a rule that says the same of all there is no correlation.
    is_ahead = not rank["value"] < rank["baseline_value"]
    others = unbeaten(rows)
    is_better = gain["lower_bound"] > 0 and is_ahead and not others
    served = what_is_served(is_better, is_useful)
    return Verdict(
        served,
        f"{opening(served)}: against the {words(rule)} "
        f"the model gains {gain['value']:.4f} deviance (95 % {gain['lower_bound']:.4f} to "
        f"{gain['upper_bound']:.4f}), has rank correlation {rank['value']:.3f} against "
        f"{rank['baseline_value']:.3f}, and its sum was off by {bias['value']:+.0%} where the "
        f"baseline's was by {bias['baseline_value']:+.0%}{in_doubt(others)}; "
        "a gain surely above 0 and a correlation no lower serve the model, and neither is served "
        f"with a correlation below {floors.minimum_rank_correlation:g} or a sum off by more than "
        f"{floors.maximum_bias:.0%} beyond chance",
    )
