"""What transactions have to look like, and what is said where they do not."""

import numpy as np
import pandas as pd

from ml import schemas

_COLUMNS = ("customer_id", "order_date", "amount")
_KEYS = ("customer_id", "order_date")


def read_purchases(transactions: pd.DataFrame) -> pd.DataFrame:
    """Checks and reads purchases.

    Args:
        transactions: One row a purchase: `customer_id`, `order_date` (a date, or a time of which
            the local date counts; ISO 8601 where it is text), and perhaps `amount` (NULL counts as
            nothing spent, and as a purchase).

    Returns:
        These three columns with a fresh index; amounts are all NULL where there was no such column.

    Raises:
        ValueError: A column is missing, a customer or date is NULL, a date is none, an amount is
            no number or negative, or there is no row.
    """
    schemas.require_columns(transactions, _KEYS, "transactions")
    has_amounts = "amount" in transactions
    table = transactions if has_amounts else transactions.assign(amount=np.nan)
    table = schemas.numeric(table, ["amount"], "transactions")
    table = table[[*_COLUMNS]].reset_index(drop=True)
    if table.empty:
        raise ValueError("transactions: there are none")
    if table[[*_KEYS]].isna().any(axis=None):
        raise ValueError("transactions has a NULL in customer_id or order_date")
    negative = int((table["amount"] < 0).sum())
    if negative:
        raise ValueError(
            f"transactions: {negative:,} rows have an amount below 0; take returns off the "
            "purchases they belong to"
        )
    if pd.api.types.is_numeric_dtype(table["order_date"]):
        # 20240131 would be read as a moment of 1970.
        raise ValueError("transactions.order_date holds numbers, which are no dates")
    try:
        dates = pd.to_datetime(table["order_date"], format="ISO8601")
    except (TypeError, ValueError) as error:
        raise ValueError(f"transactions.order_date is no date: {error}") from error
    if dates.dt.tz is not None:
        dates = dates.dt.tz_localize(None)
    if has_amounts:
        table["amount"] = table["amount"].fillna(0.0)
    return table.assign(order_date=dates)
