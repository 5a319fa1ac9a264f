"""How many customers bought how often, and how many a model says."""

import numpy as np
import pandas as pd

from ml import layouts, schemas
from ml.lifetime_value.chances import purchase_chance
from ml.lifetime_value.grouped import Histories
from ml.lifetime_value.purchase_model import PurchaseModel

MOST_FREQUENT = 7
"""So many repeat purchases and more are told of together."""


def frequency_counts(model: PurchaseModel, histories: Histories) -> pd.DataFrame:
    """Counts customers by repeat purchases from the first purchase to the end of observation.

    Returns:
        One row a number of repeat purchases from 0 on, the last for 7 and more: `frequency`,
        `actual` and `expected` customers.
    """
    times, place = np.unique(histories.observed, return_inverse=True)
    weights = np.bincount(place, histories.weight)
    new = Histories.new(len(times))
    expected = [
        float(weights @ purchase_chance(model, new, times, frequency))
        for frequency in range(MOST_FREQUENT)
    ]
    capped = np.minimum(histories.frequency, MOST_FREQUENT).astype(np.int64)
    columns = {
        "frequency": np.arange(MOST_FREQUENT + 1),
        "actual": np.bincount(capped, histories.weight, minlength=MOST_FREQUENT + 1),
        "expected": [*expected, histories.customers - sum(expected)],
    }
    return schemas.as_table(columns, layouts.FREQUENCY_COUNTS)
