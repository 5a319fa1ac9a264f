"""What is known only afterwards is planted; a named check catches it, or it cannot get in at all.

Same-day orders are the SQL's: that an order on the cutoff counts for the label and not for the
features is in the unit tests of training_labels, feature_purchases and feature_rhythm.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from ml.leakage import TOO_GOOD, strongest_feature
from ml.prediction import Learned, learn
from ml.rolling import closed_cutoffs, rolling_origins
from tests.ml.in_one_call import REPURCHASE, history_of

Tables = tuple[pd.DataFrame, pd.DataFrame]
WINDOW = REPURCHASE.window


@pytest.fixture
def history(make_history: Callable[..., Tables]) -> pd.DataFrame:
    return history_of(*make_history(customers=500)).astype({"outcome": float})


def strongest(history: pd.DataFrame, today: pd.Timestamp) -> tuple[str, float]:
    """What `no_feature_knows_what_came` looks at."""
    learned = learn(REPURCHASE, history, today)
    assert isinstance(learned, Learned)
    (row,) = [row for row in learned.test.metrics if row["metric"] == "strongest_feature"]
    return row["note"], row["value"]


def test_honest_features_are_not_doubted(history: pd.DataFrame, as_of_date: pd.Timestamp) -> None:
    assert strongest(history, as_of_date) == ("total_spend", pytest.approx(0.6, abs=0.25))


def test_a_feature_that_knows_the_future_is_doubted(
    history: pd.DataFrame, as_of_date: pd.Timestamp
) -> None:
    """Orders of a snapshot that was made later, with those of the window in it."""
    later = history["order_count"] + 10 * history["outcome"]
    name, strength = strongest(history.assign(order_count_of_today=later), as_of_date)
    assert name == "order_count_of_today"
    assert strength >= TOO_GOOD


@pytest.mark.parametrize("is_told_of_all", [True, False])
def test_an_undated_flag_is_doubted(
    history: pd.DataFrame, as_of_date: pd.Timestamp, is_told_of_all: bool
) -> None:
    """Somebody ticked those who had left, long after the days that are learned from."""
    has_left = 1 - history["outcome"]
    # Told of the gone alone it is a number, here 0, or nothing.
    ticked = has_left if is_told_of_all else has_left.where(has_left > 0) - 1
    name, strength = strongest(history.assign(has_left=ticked), as_of_date)
    assert name == "has_left"
    assert strength >= TOO_GOOD


def test_an_overlapping_label_window_teaches_nothing(
    history: pd.DataFrame, as_of_date: pd.Timestamp
) -> None:
    """A further day whose window lies over the tested one, and that knows all of it."""
    test = as_of_date - pd.Timedelta(days=30)
    planted = history[history["as_of_date"] == test].assign(
        as_of_date=test - pd.Timedelta(days=10),
        total_spend=lambda rows: 1e6 * (1 - rows["outcome"]),
    )
    both = pd.concat([history, planted])
    closed = closed_cutoffs(both["as_of_date"], as_of_date, WINDOW)
    (origin,) = [one for one in rolling_origins(closed, WINDOW) if one.cutoff == test]
    assert test - pd.Timedelta(days=10) not in origin.training
    tests = [learn(REPURCHASE, rows, as_of_date) for rows in (history, both)]
    aucs = [
        [row["value"] for row in one.test.metrics if row["metric"] == "roc_auc"]
        for one in tests
        if isinstance(one, Learned)
    ]
    assert aucs[0] == aucs[1]


def test_of_amounts_the_rank_counts() -> None:
    generator = np.random.default_rng(0)
    came = generator.gamma(1, 10, 300)
    inputs = pd.DataFrame({"noise": generator.normal(size=300), "minus": -np.sqrt(came)})
    assert strongest_feature("amount", inputs, came) == ("minus", pytest.approx(1))


def test_a_feature_that_is_the_same_for_all_has_no_strength() -> None:
    inputs = pd.DataFrame({"b": [1.0, 1.0, 1.0], "a": [np.nan] * 3})
    assert strongest_feature("event", inputs, np.array([0.0, 1.0, 0.0])) == ("a", 0.0)


def test_of_a_handful_no_feature_is_doubted(
    make_history: Callable[..., Tables], as_of_date: pd.Timestamp
) -> None:
    few = history_of(*make_history(customers=40)).astype({"outcome": float})
    learned = learn(REPURCHASE, few.assign(flag=few["outcome"]), as_of_date)
    assert isinstance(learned, Learned)
    assert "strongest_feature" not in {row["metric"] for row in learned.test.metrics}
