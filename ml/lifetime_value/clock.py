"""The clock of a shop's purchases: in what steps they are told apart, in what unit time is told."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.lifetime_value.grouped import Numbers

Ticks = NDArray[np.int64]

_DAYS_A_YEAR = 365.25
# 1970-01-05 was a Monday.
_FIRST_MONDAY = 4


@dataclass(frozen=True)
class Clock:
    """Purchases of a customer within one tick count as one; time is told in units.

    Attributes:
        tick_days: 1, or 7 for calendar weeks from Monday.
        unit_days: Days in the unit of recency, T and horizons.
    """

    tick_days: int
    unit_days: int

    def __post_init__(self) -> None:
        """Refuses what is no clock."""
        if self.tick_days < 1 or self.unit_days < 1:
            raise ValueError("a clock has ticks and units of at least a day")

    def ticks(self, dates: "pd.Series[pd.Timestamp]") -> Ticks:
        """The tick of each date, by number; what hour it was does not matter."""
        days = dates.to_numpy().astype("datetime64[D]").astype(np.int64)
        shift = _FIRST_MONDAY if self.tick_days == 7 else 0
        return (days - shift) // self.tick_days

    def last_whole_tick(self, date: pd.Timestamp) -> int:
        """The last tick that is over with this date."""
        return int(self.ticks(pd.Series([date + pd.Timedelta(days=1)]))[0]) - 1

    def units(self, ticks: Ticks) -> Numbers:
        """A number of ticks in units of time."""
        return np.asarray(ticks * (self.tick_days / self.unit_days), dtype=float)

    def units_of_days(self, days: float) -> float:
        """A number of days in units of time."""
        return days / self.unit_days

    def rate(self, yearly: float) -> float:
        """A yearly discount rate, .1 for 10 %, as a rate a unit of time that compounds to it."""
        return float((1 + yearly) ** (self.unit_days / _DAYS_A_YEAR) - 1)


DAILY = Clock(1, 1)
WEEKLY = Clock(7, 7)
DAYS_IN_WEEKS = Clock(1, 7)
"""Days are told apart, and time is told in weeks: the clock of the published figures for CDNOW."""
