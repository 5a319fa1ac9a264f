"""Rules of thumb: which hold, what they say, and which of them a model is held against."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ml.forecast_metrics import candidate_rows, gain_rows
from ml.gate import compare, judge
from ml.kept import from_bytes, to_bytes
from ml.lifetime_value import Histories, fit_bg_nbd
from ml.lifetime_value.order_days import histories_of_order_days
from ml.rolling import Forecast, strongest_rule
from ml.rules import fitted_rules
from ml.target import Purchases
from tests.ml.in_one_call import REPURCHASE

BANDS = REPURCHASE.baselines[0]
ORDERS = Purchases("expected_orders", "bg_nbd")
BOTH = replace(REPURCHASE, baselines=(BANDS, ORDERS))
DAY = pd.Timestamp("2024-01-01")


def buyers(customers: int = 600, stay: float = 2.0) -> pd.DataFrame:
    """Who buys at a rate of their own, and after each order leaves with a chance of their own."""
    generator = np.random.default_rng(0)
    rows = []
    for rate in generator.gamma(0.9, 0.03, customers) + 0.002:
        first, leaving = int(generator.integers(60, 365)), generator.beta(1, stay)
        days = [0]
        while generator.random() >= leaving:
            days.append(days[-1] + 1 + int(generator.exponential(1 / rate)))
            if days[-1] >= first:
                days.pop()
                break
        rows.append((len(days), first, first - days[-1], 10.0 * len(days)))
    columns = ["order_day_count", "days_since_first_order", "days_since_last_order", "total_spend"]
    return pd.DataFrame(rows, columns=columns).astype(float)


def of_day(customers: pd.DataFrame) -> "pd.Series[pd.Timestamp]":
    return pd.Series(DAY, customers.index)


def test_customers_of_whom_a_purchase_model_expects_as_much_are_alike() -> None:
    customers = buyers()
    histories = histories_of_order_days(customers)
    expected = fit_bg_nbd(histories).model.expected_purchases(Histories.of(histories), 30)
    outcome = (expected > np.median(expected)).astype(float)
    rules = fitted_rules(BOTH, customers, outcome, of_day(customers))
    told = rules["expected_orders"].predict(customers)
    assert (told[outcome == 1].min()) > 0.9 > 0.1 > told[outcome == 0].max()
    assert from_bytes(to_bytes(rules["expected_orders"])).predict(customers).tolist() == list(told)


def test_of_an_amount_they_are_alike_in_value() -> None:
    customers = buyers()
    customers["total_spend"] *= np.where(np.arange(len(customers)) % 2, 1, 50)
    spend = replace(BOTH, kind="amount")
    rule = fitted_rules(spend, customers, customers["total_spend"].to_numpy(), of_day(customers))
    told = rule["expected_orders"].predict(customers)
    small, large = (told[np.arange(len(customers)) % 2 == side].mean() for side in (1, 0))
    assert large > 5 * small


def test_of_who_never_ordered_nothing_is_expected() -> None:
    never = pd.DataFrame({column: [np.nan] for column in buyers(1)}).assign(order_day_count=0.0)
    customers = pd.concat([buyers(), never], ignore_index=True)
    outcome = np.where(customers["order_day_count"] > 1, 1.0, 0.0)
    rule = fitted_rules(BOTH, customers, outcome, of_day(customers))["expected_orders"]
    assert rule.predict(never)[0] < outcome.mean()


def test_a_purchase_model_that_does_not_hold_is_no_rule() -> None:
    once = buyers().assign(order_day_count=1.0)
    once["days_since_last_order"] = once["days_since_first_order"]
    rules = fitted_rules(BOTH, once, np.arange(len(once)) % 2.0, of_day(once))
    assert list(rules) == [BANDS.name]


def test_a_purchase_model_learns_of_the_latest_day_alone() -> None:
    customers = pd.concat([buyers(), buyers(stay=0.5)], ignore_index=True)
    cutoffs = pd.Series(np.repeat([DAY, DAY - pd.Timedelta(days=60)], 600))
    outcome = np.arange(len(customers)) % 2.0
    mixed = fitted_rules(BOTH, customers, outcome, cutoffs)["expected_orders"]
    alone = fitted_rules(BOTH, buyers(), outcome[:600], of_day(buyers()))["expected_orders"]
    assert mixed._purchases == alone._purchases


def forecast(bands: float, orders: float | None, model: float) -> Forecast:
    """Of 200 customers of whom half order; each gives the right side so much."""
    event = np.arange(200) % 2.0
    sides = {BANDS.name: bands, ORDERS.name: orders}
    told = {name: np.where(event == 1, p, 1 - p) for name, p in sides.items() if p is not None}
    return Forecast(DAY, event, told, {"svm": np.where(event == 1, model, 1 - model)})


def test_the_strongest_rule_is_the_one_to_beat() -> None:
    both = [BANDS.name, ORDERS.name]
    assert strongest_rule(BOTH, [forecast(0.6, 0.7, 0.8)], both) == ORDERS.name
    assert strongest_rule(BOTH, [forecast(0.7, 0.7, 0.8)], both) == BANDS.name
    # One that did not hold on each day, or does not today, is none.
    some = [forecast(0.6, None, 0.8), forecast(0.6, 0.7, 0.8)]
    assert strongest_rule(BOTH, some, both) == BANDS.name
    assert strongest_rule(BOTH, [forecast(0.6, 0.7, 0.8)], [BANDS.name]) == BANDS.name


@pytest.mark.parametrize(("bands", "served"), [(0.7, "model"), (0.9, "baseline")])
def test_a_model_has_to_beat_every_rule(bands: float, served: str) -> None:
    made = forecast(bands, 0.6, 0.8)
    rows = compare(made.outcome > 0, made.expected["svm"], made.rules[ORDERS.name])
    rows += gain_rows(BOTH, made, "svm", ORDERS.name)
    assert rows[-1]["metric"] == f"gain_over_{BANDS.name}"
    assert rows[-1]["value"] == pytest.approx(np.log(0.8 / bands))
    verdict = judge(replace(BOTH, floors=WIDE), ORDERS.name, rows)
    assert verdict.served == served
    assert ("not surely better than the recency bands" in verdict.reason) == (bands > 0.8)
    losses = candidate_rows(replace(BOTH, candidates=("svm",)), [made], ORDERS.name)
    assert [row["model_name"].removeprefix("repurchase_") for row in losses] == [
        "recency_bands",
        "expected_orders",
        "svm",
    ]
    assert {row["baseline_value"] for row in losses} == {losses[1]["value"]}


WIDE = replace(REPURCHASE.floors, maximum_calibration_error=1.0)
