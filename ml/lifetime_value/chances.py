"""How likely each number of purchases to come is, and between which numbers it probably lies."""

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import ArrayLike
from scipy.special import gammaln

from ml.lifetime_value.grouped import Histories, Numbers
from ml.lifetime_value.purchase_model import PurchaseModel

_NODES, _WEIGHTS = leggauss(24)
_MOST = 1_000


def purchase_chance(
    model: PurchaseModel, histories: Histories, horizon: ArrayLike, count: int
) -> Numbers:
    """The chance of exactly so many purchases within a horizon.

    The likelihood of a history is that of any x moments of which the last is its recency. With y
    more, of which the last comes after a time t, there are t^(y-1) / (y-1)! ways for those between.
    So the chance is the integral of (likelihood then / likelihood now) over t, for any model.

    Args:
        model: Of purchases.
        histories: Of the customers.
        horizon: From the end of observation, in units of time; one or one a customer.
        count: y, from 0.
    """
    ahead = np.broadcast_to(np.asarray(horizon, dtype=float), (len(histories),))
    now = model.log_likelihoods(histories)[0]
    then = histories.observed + ahead
    if count == 0:
        quiet = Histories(histories.frequency, histories.recency, then, histories.weight)
        return np.asarray(np.exp(model.log_likelihoods(quiet)[0] - now))
    # Steps are even in the square root of time, since customers leave early.
    root = (1 + _NODES) / 2
    age = (ahead[:, None] * root**2).ravel()
    many = len(root)
    busy = Histories(
        np.repeat(histories.frequency + count, many),
        np.repeat(histories.observed, many) + age,
        np.repeat(then, many),
        np.repeat(histories.weight, many),
    )
    # Who began today has had no time: there is no way, and no logarithm of 0.
    ways = (count - 1) * np.log(np.where(age > 0, age, 1.0)) - gammaln(count)
    logs = model.log_likelihoods(busy)[0] - np.repeat(now, many) + ways
    density = np.where(age > 0, np.exp(logs), 0.0).reshape(-1, many)
    return np.asarray(ahead * (density @ (_WEIGHTS * root)))


def purchase_interval(
    model: PurchaseModel, histories: Histories, horizon: float, share: float = 0.8
) -> tuple[Numbers, Numbers]:
    """Between which numbers of purchases a customer's lies with a chance of at least `share`.

    Returns:
        The lower and upper number, both within: below and above are at most half of what is left.
    """
    tail = (1 - share) / 2
    lower, upper = np.full((2, len(histories)), np.nan)
    below = np.zeros(len(histories))
    open_rows = np.arange(len(histories))
    for count in range(_MOST + 1):
        below[open_rows] += purchase_chance(model, histories.take(open_rows), horizon, count)
        reached = open_rows[below[open_rows] > tail]
        lower[reached] = np.where(np.isnan(lower[reached]), count, lower[reached])
        is_closed = below[open_rows] >= 1 - tail
        upper[open_rows[is_closed]] = count
        open_rows = open_rows[~is_closed]
        if not len(open_rows):
            break
    return lower, upper
