"""How good are expected amounts: in rank, in sum, customer by customer, and how sure we are.

Amounts are skewed and many are nothing, so no one figure tells all. The absolute error is least
for the median, which is often nothing; what is to be summed up must be a mean. The deviance is
least for the mean, and by it methods are chosen.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from ml.evaluation import bootstrap_interval

Floats = NDArray[np.float64]
Metric = Callable[[Floats, Floats], float]

# An expectation of nothing where something came would cost infinity: this share of the mean
# outcome is the least that counts as expected.
_LEAST_SHARE = 1e-3


def deviance_by_customer(amount: Floats, expected: Floats) -> Floats:
    """Deviance of the compound Poisson-gamma distribution of power 1.5, shape (n,).

    4 (√y - √m)² / √m, in roots of the currency: what scikit-learn's mean_tweedie_deviance gives.
    Least where m is the mean, and calm about large amounts (Jørgensen 1987, Gneiting 2011).

    Args:
        amount: shape (n,), what came; below nothing counts as nothing.
        expected: shape (n,), 0 or more.
    """
    came = np.clip(amount, 0, None)
    least = max(_LEAST_SHARE * float(came.mean()), np.finfo(float).tiny) if len(came) else 0.0
    root = np.sqrt(np.clip(expected, least, None))
    deviance: Floats = 4 * (np.sqrt(came) - root) ** 2 / root
    return deviance


def mean_deviance(amount: Floats, expected: Floats) -> float:
    """The mean of `deviance_by_customer`."""
    return float(deviance_by_customer(amount, expected).mean())


def mean_absolute_error(amount: Floats, expected: Floats) -> float:
    """Mean distance of what was expected and what came, in the currency."""
    return float(np.abs(amount - expected).mean())


def rank_correlation(amount: Floats, expected: Floats) -> float:
    """Spearman's, ties at their mean rank; NaN where either is the same for all."""
    ranks = [rankdata(values) - (len(values) + 1) / 2 for values in (amount, expected)]
    norm = np.sqrt((ranks[0] @ ranks[0]) * (ranks[1] @ ranks[1]))
    return float(ranks[0] @ ranks[1] / norm) if norm > 0 else float("nan")


def bias_of_sum(amount: Floats, expected: Floats) -> float:
    """How much more was expected of all than came, as a share of it; NaN where nothing came."""
    came = float(amount.sum())
    return float(expected.sum()) / came - 1 if came > 0 else float("nan")


METRICS: Mapping[str, Metric] = {
    "mean_absolute_error": mean_absolute_error,
    "rank_correlation": rank_correlation,
    "bias_of_sum": bias_of_sum,
    "mean_deviance": mean_deviance,
}
"""The metrics every expected amount reports, by the name they are published under."""


def amount_intervals(
    amount: Floats, expected: Floats, replicates: int = 200, seed: int = 0
) -> dict[str, tuple[float, float]]:
    """95 % percentile intervals of METRICS, customers drawn with replacement (Efron 1979)."""
    generator = np.random.default_rng(seed)
    draws: dict[str, list[float]] = {name: [] for name in METRICS}
    for _ in range(replicates):
        drawn = generator.integers(0, len(amount), len(amount))
        for name, metric in METRICS.items():
            draws[name].append(metric(amount[drawn], expected[drawn]))
    return {name: bootstrap_interval(values) for name, values in draws.items()}
