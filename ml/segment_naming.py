"""Names for customer segments that are true of their members.

A name says how recently, how often and how much at a time the members buy: "Active frequent buyers,
large baskets". A word stands in it only if it holds for four in five of them; where none does, the
median stands in its place: "Active buyers, large baskets (median orders 31)". What holds for four
in five of all customers tells segments apart as little, and is no word either. To change the
language, change the tables.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

# A word must hold for this share of a segment's customers.
TRUE_OF = 0.8


@dataclass(frozen=True)
class Word:
    """A word of a name, and of whom it holds: those with `least` <= measure < `below`."""

    least: float
    below: float
    english: str
    chinese: str


@dataclass(frozen=True)
class Trait:
    """What a part of a name is about.

    Attributes:
        measure: a column of `measures`.
        words: the first that holds for enough of a segment is taken.
        median: the column whose median stands in for a word.
        english: what the median is, in English, with a place for the number.
        chinese: in Chinese.
    """

    measure: str
    words: tuple[Word, ...]
    median: str
    english: str
    chinese: str


RECENCY = Trait(
    "silence_in_gaps",
    (
        Word(0, 1.5, "active", "活跃"),
        Word(3, np.inf, "lapsed", "流失"),
        Word(1.5, np.inf, "cooling", "沉默"),
    ),
    "days_since_last_order",
    "days silent {:,.0f}",
    "沉默{:,.0f}天",
)
FREQUENCY = Trait(
    "orders_beside_the_middle",
    (
        Word(-np.inf, -1, "one-time", "单次"),
        Word(-1, 0, "occasional", "低频"),
        Word(1, np.inf, "frequent", "高频"),
        Word(-1, np.inf, "repeat", "复购"),
    ),
    "order_count",
    "orders {:,.0f}",
    "{:,.0f}单",
)
BASKET = Trait(
    "basket_beside_the_middle",
    (
        Word(-np.inf, 0, "small baskets", "低客单价"),
        Word(1, np.inf, "large baskets", "高客单价"),
    ),
    "average_order_value",
    "basket {:,.2f}",
    "客单价{:,.2f}",
)

Name = tuple[str, str]
"""English, Chinese."""

ONLY_SEGMENT: Name = ("All customers", "全部客户")
APART: Name = ("Apart from all segments", "离群客户")


def name_segments(
    customers: pd.DataFrame,
    segment_ids: "pd.Series[int]",
    features: Sequence[tuple[str, str, str]] = (),
    apart: int | None = None,
) -> pd.DataFrame:
    """Names each segment; no two names of one result are equal.

    Where words do not tell segments apart, medians are added, of orders first, and where these do
    not either, a number: the first has the lowest id.

    Args:
        customers: one row a customer with days_since_last_order, order_count,
            average_order_value, total_spend and mean_days_between_orders (NULL when unknown).
        segment_ids: the segment of each row of `customers`, same index.
        features: other columns of `customers` that segments are told apart by, each with what it is
            called in English and Chinese: a name tells of whom most are above or below the shop's
            middle customer.
        apart: the segment of those who are in none.

    Returns:
        Columns segment_name and segment_name_zh, indexed by segment_id, ascending.
    """
    others = [_beside_the_middle(*feature) for feature in features]
    told = measures(customers).assign(
        **{trait.median: customers[trait.median] for trait in others},
        **{trait.measure: _side(customers[trait.median]) for trait in others},
    )
    ids = sorted(segment_ids.unique())
    segments = [members for _, members in told.groupby(segment_ids)]
    if len(segments) == 1:
        names = [ONLY_SEGMENT]
    else:
        traits = [_telling(told, RECENCY), _telling(told, FREQUENCY)]
        if told[BASKET.median].notna().mean() >= TRUE_OF:  # Money that is not known has no name.
            traits.append(_telling(told, BASKET))
        names = _distinct([_Naming(members, traits, others) for members in segments])
        names = [APART if one == apart else name for one, name in zip(ids, names, strict=True)]
    index = pd.Index(ids, name="segment_id")
    return pd.DataFrame(names, columns=["segment_name", "segment_name_zh"], index=index)


def words_of(name: Name) -> str:
    """The words of a name, without medians."""
    return name[0].split(" (")[0]


def measures(customers: pd.DataFrame) -> pd.DataFrame:
    """What words and medians go by, one row a customer.

    Returns:
        The columns that medians are taken of, the basket NULL where no spend is known, and
        silence_in_gaps: days since the last order, in the customer's own usual gap between orders,
            or the shop's where the customer has none; a gap is at least a day.
        orders_beside_the_middle: 1 for more orders than the shop's middle customer has, and three
            at least, since two are no habit in any shop; 0 for as many, -1 for fewer, -2 for one.
        basket_beside_the_middle: 1 for a larger average order value than that of the shop's middle
            customer, 0 for an equal one, -1 for a smaller one.
    """
    gaps = customers["mean_days_between_orders"]
    # Gaps below a day come from several orders on one day and say nothing about silence.
    usual = gaps.fillna(gaps.median()).clip(lower=1)
    basket = customers["average_order_value"].where(customers["total_spend"].notna())
    orders = customers["order_count"]
    side = np.sign(orders - orders.median()).where((orders > 2) | (orders < orders.median()), 0)
    return pd.DataFrame(
        {
            "days_since_last_order": customers["days_since_last_order"],
            "order_count": orders,
            "average_order_value": basket,
            "silence_in_gaps": customers["days_since_last_order"] / usual,
            "orders_beside_the_middle": side.where(orders > 1, -2.0),
            "basket_beside_the_middle": np.sign(basket - basket.median()),
        }
    )


def _side(values: "pd.Series[float]") -> "pd.Series[float]":
    """1 above the middle customer, 0 at it, -1 below; NULL of whom nothing is known."""
    return pd.Series(np.sign(values - values.median()), values.index)


def _beside_the_middle(feature: str, english: str, chinese: str) -> Trait:
    words = (
        Word(1, np.inf, f"{english} high", f"{chinese}高"),
        Word(-np.inf, 0, f"{english} low", f"{chinese}低"),
    )
    return Trait(
        f"{feature}_beside_the_middle", words, feature, english + " {:,.2f}", chinese + "{:,.2f}"
    )


class _Naming:
    """A segment that is being named."""

    def __init__(
        self, members: pd.DataFrame, traits: Sequence[Trait], others: Sequence[Trait]
    ) -> None:
        self._members = members
        self._others = [_word(members, trait) for trait in others]
        words = {trait.measure: _word(members, trait) for trait in traits}
        self._words = [words.get(trait.measure) for trait in (RECENCY, FREQUENCY, BASKET)]
        self.left = [trait for trait in traits if words[trait.measure] is None]
        orders_first = (traits[1], *traits[2:], traits[0])
        self.more = [trait for trait in (*orders_first, *others) if trait not in self.left]

    def name(self, more: int) -> Name:
        """The name, with the medians of so many parts beside those that have no word."""
        told = [*self.left, *self.more[:more]]
        return self._in(0, told), self._in(1, told)

    def _in(self, language: int, told: Sequence[Trait]) -> str:
        recency, frequency, basket = (
            "" if word is None else (word.english, word.chinese)[language] for word in self._words
        )
        others = [(word.english, word.chinese)[language] for word in self._others if word]
        medians = [
            (trait.english, trait.chinese)[language].format(self._members[trait.median].median())
            for trait in told
        ]
        if language:
            parts = [f"{recency}{frequency}客户", basket, *others]
            return "·".join(filter(None, parts)) + (f"（中位：{'，'.join(medians)}）" * bool(told))
        who = " ".join(filter(None, (recency, frequency, "buyers")))
        name = ", ".join(filter(None, (who, basket, *others))) + (
            f" (median {', '.join(medians)})" * bool(told)
        )
        return name[0].upper() + name[1:]


def _telling(customers: pd.DataFrame, trait: Trait) -> Trait:
    """The trait with the words that do not hold for all customers alike: these tell nothing."""
    telling = (word for word in trait.words if not holds(customers, trait, word))
    return replace(trait, words=tuple(telling))


def _word(members: pd.DataFrame, trait: Trait) -> Word | None:
    return next((word for word in trait.words if holds(members, trait, word)), None)


def holds(customers: pd.DataFrame, trait: Trait, word: Word) -> bool:
    """Whether a word holds for enough of these rows of `measures`."""
    measure = customers[trait.measure]
    return bool(((measure >= word.least) & (measure < word.below)).mean() >= TRUE_OF)


def _distinct(namings: Sequence[_Naming]) -> list[Name]:
    names = [naming.name(0) for naming in namings]
    for more in range(1, 1 + max(len(naming.more) for naming in namings)):
        times = Counter(names)
        names = [
            naming.name(more) if times[name] > 1 else name
            for naming, name in zip(namings, names, strict=True)
        ]
    places = [names[: place + 1].count(name) for place, name in enumerate(names)]
    times = Counter(names)
    return [
        (f"{name[0]}, no. {place}", f"{name[1]}·{place}") if times[name] > 1 else name
        for name, place in zip(names, places, strict=True)
    ]
