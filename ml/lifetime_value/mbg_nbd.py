"""MBG/NBD: as BG/NBD, but a customer may leave after the first purchase already.

So those who bought once are not certain to be there for ever.
Source: Batislam, Denizel and Filiztekin, Empirical validation and comparison of models for customer
base analysis, International Journal of Research in Marketing 24 (2007).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, expit, gammaln

from ml.lifetime_value.beta_dropout import expected_while_alive
from ml.lifetime_value.bg_nbd import BgNbd
from ml.lifetime_value.grouped import Histories, Numbers


@dataclass(frozen=True)
class MbgNbd:
    """Modified beta-geometric/NBD; parameters as those of `BgNbd`."""

    r: float
    alpha: float
    a: float
    b: float

    name: ClassVar[str] = "mbg_nbd"
    in_time: ClassVar[frozenset[str]] = frozenset({"alpha"})
    starts: ClassVar[tuple[tuple[float, ...], ...]] = BgNbd.starts

    def log_likelihoods(self, histories: Histories) -> tuple[Numbers, Numbers]:
        """Of each history, and its gradient by r, alpha, a and b: a row a parameter."""
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        x = histories.frequency
        observed, recency = alpha + histories.observed, alpha + histories.recency
        stays = np.log(b + x) - (r + x) * np.log(observed)
        leaves = np.log(a) - (r + x) * np.log(recency)
        either = np.logaddexp(stays, leaves)
        left = np.exp(leaves - either)
        common = histories.by_frequency(
            lambda k: gammaln(r + k) + gammaln(b + k) - gammaln(a + b + k + 1)
        )
        constant = r * np.log(alpha) - gammaln(r) + gammaln(a + b) - gammaln(b)
        ends = digamma(a + b) - histories.by_frequency(lambda k: digamma(a + b + k + 1))
        gradient = (
            histories.by_frequency(lambda k: digamma(r + k)) - digamma(r)
            + np.log(alpha) - (1 - left) * np.log(observed) - left * np.log(recency),
            r / alpha - (r + x) * ((1 - left) / observed + left / recency),
            ends + left / a,
            ends + histories.by_frequency(lambda k: digamma(b + k)) - digamma(b)
            + (1 - left) / (b + x),
        )  # fmt: skip
        return common + constant + either, np.array(gradient)

    def probability_alive(self, histories: Histories) -> Numbers:
        """Chance that the customer has not left."""
        x = histories.frequency
        waited = np.log(self.alpha + histories.observed) - np.log(self.alpha + histories.recency)
        return np.asarray(expit(np.log((self.b + x) / self.a) - (self.r + x) * waited))

    def expected_purchases(self, histories: Histories, horizon: ArrayLike) -> Numbers:
        """Expected purchases within `horizon` from the end of observation."""
        x = histories.frequency
        return self.probability_alive(histories) * expected_while_alive(
            self.r + x, self.alpha + histories.observed, self.a, self.b + x + 1, np.asarray(horizon)
        )
