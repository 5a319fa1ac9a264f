"""BG/NBD: customers buy at a steady rate of their own, and may leave after each repeat purchase.

Source: Fader, Hardie and Lee, "Counting your customers" the easy way: an alternative to the
Pareto/NBD model, Marketing Science 24 (2005).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, expit, gammaln

from ml.lifetime_value.beta_dropout import expected_while_alive
from ml.lifetime_value.grouped import Histories, Numbers


@dataclass(frozen=True)
class BgNbd:
    """Beta-geometric/NBD; times are in the clock's unit.

    Attributes:
        r: Shape of the gamma distribution of purchase rates.
        alpha: Its rate, in units of time.
        a: First parameter of the beta distribution of the chance to leave.
        b: Second.
    """

    r: float
    alpha: float
    a: float
    b: float

    name: ClassVar[str] = "bg_nbd"
    in_time: ClassVar[frozenset[str]] = frozenset({"alpha"})
    starts: ClassVar[tuple[tuple[float, ...], ...]] = (
        (0.5, 0.3, 1.0, 3.0),
        (1.5, 0.5, 0.3, 1.0),
        (0.2, 0.1, 0.5, 8.0),
    )

    def log_likelihoods(self, histories: Histories) -> tuple[Numbers, Numbers]:
        """Of each history, and its gradient by r, alpha, a and b: a row a parameter."""
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        x, is_repeater = histories.frequency, histories.frequency > 0
        observed, recency = alpha + histories.observed, alpha + histories.recency
        stays = -(r + x) * np.log(observed)
        # b + x - 1 is b at one repeat purchase; without one the term is not there.
        before = np.where(is_repeater, b + x - 1, 1.0)
        leaves = np.where(is_repeater, np.log(a / before) - (r + x) * np.log(recency), -np.inf)
        either = np.logaddexp(stays, leaves)
        left = np.exp(leaves - either)
        common = histories.by_frequency(
            lambda k: gammaln(r + k) + gammaln(b + k) - gammaln(a + b + k)
        )
        constant = r * np.log(alpha) - gammaln(r) + gammaln(a + b) - gammaln(b)
        ends = digamma(a + b) - histories.by_frequency(lambda k: digamma(a + b + k))
        gradient = (
            histories.by_frequency(lambda k: digamma(r + k)) - digamma(r)
            + np.log(alpha) - (1 - left) * np.log(observed) - left * np.log(recency),
            r / alpha - (r + x) * ((1 - left) / observed + left / recency),
            ends + left / a,
            ends + histories.by_frequency(lambda k: digamma(b + k)) - digamma(b) - left / before,
        )  # fmt: skip
        return common + constant + either, np.array(gradient)

    def probability_alive(self, histories: Histories) -> Numbers:
        """Chance that the customer has not left; 1 before the first repeat purchase."""
        x = histories.frequency
        is_repeater = x > 0
        before = np.where(is_repeater, self.b + x - 1, 1.0)
        waited = np.log(self.alpha + histories.observed) - np.log(self.alpha + histories.recency)
        log_odds = np.log(before / self.a) - (self.r + x) * waited
        return np.where(is_repeater, expit(log_odds), 1.0)

    def expected_purchases(self, histories: Histories, horizon: ArrayLike) -> Numbers:
        """Expected purchases within `horizon` from the end of observation."""
        x = histories.frequency
        return self.probability_alive(histories) * expected_while_alive(
            self.r + x, self.alpha + histories.observed, self.a, self.b + x, np.asarray(horizon)
        )
