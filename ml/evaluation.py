"""How good are predicted probabilities: ranking, calibration, and how sure we are of the figures.

Every metric here is a function of a `Tally`: customers with the same predicted probability share
one row. So tied predictions are treated alike, whatever the order of the customers, and a
bootstrap replicate is two weighted counts and no sorting. The four metrics that scikit-learn has
too agree with its results (roc_auc_score, average_precision_score, brier_score_loss, log_loss).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import SupportsFloat

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

CALIBRATION_BINS = 10
TOP_SHARE = 0.1


@dataclass(frozen=True)
class Tally:
    """Weighted outcomes by predicted probability, in ascending order of probability.

    Attributes:
        probability: shape (n_distinct,), the distinct predicted probabilities.
        events: shape (n_distinct,), customers with the event.
        non_events: shape (n_distinct,), customers without it.
    """

    probability: Floats
    events: Floats
    non_events: Floats

    @property
    def customers(self) -> Floats:
        """All customers by distinct probability, shape (n_distinct,)."""
        return self.events + self.non_events


Metric = Callable[[Tally], float]


def tally(has_event: ArrayLike, probability: ArrayLike) -> Tally:
    """Counts outcomes by distinct predicted probability.

    Args:
        has_event: shape (n,), booleans or 0 and 1.
        probability: shape (n,), predicted probability of the event, 0..1.

    Raises:
        ValueError: the shapes differ, or a probability is not a number in 0..1.
    """
    event, score = _checked(has_event, probability)
    distinct, group = np.unique(score, return_inverse=True)
    return _count(distinct, group, event, np.ones_like(score))


def _checked(has_event: ArrayLike, probability: ArrayLike) -> tuple[Floats, Floats]:
    event = np.asarray(has_event, dtype=np.float64)
    score = np.asarray(probability, dtype=np.float64)
    if event.shape != score.shape or event.ndim != 1:
        raise ValueError(f"one outcome a probability, got {event.shape} and {score.shape}")
    if not np.isin(event, (0.0, 1.0)).all():
        raise ValueError("outcomes must be true or false")
    if not ((score >= 0) & (score <= 1)).all():  # NaN fails both comparisons
        raise ValueError("probabilities must lie in 0..1")
    return event, score


def _count(distinct: Floats, group: NDArray[np.intp], event: Floats, weight: Floats) -> Tally:
    events = _sum_by(group, weight * event, len(distinct))
    non_events = _sum_by(group, weight * (1 - event), len(distinct))
    return Tally(distinct, events, non_events)


def _sum_by(group: NDArray[np.intp], values: Floats, groups: int) -> Floats:
    return np.bincount(group, values, minlength=groups).astype(np.float64)


def base_rate(outcomes: Tally) -> float:
    """Share of customers with the event; NaN without customers."""
    return _ratio(outcomes.events.sum(), outcomes.customers.sum())


def roc_auc(outcomes: Tally) -> float:
    """Chance that a customer with the event is ranked above one without; a tie counts a half.

    NaN when all customers have the same outcome. Hanley and McNeil (1982).
    """
    below = np.cumsum(outcomes.non_events) - outcomes.non_events
    wins = outcomes.events @ (below + outcomes.non_events / 2)
    return _ratio(wins, outcomes.events.sum() * outcomes.non_events.sum())


def average_precision(outcomes: Tally) -> float:
    """Area under the precision-recall steps: the mean precision at which events are found.

    NaN when no customer has the event. A random ranking gives the base rate.
    """
    found = np.cumsum(outcomes.events[::-1])
    looked_at = np.cumsum(outcomes.customers[::-1])
    precision = np.divide(found, looked_at, out=np.zeros_like(found), where=looked_at > 0)
    return _ratio(outcomes.events[::-1] @ precision, outcomes.events.sum())


def brier_score(outcomes: Tally) -> float:
    """Mean squared difference of probability and outcome (Brier 1950); 0 is best."""
    p = outcomes.probability
    loss = outcomes.events @ (1 - p) ** 2 + outcomes.non_events @ p**2
    return _ratio(loss, outcomes.customers.sum())


def log_loss(outcomes: Tally) -> float:
    """Mean of -log(probability given to what happened), in nats; 0 is best."""
    if_event, if_not = _log_losses(outcomes.probability)
    loss = outcomes.events @ if_event + outcomes.non_events @ if_not
    return _ratio(loss, outcomes.customers.sum())


def log_loss_by_customer(has_event: ArrayLike, probability: ArrayLike) -> Floats:
    """-log(probability given to what happened), in nats, shape (n,)."""
    event, score = _checked(has_event, probability)
    if_event, if_not = _log_losses(score)
    return np.where(event == 1, if_event, if_not)


def _log_losses(probability: Floats) -> tuple[Floats, Floats]:
    # A probability of exactly 0 or 1 would cost infinity; scikit-learn clips at the same place.
    p = np.clip(probability, np.finfo(np.float64).eps, 1 - np.finfo(np.float64).eps)
    return -np.log(p), -np.log1p(-p)


def calibration_bins(outcomes: Tally, bins: int = CALIBRATION_BINS) -> Tally:
    """Groups customers into bins of equal count by predicted probability.

    Customers with equal predictions stay together, in the bin of their middle rank; so bins are
    of equal count only as far as ties allow, and a bin may be missing.

    Returns:
        One row a non-empty bin, ascending: mean predicted probability, events, non-events.
    """
    customers = outcomes.customers
    middle_rank = (np.cumsum(customers) - customers / 2) / max(customers.sum(), 1)
    bin_of = np.minimum((middle_rank * bins).astype(np.intp), bins - 1)
    predicted, events, non_events = (
        _sum_by(bin_of, counts, bins)
        for counts in (customers * outcomes.probability, outcomes.events, outcomes.non_events)
    )
    filled = events + non_events > 0
    mean_predicted = predicted[filled] / (events + non_events)[filled]
    return Tally(mean_predicted, events[filled], non_events[filled])


def expected_calibration_error(outcomes: Tally) -> float:
    """Mean distance of predicted and observed rates over ten bins of equal count, 0..1.

    sum over bins of (customers in bin / customers) * |mean prediction - observed rate|:
    Naeini, Cooper and Hauskrecht (2015), with bins of equal count instead of equal width because
    purchase probabilities crowd at one end.
    """
    binned = calibration_bins(outcomes)
    gap = np.abs(binned.probability * binned.customers - binned.events)
    return _ratio(gap.sum(), binned.customers.sum())


def calibration_error_beyond_chance(outcomes: Tally) -> float:
    """The expected calibration error, less what chance alone would show.

    Where every probability is right, the observed rate of a bin of m customers still differs from
    p, on average by sqrt(2 p (1 - p) / (pi m)): the mean distance of a normal variable. Of 50
    customers in ten bins that is up to .18, of 2,500 no more than .03.
    """
    binned = calibration_bins(outcomes)
    p, customers = binned.probability, binned.customers
    by_chance = np.sqrt(2 * p * (1 - p) * customers / np.pi)  # times m
    return expected_calibration_error(outcomes) - _ratio(by_chance.sum(), customers.sum())


def bias_of_sum(outcomes: Tally) -> float:
    """How many more events were expected of all than came, as a share of those; NaN without."""
    expected = outcomes.probability @ outcomes.customers
    return _ratio(expected - outcomes.events.sum(), outcomes.events.sum())


def top_decile_lift(outcomes: Tally) -> float:
    """Event rate among the tenth of customers ranked highest, over the rate of all.

    When the tenth cuts through customers with equal predictions, it takes its share of their
    events: the expected value of drawing among them at random. NaN without events.
    """
    customers = outcomes.customers[::-1]
    room = TOP_SHARE * customers.sum() - (np.cumsum(customers) - customers)
    taken = np.clip(room, 0, customers)
    share = np.divide(taken, customers, out=np.zeros_like(taken), where=customers > 0)
    top_rate = _ratio(outcomes.events[::-1] @ share, taken.sum())
    return _ratio(top_rate, base_rate(outcomes))


def _ratio(numerator: SupportsFloat, denominator: SupportsFloat) -> float:
    return float(numerator) / float(denominator) if float(denominator) > 0 else float("nan")


METRICS: Mapping[str, Metric] = {
    "roc_auc": roc_auc,
    "pr_auc": average_precision,
    "brier_score": brier_score,
    "log_loss": log_loss,
    "expected_calibration_error": expected_calibration_error,
    "calibration_error_beyond_chance": calibration_error_beyond_chance,
    "bias_of_sum": bias_of_sum,
    "top_decile_lift": top_decile_lift,
    "base_rate": base_rate,
}
"""The metrics every probability model reports, by the name they are published under."""


def bootstrap_weights(customers: int, replicates: int, seed: int) -> Iterator[Floats]:
    """How often each customer is drawn in each bootstrap replicate, shape (customers,) each.

    The same arguments give the same draws, which makes two intervals comparable pair by pair.
    """
    generator = np.random.default_rng(seed)
    for _ in range(replicates):
        drawn = generator.integers(0, customers, customers)
        yield np.bincount(drawn, minlength=customers).astype(np.float64)


def bootstrap_intervals(
    has_event: ArrayLike,
    probability: ArrayLike,
    metrics: Mapping[str, Metric] = METRICS,
    replicates: int = 200,
    seed: int = 0,
) -> dict[str, tuple[float, float]]:
    """95 % percentile intervals of metrics, customers drawn with replacement (Efron 1979).

    Args:
        has_event: shape (n,), one row a customer.
        probability: shape (n,), 0..1.
        metrics: by name.
        replicates: how many draws.
        seed: of the draws.

    Returns:
        (lower, upper) by metric name; NaN where the metric is defined in no replicate.
    """
    draws = bootstrap_draws(has_event, probability, metrics, replicates, seed)
    return {name: bootstrap_interval(values) for name, values in draws.items()}


def bootstrap_draws(
    has_event: ArrayLike,
    probability: ArrayLike,
    metrics: Mapping[str, Metric],
    replicates: int,
    seed: int,
) -> dict[str, list[float]]:
    """What metrics are of customers drawn with replacement, by name, a number a replicate."""
    event, score = _checked(has_event, probability)
    distinct, group = np.unique(score, return_inverse=True)
    draws: dict[str, list[float]] = {name: [] for name in metrics}
    for weight in bootstrap_weights(len(score), replicates if len(score) else 0, seed):
        outcomes = _count(distinct, group, event, weight)
        for name, metric in metrics.items():
            draws[name].append(metric(outcomes))
    return draws


def bootstrap_mean_interval(
    values: ArrayLike, replicates: int = 200, seed: int = 0
) -> tuple[float, float]:
    """95 % percentile interval of the mean of one value a customer, shape (n,)."""
    value = np.asarray(values, dtype=np.float64)
    weights = bootstrap_weights(len(value), replicates if len(value) else 0, seed)
    return bootstrap_interval([float(weight @ value) / len(value) for weight in weights])


def bootstrap_interval(draws: list[float]) -> tuple[float, float]:
    """The middle 95 % of a metric's draws; NaN where it is defined in none."""
    defined = [draw for draw in draws if not np.isnan(draw)]
    if not defined:
        return float("nan"), float("nan")
    lower, upper = np.quantile(defined, (0.025, 0.975))
    return float(lower), float(upper)
