"""Names of segments: true of their members, and never the same twice."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.segment_naming import measures, name_segments
from tests.ml.untrue_words import untrue_words

# Segment, days since the last order, orders, basket, gap.
Row = tuple[int, float, float, float, float | None]


def shop(rows: list[Row]) -> tuple[pd.DataFrame, "pd.Series[int]"]:
    columns = ["segment_id", *PLAIN[:3], "mean_days_between_orders"]
    table = pd.DataFrame(rows, columns=columns).astype({"mean_days_between_orders": float})
    table["total_spend"] = table["order_count"] * table["average_order_value"]
    return table, table["segment_id"]


PLAIN = ["days_since_last_order", "order_count", "average_order_value"]
ACTIVE: Row = (0, 5, 20, 100, 10.0)
COOLING: Row = (1, 40, 6, 20, 20.0)
LAPSED: Row = (2, 90, 1, 50, None)


def names_of(rows: list[Row]) -> list[list[str]]:
    return [list(map(str, row)) for row in name_segments(*shop(rows)).itertuples(index=False)]


def test_known_names() -> None:
    # Nobody of the third has a gap, so the shop's counts: 90 days are six of 15 days.
    assert names_of([ACTIVE] * 3 + [COOLING] * 2 + [LAPSED] * 3) == [
        ["Active frequent buyers, large baskets", "活跃高频客户·高客单价"],
        ["Cooling repeat buyers, small baskets", "沉默复购客户·低客单价"],
        ["Lapsed one-time buyers (median basket 50.00)", "流失单次客户（中位：客单价50.00）"],
    ]


def test_a_word_is_true_of_four_in_five_or_the_median_is_told() -> None:
    others: list[Row] = [LAPSED] * 9
    four = name_segments(*shop([ACTIVE] * 4 + [(0, 50, 1, 100, 10.0)] + others))
    assert four.iloc[0, 0] == "Active frequent buyers, large baskets"
    three = name_segments(*shop([ACTIVE] * 3 + [(0, 50, 1, 100, 10.0)] * 2 + others))
    assert three.iloc[0].tolist() == [
        "Buyers, large baskets (median days silent 5, orders 20)",
        "客户·高客单价（中位：沉默5天，20单）",
    ]


def test_what_holds_for_all_customers_is_no_word() -> None:
    """Everybody here has come back, and is active."""
    told = names_of([ACTIVE] * 3 + [(1, 5, 8, 20, 10.0)] * 3)
    assert [name for name, _ in told] == [
        "Frequent buyers, large baskets (median days silent 5)",
        "Occasional buyers, small baskets (median days silent 5)",
    ]


def test_measures_by_hand() -> None:
    table, _ = shop(
        [(0, 10, 4, 10, 20.0), (0, 30, 3, 10, 40.0), (1, 90, 1, 40, None), (1, 3, 2, 90, 0.0)]
    )
    table.loc[3, "total_spend"] = np.nan
    told = measures(table)
    # The usual gap of the shop is 20 days, and several orders a day are no gap.
    assert told["silence_in_gaps"].tolist() == pytest.approx([0.5, 0.75, 4.5, 3])
    assert told["orders_beside_the_middle"].tolist() == [1, 1, -2, -1]
    assert told["basket_beside_the_middle"].tolist() == pytest.approx(
        [0, 0, 1, np.nan], nan_ok=True
    )


def test_two_orders_are_no_habit() -> None:
    twice: Row = (0, 5, 2, 10, 9.0)
    assert names_of([twice] * 2 + [(1, 500, 1, 90, None)] * 3)[0][0].startswith("Active repeat")


def test_money_that_nobody_knows_has_no_name() -> None:
    table, ids = shop([ACTIVE] * 3 + [LAPSED] * 3)
    told = name_segments(table.assign(total_spend=np.nan), ids)
    assert told["segment_name"].tolist() == ["Active frequent buyers", "Lapsed one-time buyers"]
    assert told["segment_name_zh"].tolist() == ["活跃高频客户", "流失单次客户"]


def test_where_only_some_money_is_known_no_word_says_more() -> None:
    table, ids = shop([ACTIVE] * 3 + [LAPSED] * 9)
    table.loc[0, "total_spend"] = np.nan
    assert "(median basket 100.00)" in name_segments(table, ids).iloc[0, 0]


def test_medians_and_then_a_number_tell_twins_apart() -> None:
    often: Row = (1, 5, 40, 100, 10.0)
    rows = [*[ACTIVE] * 3, *[often] * 3, *[(2, *often[1:])] * 3, *[(3, *LAPSED[1:])] * 9]
    assert [name for name, _ in names_of(rows)][:3] == [
        "Active frequent buyers, large baskets (median orders 20)",
        "Active frequent buyers, large baskets "
        "(median orders 40, basket 100.00, days silent 5), no. 1",
        "Active frequent buyers, large baskets "
        "(median orders 40, basket 100.00, days silent 5), no. 2",
    ]
    assert names_of(rows)[1][1].endswith("（中位：40单，客单价100.00，沉默5天）·1")


def test_one_segment_is_all_customers() -> None:
    assert names_of([ACTIVE]) == [["All customers", "全部客户"]]


@st.composite
def shops(draw: st.DrawFn) -> list[Row]:
    whole = st.integers(1, 400).map(float)
    row = st.tuples(
        st.integers(0, 4), whole, st.integers(1, 9).map(float), whole, st.none() | whole
    )
    return draw(st.lists(row, min_size=2, max_size=40))


@given(shops())
def test_any_name_is_true_and_no_two_are_alike(rows: list[Row]) -> None:
    table, ids = shop(rows)
    names = name_segments(table, ids)
    assert names.index.tolist() == sorted(set(ids))
    for column in names:
        assert names[column].is_unique
    assert untrue_words(measures(table), ids, names["segment_name"].to_dict()) == []


def test_other_features_are_told_where_most_are_on_one_side() -> None:
    """Discounts tell the two apart; of whom no discount is known none is told."""
    half = 40
    customers = pd.DataFrame(
        {
            "days_since_last_order": 5.0,
            "order_count": 5.0,
            "average_order_value": 20.0,
            "total_spend": 100.0,
            "mean_days_between_orders": 10.0,
            "discount_share": [0.5] * half + [0.1] * half + [np.nan] * half + [0.3] * half,
        }
    )
    ids = pd.Series([0] * half + [1] * half + [2] * half + [3] * half)
    names = name_segments(customers, ids, [("discount_share", "share off", "折扣占比")], apart=3)
    assert "share off high" in names["segment_name"][0]
    assert "折扣占比高" in names["segment_name_zh"][0]
    assert "share off low" in names["segment_name"][1]
    assert "share off" not in names["segment_name"][2].split(" (")[0]
    assert names["segment_name"][3] == "Apart from all segments"
    assert names["segment_name"].is_unique and names["segment_name_zh"].is_unique
