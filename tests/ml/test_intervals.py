"""Ranges around expected amounts hold of as many customers as they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.intervals import LEVEL, AmountIntervals


def drawn(customers: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Small spenders often spend nothing, large ones err little."""
    generator = np.random.default_rng(seed)
    expected = np.exp(generator.normal(3, 1, customers))
    chance = np.clip(0.5 + 0.1 * np.log(expected), 0, 1)
    noise = generator.lognormal(0, 1 / (1 + np.log1p(expected)), customers)
    return expected, expected * noise * (generator.random(customers) < chance)


def test_so_many_lie_in_the_range_of_a_later_day() -> None:
    expected, came = drawn(4000, 0)
    later = drawn(4000, 1)
    intervals = AmountIntervals().fit(expected, came)
    assert intervals.coverage(*later) == pytest.approx(LEVEL, abs=0.02)
    # And in each fifth by itself, which one range for all would not give.
    lower, upper = intervals.predict(later[0])
    for fifth in np.array_split(np.argsort(later[0]), 5):
        inside = (lower[fifth] <= later[1][fifth]) & (later[1][fifth] <= upper[fifth])
        assert inside.mean() == pytest.approx(LEVEL, abs=0.05)


def test_the_correction_for_few_makes_ranges_wider() -> None:
    held = [
        AmountIntervals().fit(*drawn(29, seed)).coverage(*drawn(500, seed + 1000))
        for seed in range(200)
    ]
    assert np.mean(held) >= LEVEL - 0.01


@given(st.integers(1, 200), st.integers(0, 5))
def test_a_range_is_a_range(customers: int, seed: int) -> None:
    expected, came = drawn(customers, seed)
    intervals = AmountIntervals().fit(expected, came)
    lower, upper = intervals.predict(expected)
    assert ((lower >= 0) & (lower <= upper)).all()
    assert np.isfinite(upper).all()


def test_what_came_back_beyond_all_counts_as_nothing() -> None:
    intervals = AmountIntervals().fit(np.full(50, 10.0), np.full(50, -5.0))
    assert intervals.predict(np.array([10.0])) == (0.0, 0.0)
    assert intervals.coverage(np.array([10.0]), np.array([-1.0])) == 1.0


def test_of_ten_the_range_is_all_that_was_seen() -> None:
    """The next of eleven lies beyond nine of ten with a chance of 2 in 11, which is too much."""
    intervals = AmountIntervals().fit(np.ones(10), np.arange(1.0, 11.0))
    lower, upper = intervals.predict(np.array([1.0, 2.0]))
    assert (lower.tolist(), upper.tolist()) == ([1, 2], [10, 20])
