"""Expected amounts: their metrics, and when a model of them is served."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from scipy.stats import spearmanr
from sklearn.metrics import mean_tweedie_deviance

from ml.amount_evaluation import METRICS, bias_of_sum, deviance_by_customer, rank_correlation
from ml.amount_gate import compare, judge
from ml.gate import metric_row
from ml.target import Bands, Floors, Target

SPEND = Target("spend", "spend", "amount", 90, Bands("spend_bands", "spent"), ("two_stage",))
generator = np.random.default_rng(0)
MEAN = np.exp(generator.normal(3, 1, 400))
CAME = MEAN * generator.gamma(2, 0.5, 400) * (generator.random(400) < 0.7)


@given(
    npst.arrays(float, 20, elements=st.floats(0, 1e4)),
    npst.arrays(float, 20, elements=st.floats(10, 1e4)),
)
def test_deviance_is_that_of_scikit_learn(amount: np.ndarray, expected: np.ndarray) -> None:
    own = deviance_by_customer(amount, expected).mean()
    assert own == pytest.approx(mean_tweedie_deviance(amount, expected, power=1.5), abs=1e-6)


def test_deviance_is_least_at_the_mean() -> None:
    own = [deviance_by_customer(CAME, np.full(400, m)).mean() for m in np.linspace(1, 60, 600)]
    assert np.linspace(1, 60, 600)[int(np.argmin(own))] == pytest.approx(CAME.mean(), abs=0.1)


def test_to_expect_nothing_where_something_came_is_dear_but_finite() -> None:
    own = deviance_by_customer(np.array([100.0, 0.0]), np.array([0.0, 0.0]))
    assert np.isfinite(own).all()
    assert own[0] > 100 > own[1]


def test_rank_correlation_is_spearmans() -> None:
    rounded = np.round(MEAN, -1)
    assert rank_correlation(CAME, rounded) == pytest.approx(spearmanr(CAME, rounded)[0])
    assert np.isnan(rank_correlation(CAME, np.full(400, 5.0)))


def test_bias_is_of_the_sum() -> None:
    assert bias_of_sum(np.array([5.0, -1.0]), np.array([3.0, 3.0])) == pytest.approx(0.5)
    assert np.isnan(bias_of_sum(np.zeros(3), np.ones(3)))


def test_metrics_stand_beside_the_baseline_with_intervals() -> None:
    rule = np.full(400, CAME.mean())
    rows = {row["metric"]: row for row in compare(CAME, MEAN, rule)}
    for name in METRICS:
        assert rows[name]["lower_bound"] < rows[name]["value"] < rows[name]["upper_bound"]
    gain = rows["deviance_gain"]
    deviance = rows["mean_deviance"]
    assert gain["value"] == pytest.approx(deviance["baseline_value"] - deviance["value"])
    assert rows["actual_amount"]["value"] == pytest.approx(CAME.sum())
    assert rows["expected_amount"]["baseline_value"] == pytest.approx(CAME.sum())
    assert judge(SPEND, "spend_bands", list(rows.values())).served == "model"


def judged(
    gain: float = 0.1,
    rank: tuple[float, float] = (0.5, 0.4),
    bias: tuple[float, float] = (0.1, 0.1),
) -> str:
    """What is served; of pairs the model's stands first, then the baseline's."""
    rows = [
        metric_row("deviance_gain", 0.5, (gain, 1.0), 0.0, 9),
        metric_row("rank_correlation", rank[0], (0, 1), rank[1], 9),
        metric_row("bias_of_sum", bias[0], (bias[0] - 0.1, bias[0] + 0.1), bias[1], 9),
    ]
    return judge(SPEND, "spend_bands", rows).served


def test_the_model_needs_a_gain_and_ranks_no_worse() -> None:
    assert judged() == judged(rank=(0.4, 0.4)) == judged(rank=(0.3, np.nan)) == "model"
    assert judged(gain=0.0) == judged(rank=(0.39, 0.4)) == "baseline"


def test_what_ranks_hardly_or_is_far_off_in_sum_is_not_served() -> None:
    assert judged(rank=(0.2, 0.1)) == judged(bias=(-0.59, 0.9)) == "model"
    assert judged(bias=(0.61, -0.59)) == judged(gain=0, rank=(0.9, 0.2)) == "baseline"
    assert judged(rank=(0.19, 0.1)) == judged(bias=(0.61, 0.61)) == "nothing"
    assert judged(bias=(np.nan, np.nan)) == "nothing"


def test_the_target_says_what_is_of_use() -> None:
    rows = compare(CAME, MEAN, np.full(400, CAME.mean()))
    strict = replace(SPEND, floors=Floors(minimum_rank_correlation=0.99))
    assert judge(strict, "spend_bands", rows).served == "nothing"
