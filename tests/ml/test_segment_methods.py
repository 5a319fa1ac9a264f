"""Every way to make groups keeps the same promises; each finds groups that are plain to see."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from ml.kept import from_bytes, to_bytes
from ml.segment_count import choose_k
from ml.segment_groups import Floats, inverse_square
from ml.segment_history import extend
from ml.segment_methods import method_of
from ml.segment_rule import METHODS, SegmentRule
from ml.segmentation import customers_with_orders

CENTRES = np.array([[0.0, 0.0, 0.0], [8.0, 0.0, 3.0], [0.0, 9.0, -3.0]])
TRUE = np.repeat(range(3), 80)


@pytest.fixture(params=METHODS)
def rule(request: pytest.FixtureRequest) -> SegmentRule:
    return SegmentRule(method=str(request.param), replicates=3, minimum_bootstrap_ari=0.9)


@pytest.fixture(scope="module")
def points() -> Floats:
    return CENTRES[TRUE] + np.random.default_rng(3).normal(0, 0.4, (240, 3))


def test_plain_groups_are_found_again_and_alike(rule: SegmentRule, points: Floats) -> None:
    groups, again = (method_of(rule).fit(points, 3, 0) for _ in range(2))
    labels = groups.labels(points)
    is_in = labels != groups.apart
    assert is_in.mean() > 0.9
    assert adjusted_rand_score(TRUE[is_in], labels[is_in]) == 1
    np.testing.assert_array_equal(labels, again.labels(points))
    np.testing.assert_array_equal(groups.parameters(), again.parameters())
    for label in set(labels) - {groups.apart}:
        own = points[labels == label].mean(axis=0)
        np.testing.assert_allclose(groups.centres[label], own, atol=0.05)


def test_degrees_add_up_and_the_label_has_the_highest(rule: SegmentRule, points: Floats) -> None:
    """Of any points, those between groups and far off too."""
    groups = method_of(rule).fit(points, 3, 0)
    drawn = np.random.default_rng(4).uniform(-15, 20, (500, 3))
    degrees, labels = groups.degrees(drawn), groups.labels(drawn)
    assert degrees.shape == (500, len(groups.centres))
    assert degrees.min() >= 0
    np.testing.assert_allclose(degrees.sum(axis=1), 1)
    if rule.method != "hdbscan":  # Its strength may be small, and of another kind.
        np.testing.assert_array_equal(degrees.argmax(axis=1), labels)


def test_a_refit_keeps_the_labels(rule: SegmentRule, points: Floats) -> None:
    how = method_of(rule)
    groups = how.fit(points, 3, 0)
    labels = groups.labels(points)
    turned = (labels + 1) % len(groups.centres)
    refit = how.refit(points + 0.05, turned, len(groups.centres), 0)
    assert refit is not None
    assert (refit.labels(points + 0.05) == turned).mean() > 0.95
    np.testing.assert_allclose(refit.centres[turned[0]], groups.centres[labels[0]] + 0.05, atol=0.2)


def test_rows_that_count_twice_are_two(points: Floats) -> None:
    for method in ("kmeans", "gaussian_mixture", "fuzzy_c_means"):
        how = method_of(SegmentRule(method=method))
        times = np.random.default_rng(1).integers(1, 4, len(points))
        weighed = how.fit(points, 3, 0, weights=times).centres
        repeated = how.fit(np.repeat(points, times, axis=0), 3, 0).centres
        np.testing.assert_allclose(np.sort(weighed, axis=0), np.sort(repeated, axis=0), atol=1e-3)


def test_the_number_is_chosen_and_kept_models_are_the_same(
    rule: SegmentRule, four_groups: pd.DataFrame
) -> None:
    rows = customers_with_orders(four_groups)
    history = extend(None, rows, list, rule)
    read = from_bytes(to_bytes(history))
    told = history.latest.assignments(rows)
    pd.testing.assert_frame_equal(told, read.latest.assignments(rows), check_exact=True)
    assert (told["model_name"] == f"customer_segments_{rule.method}").all()
    assert told["membership"].between(0, 1).all()
    assert history.latest.choice.is_by_rule and told["segment_id"].nunique() >= 3


def test_what_is_nowhere_dense_is_apart() -> None:
    draw = np.random.default_rng(0)
    dense = CENTRES[TRUE] + draw.normal(0, 0.2, (240, 3))
    sparse = draw.uniform(-40, 40, (40, 3))
    rule = SegmentRule(method="hdbscan", replicates=3)
    choice = choose_k([np.concatenate([dense, sparse])], rule)
    assert choice.is_by_rule and choice.chosen.k == 4
    assert "as many as hdbscan finds" in choice.reason
    groups = method_of(rule).fit(np.concatenate([dense, sparse]), 0, 0)
    assert groups.apart == 3
    assert (groups.labels(sparse) == 3).mean() > 0.8
    assert (groups.labels(dense) != 3).mean() > 0.9


def test_where_nothing_is_dense_there_is_one_segment(four_groups: pd.DataFrame) -> None:
    rule = SegmentRule(method="hdbscan", replicates=2, minimum_share=0.5)
    history = extend(None, customers_with_orders(four_groups), list, rule)
    assert [name for name, _ in history.latest.names] == ["All customers"]


def test_between_two_groups_a_point_belongs_to_each_by_a_half() -> None:
    degrees = inverse_square(np.array([[1.0, 1.0], [1.0, 2.0], [0.0, 3.0], [0.0, 0.0]]))
    np.testing.assert_allclose(degrees, [[0.5, 0.5], [0.8, 0.2], [1, 0], [0.5, 0.5]])
