"""A model is served only when it surely beats the baseline."""

import numpy as np
import pytest

from ml.gate import calibration_rows, compare, judge, metric_row

EVENT = np.array([True, False] * 100)
HALF = np.full(200, 0.5)
GOOD = np.where(EVENT, 0.8, 0.2)


def value_of(rows: list[dict[str, float]], metric: str, column: str = "value") -> float:
    return next(row[column] for row in rows if row["metric"] == metric)


def test_serves_the_better_model() -> None:
    assert judge(compare(EVENT, GOOD, HALF)).is_model_served


@pytest.mark.parametrize(
    ("model", "baseline"),
    [
        pytest.param(HALF, HALF, id="no better"),
        pytest.param(1 - GOOD, HALF, id="worse"),
        # 51 of 100 right at 60 % sure: a gain within chance.
        pytest.param(
            np.where(
                np.arange(200) < 103, np.where(EVENT, 0.51, 0.49), np.where(EVENT, 0.49, 0.51)
            ),
            HALF,
            id="in doubt",
        ),
        # Overconfident but perfect ranking, against sane but tied: loses on log loss.
        pytest.param(np.where(EVENT, 1e-9, 1e-10), HALF, id="ranks well, says nonsense"),
    ],
)
def test_serves_the_baseline_otherwise(model: np.ndarray, baseline: np.ndarray) -> None:
    verdict = judge(compare(EVENT, model, baseline))
    assert not verdict.is_model_served
    assert verdict.reason.startswith("baseline served")


def test_a_better_log_loss_does_not_excuse_a_worse_ranking() -> None:
    # The baseline ranks perfectly but far from the true rates; the model ranks hardly at all.
    baseline = np.where(EVENT, 0.02, 0.01)
    model = np.where(np.arange(200) < 120, GOOD, 1 - GOOD)
    rows = compare(EVENT, model, baseline)
    assert value_of(rows, "log_loss_gain", "lower_bound") > 0
    assert not judge(rows).is_model_served


@pytest.mark.parametrize(
    ("lower_bound", "auc", "is_served"),
    [(0.001, 0.7, True), (0.001, 0.71, True), (0.001, 0.69, False), (0.0, 0.8, False)],
)
def test_served_means_a_gain_above_zero_and_an_auc_no_lower(
    lower_bound: float, auc: float, is_served: bool
) -> None:
    rows = [
        metric_row("log_loss_gain", 0.5, (lower_bound, 1.0), 0.0, 9),
        metric_row("roc_auc", auc, (0.5, 1.0), 0.7, 9),
    ]
    assert judge(rows).is_model_served == is_served


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
        if row["metric"] != "expected_calibration_error":  # noise only ever adds to this one
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
