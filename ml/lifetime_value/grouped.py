"""Histories of customers as the models read them: (frequency, recency, T), and equal ones once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml import schemas

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]

HISTORY = ("frequency", "recency", "T")


@dataclass(frozen=True)
class Histories:
    """Purchases of customers, one row a history.

    Attributes:
        frequency: Repeat purchases: all but the first.
        recency: Time from the first purchase to the last, 0 without a repeat.
        observed: Time from the first purchase to the end of observation: T.
        weight: How many customers have this history.
    """

    frequency: Numbers
    recency: Numbers
    observed: Numbers
    weight: Numbers

    @classmethod
    def of(cls, customers: pd.DataFrame) -> "Histories":
        """Reads one history a row from columns frequency, recency and T.

        Raises:
            ValueError: A column is missing, or rows hold what cannot be; says which and how many.
        """
        table = schemas.numeric(customers, HISTORY, "customers")
        frequency, recency, observed = (table[name].to_numpy() for name in HISTORY)
        wrong = {
            "NULL in frequency, recency or T": np.isnan(frequency + recency + observed),
            "a frequency that is no whole number from 0": (frequency < 0)
            | (frequency != np.floor(frequency)),
            "a recency outside 0..T": (recency < 0) | (recency > observed),
            "a recency without a repeat purchase": (frequency == 0) & (recency > 0),
            "repeat purchases at recency 0": (frequency > 0) & (recency <= 0),
        }
        found = [f"{rows.sum():,} rows have {what}" for what, rows in wrong.items() if rows.any()]
        if found:
            raise ValueError(f"customers: {'; '.join(found)}")
        return cls(frequency, recency, observed, np.ones(len(frequency)))

    @classmethod
    def new(cls, count: int = 1) -> "Histories":
        """Customers at the moment of their first purchase."""
        nothing = np.zeros(count)
        return cls(nothing, nothing, nothing, np.ones(count))

    def __len__(self) -> int:
        """Rows, not customers."""
        return len(self.frequency)

    def take(self, rows: Places | slice) -> Self:
        """Some of the rows."""
        return type(self)(
            self.frequency[rows], self.recency[rows], self.observed[rows], self.weight[rows]
        )

    def grouped(self) -> tuple["Histories", Places]:
        """Each distinct history once, weighted; and where each row of these is found in it."""
        key = np.zeros(len(self), dtype=np.int64)
        for column in (self.frequency, self.recency, self.observed):
            distinct, code = np.unique(column, return_inverse=True)
            key = np.unique(key * len(distinct) + code, return_inverse=True)[1]
        _, first, place = np.unique(key, return_index=True, return_inverse=True)
        weight = np.bincount(place, self.weight, minlength=len(first)).astype(float)
        one = self.take(first)
        return Histories(one.frequency, one.recency, one.observed, weight), place

    @cached_property
    def customers(self) -> float:
        """How many there are."""
        return float(self.weight.sum())

    @cached_property
    def repeaters(self) -> float:
        """How many bought more than once."""
        return float(self.weight[self.frequency > 0].sum())

    @cached_property
    def _frequencies(self) -> tuple[Numbers, Places]:
        distinct, place = np.unique(self.frequency, return_inverse=True)
        return distinct, place

    def by_frequency(self, function: Callable[[Numbers], Numbers]) -> Numbers:
        """A function of the frequency in each row, reckoned once a distinct frequency."""
        distinct, place = self._frequencies
        values: Numbers = function(distinct)[place]
        return values
