"""Names of segments: true of the numbers, and never the same twice."""

import pandas as pd
import pytest

from ml.segment_naming import name_segments, segment_measures


def shop(rows: list[tuple[int, float, float, float, float | None]]) -> tuple[pd.DataFrame, ...]:
    """Customers as (segment, days since last order, orders, basket, gap)."""
    table = pd.DataFrame(
        rows,
        columns=[
            "segment_id",
            "days_since_last_order",
            "order_count",
            "average_order_value",
            "mean_days_between_orders",
        ],
    ).astype({"mean_days_between_orders": float})
    table["total_spend"] = table["order_count"] * table["average_order_value"]
    return table, table["segment_id"]


def test_known_names() -> None:
    names = name_segments(
        *shop(
            [
                (0, 5, 20, 100, 10.0),
                (0, 5, 20, 100, 10.0),
                (1, 40, 6, 20, 20.0),
                (1, 40, 6, 20, 20.0),
                (2, 90, 1, 50, None),
                (2, 90, 1, 50, None),
            ]
        )
    )
    assert names.loc[0].tolist() == [
        "Active frequent buyers, large baskets",
        "活跃高频客户·高客单价",
    ]
    assert names.loc[1].tolist() == [
        "Cooling regular buyers, small baskets",
        "沉默中频客户·低客单价",
    ]
    # Nobody here has a gap of their own, so the shop's counts: 90 days are six of 15 days.
    assert names.loc[2].tolist() == [
        "Lapsed one-time buyers, medium baskets",
        "流失单次客户·中客单价",
    ]


def test_measures_by_hand() -> None:
    measures = segment_measures(
        *shop(
            [
                (0, 10, 2, 10, 20.0),
                (0, 30, 4, 10, 40.0),
                (1, 90, 1, 40, None),
                (1, 70, 1, 40, None),
            ]
        )
    )
    assert measures["silence_in_gaps"].tolist() == pytest.approx([20 / 30, 80 / 30])
    assert measures["orders"].tolist() == [3, 1]
    assert measures["orders_rank"].tolist() == [0.75, 0.25]
    assert measures["basket_rank"].tolist() == [0.25, 0.75]


def test_two_orders_are_no_habit() -> None:
    names = name_segments(*shop([(0, 5, 2, 10, 9.0)] * 2 + [(1, 5, 1, 90, None)] * 2))
    assert "occasional" in names.loc[0, "segment_name"]


def test_one_time_buyers_are_so_by_more_than_two_in_three() -> None:
    once, twice = (5, 1, 10, None), (5, 2, 10, 9.0)
    table, ids = shop([(0, *once)] * 3 + [(0, *twice)] * 2 + [(1, *once)] * 3 + [(1, *twice)])
    names = name_segments(table, ids)["segment_name"]
    assert ["occasional" in names[0], "one-time" in names[1]] == [True, True]


def test_spend_tells_twins_apart_and_then_tiers() -> None:
    # All order once, a basket in the middle third: spend differs for the first only.
    twin = [(5, 1, 50, None)]
    table, ids = shop([(segment, *twin[0]) for segment in (0, 1, 2) for _ in range(4)])
    table.loc[ids == 0, "total_spend"] = 500
    names = name_segments(table, ids)
    assert names["segment_name"].tolist() == [
        "One-time buyers, medium baskets, high spend",
        "One-time buyers, medium baskets, medium spend, tier 1",
        "One-time buyers, medium baskets, medium spend, tier 2",
    ]
    assert list(names["segment_name_zh"]) == [
        "单次客户·中客单价·高消费",
        "单次客户·中客单价·中消费·第1档",
        "单次客户·中客单价·中消费·第2档",
    ]


def test_one_segment_is_all_customers() -> None:
    names = name_segments(*shop([(0, 5, 2, 10, 9.0)]))
    assert names.loc[0].tolist() == ["All customers", "全部客户"]


def test_several_orders_a_day_are_no_rhythm() -> None:
    measures = segment_measures(*shop([(0, 3, 4, 10, 0.0), (0, 3, 4, 10, 0.0)]))
    assert measures.loc[0, "silence_in_gaps"] == 3


def test_few_repeaters_do_not_speak_for_a_segment() -> None:
    # One of three has a gap of 5 days; the shop's median gap is 30.
    once = (0, 60, 1, 10, None)
    table, ids = shop([once, once, (0, 60, 2, 10, 5.0), (1, 60, 9, 10, 30.0), (1, 60, 9, 10, 30.0)])
    assert segment_measures(table, ids)["silence_in_gaps"].tolist() == [2, 2]
