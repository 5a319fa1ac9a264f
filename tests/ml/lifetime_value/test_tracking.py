"""Tracking adds up as the holdout's own figures do; the grid has the model's chances."""

import numpy as np
import pandas as pd
import pytest

from ml.lifetime_value.bg_nbd import BgNbd
from ml.lifetime_value.grouped import Histories
from ml.lifetime_value.mbg_nbd import MbgNbd
from ml.lifetime_value.tracking import alive_grid, tracking_table

CDNOW = BgNbd(0.243, 4.414, 0.793, 2.426)


def test_expected_is_that_of_new_customers_from_their_first_day() -> None:
    first = pd.Series(pd.to_datetime(["2024-01-01", "2024-01-03"]))
    weeks = pd.DataFrame(
        {
            "week": [1, 2, 3],
            "ends_on": pd.to_datetime(["2024-01-02", "2024-01-09", "2024-01-16"]),
            "is_holdout": [False, False, True],
            "repeat_order_days": [0, 2, 1],
        }
    )
    told = tracking_table(CDNOW, first, weeks, model_name="m")
    # The first day itself is the begin: a week later, a customer is seven days old.
    new = CDNOW.expected_purchases(Histories.new(4), np.array([7.0, 5.0, 14.0, 12.0]))
    assert told["expected_cumulative"].tolist() == pytest.approx([0, new[:2].sum(), new[2:].sum()])
    assert told["actual_cumulative"].tolist() == [0, 2, 3]
    assert told["customer_count"].tolist() == [2, 2, 2]


def test_many_weeks_are_told_by_a_hundred() -> None:
    ends = pd.date_range("2020-01-08", periods=300, freq="7D")
    draw = np.random.default_rng(0)
    weeks = pd.DataFrame(
        {
            "week": np.arange(1, 301),
            "ends_on": ends,
            "is_holdout": False,
            "repeat_order_days": draw.integers(0, 50, 300),
        }
    )
    told = tracking_table(CDNOW, pd.Series([ends[0]]), weeks)
    assert len(told) == 100
    whole = weeks["repeat_order_days"].cumsum()
    between = np.interp(weeks["week"], told["week"], told["actual_cumulative"])
    assert np.abs(between - whole).max() < 0.02 * whole.iloc[-1]


def test_the_grid_has_the_models_chance_of_who_is_known_longest() -> None:
    model = MbgNbd(0.5, 60.0, 0.8, 2.5)
    histories = pd.DataFrame({"frequency": [0, 1, 4], "recency": [0, 30, 80], "T": [50, 90, 200]})
    told = alive_grid(model, histories)
    assert sorted(set(told["repeat_order_days"])) == [1, 2, 3]  # All but the hundredth with most.
    assert set(told["observed_days"]) == {200}
    row = told.iloc[-1]
    one = Histories(np.array([3.0]), np.array([200.0]), np.array([200.0]), np.ones(1))
    assert row["probability_alive"] == pytest.approx(model.probability_alive(one)[0])
    of_one = told[told["repeat_order_days"] == 1]["probability_alive"]
    assert of_one.is_monotonic_increasing


@pytest.mark.parametrize(
    "histories",
    [
        {"frequency": [], "recency": [], "T": []},
        {"frequency": [0, 0], "recency": [0, 0], "T": [5, 9]},
    ],
)
def test_without_a_repeat_there_is_no_grid(histories: dict[str, list[float]]) -> None:
    assert alive_grid(CDNOW, pd.DataFrame(histories)).empty
