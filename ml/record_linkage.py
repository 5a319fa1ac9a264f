"""Which records are one person's: match weights of Fellegi and Sunter, and clusters of them.

Two records are compared field by field; each comparison has a level, from different (0) to equal
(the highest), or -1 where either is unknown. A level's weight is the logarithm of how much more
often it comes up between records of one person than between two of any. Nobody labels anything:
weights are found by expectation maximisation.

Sources: Fellegi and Sunter, A theory for record linkage (1969); Winkler, Using the EM algorithm for
weight computation in the Fellegi-Sunter model (1988), for equal values by frequency too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

Levels = Mapping[str, NDArray[np.int64]]
Numbers = NDArray[np.float64]
Labels = NDArray[np.int64]

_ROUNDS = 50
_STEADY = 1e-5
# What one strange pair more would be, so that no level is impossible.
_HALF = 0.5
# A score is a natural logarithm of odds: no comparison of fields knows more than this.
_MOST = 20.0
# Records of one person that have changed much between them: below even odds. Of -8 … 0 in steps of
# 1 or 2 it is the best, or next to it, on the public sets and on generated persons.
MEAN_SCORE_OF_A_PERSON = -5.0
# Clusters larger than this are parted at their weakest links before they are looked at closely.
_CLOSELY = 200


@dataclass(frozen=True)
class MatchModel:
    """What agreement and disagreement of each field tell.

    Attributes:
        prior: Logarithm of the odds that two records of any are one person's.
        weights: Field → weight of each level, natural logarithm.
        equal_by_chance: Field → share of pairs of any two records that are equal in it.
    """

    prior: float
    weights: Mapping[str, Numbers]
    equal_by_chance: Mapping[str, float]

    def scores(self, levels: Levels, frequencies: Mapping[str, Numbers]) -> Numbers:
        """Logarithm of the odds that each pair of records is one person.

        Args:
            levels: Field → level of each pair.
            frequencies: Field → share of records that have the first record's value: to share a
                rare one says more.

        Returns:
            One number a pair.
        """
        total = np.full(len(next(iter(levels.values()))), self.prior)
        for field, weights in self.weights.items():
            level = levels[field]
            total += np.where(level >= 0, weights[np.maximum(level, 0)], 0.0)
            equal = level == len(weights) - 1
            total[equal] += np.log(self.equal_by_chance[field] / frequencies[field][equal])
        return total


def fit_match_model(
    candidates: Levels, strangers: Levels, pair_count: float, *, learns_levels: bool = True
) -> MatchModel:
    """Finds weights by expectation maximisation.

    What levels are between two of any is counted among pairs drawn at random, which are hardly ever
    one person's; what they are between records of one person, and how many such pairs there are,
    is estimated from pairs that may be.

    Args:
        candidates: Field → level of each pair that may be one person's.
        strangers: Field → level of pairs drawn at random.
        pair_count: All pairs that there are.
        learns_levels: Whether levels between records of one person are learnt. Where few are, it
            would be those of neighbours; without it they are taken to be as they mostly are, and
            only how many such pairs there are is learnt.
    """
    sizes = {
        field: int(max(candidates[field].max(initial=1), strangers[field].max(initial=1))) + 1
        for field in candidates
    }
    unmatched = {field: _shares(strangers[field], sizes[field]) for field in candidates}
    patterns, counts = _patterns(candidates, sizes)
    matched = {field: _first_guess(size) for field, size in sizes.items()}
    share = min(0.5, 0.1 * len(next(iter(candidates.values()))) / pair_count)
    for _ in range(_ROUNDS):
        odds = np.full(len(counts), np.log(share / (1 - share)))
        for column, field in enumerate(sizes):
            level = patterns[:, column]
            weight = np.log(matched[field] / unmatched[field])
            odds += np.where(level >= 0, weight[np.maximum(level, 0)], 0.0)
        expected = counts / (1 + np.exp(-odds))
        for column, field in enumerate(sizes if learns_levels else ()):
            matched[field] = _shares(patterns[:, column], sizes[field], expected)
        before, share = share, min(0.5, expected.sum() / pair_count)
        if abs(share - before) < _STEADY * before:
            break
    return MatchModel(
        float(np.log(share / (1 - share))),
        {field: np.log(matched[field] / unmatched[field]) for field in sizes},
        {field: float(unmatched[field][-1]) for field in sizes},
    )


def _patterns(levels: Levels, sizes: Mapping[str, int]) -> tuple[Labels, Numbers]:
    """The distinct combinations of levels, and how many pairs have each."""
    stacked = np.stack([levels[field] for field in sizes], axis=1).astype(np.int64)
    steps = np.cumprod([1, *(size + 1 for size in sizes.values())])[:-1]
    _, first, counts = np.unique(
        ((stacked + 1) * steps).sum(axis=1), return_index=True, return_counts=True
    )
    return stacked[first], counts.astype(float)


def _shares(level: NDArray[np.int64], size: int, weights: Numbers | None = None) -> Numbers:
    known = level >= 0
    counted = np.bincount(
        level[known], weights=None if weights is None else weights[known], minlength=size
    )
    smoothed = counted + _HALF
    return np.asarray(smoothed / smoothed.sum(), dtype=float)


def _first_guess(size: int) -> Numbers:
    """Records of one person are mostly equal, seldom different, and sometimes alike."""
    guess = np.full(size, 0.06)
    guess[0] = 0.02
    guess[-1] = max(0.5, 0.98 - 0.06 * (size - 2))
    return np.asarray(guess / guess.sum(), dtype=float)


def link_components(
    count: int, firsts: Labels, others: Labels, scores: Numbers, at_least: float = 0.0
) -> Labels:
    """What pairs connect, directly or through others; parted at the weakest where it is too much.

    Args:
        count: How many records there are.
        firsts: One record of each pair, from 0.
        others: The other.
        scores: Of each pair.
        at_least: Pairs below it connect nothing.

    Returns:
        A label for each record.
    """
    labels: Labels = np.zeros(count, dtype=np.int64)
    is_inside = np.ones(len(firsts), dtype=bool)
    too_large = np.zeros(1, dtype=np.int64)
    while len(too_large):
        kept = is_inside & (scores > at_least)
        graph = coo_matrix((np.ones(kept.sum()), (firsts[kept], others[kept])), (count, count))
        parts = connected_components(graph, directed=False)[1].astype(np.int64)
        parted = np.where(np.isin(labels, too_large), parts + labels.max() + 1, labels)
        labels = np.unique(parted, return_inverse=True)[1].astype(np.int64)
        too_large = np.flatnonzero(np.bincount(labels) > _CLOSELY)
        is_inside = (labels[firsts] == labels[others]) & np.isin(labels[firsts], too_large)
        if not (is_inside & (scores > at_least)).any() or at_least > _MOST:
            break
        at_least += 2.0
    return labels


def part_components(labels: Labels, firsts: Labels, others: Labels, scores: Numbers) -> Labels:
    """Parts what hangs together by single links only: average linkage within each component.

    Two groups are one person where the mean score of all pairs between them is at least
    MEAN_SCORE_OF_A_PERSON.

    Args:
        labels: Components, a label for each record.
        firsts: The smaller record of each pair, from 0: all pairs within a component of three and
            more, and no others.
        others: The larger.
        scores: Of each pair.

    Returns:
        A label for each record.
    """
    order = np.lexsort((others, firsts, labels[firsts]))
    firsts, others, scores = firsts[order], others[order], scores[order]
    of = labels[firsts]
    bounds = np.r_[np.flatnonzero(np.diff(of, prepend=-1)), len(of)]
    parts = np.zeros(len(labels), dtype=np.int64)
    for begin, end in pairwise(bounds):
        members = np.unique(np.r_[firsts[begin:end], others[begin:end]])
        distances = _MOST - np.clip(scores[begin:end], -_MOST, _MOST)
        tree = linkage(distances, "average")
        parts[members] = fcluster(tree, _MOST - MEAN_SCORE_OF_A_PERSON, "distance")
    both = np.stack([labels, parts], axis=1)
    return np.unique(both, axis=0, return_inverse=True)[1].astype(np.int64).reshape(-1)


def spanning_forest(count: int, firsts: Sequence[int], others: Sequence[int]) -> list[int]:
    """The pairs that connect what all of them connect, and none too many, the first that can.

    Args:
        count: How many records there are.
        firsts: One record of each pair, from 0, those that are to be taken first first.
        others: The other; no two pairs are of the same two.

    Returns:
        Places of the pairs, from 0 and in order.
    """
    costs = np.arange(1.0, len(firsts) + 1)
    graph = coo_matrix((costs, (firsts, others)), (count, count))
    return sorted(int(cost) - 1 for cost in minimum_spanning_tree(graph.tocsr()).data)


@dataclass(frozen=True)
class PairScores:
    """How well clusters agree with the truth, by pairs of records, each 0..1.

    Attributes:
        precision: Of the pairs in one cluster, those of one person.
        recall: Of the pairs of one person, those in one cluster.
        f1: Their harmonic mean.
    """

    precision: float
    recall: float
    f1: float


def pair_scores(found: Sequence[int] | Labels, truth: Sequence[int] | Labels) -> PairScores:
    """Holds clusters against the truth.

    Args:
        found: A cluster for each record.
        truth: The person of each record, whole numbers.
    """
    found, truth = np.asarray(found), np.asarray(truth)
    both = np.unique(np.stack([found, truth], axis=1), axis=0, return_inverse=True)[1].reshape(-1)
    right, said, true = _pairs(both), _pairs(found), _pairs(truth)
    precision = right / said if said else 1.0
    recall = right / true if true else 1.0
    total = precision + recall
    return PairScores(precision, recall, 2 * precision * recall / total if total else 0.0)


def _pairs(labels: Labels) -> float:
    counts = np.unique(labels, return_counts=True)[1].astype(float)
    return float((counts * (counts - 1) / 2).sum())
