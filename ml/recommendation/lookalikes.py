"""Who is like a list of customers: a classifier of the list against the rest, tested by hiding.

Members are positive and everybody else is unlabelled: the ranking by the chance to be in the list
is that by the chance to belong to it (Elkan and Noto 2008, Learning Classifiers from Only Positive
and Unlabeled Data). Customers are split into parts, and each is ranked by a model that has seen
nothing of them: a member as if nobody knew of it, so that the test is of what is handed out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ml.curves import wilson_interval
from ml.evaluation import TOP_SHARE, bootstrap_mean_interval
from ml.recommendation.interactions import Matrix
from ml.recommendation.traits import Trait, Traits
from ml.threads import one_thread

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Scorer = Callable[[Flags], Floats]

FOLDS = 5
LEAST_MEMBERS = 30
"""With fewer, the AUC is known to no better than a tenth either way."""

# Inverse strength of the penalty, and how many of each side a model learns from: with more it takes
# longer and ranks no better.
_STRENGTH = 0.1
_MOST_LEARNT = 20_000
_SHOWN_TRAITS = 5
_SHOWN_REASONS = 2
_SEED = 0


class Quality(NamedTuple):
    """How well hidden members are found again.

    Attributes:
        auc: Chance that a hidden member ranks above a customer who is not in the list.
        lower, upper: Its 95 % interval, members drawn with replacement.
        found: Share of hidden members who rank among the first tenth; by chance a tenth.
        found_lower, found_upper: Its 95 % interval.
    """

    auc: float
    lower: float
    upper: float
    found: float
    found_lower: float
    found_upper: float


class Told(NamedTuple):
    """A trait that sets the list apart.

    Attributes:
        trait: Which.
        in_list, in_rest: Mean of a number where it is known; of others the share of customers who
            have it, 0 to 1.
    """

    trait: Trait
    in_list: float
    in_rest: float


@dataclass(frozen=True)
class Lookalikes:
    """What was found.

    Attributes:
        rows: shape (n,), customers who are not in the list, the likest first; of equals in order.
        likeness: shape (n,), 0 to 1: how likely the customer would be of the list, if it were
            as large as the rest. From .5 on more like the list than like the rest.
        reasons: n tuples of the traits that speak most for each.
        quality: Of this ranking.
        baseline: The same of a ranking by spend.
        traits: What sets the list apart, the strongest first.
    """

    rows: NDArray[np.intp]
    likeness: Floats
    reasons: tuple[tuple[Trait, ...], ...]
    quality: Quality
    baseline: Quality
    traits: tuple[Told, ...]


def find_lookalikes(traits: Traits, is_member: Flags, spend: Floats, count: int) -> Lookalikes:
    """Ranks customers by how like they are to a list.

    Args:
        traits: Of all customers, in the order of their ids.
        is_member: shape (n_customers,), who is in the list.
        spend: shape (n_customers,), NaN for unknown: the baseline says that who spends most is it.
        count: How many to tell.

    Raises:
        ValueError: there are fewer than LEAST_MEMBERS members, or other customers, or no traits.
    """
    if not traits.names:
        raise ValueError("nothing tells customers apart")
    if min(is_member.sum(), (~is_member).sum()) < LEAST_MEMBERS:
        raise ValueError(f"there are fewer than {LEAST_MEMBERS} customers in the list or beside it")
    part = _parts(is_member)
    likeness = np.empty(len(is_member))
    weights = np.zeros(traits.matrix.shape[1])
    with one_thread():
        for number in range(FOLDS):
            model = _learnt(traits.matrix, is_member, part != number)
            here = part == number
            likeness[here] = model.predict_proba(traits.matrix[here])[:, 1]
            weights += model.coef_[0] / FOLDS
    others = np.flatnonzero(~is_member)
    best = others[np.argsort(-likeness[others], kind="stable")[:count]]
    return Lookalikes(
        best,
        likeness[best],
        _reasons(traits, weights, best, others),
        quality(likeness, is_member, part),
        quality(np.nan_to_num(spend, nan=-np.inf), is_member, part),
        _apart(traits, weights, is_member),
    )


def quality(score: Floats, is_member: Flags, part: NDArray[np.intp]) -> Quality:
    """How well a ranking finds members, each among the others of its part."""
    place = np.empty(int(is_member.sum()))
    of_member = part[is_member]
    for number in range(FOLDS):
        rest = np.sort(score[(part == number) & ~is_member])
        own = score[(part == number) & is_member]
        # A tie counts a half.
        below, up_to = np.searchsorted(rest, own, "left"), np.searchsorted(rest, own, "right")
        place[of_member == number] = (below + up_to) / (2 * len(rest))
    found = float((place >= 1 - TOP_SHARE).mean())
    lower, upper = wilson_interval(np.array([found]), np.array([len(place)]))
    return Quality(
        float(place.mean()),
        *bootstrap_mean_interval(place, seed=_SEED),
        found,
        float(lower[0]),
        float(upper[0]),
    )


def _parts(is_member: Flags) -> NDArray[np.intp]:
    """The part of each customer, drawn; each has as many members, and as many others."""
    draw = np.random.default_rng(_SEED)
    part = np.empty(len(is_member), dtype=np.intp)
    for some in (is_member, ~is_member):
        part[some] = draw.permutation(int(some.sum())) % FOLDS
    return part


def _learnt(matrix: Matrix, is_member: Flags, known: Flags) -> LogisticRegression:
    draw = np.random.default_rng(_SEED)
    rows = []
    for some in (is_member & known, ~is_member & known):
        there = np.flatnonzero(some)
        if len(there) > _MOST_LEARNT:
            there = np.sort(draw.choice(there, _MOST_LEARNT, replace=False))
        rows.append(there)
    learnt = np.concatenate(rows)
    model = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=2_000)
    return model.fit(matrix[learnt], is_member[learnt])


def _apart(traits: Traits, weights: Floats, is_member: Flags) -> tuple[Told, ...]:
    """The traits that add most to the difference of the mean member from the mean of the rest."""
    inside, outside = traits.matrix[is_member], traits.matrix[~is_member]
    added = weights * (inside.mean(axis=0) - outside.mean(axis=0))
    best = np.argsort(-added, kind="stable")[:_SHOWN_TRAITS]
    told = []
    for column in best[added[best] > 0]:
        trait = traits.names[column]
        if trait.kind == "number":
            number = traits.numbers[trait.name]
            both = float(number[is_member].mean()), float(number[~is_member].mean())
        else:
            both = _share(inside, column), _share(outside, column)
        told.append(Told(trait, *both))
    return tuple(told)


def _share(matrix: Matrix, column: int) -> float:
    """Of the customers those who have a trait."""
    return float(matrix[:, [column]].count_nonzero() / matrix.shape[0])


def _reasons(
    traits: Traits, weights: Floats, best: NDArray[np.intp], others: NDArray[np.intp]
) -> tuple[tuple[Trait, ...], ...]:
    """Of each customer what adds most to the likeness, beside the mean of those not in the list."""
    usual = np.asarray(traits.matrix[others].mean(axis=0)).ravel()
    told = []
    for row in best:
        own = traits.matrix[[row]].toarray()[0]
        added = weights * (own - usual)
        # What the customer lacks is no reason that anybody would look for.
        is_there = np.array([trait.kind == "number" for trait in traits.names]) | (own > 0)
        added = np.where(is_there, added, -np.inf)
        first = np.argsort(-added, kind="stable")[:_SHOWN_REASONS]
        told.append(tuple(traits.names[column] for column in first if added[column] > 0))
    return tuple(told)
