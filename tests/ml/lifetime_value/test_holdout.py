"""Expected beside actual: counted by hand, and what is not over yet is not known."""

import numpy as np
import pandas as pd
import pytest

from ml.lifetime_value import (
    DAYS_IN_WEEKS,
    LifetimeValue,
    cohort_months,
    fit_lifetime_value,
    summarise_transactions,
    track_holdout,
)

pytestmark = pytest.mark.filterwarnings("ignore::ml.lifetime_value.SwallowedPurchases")


def test_weeks_count_what_was_bought_in_them(shop: pd.DataFrame) -> None:
    summary = summarise_transactions(
        shop, DAYS_IN_WEEKS, calibrated_until="2024-08-25", observed_until="2024-12-30"
    )
    fitted = fit_lifetime_value(summary)
    weeks = track_holdout(summary, fitted).by_period
    begin = pd.Timestamp("2024-01-01")
    days = shop.drop_duplicates(["customer_id", "order_date"]).sort_values("order_date")
    repeats = days[days.duplicated("customer_id")]
    number = (repeats["order_date"] - begin).dt.days // 7 + 1
    by_hand = number.value_counts().reindex(range(1, 54), fill_value=0)
    assert len(weeks) == 53
    np.testing.assert_array_equal(weeks["actual"][:52], by_hand[:52])
    # 30 December is the first day of week 53.
    assert np.isnan(weeks["actual"].iloc[52]) and np.isnan(weeks["actual_cumulative"].iloc[52])
    assert weeks["expected"].iloc[52] > 0
    assert weeks["is_holdout"].tolist() == [False] * 34 + [True] * 19
    assert (weeks["expected"] >= 0).all()
    total = weeks["actual_cumulative"].iloc[33]
    assert weeks["expected_cumulative"].iloc[33] == pytest.approx(total, rel=0.1)


def test_weeks_to_come_are_expected_and_not_known(shop: pd.DataFrame) -> None:
    summary = summarise_transactions(shop)
    tracking = track_holdout(summary, fit_lifetime_value(summary), periods=60)
    weeks = tracking.by_period
    assert weeks["actual"].notna().sum() == 52
    assert weeks["actual"][52:].isna().all()
    assert weeks["expected"].notna().all()
    assert all(np.isnan(value) for value in tracking.figures.values())
    assert tracking.by_frequency["actual_mean"].isna().all()


def test_figures_are_those_of_the_customers(shop: pd.DataFrame) -> None:
    summary = summarise_transactions(
        shop, DAYS_IN_WEEKS, calibrated_until="2024-08-31", observed_until="2024-12-30"
    )
    fitted = fit_lifetime_value(summary)
    tracking = track_holdout(summary, fitted)
    customers, figures = summary.customers, tracking.figures
    expected = fitted.predict(customers, summary.holdout)
    actual = customers["holdout_purchases"]
    assert figures["actual"] == actual.sum()
    assert figures["bias"] == pytest.approx(expected["expected_purchases"].sum() / actual.sum() - 1)
    assert abs(figures["bias"]) < 0.15
    error = expected["expected_purchases"] - actual
    assert figures["mean_absolute_error"] == pytest.approx(error.abs().mean())
    assert figures["same_as_before_expected"] == customers["previous_purchases"].sum()
    assert figures["value_actual"] == pytest.approx(customers["holdout_value"].sum())
    assert figures["root_mean_squared_error"] < figures["same_as_before_root_mean_squared_error"]
    buckets = tracking.by_frequency
    assert buckets["customers"].sum() == len(customers)
    assert buckets["frequency"].max() == 7
    weighted = (buckets["actual_mean"] * buckets["customers"]).sum()
    assert weighted == pytest.approx(figures["actual"])


def test_a_refused_model_is_not_tracked(shop: pd.DataFrame) -> None:
    summary = summarise_transactions(shop)
    with pytest.raises(ValueError, match="no model to track: too few"):
        track_holdout(summary, LifetimeValue(None, None, ("too few",), ("few_repeaters",)))


def test_months_of_a_cohort_that_are_not_over_are_null_and_never_zero() -> None:
    purchases = pd.DataFrame(
        [
            ("a", "2024-01-05", 10.0),
            ("a", "2024-03-05", 30.0),
            ("b", "2024-01-31", 20.0),
            ("c", "2024-02-10", 40.0),
            ("c", "2024-04-02", 5.0),
        ],
        columns=["customer_id", "order_date", "amount"],
    )
    told = cohort_months(purchases, observed_until="2024-04-29")
    assert len(told) == 8
    january = told[told["cohort_month"] == "2024-01-01"]
    assert january["customers"].tolist() == [2, 2, 2, 2]
    np.testing.assert_array_equal(january["active_customers"], [2, 0, 1, np.nan])
    np.testing.assert_array_equal(january["value"], [30, 0, 30, np.nan])
    np.testing.assert_array_equal(january["cumulative_value"], [15, 15, 30, np.nan])
    february = told[told["cohort_month"] == "2024-02-01"]
    np.testing.assert_array_equal(february["purchases"], [1, 0, np.nan, np.nan])
    # With its last day April is over.
    whole = cohort_months(purchases, observed_until="2024-04-30")
    assert whole["value"].tolist()[:7] == [30, 0, 30, 0, 40, 0, 5]
    assert np.isnan(whole["value"].iloc[7])
    no_value = cohort_months(purchases.drop(columns="amount"))
    assert no_value["value"].isna().all()
    assert no_value["active_customers"].notna().any()
