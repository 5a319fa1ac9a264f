"""Metrics of predicted probabilities: hand-made answers, scikit-learn's, and a naive bootstrap."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sklearn_metrics

from ml import evaluation

# A coarse grid of probabilities makes ties common.
outcomes = st.lists(
    st.tuples(st.booleans(), st.integers(0, 8).map(lambda step: step / 8)), min_size=2, max_size=60
)


@given(outcomes)
def test_agrees_with_scikit_learn(rows: list[tuple[bool, float]]) -> None:
    event, probability = (np.array(column) for column in zip(*rows, strict=True))
    outcome = evaluation.tally(event, probability)
    assert evaluation.brier_score(outcome) == pytest.approx(
        sklearn_metrics.brier_score_loss(event, probability, labels=[False, True])
    )
    assert evaluation.log_loss(outcome) == pytest.approx(
        sklearn_metrics.log_loss(event, probability, labels=[False, True])
    )
    if event.any() and not event.all():
        assert evaluation.roc_auc(outcome) == pytest.approx(
            sklearn_metrics.roc_auc_score(event, probability)
        )
        assert evaluation.average_precision(outcome) == pytest.approx(
            sklearn_metrics.average_precision_score(event, probability)
        )


@given(outcomes, st.randoms(use_true_random=False))
def test_order_of_customers_changes_nothing(rows: list[tuple[bool, float]], random: object) -> None:
    shuffled = rows.copy()
    random.shuffle(shuffled)
    before, after = (
        [
            metric(evaluation.tally(*zip(*table, strict=True)))
            for metric in evaluation.METRICS.values()
        ]
        for table in (rows, shuffled)
    )
    np.testing.assert_array_equal(before, after)


def test_calibration_error_of_two_tied_groups() -> None:
    # Of five customers at .2 one has the event (right), of five at .8 three (off by .2).
    outcome = evaluation.tally([1, 0, 0, 0, 0, 1, 1, 1, 0, 0], [0.2] * 5 + [0.8] * 5)
    assert evaluation.expected_calibration_error(outcome) == pytest.approx(0.5 * 0 + 0.5 * 0.2)


@pytest.mark.parametrize("customers", [50, 1000])
def test_right_probabilities_have_no_error_beyond_chance(customers: int) -> None:
    generator = np.random.default_rng(0)
    errors, beyond = [], []
    for _ in range(200):
        probability = generator.uniform(0.1, 0.9, customers)
        outcome = evaluation.tally(generator.random(customers) < probability, probability)
        errors.append(evaluation.expected_calibration_error(outcome))
        beyond.append(evaluation.calibration_error_beyond_chance(outcome))
    assert np.mean(errors) == pytest.approx(np.sqrt(2 * 0.2 * 10 / customers / np.pi), rel=0.15)
    assert np.mean(beyond) == pytest.approx(0, abs=0.01)


def test_calibration_bins_hold_equal_counts_without_ties() -> None:
    generator = np.random.default_rng(1)
    probability = np.sort(generator.random(200))
    event = generator.random(200) < probability**2
    bins = evaluation.calibration_bins(evaluation.tally(event, probability))
    expected = [part.mean() for part in np.split(probability, 10)]
    assert bins.customers.tolist() == [20] * 10
    np.testing.assert_allclose(bins.probability, expected)
    by_hand = np.mean(
        [
            abs(p.mean() - e.mean())
            for p, e in zip(np.split(probability, 10), np.split(event, 10), strict=True)
        ]
    )
    error = evaluation.expected_calibration_error(evaluation.tally(event, probability))
    assert error == pytest.approx(by_hand)


def test_a_bin_may_hold_one_customer() -> None:
    bins = evaluation.calibration_bins(evaluation.tally([0, 1] * 5, np.linspace(0, 1, 10)))
    assert bins.customers.tolist() == [1] * 10


def test_tied_customers_share_the_bin_of_their_middle_rank() -> None:
    # Of 40 customers four fill a bin. The second group starts in the first bin; its middle, the
    # fifth customer, lies in the second.
    outcome = evaluation.tally([0] * 40, [0.1] * 3 + [0.2] * 4 + [0.3] * 33)
    assert evaluation.calibration_bins(outcome).customers.tolist() == [3, 4, 33]


@pytest.mark.parametrize(
    ("event", "probability", "lift"),
    [
        pytest.param([1] * 2 + [0] * 18, np.linspace(1, 0, 20), 10, id="both at the top"),
        pytest.param([1, 0] * 2 + [0] * 16, np.linspace(1, 0, 20), 5, id="one of the top two"),
        pytest.param([1, 0, 1] + [0] * 7, [0.9, 0.9] + [0.1] * 8, 0.5 / 0.2, id="half of a tie"),
        pytest.param([1, 0, 0, 1, 0], [0.3] * 5, 1, id="all tied"),
        pytest.param([1, 0, 0, 1, 0], [0.9, 0.8, 0.7, 0.6, 0.5], 2.5, id="half a customer"),
        pytest.param(
            [1, 0, 1] + [0] * 12, np.linspace(1, 0, 15), (1 / 1.5) / (2 / 15), id="one and a half"
        ),
        pytest.param([0, 0, 0], [0.9, 0.8, 0.7], np.nan, id="no event"),
    ],
)
def test_top_decile_lift(event: list[int], probability: list[float], lift: float) -> None:
    found = evaluation.top_decile_lift(evaluation.tally(event, probability))
    assert found == pytest.approx(lift, nan_ok=True)


def test_ranking_metrics_are_unknown_with_one_outcome() -> None:
    assert np.isnan(evaluation.roc_auc(evaluation.tally([1, 1], [0.2, 0.4])))
    assert np.isnan(evaluation.average_precision(evaluation.tally([0, 0], [0.2, 0.4])))
    assert np.isnan(evaluation.base_rate(evaluation.tally([], [])))


@pytest.mark.parametrize(
    "probability", [[0.5, np.nan], [0.5, 1.1], [-0.1, 0.5], [0.5], [0.5, 0.5, 0.5]]
)
def test_refuses_what_is_no_probability(probability: list[float]) -> None:
    with pytest.raises(ValueError, match="probabilit"):
        evaluation.tally([True, False], probability)


def test_refuses_what_is_no_outcome() -> None:
    with pytest.raises(ValueError, match="true or false"):
        evaluation.tally([0.5, 1], [0.5, 0.5])


def test_bootstrap_is_that_of_drawing_rows() -> None:
    generator = np.random.default_rng(3)
    probability = generator.integers(0, 20, 80) / 20
    event = generator.random(80) < probability
    draws = {name: [] for name in evaluation.METRICS}
    generator = np.random.default_rng(7)
    for _ in range(50):
        rows = generator.integers(0, 80, 80)
        outcome = evaluation.tally(event[rows], probability[rows])
        for name, metric in evaluation.METRICS.items():
            draws[name].append(metric(outcome))
    found = evaluation.bootstrap_intervals(event, probability, replicates=50, seed=7)
    for name, values in draws.items():
        np.testing.assert_allclose(found[name], np.quantile(values, (0.025, 0.975)))


def test_bootstrap_interval_of_a_mean_is_as_wide_as_theory_says() -> None:
    values = np.random.default_rng(5).normal(3, 2, 1_000)
    lower, upper = evaluation.bootstrap_mean_interval(values, replicates=2_000)
    assert (lower + upper) / 2 == pytest.approx(values.mean(), abs=0.01)
    assert upper - lower == pytest.approx(2 * 1.96 * values.std() / np.sqrt(1_000), rel=0.05)


def test_bootstrap_interval_is_unknown_where_the_metric_is() -> None:
    found = evaluation.bootstrap_intervals([True, True], [0.5, 0.7], replicates=5)
    assert np.isnan(found["roc_auc"]).all()
    assert np.isnan(evaluation.bootstrap_mean_interval([])).all()
    # One event in six is missed by a third of the replicates; the others count.
    found = evaluation.bootstrap_intervals([1] + [0] * 5, [0.9, 0.1, 0.2, 0.3, 0.4, 0.5])
    assert found["roc_auc"] == (1, 1)
