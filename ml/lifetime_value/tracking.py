"""What customers bought week by week beside what was expected, and who is still there.

As the literature draws them: Fader, Hardie and Lee (2005), figure 4, and the chance to be alive by
recency and frequency after Fader, Hardie and Shang (2010).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ml import layouts, schemas
from ml.curves import MOST_POINTS
from ml.lifetime_value.grouped import Histories
from ml.lifetime_value.purchase_model import PurchaseModel

_WEEK = 7
# So many steps of recency, and at most so many of frequency.
_STEPS = 25


def tracking_table(
    model: PurchaseModel, first_days: pd.Series, weeks: pd.DataFrame, **constants: Any
) -> pd.DataFrame:
    """PURCHASE_TRACKING: repeat order days until the end of each week, actual and expected.

    What is expected of a customer begins with their first order, as of one of whom nothing else is
    known; nobody's purchases are looked at but for the parameters.

    Args:
        model: fitted to what was known at the begin of the hold-out; time in days.
        first_days: the day of each customer's first order.
        weeks: one row a week since the first of them, none left out: week from 1, ends_on (the
            first day after it), is_holdout, repeat_order_days.
        **constants: columns that hold one value in every row.
    """
    ends = pd.to_datetime(weeks["ends_on"]).to_numpy()
    begins, customers = np.unique(pd.to_datetime(first_days).to_numpy(), return_counts=True)
    ages = np.maximum((ends[:, None] - begins) / np.timedelta64(1, "D") - 1, 0.0).ravel()
    distinct, place = np.unique(ages, return_inverse=True)
    expected = model.expected_purchases(Histories.new(len(distinct)), distinct)
    columns: Mapping[str, Any] = {
        "week": weeks["week"],
        "ends_on": ends,
        "is_holdout": weeks["is_holdout"],
        "actual_cumulative": weeks["repeat_order_days"].to_numpy(dtype=float).cumsum(),
        "expected_cumulative": expected[place].reshape(len(ends), len(begins)) @ customers,
    }
    table = schemas.as_table(
        columns, layouts.PURCHASE_TRACKING, customer_count=len(first_days), **constants
    )
    # Evenly: what one of the two lines can do without may be where the other bends.
    kept = np.unique(np.round(np.linspace(0, len(table) - 1, min(len(table), MOST_POINTS))))
    return table.iloc[kept.astype(int)].reset_index(drop=True)


def alive_grid(model: PurchaseModel, histories: pd.DataFrame, **constants: Any) -> pd.DataFrame:
    """ALIVE_GRID: the chance to be still there of customers who have been known longest.

    Args:
        model: fitted; time in days.
        histories: frequency, recency and T of customers; they say how far the grid reaches: to all
            but the hundredth with the most purchases.
        **constants: columns that hold one value in every row.
    """
    observed = float(histories["T"].max()) if len(histories) else 0.0
    most = int(np.quantile(histories["frequency"], 0.99)) if len(histories) else 0
    if most < 1 or observed <= 0:
        return schemas.empty_table(layouts.ALIVE_GRID)
    frequency = np.unique(np.round(np.linspace(1, most, min(most, _STEPS))))
    recency = np.linspace(0, observed, _STEPS + 1)[1:]
    x, t_x = (grid.ravel() for grid in np.meshgrid(frequency, recency))
    longest = np.full(len(x), observed)
    grid = {
        "repeat_order_days": x,
        "recency_days": t_x,
        "observed_days": longest,
        "probability_alive": model.probability_alive(Histories(x, t_x, longest, np.ones(len(x)))),
    }
    return schemas.as_table(grid, layouts.ALIVE_GRID, **constants)
