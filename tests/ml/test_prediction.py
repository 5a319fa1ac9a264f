"""Repurchase prediction: time runs forward, the gate works, little history is said so."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ml import schemas
from ml.prediction import Learned, Prediction, Untested, learn, predict
from tests.ml.in_one_call import REPURCHASE, history_of, predict_repurchase

Tables = tuple[pd.DataFrame, pd.DataFrame]
Maker = Callable[..., Tables]
KEY = ["customer_id", "as_of_date"]
DAYS_30 = pd.Timedelta(days=30)


def metrics_of(result: Prediction) -> pd.DataFrame:
    return result.metrics.set_index("metric")


def assert_same(one: Prediction, other: Prediction) -> None:
    pd.testing.assert_frame_equal(one.predictions, other.predictions)
    pd.testing.assert_frame_equal(one.metrics, other.metrics)


def test_a_model_that_knows_more_is_served(make_history: Maker, as_of_date: pd.Timestamp) -> None:
    features, labels = make_history()
    result = predict_repurchase(features, labels, as_of_date)
    metrics = metrics_of(result)
    assert metrics.loc["status", "value"] == 1
    assert metrics.loc["status", "note"].startswith("model served")
    assert metrics.loc["roc_auc", "value"] > 0.8 > 0.6 > metrics.loc["roc_auc", "baseline_value"]
    predictions = result.predictions.set_index("customer_id")
    assert predictions["is_model_served"].all()
    assert set(predictions["model_name"]) == {"repurchase_logistic_regression"}
    spend = features[features["as_of_date"] == as_of_date].set_index("customer_id")["total_spend"]
    assert predictions["probability"].corr(spend, method="spearman") > 0.95


def test_tables_have_the_published_shape(make_history: Maker, as_of_date: pd.Timestamp) -> None:
    features, labels = make_history()
    result = predict_repurchase(features, labels, as_of_date)
    assert result.predictions.dtypes.astype(str).to_dict() == dict(schemas.CUSTOMER_PREDICTIONS)
    assert result.metrics.dtypes.astype(str).to_dict() == dict(schemas.MODEL_METRICS)
    buyers = features[(features["as_of_date"] == as_of_date) & (features["order_count"] > 0)]
    assert result.predictions["customer_id"].tolist() == sorted(buyers["customer_id"])
    assert result.predictions[["probability", "baseline_probability"]].stack().between(0, 1).all()
    told = result.predictions.drop(columns=["expected_amount", "baseline_amount"])
    assert not told.isna().any(axis=None)
    assert result.outcomes.dtypes.astype(str).to_dict() == dict(schemas.PREDICTION_OUTCOMES)
    assert (result.metrics["evaluated_on"] == as_of_date - DAYS_30).all()
    assert result.metrics["metric"].is_unique


def test_the_test_is_on_the_latest_closed_cutoff(
    make_history: Maker, as_of_date: pd.Timestamp
) -> None:
    features, labels = make_history()
    metrics = metrics_of(predict_repurchase(features, labels, as_of_date))
    tested = features.merge(labels, on=KEY)
    tested = tested[(tested["as_of_date"] == as_of_date - DAYS_30) & (tested["order_count"] > 0)]
    assert metrics.loc["base_rate", "customer_count"] == len(tested)
    assert metrics.loc["base_rate", "value"] == pytest.approx(tested["has_ordered"].mean())


def test_calibration_is_that_of_the_model(make_history: Maker, as_of_date: pd.Timestamp) -> None:
    metrics = metrics_of(predict_repurchase(*make_history(), as_of_date))
    bins = metrics[metrics.index.str.startswith("calibration_bin")]
    predicted, observed = (
        bins[bins.index.str.endswith(kind)].reset_index(drop=True)
        for kind in ("_predicted", "_observed")
    )
    assert len(predicted) == len(observed) == 10
    gap = (predicted["value"] - observed["value"]).abs() @ predicted["customer_count"]
    error = metrics.loc["expected_calibration_error"]
    assert gap / predicted["customer_count"].sum() == pytest.approx(error["value"])
    assert error["value"] != pytest.approx(error["baseline_value"])


def test_that_a_value_is_unknown_is_known(make_history: Maker, as_of_date: pd.Timestamp) -> None:
    features, labels = make_history(informative=False)
    told = features.merge(labels, on=KEY, how="left")["has_ordered"]
    unknown = told.eq(True).to_numpy()
    features = features.assign(mean_days_between_orders=np.where(unknown, np.nan, 30.0))
    metrics = metrics_of(predict_repurchase(features, labels, as_of_date))
    assert metrics.loc["roc_auc", "value"] > 0.95


def test_the_version_names_what_gives_the_probabilities(
    make_history: Maker, as_of_date: pd.Timestamp
) -> None:
    learned, same, other = (
        learn(REPURCHASE, history_of(*make_history(seed=seed)), as_of_date) for seed in (0, 0, 1)
    )
    assert isinstance(learned, Learned)
    assert isinstance(same, Learned)
    assert isinstance(other, Learned)
    for is_served in (True, False):
        version = learned.fitted.version(is_model_served=is_served)
        assert version == same.fitted.version(is_model_served=is_served)
        assert version != other.fitted.version(is_model_served=is_served)
        assert version != learned.fitted.version(is_model_served=not is_served)


def test_the_evaluation_sees_nothing_of_the_future(
    make_history: Maker, as_of_date: pd.Timestamp
) -> None:
    features, labels = make_history()
    # A cutoff 15 days before the test: its label window reaches into the test window.
    test_cutoff = as_of_date - DAYS_30
    extra = features["as_of_date"] == as_of_date - 2 * DAYS_30
    between = features[extra].assign(as_of_date=test_cutoff - pd.Timedelta(days=15))
    leaky = labels[labels["as_of_date"] == test_cutoff].assign(
        as_of_date=test_cutoff - pd.Timedelta(days=15)
    )
    open_label = leaky.assign(as_of_date=as_of_date - pd.Timedelta(days=10))
    tomorrow = features[extra].assign(as_of_date=as_of_date + pd.Timedelta(days=1))
    changed = features.copy()
    future = changed["as_of_date"] > test_cutoff
    changed.loc[future, "total_spend"] = 10**6 - changed.loc[future, "total_spend"]
    more_features = pd.concat([changed, between, tomorrow])
    more_labels = pd.concat([labels, leaky, open_label])
    # The further cutoff is one more to foretell from, besides; the test stays what it was.
    before, after = (
        metrics_of(predict_repurchase(*tables, as_of_date))
        .drop(columns="model_version")
        .drop(index="rolling_loss")
        for tables in ((features, labels), (more_features, more_labels))
    )
    pd.testing.assert_frame_equal(before, after)


def test_what_comes_after_the_day_changes_no_prediction(
    make_history: Maker, as_of_date: pd.Timestamp
) -> None:
    features, labels = make_history()
    later = features.assign(as_of_date=features["as_of_date"] + pd.Timedelta(days=200))
    later_labels = labels.assign(as_of_date=as_of_date - pd.Timedelta(days=29))
    at_that_day = features.assign(as_of_date=as_of_date - pd.Timedelta(days=29)).drop_duplicates(
        KEY
    )
    assert_same(
        predict_repurchase(features, labels, as_of_date),
        predict_repurchase(
            pd.concat([features, later, at_that_day]),
            pd.concat([labels, later_labels.drop_duplicates(KEY)]),
            as_of_date,
        ),
    )


def test_row_and_column_order_change_nothing(make_history: Maker, as_of_date: pd.Timestamp) -> None:
    features, labels = make_history()
    shuffled = features.sample(frac=1, random_state=1)[features.columns[::-1]]
    assert_same(
        predict_repurchase(features, labels, as_of_date),
        predict_repurchase(shuffled, labels.sample(frac=1, random_state=2), as_of_date),
    )


def test_types_from_a_database_change_nothing(
    make_history: Maker, as_of_date: pd.Timestamp
) -> None:
    features, labels = make_history()
    typed = features.assign(
        as_of_date=features["as_of_date"].dt.date,
        order_count=features["order_count"].astype("Int64"),
        mean_days_between_orders=features["mean_days_between_orders"].astype("Float64"),
        average_rating=pd.Series(None, index=features.index, dtype="object"),
    )
    typed_labels = labels.astype({"has_ordered": "boolean"})
    assert_same(
        predict_repurchase(features, labels, as_of_date),
        predict_repurchase(typed, typed_labels, as_of_date.date()),
    )


def test_a_model_that_learned_what_no_longer_holds_is_not_served(
    make_history: Maker, as_of_date: pd.Timestamp
) -> None:
    features, labels = make_history(recent=2.0)
    turned = features.copy()
    test = turned["as_of_date"] == as_of_date - DAYS_30
    turned.loc[test, "total_spend"] = 1e5 / turned.loc[test, "total_spend"]
    result = predict_repurchase(turned, labels, as_of_date)
    metrics = metrics_of(result)
    assert metrics.loc["log_loss", "value"] > metrics.loc["log_loss", "baseline_value"]
    assert metrics.loc["status", "value"] == 0
    assert metrics.loc["status", "note"].startswith("baseline served")
    predictions = result.predictions
    assert not predictions["is_model_served"].any()
    # What is named is what is served; what was tested has its own name and version.
    assert set(predictions["model_name"]) == {"repurchase_recency_bands"}
    assert set(result.metrics["model_name"]) == {"repurchase_logistic_regression"}
    assert not set(predictions["model_version"]) & set(result.metrics["model_version"])
    pd.testing.assert_series_equal(
        predictions["probability"], predictions["baseline_probability"], check_names=False
    )


def test_where_neither_knows_anything_nothing_is_served(
    make_history: Maker, as_of_date: pd.Timestamp
) -> None:
    """How the test went is told all the same."""
    result = predict_repurchase(*make_history(informative=False), as_of_date)
    metrics = metrics_of(result)
    assert np.isnan(metrics.loc["status", "value"])
    assert metrics.loc["status", "note"].startswith("nothing is served: against the recency")
    assert metrics.loc["roc_auc", "value"] == pytest.approx(0.5, abs=0.1)
    assert (result.metrics["evaluated_on"] == as_of_date - DAYS_30).all()
    assert result.predictions.empty
    assert result.predictions.dtypes.astype(str).to_dict() == dict(schemas.CUSTOMER_PREDICTIONS)


def test_a_model_that_adds_nothing_to_a_good_rule_is_not_served(
    make_history: Maker, as_of_date: pd.Timestamp
) -> None:
    result = predict_repurchase(*make_history(informative=False, recent=1.0), as_of_date)
    assert metrics_of(result).loc["status", "value"] == 0
    assert not result.predictions["is_model_served"].any()


def test_baseline_and_model_are_refitted_on_all_cutoffs(
    make_history: Maker, as_of_date: pd.Timestamp
) -> None:
    features, labels = make_history()
    known = features.merge(labels, on=KEY)
    known = known[known["order_count"] > 0]
    month = known[known["days_since_last_order"].between(15, 30)]["has_ordered"]
    overall = (known["has_ordered"].sum() + 0.5) / (len(known) + 1)
    result = predict_repurchase(features, labels, as_of_date).predictions
    current = features[features["as_of_date"] == as_of_date].set_index("customer_id")
    in_band = result["customer_id"].map(current["days_since_last_order"]).between(15, 30)
    assert result.loc[in_band, "baseline_probability"].unique() == pytest.approx(
        [(month.sum() + overall) / (len(month) + 1)]
    )


def assert_nothing_is_served(result: Prediction, because: str) -> None:
    assert result.predictions.empty
    assert result.predictions.dtypes.astype(str).to_dict() == dict(schemas.CUSTOMER_PREDICTIONS)
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
