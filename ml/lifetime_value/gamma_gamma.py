"""Gamma-Gamma: what a purchase of each customer is worth, apart from how often they buy.

Source: Fader and Hardie, The Gamma-Gamma model of monetary value (2013); equations 1a, 2 and 5.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Self

import numpy as np
import pandas as pd
from scipy.special import digamma, gammaln

from ml import schemas
from ml.lifetime_value.grouped import Numbers, Places


@dataclass(frozen=True)
class Spending:
    """What repeaters spend, one row each.

    Attributes:
        frequency: Repeat purchases, from 1.
        mean_value: Mean value of these purchases, above 0.
        weight: How many customers the row stands for.
    """

    frequency: Numbers
    mean_value: Numbers
    weight: Numbers

    @classmethod
    def of(cls, customers: pd.DataFrame) -> "Spending":
        """Reads repeaters of whom a mean value above zero is known; the others tell nothing.

        Args:
            customers: `frequency` and `monetary_value`, the mean of repeat purchases; or, where it
                is the mean of others too, how many in `valued_purchases`.

        Raises:
            ValueError: A column is missing or no number, or a mean value is negative.
        """
        frequency, value = _valued(customers)
        if (value < 0).any():
            raise ValueError(
                f"customers: {(value < 0).sum():,} rows have a monetary_value below 0; take "
                "returns off the purchases they belong to, and leave out what is given back whole"
            )
        told = (frequency > 0) & (value > 0)
        return cls(frequency[told], value[told], np.ones(told.sum()))

    def __len__(self) -> int:
        """Rows."""
        return len(self.frequency)

    def take(self, rows: slice) -> Self:
        """Some of the rows."""
        return type(self)(self.frequency[rows], self.mean_value[rows], self.weight[rows])

    @cached_property
    def by_frequency(self) -> tuple[Numbers, Numbers, Places]:
        """Distinct frequencies, how many customers have each, and which each row has."""
        distinct, place = np.unique(self.frequency, return_inverse=True)
        return distinct, np.bincount(place, self.weight).astype(float), place

    @cached_property
    def total(self) -> Numbers:
        """Value of all repeat purchases of each."""
        return self.frequency * self.mean_value

    @cached_property
    def logs(self) -> tuple[float, float]:
        """Weighted sums: of x·ln(x·m), and of ln m."""
        x, m = self.frequency, self.mean_value
        return float(self.weight @ (x * np.log(x * m))), float(self.weight @ np.log(m))


@dataclass(frozen=True)
class GammaGamma:
    """Values of a customer's purchases vary around a mean that varies between customers.

    Attributes:
        p: Shape of the gamma distribution of a customer's purchases.
        q: Shape of the distribution of their rates.
        v: Rate of that distribution, in money.
    """

    p: float
    q: float
    v: float

    name: ClassVar[str] = "gamma_gamma"
    starts: ClassVar[tuple[tuple[float, ...], ...]] = ((5.0, 4.0, 0.5), (1.5, 2.5, 1.0))

    def log_likelihood(self, spending: Spending) -> tuple[float, Numbers]:
        """Of all customers, and its gradient by p, q and v."""
        p, q, v, weight = self.p, self.q, self.v, spending.weight
        x, counts, place = spending.by_frequency
        size = counts.sum()
        log_reach = np.log(v + spending.total)
        reach_by_x = np.bincount(place, weight * log_reach)
        share = weight @ (1 / (v + spending.total) * (p * spending.frequency + q))
        x_log_total, log_mean = spending.logs
        common = gammaln(p * x + q) - gammaln(p * x)
        total = (
            counts @ common - size * (gammaln(q) - q * np.log(v))
            + p * x_log_total - log_mean - (p * x + q) @ reach_by_x
        )  # fmt: skip
        ends = digamma(p * x + q)
        gradient = (
            counts @ (x * (ends - digamma(p * x))) + x_log_total - x @ reach_by_x,
            counts @ ends - size * (digamma(q) - np.log(v)) - reach_by_x.sum(),
            size * q / v - share,
        )
        return float(total), np.array(gradient)

    @property
    def population_mean(self) -> float:
        """Expected value of a purchase of somebody of whom nothing is known."""
        return self.p * self.v / (self.q - 1)

    def expected_value(self, customers: pd.DataFrame) -> Numbers:
        """Expected value of a purchase of each: between their own mean and that of all.

        Args:
            customers: As `Spending.of` reads them; where monetary_value is 0 or NULL, or frequency
                0, nothing is known of what they spend.
        """
        frequency, value = _valued(customers)
        x = np.where(value > 0, frequency, 0.0)
        total = x * np.where(x > 0, value, 0.0)
        return np.asarray(self.p * (self.v + total) / (self.p * x + self.q - 1))


def _valued(customers: pd.DataFrame) -> tuple[Numbers, Numbers]:
    """How many purchases the mean value is of, and the mean value, of each customer."""
    count = "valued_purchases" if "valued_purchases" in customers else "frequency"
    table = schemas.numeric(customers, (count, "monetary_value"), "customers")
    return table[count].to_numpy(), table["monetary_value"].to_numpy()
