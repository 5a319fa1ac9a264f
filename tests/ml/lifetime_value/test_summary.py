"""Transactions become histories; what a clock swallows is counted and told."""

import warnings

import numpy as np
import pandas as pd
import pytest

from ml.lifetime_value import (
    DAILY,
    DAYS_IN_WEEKS,
    WEEKLY,
    Clock,
    SwallowedPurchases,
    fit_lifetime_value,
    summarise_transactions,
)
from ml.lifetime_value.regularity import regularity

# 2024-01-01 was a Monday.
PURCHASES = pd.DataFrame(
    [
        ("a", "2024-01-01", 10.0),
        ("a", "2024-01-03", 20.0),
        ("a", "2024-01-15", 30.0),
        ("a", "2024-02-01", 70.0),
        ("b", "2024-01-08", 5.0),
        ("c", "2024-02-05", 99.0),
    ],
    columns=["customer_id", "order_date", "amount"],
)


def test_days_are_told_apart_and_time_is_told_in_weeks() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        summary = summarise_transactions(
            PURCHASES, DAYS_IN_WEEKS, calibrated_until="2024-01-20", observed_until="2024-02-08"
        )
    one, other = summary.customers.to_dict("records")
    assert one == {
        "customer_id": "a",
        "frequency": 2,
        "recency": 2.0,
        "T": pytest.approx(19 / 7),
        "monetary_value": 25.0,
        "holdout_purchases": 1.0,
        "holdout_value": 70.0,
        "previous_purchases": 2.0,
        "previous_value": 50.0,
    }
    assert other["frequency"] == other["recency"] == other["holdout_purchases"] == 0
    assert np.isnan(other["monetary_value"])
    assert summary.swallowed == 0
    assert summary.holdout == pytest.approx(19 / 7)


def test_a_week_swallows_and_says_how_many() -> None:
    with pytest.warns(SwallowedPurchases, match="1 of 6 purchases are in the same week"):
        summary = summarise_transactions(PURCHASES, WEEKLY, observed_until="2024-02-11")
    assert (summary.purchase_count, summary.swallowed) == (6, 1)
    one = summary.customers.set_index("customer_id").loc["a"]
    assert (one["frequency"], one["recency"], one["T"]) == (2, 4.0, 5.0)
    assert one["monetary_value"] == 50.0


def test_of_a_week_that_is_not_over_nothing_is_seen() -> None:
    """From Saturday 3 February on calibration has not seen the week of 29 January."""
    with pytest.warns(SwallowedPurchases):
        summary = summarise_transactions(
            PURCHASES, WEEKLY, calibrated_until="2024-02-03", observed_until="2024-02-10"
        )
    one = summary.customers.set_index("customer_id").loc["a"]
    assert (one["frequency"], one["T"], one["holdout_purchases"]) == (1, 3.0, 1)
    assert "c" not in set(summary.customers["customer_id"])
    assert (summary.purchase_count, summary.left_out, summary.holdout) == (6, 1, 1.0)


def test_what_comes_before_in_the_day_does_not_matter_and_the_zone_is_that_of_the_shop() -> None:
    late = PURCHASES.assign(
        order_date=pd.to_datetime(PURCHASES["order_date"] + " 23:30").dt.tz_localize(
            "Asia/Shanghai"
        )
    )
    pd.testing.assert_frame_equal(
        summarise_transactions(late, DAILY).customers,
        summarise_transactions(PURCHASES, DAILY).customers,
    )


def test_without_a_holdout_nothing_of_it_is_known() -> None:
    customers = summarise_transactions(PURCHASES, DAILY).customers
    columns = ["holdout_purchases", "holdout_value", "previous_purchases", "previous_value"]
    assert customers[columns].isna().all(axis=None)


def test_without_amounts_no_value_is_known() -> None:
    summary = summarise_transactions(
        PURCHASES.drop(columns="amount"), DAILY, calibrated_until="2024-01-20"
    )
    values = summary.customers[["monetary_value", "holdout_value", "previous_value"]]
    assert values.isna().all(axis=None)
    assert summary.customers["holdout_purchases"].sum() == 1


def test_a_purchase_of_unknown_amount_is_one_of_nothing() -> None:
    free = PURCHASES.assign(amount=[10.0, None, 30.0, 70.0, 5.0, 99.0])
    one = summarise_transactions(free, DAILY).customers.iloc[0]
    assert (one["frequency"], one["monetary_value"]) == (3, pytest.approx(100 / 3))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"amount": -1.0}, "6 rows have an amount below 0"),
        ({"customer_id": None}, "NULL in customer_id"),
        ({"order_date": "soon"}, "order_date is no date"),
        ({"order_date": 20240131}, "numbers, which are no dates"),
        ({"amount": "dear"}, "amount is not numeric"),
    ],
)
def test_what_is_no_purchase_is_told(change: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        summarise_transactions(PURCHASES.assign(**change))


def test_days_that_make_no_sense_are_told() -> None:
    for name in ("customer_id", "order_date"):
        with pytest.raises(ValueError, match=f"lacks the columns: {name}"):
            summarise_transactions(PURCHASES.drop(columns=name))
    with pytest.raises(ValueError, match="there are none"):
        summarise_transactions(PURCHASES.head(0))
    with pytest.raises(ValueError, match="after observation"):
        summarise_transactions(
            PURCHASES, calibrated_until="2024-02-01", observed_until="2024-01-01"
        )
    with pytest.raises(ValueError, match="nobody bought anything until 2023-01-01"):
        summarise_transactions(PURCHASES, calibrated_until="2023-01-01")
    with pytest.raises(ValueError, match="at least a day"):
        Clock(0, 7)
    with pytest.raises(ValueError, match="there is no model 'magic'"):
        fit_lifetime_value(PURCHASES, "magic")


def test_a_yearly_discount_compounds_to_itself() -> None:
    for clock, units in ((DAILY, 365.25), (WEEKLY, 365.25 / 7)):
        assert (1 + clock.rate(0.1)) ** units == pytest.approx(1.1)


@pytest.mark.parametrize("shape", [0.3, 1.0, 3.0])
def test_regularity_is_the_shape_that_gaps_were_drawn_with(shape: float) -> None:
    """Customers have rates that differ a thousandfold, and 3 to 8 purchases."""
    generator = np.random.default_rng(6)
    count = generator.integers(3, 9, 4000)
    customer = np.repeat(np.arange(4000), count)
    gaps = generator.gamma(shape, 1 / shape, len(customer))
    gaps *= np.repeat(10 ** generator.uniform(0, 3, 4000), count)
    times = np.cumsum(gaps)
    assert regularity(customer, times) == pytest.approx(shape, rel=0.1)


def test_regularity_of_a_timetable_of_bursts_and_of_next_to_nobody() -> None:
    customer = np.repeat(np.arange(40), 4)
    assert regularity(customer, np.tile([0.0, 7.0, 14.0, 21.0], 40)) > 100
    assert regularity(customer, np.tile([0.0, 1e-6, 2e-6, 99.0], 40)) < 0.05
    assert np.isnan(regularity(customer[:100], np.arange(100.0)))
    assert np.isnan(regularity(np.zeros(0, dtype=np.intp), np.zeros(0)))
