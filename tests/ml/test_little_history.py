"""Predictions of little history or few customers: what is missing is said, nothing breaks."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from ml import layouts
from ml.prediction import Learned, Untested, learn
from ml.serving import Prediction, predict
from tests.ml.in_one_call import REPURCHASE, history_of, predict_repurchase

Tables = tuple[pd.DataFrame, pd.DataFrame]
Maker = Callable[..., Tables]
KEY = ["customer_id", "as_of_date"]
DAYS_30 = pd.Timedelta(days=30)


def assert_nothing_is_served(result: Prediction, because: str) -> None:
    assert result.predictions.empty
    assert result.predictions.dtypes.astype(str).to_dict() == dict(layouts.CUSTOMER_PREDICTIONS)
    assert result.metrics["metric"].tolist() == ["status"]
    assert result.metrics["value"].isna().all()
    assert result.metrics["note"][0].startswith("nothing is served: ")
    assert because in result.metrics["note"][0]


@pytest.mark.parametrize("outcome", [True, False])
def test_one_outcome_only_serves_nothing(
    make_history: Maker, as_of_date: pd.Timestamp, outcome: bool
) -> None:
    features, labels = make_history()
    result = predict_repurchase(features, labels.assign(has_ordered=outcome), as_of_date)
    assert_nothing_is_served(result, "nothing to learn or to test")


@pytest.mark.parametrize("is_test", [True, False])
def test_one_outcome_in_the_test_or_the_training_tests_nothing(
    make_history: Maker, as_of_date: pd.Timestamp, is_test: bool
) -> None:
    features, labels = make_history()
    there = (labels["as_of_date"] == as_of_date - DAYS_30) == is_test
    labels.loc[there, "has_ordered"] = True
    result = predict_repurchase(features, labels, as_of_date)
    assert_nothing_is_served(result, "has_ordered_next_30_days is the same for all customers")


def test_one_cutoff_cannot_be_tested_and_serves_nothing(
    make_history: Maker, as_of_date: pd.Timestamp
) -> None:
    features, labels = make_history(cutoffs=1)
    result = predict_repurchase(features, labels, as_of_date)
    assert_nothing_is_served(result, "two past as_of_dates at least 30 days apart")


def test_the_target_says_how_far_a_window_reaches(
    make_history: Maker, as_of_date: pd.Timestamp
) -> None:
    """Cutoffs lie 30 days apart: of four, windows of 60 days leave one to train and one to test."""
    features, labels = make_history(customers=300)
    sixty, ninety = (
        replace(REPURCHASE, name=f"again_in_{days}_days", horizon_days=days) for days in (60, 90)
    )
    learned = learn(sixty, history_of(features, labels), as_of_date)
    assert isinstance(learned, Learned)
    assert learned.test.cutoff == str((as_of_date - 2 * DAYS_30).date())
    predictions = predict(sixty, learned, features, as_of_date).predictions
    assert set(predictions["target"]) == {"again_in_60_days"}
    assert set(predictions["horizon_days"]) == {60}
    assert learn(ninety, history_of(features, labels), as_of_date) == Untested(
        "a test forward in time needs customers to ask of on two past as_of_dates at least 90 days "
        "apart, with 90 days after the later one"
    )


def test_no_cutoff_gives_no_predictions_and_says_what_is_missing(
    make_history: Maker, as_of_date: pd.Timestamp
) -> None:
    features, labels = make_history()
    today = features[features["as_of_date"] == as_of_date]
    for result, note in [
        (predict_repurchase(today, labels.head(0), as_of_date), "30 days after it"),
        (predict_repurchase(today, labels, as_of_date), "30 days after it"),
        (
            predict_repurchase(features.head(0), labels.head(0), as_of_date),
            "nobody is to be asked of",
        ),
        (
            predict_repurchase(today.assign(order_count=0), labels, as_of_date),
            "nobody is to be asked of",
        ),
    ]:
        assert_nothing_is_served(result, note)


@pytest.mark.parametrize("customers", [1, 2, 5])
def test_a_handful_of_customers(
    make_history: Maker, as_of_date: pd.Timestamp, customers: int
) -> None:
    features, labels = make_history(customers=customers)
    features = features.assign(order_count=3)
    # They order by turns: in each window some do, and some do not.
    by_turns = (
        labels.groupby("as_of_date").cumcount() + labels.groupby("customer_id").cumcount()
    ) % 2
    result = predict_repurchase(features, labels.assign(has_ordered=by_turns == 0), as_of_date)
    # Of one customer each window has one outcome.
    assert len(result.predictions) == (customers if customers > 1 else 0)
    assert result.predictions["probability"].between(0, 1).all()


def test_bad_tables_are_refused_in_plain_words(
    make_history: Maker, as_of_date: pd.Timestamp
) -> None:
    features, labels = make_history(customers=20)
    with pytest.raises(ValueError, match="lacks the columns: customer_id"):
        learn(REPURCHASE, history_of(features, labels).drop(columns="customer_id"), as_of_date)
    with pytest.raises(ValueError, match="lacks the columns: outcome"):
        predict_repurchase(features, labels[KEY], as_of_date)
    with pytest.raises(ValueError, match="country is not numeric"):
        predict_repurchase(features.assign(country="FR"), labels, as_of_date)
    with pytest.raises(ValueError, match="two rows for one"):
        predict_repurchase(features, pd.concat([labels, labels]), as_of_date)
    with pytest.raises(ValueError, match="is NULL"):
        predict_repurchase(
            features,
            labels.assign(has_ordered=pd.Series(None, labels.index, dtype="boolean")),
            as_of_date,
        )
