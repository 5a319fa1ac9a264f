"""Within a month who buys nothing moves only to a segment that is clearly nearer."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ml.segment_history import extend
from ml.segment_rule import CLUSTER_FEATURES, SegmentRule
from ml.segmentation import PROFILE_FEATURES, Segments

RULE = SegmentRule(smallest_k=4, largest_k=4, minimum_bootstrap_ari=0.0, replicates=2)
DAYS = 14


@pytest.fixture(scope="module")
def first() -> pd.DataFrame:
    """A cloud of customers on a first of a month: many are near a border."""
    draw = np.random.default_rng(8)
    rows = pd.DataFrame(
        {
            "days_since_last_order": draw.integers(1, 120, 600).astype(float),
            "order_count": draw.integers(1, 30, 600).astype(float),
            "average_order_value": draw.lognormal(3, 0.6, 600),
        }
    )
    rows["total_spend"] = rows["order_count"] * rows["average_order_value"]
    rows.insert(0, "customer_id", [f"c{number:03}" for number in range(600)])
    rows.insert(1, "as_of_date", pd.Timestamp("2024-03-01"))
    return rows.reindex(columns=["customer_id", "as_of_date", *PROFILE_FEATURES])


@pytest.fixture(scope="module")
def later(first: pd.DataFrame) -> pd.DataFrame:
    """Two weeks on: the first hundred have ordered since, the next ten gave an order back."""
    rows = first.assign(
        as_of_date=pd.Timestamp("2024-03-01") + pd.Timedelta(days=DAYS),
        days_since_last_order=first["days_since_last_order"] + DAYS,
    )
    rows.loc[:99, "days_since_last_order"] = np.arange(100) % DAYS + 1.0
    rows.loc[:99, "order_count"] += 1
    rows.loc[100:109, "order_count"] = (rows.loc[100:109, "order_count"] - 1).clip(lower=1)
    new = rows.head(1).assign(customer_id="new", days_since_last_order=3.0)
    return pd.concat([rows, new], ignore_index=True)


@pytest.fixture(scope="module")
def segments(first: pd.DataFrame) -> Segments:
    return extend(None, first, list, RULE).latest


def distances(segments: Segments, customers: pd.DataFrame) -> np.ndarray:
    points = segments._space.points(customers)
    return np.linalg.norm(points[:, None] - segments._groups.centres, axis=2)


def test_who_is_silent_stays_until_another_is_clearly_nearer(
    segments: Segments, first: pd.DataFrame, later: pd.DataFrame
) -> None:
    calm = segments.labels(later, first)
    now = distances(segments, later)
    nearest = now.argmin(axis=1)
    began = {
        **dict(zip(first["customer_id"], distances(segments, first).argmin(axis=1), strict=True)),
        # Who has ordered since was told by the day after that order.
        **dict(
            zip(
                [*later["customer_id"][:100], "new"],
                distances(
                    segments,
                    pd.concat([later[:100], later.tail(1)]).assign(days_since_last_order=1),
                ).argmin(axis=1),
                strict=True,
            )
        ),
    }
    given_back = set(later["customer_id"][100:110][first["order_count"][100:110] > 1])
    held = 0
    for row, (customer, label) in enumerate(zip(later["customer_id"], calm, strict=True)):
        old = began[customer]
        is_clear = now[row, nearest[row]] < (1 - RULE.calm_margin) * now[row, old]
        stays = not is_clear and customer not in given_back
        assert label == (old if stays else nearest[row]), customer
        held += stays and old != nearest[row]
    assert held > 15
    assert (calm != dict_of(began, later)).sum() > 15


def dict_of(began: dict[str, int], later: pd.DataFrame) -> np.ndarray:
    return later["customer_id"].map(began).to_numpy()


def test_without_a_margin_the_nearest_is_taken(
    segments: Segments, first: pd.DataFrame, later: pd.DataFrame
) -> None:
    restless = extend(None, first, list, replace(RULE, calm_margin=0.0)).latest
    np.testing.assert_array_equal(restless.labels(later, first), segments.labels(later))


def test_tables_tell_the_same_segments_in_whatever_order_customers_come(
    segments: Segments, first: pd.DataFrame, later: pd.DataFrame
) -> None:
    told = segments.assignments(later, first)
    profiles = segments.profiles(later, first)
    counts = profiles.groupby("segment_id")["customer_count"].first()
    assert counts.to_dict() == told["segment_id"].value_counts().to_dict()
    assert told["membership"].min() < 0.5 < told["membership"].max()
    mixed = later.sample(frac=1, random_state=1)
    again = segments.assignments(mixed, first.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(
        again.sort_values("customer_id", ignore_index=True),
        told.sort_values("customer_id", ignore_index=True),
    )


def test_other_features_may_be_unknown(first: pd.DataFrame, later: pd.DataFrame) -> None:
    """Who is not known in a feature is taken for usual in it; what all have always is not."""
    features = (*CLUSTER_FEATURES, "discount_share")
    draw = np.random.default_rng(3)
    known = first.assign(discount_share=np.where(draw.random(600) < 0.3, np.nan, draw.random(600)))
    segments = extend(None, known, list, replace(RULE, features=features)).latest
    told = segments.assignments(known)
    usual = known["discount_share"].fillna(known["discount_share"].median())
    filled = segments.assignments(known.assign(discount_share=usual))
    # The middle of two is not the same on both scales.
    pd.testing.assert_frame_equal(told, filled, atol=1e-3)
    nobody = extend(None, first, list, replace(RULE, features=features)).latest
    assert nobody.assignments(later, first)["segment_id"].nunique() == 4
