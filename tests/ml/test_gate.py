"""A model is served only when it surely beats the baseline and is of use at all."""

import numpy as np
import pytest

from ml.gate import calibration_rows, compare, judge, metric_row
from tests.ml.in_one_call import REPURCHASE

RULE = REPURCHASE.baselines[0].name

EVENT = np.array([True, False] * 100)
HALF = np.full(200, 0.5)
GOOD = np.where(EVENT, 0.8, 0.2)


def value_of(rows: list[dict[str, float]], metric: str, column: str = "value") -> float:
    return next(row[column] for row in rows if row["metric"] == metric)


def ranked(right: int) -> np.ndarray:
    """.6 and .4, on the right side for so many of the 200."""
    return np.where((np.arange(200) < right) == EVENT, 0.6, 0.4)


def test_serves_the_better_model() -> None:
    assert (
        judge(REPURCHASE, RULE, compare(EVENT, np.where(EVENT, 0.95, 0.05), HALF)).served == "model"
    )


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(ranked(130), id="no better"),
        pytest.param(1 - GOOD, id="worse"),
        # Three more are right: a gain within chance.
        pytest.param(ranked(133), id="in doubt"),
        # Overconfident but perfect ranking, against sane but tied: loses on log loss.
        pytest.param(np.where(EVENT, 1e-9, 1e-10), id="ranks well, says nonsense"),
    ],
)
def test_serves_the_baseline_otherwise(model: np.ndarray) -> None:
    verdict = judge(REPURCHASE, RULE, compare(EVENT, model, ranked(130)))
    assert verdict.served == "baseline"
    assert verdict.reason.startswith("baseline served")


def test_a_better_log_loss_does_not_excuse_a_worse_ranking() -> None:
    # The baseline ranks perfectly but far from the true rates; the model ranks less well.
    baseline = np.where(EVENT, 0.02, 0.01)
    rows = compare(EVENT, ranked(150), baseline)
    assert value_of(rows, "log_loss_gain", "lower_bound") > 0
    assert judge(REPURCHASE, RULE, rows).served == "nothing"


def judged(
    gain: float = 0.001,
    auc: tuple[float, float] = (0.75, 0.7),
    error: tuple[float, float] = (0.0, 0.0),
    bias: tuple[float, float] = (0.0, 0.0),
) -> str:
    """What is served; of pairs the model's stands first, then the baseline's."""
    rows = [
        metric_row("log_loss_gain", 0.5, (gain, 1.0), 0.0, 9),
        metric_row("roc_auc", auc[0], (0.5, 1.0), auc[1], 9),
        metric_row("calibration_error_beyond_chance", error[0], (0.0, 1.0), error[1], 9),
        metric_row("bias_of_sum", bias[0], (bias[0] - 0.1, bias[0] + 0.1), bias[1], 9),
    ]
    return judge(REPURCHASE, RULE, rows).served


def test_the_model_needs_a_gain_above_zero_and_an_auc_no_lower() -> None:
    assert judged() == judged(auc=(0.7, 0.7)) == "model"
    assert judged(gain=0.0) == judged(auc=(0.69, 0.7)) == "baseline"


def test_what_is_of_no_use_is_not_served() -> None:
    assert judged(auc=(0.6, 0.55)) == judged(error=(0.1, 0.3)) == "model"
    assert judged(gain=0.0, auc=(0.9, 0.6)) == judged(error=(0.11, 0.1)) == "baseline"
    assert judged(auc=(0.59, 0.55)) == judged(gain=0.0, auc=(0.9, 0.59)) == "nothing"
    assert judged(error=(0.11, 0.11)) == judged(gain=0.0, error=(0.0, 0.11)) == "nothing"


def test_what_is_off_in_sum_beyond_chance_is_not_served() -> None:
    assert judged(bias=(0.59, -0.9)) == judged(bias=(-0.59, 0.0)) == "model"
    assert judged(bias=(0.61, -0.59)) == judged(gain=0.0, bias=(0.9, 0.0)) == "baseline"
    assert judged(bias=(-0.61, 0.61)) == judged(bias=(np.nan, np.nan)) == "nothing"


def test_gain_is_the_difference_of_log_losses_and_lies_in_its_interval() -> None:
    generator = np.random.default_rng(0)
    model = np.clip(GOOD + generator.normal(0, 0.15, 200), 0.01, 0.99)
    rows = compare(EVENT, model, HALF)
    gain = value_of(rows, "log_loss_gain")
    assert gain == pytest.approx(
        value_of(rows, "log_loss", "baseline_value") - value_of(rows, "log_loss")
    )
    assert value_of(rows, "log_loss_gain", "baseline_value") == 0
    for row in rows:
        if "calibration_error" not in row["metric"]:  # noise only ever adds to these
            assert row["lower_bound"] <= row["value"] <= row["upper_bound"]
        assert row["customer_count"] == 200


def test_calibration_rows_add_up() -> None:
    rows = list(calibration_rows(EVENT, GOOD))
    assert [row["metric"] for row in rows] == [
        f"calibration_bin_{number}_{kind}"
        for number in ("01", "02")
        for kind in ("predicted", "observed")
    ]
    predicted = [row for row in rows if row["metric"].endswith("_predicted")]
    observed = [row for row in rows if row["metric"].endswith("_observed")]
    assert [row["value"] for row in predicted] == pytest.approx([0.2, 0.8])
    assert [row["value"] for row in observed] == [0, 1]
    assert sum(row["customer_count"] for row in observed) == 200
