"""NBD: customers buy at a steady rate of their own and never leave. The fallback of the others.

Source: Ehrenberg, The pattern of consumer purchases, Applied Statistics 8 (1959).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, gammaln

from ml.lifetime_value.grouped import Histories, Numbers


@dataclass(frozen=True)
class Nbd:
    """Gamma mixture of Poisson processes: r its shape, alpha its rate in units of time."""

    r: float
    alpha: float

    name: ClassVar[str] = "nbd"
    in_time: ClassVar[frozenset[str]] = frozenset({"alpha"})
    starts: ClassVar[tuple[tuple[float, ...], ...]] = ((0.5, 0.3), (2.0, 1.0))

    def log_likelihoods(self, histories: Histories) -> tuple[Numbers, Numbers]:
        """Of each history, and its gradient by r and alpha: a row a parameter."""
        r, alpha, x = self.r, self.alpha, histories.frequency
        observed = alpha + histories.observed
        shapes = histories.by_frequency(lambda k: gammaln(r + k)) - gammaln(r)
        rows = shapes + r * np.log(alpha) - (r + x) * np.log(observed)
        gradient = (
            histories.by_frequency(lambda k: digamma(r + k)) - digamma(r)
            + np.log(alpha) - np.log(observed),
            r / alpha - (r + x) / observed,
        )  # fmt: skip
        return rows, np.array(gradient)

    def probability_alive(self, histories: Histories) -> Numbers:
        """1: nobody leaves."""
        return np.ones(len(histories))

    def expected_purchases(self, histories: Histories, horizon: ArrayLike) -> Numbers:
        """Expected purchases within `horizon` from the end of observation."""
        rate = (self.r + histories.frequency) / (self.alpha + histories.observed)
        return np.asarray(rate * np.asarray(horizon))
