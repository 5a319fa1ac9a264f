"""Customer segments: by default K-means on how recently, how often and how much a time people buy.

Total spend does not take part: on a log scale it is order count plus average order value, so it
would count volume twice (its correlation with order count is .78 to .88 on three shops, that of
average order value .04 to .19). It orders the segments and describes them. With it in place of
average order value the silhouette would be higher (.33 against .27 on the Complete Journey),
because the points then lie along one line, and large rare baskets would have no segment.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sklearn.metrics import euclidean_distances

from ml import layouts, schemas
from ml.segment_count import Choice
from ml.segment_day import PROFILE_FEATURES, DayOfCustomers, customers_with_orders
from ml.segment_groups import Floats, Groups, Labels
from ml.segment_naming import Name, name_segments, words_of
from ml.segment_profiles import segment_profiles
from ml.segment_rule import CLUSTER_FEATURES, SegmentRule
from ml.threads import one_thread
from ml.yeo_johnson import YeoJohnson

__all__ = [
    "CLUSTER_FEATURES",
    "PROFILE_FEATURES",
    "DayOfCustomers",
    "Segmentation",
    "Segments",
    "customers_with_orders",
    "model_name",
    "nothing_to_segment",
]


def model_name(method: str) -> str:
    """What segments of a method are called in tables."""
    return f"customer_segments_{method}"


@dataclass(frozen=True)
class Segmentation:
    """Segments, put into words and numbers: tables laid out by `ml.layouts`.

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
        ids: the segment_id of each label of the groups.
        names: English and Chinese name by label.
        fitted_on: the day whose customers made the segments, ISO.
        since: the day from which on they are in force under these names, ISO.
        customer_count: how many they were.
        version: changes with the customers and the rule they were fitted by.
    """

    def __init__(
        self,
        day: DayOfCustomers,
        groups: Groups,
        choice: Choice,
        ids: Sequence[int],
        rule: SegmentRule,
    ) -> None:
        """Of groups fitted to the points of a day; `ids` are distinct, one a label."""
        self.fitted_on = self.since = day.date
        self.customer_count = len(day.customers)
        self.choice, self.ids = choice, list(ids)
        self._space, self._groups = day.space, groups
        others = [one for one in PROFILE_FEATURES if one not in day.space.features]
        self._other_scale = YeoJohnson(day.customers, others)
        self._method, self._calm_margin = rule.method, rule.calm_margin
        self._feature_names = rule.feature_names
        self.names = self._names(day, groups.labels(day.points))
        self.version = _version(day, groups, self.ids, rule)

    def renamed(self, day: DayOfCustomers, labels: Labels) -> "Segments | None":
        """The same segments with names that are true on a later day; None where these still are.

        Args:
            day: a later day, on which each segment has a customer.
            labels: `labels` of its customers.
        """
        names = self._names(day, labels)
        if list(map(words_of, names)) == list(map(words_of, self.names)):
            return None
        named = copy.copy(self)
        named.names, named.since = names, day.date
        named.version = schemas.version_of([self.version, *(name for name, _ in names)])
        return named

    @property
    def features(self) -> list[str]:
        """The features that segments are made of: the axes of `points`."""
        return self._space.features

    @property
    def model_name(self) -> str:
        """What the segments are called in tables."""
        return model_name(self._method)

    def points(self, customers: pd.DataFrame) -> Floats:
        """Rows of `customers_with_orders` on the scale of the segments, shape (n, features)."""
        return self._space.points(customers)

    def labels(self, customers: pd.DataFrame, before: pd.DataFrame | None = None) -> Labels:
        """The label of each row, shape (n,).

        Args:
            customers: rows of `customers_with_orders`, all of one day.
            before: those of the first day of the month, where it is an earlier one. Who buys
                nothing stays, until another segment is clearly nearer, where they were on that day,
                or on the day after the last order if it is later: a function of the two days' rows,
                whichever days lie between.
        """
        points = self.points(customers)
        return (
            self._nearest(points) if before is None else self._placed(customers, points, before)[0]
        )

    def assignments(
        self, customers: pd.DataFrame, before: pd.DataFrame | None = None
    ) -> pd.DataFrame:
        """CUSTOMER_SEGMENTS for rows of `customers_with_orders`, in their order; see `labels`."""
        points = self.points(customers)
        labels, degrees = self._placed(customers, points, before)
        distances = np.empty(len(labels))
        if len(labels):
            every = euclidean_distances(points, self._groups.centres)
            distances = every[np.arange(len(labels)), labels]
        names, names_zh = (
            pd.array(one, dtype="str")[labels] for one in zip(*self.names, strict=True)
        )
        return schemas.as_table(
            {
                "customer_id": customers["customer_id"].to_numpy(),
                "as_of_date": customers["as_of_date"].to_numpy(),
                "segment_id": np.array(self.ids)[labels],
                "segment_name": names,
                "segment_name_zh": names_zh,
                "centroid_distance": distances,
                "membership": degrees[np.arange(len(labels)), labels],
            },
            layouts.CUSTOMER_SEGMENTS,
            **self._model_columns(),
        )

    def profiles(self, customers: pd.DataFrame, before: pd.DataFrame | None = None) -> pd.DataFrame:
        """SEGMENT_PROFILES of rows of `customers_with_orders`, all of one day; see `labels`."""
        labels = pd.Series(self.labels(customers, before), customers.index, name="segment_id")
        others = self._other_scale(customers)
        scaled = pd.concat([others, self._space.scale(customers)], axis="columns")
        every = list(dict.fromkeys([*PROFILE_FEATURES, *self.features]))
        profiles = segment_profiles(customers, scaled[every], labels)
        names = [self.names[label][0] for label in profiles["segment_id"]]
        profiles["segment_id"] = np.array(self.ids)[profiles["segment_id"].to_numpy()]
        return schemas.as_table(
            profiles.assign(segment_name=names),
            layouts.SEGMENT_PROFILES,
            as_of_date=customers["as_of_date"].min(),
            **self._model_columns(),
        )

    def metrics(self, as_of_date: date | str, said: str = "") -> pd.DataFrame:
        """MODEL_METRICS for the portraits of a day, as they were when k was chosen.

        Args:
            as_of_date: the day.
            said: what else is to be said of them, behind why there are so many.
        """
        return schemas.as_table(
            list(self.choice.metrics(said)),
            layouts.MODEL_METRICS,
            as_of_date=pd.Timestamp(as_of_date),
            evaluated_on=pd.Timestamp(self.choice.chosen_on),
            customer_count=self.choice.customer_count,
            **self._model_columns(),
        )

    def _placed(
        self, customers: pd.DataFrame, points: Floats, before: pd.DataFrame | None
    ) -> tuple[Labels, Floats]:
        """The label of each row, shape (n,), and its degrees of belonging, shape (n, k)."""
        labels = self._nearest(points)
        if not len(points):
            return labels, np.empty((0, len(self.ids)))
        with one_thread():
            degrees = self._groups.degrees(points)
        if before is None or before.empty:
            return labels, degrees
        old = self._before(customers, before)
        rows = np.flatnonzero(old >= 0)
        old = old[rows]
        # Degrees of K-means fall with the square of the distance: a centre that is nearer by the
        # margin has a degree that is larger by its square.
        clear = (1 - self._calm_margin) ** 2
        is_held = degrees[rows, labels[rows]] * clear <= degrees[rows, old]
        labels = labels.copy()
        labels[rows[is_held]] = old[is_held]
        return labels, degrees

    def _before(self, customers: pd.DataFrame, before: pd.DataFrame) -> Labels:
        """Where each was before the silence began, or on the day of `before` if it began earlier.

        -1 of whom it is not known: the order of then is no more.
        """
        days = (customers["as_of_date"].iloc[0] - before["as_of_date"].iloc[0]).days
        has_bought = customers["days_since_last_order"].to_numpy() <= days
        # Nothing but the silence has changed since the day after the last order.
        after_order = customers[has_bought].assign(days_since_last_order=1.0)
        then = pd.DataFrame(
            {
                "label": self._nearest(self.points(before)),
                "order_count": before["order_count"].to_numpy(),
                "days_since_last_order": before["days_since_last_order"].to_numpy() + days,
            },
            index=pd.Index(before["customer_id"]),
        ).reindex(customers["customer_id"])
        is_silent = np.logical_and.reduce(
            [
                customers[column].to_numpy() == then[column].to_numpy()
                for column in ("order_count", "days_since_last_order")
            ]
        )
        first = then["label"].fillna(-1).to_numpy().astype(np.intp)
        labels = np.where(is_silent, first, -1)
        labels[has_bought] = self._nearest(self.points(after_order))
        return labels

    def _nearest(self, points: Floats) -> Labels:
        """The label of each point by the groups alone; of none, none."""
        if not len(points):
            return np.empty(0, dtype=np.intp)
        with one_thread():
            return self._groups.labels(points)

    def _names(self, day: DayOfCustomers, labels: Labels) -> list[Name]:
        told = pd.Series(labels, name="segment_id")
        named = name_segments(day.customers, told, self._feature_names, self._groups.apart)
        return list(named.itertuples(index=False, name=None))

    def _model_columns(self) -> dict[str, str]:
        return {"model_name": model_name(self._method), "model_version": self.version}


def _version(day: DayOfCustomers, groups: Groups, ids: Sequence[int], rule: SegmentRule) -> str:
    # Centres live on scales made from the data, so the medians go in with them.
    medians = day.customers[day.space.features].median()
    told: list[object] = [*day.space.features, *sorted(ids), *medians]
    by_id = groups.centres[np.argsort(ids)]
    if rule.method == "kmeans":
        return schemas.version_of([*told, *by_id.flat])
    return schemas.version_of([rule.method, *told, *by_id.flat, *groups.parameters()])


def nothing_to_segment(as_of_date: date | str, method: str = "kmeans") -> Segmentation:
    """What there is to say of a day before the first order."""
    metrics: list[dict[str, object]] = [
        {"metric": "status", "value": 0.0, "note": "no segments: no customer has an order yet"}
    ]
    return Segmentation(
        assignments=schemas.empty_table(layouts.CUSTOMER_SEGMENTS),
        profiles=schemas.empty_table(layouts.SEGMENT_PROFILES),
        metrics=schemas.as_table(
            metrics,
            layouts.MODEL_METRICS,
            as_of_date=as_of_date,
            model_name=model_name(method),
            model_version=schemas.version_of(["no customers"]),
            customer_count=0,
        ),
    )
