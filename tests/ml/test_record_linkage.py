"""Match weights and clusters on pairs whose answer is known by hand."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.record_linkage import (
    MatchModel,
    fit_match_model,
    link_components,
    pair_scores,
    part_components,
)

RNG = np.random.default_rng(3)


def drawn(shares: list[float], size: int) -> NDArray[np.int64]:
    return RNG.choice(len(shares), p=shares, size=size)


def test_weights_are_those_that_pairs_were_drawn_with() -> None:
    """A tenth of the candidates are one person's; fields are independent, as the model says."""
    matched, unmatched = {"a": [0.1, 0.2, 0.7], "b": [0.3, 0.7]}, {"a": [0.9, 0.08, 0.02]}
    unmatched["b"] = [0.95, 0.05]
    matched["c"], unmatched["c"] = [0.05, 0.95], [0.9, 0.1]
    size = 200_000
    candidates = {
        field: np.r_[drawn(matched[field], size // 10), drawn(unmatched[field], size)]
        for field in matched
    }
    candidates["b"][::7] = -1
    strangers = {field: drawn(unmatched[field], size) for field in matched}
    model = fit_match_model(candidates, strangers, 1.1 * size)
    for field, shares in matched.items():
        expected = np.log(np.array(shares) / np.array(unmatched[field]))
        np.testing.assert_allclose(model.weights[field], expected, atol=0.15)
    assert model.prior == pytest.approx(np.log(1 / 10), abs=0.1)
    assert model.equal_by_chance["a"] == pytest.approx(0.02, abs=0.002)


def test_to_share_a_rare_value_says_more_and_an_unknown_one_nothing() -> None:
    model = MatchModel(-2.0, {"name": np.array([-3.0, 4.0])}, {"name": 0.01})
    scores = model.scores(
        {"name": np.array([1, 1, 1, 0, -1])},
        {"name": np.array([0.01, 0.001, 0.1, 0.001, 1.0])},
    )
    expected = [2.0, 2.0 + np.log(10), 2.0 - np.log(10), -5.0, -2.0]
    np.testing.assert_allclose(scores, expected)


def test_what_is_connected_by_one_weak_pair_is_parted() -> None:
    """Two groups of three, each alike in all pairs, and one pair between them that is likely."""
    groups = [(0, 1, 2), (3, 4, 5)]
    pairs = [(a, b) for a in range(6) for b in range(a + 1, 6)]
    same = {(a, b) for group in groups for a in group for b in group}
    scores = np.array([6.0 if p in same else 1.0 if p == (2, 3) else -15.0 for p in pairs])
    firsts, others = np.array(pairs).T
    labels = link_components(7, firsts, others, scores)
    assert len(set(labels[:6])) == 1
    assert labels[6] not in labels[:6]
    parts = part_components(labels, firsts, others, scores)
    assert [len({*parts[list(group)]}) for group in groups] == [1, 1]
    assert len({*parts}) == 3
    again = RNG.permutation(len(pairs))
    parted = part_components(labels, firsts[again], others[again], scores[again])
    np.testing.assert_array_equal(parted, parts)


def test_a_chain_without_end_is_parted_where_it_is_weakest() -> None:
    """A thousand records, each linked to the next; every hundredth link is weaker."""
    firsts = np.arange(999)
    scores = np.where(firsts % 100 == 99, 1.0, 5.0)
    labels = link_components(1000, firsts, firsts + 1, scores)
    assert [*np.bincount(labels)] == [100] * 10
    alike = link_components(1000, firsts, firsts + 1, np.full(999, 3.0))
    assert np.bincount(alike).max() == 1


def test_nothing_to_link_stays_as_it_is() -> None:
    none = np.zeros(0, dtype=np.int64)
    labels = link_components(3, none, none, none.astype(float))
    assert [*labels] == [0, 1, 2]
    assert [*part_components(labels, none, none, none.astype(float))] == [0, 1, 2]


def test_pairs_are_counted_as_by_hand() -> None:
    """Four pairs are said, one of three true ones among them."""
    scores = pair_scores([1, 1, 1, 2, 2], [5, 5, 6, 7, 6])
    assert scores.precision == pytest.approx(1 / 4)
    assert scores.recall == pytest.approx(1 / 2)
    assert scores.f1 == pytest.approx(1 / 3)
    assert pair_scores([1, 2], [3, 4]).f1 == 1.0
    assert pair_scores([1, 2], [3, 3]).f1 == 0.0
