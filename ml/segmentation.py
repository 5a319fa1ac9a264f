"""Customer segments by K-means on how recently, how often and how much at a time people buy.

Total spend does not take part: on a log scale it is order count plus average order value, so it
would count volume twice (its correlation with order count is .78 to .88 on three shops, that of
average order value .04 to .19). It orders the segments and describes them. With it in place of
average order value the silhouette would be higher (.33 against .27 on the Complete Journey),
because the points then lie along one line, and large rare baskets would have no segment.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.preprocessing import PowerTransformer

from ml import schemas
from ml.segment_count import Choice, SegmentRule, choose_k, fit_kmeans
from ml.segment_naming import name_segments
from ml.threads import one_thread

Floats = NDArray[np.float64]

MODEL_NAME = "customer_segments_kmeans"
CLUSTER_FEATURES = ["days_since_last_order", "order_count", "average_order_value"]
PROFILE_FEATURES = [
    *CLUSTER_FEATURES,
    "total_spend",
    "days_since_first_order",
    "mean_days_between_orders",
    "lines_per_order",
    "category_count",
    "discount_share",
    "return_share",
    "weekend_order_share",
]


@dataclass(frozen=True)
class Segmentation:
    """What `segment_customers` returns: tables laid out by `ml.schemas`.

    Attributes:
        assignments: CUSTOMER_SEGMENTS, one row a customer with an order, by customer_id.
        profiles: SEGMENT_PROFILES, one row a segment and feature.
        metrics: MODEL_METRICS; `status` is 1 when k came from the rule, and its note says how.
    """

    assignments: pd.DataFrame
    profiles: pd.DataFrame
    metrics: pd.DataFrame


def segment_customers(
    features: pd.DataFrame, as_of_date: date | str, rule: SegmentRule | None = None
) -> Segmentation:
    """Segments the customers who have ordered by `as_of_date`; the others get no row.

    Segments are numbered by mean total spend, 0 the highest, so ids do not depend on chance.

    Args:
        features: customer_features at this or several as_of_dates, in any row order. Only rows
            of `as_of_date` with order_count > 0 count. Money may be in any unit: the segments
            are the same in pounds and in pence.
        as_of_date: the day of the portrait.
        rule: how k is chosen; by default `SegmentRule()`.

    Raises:
        ValueError: a column is missing, a customer has two rows, or a customer with orders lacks
            one of CLUSTER_FEATURES. (No other NULL matters: mean_days_between_orders, unknown
            after one order, names and describes segments but does not make them.)
    """
    rule = rule or SegmentRule()
    customers = _customers_with_orders(features, as_of_date)
    if customers.empty:
        return _nothing_to_segment(as_of_date)
    scaled = yeo_johnson(customers)
    points = _finite(scaled[CLUSTER_FEATURES])
    with one_thread():
        choice = choose_k(points, rule)
        model = fit_kmeans(points, choice.chosen.k, rule.seed)
    order = _by_mean_spend(model, customers["total_spend"])
    ids = pd.Series(np.argsort(order)[model.labels_], index=customers.index, name="segment_id")
    constants: dict[str, object] = {
        "as_of_date": as_of_date,
        "model_name": MODEL_NAME,
        "model_version": _version(customers, model.cluster_centers_[order], rule),
    }
    names = name_segments(customers, ids)
    return Segmentation(
        assignments=schemas.as_table(
            {
                "customer_id": customers["customer_id"],
                "segment_id": ids,
                "segment_name": ids.map(names["segment_name"]),
                "segment_name_zh": ids.map(names["segment_name_zh"]),
                "centroid_distance": model.transform(points).min(axis=1),
            },
            schemas.CUSTOMER_SEGMENTS,
            **constants,
        ),
        profiles=schemas.as_table(
            _profiles(customers, scaled, ids, names["segment_name"]),
            schemas.SEGMENT_PROFILES,
            **constants,
        ),
        metrics=schemas.as_table(
            list(_metrics(choice)),
            schemas.MODEL_METRICS,
            **constants,
            customer_count=len(customers),
        ),
    )


def _customers_with_orders(features: pd.DataFrame, as_of_date: date | str) -> pd.DataFrame:
    rows = schemas.rows_as_of(features, as_of_date, "features")
    rows = schemas.numeric(rows, PROFILE_FEATURES, "features")
    rows = rows[rows["order_count"] > 0]
    return schemas.sort_by_key(rows, ["customer_id"], "features")


def yeo_johnson(customers: pd.DataFrame) -> pd.DataFrame:
    """Brings PROFILE_FEATURES near normal, with mean 0 and variance 1 (Yeo and Johnson 2000).

    Each column is first divided by its median size, which makes the result the same in any unit
    and keeps powers of large sums of money from overflowing. NULL stays NULL; a constant
    becomes 0.
    """
    values = customers[PROFILE_FEATURES]
    scaled = values.where(values.isna(), 0.0)
    # Without spread there is no power to look for; without a value PowerTransformer breaks.
    varied = [column for column in PROFILE_FEATURES if values[column].nunique() > 1]
    if varied:
        size = values[varied].abs().median()
        # A column that is mostly 0 has the median 0: its mean size is not.
        size = size.where(size > 0, values[varied].abs().mean())
        transformer = PowerTransformer(method="yeo-johnson")
        scaled[varied] = transformer.fit_transform(values[varied] / size)
    # Vector loops may give equal customers different last bits; K-means is to see one point.
    return scaled.round(9)


def _finite(scaled: pd.DataFrame) -> Floats:
    """PowerTransformer lets NaN through without a word, so this looks."""
    points = scaled.to_numpy()
    bad = (~np.isfinite(points)).sum(axis=0)
    if bad.any():
        columns = [f"{name} ({rows} rows)" for name, rows in zip(scaled, bad, strict=True) if rows]
        raise ValueError(f"NULL for customers with orders: {', '.join(columns)}")
    return points


def _by_mean_spend(model: KMeans, total_spend: "pd.Series[float]") -> NDArray[np.intp]:
    """The K-means labels in the order of segment ids: mean spend descending, ties by centroid."""
    spend = total_spend.groupby(model.labels_).mean()
    return np.lexsort([*model.cluster_centers_.T, -spend.to_numpy()])


def _version(customers: pd.DataFrame, centroids: Floats, rule: SegmentRule) -> str:
    # Centroids live on scales made from the data, so the medians go in with them.
    medians = customers[CLUSTER_FEATURES].median()
    settings = asdict(rule).values()
    return schemas.version_of([*CLUSTER_FEATURES, *settings, *medians, *centroids.flat])


def _profiles(
    customers: pd.DataFrame,
    scaled: pd.DataFrame,
    ids: "pd.Series[int]",
    names: "pd.Series[str]",
) -> pd.DataFrame:
    """One row a segment and feature; the difference is in standard deviations of all customers.

    It is taken between means on the Yeo-Johnson scale, where one huge customer moves nothing.
    """
    medians = customers[PROFILE_FEATURES].groupby(ids).median()
    differences = scaled.groupby(ids).mean()
    profiles = pd.DataFrame(
        {"segment_median": medians.stack(), "standardised_difference": differences.stack()}
    )
    profiles = profiles.rename_axis(["segment_id", "feature_name"]).reset_index()
    return profiles.assign(
        segment_name=profiles["segment_id"].map(names),
        customer_count=profiles["segment_id"].map(ids.value_counts()),
        overall_median=profiles["feature_name"].map(customers[PROFILE_FEATURES].median()),
    )


def _metrics(choice: Choice) -> Iterator[dict[str, object]]:
    yield {"metric": "status", "value": float(choice.is_by_rule), "note": choice.reason}
    for name, value in asdict(choice.chosen).items():
        yield {"metric": name, "value": value}
    for candidate in choice.tried:
        for name, value in asdict(candidate).items():
            if name != "k":
                yield {"metric": f"candidate_k{candidate.k}_{name}", "value": value}


def _nothing_to_segment(as_of_date: date | str) -> Segmentation:
    metrics: list[dict[str, object]] = [
        {"metric": "status", "value": 0.0, "note": "no segments: no customer has an order yet"}
    ]
    return Segmentation(
        assignments=schemas.empty_table(schemas.CUSTOMER_SEGMENTS),
        profiles=schemas.empty_table(schemas.SEGMENT_PROFILES),
        metrics=schemas.as_table(
            metrics,
            schemas.MODEL_METRICS,
            as_of_date=as_of_date,
            model_name=MODEL_NAME,
            model_version=schemas.version_of(["no customers"]),
            customer_count=0,
        ),
    )
