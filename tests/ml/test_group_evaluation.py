"""Forecasts are told of thirds of customers, where these are enough to say more than chance."""

import numpy as np
import pandas as pd
import pytest

from ml import amount_evaluation, evaluation
from ml.group_evaluation import group_rows

SIZE = 900
generator = np.random.default_rng(0)
CUSTOMERS = pd.DataFrame(
    {
        "order_count": np.repeat([1.0, 5.0, 20.0], SIZE // 3),
        "days_since_first_order": generator.permutation(SIZE).astype(float),
    }
)
CHANCE = np.repeat([0.2, 0.5, 0.8], SIZE // 3) * generator.uniform(0.7, 1.2, SIZE)
HAPPENED = (generator.random(SIZE) < CHANCE).astype(float)
RULE = np.full(SIZE, 0.5)


def told(kind: str, outcome: np.ndarray, **columns: np.ndarray) -> dict[str, dict[str, object]]:
    customers = CUSTOMERS.assign(**columns)
    rows = group_rows(kind, customers, outcome, CHANCE, RULE)  # type: ignore[arg-type]
    return {str(row["metric"]): row for row in rows}


def test_each_third_has_its_own_figures() -> None:
    rows = told("event", HAPPENED)
    for number, orders in enumerate((1, 5, 20), start=1):
        members = (CUSTOMERS["order_count"] == orders).to_numpy()
        outcomes = evaluation.tally(HAPPENED[members], CHANCE[members])
        for name in ("bias_of_sum", "top_decile_lift"):
            row = rows[f"of_order_count_{number}_{name}"]
            assert row["value"] == evaluation.METRICS[name](outcomes)
            assert row["lower_bound"] < row["value"] < row["upper_bound"]  # type: ignore[operator]
            assert row["customer_count"] == SIZE // 3 and isinstance(row["customer_count"], int)
            assert row["note"] == f"order count {orders} to {orders}"
    # The rule says the same of all: it is too low for who buys much.
    assert rows["of_order_count_1_bias_of_sum"]["baseline_value"] > 1  # type: ignore[operator]
    assert rows["of_order_count_3_bias_of_sum"]["baseline_value"] < 0  # type: ignore[operator]
    assert len(rows) == 12


def test_amounts_have_a_bias_and_no_lift() -> None:
    amount = HAPPENED * 3
    rows = told("amount", amount)
    members = (CUSTOMERS["order_count"] == 5).to_numpy()
    row = rows["of_order_count_2_bias_of_sum"]
    assert row["value"] == amount_evaluation.bias_of_sum(amount[members], CHANCE[members])
    assert row["lower_bound"] < row["value"] < row["upper_bound"]  # type: ignore[operator]
    assert {name.rsplit("_", 3)[-1] for name in rows} == {"sum"}


def test_what_is_not_known_is_in_no_group_and_equal_values_are_in_one() -> None:
    half = np.where(np.arange(SIZE) < SIZE // 2, np.nan, 1.0)
    half[-200:] = 2.0
    rows = told("event", HAPPENED, order_count=half)
    of_orders = {name: row for name, row in rows.items() if "order_count" in name}
    counts = {name: row["customer_count"] for name, row in of_orders.items()}
    assert set(counts.values()) == {250, 200}
    alike = told("event", HAPPENED, order_count=np.ones(SIZE))
    assert not [name for name in alike if "order_count" in name]


@pytest.mark.parametrize(("happens", "is_told"), [(19, False), (20, True)])
def test_few_events_are_not_told(happens: int, is_told: bool) -> None:
    outcome = np.zeros(SIZE)
    outcome[:happens] = 1
    assert ("of_order_count_1_bias_of_sum" in told("event", outcome)) == is_told
    assert ("of_order_count_1_bias_of_sum" in told("event", 1 - outcome)) == is_told
