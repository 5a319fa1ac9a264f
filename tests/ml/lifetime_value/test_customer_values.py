"""Values of a shop's customers as of a day, from its features, and the test on a past day."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from ml import layouts
from ml.lifetime_value import Histories, fit_mbg_nbd, summarise_transactions
from ml.lifetime_value.clock import DAILY
from ml.lifetime_value.customer_values import CustomerValues, customer_values
from ml.lifetime_value.learned_values import MODEL_NAME, learn_values

pytestmark = pytest.mark.filterwarnings("ignore::ml.lifetime_value.SwallowedPurchases")
TODAY, BEFORE = pd.Timestamp("2024-12-31"), pd.Timestamp("2024-10-02")
HORIZON = 90


def features_as_of(purchases: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """As customer_features says it, counted here by day."""
    days = purchases[purchases["order_date"] < day]
    days = days.groupby(["customer_id", "order_date"], as_index=False)["amount"].sum()
    gaps = days.groupby("customer_id")["order_date"].diff().dt.days
    of_customer = days.assign(gap=gaps).groupby("customer_id")
    table = pd.DataFrame(
        {
            "as_of_date": day,
            "order_day_count": of_customer.size(),
            "total_spend": of_customer["amount"].sum(),
            "days_since_first_order": (day - of_customer["order_date"].min()).dt.days,
            "days_since_last_order": (day - of_customer["order_date"].max()).dt.days,
            "mean_days_between_orders": of_customer["gap"].mean(),
            "stddev_days_between_orders": of_customer["gap"].std(),
        }
    )
    return table.reset_index()


def with_holdout(purchases: pd.DataFrame, features: pd.DataFrame) -> pd.DataFrame:
    days = purchases.groupby(["customer_id", "order_date"], as_index=False)["amount"].sum()
    repeats = days[days.duplicated("customer_id")]
    span = pd.Timedelta(days=HORIZON)
    after = repeats[repeats["order_date"] >= BEFORE]
    just_before = repeats[repeats["order_date"].between(BEFORE - span, BEFORE, inclusive="left")]
    told = {}
    for name, rows in (("holdout", after), ("previous", just_before)):
        by_customer = rows.groupby("customer_id")["amount"]
        told[f"{name}_purchases"] = features["customer_id"].map(by_customer.size()).fillna(0)
        told[f"{name}_value"] = features["customer_id"].map(by_customer.sum()).fillna(0.0)
    return features.assign(horizon_days=HORIZON, **told)


def made_of(customers: pd.DataFrame, holdout: pd.DataFrame) -> CustomerValues:
    return customer_values(learn_values(customers, TODAY.date(), holdout), customers, TODAY)


def valued(purchases: pd.DataFrame, *, has_holdout: bool = True) -> CustomerValues:
    today, before = (features_as_of(purchases, day) for day in (TODAY, BEFORE))
    holdout = with_holdout(purchases, before)
    return made_of(today, holdout if has_holdout else holdout.head(0))


def metric(made: CustomerValues, name: str) -> pd.Series:
    rows = made.metrics[made.metrics["metric"] == name]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.fixture(scope="module")
def made(shop: pd.DataFrame) -> CustomerValues:
    return valued(shop)


def test_features_say_what_transactions_say(shop: pd.DataFrame, made: CustomerValues) -> None:
    """The last day that counts is the one before as_of_date."""
    purchases = shop[shop["order_date"] < TODAY]
    summary = summarise_transactions(purchases, DAILY, observed_until=TODAY - pd.Timedelta(days=1))
    fitted = fit_mbg_nbd(summary.customers)
    values = made.values.set_index("customer_id")
    assert (values["model_name"] == MODEL_NAME).all()
    histories = Histories.of(summary.customers)
    expected = fitted.model.expected_purchases(histories, 90.0)
    got = values.loc[summary.customers["customer_id"], "expected_order_days_next_90_days"]
    np.testing.assert_allclose(got, expected, rtol=1e-6)


def test_a_year_brings_more_and_intervals_hold_what_is_expected(made: CustomerValues) -> None:
    values = made.values
    assert [*values.columns] == [*layouts.CUSTOMER_LIFETIME_VALUE]
    assert values["note"].isna().all()
    assert values["probability_alive"].between(0, 1).all()
    for end in ("expected", "lower", "upper"):
        assert (
            values[f"{end}_order_days_next_365_days"] >= values[f"{end}_order_days_next_90_days"]
        ).all()
    busy = values[values["expected_order_days_next_365_days"] > 2]
    assert len(busy) > 100
    assert (
        busy["lower_order_days_next_365_days"] < busy["expected_order_days_next_365_days"]
    ).all()
    assert (
        busy["upper_order_days_next_365_days"] > busy["expected_order_days_next_365_days"]
    ).all()
    product = values["expected_order_days_next_90_days"] * values["expected_order_day_value"]
    np.testing.assert_allclose(values["expected_value_next_90_days"], product)


def test_who_bought_once_is_valued_by_what_that_was(
    shop: pd.DataFrame, made: CustomerValues
) -> None:
    once = features_as_of(shop, TODAY).query("order_day_count == 1")
    values = made.values.set_index("customer_id").loc[once["customer_id"]]
    assert np.corrcoef(values["expected_order_day_value"], once["total_spend"])[0, 1] > 0.99


def test_what_was_foretold_is_held_against_what_came(made: CustomerValues) -> None:
    assert metric(made, "status")["value"] == 1
    assert metric(made, "status")["evaluated_on"] == BEFORE
    error = metric(made, "value_mean_absolute_error")
    assert error["lower_bound"] < error["value"] < error["upper_bound"]
    gain = metric(made, "value_gain")
    assert gain["value"] == pytest.approx(error["baseline_value"] - error["value"])
    assert gain["lower_bound"] > 0
    total = metric(made, "actual_order_days")["value"]
    assert metric(made, "expected_order_days")["value"] == pytest.approx(total, rel=0.15)
    assert (made.metrics["target"] == "lifetime_value").all()
    assert not made.metrics.duplicated("metric").any()


def test_without_a_past_day_there_is_no_test(shop: pd.DataFrame) -> None:
    made = valued(shop, has_holdout=False)
    assert [*made.metrics["metric"]] == ["status"]
    assert made.metrics["evaluated_on"].isna().all()
    figures = made.values.filter(regex="order_day|value_next|alive")
    assert figures.isna().all(axis=None)
    assert made.values["note"].str.contains("no past day tells how well it is foretold").all()
    assert metric(made, "status")["value"] == 0


def test_what_was_foretold_no_better_than_by_the_same_as_before_is_not_served(
    shop: pd.DataFrame,
) -> None:
    """Value that came as before, to the cent; days with orders did not."""
    today, before = (features_as_of(shop, day) for day in (TODAY, BEFORE))
    holdout = with_holdout(shop, before)
    made = made_of(today, holdout.assign(previous_value=holdout["holdout_value"]))
    assert made.values.filter(regex="value").isna().all(axis=None)
    assert made.values.filter(regex="order_days|alive").notna().all(axis=None)
    (note,) = made.values["note"].unique()
    assert note.startswith("value not served: on a past day") and note.endswith("with 0.00")
    assert metric(made, "status")["value"] == 0


def test_a_shop_in_which_the_model_does_not_hold_has_nulls_and_a_reason(
    make_purchases: Callable[..., pd.DataFrame],
) -> None:
    made = valued(make_purchases(r=0.25, alpha=30.0, in_a_clump=4))
    figures = made.values.filter(regex="order_days|value_next|alive")
    assert figures.isna().all(axis=None)
    assert made.values["note"].str.contains("come in clumps").all()
    status = metric(made, "status")
    assert status["value"] == 0
    assert "come in clumps" in status["note"]
    assert "value_gain" not in set(made.metrics["metric"])


def test_where_nobody_leaves_another_model_serves_and_is_named(
    make_purchases: Callable[..., pd.DataFrame],
) -> None:
    made = valued(make_purchases(r=1.0, alpha=60.0, leaving=None))
    assert (made.values["model_name"] == "lifetime_value_nbd").all()
    assert (made.metrics["model_name"] == MODEL_NAME).all()
    assert (made.values["probability_alive"] == 1).all()
    assert made.values["note"].str.contains("nbd takes its place").all()


def test_who_gave_back_more_than_was_bought_is_valued_as_anybody(shop: pd.DataFrame) -> None:
    features = features_as_of(shop, TODAY)
    features.loc[0, "total_spend"] = -5.0
    features.loc[1, "total_spend"] = np.nan
    holdout = with_holdout(shop, features_as_of(shop, BEFORE))
    made = made_of(features, holdout)
    first, second = made.values["expected_order_day_value"].head(2)
    assert first == second > 0
