"""From transactions to histories: frequency, recency, T and mean value of each customer."""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.lifetime_value.clock import DAYS_IN_WEEKS, Clock, Ticks
from ml.lifetime_value.purchases import read_purchases
from ml.lifetime_value.regularity import regularity

_HOLDOUT = ("holdout_purchases", "holdout_value", "previous_purchases", "previous_value")


class SwallowedPurchases(UserWarning):
    """The clock's tick is so long that purchases of a customer became one."""


@dataclass(frozen=True)
class Summary:
    """Histories of customers up to the end of calibration, and what they did afterwards.

    Attributes:
        customers: One row a customer who bought before the end of calibration, by customer_id:
            `frequency`, `recency`, `T`, `monetary_value` (mean of repeat purchases; NULL without
            one, or without amounts). Of the hold-out, and NULL without one: purchases in it and
            their value, `holdout_purchases` and `holdout_value`, and repeat purchases in the period
            of the same length just before it, `previous_purchases` and `previous_value`.
        clock: How purchases are told apart, and the unit of recency and T.
        first_tick: Tick of the first purchase of anybody.
        last_tick: Last tick of calibration.
        end_tick: Last tick of observation.
        repeat_purchases: Repeat purchases of these customers by tick from `first_tick` on.
        purchase_count: Purchases before the end of observation, as they were delivered.
        left_out: How many of them are in a tick that is not over by then, of which nobody knows yet
            what it will hold.
        swallowed: How many of the others became part of another within the same tick.
        regularity: Of gaps between purchases in calibration: 1 is steady chance, below it are
            clumps; NaN where too few tell.
    """

    customers: pd.DataFrame
    clock: Clock
    first_tick: int
    last_tick: int
    end_tick: int
    repeat_purchases: Ticks
    purchase_count: int
    left_out: int
    swallowed: int
    regularity: float

    @property
    def holdout(self) -> float:
        """Length of the hold-out in units of time; 0 where there is none."""
        return float(self.clock.units(np.array([self.end_tick - self.last_tick]))[0])


def summarise_transactions(
    transactions: pd.DataFrame,
    clock: Clock = DAYS_IN_WEEKS,
    *,
    calibrated_until: pd.Timestamp | str | None = None,
    observed_until: pd.Timestamp | str | None = None,
) -> Summary:
    """Makes histories of purchases.

    Args:
        transactions: One row a purchase, as `read_purchases` says.
        clock: Purchases of a customer within one of its ticks count once.
        calibrated_until: Last day that models may see; that of observation if not said. Of a week
            that is not over on that day they see nothing.
        observed_until: Last day of which all purchases are known; that of the last one if not said.

    Raises:
        ValueError: A column is missing, a key or date is NULL, an amount is negative, or no
            purchase lies before the end of calibration.

    Warns:
        SwallowedPurchases: With how many, where ticks are so long that purchases became one.
    """
    purchases = read_purchases(transactions)
    end = pd.Timestamp(observed_until or purchases["order_date"].max())
    cut = pd.Timestamp(calibrated_until or end)
    if cut > end:
        raise ValueError(f"calibration ends on {cut.date()}, after observation on {end.date()}")
    last, until = clock.last_whole_tick(cut), clock.last_whole_tick(end)
    delivered = purchases[purchases["order_date"] < end.normalize() + pd.Timedelta(days=1)]
    purchases = delivered[clock.ticks(delivered["order_date"]) <= until]
    merged = _merged(purchases, clock)
    swallowed = len(purchases) - len(merged)
    if not (merged["tick"] <= last).any():
        raise ValueError(f"nobody bought anything until {cut.date()}, the end of calibration")
    if swallowed:
        warnings.warn(
            f"{swallowed:,} of {len(purchases):,} purchases are in the same {_words(clock)} as "
            "another one of the same customer, and count as one with it",
            SwallowedPurchases,
            stacklevel=2,
        )
    first = merged.groupby("customer")["tick"].transform("min").to_numpy()
    merged = merged[first <= last]
    first = first[first <= last]
    tick = merged["tick"].to_numpy()
    begin, repeats = int(first.min()), tick > first
    seen = merged[tick <= last]
    return Summary(
        _histories(merged, repeats, last, until, clock),
        clock,
        begin,
        last,
        until,
        np.bincount(tick[repeats] - begin, minlength=until - begin + 1).astype(np.int64),
        len(delivered),
        len(delivered) - len(purchases),
        swallowed,
        regularity(seen["customer"].to_numpy(), seen["tick"].to_numpy().astype(float)),
    )


def _merged(purchases: pd.DataFrame, clock: Clock) -> pd.DataFrame:
    """One row a customer and tick, in this order: `customer` (a number), `tick`, `amount`."""
    codes, names = pd.factorize(purchases["customer_id"], sort=True)
    table = pd.DataFrame({"customer": codes, "tick": clock.ticks(purchases["order_date"])})
    table["amount"] = purchases["amount"].to_numpy()
    merged = table.groupby(["customer", "tick"])["amount"].sum(min_count=1).reset_index()
    merged.attrs["names"] = names
    return merged


def _histories(
    merged: pd.DataFrame, repeats: NDArray[np.bool_], last: int, until: int, clock: Clock
) -> pd.DataFrame:
    before = (merged["tick"] <= last).to_numpy()
    previous = before & repeats & (merged["tick"] > 2 * last - until).to_numpy()
    table = pd.DataFrame(
        {
            "customer": merged["customer"],
            "tick": merged["tick"],
            "seen": merged["tick"].where(before),
            "frequency": repeats & before,
            "value": merged["amount"].where(repeats & before, 0.0),
            "holdout_purchases": ~before,
            "holdout_value": merged["amount"].where(~before, 0.0),
            "previous_purchases": previous,
            "previous_value": merged["amount"].where(previous, 0.0),
        }
    )
    one = table.groupby("customer").agg(
        first=("tick", "min"),
        latest=("seen", "max"),
        frequency=("frequency", "sum"),
        value=("value", "sum"),
        **{name: (name, "sum") for name in _HOLDOUT},
    )
    if merged["amount"].isna().all():
        one[["value", "holdout_value", "previous_value"]] = np.nan
    frequency = one["frequency"].to_numpy()
    holdout = one[[*_HOLDOUT]].astype(float).reset_index(drop=True)
    histories = pd.DataFrame(
        {
            "customer_id": merged.attrs["names"][one.index.to_numpy()],
            "frequency": frequency,
            "recency": clock.units((one["latest"] - one["first"]).to_numpy()),
            "T": clock.units(last - one["first"].to_numpy()),
            "monetary_value": one["value"].to_numpy() / np.where(frequency > 0, frequency, np.nan),
        }
    )
    return pd.concat([histories, holdout if until > last else holdout * np.nan], axis=1)


def _words(clock: Clock) -> str:
    return {1: "day", 7: "week"}.get(clock.tick_days, f"{clock.tick_days} days")
