"""How segments differ from all customers, feature by feature."""

import pandas as pd

from ml.segment_day import PROFILE_FEATURES


def segment_profiles(
    customers: pd.DataFrame, scaled: pd.DataFrame, ids: "pd.Series[int]"
) -> pd.DataFrame:
    """One row a segment and feature; the difference is in standard deviations of all customers.

    It is taken between means on the Yeo-Johnson scale, where one huge customer moves nothing.

    Args:
        customers: rows of `customers_with_orders`, all of one day.
        scaled: the same on that scale, a column a feature that is told of.
        ids: the segment of each, on the same index.
    """
    medians = customers[PROFILE_FEATURES].groupby(ids).median()
    differences = scaled.groupby(ids).mean()
    profiles = pd.DataFrame(
        {"segment_median": medians.stack(), "standardised_difference": differences.stack()}
    )
    profiles = profiles.rename_axis(["segment_id", "feature_name"]).reset_index()
    return profiles.assign(
        customer_count=profiles["segment_id"].map(ids.value_counts()),
        overall_median=profiles["feature_name"].map(customers[PROFILE_FEATURES].median()),
    )
