"""The rate by recency band."""

import numpy as np
import pytest

from ml.baseline import RecencyBandRate


def test_rates_are_those_of_the_bands() -> None:
    days = [1, 7, 8, 14] + [200] * 4
    event = [1, 1, 1, 0] + [0] * 4
    overall = (3 + 0.5) / (8 + 1)
    baseline = RecencyBandRate().fit(days, event)
    probability = baseline.predict_proba([7, 8, 45, 1_000])
    expected = [(2 + overall) / 3, (1 + overall) / 3, overall, (0 + overall) / 5]
    np.testing.assert_allclose(probability[:, 1], expected)
    np.testing.assert_allclose(probability.sum(axis=1), 1)


@pytest.mark.parametrize("end", [7, 14, 30, 60, 90, 180])
def test_a_band_ends_with_its_last_day(end: int) -> None:
    """Only customers of the band have ordered."""
    baseline = RecencyBandRate().fit([end, end + 1], [1, 0])
    last, next_day = baseline.predict_proba([end, end + 1])[:, 1]
    assert last > 0.5 > next_day


@pytest.mark.parametrize("event", [[True] * 3, [False] * 3])
def test_never_says_never_or_always(event: list[bool]) -> None:
    probability = RecencyBandRate().fit([3, 40, 400], event).predict_proba([3, 40, 400, 100])
    assert ((probability > 0) & (probability < 1)).all()


def test_knows_nothing_without_customers() -> None:
    assert RecencyBandRate().fit([], []).predict_proba([5])[0, 1] == 0.5
