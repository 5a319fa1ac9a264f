"""Curves agree with scikit-learn's, lose nothing that can be seen, and hold on hard data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, precision_recall_curve

from ml import evaluation
from ml.curves import MOST_POINTS, curves, thin, wilson_interval

Floats = NDArray[np.float64]


def forecast(size: int = 3_000, seed: int = 0) -> tuple[Floats, Floats]:
    draw = np.random.default_rng(seed)
    probability = np.round(draw.beta(1, 3, size), 3)
    return (draw.random(size) < probability).astype(float), probability


def area(x: Floats, y: Floats) -> float:
    return float(np.trapezoid(y, x))


def test_roc_and_gain_keep_their_area_in_a_hundred_points() -> None:
    event, probability = forecast()
    told = curves("event", event, probability)
    roc, gain = told["roc"], told["gain"]
    assert len(roc.x) == len(gain.x) == MOST_POINTS
    whole = evaluation.roc_auc(evaluation.tally(event, probability))
    assert area(roc.x, roc.y) == pytest.approx(whole, abs=0.001)
    # (2 AUC − 1) = Gini; half of it, weighted by who does not come, lies above chance.
    above = (whole - 0.5) * (1 - event.mean())
    assert area(gain.x, gain.y) - 0.5 == pytest.approx(above, abs=0.001)
    order = np.argsort(-probability, kind="stable")
    share, found = np.arange(1, 3_001) / 3_000, np.cumsum(event[order]) / event.sum()
    last_of_ties = np.flatnonzero(np.diff(probability[order], append=-1))
    between = np.interp(share, gain.x, gain.y) - found
    assert np.abs(between[last_of_ties]).max() < 0.005


def test_precision_and_recall_are_those_of_scikit_learn() -> None:
    event, probability = forecast(60)
    told = curves("event", event, probability)["precision_recall"]
    precision, recall, _ = precision_recall_curve(event, probability)
    known = set(zip(np.round(recall, 9), np.round(precision, 9), strict=True))
    assert set(zip(np.round(told.x, 9), np.round(told.y, 9), strict=True)) <= known
    assert len(told.x) < MOST_POINTS
    steps = float(np.diff(told.x, prepend=0.0) @ told.y)
    assert steps == pytest.approx(average_precision_score(event, probability))


def test_lift_at_a_tenth_is_the_metric_also_through_ties() -> None:
    event, probability = forecast()
    probability = np.round(probability, 1)
    lift = curves("event", event, probability)["lift"]
    (tenth,) = np.flatnonzero(np.isclose(lift.x, 0.1))
    told = evaluation.top_decile_lift(evaluation.tally(event, probability))
    assert lift.y[tenth] == pytest.approx(told)
    assert (lift.x[-1], lift.y[-1]) == (1, 1)


def test_calibration_has_the_bins_of_the_metric_with_wilsons_intervals() -> None:
    event, probability = forecast()
    told = curves("event", event, probability)["calibration"]
    bins = evaluation.calibration_bins(evaluation.tally(event, probability))
    assert told.x == pytest.approx(bins.probability)
    assert told.y * told.customers == pytest.approx(bins.events)
    assert ((told.lower < told.y) & (told.y < told.upper)).all()


def test_wilsons_interval_is_that_of_the_textbook() -> None:
    # Brown, Cai and DasGupta (2001): none of ten is 0 to .278, all of ten .722 to 1.
    lower, upper = wilson_interval(np.array([0.0, 1.0]), np.array([10.0, 10.0]))
    assert lower == pytest.approx([0, 0.7225], abs=1e-3)
    assert upper == pytest.approx([0.2775, 1], abs=1e-3)


def test_amounts_have_gain_lift_and_calibration_and_returns_bring_nothing() -> None:
    amount = np.array([100.0, 0.0, 50.0, -20.0])
    told = curves("amount", amount, np.array([80.0, 5.0, 60.0, 1.0]))
    assert set(told) == {"gain", "lift", "calibration"}
    assert told["gain"].x.tolist() == [0, 0.25, 0.5, 1]
    assert told["gain"].y == pytest.approx([0, 2 / 3, 1, 1])
    assert told["lift"].y == pytest.approx([8 / 3, 2, 4 / 3, 1])
    assert told["calibration"].y.tolist() == [0, 0, 50, 100]
    # Of one customer there is no spread.
    assert np.isnan(told["calibration"].upper).all()


def test_one_forecast_for_all_is_chance() -> None:
    told = curves("event", np.array([1.0, 0.0, 0.0, 1.0]), np.full(4, 0.3))
    assert told["roc"].x.tolist() == told["roc"].y.tolist() == [0, 1]
    assert told["precision_recall"].y.tolist() == [0.5]
    assert told["lift"].y == pytest.approx([1, 1, 1, 1])
    assert told["calibration"].customers.tolist() == [4]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.integers(2, 12))
def test_a_thinned_line_keeps_its_ends_and_never_leaves_the_whole_one(
    heights: list[int], most: int
) -> None:
    y = np.array(heights, dtype=float)
    x = np.arange(len(y), dtype=float)
    kept = thin(x, y, most)
    assert len(kept) <= max(most, 2) and sorted({0, len(y) - 1}) == sorted({kept[0], kept[-1]})
    # What a further point would add is no more than what the last one did.
    whole, fewer = (np.abs(np.interp(x, x[k], y[k]) - y).max() for k in (kept, thin(x, y, 2)))
    assert whole <= fewer + 9
    assert (thin(x, y, len(y) + 1) == thin(x, y, len(y) + 1)).all()
    everything = thin(x, y, len(y) + 1)
    assert np.interp(x, x[everything], y[everything]) == pytest.approx(y)
