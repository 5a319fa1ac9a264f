"""The mean of the same band: rates of an event, and amounts."""

import numpy as np
import pytest

from ml.baseline import BandMean

ENDS = (7, 14, 30, 60, 90, 180)


def rates(days: list[float], event: list[float] | list[bool]) -> BandMean:
    return BandMean("event", ENDS).fit(days, event)


def means(spent: list[float], amount: list[float]) -> BandMean:
    return BandMean("amount").fit(spent, amount)


def test_rates_are_those_of_the_bands() -> None:
    days = [1, 7, 8, 14] + [200] * 4
    event = [1, 1, 1, 0] + [0] * 4
    overall = (3 + 0.5) / (8 + 1)
    expected = [(2 + overall) / 3, (1 + overall) / 3, overall, (0 + overall) / 5]
    np.testing.assert_allclose(rates(days, event).predict([7, 8, 45, 1_000]), expected)


@pytest.mark.parametrize("end", ENDS)
def test_a_band_ends_with_its_last_day(end: int) -> None:
    """Only customers of the band have ordered."""
    last, next_day = rates([end, end + 1], [1, 0]).predict([end, end + 1])
    assert last > 0.5 > next_day


@pytest.mark.parametrize("event", [[True] * 3, [False] * 3])
def test_never_says_never_or_always(event: list[bool]) -> None:
    probability = rates([3, 40, 400], event).predict([3, 40, 400, 100])
    assert ((probability > 0) & (probability < 1)).all()


def test_knows_nothing_without_customers() -> None:
    assert rates([], []).predict([5]) == [0.5]
    assert means([], []).predict([5]) == [0]


def test_who_spent_nothing_is_a_band_and_the_others_are_tenths() -> None:
    spent = [0.0] * 5 + list(range(1, 101))
    came = [3.0] * 5 + [float(value) for value in range(1, 101)]
    rule = means(spent, came)
    assert len(rule.means_) == 11
    overall = np.mean(came)
    told = rule.predict([0, -5, 1, 100, 1e9])
    np.testing.assert_allclose(told[0], (15 + overall) / 6)
    assert told[0] == told[1]
    np.testing.assert_allclose(told[2], (sum(range(1, 11)) + overall) / 11)
    assert told[3] == told[4]


def test_an_unknown_feature_is_a_value_like_any_other() -> None:
    rule = means([0, 1, np.nan, np.nan], [0, 1, 50, 70])
    assert rule.predict([np.nan])[0] > 30 > rule.predict([1])[0]
