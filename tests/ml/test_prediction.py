"""Repurchase prediction: time runs forward, the gate works, little history is said so."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from ml import layouts
from ml.fitted import Fitted
from ml.prediction import numeric_rows
from ml.rolling import inputs_of
from ml.serving import Prediction
from tests.ml.in_one_call import REPURCHASE, history_of, learn_repurchase, predict_repurchase

Tables = tuple[pd.DataFrame, pd.DataFrame]
Maker = Callable[..., Tables]
KEY = ["customer_id", "as_of_date"]
OF_AMOUNTS = ("expected_amount", "lower_amount", "upper_amount", "baseline_amount")
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
    assert result.predictions.dtypes.astype(str).to_dict() == dict(layouts.CUSTOMER_PREDICTIONS)
    assert result.metrics.dtypes.astype(str).to_dict() == dict(layouts.MODEL_METRICS)
    buyers = features[(features["as_of_date"] == as_of_date) & (features["order_count"] > 0)]
    assert result.predictions["customer_id"].tolist() == sorted(buyers["customer_id"])
    assert result.predictions[["probability", "baseline_probability"]].stack().between(0, 1).all()
    told = result.predictions.drop(columns=list(OF_AMOUNTS))
    assert not told.isna().any(axis=None)
    assert result.outcomes.dtypes.astype(str).to_dict() == dict(layouts.PREDICTION_OUTCOMES)
    assert (result.metrics["evaluated_on"] == as_of_date - DAYS_30).all()
    assert not result.metrics.duplicated(["model_name", "metric"]).any()


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
        learn_repurchase(*make_history(seed=seed), as_of_date) for seed in (0, 0, 1)
    )
    told, again, another = (
        (one.fitted.version, one.rule.version()) for one in (learned, same, other)
    )
    assert told == again
    assert len({*told, *another}) == 4


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
    tested = result.metrics[result.metrics["metric"] != "rolling_loss"]
    assert set(tested["model_name"]) == {"repurchase_logistic_regression"}
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
    assert result.predictions.dtypes.astype(str).to_dict() == dict(layouts.CUSTOMER_PREDICTIONS)


def test_a_model_that_adds_nothing_to_a_good_rule_is_not_served(
    make_history: Maker, as_of_date: pd.Timestamp
) -> None:
    result = predict_repurchase(*make_history(informative=False, recent=1.0), as_of_date)
    assert metrics_of(result).loc["status", "value"] == 0
    assert not result.predictions["is_model_served"].any()


def test_what_is_served_learns_from_the_latest_cutoff_too(
    make_history: Maker, as_of_date: pd.Timestamp
) -> None:
    tables = make_history()
    learned, rows = learn_repurchase(*tables, as_of_date), numeric_rows(history_of(*tables))
    told = (inputs_of(rows), rows["outcome"].to_numpy(), learned.fitted.shift)
    of_all = Fitted(REPURCHASE, learned.fitted.candidate, *told)
    assert learned.fitted.version == of_all.version


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
