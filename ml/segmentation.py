"""Customer segments by K-means on how recently, how often and how much at a time people buy.

Total spend does not take part: on a log scale it is order count plus average order value, so it
would count volume twice (its correlation with order count is .78 to .88 on three shops, that of
average order value .04 to .19). It orders the segments and describes them. With it in place of
average order value the silhouette would be higher (.33 against .27 on the Complete Journey),
because the points then lie along one line, and large rare baskets would have no segment.
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from ml import schemas
from ml.segment_count import Choice
from ml.segment_naming import Name, name_segments, words_of
from ml.threads import one_thread
from ml.yeo_johnson import YeoJohnson

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
    """Segments, put into words and numbers: tables laid out by `ml.schemas`.

    Attributes:
        assignments: CUSTOMER_SEGMENTS, one row a customer with an order and as_of_date.
        profiles: SEGMENT_PROFILES, one row a segment and feature.
        metrics: MODEL_METRICS; `status` is 1 when k came from the rule, and its note says how.
    """

    assignments: pd.DataFrame
    profiles: pd.DataFrame
    metrics: pd.DataFrame


class Segments:
    """Segments fitted to customers of one day, ready to take in customers of other days.

    Attributes:
        choice: how many segments, and why.
        ids: the segment_id of each label of the model.
        names: English and Chinese name by label.
        fitted_on: the day whose customers made the segments, ISO.
        since: the day from which on they are in force under these names, ISO.
        customer_count: how many they were.
        version: changes with the customers and the rule they were fitted by.
    """

    def __init__(
        self, day: "DayOfCustomers", model: KMeans, choice: Choice, ids: Sequence[int]
    ) -> None:
        """Of a model fitted to the points of a day; `ids` are distinct, one a label."""
        self.fitted_on = self.since = day.date
        self.customer_count = len(day.customers)
        self.choice, self.ids = choice, list(ids)
        self._scale, self._model = day.scale, model
        self.names = _names(day, model.labels_)
        self.version = _version(day, model.cluster_centers_, self.ids)

    def renamed(self, day: "DayOfCustomers", labels: NDArray[np.intp]) -> "Segments | None":
        """The same segments with names that are true on a later day; None where these still are.

        Args:
            day: a later day, on which each segment has a customer.
            labels: `labels` of its customers.
        """
        names = _names(day, labels)
        if list(map(words_of, names)) == list(map(words_of, self.names)):
            return None
        named = copy.copy(self)
        named.names, named.since = names, day.date
        named.version = schemas.version_of([self.version, *(name for name, _ in names)])
        return named

    @property
    def features(self) -> list[str]:
        """The features that segments are made of: the axes of `points`."""
        return list(CLUSTER_FEATURES)

    def points(self, customers: pd.DataFrame) -> Floats:
        """Rows of `customers_with_orders` on the scale of the segments, shape (n, features)."""
        return _finite(self._scale(customers)[CLUSTER_FEATURES])

    def labels(self, customers: pd.DataFrame) -> NDArray[np.intp]:
        """The label of the nearest segment of each row, shape (n,)."""
        return self._nearest(customers)[0]

    def assignments(self, customers: pd.DataFrame) -> pd.DataFrame:
        """CUSTOMER_SEGMENTS for rows of `customers_with_orders`, in their order."""
        labels, distances = self._nearest(customers)
        names, names_zh = (np.array(names)[labels] for names in zip(*self.names, strict=True))
        return schemas.as_table(
            {
                "customer_id": customers["customer_id"].to_numpy(),
                "as_of_date": customers["as_of_date"].to_numpy(),
                "segment_id": np.array(self.ids)[labels],
                "segment_name": names,
                "segment_name_zh": names_zh,
                "centroid_distance": distances,
            },
            schemas.CUSTOMER_SEGMENTS,
            **self._model_columns(),
        )

    def profiles(self, customers: pd.DataFrame) -> pd.DataFrame:
        """SEGMENT_PROFILES of rows of `customers_with_orders`, all of one day."""
        labels = pd.Series(self._nearest(customers)[0], customers.index, name="segment_id")
        profiles = _profiles(customers, self._scale(customers), labels)
        names = [self.names[label][0] for label in profiles["segment_id"]]
        profiles["segment_id"] = np.array(self.ids)[profiles["segment_id"].to_numpy()]
        return schemas.as_table(
            profiles.assign(segment_name=names),
            schemas.SEGMENT_PROFILES,
            as_of_date=customers["as_of_date"].min(),
            **self._model_columns(),
        )

    def metrics(self, as_of_date: date | str, said: str = "") -> pd.DataFrame:
        """MODEL_METRICS of the fit, for the portraits of a day.

        Args:
            as_of_date: the day.
            said: what else is to be said of them, behind why there are so many.
        """
        return schemas.as_table(
            list(_metrics(self.choice, said)),
            schemas.MODEL_METRICS,
            as_of_date=pd.Timestamp(as_of_date),
            evaluated_on=pd.Timestamp(self.fitted_on),
            customer_count=self.customer_count,
            **self._model_columns(),
        )

    def _nearest(self, customers: pd.DataFrame) -> tuple[NDArray[np.intp], Floats]:
        """The label of each row and its distance to the nearest centroid, shape (n,) each."""
        if customers.empty:
            return np.empty(0, dtype=np.intp), np.empty(0)
        points = self.points(customers)
        with one_thread():
            distances = self._model.transform(points)
        return distances.argmin(axis=1), distances.min(axis=1)

    def _model_columns(self) -> dict[str, str]:
        return {"model_name": MODEL_NAME, "model_version": self.version}


class DayOfCustomers:
    """Customers of one day, on a scale of their own.

    Attributes:
        customers: rows of `customers_with_orders`, all of one day.
        date: the day, ISO.
        scale: what brings PROFILE_FEATURES of any customers to this day's scale.
        points: CLUSTER_FEATURES on that scale, shape (n, 3).
    """

    def __init__(self, customers: pd.DataFrame) -> None:
        """Takes at least one row.

        Raises:
            ValueError: a customer lacks one of CLUSTER_FEATURES.
        """
        self.customers = customers.reset_index(drop=True)
        self.date: str = self.customers["as_of_date"].iloc[0].date().isoformat()
        self.scale = YeoJohnson(self.customers, PROFILE_FEATURES)
        self.points: Floats = _finite(self.scale(self.customers)[CLUSTER_FEATURES])

    def by_mean_spend(self, model: KMeans) -> list[int]:
        """The labels of a model of this day by mean spend, the highest first; ties by centroid.

        So their order does not depend on chance; in pounds and in pence it is the same.
        """
        spend = self.customers["total_spend"].groupby(model.labels_).mean()
        return list(map(int, np.lexsort([*model.cluster_centers_.T, -spend.to_numpy()])))


def customers_with_orders(features: pd.DataFrame) -> pd.DataFrame:
    """The rows that segments are made of: customers with an order, by day and customer.

    Raises:
        ValueError: a column is missing or not numeric, or a customer has two rows on a day.
    """
    schemas.require_columns(features, ["as_of_date"], "features")
    rows = features.assign(as_of_date=pd.to_datetime(features["as_of_date"]))
    rows = schemas.numeric(rows, PROFILE_FEATURES, "features")
    rows = rows[rows["order_count"] > 0]
    return schemas.sort_by_key(rows, ["as_of_date", "customer_id"], "features")


def _finite(scaled: pd.DataFrame) -> Floats:
    """PowerTransformer lets NaN through without a word, so this looks."""
    points = scaled.to_numpy()
    bad = (~np.isfinite(points)).sum(axis=0)
    if bad.any():
        columns = [f"{name} ({rows} rows)" for name, rows in zip(scaled, bad, strict=True) if rows]
        raise ValueError(f"NULL for customers with orders: {', '.join(columns)}")
    return points


def _names(day: DayOfCustomers, labels: NDArray[np.intp]) -> list[Name]:
    named = name_segments(day.customers, pd.Series(labels, name="segment_id"))
    return list(named.itertuples(index=False, name=None))


def _version(day: DayOfCustomers, centroids: Floats, ids: Sequence[int]) -> str:
    # Centroids live on scales made from the data, so the medians go in with them.
    medians = day.customers[CLUSTER_FEATURES].median()
    by_id = centroids[np.argsort(ids)]
    return schemas.version_of([*CLUSTER_FEATURES, *sorted(ids), *medians, *by_id.flat])


def _profiles(customers: pd.DataFrame, scaled: pd.DataFrame, ids: "pd.Series[int]") -> pd.DataFrame:
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
        customer_count=profiles["segment_id"].map(ids.value_counts()),
        overall_median=profiles["feature_name"].map(customers[PROFILE_FEATURES].median()),
    )


def _metrics(choice: Choice, said: str) -> Iterator[dict[str, object]]:
    note = "; ".join(filter(None, (choice.reason, said)))
    yield {"metric": "status", "value": float(choice.is_by_rule), "note": note}
    for name, value in asdict(choice.chosen).items():
        yield {"metric": name, "value": value}
    for candidate in choice.tried:
        for name, value in asdict(candidate).items():
            if name != "k":
                yield {"metric": f"candidate_k{candidate.k}_{name}", "value": value}


def nothing_to_segment(as_of_date: date | str) -> Segmentation:
    """What there is to say of a day before the first order."""
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
