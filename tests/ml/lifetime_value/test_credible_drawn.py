"""Credible intervals by the library that draws them, where it is installed."""

import numpy as np
import pandas as pd
import pytest

from ml.lifetime_value import draw_posterior, fit_mbg_nbd
from ml.lifetime_value.credible import LIBRARY
from tests.ml.lifetime_value.conftest import purchases_of

pytest.importorskip(LIBRARY)


def test_draws_lie_around_the_likeliest() -> None:
    generator = np.random.default_rng(3)
    rates, chances = generator.gamma(1.0, 0.02, 600), generator.beta(1.0, 4.0, 600)
    purchases = purchases_of(rates, chances, 400, seed=3)
    days = purchases.groupby("customer_id")["order_date"]
    table = pd.DataFrame(
        {
            "frequency": days.nunique() - 1,
            "recency": (days.max() - days.min()).dt.days.astype(float),
            "T": (pd.Timestamp("2025-02-04") - days.min()).dt.days.astype(float),
        }
    ).reset_index()
    likeliest = fit_mbg_nbd(table)
    drawn = draw_posterior(table, draws=600)
    told = drawn.intervals(0.98)
    for name, value in likeliest.parameters.items():
        assert told.loc[name, "lower"] < value < told.loc[name, "upper"]
