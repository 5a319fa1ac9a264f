"""Names for customer segments, read off their numbers by tables of words.

A name says how recently, how often and how much at a time the typical customer of the segment
buys: "Cooling occasional buyers, large baskets". To change the language, change the tables.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Word:
    """One row of a table of words: it applies when `measure` is below `below`."""

    measure: str
    below: float
    english: str
    chinese: str


LOWER_THIRD, UPPER_THIRD = 1 / 3, 2 / 3

# In each table the first row that applies wins; none applies when the measure is unknown (NaN).
RECENCY_WORDS = (
    Word("silence_in_gaps", 1.5, "active", "活跃"),
    Word("silence_in_gaps", 3.0, "cooling", "沉默"),
    Word("silence_in_gaps", np.inf, "lapsed", "流失"),
)
FREQUENCY_WORDS = (
    # More than two in three: a name must be true of those who carry it.
    Word("repeat_share", LOWER_THIRD, "one-time", "单次"),
    Word("orders", 3.0, "occasional", "低频"),  # two orders are no habit, in any shop
    Word("orders_rank", LOWER_THIRD, "occasional", "低频"),
    Word("orders_rank", UPPER_THIRD, "regular", "中频"),
    Word("orders_rank", np.inf, "frequent", "高频"),
)
BASKET_WORDS = (
    Word("basket_rank", LOWER_THIRD, "small baskets", "低客单价"),
    Word("basket_rank", UPPER_THIRD, "medium baskets", "中客单价"),
    Word("basket_rank", np.inf, "large baskets", "高客单价"),
)
SPEND_WORDS = (
    Word("spend_rank", LOWER_THIRD, "low spend", "低消费"),
    Word("spend_rank", UPPER_THIRD, "medium spend", "中消费"),
    Word("spend_rank", np.inf, "high spend", "高消费"),
)
_NO_WORD = Word("", np.inf, "", "")

Name = tuple[str, str]
"""English, Chinese."""

ONLY_SEGMENT: Name = ("All customers", "全部客户")


def name_segments(customers: pd.DataFrame, segment_ids: "pd.Series[int]") -> pd.DataFrame:
    """Names each segment; no two names of one result are equal.

    Where the words for recency, frequency and basket do not tell segments apart, a word for
    total spend is added, and where that does not either, a tier: tier 1 has the lowest id.

    Args:
        customers: one row a customer with days_since_last_order, order_count,
            average_order_value, total_spend and mean_days_between_orders (NULL when unknown).
        segment_ids: the segment of each row of `customers`, same index.

    Returns:
        Columns segment_name and segment_name_zh, indexed by segment_id, ascending.
    """
    measures = segment_measures(customers, segment_ids)
    rows = [row for _, row in measures.iterrows()]
    names = [_name(row) for row in rows] if len(rows) > 1 else [ONLY_SEGMENT] * len(rows)
    names = _tell_apart(names, [_spend_suffix(row) for row in rows])
    names = _tell_apart(names, _tiers(names))
    return pd.DataFrame(names, columns=["segment_name", "segment_name_zh"], index=measures.index)


def segment_measures(customers: pd.DataFrame, segment_ids: "pd.Series[int]") -> pd.DataFrame:
    """Gives the figures that the words are chosen by, one row a segment.

    Returns:
        Indexed by segment_id, ascending:
        silence_in_gaps: median days since the last order, in typical gaps between orders; the
            typical gap is the segment's own, or the shop's where most members have only one order.
        orders: median order count.
        repeat_share: the share of its customers with more than one order, 0..1.
        orders_rank, basket_rank, spend_rank: the share of all customers below the segment's
            median order count, average order value and total spend, 0..1; equals count a half.
    """
    segments = customers.groupby(segment_ids)
    medians = segments[
        ["days_since_last_order", "order_count", "average_order_value", "total_spend"]
    ].median()
    gaps = segments["mean_days_between_orders"]
    own_gap = gaps.median().where(gaps.count() >= segments.size() / 2)
    typical_gap = own_gap.fillna(customers["mean_days_between_orders"].median())
    return pd.DataFrame(
        {
            # Gaps below a day come from several orders on one day and say nothing about silence.
            "silence_in_gaps": medians["days_since_last_order"] / typical_gap.clip(lower=1),
            "orders": medians["order_count"],
            "repeat_share": (customers["order_count"] > 1).groupby(segment_ids).mean(),
            "orders_rank": _middle_rank(medians["order_count"], customers["order_count"]),
            "basket_rank": _middle_rank(
                medians["average_order_value"], customers["average_order_value"]
            ),
            "spend_rank": _middle_rank(medians["total_spend"], customers["total_spend"]),
        }
    )


def _middle_rank(values: "pd.Series[float]", population: "pd.Series[float]") -> "pd.Series[float]":
    ordered = np.sort(population.to_numpy())
    below = np.searchsorted(ordered, values, side="left")
    up_to = np.searchsorted(ordered, values, side="right")
    return pd.Series((below + up_to) / 2 / len(ordered), index=values.index)


def _choose(words: tuple[Word, ...], measures: "pd.Series[float]") -> Word:
    return next((word for word in words if measures[word.measure] < word.below), _NO_WORD)


def _name(measures: "pd.Series[float]") -> Name:
    recency = _choose(RECENCY_WORDS, measures)
    frequency = _choose(FREQUENCY_WORDS, measures)
    basket = _choose(BASKET_WORDS, measures)
    english = f"{recency.english} {frequency.english} buyers, {basket.english}".strip()
    chinese = f"{recency.chinese}{frequency.chinese}客户·{basket.chinese}"
    return english[0].upper() + english[1:], chinese


def _spend_suffix(measures: "pd.Series[float]") -> Name:
    word = _choose(SPEND_WORDS, measures)
    return word.english, word.chinese


def _tiers(names: list[Name]) -> list[Name]:
    places = [names[: position + 1].count(name) for position, name in enumerate(names)]
    return [(f"tier {place}", f"第{place}档") for place in places]


def _tell_apart(names: list[Name], suffixes: list[Name]) -> list[Name]:
    """Adds its suffix to each name that more than one segment has."""
    times = Counter(names)
    return [
        (f"{name[0]}, {suffix[0]}", f"{name[1]}·{suffix[1]}") if times[name] > 1 else name
        for name, suffix in zip(names, suffixes, strict=True)
    ]
