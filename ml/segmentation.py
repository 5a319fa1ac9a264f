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
        assignments: CUSTOMER_SEGMENTS, one row a customer with an order and as_of_date.
        profiles: SEGMENT_PROFILES, one row a segment and feature.
        metrics: MODEL_METRICS; `status` is 1 when k came from the rule, and its note says how.
    """

    assignments: pd.DataFrame
    profiles: pd.DataFrame
    metrics: pd.DataFrame


def segment_customers(
    features: pd.DataFrame,
    as_of_date: date | str,
    fitted_on: date | str | None = None,
    rule: SegmentRule | None = None,
) -> Segmentation:
    """Segments the customers who have ordered by `as_of_date`; the others get no row.

    The segments are made of the customers as of `fitted_on`. Customers of all days are then put
    into these same segments, so that who moved from one to another is a fact about the customer
    and not about the model.

    Segments are numbered by mean total spend, 0 the highest, so ids do not depend on chance.

    Args:
        features: customer_features at this or several as_of_dates, in any row order. Only rows
            with order_count > 0 and not after `as_of_date` count. Money may be in any unit: the
            segments are the same in pounds and in pence.
        as_of_date: the day of the portrait, which the profiles describe.
        fitted_on: the day whose customers make the segments; by default, and where there were
            none on that day, `as_of_date`.
        rule: how k is chosen; by default `SegmentRule()`.

    Raises:
        ValueError: a column is missing, a customer has two rows, or a customer with orders lacks
            one of CLUSTER_FEATURES. (No other NULL matters: mean_days_between_orders, unknown
            after one order, names and describes segments but does not make them.)
    """
    customers = _customers_with_orders(features, as_of_date)
    today = pd.Timestamp(as_of_date)
    fitted_on = today if fitted_on is None else pd.Timestamp(fitted_on)
    if not (customers["as_of_date"] == fitted_on).any():
        fitted_on = today
    known = customers[customers["as_of_date"] == fitted_on].reset_index(drop=True)
    if known.empty:
        return _nothing_to_segment(as_of_date)
    segments = Segments(known, rule or SegmentRule())
    ids, distances = segments.assign(customers)
    names = {"model_name": MODEL_NAME, "model_version": segments.version}
    is_current = customers["as_of_date"] == today
    current, current_ids = customers[is_current], ids[is_current]
    return Segmentation(
        assignments=schemas.as_table(
            {
                "customer_id": customers["customer_id"],
                "as_of_date": customers["as_of_date"],
                "segment_id": ids,
                "segment_name": ids.map(segments.names["segment_name"]),
                "segment_name_zh": ids.map(segments.names["segment_name_zh"]),
                "centroid_distance": distances,
            },
            schemas.CUSTOMER_SEGMENTS,
            **names,
        ),
        profiles=schemas.as_table(
            _profiles(
                current, segments.scale(current), current_ids, segments.names["segment_name"]
            ),
            schemas.SEGMENT_PROFILES,
            as_of_date=today,
            **names,
        ),
        metrics=schemas.as_table(
            list(_metrics(segments.choice)),
            schemas.MODEL_METRICS,
            as_of_date=today,
            evaluated_on=fitted_on,
            customer_count=len(known),
            **names,
        ),
    )


class Segments:
    """Segments fitted to customers of one day, ready to take in customers of any day.

    Attributes:
        choice: how many segments, and why.
        names: one row a segment, by segment_id.
        version: changes with the customers and the rule they were fitted by.
    """

    def __init__(self, customers: pd.DataFrame, rule: SegmentRule) -> None:
        """Fits to customers with orders of one day, one row each."""
        self.scale = YeoJohnson(customers)
        points = _finite(self.scale(customers)[CLUSTER_FEATURES])
        with one_thread():
            self.choice = choose_k(points, rule)
            self._model = fit_kmeans(points, self.choice.chosen.k, rule.seed)
        order = _by_mean_spend(self._model, customers["total_spend"])
        self._id_of_label = np.argsort(order)
        ids = pd.Series(self._id_of_label[self._model.labels_], index=customers.index)
        self.names = name_segments(customers, ids.rename("segment_id"))
        self.version = _version(customers, self._model.cluster_centers_[order], rule)

    def assign(self, customers: pd.DataFrame) -> tuple["pd.Series[int]", Floats]:
        """The segment_id of each row and its distance to the nearest centroid, shape (n,)."""
        points = _finite(self.scale(customers)[CLUSTER_FEATURES])
        with one_thread():
            distances = self._model.transform(points)
        ids = self._id_of_label[distances.argmin(axis=1)]
        return pd.Series(ids, customers.index, name="segment_id"), distances.min(axis=1)


def _customers_with_orders(features: pd.DataFrame, as_of_date: date | str) -> pd.DataFrame:
    schemas.require_columns(features, ["as_of_date"], "features")
    rows = features.assign(as_of_date=pd.to_datetime(features["as_of_date"]))
    rows = rows[rows["as_of_date"] <= pd.Timestamp(as_of_date)]
    rows = schemas.numeric(rows, PROFILE_FEATURES, "features")
    rows = rows[rows["order_count"] > 0]
    return schemas.sort_by_key(rows, ["as_of_date", "customer_id"], "features")


class YeoJohnson:
    """Brings PROFILE_FEATURES near normal, with mean 0 and variance 1 (Yeo and Johnson 2000).

    Each column is first divided by its median size, which makes the result the same in any unit
    and keeps powers of large sums of money from overflowing. NULL stays NULL; what is constant
    among the customers that it was fitted to becomes 0.
    """

    def __init__(self, customers: pd.DataFrame) -> None:
        """Fits to customers with orders."""
        values = customers[PROFILE_FEATURES]
        # Without spread there is no power to look for; without a value PowerTransformer breaks.
        self._varied = [column for column in PROFILE_FEATURES if values[column].nunique() > 1]
        size = values[self._varied].abs().median()
        # A column that is mostly 0 has the median 0: its mean size is not.
        self._size = size.where(size > 0, values[self._varied].abs().mean())
        self._transformer = PowerTransformer(method="yeo-johnson")
        if self._varied:
            self._transformer.fit(values[self._varied] / self._size)

    def __call__(self, customers: pd.DataFrame) -> pd.DataFrame:
        """PROFILE_FEATURES of each row on the fitted scale."""
        values = customers[PROFILE_FEATURES]
        scaled = values.where(values.isna(), 0.0)
        if self._varied and len(values):
            scaled[self._varied] = self._transformer.transform(values[self._varied] / self._size)
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
