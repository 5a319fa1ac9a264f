"""Intervals of calibration errors hold the true one, also where there is none."""

import numpy as np
import pytest
from scipy.special import expit, logit

from ml import evaluation
from ml.calibration import BEYOND_CHANCE, ERROR, calibration_intervals


def drawn(customers: int, shift: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Events, what was foretold, and what was true: off by so much in log odds."""
    generator = np.random.default_rng(seed)
    foretold = expit(generator.normal(-0.8, 1.2, customers))
    true = expit(logit(foretold) + shift)
    return generator.random(customers) < true, foretold, true


@pytest.mark.parametrize(("shift", "least"), [(0.0, 0.9), (0.4, 0.75)])
def test_the_interval_holds_the_true_error(shift: float, least: float) -> None:
    held = percentiles = 0
    for seed in range(60):
        event, foretold, true = drawn(1500, shift, seed)
        # The distance is the same in all bins, but for what they round.
        error = float(np.abs(foretold - true).mean())
        lower, upper = calibration_intervals(event, foretold, 100)[ERROR]
        held += lower <= error <= upper
        lowest, highest = evaluation.bootstrap_intervals(event, foretold, replicates=100)[ERROR]
        percentiles += lowest <= error <= highest
    assert held / 60 >= least
    if shift == 0:
        assert percentiles == 0


@pytest.mark.parametrize("customers", [40, 1500])
@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_both_figures_lie_in_their_intervals(customers: int, shift: float) -> None:
    event, foretold, _ = drawn(customers, shift, 1)
    outcomes = evaluation.tally(event, foretold)
    intervals = calibration_intervals(event, foretold)
    for name in (ERROR, BEYOND_CHANCE):
        lower, upper = intervals[name]
        assert lower <= evaluation.METRICS[name](outcomes) <= upper
    assert intervals[ERROR][0] >= 0


def test_what_is_surely_off_has_no_nought_in_it() -> None:
    event, foretold, _ = drawn(5000, 1.0, 2)
    assert calibration_intervals(event, foretold)[ERROR][0] > 0.1
    event, foretold, _ = drawn(5000, 0.0, 2)
    assert calibration_intervals(event, foretold)[ERROR][0] == 0
