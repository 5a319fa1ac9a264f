"""The scale on which customers are compared."""

from collections.abc import Sequence

import pandas as pd
from sklearn.preprocessing import PowerTransformer


class YeoJohnson:
    """Brings columns near normal, with mean 0 and variance 1 (Yeo and Johnson 2000).

    Each column is first divided by its median size, which makes the result the same in any unit
    and keeps powers of large sums of money from overflowing. NULL stays NULL; what is constant
    among the customers that it was fitted to becomes 0.
    """

    def __init__(self, customers: pd.DataFrame, columns: Sequence[str]) -> None:
        """Fits to these columns of customers with orders."""
        self._columns = list(columns)
        values = customers[self._columns]
        # Without spread there is no power to look for; without a value PowerTransformer breaks.
        is_varied = values.min() < values.max()
        self._varied = [column for column in self._columns if is_varied[column]]
        size = values[self._varied].abs().median()
        # A column that is mostly 0 has the median 0: its mean size is not.
        size = size.where(size > 0, values[self._varied].abs().mean())
        self._size = size.to_numpy()
        self._transformer = PowerTransformer(method="yeo-johnson")
        if self._varied:
            self._transformer.fit(values[self._varied].to_numpy() / self._size)

    def __call__(self, customers: pd.DataFrame) -> pd.DataFrame:
        """The columns of each row on the fitted scale."""
        values = customers[self._columns]
        scaled = values.where(values.isna(), 0.0)
        if self._varied and len(values):
            sized = values[self._varied].to_numpy() / self._size
            scaled[self._varied] = self._transformer.transform(sized)
        # Vector loops may give equal customers different last bits; K-means is to see one point.
        return scaled.round(9)
