"""Pareto/NBD: customers buy at a steady rate of their own, and may leave at any moment.

Source: Schmittlein, Morrison and Colombo, Counting your customers: who are they and what will they
do next?, Management Science 33 (1987). The likelihood is that of Fader and Hardie, A note on
deriving the Pareto/NBD model (2005), before its integral over the moment of leaving is written as a
difference of hypergeometric functions: these lose all digits where recency is near T, and swap
their arguments where alpha passes beta. The integrand is positive and smooth, so Gauss and
Legendre's 32 nodes give it, and its gradient, to about 12 digits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import ArrayLike
from scipy.special import digamma, expit, exprel, gammaln

from ml.lifetime_value.grouped import Histories, Numbers

_NODES, _WEIGHTS = leggauss(32)
_ROWS_AT_ONCE = 4_096
# A factor of the integrand that has fallen by e^-45 adds nothing that a double could hold.
_NOTHING = 45.0


@dataclass(frozen=True)
class ParetoNbd:
    """Pareto/NBD; times are in the clock's unit.

    Attributes:
        r: Shape of the gamma distribution of purchase rates.
        alpha: Its rate, in units of time.
        s: Shape of the gamma distribution of rates of leaving.
        beta: Its rate, in units of time.
    """

    r: float
    alpha: float
    s: float
    beta: float

    name: ClassVar[str] = "pareto_nbd"
    in_time: ClassVar[frozenset[str]] = frozenset({"alpha", "beta"})
    starts: ClassVar[tuple[tuple[float, ...], ...]] = (
        (0.5, 0.3, 0.5, 0.5),
        (1.5, 0.5, 0.5, 0.2),
        (0.5, 0.1, 2.0, 3.0),
    )

    def log_likelihoods(self, histories: Histories) -> tuple[Numbers, Numbers]:
        """Of each history, and its gradient by r, alpha, s and beta: a row a parameter."""
        rows, gradients = zip(*(self._of_part(part) for part in _parts(histories)), strict=True)
        return np.concatenate(rows), np.concatenate(gradients, axis=1)

    def _of_part(self, histories: Histories) -> tuple[Numbers, Numbers]:
        r, alpha, s, beta = self.r, self.alpha, self.s, self.beta
        x, shape = histories.frequency, r + histories.frequency
        buys, stays = alpha + histories.observed, beta + histories.observed
        there = -shape * np.log(buys) - s * np.log(stays)
        leaving, moment, density = self._leaving(histories)
        either = np.logaddexp(there, leaving)
        left = np.exp(leaving - either)

        def mean(values: Numbers) -> Numbers:
            return np.asarray(np.einsum("ij,ij->i", values, density))

        shapes = histories.by_frequency(lambda k: gammaln(r + k)) - gammaln(r)
        rows = shapes + r * np.log(alpha) + s * np.log(beta) + either
        gradient = (
            histories.by_frequency(lambda k: digamma(r + k)) - digamma(r) + np.log(alpha)
            - (1 - left) * np.log(buys) - left * mean(np.log(alpha + moment)),
            r / alpha - (r + x) * ((1 - left) / buys + left * mean(1 / (alpha + moment))),
            np.log(beta) - (1 - left) * np.log(stays)
            + left * (1 / s - mean(np.log(beta + moment))),
            s / beta - (1 - left) * s / stays - left * (s + 1) * mean(1 / (beta + moment)),
        )  # fmt: skip
        return rows, np.array(gradient)

    def _leaving(self, histories: Histories) -> tuple[Numbers, Numbers, Numbers]:
        """Logarithm of the integral over the moment of leaving, from the last purchase to the end.

        Returns:
            The logarithm, one a row; the moments looked at, 32 a row; and the share of each in the
            integral, which is how likely that moment is.
        """
        alpha, beta, s = self.alpha, self.beta, self.s
        shape, begin = (self.r + histories.frequency), histories.recency
        with np.errstate(over="ignore"):
            end = np.minimum.reduce(
                [
                    histories.observed,
                    (alpha + begin) * np.exp(_NOTHING / shape) - alpha,
                    (beta + begin) * np.exp(_NOTHING / (s + 1)) - beta,
                ]
            )
        # Steps are even in the logarithm of time, where power laws are smooth.
        scale = min(alpha, beta)
        half = np.log1p((end - begin) / (scale + begin)) / 2
        moment = (scale + begin)[:, None] * np.exp(half[:, None] * (1 + _NODES)) - scale
        logs = (
            np.log(scale + moment)
            - shape[:, None] * np.log(alpha + moment)
            - (s + 1) * np.log(beta + moment)
            + np.log(_WEIGHTS)
        )
        top = logs.max(axis=1)
        parts = np.exp(logs - top[:, None])
        total = parts.sum(axis=1)
        with np.errstate(divide="ignore"):
            return np.log(s * half * total) + top, moment, parts / total[:, None]

    def probability_alive(self, histories: Histories) -> Numbers:
        """Chance that the customer has not left; 1 on the day of the last purchase."""
        chances = [np.zeros(0)]
        for part in _parts(histories):
            shape = self.r + part.frequency
            there = -shape * np.log(self.alpha + part.observed)
            there -= self.s * np.log(self.beta + part.observed)
            chances.append(expit(there - self._leaving(part)[0]))
        return np.concatenate(chances)

    def expected_purchases(self, histories: Histories, horizon: ArrayLike) -> Numbers:
        """Expected purchases within `horizon` from the end of observation."""
        rate = (self.r + histories.frequency) / (self.alpha + histories.observed)
        waits = self.beta + histories.observed
        growth = np.log1p(np.asarray(horizon) / waits)
        # exprel(y) = (e^y - 1) / y: no division by zero at s = 1.
        stays = waits * growth * exprel((1 - self.s) * growth)
        return np.asarray(self.probability_alive(histories) * rate * stays)


def _parts(histories: Histories) -> Iterator[Histories]:
    """Rows in lots that stay in the processor's cache."""
    for begin in range(0, len(histories), _ROWS_AT_ONCE):
        yield histories.take(slice(begin, begin + _ROWS_AT_ONCE))
