"""Segments of made-up shops, their invariants, and shops that have next to nothing."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml import layouts
from ml.segment_rule import SegmentRule
from ml.segmentation import CLUSTER_FEATURES, PROFILE_FEATURES
from ml.yeo_johnson import YeoJohnson
from tests.ml.in_one_call import segment_customers

Maker = Callable[..., pd.DataFrame]

# The four groups are far apart; only a strict limit keeps K-means from cutting one of them.
STRICT = SegmentRule(minimum_bootstrap_ari=0.98)


def assert_same(one: pd.DataFrame, other: pd.DataFrame, ignore: tuple[str, ...] = ()) -> None:
    drop = list(ignore)
    pd.testing.assert_frame_equal(one.drop(columns=drop), other.drop(columns=drop))


def test_finds_the_four_groups(four_groups: pd.DataFrame, as_of_date: pd.Timestamp) -> None:
    result = segment_customers(four_groups, as_of_date, rule=STRICT)
    groups = np.repeat(range(4), 60)
    segments = result.assignments["segment_id"].to_numpy()
    spend = four_groups["total_spend"].groupby(groups).mean()
    expected_id = spend.rank(ascending=False).astype(int).sub(1)
    np.testing.assert_array_equal(segments, expected_id.to_numpy()[groups])
    names = result.assignments.groupby("segment_id")["segment_name"].first().tolist()
    assert names == [
        "Active frequent buyers, large baskets (median orders 12)",
        "Active frequent buyers, large baskets (median orders 40)",
        "Active occasional buyers, small baskets",
        "Lapsed one-time buyers, small baskets",
    ]


def test_tables_have_the_published_shape(
    four_groups: pd.DataFrame, as_of_date: pd.Timestamp
) -> None:
    result = segment_customers(four_groups, as_of_date, rule=STRICT)
    tables = (result.assignments, result.profiles, result.metrics)
    names = (layouts.CUSTOMER_SEGMENTS, layouts.SEGMENT_PROFILES, layouts.MODEL_METRICS)
    for table, schema in zip(tables, names, strict=True):
        assert table.dtypes.astype(str).to_dict() == dict(schema)
        assert (table["as_of_date"] == as_of_date).all()
        assert table["model_version"].nunique() == 1
    assert not result.assignments.isna().any(axis=None)
    assert len(result.profiles) == 4 * len(PROFILE_FEATURES)
    values = result.metrics.set_index("metric")["value"]
    assert values["k"] == 4
    assert values["status"] == 1
    assert values["silhouette"] == values["candidate_k4_silhouette"] > 0.7
    assert values["bootstrap_ari"] == values["candidate_k4_bootstrap_ari"] > 0.95
    assert values["smallest_share"] == 0.25


def test_profiles_describe_their_members(
    four_groups: pd.DataFrame, as_of_date: pd.Timestamp
) -> None:
    result = segment_customers(four_groups, as_of_date, rule=STRICT)
    ids = result.assignments["segment_id"].to_numpy()
    profiles = result.profiles.set_index(["segment_id", "feature_name"])
    for feature in ("total_spend", "days_since_last_order"):
        assert profiles.loc[(2, feature), "overall_median"] == four_groups[feature].median()
        assert profiles.loc[(2, feature), "segment_median"] == (
            four_groups.loc[ids == 2, feature].median()
        )
    difference = profiles["standardised_difference"].unstack()
    assert difference.loc[0, "total_spend"] > 0.5 > -0.5 > difference.loc[3, "total_spend"]
    # Equal groups: differences from the mean of all cancel out.
    np.testing.assert_allclose(difference["total_spend"].sum(), 0, atol=1e-6)
    # Nobody has a return share here: unknown, not zero.
    assert profiles.xs("return_share", level=1)["segment_median"].isna().all()
    gap = profiles["segment_median"].unstack()["mean_days_between_orders"]
    assert gap.isna().tolist() == [False, False, False, True]
    assert (profiles.groupby("segment_id")["customer_count"].first() == 60).all()


def test_centroid_distance_is_to_the_nearest_centroid(
    four_groups: pd.DataFrame, as_of_date: pd.Timestamp
) -> None:
    result = segment_customers(four_groups, as_of_date, rule=STRICT)
    points = YeoJohnson(four_groups, PROFILE_FEATURES)(four_groups)[CLUSTER_FEATURES].to_numpy()
    ids = result.assignments["segment_id"].to_numpy()
    centroids = np.stack([points[ids == segment].mean(axis=0) for segment in range(4)])
    distance = np.linalg.norm(points[:, None] - centroids, axis=2)
    np.testing.assert_array_equal(distance.argmin(axis=1), ids)
    np.testing.assert_allclose(
        result.assignments["centroid_distance"], distance.min(axis=1), atol=1e-4
    )


def test_row_order_and_repetition_change_nothing(
    four_groups: pd.DataFrame, as_of_date: pd.Timestamp
) -> None:
    once = segment_customers(four_groups, as_of_date, rule=STRICT)
    again = segment_customers(four_groups.sample(frac=1, random_state=3), as_of_date, rule=STRICT)
    assert_same(once.assignments, again.assignments)
    assert_same(once.profiles, again.profiles)
    assert_same(once.metrics, again.metrics)


def test_the_unit_of_money_changes_no_segment(
    four_groups: pd.DataFrame, as_of_date: pd.Timestamp
) -> None:
    pence = four_groups.assign(
        average_order_value=four_groups["average_order_value"] * 100,
        total_spend=four_groups["total_spend"] * 100,
    )
    in_pounds, in_pence = (segment_customers(table, as_of_date) for table in (four_groups, pence))
    # Where a name tells a basket, it is in the unit that came.
    told_in_money = ("model_version", "segment_name", "segment_name_zh")
    assert_same(in_pounds.assignments, in_pence.assignments, told_in_money)
    # but a model for pounds is no model for pence
    assert in_pounds.metrics["model_version"][0] != in_pence.metrics["model_version"][0]


def test_other_days_and_customers_without_orders_make_no_segment(
    four_groups: pd.DataFrame, as_of_date: pd.Timestamp
) -> None:
    alone = segment_customers(four_groups, as_of_date, rule=STRICT)
    nobody = four_groups.head(3).assign(
        customer_id=["x", "y", "z"],
        order_count=0,
        days_since_last_order=np.nan,
        average_order_value=np.nan,
    )
    day = pd.Timedelta(days=1)
    yesterday, tomorrow = (
        four_groups.assign(
            as_of_date=as_of_date + shift, order_count=lambda t: t["order_count"] + 9
        )
        for shift in (-day, day)
    )
    tables = pd.concat([yesterday, nobody, four_groups, tomorrow])
    result = segment_customers(tables, as_of_date, rule=STRICT)
    today = result.assignments["as_of_date"] == as_of_date
    assert_same(alone.assignments, result.assignments[today].reset_index(drop=True))
    assert result.assignments["as_of_date"].max() == as_of_date
    assert_same(alone.profiles, result.profiles)


def test_segments_stay_as_they_were_fitted(
    four_groups: pd.DataFrame, as_of_date: pd.Timestamp
) -> None:
    """Who behaves as before stays; who behaves like another group moves; the segments do not."""
    later = as_of_date + pd.Timedelta(days=20)
    moved = four_groups.assign(as_of_date=later)
    behaviour = [column for column in four_groups if column not in ("customer_id", "as_of_date")]
    moved.loc[moved.index[:40], behaviour] = four_groups[behaviour].iloc[60:100].to_numpy()
    both = pd.concat([four_groups, moved])
    alone = segment_customers(four_groups, as_of_date, rule=STRICT).assignments
    result = segment_customers(both, later, fitted_on=as_of_date, rule=STRICT)
    before, after = (
        result.assignments[result.assignments["as_of_date"] == day].reset_index(drop=True)
        for day in (as_of_date, later)
    )
    assert_same(alone, before)
    ids = alone["segment_id"].to_numpy()
    expected = np.concatenate([ids[60:100], ids[40:]])
    np.testing.assert_array_equal(after["segment_id"].to_numpy(), expected)
    assert (result.metrics["evaluated_on"] == as_of_date).all()
    assert (result.profiles["as_of_date"] == later).all()
    nobody_then = segment_customers(moved, later, fitted_on=as_of_date, rule=STRICT)
    assert (nobody_then.metrics["evaluated_on"] == later).all()


def test_version_follows_the_customers(four_groups: pd.DataFrame, as_of_date: pd.Timestamp) -> None:
    later = four_groups.assign(days_since_last_order=four_groups["days_since_last_order"] + 3)
    versions = {
        segment_customers(table, as_of_date, rule=STRICT).assignments["model_version"].iloc[0]
        for table in (four_groups, later)
    }
    assert len(versions) == 2


@pytest.mark.parametrize("feature", CLUSTER_FEATURES)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_null_in_a_cluster_feature_is_an_error(
    four_groups: pd.DataFrame, as_of_date: pd.Timestamp, feature: str, bad: float
) -> None:
    # PowerTransformer would pass it on without a word.
    broken = four_groups.copy()
    broken.loc[7, feature] = bad
    if feature == "order_count" and np.isnan(bad):
        assert len(segment_customers(broken, as_of_date).assignments) == 239
        return
    with pytest.raises(ValueError, match=feature):
        segment_customers(broken, as_of_date)


def test_bad_tables_are_refused_in_plain_words(
    four_groups: pd.DataFrame, as_of_date: pd.Timestamp
) -> None:
    with pytest.raises(ValueError, match=r"lacks the columns: order_count"):
        segment_customers(four_groups.drop(columns="order_count"), as_of_date)
    with pytest.raises(ValueError, match=r"two rows for one as_of_date, customer_id"):
        segment_customers(pd.concat([four_groups, four_groups.head(1)]), as_of_date)
    with pytest.raises(ValueError, match=r"total_spend is not numeric"):
        segment_customers(four_groups.assign(total_spend="much"), as_of_date)


@pytest.mark.parametrize(
    ("customers", "k"),
    [
        pytest.param([(1, 5, 3, 10)], 1, id="one customer"),
        pytest.param([(15, 5, 3, 10)], 1, id="a handful"),
    ],
)
def test_small_shops_are_one_segment(
    make_customers: Maker, as_of_date: pd.Timestamp, customers: list[tuple[int, ...]], k: int
) -> None:
    result = segment_customers(make_customers(customers), as_of_date)
    assert result.assignments["segment_id"].nunique() == k
    assert (result.assignments["segment_name"] == "All customers").all()
    status = result.metrics.set_index("metric").loc["status"]
    assert status["value"] == 0
    assert status["note"].startswith("one segment")


def test_equal_customers_are_one_segment(
    four_groups: pd.DataFrame, as_of_date: pd.Timestamp
) -> None:
    equal = pd.concat([four_groups.head(1)] * 200).assign(
        customer_id=[f"c{number}" for number in range(200)]
    )
    result = segment_customers(equal, as_of_date)
    assert (result.assignments["segment_id"] == 0).all()
    assert (result.assignments["centroid_distance"] == 0).all()
    assert (result.profiles["standardised_difference"].dropna() == 0).all()


def test_no_customers_give_empty_tables_and_a_reason(
    four_groups: pd.DataFrame, as_of_date: pd.Timestamp
) -> None:
    for nobody in (four_groups.head(0), four_groups.assign(order_count=0)):
        result = segment_customers(nobody, as_of_date)
        assert result.assignments.empty
        assert result.assignments.dtypes.astype(str).to_dict() == dict(layouts.CUSTOMER_SEGMENTS)
        assert result.profiles.dtypes.astype(str).to_dict() == dict(layouts.SEGMENT_PROFILES)
        assert result.metrics["note"].tolist() == ["no segments: no customer has an order yet"]


shops = st.lists(
    st.tuples(
        st.integers(1, 700),
        st.integers(0, 60),
        st.sampled_from([-50.0, 0.0, 0.01, 1.0, 10.0, 99.99, 1e6, 1e9]),
        st.one_of(st.none(), st.integers(0, 4_000).map(lambda tenths: tenths / 10)),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=15, deadline=None)
@given(rows=shops, copies=st.sampled_from([1, 12]))
def test_any_shop_gets_whole_and_distinct_segments(
    rows: list[tuple[int, int, float, float | None]], copies: int
) -> None:
    table = pd.DataFrame(
        rows * copies,
        columns=[
            "days_since_last_order",
            "order_count",
            "average_order_value",
            "mean_days_between_orders",
        ],
    )
    table["total_spend"] = table["order_count"] * table["average_order_value"]
    table["customer_id"] = [f"c{number}" for number in range(len(table))]
    table["as_of_date"] = pd.Timestamp("2024-01-01")
    table = table.reindex(columns=["customer_id", "as_of_date", *PROFILE_FEATURES])
    result = segment_customers(table, "2024-01-01")
    buyers = table.loc[table["order_count"] > 0]
    assert result.assignments["customer_id"].tolist() == sorted(buyers["customer_id"])
    assert np.isfinite(result.assignments["centroid_distance"]).all()
    names = result.assignments[["segment_id", "segment_name", "segment_name_zh"]].drop_duplicates()
    assert sorted(names["segment_id"]) == list(range(len(names)))
    assert names["segment_name"].is_unique
    assert names["segment_name_zh"].is_unique
    spend = buyers.set_index("customer_id")["total_spend"]
    by_id = spend.groupby(result.assignments.set_index("customer_id")["segment_id"]).mean()
    assert (by_id.diff().dropna() <= 1e-6 * spend.abs().max()).all()
