"""The number of segments on clouds of points that everybody would count the same."""

from dataclasses import replace

import numpy as np
import pytest

from ml.segment_count import bootstrap_ari, choose_k, fit
from ml.segment_rule import SegmentRule

# Clouds are so far apart that cutting one still agrees well; a strict limit tells them.
RULE = SegmentRule(minimum_bootstrap_ari=0.98)


def clouds(sizes: list[int], seed: int = 0) -> np.ndarray:
    """Tight clouds far from each other, one a size."""
    generator = np.random.default_rng(seed)
    centres = generator.permutation(10)[: len(sizes), None] * [[10.0, -7.0]]
    return np.concatenate(
        [
            centre + generator.normal(0, 0.3, (size, 2))
            for centre, size in zip(centres, sizes, strict=True)
        ]
    )


@pytest.mark.parametrize("k", [3, 4, 6, 8])
def test_finds_the_clouds(k: int) -> None:
    choice = choose_k([clouds([60] * k)], RULE)
    assert choice.is_by_rule
    assert choice.chosen.k == k
    assert choice.chosen.bootstrap_ari == pytest.approx(1)
    assert choice.chosen.silhouette > 0.9
    assert choice.chosen.smallest_share == pytest.approx(1 / k)
    assert [candidate.k for candidate in choice.tried] == list(range(3, 9))


def test_a_segment_below_the_smallest_share_is_refused() -> None:
    points = clouds([200, 200, 200, 12])  # the last is stable but holds 2 %
    assert choose_k([points], RULE).chosen.k == 3
    assert choose_k([points], replace(RULE, minimum_share=0.01)).chosen.k == 4


def test_two_clouds_are_two_segments_and_the_reason_says_so() -> None:
    choice = choose_k([clouds([100, 100])], RULE)
    assert (choice.chosen.k, choice.is_by_rule) == (2, False)
    assert choice.reason.startswith("two segments: no k in 3-8")
    assert choice.tried[0] == choice.chosen


def test_noise_is_one_segment() -> None:
    noise = np.random.default_rng(0).normal(size=(300, 3))
    choice = choose_k([noise], RULE)
    assert choice.chosen.k == 1
    assert not choice.is_by_rule
    assert choice.reason.startswith("one segment: no k in 3-8")


@pytest.mark.parametrize(
    "points",
    [
        pytest.param(np.zeros((1, 2)), id="one customer"),
        pytest.param(np.zeros((500, 2)), id="all equal"),
        pytest.param(clouds([10, 9]), id="too few for two segments"),
    ],
)
def test_one_segment_where_there_is_nothing_to_tell_apart(points: np.ndarray) -> None:
    choice = choose_k([points], RULE)
    assert (choice.chosen.k, choice.tried) == (1, [])
    assert str(len(points)) in choice.reason


def test_never_more_segments_than_distinct_customers() -> None:
    choice = choose_k([np.repeat(np.eye(3), 100, axis=0)], RULE)
    assert choice.chosen.k == 3
    assert [candidate.k for candidate in choice.tried] == [3]


def test_bootstrap_ari_tells_structure_from_noise() -> None:
    structure, noise = clouds([100] * 3), np.random.default_rng(0).normal(size=(300, 2))
    stable, unstable = (
        bootstrap_ari(points, fit(points, 3, RULE).labels(points), RULE)
        for points in (structure, noise)
    )
    assert stable == pytest.approx(1)
    assert unstable < 0.8


def test_large_data_is_judged_by_a_sample() -> None:
    points = clouds([3_000] * 4)
    rule = replace(RULE, selection_rows=500, silhouette_rows=200)
    assert choose_k([points], rule).chosen.k == 4


def test_no_month_is_cut_into_more_segments_than_it_has_distinct_customers() -> None:
    alike = np.repeat(np.eye(3), 100, axis=0)
    choice = choose_k([alike, clouds([60] * 4)], replace(RULE, minimum_bootstrap_ari=0.0))
    assert [one.k for one in choice.tried] == [3]


def test_months_decide_together() -> None:
    """Five clouds in one month and three in the other: five are too many for both."""
    apart, near = clouds([60] * 5), clouds([60] * 3)
    assert choose_k([apart], RULE).chosen.k == 5
    together = choose_k([near, apart], RULE)
    assert together.chosen.k < 5
    one = {candidate.k: candidate for candidate in choose_k([apart], RULE).tried}
    other = {candidate.k: candidate for candidate in choose_k([near], RULE).tried}
    for candidate in together.tried:
        k = candidate.k
        if k == 2:  # Looked at where no other keeps the rule.
            continue
        assert candidate.bootstrap_ari == pytest.approx(
            (one[k].bootstrap_ari + other[k].bootstrap_ari) / 2, nan_ok=True
        )
        assert candidate.smallest_share == min(one[k].smallest_share, other[k].smallest_share)
