"""Customers of one day as points, on a scale that other days' customers can be brought to."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ml import schemas
from ml.segment_groups import Floats, Groups
from ml.segment_rule import CLUSTER_FEATURES
from ml.yeo_johnson import YeoJohnson

PROFILE_FEATURES = [
    *CLUSTER_FEATURES,
    "total_spend",
    "days_since_first_order",
    "mean_days_between_orders",
    "lines_per_order",
    "category_count",
    "discount_share",
    "return_share",
    "weekend_order_share",
]


class Space:
    """Where customers are points: features on the scale of the day that it was made of.

    Attributes:
        features: the columns that are the axes.
        scale: what brings them there.
    """

    def __init__(self, customers: pd.DataFrame, features: Sequence[str]) -> None:
        """Of at least one customer."""
        self.features = list(features)
        self.scale = YeoJohnson(customers, self.features)
        self._usual: Floats = self.scale(customers).median().fillna(0.0).to_numpy()

    def points(self, customers: pd.DataFrame) -> Floats:
        """Shape (n, features). Who is not known in a feature is taken for usual in it.

        Raises:
            ValueError: a customer lacks one of CLUSTER_FEATURES, which everybody with orders has.
        """
        scaled = self.scale(customers)
        always = [feature for feature in self.features if feature in CLUSTER_FEATURES]
        # PowerTransformer lets NaN through without a word, so this looks.
        bad = (~np.isfinite(scaled[always])).sum()
        if bad.any():
            columns = [f"{name} ({rows} rows)" for name, rows in bad.items() if rows]
            raise ValueError(f"NULL for customers with orders: {', '.join(columns)}")
        points = scaled.to_numpy()
        return np.asarray(np.where(np.isnan(points), self._usual, points))


class DayOfCustomers:
    """Customers of one day, on a scale of their own.

    Attributes:
        customers: rows of `customers_with_orders`, all of one day.
        date: the day, ISO.
        space: where they are points.
        points: these, shape (n, features).
    """

    def __init__(self, customers: pd.DataFrame, features: Sequence[str]) -> None:
        """Takes at least one row.

        Raises:
            ValueError: a customer lacks one of CLUSTER_FEATURES.
        """
        self.customers = customers.reset_index(drop=True)
        self.date: str = self.customers["as_of_date"].iloc[0].date().isoformat()
        self.space = Space(self.customers, features)
        self.points: Floats = self.space.points(self.customers)

    def by_mean_spend(self, groups: Groups) -> list[int]:
        """The labels of groups of this day by mean spend, the highest first; ties by centre.

        So their order does not depend on chance; in pounds and in pence it is the same.
        """
        spend = self.customers["total_spend"].groupby(groups.labels(self.points)).mean()
        return list(map(int, np.lexsort([*groups.centres.T, -spend.to_numpy()])))


def customers_with_orders(
    features: pd.DataFrame, told_by: Sequence[str] = tuple(CLUSTER_FEATURES)
) -> pd.DataFrame:
    """The rows that segments are made of: customers with an order, by day and customer.

    Args:
        features: rows of `customer_features`.
        told_by: the features that segments are told by, beside PROFILE_FEATURES.

    Raises:
        ValueError: a column is missing or not numeric, or a customer has two rows on a day.
    """
    schemas.require_columns(features, ["as_of_date"], "features")
    rows = features.assign(as_of_date=pd.to_datetime(features["as_of_date"]))
    columns = list(dict.fromkeys([*PROFILE_FEATURES, *told_by]))
    rows = schemas.numeric(rows, columns, "features")
    rows = rows[rows["order_count"] > 0]
    return schemas.sort_by_key(rows, ["as_of_date", "customer_id"], "features")
