"""Ranges around expected amounts hold of as many customers as they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.intervals import LEVEL, AmountIntervals

Amounts = tuple[np.ndarray, np.ndarray]


def drawn(customers: int, seed: int) -> Amounts:
    """Small spenders often spend nothing, large ones err little."""
    generator = np.random.default_rng(seed)
    expected = np.exp(generator.normal(3, 1, customers))
    chance = np.clip(0.5 + 0.1 * np.log(expected), 0, 1)
    noise = generator.lognormal(0, 1 / (1 + np.log1p(expected)), customers)
    return expected, expected * noise * (generator.random(customers) < chance)


def learned(*days: Amounts) -> AmountIntervals:
    return AmountIntervals().fit([expected for expected, _ in days], [came for _, came in days])


def holds(intervals: AmountIntervals, day: Amounts) -> np.ndarray:
    lower, upper = intervals.predict(day[0])
    return (lower <= day[1]) & (day[1] <= upper)


def at_its_level(day: Amounts) -> Amounts:
    """The day, foretold rightly in sum."""
    return day[0] * day[1].sum() / day[0].sum(), day[1]


def test_so_many_lie_in_the_range_of_a_later_day() -> None:
    later = at_its_level(drawn(4000, 1))
    inside = holds(learned(drawn(4000, 0)), later)
    assert inside.mean() == pytest.approx(LEVEL, abs=0.02)
    # And in each tenth by itself, which one range for all would not give.
    for tenth in np.array_split(np.argsort(later[0]), 10):
        assert inside[tenth].mean() == pytest.approx(LEVEL, abs=0.06)


@pytest.mark.parametrize("off", [0.5, 0.8, 1.3])
def test_by_how_much_a_whole_day_was_off_says_nothing_of_customers(off: float) -> None:
    """The level of a forecast is put right before; a range that followed it would do so twice."""
    (expected, came), later = drawn(4000, 0), at_its_level(drawn(4000, 1))
    one, other = learned((expected, came)), learned((expected * off, came))
    np.testing.assert_allclose(one.predict(later[0]), other.predict(later[0]))
    # Each of several days has a level of its own.
    of_two = learned((expected * off, came), drawn(4000, 2))
    assert holds(of_two, later).mean() == pytest.approx(LEVEL, abs=0.02)


def test_the_correction_for_few_makes_ranges_wider() -> None:
    held = [
        holds(learned(drawn(29, seed)), at_its_level(drawn(500, seed + 1000))).mean()
        for seed in range(200)
    ]
    assert np.mean(held) >= LEVEL - 0.01


@given(st.integers(1, 400), st.integers(0, 5))
def test_a_range_is_a_range(customers: int, seed: int) -> None:
    expected, came = drawn(customers, seed)
    lower, upper = learned((expected, came)).predict(expected)
    assert ((lower >= 0) & (lower <= upper)).all()
    assert np.isfinite(upper).all()


def test_what_came_back_beyond_all_counts_as_nothing() -> None:
    intervals = learned((np.full(50, 10.0), np.full(50, -5.0)))
    assert intervals.predict(np.array([10.0])) == (0.0, 0.0)


def test_of_ten_the_range_is_all_that_was_seen() -> None:
    """The next of eleven lies beyond nine of ten with a chance of 2 in 11, which is too much."""
    intervals = learned((np.full(10, 5.5), np.arange(1.0, 11.0)))
    lower, upper = intervals.predict(np.array([5.5, 11.0]))
    np.testing.assert_allclose(lower, [1, 2])
    np.testing.assert_allclose(upper, [10, 20])
