"""Customers as purchase models see them, of their days with orders."""

from math import nan

import numpy as np
import pandas as pd

# The features that a history is made of.
INPUTS = ("order_day_count", "days_since_first_order", "days_since_last_order", "total_spend")


def histories_of_order_days(features: pd.DataFrame) -> pd.DataFrame:
    """Days with orders as frequency, recency, T and value, in days and the currency.

    The as_of_date itself is not over yet, so it is not part of T.

    Args:
        features: `order_day_count`, `days_since_first_order`, `days_since_last_order` and
            `total_spend` of customers with orders.

    Returns:
        `frequency`, `recency`, `T`, `monetary_value` and `valued_purchases`, row by row.
    """
    frequency = features["order_day_count"].to_numpy(dtype=float) - 1
    first = features["days_since_first_order"].to_numpy(dtype=float)
    value = features["total_spend"].to_numpy(dtype=float) / (frequency + 1)
    return pd.DataFrame(
        {
            "frequency": frequency,
            "recency": first - features["days_since_last_order"].to_numpy(dtype=float),
            "T": first - 1,
            # Of who gave back more than was bought it is not known what a purchase brings.
            # The first one counts: of most customers there is no other.
            "monetary_value": np.where(value > 0, value, nan),
            "valued_purchases": frequency + 1,
        }
    )
