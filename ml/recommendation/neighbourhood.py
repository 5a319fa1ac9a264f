"""Customers of the training who are like those that are asked about, found by sparse products."""

from abc import abstractmethod
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ml.recommendation.interactions import Ids, Interactions, Matrix
from ml.recommendation.ranking import NONE, Ranking, Scores, at, placed, top
from ml.recommendation.recommender import Reasons, Recommender
from ml.recommendation.weighting import ones

Hashes = NDArray[np.uint64]

REFERENCES = 20_000
"""Neighbours are looked for among so many customers: time grows with them."""


class NeighbourRecommender(Recommender):
    """Recommends what the nearest of some customers of the training have.

    Attributes:
        customers_: shape (n_references,), hashes of the ids of those among whom neighbours are
            looked for: a model names nobody.
        told_: shape (n_references, n_products), sparse: what each says of products.
    """

    customers_: Hashes
    told_: Matrix

    @abstractmethod
    def nearest(self, histories: Interactions) -> Matrix:
        """How like each customer the nearest are, shape (n_customers, n_references), sparse."""

    def scores(self, histories: Interactions) -> Scores:
        """What the neighbours say, by their likeness."""
        return sparse.csr_array(self._nearest_of(histories) @ self.told_)

    def reasons(self, histories: Interactions, ranking: Ranking) -> Reasons:
        """Counts the neighbours who have the product."""
        have = ones(self.told_)
        counts = np.zeros(ranking.products.shape, dtype=np.int64)
        begin = 0
        for some in histories.batches:
            end = begin + some.shape[0]
            told = sparse.csr_array(ones(self._nearest_of(some)) @ have)
            counts[begin:end] = at(told, ranking.products[begin:end])
            begin = end
        return Reasons(super().reasons(histories, ranking).because, counts)

    def _nearest_of(self, histories: Interactions) -> Matrix:
        """The nearest of customers, found once for as long as their histories are there."""
        known = _NEAREST.setdefault(histories, WeakKeyDictionary())
        found = known.get(self)
        # One that has learnt something else since says something else.
        if found is None or found.told is not self.told_:
            found = known[self] = _Nearest(self.told_, self.nearest(histories))
        return found.likeness


class _Nearest(NamedTuple):
    told: Matrix
    likeness: Matrix


# To find who is near takes longer than all else that is done with them, and scores and reasons
# both go by them.
_NEAREST: WeakKeyDictionary[Interactions, WeakKeyDictionary[NeighbourRecommender, _Nearest]] = (
    WeakKeyDictionary()
)


def sample(interactions: Interactions, most: int) -> Interactions:
    """At most so many customers who bought something, and what they did.

    Those are taken whose ids have the lowest hashes: the same from day to day while others come
    and go, and none for what they bought.
    """
    buyers = np.unique(interactions.customer[interactions.is_purchase]).astype(np.int32)
    if len(buyers) > most:
        hashes = hashed(interactions.customers[buyers])
        buyers = np.sort(buyers[np.argsort(hashes, kind="stable")[:most]])
    return interactions.of_customers(buyers)


def hashed(ids: Ids) -> Hashes:
    """A number for each id, the same on every machine."""
    return pd.util.hash_array(ids, categorize=False)


def best_others(likeness: Matrix, customers: Ids, references: Hashes, k: int) -> Matrix:
    """The likeness of the k most like each customer, nobody being like themselves.

    Args:
        likeness: shape (n_customers, n_references), sparse: only what is stored counts.
        customers: shape (n_customers,), ids of the rows.
        references: shape (n_references,), hashes of the ids of the columns, each once.
        k: at least 1.
    """
    own = pd.Index(references).get_indexer(pd.Index(hashed(customers)))
    best = top(likeness, k + 1)
    is_own = best.products == own[:, None]
    # Who is not among them has one too many.
    best.products[~is_own.any(axis=1), k] = NONE
    best.products[is_own] = NONE
    return placed(best, len(references))
