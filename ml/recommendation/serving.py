"""Lists as they are shown: a ranking under the shop's rules, filled with what is popular."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommendation.interactions import Interactions, Matrix
from ml.recommendation.popularity import Popularity
from ml.recommendation.questions import Question
from ml.recommendation.ranking import NONE, Ranking
from ml.recommendation.recommender import Recommender, own_entries

# A list under rules is picked from so many times its length.
_SLACK = 4


@dataclass(frozen=True)
class Rules:
    """What is not recommended.

    Attributes:
        allowed: shape (n_products,), whether each may be recommended at all; None for everything.
        refused: shape (n_customers, n_products): what is stored is not recommended to the customer.
        category: shape (n_products,), the category of each, -1 for none.
        most_of_a_category: so many of one category are in a list at most; None for any number.
        alike: shape (n_products,), -1 for none: of what is the same to people one is in a list, and
            none that the customer has bought; None where nothing is.
    """

    allowed: NDArray[np.bool_] | None = None
    refused: Matrix | None = None
    category: NDArray[np.int32] | None = None
    most_of_a_category: int | None = None
    alike: NDArray[np.int32] | None = None


class Lists(NamedTuple):
    """What is shown to each customer.

    Attributes:
        ranking: shape (n_customers, n); where `is_filled`, scores are of the popularity.
        is_filled: shape (n_customers, n): the method had nothing to say, and the place was filled.
    """

    ranking: Ranking
    is_filled: NDArray[np.bool_]


def lists(
    recommender: Recommender,
    popularity: Popularity,
    histories: Interactions,
    question: Question,
    n: int,
    rules: Rules | None = None,
) -> Lists:
    """The n best of each customer that the rules let through, and then the most popular.

    What is asked for again is never filled: nobody has bought again what they never bought.

    Args:
        recommender: fitted.
        popularity: fitted to the same catalogue.
        histories: of the customers that are asked about.
        question: of which products.
        n: the length of a list.
        rules: what is not recommended; None for no rules.
    """
    rules = rules or Rules()
    is_capped = rules.most_of_a_category is not None and rules.category is not None
    is_ruled = is_capped or rules.refused is not None or rules.alike is not None
    width = n * _SLACK if is_ruled else n
    told = recommender.recommend(histories, width, question, rules.allowed)
    return filled(told, popularity, histories, question, n, rules)


def filled(
    told: Ranking,
    popularity: Popularity,
    histories: Interactions,
    question: Question,
    n: int,
    rules: Rules,
) -> Lists:
    """The first n of a ranking that the rules let through, and then the most popular."""
    others = Ranking(told.products[:, :0], told.scores[:, :0])
    if question is not Question.AGAIN:
        taken = _entries(told, histories.shape[1])
        bought = histories.purchases() if question is Question.NEW else None
        others = popularity.without(_both(taken, bought), told.products.shape[1], rules.allowed)
    products = np.concatenate((told.products, others.products), axis=1)
    scores = np.concatenate((told.scores, others.scores), axis=1)
    is_filled = np.zeros(products.shape, dtype=np.bool_)
    is_filled[:, told.products.shape[1] :] = True
    kept = _kept(products, histories, rules)
    order = np.argsort(~kept, axis=1, kind="stable")[:, :n]
    there = np.take_along_axis(kept, order, axis=1)
    products = np.where(there, np.take_along_axis(products, order, axis=1), NONE)
    scores = np.where(there, np.take_along_axis(scores, order, axis=1), np.float32(np.nan))
    is_filled = np.take_along_axis(is_filled, order, axis=1) & there
    return Lists(Ranking(products.astype(np.int32), scores.astype(np.float32)), is_filled)


def _kept(products: NDArray[np.int32], histories: Interactions, rules: Rules) -> NDArray[np.bool_]:
    """Which places the rules let stand."""
    kept: NDArray[np.bool_] = products != NONE
    if rules.refused is not None:
        count = rules.refused.shape[1]
        keys = np.arange(len(products))[:, None] * count + products
        kept &= ~np.isin(keys, own_entries(rules.refused) * count + rules.refused.indices)
    if rules.alike is not None:
        kept &= ~_is_like_bought(products, histories, rules.alike)
        kept &= _at_most(1, rules.alike, products, kept)
    if rules.category is not None and rules.most_of_a_category is not None:
        kept &= _at_most(rules.most_of_a_category, rules.category, products, kept)
    return kept


def _is_like_bought(
    products: NDArray[np.int32], histories: Interactions, alike: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """At which places is what is the same to people as something that the customer has bought."""
    bought, count = histories.purchases(), int(alike.max(initial=0)) + 1
    codes = alike[bought.indices]
    known = (own_entries(bought) * count + codes)[codes != NONE]
    asked = np.append(alike, NONE)[products]
    keys = np.arange(len(products))[:, None] * count + asked
    found: NDArray[np.bool_] = (asked != NONE) & np.isin(keys, known)
    return found


def _at_most(
    most: int, kinds: NDArray[np.int32], products: NDArray[np.int32], kept: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Where no more than so many of a kind stand before, of what is kept; -1 is no kind."""
    kind = np.where(kept, np.append(kinds, NONE)[products], NONE)
    before = np.zeros(products.shape, dtype=np.int32)
    for place in range(1, products.shape[1]):
        before[:, place] = (kind[:, :place] == kind[:, [place]]).sum(axis=1)
    fits: NDArray[np.bool_] = (kind == NONE) | (before < most)
    return fits


def _entries(ranking: Ranking, products: int) -> Matrix:
    row, place = np.nonzero(ranking.products != NONE)
    column = ranking.products[row, place]
    data = np.ones(len(row), dtype=np.float32)
    return sparse.csr_array((data, (row, column)), shape=(len(ranking.products), products))


def _both(one: Matrix, other: Matrix | None) -> Matrix:
    return one if other is None else sparse.csr_array(one + other)
