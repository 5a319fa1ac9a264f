"""The steps of a model one after the other, as the tables of the warehouse are made from them."""

from datetime import date

import pandas as pd

from ml.prediction import Learned, learn
from ml.segment_history import extend
from ml.segment_rule import SegmentRule
from ml.segmentation import Segmentation, customers_with_orders, nothing_to_segment
from ml.serving import Prediction, predict
from ml.target import Bands, Target

Day = date | str
REPURCHASE = Target(
    "repurchase",
    "has_ordered_next_30_days",
    "event",
    30,
    (Bands("recency_bands", "days_since_last_order", (7, 14, 30, 60, 90, 180)),),
    ("hist_gradient_boosting", "logistic_regression"),
)


def history_of(features: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Features and outcomes of the past days of customers with orders."""
    dated = [
        table.assign(as_of_date=pd.to_datetime(table["as_of_date"])) for table in (features, labels)
    ]
    told = dated[1].rename(columns={"has_ordered": "outcome"})
    asked_of = dated[0][dated[0]["order_count"] > 0]
    return asked_of.merge(told, on=["customer_id", "as_of_date"])


def learn_repurchase(features: pd.DataFrame, labels: pd.DataFrame, as_of_date: Day) -> Learned:
    """What closed cutoffs teach, where they are enough."""
    learned = learn(REPURCHASE, history_of(features, labels), as_of_date)
    assert isinstance(learned, Learned)
    return learned


def predict_repurchase(features: pd.DataFrame, labels: pd.DataFrame, as_of_date: Day) -> Prediction:
    """Learns from the closed cutoffs, then predicts the day."""
    learned = learn(REPURCHASE, history_of(features, labels), as_of_date)
    return predict(REPURCHASE, learned, features[features["order_count"] > 0], as_of_date)


def segment_customers(
    features: pd.DataFrame,
    as_of_date: Day,
    fitted_on: Day | None = None,
    rule: SegmentRule | None = None,
) -> Segmentation:
    """Fits to one day, by default the portrait's, and puts the customers of all days in."""
    customers = customers_with_orders(features)
    today = pd.Timestamp(as_of_date)
    customers = customers[customers["as_of_date"] <= today]
    current = customers[customers["as_of_date"] == today]
    known = customers[customers["as_of_date"] == pd.Timestamp(fitted_on or today)]
    if known.empty:
        known = current
    if known.empty:
        return nothing_to_segment(as_of_date)
    segments = extend(None, known, list, rule or SegmentRule()).latest
    return Segmentation(
        assignments=segments.assignments(customers),
        profiles=segments.profiles(current),
        metrics=segments.metrics(today),
    )
