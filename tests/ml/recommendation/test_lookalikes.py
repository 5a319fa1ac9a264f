"""Who is like a list: hidden members are found again, and chance is told as chance."""

import numpy as np
import pandas as pd
import pytest

from ml.recommendation.lookalikes import FOLDS, LEAST_MEMBERS, Lookalikes, find_lookalikes, quality
from ml.recommendation.traits import Likings, Trait, Traits, traits_of

CUSTOMERS = 600


def drawn(seed: int = 1) -> tuple[Traits, np.ndarray, np.ndarray]:
    """Customers of whom a fifth are tea drinkers: they buy tea, and come on weekdays."""
    draw = np.random.default_rng(seed)
    drinks = draw.random(CUSTOMERS) < 0.2
    spend = draw.lognormal(3, 1, CUSTOMERS)
    numbers = pd.DataFrame({"spend": spend, "orders": draw.poisson(5, CUSTOMERS)})
    words = pd.DataFrame(
        {"day": np.where(draw.random(CUSTOMERS) < 0.3 + 0.4 * drinks, "week", "end")}
    )
    bought = draw.random((CUSTOMERS, 12)) < 0.2
    bought[:, 0] |= drinks & (draw.random(CUSTOMERS) < 0.8)
    customer, value = np.nonzero(bought)
    ones = np.ones(len(customer), dtype=np.float32)
    likings = Likings(
        "product",
        ["tea", *(f"p{number}" for number in range(11))],
        customer.astype(np.int32),
        value.astype(np.int32),
        ones,
    )
    return traits_of(numbers, words, [likings]), drinks, spend


@pytest.fixture(scope="module")
def shop() -> tuple[Traits, np.ndarray, np.ndarray]:
    return drawn()


@pytest.fixture(scope="module")
def half(shop: tuple[Traits, np.ndarray, np.ndarray]) -> Lookalikes:
    """Of half of the tea drinkers."""
    traits, drinks, spend = shop
    listed = drinks & (np.arange(CUSTOMERS) % 2 == 0)
    return find_lookalikes(traits, listed, spend, CUSTOMERS)


def test_the_half_that_was_never_told_is_found(
    shop: tuple[Traits, np.ndarray, np.ndarray], half: Lookalikes
) -> None:
    _, drinks, _ = shop
    hidden = int((drinks & (np.arange(CUSTOMERS) % 2 == 1)).sum())
    assert drinks[half.rows[:hidden]].mean() > 0.45
    assert len(half.rows) == CUSTOMERS - (drinks & (np.arange(CUSTOMERS) % 2 == 0)).sum()
    assert (np.diff(half.likeness) <= 0).all()


def test_how_well_is_told_before_anybody_knows(
    shop: tuple[Traits, np.ndarray, np.ndarray], half: Lookalikes
) -> None:
    """The AUC is that of the drinkers whom nobody listed, but that these stand among the rest."""
    _, drinks, _ = shop
    place = np.empty(CUSTOMERS)
    place[half.rows] = np.arange(len(half.rows), 0, -1)
    unknown = np.isin(np.arange(CUSTOMERS), half.rows)
    truth = np.mean(place[unknown & drinks][:, None] > place[unknown & ~drinks], dtype=float)
    assert half.quality.lower - 0.03 <= truth <= half.quality.upper + 0.08
    assert half.quality.auc > half.baseline.auc + 0.2
    assert half.quality.found_lower <= half.quality.found <= half.quality.found_upper


def test_what_sets_the_list_apart_is_named(half: Lookalikes) -> None:
    first, *others = half.traits
    assert first.trait == Trait("liking", "product", "tea")
    assert first.in_list > 0.7 > 0.5 > first.in_rest
    assert Trait("word", "day", "week") in [told.trait for told in others]
    assert half.reasons[0][0] == Trait("liking", "product", "tea")
    assert max(map(len, half.reasons)) <= 2


def test_of_a_list_drawn_by_chance_nothing_is_claimed() -> None:
    """Over 20 lists the AUC is a half on average, and hardly any claims more."""
    draw = np.random.default_rng(4)
    traits, _, spend = drawn()
    told = []
    for _ in range(20):
        listed = np.zeros(CUSTOMERS, dtype=bool)
        listed[draw.choice(CUSTOMERS, 60, replace=False)] = True
        told.append(find_lookalikes(traits, listed, spend, 1).quality)
    assert np.mean([one.auc for one in told]) == pytest.approx(0.5, abs=0.03)
    assert sum(one.lower > 0.5 for one in told) <= 3


def test_equals_stand_in_the_order_of_their_ids() -> None:
    numbers = pd.DataFrame({"spend": np.repeat([1.0, 2.0], 60)})
    traits = traits_of(numbers, pd.DataFrame(index=numbers.index), [])
    listed = np.arange(120) >= 90
    rows = find_lookalikes(traits, listed, numbers["spend"].to_numpy(), 90).rows
    part_of_twos = rows[:30]
    assert sorted(part_of_twos) == list(range(60, 90))
    again = find_lookalikes(traits, listed, numbers["spend"].to_numpy(), 90).rows
    assert rows.tolist() == again.tolist()


def test_a_hidden_member_is_placed_among_the_rest_of_its_part() -> None:
    part = np.zeros(8, dtype=np.intp)
    member = np.array([1, 1, 0, 0, 0, 0, 0, 0], dtype=bool)
    # The first is above all six, the second above two, with two ties.
    told = quality(np.array([9.0, 3, 1, 2, 3, 3, 4, 5]), member, part)
    assert told.auc == pytest.approx((1 + (2 + 2 / 2) / 6) / 2)
    assert told.found == 0.5
    # In another part the second is above its only one.
    part[[1, 2]] = 1
    assert quality(np.array([9.0, 3, 1, 2, 3, 3, 4, 5]), member, part).auc == 1
    assert part.max() < FOLDS


@pytest.mark.parametrize("members", [LEAST_MEMBERS - 1, CUSTOMERS - LEAST_MEMBERS + 1])
def test_too_few_on_either_side_are_refused(
    shop: tuple[Traits, np.ndarray, np.ndarray], members: int
) -> None:
    traits, _, spend = shop
    with pytest.raises(ValueError, match="fewer than 30"):
        find_lookalikes(traits, np.arange(CUSTOMERS) < members, spend, 5)


def test_traits_are_on_one_scale() -> None:
    """Unknown numbers are at the median; what tells nobody apart or few have is no trait."""
    numbers = pd.DataFrame(
        {"known": [0.0, 10, 100, np.nan] * 5, "same": 1.0, "unknown": [np.nan] * 20}
    )
    words = pd.DataFrame({"day": ["week"] * 12 + ["end"] * 8, "all": "x", "none": [None] * 20})
    customers = np.array([*range(11), 0, 1], dtype=np.int32)
    likings = Likings(
        "product",
        ["often", "seldom"],
        customers,
        np.array([0] * 11 + [1] * 2, dtype=np.int32),
        np.ones(13, dtype=np.float32),
    )
    traits = traits_of(numbers, words, [likings])
    assert traits.names == (
        Trait("number", "known"),
        Trait("word", "day", "week"),
        Trait("liking", "product", "often"),
    )
    matrix = traits.matrix.toarray()
    assert matrix.mean(axis=0)[0] == pytest.approx(0)
    assert matrix.std(axis=0)[0] == pytest.approx(1)
    assert matrix[3, 0] == matrix[1, 0]
    # Whoever likes one thing alone likes it with all their weight.
    assert matrix[:11, 2] == pytest.approx(3)
    assert not matrix[11:, 2].any()


def test_customers_of_whom_nothing_is_known_are_not_ranked() -> None:
    nothing = pd.DataFrame(index=range(80))
    traits = traits_of(pd.DataFrame({"spend": [np.nan] * 80}), nothing, [])
    assert traits.names == ()
    with pytest.raises(ValueError, match="nothing tells"):
        find_lookalikes(traits, np.arange(80) < 40, np.full(80, np.nan), 5)


def test_spend_that_nobody_knows_is_a_baseline_of_chance(
    shop: tuple[Traits, np.ndarray, np.ndarray],
) -> None:
    traits, drinks, _ = shop
    found = find_lookalikes(traits, drinks, np.full(CUSTOMERS, np.nan), 1)
    assert found.baseline.auc == 0.5
