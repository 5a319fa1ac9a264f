"""What became of customers who began in the same month. What is not over yet is not known."""

import numpy as np
import pandas as pd

from ml import layouts, schemas
from ml.lifetime_value.purchases import read_purchases


def cohort_months(
    transactions: pd.DataFrame, *, observed_until: pd.Timestamp | str | None = None
) -> pd.DataFrame:
    """Tells of each cohort month by month since it began.

    Args:
        transactions: One row a purchase, as `read_purchases` says.
        observed_until: Last day of which all purchases are known; that of the last one if not said.

    Returns:
        One row a cohort (month of the first purchase) and month since (0 is that of the first
        purchase), as far as the oldest cohort has come: `customers` of the cohort, of whom
        `active_customers` bought in that month, `purchases`, `value`, and `cumulative_value` a
        customer. Months that are not over by the end of observation are NULL, never 0.

    Raises:
        ValueError: A column is missing, a key or date is NULL, or an amount is negative.
    """
    purchases = read_purchases(transactions)
    end = pd.Timestamp(observed_until or purchases["order_date"].max())
    purchases = purchases[purchases["order_date"] < end.normalize() + pd.Timedelta(days=1)]
    month = purchases["order_date"].dt.year * 12 + purchases["order_date"].dt.month - 1
    first = month.groupby(purchases["customer_id"]).transform("min")
    table = purchases.assign(cohort=first, age=month - first)
    over = (end + pd.Timedelta(days=1)).year * 12 + (end + pd.Timedelta(days=1)).month - 2
    begin, last = int(first.min()), int(end.year * 12 + end.month - 1)
    grid = pd.MultiIndex.from_product(
        [sorted(first.unique()), range(last - begin + 1)], names=["cohort", "age"]
    )
    grouped = table.groupby(["cohort", "age"])
    cells = pd.DataFrame(
        {
            "active_customers": grouped["customer_id"].nunique(),
            "purchases": grouped.size(),
            "value": grouped["amount"].sum(min_count=1),
        }
    )
    cells = cells.reindex(grid).fillna(0.0)
    if purchases["amount"].isna().all():
        cells["value"] = np.nan
    customers = table.groupby("cohort")["customer_id"].nunique()
    cells["customers"] = customers.reindex(cells.index.get_level_values("cohort")).to_numpy()
    cells["cumulative_value"] = cells.groupby("cohort")["value"].cumsum() / cells["customers"]
    cells = cells.reset_index()
    told = ["active_customers", "purchases", "value", "cumulative_value"]
    cells[told] = cells[told].where(cells["cohort"] + cells["age"] <= over)
    cells["cohort_month"] = pd.to_datetime(
        {"year": cells["cohort"] // 12, "month": cells["cohort"] % 12 + 1, "day": 1}
    )
    cells = cells.rename(columns={"age": "months_since_first"}).drop(columns="cohort")
    return schemas.as_table(cells, layouts.COHORT_MONTHS)
