"""The plane of the segments: centres amid their customers, nobody named, nothing of few."""

import numpy as np
import pandas as pd
import pytest

from ml.segment_count import SegmentRule
from ml.segment_history import extend
from ml.segment_map import MOST_CUSTOMERS, segment_map
from ml.segmentation import CLUSTER_FEATURES, PROFILE_FEATURES, Segments, customers_with_orders


def shop(size: int, seed: int = 0) -> tuple[Segments, pd.DataFrame]:
    draw = np.random.default_rng(seed)
    columns = {name: draw.gamma(2, 5, size) for name in PROFILE_FEATURES}
    columns |= {"order_count": draw.integers(1, 30, size).astype(float)}
    features = pd.DataFrame(columns).assign(
        customer_id=[f"c{number:05}" for number in range(size)], as_of_date="2024-05-01"
    )
    customers = customers_with_orders(features)
    return extend(None, customers, list, SegmentRule()).latest, customers


def mapped(segments: Segments, customers: pd.DataFrame) -> pd.DataFrame:
    return segment_map(segments, customers, segments.labels(customers))


def test_centres_lie_amid_their_customers_and_nobody_is_named() -> None:
    segments, customers = shop(300)
    told = mapped(segments, customers)
    assert told["kind"].value_counts().to_dict() == {
        "customer": 300,
        "centre": len(segments.ids),
        "feature": len(CLUSTER_FEATURES),
    }
    dots, centres = (told[told["kind"] == kind] for kind in ("customer", "centre"))
    means = dots.groupby("segment_id")[["x", "y"]].mean()
    at = centres.set_index("segment_id")[["x", "y"]]
    assert (means - at).abs().to_numpy().max() == pytest.approx(0)
    assert set(centres["label"]) == {name for name, _ in segments.names}
    assert dots["label"].isna().all()
    assert not told.astype(str).apply(lambda column: column.str.contains("c000")).any(axis=None)
    assert 0 < told["y_share"].iloc[0] <= told["x_share"].iloc[0] < 1


def test_the_plane_is_that_of_the_covariance() -> None:
    segments, customers = shop(300)
    told = mapped(segments, customers)
    variances = np.linalg.eigvalsh(np.cov(segments.points(customers).T))[::-1]
    share = variances / variances.sum()
    assert told[["x_share", "y_share"]].iloc[0].tolist() == pytest.approx(share[:2].tolist())


def test_many_are_drawn_by_a_sample_that_is_the_same_each_time() -> None:
    segments, customers = shop(MOST_CUSTOMERS + 400)
    first, second = (mapped(segments, customers) for _ in range(2))
    assert (first["kind"] == "customer").sum() == MOST_CUSTOMERS
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.parametrize("size", [1, 2])
def test_too_few_make_no_plane(size: int) -> None:
    segments, customers = shop(size)
    assert mapped(segments, customers).empty


def test_customers_who_are_all_alike_make_no_plane() -> None:
    _, customers = shop(40)
    same = customers.assign(**{name: customers[name].iloc[0] for name in PROFILE_FEATURES})
    alike = extend(None, same, list, SegmentRule()).latest
    assert mapped(alike, same).empty
