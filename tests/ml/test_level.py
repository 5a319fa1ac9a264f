"""The level of what is foretold is put right by what came before, most of the way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.level import level_shift, shifted
from ml.target import Kind

TOLD = np.linspace(0.05, 0.6, 200)


def days(count: int, factor: float) -> tuple[list[np.ndarray], list[np.ndarray]]:
    return [TOLD] * count, [TOLD * factor] * count


def test_amounts_are_shifted_in_proportion_towards_what_came() -> None:
    for count in (1, 2, 9):
        shift = level_shift("amount", *days(count, 2.0))
        assert np.exp(shift) == pytest.approx(2.0 ** (count / (count + 1)))
    assert shifted("amount", TOLD, np.log(2)) == pytest.approx(2 * TOLD)


def test_probabilities_are_shifted_in_log_odds() -> None:
    generator = np.random.default_rng(0)
    came = [(generator.random(200) < shifted("event", TOLD, 0.8)).astype(float) for _ in range(50)]
    assert level_shift("event", [TOLD] * 50, came) == pytest.approx(0.8 * 50 / 51, abs=0.1)
    odds = TOLD / (1 - TOLD)
    told = shifted("event", TOLD, 0.8)
    assert told / (1 - told) == pytest.approx(odds * np.exp(0.8))


@pytest.mark.parametrize("kind", ["event", "amount"])
def test_without_a_past_or_where_nothing_came_nothing_is_shifted(kind: Kind) -> None:
    assert level_shift(kind, [], []) == 0
    assert level_shift(kind, [TOLD], [np.zeros(200)]) == 0
    assert level_shift(kind, [np.zeros(200)], [TOLD]) == 0
    assert shifted(kind, TOLD, 0.0) is TOLD


def test_of_an_event_that_came_of_all_nothing_is_learned() -> None:
    assert level_shift("event", [TOLD], [np.ones(200)]) == 0


@given(st.sampled_from(["event", "amount"]), st.floats(1e-6, 1e6), st.integers(1, 5))
def test_no_shift_is_without_end(kind: Kind, factor: float, count: int) -> None:
    told = np.clip(TOLD * factor, 0, 1)
    shift = level_shift(kind, [told] * count, [(TOLD > 0.3).astype(float)] * count)
    assert abs(shift) <= 2
    moved = shifted(kind, told, shift)
    assert np.isfinite(moved).all()
    assert (np.diff(moved) >= 0).all()
